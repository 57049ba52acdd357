//! What a channel does not want to know for a while.

use crate::news::{News, Source, Topic};
use crate::subscription::What;
use hatstand_plugin::prelude::*;
use serde::{Deserialize, Serialize};

/// What a channel does not want to know for a while.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mute {
    /// As in a subscription, or the name of a topic or a sender.
    pub what: What,
    /// Until somebody unmutes it, if there is none.
    #[serde(default)]
    pub until: Option<Instant>,
    pub by: User,
}

impl Mute {
    pub fn is_over(&self, now: Instant) -> bool {
        self.until.is_some_and(|until| until <= now)
    }

    pub fn covers(&self, news: &News, now: Instant) -> bool {
        let word = self.what.0.to_lowercase();
        let is_kind = Topic::meant(&word) == Some(news.topic) || Source::from_word(&word) == Some(news.source);
        !self.is_over(now) && (is_kind || self.what.is_about(news))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::news::State;

    #[test]
    fn a_mute_covers_names_topics_and_senders_until_it_is_over() {
        let project = "HighLatency".to_owned();
        let news = News { project, ..News::new(Source::Alertmanager, Topic::Alerts, State::Firing, Instant(0)) };
        let covers =
            |what: &str, now| Mute { what: What(what.to_owned()), until: Some(Instant(10)), by: "ann".into() }.covers(&news, Instant(now));
        for what in ["HighLatency", "high*", "alerts", "alert", "Alertmanager", "*"] {
            assert!(covers(what, 9) && !covers(what, 10), "{what}");
        }
        assert!(!covers("builds", 9) && !covers("nagios", 9) && !covers("DiskFull", 9));
    }
}
