//! What each method does, by the families that Slack's reference has them in.

pub(super) mod auth;
pub(super) mod channels;
pub(super) mod chat;
pub(super) mod conversations;
pub(super) mod files;
pub(super) mod history;
pub(super) mod pins;
pub(super) mod reactions;
pub(super) mod schedule;
pub(super) mod team;
pub(super) mod users;
pub(super) mod views;
