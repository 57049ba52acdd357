//! Where news is taken in and told: all stories and channels that one invocation has to do with.

use crate::arrivals::{self, Came};
use crate::listener::Listener;
use crate::news::{News, Source};
use crate::rush::Gathering;
use crate::series::{Record, Series};
use crate::settings::Config;
use crate::shelf::{self, Fleeting, Shelf};
use crate::story::{Post, Story};
use crate::texts::phrase::Line;
use crate::texts::{card, gathered};
use hatstand_plugin::chat::Error as ChatError;
use hatstand_plugin::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// So much is said at once, at most: the host allows an invocation only so many messages.
const SAYS: usize = 16;

/// So many subjects of a channel wait to be told, at most.
const WAITING: usize = 1_000;

/// The name of the timer for what is told later.
const LATER: &str = "later";

/// All stories and channels that one invocation has to do with.
///
/// [`take`](Desk::take) takes news in, [`tell`](Desk::tell) says it where it is wanted, and [`close`](Desk::close) makes all of it last.
#[derive(Debug)]
pub struct Desk<'a> {
    cx: &'a Context,
    config: Config,
    listeners: BTreeMap<Channel, Listener>,
    listeners_before: BTreeMap<Channel, Listener>,
    stories: Drawer<Story>,
    series: Drawer<Series>,
    gatherings: Drawer<Gathering>,
    /// What is to be told in each channel.
    wanted: BTreeMap<Channel, BTreeSet<String>>,
    /// What is told in messages that other subjects are in too.
    stale: BTreeSet<(Channel, MessageId)>,
    /// What the host does not allow to be said in this invocation.
    later: BTreeMap<Channel, BTreeSet<String>>,
    /// Where nothing can be said, as was seen in this invocation.
    shut: BTreeSet<Channel>,
    said: usize,
}

/// Things of one kind, as they are read and changed.
#[derive(Debug)]
struct Drawer<T> {
    things: BTreeMap<String, T>,
    changed: BTreeSet<String>,
}

impl<T: Fleeting> Drawer<T> {
    fn new() -> Self {
        Self { things: BTreeMap::new(), changed: BTreeSet::new() }
    }

    fn open(&mut self, shelf: Shelf<'_>, key: &str) -> Result<&mut T> {
        if !self.things.contains_key(key) {
            self.things.insert(key.to_owned(), shelf.get(key)?.unwrap_or_default());
        }
        Ok(self.things.get_mut(key).expect("it was put there"))
    }

    fn change(&mut self, shelf: Shelf<'_>, key: &str) -> Result<&mut T> {
        self.changed.insert(key.to_owned());
        self.open(shelf, key)
    }

    fn close(&mut self, shelf: Shelf<'_>) -> Result<()> {
        for key in std::mem::take(&mut self.changed) {
            let thing = self.things.get_mut(&key).expect("what was changed was opened");
            shelf.keep(&key, thing)?;
        }
        Ok(())
    }
}

/// Taking news in.
impl<'a> Desk<'a> {
    pub fn open(cx: &'a Context) -> Result<Self> {
        let listeners: BTreeMap<Channel, Listener> = shelf::listeners(cx)?.into_iter().collect();
        Ok(Self {
            cx,
            config: cx.settings()?,
            listeners_before: listeners.clone(),
            listeners,
            stories: Drawer::new(),
            series: Drawer::new(),
            gatherings: Drawer::new(),
            wanted: BTreeMap::new(),
            stale: BTreeSet::new(),
            later: BTreeMap::new(),
            shut: BTreeSet::new(),
            said: 0,
        })
    }

