//! A plugin that dies in the middle: whatever it did, all of it is there or nothing.

use crate::figure::Figures;
use crate::house::{HERE, House, Manners};
use crate::size::Size;
use hatstand::model::{Later, PluginName, WorkspaceId};
use hatstand::plugins::limits::Limits;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use std::time::Duration;

/// So often the plugin calls the host when nothing happens to it.
const CALLS: u32 = 31;

/// What it keeps then, and what it said: once for each round for everybody and once for whoever asked.
const KEPT: &str = "2 2";
const SAID: usize = 6;
const TIMERS: usize = 2;

/// It dies by itself, and by the limit on its calls, after every number of calls.
pub fn at_every_call(size: Size) {
    let rounds = size.of(1, 160);
    let figures = Figures::of("traps", format!("{rounds} times at each of {CALLS} calls, by itself and by the limit"));
    let mut house = House::open(&["mortal"], &Manners::default());
    let mut died = 0;
    for calls in 0..CALLS {
        for _ in 0..rounds {
            assert_eq!(house.ask(HERE, &format!("die after {calls}")).outcome, "panicked", "{calls}");
            untouched(&mut house, calls);
            died += 1;
        }
    }
    for calls in 0..CALLS {
        house.limit("mortal", Limits { host_calls: calls, ..Limits::default() });
        for _ in 0..rounds {
            assert_eq!(house.ask(HERE, "die after 1000").outcome, "too-busy", "{calls}");
            died += 1;
        }
        house.limit("mortal", Limits::default());
        untouched(&mut house, calls);
    }
    figures.show("deaths that left nothing behind", died);
    let lived = house.ask(HERE, &format!("die after {CALLS}"));
    assert_eq!((lived.outcome.as_str(), lived.said.len()), ("ok", SAID), "{}", lived.detail);
    assert_eq!((house.ask(HERE, "die kept").text().as_str(), timers(&house)), (KEPT, TIMERS));
    house.close();
}

/// Nothing is kept, nothing will happen.
fn untouched(house: &mut House, calls: u32) {
    assert_eq!(house.ask(HERE, "die kept").text(), "none 0", "after {calls} calls");
    assert_eq!(timers(house), 0, "after {calls} calls");
}

fn timers(house: &House) -> usize {
    let (workspace, plugin) = (WorkspaceId::from(HERE), PluginName::from("mortal"));
    house.runtime.block_on(house.host.ledger.count(&workspace, &plugin, Later::Timer)).expect("it can be read")
}

/// A run that is given up at any moment, and then a call: whatever the engine had begun is gone, and the next run is like the first.
pub fn cancelled(size: Size) {
    let times = size.of(50, 10_000);
    let figures = Figures::of("cancelled", format!("{times} runs"));
    let mut house = House::open(&["bomber", "greeter"], &Manners::default());
    let mut chance = StdRng::seed_from_u64(2026);
    let mut ended = 0;
    for number in 0..times {
        let time = Duration::from_millis(chance.random_range(10..60));
        house.limit("bomber", Limits { time, ..Limits::default() });
        let bomb = ["loop", "print", "memory", "calls", "handles"][number % 5];
        let outcome = house.ask(HERE, &format!("bomb {bomb}")).outcome;
        assert!(["too-slow", "too-big", "too-busy", "too-many-handles"].contains(&outcome.as_str()), "{bomb}: {outcome}");
        assert_eq!(house.ask(HERE, "bomb recall").text(), "You told me nothing.", "after {bomb}");
        ended += 1;
    }
    figures.show("runs that were ended, each followed by one that was well", ended);
    house.close();
}
