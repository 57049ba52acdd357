//! One deploy, from the words that asked for it to its end: what is kept of it.

use crate::ask::{Ask, Purpose};
use crate::checks::Target;
use crate::providers::{Check, Commit, Mark, Order, Progress};
use hatstand_plugin::directory::Person;
use hatstand_plugin::prelude::*;
use serde::{Deserialize, Serialize};

/// So much of what happened is told on a card.
const LINES: usize = 8;

/// So much of what a provider says is told, in characters.
const TOLD: usize = 200;

/// The number of a run: people say `deploy status 17`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RunId(pub u64);

impl std::fmt::Display for RunId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl hatstand_plugin::Say for RunId {
    fn say(&self, text: &mut Vec<Span>) {
        hatstand_plugin::Say::say(&self.0, text);
    }
}

/// One deploy.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Run {
    pub id: RunId,
    /// Names it at the provider; nobody can guess it.
    pub key: String,
    pub ask: Ask,
    /// As the configuration calls them.
    pub app: String,
    pub environment: String,
    pub hosts: Vec<String>,
    pub git_ref: String,
    pub by: User,
    /// What the person was called, for the provider.
    pub name: String,
    /// Where it was asked for.
    pub place: Place,
    pub since: Instant,
    pub stage: Stage,
    #[serde(default)]
    pub commit: Option<Commit>,
    /// What was deployed there before.
    #[serde(default)]
    pub before: Option<String>,
    #[serde(default)]
    pub checks: Vec<Check>,
    /// How many commits of the default ref it lacks.
    #[serde(default)]
    pub behind: Option<u64>,
    /// What was true when the question was asked, to see what has changed when it is answered.
    #[serde(default)]
    pub seen: Option<Seen>,
    #[serde(default)]
    pub confirmed: Option<User>,
    #[serde(default)]
    pub second_factor: bool,
    /// The message that tells how it goes.
    #[serde(default)]
    pub card: Option<MessageId>,
    /// What the card says, as [`mark`](crate::texts::card::mark) tells it from all else.
    #[serde(default)]
    pub shown: u64,
    #[serde(default)]
    pub started: Option<Instant>,
    /// What the provider calls it.
    #[serde(default)]
    pub provider_id: Option<String>,
    #[serde(default)]
    pub link: Option<String>,
    #[serde(default)]
    pub mark: Mark,
    #[serde(default)]
    pub lines: Vec<Line>,
    /// What the provider said last.
    #[serde(default)]
    pub said: Option<String>,
    /// Why it failed, in a sentence of the bot's own.
    #[serde(default)]
    pub why: Option<String>,
    /// What whoever deploys should know.
    #[serde(default)]
    pub warnings: Vec<String>,
    /// How often it was looked for at the provider.
    #[serde(default)]
    pub looked: u32,
    /// Was the deploy hat put on for it?
    #[serde(default)]
    pub hat: bool,
    /// Who wants it cancelled.
    #[serde(default)]
    pub cancelled_by: Option<User>,
    #[serde(default)]
    pub ended: Option<Instant>,
}

/// What was true when a question was asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    pub sha: Option<String>,
    pub checks: Vec<Check>,
}

/// How far it has come.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// The provider is asked which commit it is.
    Resolving,
    /// It is asked what CI says, page by page.
    Checking { page: usize },
    /// It is asked what the commit lacks.
    Comparing,
    /// Somebody is asked whether it is really to be done.
    Asking { until: Instant },
    /// And once more, in direct messages.
    Proving { until: Instant },
    /// The provider is asked for what must come along.
    Preparing,
    /// The provider is to begin.
    Starting,
    /// Nobody knows whether it has begun: it is looked for.
    Finding { candidates: Vec<String> },
    /// The provider has it.
    Going(Progress),
    /// It is over.
    Over(End),
}

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum End {
    Succeeded,
    Failed,
    Cancelled,
    /// It never began.
    Refused,
    /// It was to be looked at only.
    Planned,
    /// It never began, or it did and nobody knows what became of it.
    Unknown,
}

/// Something that happened on the way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    pub at: Instant,
    pub text: String,
}

