//! Setting up: what the bot needs from Slack, and what stands in its way. Everything here is decided from data; the
//! [`commands`](crate::commands) ask for it and print it.
//!
//! - [`needs`]: events and scopes, each with whoever wants it.
//! - [`manifest`]: the same, as Slack wants to read it, and the link that makes an app of it; [`changes`] since it was last written.
//! - [`plugins`]: the folder of plugins, from which the needs follow.
//! - [`finding`]: what a check found, and what to do about it.

pub mod changes;
pub mod finding;
pub mod manifest;
pub mod needs;
pub mod plugins;

pub use changes::Changes;
pub use finding::{Finding, Mark};
pub use manifest::Manifest;
pub use needs::Needs;
pub use plugins::Loaded;
