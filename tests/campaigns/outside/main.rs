//! What strangers try: webhooks that are forged, changed or sent once more, and addresses that lead to where nobody may go.
//!
//! `cargo test --test outside_campaign` is the small size; the full one is one command:
//!
//! ```text
//! CAMPAIGN=full cargo test --release -p hatstand --test outside_campaign
//! ```
//!
//! It prints its figures, one line each: what, figure, limit, size.

mod crowds;
mod forged;
mod replays;
#[path = "../../support/mod.rs"]
mod support;
mod target;
mod tricks;
mod wired;

use std::process::ExitCode;
use support::{campaigns, figure, panics, size};

fn main() -> ExitCode {
    panics::count();
    campaigns::run([("crowds", crowds::run), ("forged", forged::run), ("replays", replays::run), ("tricks", tricks::run)])
}
