//! Connections to chat services. Only the adapter of a service knows that service.

pub mod slack;
pub mod terminal;

use crate::ledger;
use crate::model::{Account, Event, How, Membership, Said, Say, What, WorkspaceId};
use crate::texts;
use async_trait::async_trait;
use hatstand_common::value::{Channel, ChannelId, MessageId, PersonId};
use std::fmt::Debug;
use std::time::Duration;

/// One chat service. What it hears it hands to [`Intake`](crate::intake::Intake) by itself; what is to be said comes from the outbox.
#[async_trait]
pub trait Adapter: Send + Sync + Debug + 'static {
    /// The workspaces that this adapter serves.
    fn workspaces(&self) -> Vec<WorkspaceId>;

    fn abilities(&self) -> Abilities;

    /// Says something, and returns what the service calls it; `original` is the message that it edits or reacts to, if that is one of the
    /// bot's. Within a [lane] one after another, in order. What may work later is tried
    /// again; of what is [not known](Undelivered::Unknown) it is first asked whether it [is out](Adapter::find).
    async fn deliver(&self, workspace: &WorkspaceId, say: &Say, original: Option<&ledger::Said>) -> Result<Option<String>, Undelivered>;

    /// Looks whether something is out already, so that it is not said twice: after an attempt of which nobody knows what came, and for
    /// what a process left behind that ended. A service that does not keep what was said finds nothing.
    async fn find(&self, _: &WorkspaceId, _: &Say) -> Result<Option<Found>, Undelivered> {
        Ok(None)
    }

    /// A person, and how close they are to the workspace; none if nobody of this id was ever seen.
    async fn account(&self, workspace: &WorkspaceId, id: &PersonId) -> Option<Account>;

    /// A channel by its id, or by its name.
    async fn channel(&self, workspace: &WorkspaceId, id: &ChannelId) -> Option<Channel>;

    /// A channel of which the name is known, for decisions that depend on it. That of a direct conversation is its id: people choose what
    /// they are called.
    async fn known_channel(&self, workspace: &WorkspaceId, id: &ChannelId) -> Option<Channel> {
        self.channel(workspace, id).await
    }

    /// Whether a person belongs to a channel: is in it, or could join it without asking.
    async fn belongs(&self, _: &WorkspaceId, _: &ChannelId, _: &PersonId) -> Membership {
        Membership::Unknown
    }

    /// Somebody who is called so, among those of whom the adapter knows.
    async fn person_called(&self, _: &WorkspaceId, _: &str) -> Option<PersonId> {
        None
    }

    /// What a channel is called, as far as that is known without asking.
    fn channel_name(&self, _: &WorkspaceId, _: &ChannelId) -> Option<String> {
        None
    }

    /// Whom the service itself makes administrators of the bot, beside those of the configuration.
    fn admins(&self, _: &WorkspaceId) -> Vec<PersonId> {
        Vec::new()
    }
}

/// Tells a person that the disk is full, past the ledger and its outbox: what they wanted was not even recorded. False if they were not, or
/// did not ask for anything.
pub async fn tell_no_room(adapter: &dyn Adapter, event: &Event) -> bool {
    let asked = matches!(event.what, What::Said(Said { addressed: true, .. }) | What::Pressed { .. } | What::FormSent { .. });
    let Some(person) = event.person.clone().filter(|_| asked) else { return false };
    let message = texts::disk_full();
    let how = match event.place.clone() {
        Some(to) => How::Whisper { to, person, message },
        None => How::Direct { to: person, message },
    };
    let say = Say { id: MessageId(format!("{}.full", event.key)), how, question: None };
    let told = tokio::time::timeout(TELLING, adapter.deliver(&event.workspace, &say, None)).await;
    matches!(told, Ok(Ok(_)))
}

/// A service that waits for its acknowledgement gets it in time.
const TELLING: Duration = Duration::from_secs(2);

/// What a chat can show. The core never assumes more.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Abilities {
    pub forms: bool,
}

/// Something that is out, and what the service calls it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    pub service_id: Option<String>,
}

/// Why something is not out.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Undelivered {
    /// It may work later: not before `wait`, if the service says so.
    #[error("not now: {why}")]
    Later { why: String, wait: Option<Duration> },
    /// Nobody knows whether it is out.
    #[error("{0}")]
    Unknown(String),
    /// It will never work.
    #[error("{0}")]
    Never(String),
}

/// In which lane something is said: one after another for each channel, or each person's direct messages.
pub fn lane(how: &How) -> String {
    match (how.place(), how) {
        (Some(place), _) => place.channel.0.clone(),
        (None, How::Direct { to, .. }) => format!("@{to}"),
        (None, _) => String::new(),
    }
}
