//! The one durable store: inbox, state, timers, outbox, audit, plugin generations.
//!
//! A trait, because a second engine will come (PostgreSQL, for gateways and workers in separate processes). Nothing in it assumes that
//! who records an event and who handles it share memory: every step finds its work in a table, and [`Wake`] is only a hint that it
//! should look.

mod audit;
mod calls;
#[cfg(test)]
mod contract;
mod life;
mod outside;
mod person;
pub mod recording;
mod sqlite;

pub use audit::{AuditEntry, AuditQuery, Head, Verdict};
pub use calls::{Call, CallAnswer, Trace};
pub use life::{Cause, Generation, Leaving, Measure, MeasureChange, Swap, Taken};
pub use outside::{Fingerprint, Receipt, Received, RequestId, Waiting};
pub use person::{Forgotten, Subject};
pub use recording::{Past, Recording};
pub use sqlite::{Beside, Sqlite, restore};

use crate::model::{Effects, Event, EventId, Later, PluginName, Question, Response, Say, TimerId, WorkspaceId};
use crate::permissions::RoleName;
use crate::tokens::{Token, TokenHash};
use async_trait::async_trait;
use hatstand_common::declaration::Schedule;
use hatstand_common::value::{Instant, MessageId, PersonId};
use std::collections::BTreeSet;
use tokio::sync::watch;