    fn shelf(&self) -> Shelf<'a> {
        Shelf { cx: self.cx, keep: self.config.keep }
    }

    /// Takes news in, whatever of it is known already.
    pub fn take(&mut self, source: Source, news: Vec<News>) -> Result<()> {
        let mut came = Vec::new();
        for news in news {
            let listeners = self.take_one(&news)?;
            came.push((Came::News(Box::new(news)), listeners));
        }
        arrivals::note(self.cx, source, came)
    }

    /// Takes one piece of news in. How many channels is it for?
    fn take_one(&mut self, news: &News) -> Result<usize> {
        let key = shelf::story_key(news);
        let is_told_otherwise = self.take_outcome(&key, news)?;
        let (shelf, mut story) = (self.shelf(), self.stories.open(self.shelf(), &key)?.clone());
        let is_new = story.take(news.clone());
        if is_new {
            *self.stories.change(shelf, &key)? = story;
        }
        let about: Vec<Channel> =
            self.listeners.iter().filter(|(_, listener)| listener.is_about(news)).map(|(channel, _)| channel.clone()).collect();
        if is_new || is_told_otherwise {
            about.iter().for_each(|channel| self.want(channel, &key));
        }
        Ok(about.len())
    }

    /// Remembers how it went. What came after it may have to be told in other words.
    fn take_outcome(&mut self, story: &str, news: &News) -> Result<bool> {
        let Some(failed) = news.outcome() else { return Ok(false) };
        let (shelf, key) = (self.shelf(), shelf::series_key(news));
        let mut series = self.series.open(shelf, &key)?.clone();
        if !series.take(story, &news.occasion(), news.at, failed) {
            return Ok(false);
        }
        let after: Vec<String> = series.after(news.at).filter(|other| *other != story).map(str::to_owned).collect();
        *self.series.change(shelf, &key)? = series;
        for later in after {
            for channel in self.told_of(&later)? {
                self.want(&channel, &later);
            }
        }
        Ok(true)
    }

    /// The channels where there is a message about a story that can still be edited.
    fn told_of(&mut self, key: &str) -> Result<Vec<Channel>> {
        let channels: Vec<Channel> = self.stories.open(self.shelf(), key)?.posts.keys().map(|channel| channel.as_str().into()).collect();
        Ok(channels.into_iter().filter(|channel| self.standing(channel, key).is_some()).collect())
    }

    /// A story is to be told in a channel.
    pub fn want(&mut self, channel: &Channel, key: &str) {
        self.wanted.entry(channel.clone()).or_default().insert(key.to_owned());
    }
}

