//! A connection that stands, and nobody is at its other end: Slack's side neither reads nor writes, and events still go there.

use crate::abreast::abreast;
use crate::chatter::Chatter;
use crate::cuts::patient;
use crate::figure::{Figures, quantile};
use crate::scene::{Manners, Scene};
use crate::size::Size;
use crate::tally::{PLUGIN, Tally};
use hatstand::adapters::slack::times::Times;
use std::time::Duration;

/// Once it was noticed.
const RECONNECT: Duration = Duration::from_secs(5);

/// Commands a second for each bot.
const RATE: u32 = 10;

pub fn run(size: Size) {
    let times = size.of(Times { ping: Duration::from_millis(300), ..Times::default() }, Times::default());
    let (bots, silences) = size.of((2, 2), (20, 2));
    let figures = Figures::of("half-open", format!("{silences} silent peers of each of {bots} bots, a ping every {:?}", times.ping));
    let mut gaps = abreast(bots, |_| endure(&times, silences)).concat();
    figures.show("noticed and connected again, median", quantile(&mut gaps, 0.5));
    figures.at_most("noticed and connected again, all", quantile(&mut gaps, 1.0), times.silence() + RECONNECT);
}

fn endure(times: &Times, silences: usize) -> Vec<Duration> {
    let scene = Scene::open(patient(), Manners { times: times.clone(), ..Manners::default() }, &[PLUGIN]);
    let (tally, chatter) = (Tally::begin(&scene), Chatter::begin(&scene, RATE));
    let gaps = (0..silences).map(|_| endure_one(&scene)).collect();
    let commands = chatter.hush(&scene);
    tally.check(&scene, commands);
    assert_eq!(scene.double.counts().lost, 0, "Slack gave nothing up");
    gaps
}

fn endure_one(scene: &Scene) -> Duration {
    let peer = scene.open_sockets()[0].id;
    let silent = scene.double.now();
    scene.double.silence(peer);
    scene.until_open(1);
    let gap = scene.double.now() - silent;
    // Slack's side notices at last, and sends there no more.
    scene.double.cut(peer);
    gap
}
