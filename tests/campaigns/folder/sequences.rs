//! One way after another, in an order of chance that is always the same.

use crate::figure::Figures;
use crate::operator::Operator;
use crate::panics;
use crate::size::Size;
use crate::ways::{Notice, WAYS, Way};
use rand::SeedableRng;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use std::collections::BTreeMap;
use std::time::Duration;

/// What the order is drawn from.
const SEED: u64 = 2026;

/// Somebody asks the plugin after every so many.
const ROUND: u64 = 10;

pub fn run(size: Size) {
    let count = size.of(200, 10_000);
    let figures = Figures::of("folder", format!("{count} sequences, each of one of {} ways", WAYS.len()));
    let mut chance = StdRng::seed_from_u64(SEED);
    let mut operator = Operator::open();
    let panics = panics::so_far();
    let mut longest: BTreeMap<(Notice, &str), Duration> = BTreeMap::new();
    for number in 0..count {
        let (name, way) = drawn(&mut chance);
        if let Some((notice, written)) = way(&mut operator, &mut chance) {
            let took = operator.until_live().saturating_duration_since(written);
            let longest = longest.entry((notice, name)).or_default();
            *longest = took.max(*longest);
        }
        if number % ROUND == 0 {
            operator.ask();
        }
    }
    operator.ask();
    figures.show("builds that were live", operator.live());
    for ((notice, name), longest) in longest {
        figures.at_most(&format!("{name}, longest from {} to live", words(notice)), longest, limit(notice, size));
    }
    figures.at_most("panics of the host", panics::so_far() - panics, 0);
}

fn drawn(chance: &mut StdRng) -> (&'static str, Way) {
    let drawn = WAYS.choose_weighted(chance, |(_, times, _)| *times).expect("there are some");
    (drawn.0, drawn.2)
}

/// Since when a build could have been live.
fn words(notice: Notice) -> &'static str {
    match notice {
        Notice::Renamed => "its name",
        Notice::InPlace => "its last byte",
        Notice::Unseen => "its last byte, which nobody tells of,",
    }
}

/// What is promised of a released build on a machine that does nothing else; a debug build among others has more time.
fn limit(notice: Notice, size: Size) -> Duration {
    let promised = match notice {
        Notice::Renamed => Duration::from_secs(1),
        Notice::InPlace => Duration::from_secs(2),
        Notice::Unseen => Duration::from_secs(4),
    };
    promised * size.of(10, 1)
}
