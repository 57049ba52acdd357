//! Slack delivers at least once: everything comes several times, over several connections, in no order, and under several names.

use crate::figure::Figures;
use crate::scene::{Manners, Scene};
use crate::size::Size;
use crate::tally::{COUNT, PLUGIN, Tally};
use slack_double::{Ids, Keep, Scatter, Settings};

const CONNECTIONS: usize = 4;

const CHANNELS: usize = 16;

/// How often each event is delivered. Each command is two events to begin with: `message` and `app_mention`.
const COPIES: std::ops::RangeInclusive<u32> = 1..=5;

pub fn run(size: Size) {
    let (waves, wave): (u64, u64) = size.of((4, 100), (200, 500));
    let figures = Figures::of("copies", format!("{} commands, each {COPIES:?} times over {CONNECTIONS} connections", waves * wave));
    let setup = Settings { keep: Keep::Counts, ..Settings::default() };
    let mut scene = Scene::open(setup, Manners { connections: CONNECTIONS, ..Manners::default() }, &[PLUGIN]);
    let channels = scene.channels(CHANNELS);
    let mut tally = Tally::begin(&scene);
    for number in 0..waves {
        scene.until_open(CONNECTIONS);
        scene.double.hold(&scene.home.app);
        (0..wave).for_each(|command| scene.command(&channels[command as usize % CHANNELS], COUNT));
        let ids = if number % 2 == 0 { Ids::Same } else { Ids::New };
        scene.double.release(&scene.home.app, &Scatter { copies: COPIES, ids, shuffle: true });
        if number == waves / 2 {
            scene.kill_and_restart();
        }
        tally.reach(&scene, (number + 1) * wave);
    }
    tally.check(&scene, waves * wave);
    figures.show("commands, each in effect once", waves * wave);
    figures.show("deliveries", scene.double.counts().sent);
}
