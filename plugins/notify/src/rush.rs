//! When much is new at once: a channel gets a few messages, and then one for all the rest.

use crate::settings::Config;
use hatstand_plugin::prelude::*;
use serde::{Deserialize, Serialize};

/// A rush is over when so long nothing was new.
const CALM: Duration = Duration::from_secs(60);

/// More subjects are not in one message in a rush.
const MOST: usize = 100;

/// How much was new in a channel in the last minute.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rush {
    until: Instant,
    new: usize,
    /// The message in which the rest is gathered.
    #[serde(default)]
    pub gathering: Option<MessageId>,
}

/// Several subjects that are told in one message.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gathering {
    pub stories: Vec<String>,
    /// How often something else was new, for which there is no room.
    #[serde(default)]
    pub more: usize,
    /// What the message says, in a number.
    #[serde(default)]
    pub said: u64,
    /// The day on which it is forgotten.
    #[serde(default)]
    pub expires: u64,
}

impl Gathering {
    /// Adds a subject, or counts it if there are `most` already.
    pub fn add(&mut self, story: &str, most: usize) {
        if self.stories.iter().any(|known| known == story) {
            return;
        }
        match self.stories.len() < most {
            true => self.stories.push(story.to_owned()),
            false => self.more += 1,
        }
    }

    /// How many more it takes in a rush.
    pub fn room(&self) -> usize {
        MOST.saturating_sub(self.stories.len())
    }
}

impl Rush {
    /// So many subjects are new. Are they gathered, instead of being told one by one?
    pub fn gathers(&mut self, new: usize, now: Instant, config: &Config) -> bool {
        if now >= self.until {
            *self = Self { until: now + CALM, ..Self::default() };
        }
        self.new += new;
        let gathers = self.new > config.rush as usize;
        if gathers {
            self.until = now + CALM;
        }
        gathers
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONFIG: Config = Config { edit_for: Duration::ZERO, rush: 3, keep: Duration::ZERO };

    fn at(seconds: u64) -> Instant {
        Instant(1_767_607_200_000) + Duration::from_secs(seconds)
    }

    #[test]
    fn what_trickles_is_never_gathered() {
        let mut rush = Rush::default();
        assert!((0..20).all(|number| !rush.gathers(1, at(number * 25), &CONFIG)));
    }

    #[test]
    fn what_rushes_is_gathered_until_it_is_calm() {
        let mut rush = Rush::default();
        let gathers: Vec<bool> = (0..6).map(|number| rush.gathers(1, at(number), &CONFIG)).collect();
        assert_eq!(gathers, [false, false, false, true, true, true]);
        assert!(rush.gathers(1, at(60), &CONFIG), "it goes on");
        assert!(!rush.gathers(1, at(121), &CONFIG), "it was calm for a minute");
    }

    #[test]
    fn what_comes_at_once_is_gathered_at_once() {
        assert!(Rush::default().gathers(4, at(0), &CONFIG) && !Rush::default().gathers(3, at(0), &CONFIG));
    }
}
