//! Two hosts in one folder: the second ends at once and names the first. What a killed one left of its lock is in nobody's way.

use crate::figure::Figures;
use crate::home::Home;
use crate::size::Size;
use std::time::{Duration, Instant};

pub fn run(size: Size) {
    let times = size.of(20, 100);
    let figures = Figures::of("seconds", format!("{times} hosts that were there first"));
    let home = Home::with(&[]);
    let mut longest = Duration::ZERO;
    for time in 0..times {
        let first = home.start(None);
        let began = Instant::now();
        let (status, said) = home.try_start(None).expect_err("the first one is there");
        longest = longest.max(began.elapsed());
        assert!(!status.success() && status.code().is_some(), "{status}: {said}");
        // What it says may be wrapped at any space.
        let said = said.split_whitespace().filter(|word| *word != "│").collect::<Vec<_>>().join(" ");
        assert!(said.contains(&format!("is in use by process {}", first.pid())), "{said}");
        if time % 2 == 0 {
            first.kill();
        } else {
            first.end();
        }
    }
    figures.at_most("until the second has ended", longest, Duration::from_secs(1));
}
