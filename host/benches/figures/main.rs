//! The figures that Hatstand is held to, each beside the disk's flush time measured at the same moment.
//!
//! `cargo bench` prints them; nothing here fails because a machine is slow. Medians of many runs; ratios within one run say more than
//! figures of two.

mod dibs;
mod disk;
mod folder;
mod invocations;
mod measure;
mod memory;
mod plugins;
mod stand;
mod webhooks;

use measure::{cores, quantile, shown};
use plugins::Built;
use std::time::Duration;

/// What measures something, under the name by which it can be asked for: `cargo bench --bench figures -- dibs`.
type Figure = (&'static str, fn(&Built));

const FIGURES: [Figure; 11] = [
    ("command", invocations::one_at_a_time),
    ("commands-in-flight", invocations::many_in_flight),
    ("instance", invocations::fresh_instance),
    ("dibs", dibs::one_at_a_time),
    ("dibs-at-once", dibs::everybody_at_once),
    ("dibs-overdue", dibs::overdue),
    ("webhook", webhooks::one_at_a_time),
    ("webhooks-in-flight", webhooks::many_in_flight),
    ("swap", folder::swap),
    ("start", folder::start),
    ("memory", memory::idle),
];

fn main() {
    // Cargo says `--bench`.
    let asked: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    let plugins = Built::now();
    println!("machine: {} cores; one flush of this disk: {}", cores(), shown(disk::flush_time()));
    for (_, figure) in FIGURES.iter().filter(|(name, _)| asked.is_empty() || asked.iter().any(|asked| asked == name)) {
        figure(&plugins);
    }
}

/// One line of the report: what, p50, p99, the flush time beside it, the aim.
fn report(what: &str, samples: &mut [Duration], aim: &str) {
    let (median, high) = (quantile(samples, 0.5), quantile(samples, 0.99));
    println!(
        "{what}: p50 {}, p99 {}, {} samples (flush {}; aim: {aim})",
        shown(median),
        shown(high),
        samples.len(),
        shown(disk::flush_time())
    );
}
