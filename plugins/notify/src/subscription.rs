//! What a channel wants to know.

use crate::glob;
use crate::news::{News, Topic};
use crate::series::Record;
use hatstand_plugin::prelude::*;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// What a channel wants to know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subscription {
    pub what: What,
    /// Empty for the usual ones.
    #[serde(default)]
    pub topics: BTreeSet<Topic>,
    /// A pattern; what has no branch does not pass it.
    #[serde(default)]
    pub branch: Option<String>,
    #[serde(default)]
    pub only: Option<Only>,
    /// Who is called when somebody has to do something.
    #[serde(default)]
    pub mention: Option<User>,
    pub by: User,
}

/// Which of the news.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Only {
    /// That something failed, and that it works again.
    Failures,
    /// How it ended, and not that it began.
    Results,
}

/// A pattern for projects, or for what else news can be called. `github:acme/*` is for what a single sender tells.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct What(pub String);

impl What {
    /// Does it stand for what this news is about?
    pub fn is_about(&self, news: &News) -> bool {
        let (sender, pattern) = match self.0.split_once(':') {
            Some((sender, pattern)) if is_sender(sender) => (Some(sender), pattern),
            _ => (None, self.0.as_str()),
        };
        let is_from = sender.is_none_or(|sender| sender.eq_ignore_ascii_case(news.source.word()));
        is_from && std::iter::once(&news.project).chain(&news.names).any(|name| glob::matches(pattern, name))
    }

    /// Is it the same, in whatever case it is written?
    pub fn is(&self, other: &Self) -> bool {
        self.0.to_lowercase() == other.0.to_lowercase()
    }
}

fn is_sender(word: &str) -> bool {
    crate::news::Source::from_word(&word.to_lowercase()).is_some()
}

impl Subscription {
    /// Is the news about what is wanted, however it stands?
    pub fn is_about(&self, news: &News) -> bool {
        let is_topic = if self.topics.is_empty() { Topic::USUAL.contains(&news.topic) } else { self.topics.contains(&news.topic) };
        let is_branch = match (&self.branch, &news.branch) {
            (None, _) => true,
            (Some(pattern), Some(branch)) => glob::matches(pattern, branch),
            (Some(_), None) => false,
        };
        is_topic && is_branch && self.what.is_about(news)
    }

    /// Is it to be told? What was told once is told to its end.
    pub fn admits(&self, news: &News, record: &Record, told: bool) -> bool {
        let is_wanted = match self.only {
            None => true,
            Some(Only::Results) => !news.state.is_beginning(),
            Some(Only::Failures) => news.state.is_failure() || (news.state.failed() == Some(false) && record.failures > 0),
        };
        (is_wanted || told) && self.is_about(news)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::news::{Source, State};

    fn news(state: State) -> News {
        News {
            project: "acme/web".to_owned(),
            names: vec!["severity=critical".to_owned()],
            branch: Some("main".to_owned()),
            ..News::new(Source::Github, Topic::Builds, state, Instant(0))
        }
    }

    fn subscription(what: &str) -> Subscription {
        let by = "ann".into();
        Subscription { what: What(what.to_owned()), topics: BTreeSet::new(), branch: None, only: None, mention: None, by }
    }

    #[test]
    fn a_pattern_is_for_projects_and_other_names_of_one_sender_or_all() {
        for what in ["acme/web", "ACME/*", "*", "github:acme/*", "severity=*", "GitHub:severity=critical"] {
            assert!(What(what.to_owned()).is_about(&news(State::Well)), "{what}");
        }
        for what in ["acme/api", "gitlab:acme/*", "severity=warning", "acme"] {
            assert!(!What(what.to_owned()).is_about(&news(State::Well)), "{what}");
        }
    }

    #[test]
    fn topics_and_branches_are_filters() {
        let on = |branch: &str| Subscription { branch: Some(branch.to_owned()), ..subscription("*") };
        assert!(on("ma*").is_about(&news(State::Well)) && !on("dev").is_about(&news(State::Well)));
        assert!(!on("*").is_about(&News { branch: None, ..news(State::Well) }), "what has no branch passes no filter of branches");
        let topic = |topic| Subscription { topics: BTreeSet::from([topic]), ..subscription("*") };
        assert!(topic(Topic::Builds).is_about(&news(State::Well)) && !topic(Topic::Pushes).is_about(&news(State::Well)));
        assert!(!subscription("*").is_about(&News { topic: Topic::Tests, ..news(State::Well) }), "parts of builds are not usual");
    }

    #[test]
    fn failures_are_told_with_their_end() {
        let failures = Subscription { only: Some(Only::Failures), ..subscription("*") };
        let (before, failed) = (Record::default(), Record { failures: 1, ..Record::default() });
        assert!(failures.admits(&news(State::Failed), &before, false) && failures.admits(&news(State::Firing), &before, false));
        assert!(!failures.admits(&news(State::Running), &failed, false) && !failures.admits(&news(State::Well), &before, false));
        assert!(failures.admits(&news(State::Well), &failed, false), "it works again");
        assert!(failures.admits(&news(State::Well), &before, true), "it was told that it failed");
    }

    #[test]
    fn results_are_told_without_their_beginning() {
        let results = Subscription { only: Some(Only::Results), ..subscription("*") };
        let admits = |state| results.admits(&news(state), &Record::default(), false);
        assert!(admits(State::Well) && admits(State::Failed) && admits(State::Done) && !admits(State::Running) && !admits(State::Waiting));
    }
}
