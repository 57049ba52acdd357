//! Broken builds, one after another, in as many bots as there are processors.

use crate::breaker::broken;
use crate::figure::Figures;
use crate::folder::{BROKEN, Fate, Folder};
use crate::panics;
use crate::shard::Shard;
use crate::size::Size;
use crate::support::bytes;
use hatstand::plugins::rejection::Phase;
use std::num::NonZero;
use std::ops::Range;
use std::sync::mpsc::{self, Sender};
use std::thread;
use std::time::{Duration, Instant};

/// After how many the others are asked how they are.
const ROUND: usize = 500;

/// After how many it is said how far it is.
const REPORT: usize = 10_000;

/// The longest that any of them may take: to be compiled, described, and run three times, each up to its limit.
const LONGEST: Duration = Duration::from_secs(30);

pub fn run(size: Size) {
    let Range { start, end } = Shard::asked_for().of(size.of(10_000, 1_000_000));
    let figures = Figures::of("mutations", format!("broken builds {start} to {end} of {} plugins", BROKEN.len()));
    let samples = BROKEN.map(|(plugin, _)| bytes(plugin));
    let (panics, began) = (panics::so_far(), Instant::now());
    let bots = thread::available_parallelism().map_or(1, NonZero::get);
    let (tell, told) = mpsc::channel();
    let mut tally = Tally::default();
    thread::scope(|scope| {
        for bot in 0..bots {
            let (numbers, samples, tell) = ((start + bot as u64..end).step_by(bots), &samples, tell.clone());
            scope.spawn(move || try_out(numbers, samples, &tell));
        }
        drop(tell);
        for ((fate, took), tried) in told.iter().zip(1_usize..) {
            tally.add(&fate, took);
            if tried.is_multiple_of(REPORT) {
                println!("so far: {tally:?}");
            }
        }
    });
    tally.show(&figures);
    figures.show("time for all", began.elapsed());
    figures.at_most("panics of the host", panics::so_far() - panics, 0);
    figures.at_most("longest for one", tally.longest, LONGEST);
}

/// The broken builds of these numbers, in a bot of their own.
fn try_out(numbers: impl Iterator<Item = u64>, samples: &[Vec<u8>], tell: &Sender<(Fate, Duration)>) {
    let (mut folder, panics) = (Folder::open(), panics::so_far());
    for (tried, number) in numbers.enumerate() {
        let one = number as usize % BROKEN.len();
        let build = broken(samples, one, number);
        let looked = Instant::now();
        let fate = folder.try_out(BROKEN[one], &build);
        tell.send((fate, looked.elapsed())).expect("somebody counts");
        assert_eq!(panics::so_far(), panics, "the host panicked at build {number}, or another one did");
        if tried % ROUND == 0 {
            folder.answers();
        }
    }
    folder.answers();
}

/// What became of them.
#[derive(Debug, Default)]
struct Tally {
    unread: u64,
    not_compiled: u64,
    not_described: u64,
    not_admitted: u64,
    lived: u64,
    longest: Duration,
}

impl Tally {
    fn add(&mut self, fate: &Fate, took: Duration) {
        let count = match fate {
            Fate::Rejected(Phase::Discovered) => &mut self.unread,
            Fate::Rejected(Phase::Compiled) => &mut self.not_compiled,
            Fate::Rejected(Phase::Described) => &mut self.not_described,
            Fate::Rejected(_) => &mut self.not_admitted,
            Fate::Lived => &mut self.lived,
        };
        *count += 1;
        self.longest = self.longest.max(took);
    }

    fn show(&self, figures: &Figures) {
        figures.show("refused by reading them", self.unread);
        figures.show("refused by compiling and linking them", self.not_compiled);
        figures.show("refused for what they say of themselves", self.not_described);
        figures.show("refused beside others", self.not_admitted);
        figures.show("still a plugin, and run", self.lived);
    }
}
