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

use measure::{cores, quantile, shown};
use std::time::Duration;

fn main() {
    let plugins = plugins::Built::now();
    println!("machine: {} cores; one flush of this disk: {}", cores(), shown(disk::flush_time()));
    invocations::one_at_a_time(&plugins);
    invocations::many_in_flight(&plugins);
    invocations::fresh_instance(&plugins);
    dibs::one_at_a_time(&plugins);
    dibs::everybody_at_once(&plugins);
    dibs::overdue(&plugins);
    folder::swap(&plugins);
    folder::start(&plugins);
    memory::idle(&plugins);
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
