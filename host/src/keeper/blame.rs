//! Blame: whether a failure speaks against a build, or only against the event that caused it.
//!
//! Anybody can make a plugin fail, with more data than one invocation may read or with words that the plugin cannot digest. A failure
//! that one person can cause at will must not take a plugin away from everybody else, nor undo an upgrade. A broken upgrade, on the
//! other hand, fails where the build before it did well, and that can be tried. The rules:
//!
//! 1. If the build could be [taken back](super::recovery), the same event is handed to the one before it, in the present world and
//!    without side effects. If that handles the event and this one fails on it once more, the failure speaks against the build.
//! 2. So does a failure on an event of the host's own, such as the run of a schedule, that the build before does not know.
//! 3. Any other failure speaks against its [source](Source): a person, a channel whose timers fail, a webhook. Each source counts once,
//!    however often it fails, and what people caused is forgotten as soon as the build serves anybody.
//! 4. Events of somebody of whom the host knows nothing do not count: then it is the host that lacks something.
//!
//! Enough failures that speak against the build take it back. Enough failures from different sources only make it rest, and for a
//! moment only: several accounts that act together, while nobody else uses the plugin, get no further than that. Several channels get
//! one person nowhere, because the person is the source.

use super::Keeper;
use super::recovery::Failed;
use super::rehearsal::takes;
use crate::model::{Event, What, WorkspaceId};
use crate::plugins::Generation;
use hatstand_common::value::{ChannelId, Instant, PersonId};
use std::sync::{Arc, PoisonError};

/// Against whom a failure speaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Blame {
    Build,
    Source(Source),
}

/// Where an event came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Source {
    Person(WorkspaceId, PersonId),
    /// Something that was to happen there later.
    Channel(WorkspaceId, ChannelId),
    Webhook(WorkspaceId, String),
    Host,
}

impl Source {
    pub(super) fn of(event: &Event) -> Self {
        let workspace = event.workspace.clone();
        let person = match &event.what {
            What::TimerDue { .. } | What::ScheduleDue { .. } | What::Responded { .. } => None,
            What::QuestionExpired { question, .. } => return Self::Channel(workspace, question.at.channel.clone()),
            What::Received { webhook, .. } => return Self::Webhook(workspace, webhook.name.clone()),
            What::PersonChanged(person) => Some(person.id.clone()),
            What::Joined { person, .. } | What::Left { person, .. } => Some(person.id.clone()),
            _ => event.person.clone(),
        };
        match (person, &event.place) {
            (Some(person), _) => Self::Person(workspace, person),
            (None, Some(place)) => Self::Channel(workspace, place.channel.clone()),
            (None, None) => Self::Host,
        }
    }
}

impl Blame {
    /// Does it add nothing to an earlier failure?
    pub(super) fn repeats(&self, earlier: &Self) -> bool {
        !self.is_unconditional() && self == earlier
    }

    /// Does each such failure count, whatever was before?
    pub(super) fn is_unconditional(&self) -> bool {
        matches!(self, Self::Build | Self::Source(Source::Host))
    }

    pub(super) fn is_by_person(&self) -> bool {
        matches!(self, Self::Source(Source::Person(..)))
    }
}

impl Keeper {
    pub(super) async fn blame(&self, failed: &Failed, now: Instant) -> Blame {
        let source = failed.source.clone();
        let Some(before) = self.predecessor(failed, now).await else { return Blame::Source(source) };
        if !takes(&before, &failed.recording.handed) {
            return if source == Source::Host { Blame::Build } else { Blame::Source(source) };
        }
        if self.handles(&before, failed).await && !self.handles(&failed.generation, failed).await {
            Blame::Build
        } else {
            Blame::Source(source)
        }
    }

    /// The build that would serve instead.
    async fn predecessor(&self, failed: &Failed, now: Instant) -> Option<Arc<Generation>> {
        let (plugin, digest) = (&failed.generation.name, &failed.generation.digest);
        if self.plugins.canary(plugin).is_some_and(|canary| canary.generation.digest == *digest) {
            return self.plugins.registry().live(plugin).cloned();
        }
        let life = self.life_of(plugin).await.ok()?;
        let last = life.last.as_ref().filter(|last| last.digest == digest.as_str())?;
        let before = self.successor_if_taken_back(&life, now).await?;
        tracing::debug!(%plugin, version = last.version, before = before.version, "the event is handed to the build before");
        self.for_trials(&failed.generation.file, &before.digest).await
    }

    /// A build that the ledger keeps. The last one is kept loaded: who makes a plugin fail does so more than once.
    async fn for_trials(&self, file: &str, digest: &str) -> Option<Arc<Generation>> {
        let last = || self.predecessor.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(loaded) = last().as_ref().filter(|loaded| loaded.digest.as_str() == digest) {
            return Some(Arc::clone(loaded));
        }
        let bytes = self.runner.ledger.build(digest).await.ok()??;
        let loaded = Arc::new(self.plugins.loader().peek(file, bytes.into()).await.ok()?);
        *last() = Some(Arc::clone(&loaded));
        Some(loaded)
    }

    async fn handles(&self, generation: &Generation, failed: &Failed) -> bool {
        self.runner.trial(generation, &failed.recording).await.fault().is_none()
    }
}
