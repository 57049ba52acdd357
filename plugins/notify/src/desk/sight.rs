//! What of a story a channel wants to know.

use super::Desk;
use super::telling::fingerprint;
use crate::news::News;
use crate::series::Record;
use crate::shelf;
use crate::story::Post;
use crate::texts::card;
use crate::texts::phrase::Line;
use hatstand_plugin::prelude::*;
use std::collections::BTreeMap;

/// Who is called, by the occasions because of which they are.
pub type Calls = BTreeMap<String, Vec<User>>;

impl Desk<'_> {
    /// The parts of a story that are told in a channel, those first that all else is about.
    pub fn sight(&mut self, channel: &Channel, key: &str) -> Result<Vec<Line<'_>>> {
        let mut records = self.records(key)?;
        let Some(listener) = self.listeners.get(channel) else { return Ok(Vec::new()) };
        let story = self.stories.opened(key).expect("its records were read");
        let post = story.posts.get(channel.as_str());
        let mut lines = Vec::new();
        for (name, part) in &story.parts {
            let told = post.is_some_and(|post| post.tells_of(&part.news));
            let record = records.remove(name).unwrap_or_default();
            if listener.admits(&part.news, &record, told, self.cx.now()) {
                lines.push(Line { part, record });
            }
        }
        lines.sort_by_key(|line: &Line<'_>| (!line.part.is_head(), line.news().topic));
        Ok(lines)
    }

    /// How things stood before each of the parts that went well or failed.
    fn records(&mut self, key: &str) -> Result<BTreeMap<String, Record>> {
        let shelf = self.shelf();
        let story = self.stories.open(shelf, key)?;
        let mut records = BTreeMap::new();
        for part in story.parts.values().filter(|part| part.news.outcome().is_some()) {
            let news = &part.news;
            let series = self.series.open(shelf, &shelf::series_key(news))?;
            records.insert(news.part.clone(), series.before(key, &news.occasion(), news.at));
        }
        Ok(records)
    }

    /// What of these stories is told where several are: each part that a channel wants to know. `told` says whether what was told once is
    /// told on, whatever is wanted by now.
    pub fn lines(&mut self, channel: &Channel, keys: &[String], told: bool) -> Result<Vec<Line<'_>>> {
        for key in keys {
            self.stories.open(self.shelf(), key)?;
        }
        let Some(listener) = self.listeners.get(channel) else { return Ok(Vec::new()) };
        let mut lines = Vec::new();
        for story in keys.iter().filter_map(|key| self.stories.opened(key)) {
            let post = story.posts.get(channel.as_str()).filter(|_| told);
            let was_told = |news: &News| post.is_some_and(|post| post.tells_of(news));
            let is_wanted = |news: &News| listener.admits(news, &Record::default(), true, self.cx.now());
            let parts = story.parts.values().filter(|part| was_told(&part.news) || is_wanted(&part.news));
            lines.extend(parts.map(|part| Line { part, record: Record::default() }));
        }
        Ok(lines)
    }

    /// Who is called because of what is in a story, and was not yet.
    pub fn calls(&mut self, channel: &Channel, key: &str) -> Result<Calls> {
        let post = self.stories.open(self.shelf(), key)?.posts.get(channel.as_str()).cloned();
        let sight = self.sight(channel, key)?;
        // Who was called when it broke is not called each time it fails again.
        let needy = sight.iter().filter(|line| line.news().state.needs_somebody() && line.record.failures == 0);
        let needy: Vec<News> =
            needy.map(|line| line.news().clone()).filter(|news| !post.as_ref().is_some_and(|post| post.has_called(news))).collect();
        let Some(listener) = self.listeners.get(channel) else { return Ok(Calls::new()) };
        let calls = needy.iter().map(|news| (news.occasion(), listener.called(news).cloned().collect::<Vec<User>>()));
        Ok(calls.filter(|(_, people)| !people.is_empty()).collect())
    }

    /// The message about a story that is still edited.
    pub fn standing(&self, channel: &Channel, key: &str) -> Option<Post> {
        let post = self.stories.opened(key)?.posts.get(channel.as_str())?;
        (post.at + self.config.edit_for > self.cx.now()).then(|| post.clone())
    }

    /// Does the last message about a story, however old, say all that there is to be said?
    pub fn is_said(&mut self, channel: &Channel, key: &str) -> Result<bool> {
        let said = fingerprint(&card::card(&self.sight(channel, key)?));
        let post = self.stories.open(self.shelf(), key)?.posts.get(channel.as_str());
        Ok(post.is_some_and(|post| post.said == said))
    }

    /// The channels where there is a message about a story that is still edited.
    pub fn told_of(&mut self, key: &str) -> Result<Vec<Channel>> {
        let posts = self.stories.open(self.shelf(), key)?.posts.keys();
        let channels: Vec<Channel> = posts.map(|channel| channel.as_str().into()).collect();
        Ok(channels.into_iter().filter(|channel| self.standing(channel, key).is_some()).collect())
    }
}
