//! Deliveries that come again: at once, many at the same time, and after the bot was killed. Each takes effect once.

use crate::figure::Figures;
use crate::size::Size;
use crate::wired::{PLUGIN, SERVICE, Wired};
use std::time::Duration;

pub fn run(size: Size) {
    let (deliveries, repeats) = (size.of(20, 500), size.of(10, 20));
    let mut wired = Wired::open();
    wired.brings_a_job();
    for number in 1..=deliveries {
        let line = format!("generic job 1 is running saying this is number {number}");
        wired.outside.act(&line, Some(wired.hooks()), PLUGIN).expect("it is taken");
        let delivery = wired.outside.deliveries(SERVICE).pop().expect("it was sent");
        std::thread::scope(|scope| {
            for _ in 0..repeats {
                let (outside, delivery, hooks) = (&wired.outside, &delivery, wired.hooks());
                scope.spawn(move || {
                    let status = outside.deliver(delivery, hooks, PLUGIN, SERVICE).expect("it is answered");
                    assert_eq!(status, 202, "a repeat is no mistake");
                });
            }
        });
        if number % 10 == 0 {
            wired.bot.practice.restart_killed(Duration::ZERO).expect("it starts again");
        }
    }
    let effects = wired.effects();
    let size = format!("{deliveries} deliveries, {repeats} repeats of each at the same time, kills in between");
    Figures::of("replays", size).at_most("second effects", effects.saturating_sub(deliveries), 0);
    assert_eq!(effects, deliveries, "none is lost");
}
