//! The process is killed at any moment, under load, while requests are repeated and the plugin is swapped.

use crate::crowd::Crowd;
use crate::figure::Figures;
use crate::home::Home;
use crate::size::Size;
use crate::support::rebuilt;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use std::thread;
use std::time::Duration;

pub fn run(size: Size) {
    let kills = size.of(200, 10_000);
    let figures = Figures::of("kills", format!("{kills} processes killed under load, with redeliveries and swaps"));
    let home = Home::with(&["counter"]);
    let crowd = Crowd::begin(&home);
    let mut chance = StdRng::seed_from_u64(2026);
    let mut in_the_middle = 0;
    for kill in 0..kills {
        if kill % 5 == 0 {
            // Before it listens, mostly.
            let mut child = home.spawn();
            thread::sleep(Duration::from_millis(chance.random_range(0..120)));
            child.kill().expect("it runs");
            child.wait().expect("it ended");
            continue;
        }
        let before = crowd.answered();
        let bot = home.start(None);
        crowd.go_to(Some(bot.address));
        // What is tested is that the moment does not matter.
        thread::sleep(Duration::from_millis(chance.random_range(0..80)));
        if kill % 4 == 0 {
            home.put("counter", &rebuilt("counter", &format!("build {kill}")));
            thread::sleep(Duration::from_millis(chance.random_range(0..40)));
        }
        bot.kill();
        crowd.go_to(None);
        in_the_middle += usize::from(crowd.answered() > before);
    }
    let bot = home.start(None);
    crowd.go_to(Some(bot.address));
    let tally = crowd.end();
    bot.end();
    figures.show("commands, each counted once", tally.check(&home));
    figures.show("kills after which more was answered than before", in_the_middle);
    assert!(in_the_middle > kills / 5, "it was mostly killed before it did anything");
}
