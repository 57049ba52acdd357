//! The world outside the chat: what plugins send there, and what comes from there.
//!
//! # The path of a request
//!
//! 1. A plugin [sends](crate::capabilities) it, and it is committed with whatever else the invocation did.
//! 2. [`requests`] finds it in the ledger, and tries it: the [`client`] connects to nothing that is not granted as a [`destination`], and to
//!    no private [`address`], and adds what the operator's [`terms`] say.
//! 3. [`retry`] decides whether it is tried again.
//! 4. What came of it is an event for the plugin, now, or when the plugin is back.
//!
//! # The path of a webhook
//!
//! 1. [`webhooks`] reads its body, as far as it may be, and has its [`signature`] checked before anything of it is looked at.
//! 2. It is recorded; a repeat ends here. Only then is it acknowledged.
//! 3. It is an event for its plugin.

pub mod address;
pub mod client;
pub mod destination;
mod redaction;
pub mod requests;
pub mod retry;
pub mod signature;
pub mod terms;
pub mod webhooks;

pub use destination::Destination;
pub use terms::Terms;

use crate::model::PluginName;
use signature::Hook;
use std::collections::BTreeMap;

/// What the operator decided about the world outside, for each plugin.
#[derive(Clone, Debug, Default)]
pub struct Outside {
    pub terms: BTreeMap<PluginName, BTreeMap<Destination, Terms>>,
    pub hooks: BTreeMap<PluginName, BTreeMap<String, Hook>>,
}
