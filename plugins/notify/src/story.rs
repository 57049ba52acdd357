//! What is known of one subject: the last news of each of its parts, and the messages that tell it.

use crate::news::{News, Topic};
use crate::shelf::number;
use hatstand_plugin::prelude::*;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// More parts of one subject are not kept.
const PARTS: usize = 50;

/// What is known of one subject. It does not depend on the order in which the news came, nor on how often.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Story {
    pub parts: BTreeMap<String, Part>,
    /// The message about it in each channel.
    #[serde(default)]
    pub posts: BTreeMap<String, Post>,
    /// The day on which it is forgotten.
    #[serde(default)]
    pub expires: u64,
}

/// A part of a subject.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// The last news of it.
    pub news: News,
    /// The attempt, and the moment of the first news of it.
    began: (u64, Instant),
}

/// A message about a subject.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Post {
    pub message: MessageId,
    pub at: Instant,
    /// What it says, in a number: the same again is not said.
    pub said: u64,
    /// The parts that it tells of, as numbers.
    parts: BTreeSet<u64>,
    /// Is the message about other subjects too?
    #[serde(default)]
    pub gathered: bool,
    /// The occasions on which somebody was called, as numbers.
    #[serde(default)]
    called: BTreeSet<u64>,
}

impl Post {
    /// A message of its own that was just said.
    pub fn new(message: MessageId, at: Instant, said: u64) -> Self {
        Self { message, at, said, parts: BTreeSet::new(), gathered: false, called: BTreeSet::new() }
    }

    /// A message that is about other subjects too.
    pub fn gathered(message: MessageId, at: Instant) -> Self {
        Self { gathered: true, ..Self::new(message, at, 0) }
    }

    /// Does it tell of the part that this news is about?
    pub fn tells_of(&self, news: &News) -> bool {
        self.parts.contains(&number(news.part.as_bytes()))
    }

    /// Was somebody called on the occasion of this news?
    pub fn has_called(&self, news: &News) -> bool {
        self.called.contains(&number(news.occasion().as_bytes()))
    }

    /// From now on it tells of these parts too.
    pub fn tell_of<'a>(&mut self, news: impl IntoIterator<Item = &'a News>) {
        self.parts.extend(news.into_iter().map(|news| number(news.part.as_bytes())));
    }

    /// From now on somebody has been called on these occasions.
    pub fn call<'a>(&mut self, occasions: impl IntoIterator<Item = &'a String>) {
        self.called.extend(occasions.into_iter().map(|occasion| number(occasion.as_bytes())));
    }

    /// Takes over what was told and called in a message before it.
    pub fn follow(&mut self, before: Self) {
        self.parts.extend(before.parts);
        self.called.extend(before.called);
    }
}

impl Story {
    /// Takes news in; false if there is nothing new in it.
    pub fn take(&mut self, news: News) -> bool {
        if self.parts.len() >= PARTS && !self.parts.contains_key(&news.part) {
            return false;
        }
        match self.parts.get_mut(&news.part) {
            Some(part) => part.take(news),
            None => {
                self.parts.insert(news.part.clone(), news.into());
                true
            }
        }
    }
}

impl From<News> for Part {
    fn from(news: News) -> Self {
        Self { began: (news.attempt, news.at), news }
    }
}

impl Part {
    fn take(&mut self, news: News) -> bool {
        let before = self.began;
        let (attempt, at) = (news.attempt, news.at);
        if attempt > before.0 || (attempt == before.0 && at < before.1) {
            self.began = (attempt, at);
        }
        let is_news = news.is_after(&self.news);
        if is_news {
            self.news = news;
        }
        is_news || self.began != before
    }

    /// How long it took, if it is over and the sender let know.
    pub fn took(&self) -> Option<Duration> {
        let since_began = self.news.at.since(self.began.1);
        let took = self.news.took.unwrap_or(since_began);
        (self.news.state.is_end() && took >= Duration::from_secs(1)).then_some(took)
    }

    /// Pushes tell what all else is about: they come first.
    pub fn is_head(&self) -> bool {
        self.news.topic == Topic::Pushes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::news::{Source, State};
    use proptest::prelude::*;

    fn any_news() -> impl Strategy<Value = News> {
        let state = prop::sample::select(&[State::Waiting, State::Running, State::Failed, State::Well, State::Cancelled][..]);
        (state, 0u64..2, 0u64..2, 0u64..4, prop::sample::select(&["a", "b"][..])).prop_map(|(state, attempt, step, at, part)| News {
            part: part.to_owned(),
            attempt,
            step,
            ..News::new(Source::Github, Topic::Builds, state, Instant(at))
        })
    }

    fn told(news: &[News]) -> Story {
        let mut story = Story::default();
        for news in news {
            story.take(news.clone());
        }
        story
    }

    proptest! {
        #[test]
        fn order_and_repetition_make_no_difference(
            news in prop::collection::vec(any_news(), 1..12),
            again in prop::collection::vec(any::<prop::sample::Index>(), 0..12),
            seed in any::<prop::sample::Index>(),
        ) {
            let mut other = news.clone();
            other.extend(again.iter().map(|index| index.get(&news).clone()));
            let turned = seed.index(other.len());
            other.rotate_left(turned);
            other.reverse();
            prop_assert_eq!(told(&news), told(&other));
            let mut story = told(&news);
            prop_assert!(news.into_iter().all(|news| !story.take(news)), "nothing is new twice");
        }
    }
}
