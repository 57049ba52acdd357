//! Connections to chat services. Only the adapter of a service knows that service.

pub mod terminal;

use crate::model::{How, Say, WorkspaceId};
use async_trait::async_trait;
use hatstand_common::value::{Channel, ChannelId, Person, PersonId};
use std::fmt::Debug;

/// One chat service. What it hears it hands to [`Intake`](crate::intake::Intake) by itself; what is to be said comes from the outbox.
#[async_trait]
pub trait Adapter: Send + Sync + Debug + 'static {
    /// The workspaces that this adapter serves.
    fn workspaces(&self) -> Vec<WorkspaceId>;

    fn abilities(&self) -> Abilities;

    /// Says something. Called for one channel after another, in order; an error that [may pass](Undelivered::Later) is tried again.
    async fn deliver(&self, workspace: &WorkspaceId, say: &Say, original: Option<&str>) -> Result<Option<String>, Undelivered>;

    async fn person(&self, workspace: &WorkspaceId, id: &PersonId) -> Option<Person>;

    async fn channel(&self, workspace: &WorkspaceId, id: &ChannelId) -> Option<Channel>;

    /// Whom the service itself makes administrators of the bot, beside those of the configuration.
    fn admins(&self, _: &WorkspaceId) -> Vec<PersonId> {
        Vec::new()
    }
}

/// What a chat can show. The core never assumes more.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Abilities {
    pub forms: bool,
}

/// Why something is not out.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Undelivered {
    /// It may work later.
    #[error("not now: {0}")]
    Later(String),
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
