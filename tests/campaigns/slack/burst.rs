//! Many replies for one channel at once: they come out in order, as fast as Slack allows and no faster.

use crate::figure::Figures;
use crate::scene::{Manners, Scene};
use crate::size::Size;
use crate::tally::{COUNT, PLUGIN, Tally};
use slack_double::{Call, Fault, Limits, Settings};
use std::num::NonZeroU32;
use std::time::Duration;

/// How much faster than Slack's the double's clock runs, so that a thousand replies take a minute and not a quarter of an hour.
const PACE: u32 = 20;

/// How many messages Slack takes at once before the rate holds.
const BURST: u32 = 3;

/// How often Slack asks to wait although the rate was kept: as it does when a whole workspace is busy.
const WAITS: u32 = 5;

/// What it asks then, and the least that the header can say.
const RETRY_AFTER: Duration = Duration::from_secs(1);

pub fn run(size: Size) {
    let replies: u32 = size.of(100, 1_000);
    let figures = Figures::of(
        "burst",
        format!("{replies} replies in one channel at {PACE}/s, which is 1/s with the double's clock {PACE} times as fast"),
    );
    let limits = Limits { post_burst: Some(BURST), ..Limits::default() };
    let setup = Settings { pace: f64::from(PACE), limits, ..Settings::default() };
    let scene = Scene::open(setup, Manners { per_second: NonZeroU32::new(PACE), ..Manners::default() }, &[PLUGIN]);
    let mut tally = Tally::begin(&scene);
    let began = scene.double.now();
    (0..replies).for_each(|_| scene.command(&scene.home.general, COUNT));
    for wait in 1..=WAITS {
        tally.reach(&scene, u64::from(replies / (WAITS + 1) * wait));
        scene.double.fail("chat.postMessage", Fault::RateLimited { retry_after: RETRY_AFTER.as_secs() }, 1);
    }
    tally.reach(&scene, u64::from(replies));
    let took = scene.double.now() - began;
    tally.check(&scene, u64::from(replies));
    figures.at_most("replies out of order", out_of_place(&scene), 0);
    let calls: Vec<Call> = scene.double.calls().into_iter().filter(|call| call.method == "chat.postMessage").collect();
    figures.at_most("posts before Retry-After was over", too_early(&calls), 0);
    let refused = u32::try_from(calls.iter().filter(|call| call.status == 429).count()).expect("it fits");
    figures.show("times that Slack asked to wait", refused);
    // Each wait may come when the next message was about to go out.
    let allowed = Duration::from_secs(1) * replies / PACE + RETRY_AFTER * refused;
    figures.at_most("until the last was out", took, allowed.mul_f64(1.25));
}

/// How many of the bot's messages are not where they should be, in the order of the channel.
fn out_of_place(scene: &Scene) -> usize {
    let messages = scene.double.messages(&scene.home.general).into_iter().filter(|message| message.author.bot.is_some());
    messages.zip(1_u32..).filter(|(message, number)| message.text != number.to_string()).count()
}

/// How many calls came while Slack wanted the method to wait.
fn too_early(calls: &[Call]) -> usize {
    let early = |pair: &&[Call]| pair[0].status == 429 && pair[1].at < pair[0].at + RETRY_AFTER;
    calls.windows(2).filter(early).count()
}
