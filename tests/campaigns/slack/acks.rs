//! Slack wants its acknowledgement soon, whatever the plugins do: here one is compiled and swapped all the time, and one hangs.

use crate::chatter::Chatter;
use crate::figure::{Figures, quantile};
use crate::scene::{Manners, Scene};
use crate::size::Size;
use crate::support::{FOR_EVER, rebuilt};
use crate::tally::{PLUGIN, Tally};
use hatstand::plugins::News;
use slack_double::Settings;
use std::time::Duration;
use tokio::sync::broadcast;

/// For 99.99 % of all, and for all.
const NEARLY_ALL: f64 = 0.999_9;
const SOON: Duration = Duration::from_millis(500);
const AT_LAST: Duration = Duration::from_millis(2_500);

/// How many swaps there are for each call of the plugin that hangs, so that it has been stopped before it is called again.
const SWAPS_PER_HANG: usize = 4;

pub fn run(size: Size) {
    let (swaps, rate) = size.of((12, 50), (120, 100));
    let figures =
        Figures::of("acks", format!("{rate} commands/s while {swaps} new builds are compiled and swapped in, and a plugin hangs"));
    let scene = Scene::open(Settings::default(), Manners { cache: None, ..Manners::default() }, &[PLUGIN, "greeter", "looper"]);
    let random = &scene.channels(1)[0];
    let mut news = scene.bot().host().plugins.news();
    let (tally, chatter) = (Tally::begin(&scene), Chatter::begin(&scene, rate));
    for swap in 0..swaps {
        if swap % SWAPS_PER_HANG == 0 {
            scene.command(random, "loop");
        }
        scene.put("greeter", &rebuilt("greeter", &format!("build {swap}")));
        wait_until_live(&scene, &mut news);
    }
    let commands = chatter.hush(&scene);
    tally.check(&scene, commands);
    let mut waits: Vec<Duration> = scene.double.acks().iter().map(|ack| ack.after).collect();
    figures.show("acknowledgements", waits.len());
    figures.show("acknowledged, median", quantile(&mut waits, 0.5));
    figures.at_most("acknowledged, 99.99 %", quantile(&mut waits, NEARLY_ALL), SOON);
    figures.at_most("acknowledged, all", quantile(&mut waits, 1.0), AT_LAST);
    figures.at_most("deliveries that Slack had to repeat", scene.double.counts().retried, 0);
}

/// The plugin that hangs fails again and again, and may be left alone meanwhile.
fn wait_until_live(scene: &Scene, news: &mut broadcast::Receiver<News>) {
    loop {
        let next = scene.runtime().block_on(async { tokio::time::timeout(FOR_EVER, news.recv()).await });
        match next.expect("something happens").expect("the bot is there") {
            News::Live { .. } => return,
            News::Resting { .. } | News::Rested { .. } => {}
            other => panic!("{}", hatstand::texts::news(&other)),
        }
    }
}
