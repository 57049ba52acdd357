//! Slack renews each connection every few hours. Here it does several times a second, while people talk.

use crate::chatter::Chatter;
use crate::figure::Figures;
use crate::scene::{Manners, Scene};
use crate::size::Size;
use crate::tally::{PLUGIN, Tally};
use slack_double::{Reason, Settings, SocketId};
use std::time::Duration;

/// Commands a second; Slack reports each as two events.
const RATE: u32 = 50;

/// Between two refreshes, beside the time that a successor takes.
const BETWEEN: Duration = Duration::from_millis(50);

/// How long after its word Slack closes a connection.
const WARNED: Duration = Duration::from_secs(2);
const REQUESTED: Duration = Duration::from_secs(1);

pub fn run(connections: usize, size: Size) {
    let refreshes = size.of(40, 1_000);
    let figures = Figures::of("refreshes", format!("{refreshes} refreshes of {connections} connection(s) at {RATE} commands/s"));
    // What takes hours between two refreshes takes milliseconds here, so more connections that were left stand at the same time.
    let setup = Settings { connections_per_app: 200, ..Settings::default() };
    let scene = Scene::open(setup, Manners { connections, ..Manners::default() }, &[PLUGIN]);
    scene.until_open(connections);
    let (since, tally, chatter) = (scene.double.now(), Tally::begin(&scene), Chatter::begin(&scene, RATE));
    for number in 0..refreshes {
        let (reason, then) = if number % 2 == 0 { (Reason::Warning, WARNED) } else { (Reason::RefreshRequested, REQUESTED) };
        refresh(&scene, reason, then);
        scene.pass(BETWEEN);
    }
    let commands = chatter.hush(&scene);
    let coverage = scene.double.coverage(&scene.home.app, since);
    tally.check(&scene, commands);
    figures.show("commands, each in effect once", commands);
    figures.at_most("events that Slack gave up", scene.double.counts().lost, 0);
    figures.show("deliveries that Slack had to repeat", scene.double.counts().retried);
    figures.at_most("time without an open connection", coverage.without, Duration::ZERO);
    figures.show("fewest and most connections", (coverage.fewest, coverage.most));
}

/// Slack tells the oldest connection to go; returns once it has a successor.
fn refresh(scene: &Scene, reason: Reason, then: Duration) {
    let open: Vec<SocketId> = scene.open_sockets().iter().map(|socket| socket.id).collect();
    scene.double.refresh(open[0], reason, Some(then));
    scene.until("a successor", |_| scene.open_sockets().iter().any(|socket| !open.contains(&socket.id)).then_some(()));
}
