//! The fault campaigns of the sandbox: the real host with real components that do everything a plugin must not do, among others that behave.
//!
//! `cargo test --test sandbox_campaign` runs all of them in a small size, `cargo test --test sandbox_campaign bombs` those of one kind. The full
//! sizes are one command:
//!
//! ```text
//! CAMPAIGN=full cargo test --release -p hatstand --test sandbox_campaign
//! ```
//!
//! Each prints its figures, one line each: what, figure, limit, size. They run one after another, so that none is measured while another
//! uses the processors.

mod bombs;
mod compiling;
mod escapes;
mod graft;
mod grafted;
mod house;
mod memory;
mod neighbours;
mod planted;
#[path = "../../support/mod.rs"]
mod support;
mod traps;

use std::process::ExitCode;
use support::{campaigns, figure, size};

fn main() -> ExitCode {
    campaigns::run([
        ("bombs", bombs::run),
        ("grafted", grafted::run),
        ("compiling", compiling::run),
        ("escapes", escapes::run),
        ("planted", planted::run),
        ("neighbours", neighbours::run),
        ("traps/at_every_call", traps::at_every_call),
        ("traps/cancelled", traps::cancelled),
    ])
}