/// Telling it.
impl Desk<'_> {
    /// Says what is to be said where it is wanted.
    pub fn tell(&mut self) -> Result<()> {
        for (channel, keys) in std::mem::take(&mut self.wanted) {
            self.tell_channel(&channel, keys)?;
        }
        for (channel, message) in std::mem::take(&mut self.stale) {
            self.tell_again(&channel, &message)?;
        }
        Ok(())
    }

    fn tell_channel(&mut self, channel: &Channel, keys: BTreeSet<String>) -> Result<()> {
        let mut fresh = Vec::new();
        for key in keys {
            if self.sight(channel, &key)?.is_empty() {
                continue;
            }
            match self.standing(channel, &key) {
                Some(post) if post.gathered => drop(self.stale.insert((channel.clone(), post.message))),
                Some(post) => self.edit(channel, &key, &post)?,
                None if !self.is_said(channel, &key)? => fresh.push(key),
                None => {}
            }
        }
        self.tell_fresh(channel, fresh)
    }

    /// Tells what was never told here, or so long ago that nobody would see it.
    fn tell_fresh(&mut self, channel: &Channel, fresh: Vec<String>) -> Result<()> {
        let (now, config) = (self.cx.now(), &self.config);
        let Some(listener) = self.listeners.get_mut(channel).filter(|_| !fresh.is_empty()) else { return Ok(()) };
        if listener.digest.is_none() && listener.rush.gathers(fresh.len(), now, config) {
            return self.gather(channel, fresh);
        }
        let waits = listener.digest.is_some();
        let mut waiting = Vec::new();
        for key in fresh {
            // Who is to be called is not called in a digest.
            if waits && self.calls(channel, &key)?.is_empty() { waiting.push(key) } else { self.post(channel, &key)? }
        }
        self.put_off(channel, &waiting)
    }

    /// Says a story in a message of its own.
    fn post(&mut self, channel: &Channel, key: &str) -> Result<()> {
        if !self.may_say(channel, &[key.to_owned()]) {
            return Ok(());
        }
        let calls = self.calls(channel, key)?;
        let message = card::card(&self.sight(channel, key)?);
        let said = fingerprint(&message);
        let message = if calls.is_empty() { message } else { card::call(&people(&calls), message) };
        match self.say(channel, message) {
            Some(message) => self.remember(channel, key, Post { said, ..Post::new(message, self.cx.now()) }, &calls),
            None => Ok(()),
        }
    }

    /// Edits the message about a story, and calls whoever has to know what came of it.
    fn edit(&mut self, channel: &Channel, key: &str, post: &Post) -> Result<()> {
        let message = card::card(&self.sight(channel, key)?);
        let said = fingerprint(&message);
        if said == post.said || !self.may_say(channel, &[key.to_owned()]) {
            return Ok(());
        }
        self.said += 1;
        match self.cx.chat().edit(&post.message, message) {
            Ok(()) => {}
            // Somebody took it away.
            Err(ChatError::Unknown) => return self.post(channel, key),
            Err(why) => self.cx.log().error(format_args!("a message in {channel} could not be edited: {why}")),
        }
        let calls = self.calls(channel, key)?;
        for (occasion, people) in &calls {
            let sight = self.sight(channel, key)?;
            let line = sight.iter().find(|line| line.news().occasion() == *occasion);
            let alarm = line.map(|line| card::call(people, card::alarm(line)));
            alarm.map(|alarm| self.say(channel, alarm));
        }
        self.remember(channel, key, Post { said, ..post.clone() }, &calls)
    }

    /// Says stories in one message, together with those that are in it already.
    fn gather(&mut self, channel: &Channel, keys: Vec<String>) -> Result<()> {
        let open = self.listeners[channel].rush.gathering.clone();
        let mut gathering = match &open {
            Some(message) => self.gatherings.open(self.shelf(), &shelf::gathering_key(channel, message))?.clone(),
            None => Gathering::default(),
        };
        let mut keys = keys.into_iter();
        let mut added = Vec::new();
        while !gathering.is_full() {
            let Some(key) = keys.next() else { break };
            gathering.add(&key);
            added.push(key);
        }
        match open {
            Some(message) => {
                *self.gatherings.change(self.shelf(), &shelf::gathering_key(channel, &message))? = gathering;
                self.enter(channel, &added, &message)?;
            }
            None => self.begin(channel, gathering, &added)?,
        }
        let rest: Vec<String> = keys.collect();
        if rest.is_empty() || !self.listeners.contains_key(channel) {
            return Ok(());
        }
        if let Some(listener) = self.listeners.get_mut(channel) {
            listener.rush.gathering = None;
        }
        self.gather(channel, rest)
    }

    /// Begins a message in which several stories are told.
    fn begin(&mut self, channel: &Channel, mut gathering: Gathering, added: &[String]) -> Result<()> {
        if !self.may_say(channel, added) {
            return Ok(());
        }
        let mut called = Vec::new();
        for key in added {
            called.extend(people(&self.calls(channel, key)?));
        }
        called.sort();
        called.dedup();
        let message = self.gathered(channel, &gathering)?;
        gathering.said = fingerprint(&message);
        let message = if called.is_empty() { message } else { card::call(&called, message) };
        let Some(message) = self.say(channel, message) else { return Ok(()) };
        *self.gatherings.change(self.shelf(), &shelf::gathering_key(channel, &message))? = gathering;
        if let Some(listener) = self.listeners.get_mut(channel) {
            listener.rush.gathering = Some(message.clone());
        }
        for key in added {
            self.enter(channel, std::slice::from_ref(key), &message)?;
        }
        Ok(())
    }

    /// From now on these stories are told in a message with others.
    fn enter(&mut self, channel: &Channel, keys: &[String], message: &MessageId) -> Result<()> {
        for key in keys {
            // Nobody is called again for what is in a message that stands.
            let calls = self.calls(channel, key)?;
            let post = Post { gathered: true, ..Post::new(message.clone(), self.cx.now()) };
            self.remember(channel, key, post, &calls)?;
        }
        self.stale.insert((channel.clone(), message.clone()));
        Ok(())
    }

    /// Edits a message in which several stories are told.
    fn tell_again(&mut self, channel: &Channel, message: &MessageId) -> Result<()> {
        let key = shelf::gathering_key(channel, message);
        let gathering = self.gatherings.open(self.shelf(), &key)?.clone();
        let text = self.gathered(channel, &gathering)?;
        let said = fingerprint(&text);
        let Some(first) = gathering.stories.first().filter(|_| said != gathering.said) else { return Ok(()) };
        if !self.may_say(channel, std::slice::from_ref(first)) {
            return Ok(());
        }
        self.said += 1;
        if let Err(why) = self.cx.chat().edit(message, text) {
            self.cx.log().warn(format_args!("a message in {channel} could not be edited: {why}"));
        }
        self.gatherings.change(self.shelf(), &key)?.said = said;
        Ok(())
    }

    fn gathered(&mut self, channel: &Channel, gathering: &Gathering) -> Result<Message> {
        self.load(&gathering.stories)?;
        Ok(gathered::rush(&self.lines(channel, &gathering.stories), gathering.more))
    }

    /// Keeps stories for the next digest.
    fn put_off(&mut self, channel: &Channel, keys: &[String]) -> Result<()> {
        if keys.is_empty() {
            return Ok(());
        }
        let drawer = shelf::digest_key(channel);
        let mut waiting: Gathering = self.cx.store().get(&drawer)?.unwrap_or_default();
        keys.iter().for_each(|key| waiting.add(key));
        Ok(self.cx.store().set(&drawer, &waiting)?)
    }

    /// Says what was kept for a digest.
    pub fn tell_digest(&mut self, channel: &Channel) -> Result<()> {
        let drawer = shelf::digest_key(channel);
        let Some(waiting) = self.cx.store().get::<Gathering>(&drawer)? else { return Ok(()) };
        self.cx.store().delete(&drawer)?;
        self.load(&waiting.stories)?;
        let lines = self.lines(channel, &waiting.stories);
        if !lines.is_empty() {
            let message = gathered::digest(&lines, waiting.more);
            self.say(channel, message);
        }
        Ok(())
    }
}

