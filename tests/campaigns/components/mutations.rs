//! Broken builds, one after another, in as many bots as there are processors.

use crate::breaker::broken;
use crate::figure::Figures;
use crate::folder::{BROKEN, Fate, Folder};
use crate::panics;
use crate::size::Size;
use crate::support::bytes;
use hatstand::plugins::rejection::Phase;
use std::num::NonZero;
use std::thread;
use std::time::{Duration, Instant};

/// After how many the others are asked how they are.
const ROUND: u64 = 500;

/// After how many a bot says how far it is.
const REPORT: u64 = 10_000;

/// The longest that any of them may take: to be compiled, described, and run three times, each up to its limit.
const LONGEST: Duration = Duration::from_secs(30);

pub fn run(size: Size) {
    let count = size.of(10_000, 1_000_000);
    let figures = Figures::of("mutations", format!("{count} broken builds of {} plugins", BROKEN.len()));
    let samples = BROKEN.map(|(plugin, _)| bytes(plugin));
    let (panics, began) = (panics::so_far(), Instant::now());
    let bots = thread::available_parallelism().map_or(1, NonZero::get);
    let tally = thread::scope(|scope| {
        let samples = &samples;
        let bots: Vec<_> = (0..bots).map(|bot| scope.spawn(move || try_out((bot as u64..count).step_by(bots), samples))).collect();
        bots.into_iter().map(|bot| bot.join().expect("it goes on")).fold(Tally::default(), Tally::and)
    });
    tally.show(&figures);
    figures.show("time for all", began.elapsed());
    figures.at_most("panics of the host", panics::so_far() - panics, 0);
    figures.at_most("longest for one", tally.longest, LONGEST);
}

/// The broken builds of these numbers, in a bot.
fn try_out(numbers: impl Iterator<Item = u64>, samples: &[Vec<u8>]) -> Tally {
    let mut folder = Folder::open();
    let (panics, mut tally) = (panics::so_far(), Tally::default());
    for number in numbers {
        let one = number as usize % BROKEN.len();
        let build = broken(samples, one, number);
        let looked = Instant::now();
        let fate = folder.try_out(BROKEN[one], &build);
        tally.add(&fate, looked.elapsed());
        assert_eq!(panics::so_far(), panics, "the host panicked at build {number}, or another one did");
        if tally.all().is_multiple_of(ROUND) {
            folder.answers();
        }
        if tally.all().is_multiple_of(REPORT) {
            println!("so far in one bot: {tally:?}");
        }
    }
    folder.answers();
    tally
}

/// What became of them.
#[derive(Clone, Copy, Debug, Default)]
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

    fn and(self, other: Self) -> Self {
        Self {
            unread: self.unread + other.unread,
            not_compiled: self.not_compiled + other.not_compiled,
            not_described: self.not_described + other.not_described,
            not_admitted: self.not_admitted + other.not_admitted,
            lived: self.lived + other.lived,
            longest: self.longest.max(other.longest),
        }
    }

    fn all(&self) -> u64 {
        self.unread + self.not_compiled + self.not_described + self.not_admitted + self.lived
    }

    fn show(&self, figures: &Figures) {
        figures.show("refused by reading them", self.unread);
        figures.show("refused by compiling and linking them", self.not_compiled);
        figures.show("refused for what they say of themselves", self.not_described);
        figures.show("refused beside others", self.not_admitted);
        figures.show("still a plugin, and run", self.lived);
    }
}
