//! How the bot behaves in Slack: the real host with its adapter, built plugins, and people who use it in the double.

#[path = "../support/mod.rs"]
mod support;

mod commands;
mod edits;
mod forms;
mod home;
mod length;
mod limits;
mod membership;
mod names;
mod office;
mod people;
mod presses;
mod secrets;
mod strangers;
mod talk;
mod workspaces;
