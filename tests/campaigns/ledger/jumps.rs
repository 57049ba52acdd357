//! The machine's clock jumps an hour forward and back, while timers stand: each fires once.

use crate::figure::Figures;
use crate::home::Home;
use crate::size::Size;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

const HOUR: i64 = 3_600;

pub fn run(size: Size) {
    let jumps: u64 = size.of(2, 50);
    let figures = Figures::of("jumps", format!("{jumps} jumps of an hour forward and back"));
    let home = Home::with(&["greeter"]);
    let shim = home.shim();
    let mut bot = home.start(Some(&shim));
    let mut fired: BTreeMap<String, usize> = BTreeMap::new();
    let mut longest = Duration::ZERO;
    for jump in 0..jumps {
        for minutes in [10, 30, 50, 90] {
            bot.types(&format!("@hatstand greet in {minutes} minutes with Jump {jump} {minutes}."));
            assert!(bot.hears().starts_with("bot> At "));
        }
        shim.leap(HOUR);
        let began = Instant::now();
        for _ in 0..3 {
            *fired.entry(greeting(&bot.hears())).or_default() += 1;
        }
        longest = longest.max(began.elapsed());
        shim.leap(0);
        bot.logs("the machine's clock went back");
        // All that could fire again had its chance by the time that this one does.
        bot.types(&format!("@hatstand greet in 3 seconds with Back {jump}."));
        assert!(bot.hears().starts_with("bot> At "));
        let back = greeting(&bot.hears());
        assert_eq!(back, format!("Back {jump}."));
    }
    assert_eq!(fired.len() as u64, 3 * jumps);
    assert!(fired.values().all(|times| *times == 1), "{fired:?}");
    bot.end();
    figures.at_most("until what came due by a jump was fired", longest, Duration::from_secs(5));
    figures.show("timers fired, each once", fired.len());
    figures.show("timers fired twice, or again after a jump back", 0);
}

/// `bot> Tea. (2 h late)`
fn greeting(line: &str) -> String {
    let greeting = line.strip_prefix("bot> ").unwrap_or_else(|| panic!("{line}"));
    greeting.split(" (").next().unwrap_or_default().to_owned()
}
