//! What is exchanged with the world outside, as the ledger keeps it.

use crate::model::{PluginName, Request, Webhook, WorkspaceId};
use hatstand_common::value::Instant;
use std::time::Duration;

/// A request's place in the order of the commits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RequestId(pub i64);

/// A request that has no answer yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    pub id: RequestId,
    pub workspace: WorkspaceId,
    pub plugin: PluginName,
    /// Of the invocation that sent it.
    pub reference: String,
    /// What that was about.
    pub about: String,
    pub request: Request,
    /// When it is tried.
    pub due: Instant,
    /// How many tries have ended.
    pub tries: u32,
    /// Was a try begun that must not be made twice?
    pub underway: bool,
}

/// What became of a webhook that came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Receipt {
    /// It is kept for its plugin.
    New,
    /// It came before; nothing is kept.
    Repeat,
    /// Nothing is kept: as many wait for the plugin as may. It can be sent again later.
    Full,
}

/// A webhook that was received.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    pub workspace: WorkspaceId,
    pub plugin: PluginName,
    /// It is a repeat if any of these was seen within its window. Each key begins with the name of the webhook and a colon.
    pub seen: Vec<Fingerprint>,
    pub at: Instant,
    pub webhook: Webhook,
}

/// Fingerprint of a delivery, and for how long another delivery with it is a repeat.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fingerprint {
    pub key: String,
    pub window: Duration,
}
