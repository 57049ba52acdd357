//! Broken builds, one after another.

use crate::breaker::broken;
use crate::figure::Figures;
use crate::folder::{BROKEN, Fate, Folder};
use crate::panics;
use crate::size::Size;
use crate::support::bytes;
use hatstand::plugins::rejection::Phase;
use std::time::{Duration, Instant};

/// After how many the others are asked how they are.
const ROUND: u64 = 500;

/// The longest that any of them may take: to be compiled, described, and run three times, each up to its limit.
const LONGEST: Duration = Duration::from_secs(30);

pub fn run(size: Size) {
    let count = size.of(10_000, 1_000_000);
    let figures = Figures::of("mutations", format!("{count} broken builds of {} plugins", BROKEN.len()));
    let samples = BROKEN.map(|(plugin, _)| bytes(plugin));
    let mut folder = Folder::open();
    let (panics, began) = (panics::so_far(), Instant::now());
    let mut tally = Tally::default();
    for number in 0..count {
        let one = number as usize % BROKEN.len();
        let build = broken(&samples, one, number);
        let looked = Instant::now();
        let fate = folder.try_out(BROKEN[one], &build);
        tally.add(&fate, looked.elapsed());
        assert_eq!(panics::so_far(), panics, "the host panicked at build {number}");
        if number % ROUND == 0 {
            folder.answers();
        }
    }
    folder.answers();
    tally.show(&figures);
    figures.show("time for all", began.elapsed());
    figures.at_most("panics of the host", panics::so_far() - panics, 0);
    figures.at_most("longest for one", tally.longest, LONGEST);
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
