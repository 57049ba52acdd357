//! Files that are no plugins any more: real ones in which something was broken are copied over live ones, as fast as they can be looked at. The host goes
//! on, the live generation goes on, and whatever still loads is run.
//!
//! `cargo test --test components_campaign` is the small size; the full one is one command:
//!
//! ```text
//! CAMPAIGN=full cargo test --release -p hatstand --test components_campaign
//! ```
//!
//! The full one takes an hour on two processors. `CAMPAIGN_SHARD=1/4` is the first of four parts of it; all of them together are the same.
//!
//! It prints its figures, one line each: what, figure, limit, size.

mod breaker;
mod folder;
mod mutations;
mod sections;
mod shard;
#[path = "../../support/mod.rs"]
mod support;

use std::process::ExitCode;
use support::{campaigns, figure, panics, size};

fn main() -> ExitCode {
    panics::count();
    campaigns::run([("mutations", mutations::run)])
}