impl Run {
    /// A run that has just been asked for.
    pub fn new(id: RunId, key: String, target: Target<'_>, ask: Ask, person: &Person, place: &Place, now: Instant) -> Self {
        let Target { app, environment, hosts, task } = target;
        Self {
            id,
            key,
            app: app.name.clone(),
            environment: environment.name.clone(),
            hosts,
            git_ref: ask.git_ref.clone().unwrap_or_else(|| app.default_ref.clone()),
            by: person.id.clone(),
            name: person.name.clone(),
            place: place.clone(),
            since: now,
            stage: Stage::Resolving,
            ask: Ask { task, app: app.name.clone(), ..ask },
            commit: None,
            before: None,
            checks: Vec::new(),
            behind: None,
            seen: None,
            confirmed: None,
            second_factor: false,
            card: None,
            shown: 0,
            started: None,
            provider_id: None,
            link: None,
            mark: Mark::default(),
            lines: Vec::new(),
            said: None,
            why: None,
            warnings: Vec::new(),
            looked: 0,
            hat: false,
            cancelled_by: None,
            ended: None,
        }
    }

    /// Is it at the provider, or on its way there?
    pub fn is_going(&self) -> bool {
        matches!(self.stage, Stage::Preparing | Stage::Starting | Stage::Finding { .. } | Stage::Going(_))
    }

    pub fn is_over(&self) -> bool {
        matches!(self.stage, Stage::Over(_))
    }

    pub fn sha(&self) -> Option<&str> {
        self.commit.as_ref().map(|commit| commit.sha.as_str())
    }

    /// What is deployed: the commit, or where nobody knows commits the ref.
    pub fn what(&self) -> &str {
        self.sha().unwrap_or(&self.git_ref)
    }

    /// A rollback goes back to what has been there: its order and CI were looked at then.
    pub fn is_rollback(&self) -> bool {
        self.ask.purpose == Purpose::Rollback
    }

    /// Was the commit itself asked for, rather than what a branch or tag stands for?
    pub fn is_for_commit(&self) -> bool {
        self.sha().is_some_and(|sha| sha.starts_with(&self.git_ref))
    }

    /// Does a program deploy, rather than a person?
    pub fn is_by_program(&self) -> bool {
        self.by.program().is_some()
    }

    /// What CI and ref were when it was asked about.
    pub fn seen_now(&self) -> Seen {
        Seen { sha: self.sha().map(str::to_owned), checks: self.checks.clone() }
    }

    /// Adds a line to what is told; the same one twice in a row says nothing new.
    pub fn note(&mut self, at: Instant, text: impl Into<String>) {
        let text = text.into();
        if self.lines.last().is_none_or(|line| line.text != text) {
            self.lines.push(Line { at, text });
        }
        let more = self.lines.len().saturating_sub(LINES);
        self.lines.drain(..more);
    }

    /// Adds what the provider said to what is told.
    pub fn hear(&mut self, at: Instant, text: &str) {
        let text: String = text.chars().take(TOLD).collect();
        self.said = Some(text.clone());
        self.note(at, text);
    }

    pub fn order<'a>(&'a self, default_ref: &'a str) -> Order<'a> {
        Order {
            key: &self.key,
            number: self.id.0,
            app: &self.app,
            environment: &self.environment,
            hosts: &self.hosts,
            git_ref: &self.git_ref,
            default_ref,
            sha: self.sha(),
            task: self.ask.task.as_deref(),
            parameters: &self.ask.parameters,
            reason: self.ask.reason.as_deref(),
            by: &self.name,
        }
    }
}

impl End {
    /// The word for programs.
    pub fn code(self) -> &'static str {
        match self {
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
            Self::Refused => "refused",
            Self::Planned => "planned",
            Self::Unknown => "unknown",
        }
    }
}

impl From<Progress> for Stage {
    fn from(progress: Progress) -> Self {
        match progress {
            Progress::Succeeded => Self::Over(End::Succeeded),
            Progress::Failed => Self::Over(End::Failed),
            Progress::Cancelled => Self::Over(End::Cancelled),
            Progress::Pending | Progress::Running => Self::Going(progress),
        }
    }
}
