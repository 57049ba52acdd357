//! Random sequences of everything that people say and press and of everything that can happen to the bot, on the real host with SQLite:
//! people speak at once, the service delivers again, builds are swapped, the clock jumps, the bot is restarted and killed.
//!
//! Whatever happens: each thing that somebody did takes effect once, is answered, and what was meant to be said is said once; the laws of
//! taking turns hold; and the state of the plugin is what a plain model makes of the same events in the order of their commits
//! ([`verdict`]). What makes this see something is shown by bots that make mistakes: they have to be found by the same properties.
//!
//! `cargo test --test sequences` runs a small size, the full one is a command, and one sequence that failed is run alone by its number:
//!
//! ```text
//! CAMPAIGN=full cargo test --release -p hatstand --test sequences
//! SEQUENCE=7 cargo test -p hatstand --test sequences hat/sequences
//! ```
//!
//! A plugin that takes turns is tried by describing its [`vocabulary`]: what can be said, and how its state is read.

mod bot;
#[path = "../../host/benches/figures/disk.rs"]
mod disk;
mod forgetful;
mod killed;
#[path = "../../plugins/turns/tests/model/laws.rs"]
mod laws;
mod overdue;
mod record;
mod sequence;
mod service;
mod stage;
mod step;
#[path = "../support/mod.rs"]
mod support;
mod verdict;
mod vocabulary;
mod wall;

use figure::quantile;
use libtest_mimic::{Arguments, Trial};
use stage::no_door;
use std::process::ExitCode;
use support::size::Size;
use support::{figure, size};
use vocabulary::{CLASSIC, DIBS, HAT, NAIVE};

type Run = Box<dyn FnOnce() + Send>;

fn main() -> ExitCode {
    killed::be_the_victim();
    let size = Size::asked_for();
    let trials: [(&str, Run); 8] = [
        ("hat/sequences", Box::new(move || sequence::hold("hat", HAT, no_door, size))),
        ("hat/killed", Box::new(move || killed::run("hat, killed", HAT, size))),
        ("hat/classic", Box::new(move || sequence::hold("hat, classic", CLASSIC, no_door, size))),
        ("dibs/sequences", Box::new(move || sequence::hold("dibs", DIBS, no_door, size))),
        ("dibs/killed", Box::new(move || killed::run("dibs, killed", DIBS, size))),
        ("mistakes/forgets", Box::new(|| sequence::is_found("a ledger that forgets", HAT, forgetful::door, "arrived"))),
        ("mistakes/naive_timers", Box::new(|| sequence::is_found("naive timers", NAIVE, no_door, "the plugin keeps"))),
        ("overdue", Box::new(move || overdue::run(size))),
    ];
    let trials = trials.map(|(name, run)| {
        Trial::test(name, move || {
            run();
            Ok(())
        })
    });
    let arguments = Arguments { test_threads: Some(1), ..Arguments::from_args() };
    libtest_mimic::run(&arguments, trials.into()).exit_code()
}