/// What there is to be told.
impl Desk<'_> {
    /// The message about a story that is still edited.
    fn standing(&self, channel: &Channel, key: &str) -> Option<Post> {
        let post = self.stories.things.get(key)?.posts.get(channel.as_str())?;
        (post.at + self.config.edit_for > self.cx.now()).then(|| post.clone())
    }

    /// Does the last message about a story, however old, say all that there is to be said?
    fn is_said(&mut self, channel: &Channel, key: &str) -> Result<bool> {
        let said = fingerprint(&card::card(&self.sight(channel, key)?));
        Ok(self.stories.things[key].posts.get(channel.as_str()).is_some_and(|post| post.said == said))
    }

    /// The parts of a story that are told in a channel, those first that all else is about.
    fn sight(&mut self, channel: &Channel, key: &str) -> Result<Vec<Line<'_>>> {
        let shelf = self.shelf();
        let news: Vec<News> = self.stories.open(shelf, key)?.parts.values().map(|part| part.news.clone()).collect();
        let mut records = BTreeMap::new();
        for news in news {
            records.insert(news.part.clone(), self.record(key, &news)?);
        }
        let Some(listener) = self.listeners.get(channel) else { return Ok(Vec::new()) };
        let story = &self.stories.things[key];
        let post = story.posts.get(channel.as_str());
        let now = self.cx.now();
        let mut lines: Vec<Line<'_>> = story
            .parts
            .iter()
            .filter_map(|(name, part)| {
                let told = post.is_some_and(|post| post.parts.contains(name));
                let record = records.remove(name)?;
                listener.admits(&part.news, &record, told, now).then_some(Line { part, record })
            })
            .collect();
        lines.sort_by_key(|line| (!line.part.is_head(), line.news().topic));
        Ok(lines)
    }

    /// How things stood before this.
    fn record(&mut self, story: &str, news: &News) -> Result<Record> {
        if news.outcome().is_none() {
            return Ok(Record::default());
        }
        let series = self.series.open(self.shelf(), &shelf::series_key(news))?;
        Ok(series.before(story, &news.occasion(), news.at))
    }

    fn load(&mut self, keys: &[String]) -> Result<()> {
        let shelf = self.shelf();
        keys.iter().try_for_each(|key| self.stories.open(shelf, key).map(drop))
    }

    /// What of these stories is told where several are: each part that a channel wants to know.
    fn lines(&self, channel: &Channel, keys: &[String]) -> Vec<Line<'_>> {
        let Some(listener) = self.listeners.get(channel) else { return Vec::new() };
        let stories = keys.iter().filter_map(|key| self.stories.things.get(key));
        let parts = stories.flat_map(|story| story.parts.values());
        let wanted = parts.filter(|part| listener.admits(&part.news, &Record::default(), true, self.cx.now()));
        wanted.map(|part| Line { part, record: Record::default() }).collect()
    }

    /// Who is called because of what in a story, and was not yet.
    fn calls(&mut self, channel: &Channel, key: &str) -> Result<BTreeMap<String, Vec<User>>> {
        let called = self.stories.open(self.shelf(), key)?.posts.get(channel.as_str()).map(|post| post.called.clone()).unwrap_or_default();
        let Some(listener) = self.listeners.get(channel).cloned() else { return Ok(BTreeMap::new()) };
        let sight = self.sight(channel, key)?;
        // Who was called when it broke is not called each time it fails again.
        let needy = sight.iter().filter(|line| line.news().state.needs_somebody() && line.record.failures == 0);
        let calls = needy.map(|line| (line.news().occasion(), listener.called(line.news()).cloned().collect::<Vec<User>>()));
        Ok(calls.filter(|(occasion, people)| !people.is_empty() && !called.contains(occasion)).collect())
    }
}

