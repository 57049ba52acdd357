//! What senders tell, in words that are no sender's own.

use hatstand_plugin::prelude::*;
use serde::{Deserialize, Serialize};

/// No text of a sender is kept longer, in bytes: what people read in a chat is short, and a key of the store is too.
const LONGEST: usize = 240;

/// A longer address is not kept: cut, it would lead elsewhere.
const LONGEST_LINK: usize = 400;

/// More names of one piece of news are not kept, nor more people: a value of the store has to have room for many.
const NAMES: usize = 20;
const PEOPLE: usize = 8;

/// One piece of news.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct News {
    pub source: Source,
    pub topic: Topic,
    /// What people subscribe to: `acme/web`, a job, a host, the name of an alert.
    pub project: String,
    /// What else it can be called in a subscription, such as `severity=critical`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub names: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub branch: Option<String>,
    /// What one message is about, in the sender's own terms: the same for all news of one commit, one build, one alert.
    pub subject: String,
    /// The part of the subject that this is about, such as one of the builds of a commit.
    pub part: String,
    /// What the part is called in a sentence: `CI`, `build 12`, `deploy to production`.
    pub name: String,
    pub state: State,
    /// Which try this is, for senders that number them.
    #[serde(default)]
    pub attempt: u64,
    /// The sender's own order within an attempt, where the time does not tell.
    #[serde(default)]
    pub step: u64,
    /// When it happened, by the sender's clock.
    pub at: Instant,
    /// How long it took, by the sender's count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub took: Option<Duration>,
    /// What it is about, in somebody's words: the title of a commit, the summary of an alert.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// More about the state: what failed, how it was acknowledged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub severity: Option<String>,
    /// Whose doing it is, by the names that the sender knows.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub people: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
}

/// Who tells it.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Source {
    Github,
    Gitlab,
    Jenkins,
    Nagios,
    Alertmanager,
}

/// What kind of news it is, as people subscribe to it.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Topic {
    Pushes,
    /// Pull and merge requests.
    Changes,
    Builds,
    /// The single checks and jobs of a build.
    Tests,
    Deploys,
    Releases,
    Alerts,
}

/// How it stands. Of two that came in the same moment, the later in this list counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    Waiting,
    /// Waiting for a person.
    Blocked,
    Running,
    Skipped,
    Cancelled,
    Failed,
    Well,
    Firing,
    Acknowledged,
    Resolved,
    Open,
    Closed,
    Merged,
    /// It happened, and that is all.
    Done,
    /// It was taken away.
    Removed,
}

impl News {
    /// News that says nothing more yet.
    pub fn new(source: Source, topic: Topic, state: State, at: Instant) -> Self {
        Self {
            source,
            topic,
            project: String::new(),
            names: Vec::new(),
            branch: None,
            subject: String::new(),
            part: String::new(),
            name: String::new(),
            state,
            attempt: 0,
            step: 0,
            at,
            took: None,
            title: None,
            detail: None,
            severity: None,
            people: Vec::new(),
            link: None,
        }
    }

    /// Does this come after the other news of the same part, whatever arrived first?
    pub fn is_after(&self, other: &Self) -> bool {
        let order = |news: &Self| (news.attempt, news.step, news.at, news.state);
        (order(self), self) > (order(other), other)
    }

    /// The part in this attempt, as something that happens once.
    pub fn occasion(&self) -> String {
        format!("{}#{}", self.part, self.attempt)
    }

    /// Whether it failed, for what follows one after the other: alerts do not.
    pub fn outcome(&self) -> Option<bool> {
        self.state.failed().filter(|_| self.topic != Topic::Alerts)
    }

    /// With no text longer than is kept.
    #[must_use]
    pub fn trimmed(mut self) -> Self {
        for text in [&mut self.project, &mut self.subject, &mut self.part, &mut self.name] {
            *text = cut(text);
        }
        for text in [&mut self.branch, &mut self.title, &mut self.detail, &mut self.severity] {
            *text = text.take().map(|text| cut(&text)).filter(|text| !text.is_empty());
        }
        self.link = self.link.filter(|link| link.len() <= LONGEST_LINK);
        for (list, most) in [(&mut self.names, NAMES), (&mut self.people, PEOPLE)] {
            list.truncate(most);
            list.iter_mut().for_each(|text| *text = cut(text));
            list.retain(|text| !text.is_empty());
        }
        self
    }
}

impl Topic {
    /// The topics of whoever names none: all that is not a part of something else.
    pub const USUAL: [Self; 6] = [Self::Pushes, Self::Changes, Self::Builds, Self::Deploys, Self::Releases, Self::Alerts];

    /// The topic that somebody means.
    pub fn meant(word: &str) -> Option<Self> {
        let word = word.to_lowercase();
        match word.as_str() {
            "pull" | "pulls" | "merge" | "merges" | "pull-requests" | "merge-requests" => Some(Self::Changes),
            "jobs" | "checks" => Some(Self::Tests),
            "push" => Some(Self::Pushes),
            word => Self::from_word(word).or_else(|| Self::from_word(&format!("{word}s"))),
        }
    }
}

impl State {
    /// Must somebody do something?
    pub fn needs_somebody(self) -> bool {
        self.is_failure() || self == Self::Blocked
    }

    /// Did something go wrong?
    pub fn is_failure(self) -> bool {
        matches!(self, Self::Failed | Self::Firing)
    }

    /// Has it only begun?
    pub fn is_beginning(self) -> bool {
        matches!(self, Self::Waiting | Self::Running)
    }

    /// Has it failed, where it went well or failed?
    pub fn failed(self) -> Option<bool> {
        match self {
            Self::Failed => Some(true),
            Self::Well => Some(false),
            _ => None,
        }
    }

    /// Has it come to an end that took time?
    pub fn is_end(self) -> bool {
        matches!(self, Self::Well | Self::Failed | Self::Cancelled | Self::Resolved)
    }
}

/// The first line, without blanks around it and no longer than is kept.
fn cut(text: &str) -> String {
    let line = text.trim().lines().next().unwrap_or_default().trim_end();
    let line = line.replace(|c: char| c.is_control(), " ");
    if line.len() <= LONGEST {
        return line;
    }
    let end = (0..=LONGEST).rev().find(|end| line.is_char_boundary(*end)).unwrap_or_default();
    format!("{}…", line[..end].trim_end())
}
