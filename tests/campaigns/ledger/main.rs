//! The fault campaigns of the ledger: real processes that are killed, and whose disk and clock fail.
//!
//! `cargo test --test ledger_campaign` runs all of them in a small size, `cargo test --test ledger_campaign kills` those of one kind. The
//! full sizes are one command:
//!
//! ```text
//! CAMPAIGN=full cargo test --release -p hatstand --test ledger_campaign
//! ```
//!
//! Each prints its figures, one line each: what, figure, limit, size. They run one after another, so that none is measured while another
//! uses the processors. Disk and clock fail by `shim.c`, which a C compiler makes into a library; so they do on Linux only.

mod backups;
#[path = "../../api/client.rs"]
#[allow(dead_code, reason = "the tests of the API use the rest")]
mod client;
mod crowd;
mod faults;
mod flushes;
mod full;
mod history;
mod home;
mod jumps;
mod kills;
mod large;
mod modes;
mod pages;
mod seconds;
mod shim;
mod slack;
mod starts;
#[path = "../../support/mod.rs"]
mod support;
mod tails;

use std::process::ExitCode;
use support::{campaigns, figure, size};

fn main() -> ExitCode {
    history::be_the_victim();
    campaigns::run([
        ("kills", kills::run),
        ("tails", tails::run),
        ("pages/small", pages::run),
        ("pages/large", large::run),
        ("disk/faults", faults::run),
        ("disk/flushes", flushes::run),
        ("disk/broken", faults::run_host),
        ("disk/full", full::run),
        ("disk/full_in_slack", slack::run),
        ("backups", backups::run),
        ("seconds", seconds::run),
        ("modes", modes::run),
        ("jumps", jumps::run),
        ("starts", starts::run),
    ])
}
