//! Files come into the folder of plugins in every way that files come: slowly, cut off, by renaming, in place, by links, in storms. The old build
//! stays until a whole valid file is there; the new one is live soon after.
//!
//! `cargo test --test folder_campaign` is the small size; the full one is one command:
//!
//! ```text
//! CAMPAIGN=full cargo test --release -p hatstand --test folder_campaign
//! ```
//!
//! It prints its figures, one line each: what, figure, limit, size.

mod build;
mod operator;
mod sequences;
#[path = "../../support/mod.rs"]
mod support;
mod ways;

use std::process::ExitCode;
use support::{campaigns, figure, panics, size};

fn main() -> ExitCode {
    panics::count();
    campaigns::run([("sequences", sequences::run)])
}
