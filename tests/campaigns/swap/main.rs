//! Swaps under load: builds of a plugin are exchanged while people give it commands all the time.
//!
//! `cargo test --test swap_campaign` is the small size; the full one is one command:
//!
//! ```text
//! CAMPAIGN=full cargo test --release -p hatstand --test swap_campaign
//! ```
//!
//! Every command says which build answered it, by the audit. None may be lost, answered twice, or answered by a build that was replaced
//! before. It prints its figures, one line each: what, figure, limit, size.

mod judge;
mod load;
#[path = "../../../host/benches/figures/stand.rs"]
#[allow(dead_code, reason = "the benchmarks use more of it")]
mod stand;
#[path = "../../support/mod.rs"]
mod support;
mod swaps;

use std::process::ExitCode;
use support::{campaigns, figure, size};

fn main() -> ExitCode {
    campaigns::run([("small", swaps::small), ("large", swaps::large)])
}