/// Whatever is returned as `Ok` from a method that changes something is on disk, and every later read sees it.
///
/// A change that was begun is made even if the future that waits for it is dropped. Ids are given in the order of the commits and never
/// twice, not even after a backup was restored: once an id was read from a table, no smaller one appears in it.
#[async_trait]
pub trait Ledger: Send + Sync + std::fmt::Debug + 'static {
    /// Records an event, unless one with the same workspace and key is there, finished or not: then nothing changes.
    async fn record(&self, event: Event) -> Result<Recorded>;

    /// Events not yet finished with an id above `after`, in the order of arrival, and for each the plugins that are done with it.
    async fn unfinished(&self, after: EventId, limit: usize) -> Result<Vec<Unfinished>>;

    /// One invocation's effects, with the mark that this event is done for this plugin: all of it, or nothing. When `concerned` plugins
    /// are done, the event is finished, and then it is done for everybody. Committing the same event for the same plugin again changes
    /// nothing and says so. An event that is not there, or a message identity that was used before, is a [`LedgerError::Write`].
    async fn commit(&self, commit: Commit) -> Result<Committed> {
        self.commit_all(vec![commit]).await.map(|mut committed| committed.pop().unwrap_or(Committed::Before))
    }

    /// The same for several invocations, one after another: all of them, or none, because each may have seen what the ones before it
    /// changed.
    async fn commit_all(&self, commits: Vec<Commit>) -> Result<Vec<Committed>>;

    /// A value of a plugin's state.
    async fn get(&self, workspace: &WorkspaceId, plugin: &PluginName, key: &str) -> Result<Option<Vec<u8>>>;

    /// The entries whose keys start with `prefix`, in byte order, after the key `after`.
    async fn scan(
        &self,
        workspace: &WorkspaceId,
        plugin: &PluginName,
        prefix: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<(String, Vec<u8>)>>;

    /// How much a plugin keeps in a workspace.
    async fn state_size(&self, workspace: &WorkspaceId, plugin: &PluginName) -> Result<StateSize>;

    /// When the next timer of these plugins is due that has not fired. The deadline of a question, the next run of a schedule, and what came
    /// from outside and waits for its plugin, are timers too, here and below.
    async fn next_due(&self, live: &Live) -> Result<Option<Instant>>;

    /// Turns timers of these plugins that are due at `now` and have not fired into events, in the order of the due times: a page of them.
    /// Returns how many; after zero none is left. Timers of other plugins wait until their plugin is back. The timer itself stays until the
    /// invocation that it causes is committed, so that it can still be replaced or cancelled, and a question can still be answered.
    async fn fire_due(&self, now: Instant, live: &Live) -> Result<usize>;

    /// Is this setting of the timer still valid: neither replaced nor cancelled nor done?
    async fn timer_stands(&self, timer: TimerId) -> Result<bool>;

    /// Does something stand under this key?
    async fn is_set(&self, workspace: &WorkspaceId, plugin: &PluginName, kind: Later, key: &str) -> Result<bool>;

    /// How many timers, or questions, or schedules, a plugin has in a workspace.
    async fn count(&self, workspace: &WorkspaceId, plugin: &PluginName, kind: Later) -> Result<usize>;

    /// The question that this message asks, if it still stands.
    async fn question(&self, workspace: &WorkspaceId, message: &MessageId) -> Result<Option<Asked>>;

    /// The questions that this person can answer by text, the newest first.
    async fn questions_to(&self, workspace: &WorkspaceId, person: &PersonId) -> Result<Vec<Asked>>;

    /// Makes a plugin's schedules in a workspace those that are planned here. One that is there already, of the same times in the same
    /// zone, stays as it is, with what it missed; all others are taken away.
    async fn plan(&self, workspace: &WorkspaceId, plugin: &PluginName, planned: Vec<Planned>) -> Result<()>;

    /// What is still to be said with an id above `after`, in the order of the commits, and as it was committed: edits are said on their
    /// own.
    async fn unsent(&self, after: SayId, limit: usize) -> Result<Vec<Unsent>>;

    /// What became of something said. The first fate counts: a second one changes nothing. It may take its time to be on disk: whoever
    /// does not find it there asks the service.
    async fn settle(&self, say: SayId, fate: Fate) -> Result<()>;

    /// A message that was to be said, by its identity, as it stands after all edits: who said it, where and what.
    async fn message(&self, workspace: &WorkspaceId, id: &MessageId) -> Result<Option<Said>>;

    /// The identity of the bot's message that the service calls so.
    async fn called(&self, workspace: &WorkspaceId, service_id: &str) -> Result<Option<MessageId>>;

    /// Requests that have no answer yet with an id above `after`, in the order of the commits.
    async fn waiting(&self, after: RequestId, limit: usize) -> Result<Vec<Waiting>>;

    /// When the next request is to be tried.
    async fn next_request(&self) -> Result<Option<Instant>>;

    /// Notes that a try begins that must not be made twice: whoever finds it so later does not know whether it arrived.
    async fn begin(&self, request: RequestId) -> Result<()>;

    /// A try has ended, and there will be another one then. It may take its time to be on disk.
    async fn put_off(&self, request: RequestId, due: Instant) -> Result<()>;

    /// A request has its response: it is due for its plugin at the entry's time, and that is written down. The first response counts.
    async fn respond(&self, request: Waiting, response: Response, entry: AuditEntry, live: &Live) -> Result<()>;

    /// Records what a webhook brought for a plugin, unless it is a repeat or too many wait for the plugin. It is due at once.
    async fn receive(&self, received: Received, live: &Live) -> Result<Receipt>;

    /// Is nothing left to do: no unfinished event, nothing unsent, no timer of these plugins and no request due at `now`?
    async fn settled(&self, now: Instant, live: &Live) -> Result<bool>;

    /// Which roles were given in chat to any of these ids.
    async fn roles_of(&self, workspace: &WorkspaceId, people: &[PersonId]) -> Result<Vec<RoleName>>;

    /// All roles that were given in chat, by role and person.
    async fn roles(&self, workspace: &WorkspaceId) -> Result<Vec<Given>>;

    /// What was set for a plugin in chat, by name.
    async fn settings(&self, workspace: &WorkspaceId, plugin: &PluginName) -> Result<Vec<SetInChat>>;

    /// The entries of the audit to which everything fits, newest first.
    async fn audit(&self, query: AuditQuery) -> Result<Vec<AuditEntry>>;

    /// Writes down something that no invocation did.
    async fn note(&self, entry: AuditEntry) -> Result<()>;

    /// What came of the event with this key so far, as of one moment; none if there is no such event, or none any more.
    async fn trace(&self, workspace: &WorkspaceId, key: &str) -> Result<Option<Trace>>;

    /// The token that is kept by this hash.
    async fn token(&self, hash: TokenHash) -> Result<Option<Token>>;

    /// The token of this name, whether it still counts or not.
    async fn token_named(&self, name: &str) -> Result<Option<Token>>;

    /// Notes when a token was last used. It may take its time to be on disk.
    async fn token_used(&self, name: &str, at: Instant) -> Result<()>;

    /// Somebody asks what came of the call that this event left open, which keeps it from being given up. It may take its time to be on
    /// disk.
    async fn asked(&self, event: EventId, at: Instant) -> Result<()>;

    /// Of the keys under which calls of these plugins are open: when somebody last asked about the one that was not asked about for longest.
    async fn longest_unasked(&self, live: &Live) -> Result<Option<Instant>>;

    /// Turns every key under which calls of these plugins are open, and about which nobody asked since `since`, into an event that it is
    /// abandoned, once; returns how many.
    async fn give_up_calls(&self, since: Instant, now: Instant, live: &Live) -> Result<usize>;

    /// Records an event that its caller handles alone: nobody else is given it, and [`swap`](Ledger::swap) does not ask whether it is done.
    async fn reserve(&self, event: Event) -> Result<EventId>;

    /// From now on another build of a plugin serves, all of it or nothing: the one before leaves, and what the new one did when it was told
    /// takes effect.
    async fn swap(&self, swap: Swap) -> Result<()>;

    /// The build of a plugin that serves stops serving. If none does, nothing changes.
    async fn leave(&self, plugin: &PluginName, at: Instant, why: Leaving) -> Result<()>;

    /// The builds that serve, one for each plugin.
    async fn serving(&self) -> Result<Vec<Generation>>;

    /// The generations of a plugin, the newest first.
    async fn generations(&self, plugin: &PluginName, limit: usize) -> Result<Vec<Generation>>;

    /// The bytes of a build that served, as long as they are kept.
    async fn build(&self, digest: &str) -> Result<Option<Vec<u8>>>;

    /// What was decided about plugins, and holds.
    async fn measures(&self) -> Result<Vec<Taken>>;

    /// Decides about plugins what no invocation decided.
    async fn change_measures(&self, changes: Vec<MeasureChange>) -> Result<()>;

    /// What the invocations with this reference were given and did, and what the plugin kept before each; the newest first. A reference is
    /// short, so that people can read it out: it may be that of several.
    async fn recordings(&self, reference: &str) -> Result<Vec<Past>>;

    /// The same of the last invocations of a plugin, the newest first.
    async fn last_recordings(&self, plugin: &PluginName, limit: usize) -> Result<Vec<Past>>;

    /// Forgets events that were finished, and messages sent or failed that were committed, before this moment; the audit stays, and so do
    /// messages whose question stands. An event that was forgotten is new if it is delivered again.
    async fn prune(&self, before: Instant) -> Result<()>;

    /// Counts up whenever something was committed that a reader of the given table should look at. Changes from now on are news to the
    /// receiver; it closes when the ledger has ended or stopped.
    fn wakes(&self) -> watch::Receiver<Wake>;

    /// Changes whenever more can be learned about this event from its [`trace`](Ledger::trace): it was finished, or a call that it left open
    /// got its answer. A hint like [`Wake`], for somebody who waits for one event among many.
    fn news_of(&self, event: EventId) -> watch::Receiver<()>;
}