/// What comes of it.
impl Desk<'_> {
    /// May a message about these stories be said now? What may not is said later.
    fn may_say(&mut self, channel: &Channel, keys: &[String]) -> bool {
        let may = self.said < SAYS;
        if !may {
            self.later.entry(channel.clone()).or_default().extend(keys.iter().cloned());
        }
        may
    }

    /// Says something in a channel; none if that cannot be, and then the log has why.
    fn say(&mut self, channel: &Channel, message: Message) -> Option<MessageId> {
        if self.shut.contains(channel) {
            return None;
        }
        self.said += 1;
        let why = match self.cx.chat().post(&Place { channel: channel.clone(), thread: None }, message) {
            Ok(message) => {
                self.refuse(channel, None);
                return Some(message);
            }
            Err(why) => why,
        };
        self.cx.log().warn(format_args!("news cannot be told in {channel}: {}", reason(&why)));
        match why {
            ChatError::NotGranted(grant) => self.refuse(channel, Some(grant.0)),
            ChatError::Unknown => self.drop_listener(channel),
            _ => return None,
        }
        self.shut.insert(channel.clone());
        None
    }

    fn refuse(&mut self, channel: &Channel, grant: Option<String>) {
        if let Some(listener) = self.listeners.get_mut(channel) {
            listener.refused = grant;
        }
    }

    /// Nobody is told anything any more in a channel that is gone.
    pub fn drop_listener(&mut self, channel: &Channel) {
        let Some(listener) = self.listeners.get_mut(channel) else { return };
        let number = listener.subscriptions.len();
        self.cx.log().warn(format_args!("the channel {channel} is gone, and with it {number} subscriptions"));
        *listener = Listener::default();
    }

    /// Remembers which message tells a story, and who was called because of it.
    fn remember(&mut self, channel: &Channel, key: &str, mut post: Post, calls: &BTreeMap<String, Vec<User>>) -> Result<()> {
        post.parts.extend(self.sight(channel, key)?.iter().map(|line| line.news().part.clone()));
        post.called.extend(calls.keys().cloned());
        let posts = &mut self.stories.change(self.shelf(), key)?.posts;
        if let Some(before) = posts.remove(channel.as_str()) {
            post.parts.extend(before.parts);
            post.called.extend(before.called);
        }
        posts.insert(channel.as_str().to_owned(), post);
        Ok(())
    }

    /// Takes up what could not be said before.
    pub fn take_later(&mut self) -> Result<()> {
        let channels: Vec<Channel> = self.listeners.keys().cloned().collect();
        for channel in channels {
            let drawer = shelf::later_key(&channel);
            let Some(keys) = self.cx.store().get::<Vec<String>>(&drawer)? else { continue };
            self.cx.store().delete(&drawer)?;
            keys.iter().for_each(|key| self.want(&channel, key));
        }
        Ok(())
    }

    /// Makes everything last.
    pub fn close(mut self) -> Result<()> {
        let shelf = self.shelf();
        self.stories.close(shelf)?;
        self.series.close(shelf)?;
        self.gatherings.close(shelf)?;
        for (channel, listener) in &self.listeners {
            if self.listeners_before.get(channel) != Some(listener) {
                shelf::set_listener(self.cx, channel, listener)?;
            }
        }
        if self.later.is_empty() {
            return Ok(());
        }
        for (channel, keys) in &self.later {
            let keys: Vec<&String> = keys.iter().take(WAITING).collect();
            self.cx.store().set(&shelf::later_key(channel), &keys)?;
        }
        Ok(self.cx.timers().set(LATER, self.cx.now(), &())?)
    }
}

fn reason(why: &ChatError) -> String {
    match why {
        ChatError::NotGranted(grant) => grant.to_string(),
        why => why.to_string(),
    }
}

fn people(calls: &BTreeMap<String, Vec<User>>) -> Vec<User> {
    calls.values().flatten().cloned().collect::<BTreeSet<User>>().into_iter().collect()
}

/// What a message says, in a number.
fn fingerprint(message: &Message) -> u64 {
    serde_json::to_vec(message).map(|bytes| shelf::number(&bytes)).unwrap_or_default()
}
