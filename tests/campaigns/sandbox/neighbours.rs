//! A plugin that computes until it is ended, again and again and in many workspaces, beside one that answers at once.

use crate::figure::{Figures, quantile};
use crate::house::{Asker, HERE, House, Manners, noticed};
use crate::size::Size;
use std::time::Duration;
use tokio::task::JoinHandle;
use tokio::time::Instant;

/// So long an endless loop lasts.
const LOOP: Duration = Duration::from_secs(1);

pub fn run(size: Size) {
    let (rooms, asked) = size.of((8, 200), (50, 2_000));
    let figures = Figures::of("neighbours", format!("endless loops in {rooms} workspaces, {asked} commands"));
    let mut house = House::open(&["bomber", "greeter"], &Manners::default());
    let mut alone: Vec<Duration> = (0..asked).map(|_| house.answered_within(HERE, "greetings")).collect();
    let looping: Vec<_> =
        (1..=rooms).map(|room| house.runtime.spawn(keep_looping(house.asker(), format!("w{room}"), LOOP * room / rooms))).collect();
    let mut beside: Vec<Duration> = (0..asked).map(|_| house.answered_within(HERE, "greetings")).collect();
    looping.iter().for_each(JoinHandle::abort);
    figures.show("half of the answers alone within", quantile(&mut alone, 0.5));
    figures.show("half of the answers beside them within", quantile(&mut beside, 0.5));
    let alone = quantile(&mut alone, 0.99);
    figures.show("99 % of answers alone within", alone);
    figures.at_most("99 % of answers beside them within", quantile(&mut beside, 0.99), noticed(size).max(alone * 2));
    house.close();
}

/// Whenever a loop is ended there is another one, from this moment on: not everybody begins at once.
async fn keep_looping(asker: Asker, workspace: String, from: Duration) {
    let mut every = tokio::time::interval_at(Instant::now() + from, LOOP);
    loop {
        every.tick().await;
        asker.intake.take(asker.event(&workspace, "bomb loop")).await.expect("it can be recorded");
    }
}