/// The names of the plugins that are there to be called.
pub type Live = BTreeSet<PluginName>;

/// Commits so far, by the table they added to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Wake {
    pub inbox: u64,
    pub outbox: u64,
    pub timers: u64,
    pub calls: u64,
    pub requests: u64,
    /// Every commit, whatever it did.
    pub any: u64,
}

/// How much a plugin keeps: its keys, and the bytes of keys and values.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StateSize {
    pub keys: usize,
    pub bytes: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recorded {
    New(EventId),
    Repeat,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unfinished {
    pub id: EventId,
    pub event: Event,
    pub done: Vec<PluginName>,
}

#[derive(Clone, Debug)]
pub struct Commit {
    pub event: EventId,
    pub workspace: WorkspaceId,
    pub plugin: PluginName,
    /// How many plugins are concerned with the event in all; 0 finishes it at once.
    pub concerned: usize,
    pub effects: Effects,
    /// The timer whose event this was, or the question that it answered: it is taken away, if it still stands.
    pub timer: Option<TimerId>,
    /// When that is due again, as another setting: it is not taken away then.
    pub again: Option<Instant>,
    /// Its time is also when the event is finished and its messages are committed.
    pub audit: AuditEntry,
    /// What the plugin was given, so that it can be run again; none if no plugin ran.
    pub recording: Option<Box<Recording>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Committed {
    Now,
    /// This plugin was done with this event before.
    Before,
}

/// A place in the order of what is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SayId(pub i64);

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unsent {
    pub id: SayId,
    pub workspace: WorkspaceId,
    pub plugin: PluginName,
    pub say: Say,
}

/// What became of something said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It is out; the service calls it so.
    Sent { service_id: Option<String> },
    /// It will never be out, for this reason.
    Failed { why: String },
}

/// A message of the bot, as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    pub plugin: PluginName,
    pub say: Say,
    /// What the service calls it, once it is out.
    pub service_id: Option<String>,
}

/// A question that stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    pub id: TimerId,
    pub plugin: PluginName,
    pub question: Question,
}

/// A schedule, with the zone that counts, and its first run if it is new.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Planned {
    pub schedule: Schedule,
    pub due: Instant,
}

/// A role that was given in chat.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Given {
    pub role: RoleName,
    pub person: PersonId,
    pub by: Option<PersonId>,
    pub at: Instant,
}

/// A setting of a plugin that was set in chat.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetInChat {
    pub name: String,
    pub value: String,
    pub by: Option<PersonId>,
    pub at: Instant,
}

pub type Result<T> = std::result::Result<T, LedgerError>;

#[derive(Clone, Debug, thiserror::Error)]
pub enum LedgerError {
    #[error("cannot open the ledger {path}: {why}")]
    Open { path: String, why: String },
    /// Nothing was changed, and nothing is answered from it.
    #[error("the ledger {path} is damaged: {damage}")]
    Damaged { path: String, damage: String },
    #[error("{0}")]
    Backup(String),
    /// Only the host brings a ledger up to date, and only of the newest schema does anybody beside it know what to expect.
    #[error("{why}")]
    OtherSchema { why: String },
    #[error("there is no ledger {path}: the first start of the bot makes it (hatstand run)")]
    Missing { path: String },
    #[error("the ledger {path} is in use by process {pid}")]
    InUse { path: String, pid: String },
    #[error("the ledger cannot be read: {0}")]
    Read(String),
    /// Nothing of this was kept; the ledger goes on.
    #[error("the ledger could not keep this: {0}")]
    Write(String),
    /// There is no room on the disk. Nothing of this was kept; the ledger goes on, and keeps things again as soon as there is room.
    #[error("the disk is full: the ledger could not keep this")]
    Full,
    /// A flush failed: what is on disk is not known any more. Nothing further is acknowledged; the process must be started anew.
    #[error("the ledger has stopped: {0}")]
    Stopped(String),
}
