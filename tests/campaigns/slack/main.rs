//! The fault campaigns of the connection to Slack: the real adapter and the real host against the double, while everything goes wrong
//! that goes wrong between them.
//!
//! `cargo test --test slack_campaign` runs all of them in a small size, `cargo test --test slack_campaign cuts` those of one kind. The full sizes,
//! with the times that the released bot has, are one command:
//!
//! ```text
//! CAMPAIGN=full cargo test --release -p hatstand --test slack_campaign
//! ```
//!
//! Each prints its figures, one line each: what, figure, limit, size. They run one after another, so that none is measured while another
//! uses the processors.

mod abreast;
mod acks;
mod bot;
mod burst;
mod chatter;
mod copies;
mod crowd;
mod cuts;
mod half_open;
mod mutant;
mod mutations;
mod posts;
mod refreshes;
mod scene;
#[path = "../../support/mod.rs"]
mod support;
mod tally;

use std::process::ExitCode;
use support::{campaigns, figure, panics, size};

fn main() -> ExitCode {
    panics::count();
    campaigns::run([
        ("refreshes/one_connection", |size| refreshes::run(1, size)),
        ("refreshes/two_connections", |size| refreshes::run(2, size)),
        ("cuts/sudden", cuts::run),
        ("cuts/half_open", half_open::run),
        ("copies", copies::run),
        ("acks", acks::run),
        ("burst", burst::run),
        ("crowd", crowd::run),
        ("mutations", mutations::run),
        ("posts", posts::run),
    ])
}
