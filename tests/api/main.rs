//! Programs give commands: the real host with its API, built plugins, and requests over the loopback.

#[path = "../support/mod.rs"]
mod support;

mod client;
mod commands;
mod crowds;
mod desk;
mod hostile;
mod openapi;
mod pipeline;
mod problems;
mod repeats;
mod tokens;
mod waiting;
