//! The answer to a post is lost in every way, and the bot is killed between a post and its note: each reply is out once all the same.

use crate::figure::Figures;
use crate::scene::{Manners, Scene};
use crate::size::Size;
use crate::tally::{COUNT, PLUGIN, Tally};
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};
use slack_double::{ChannelId, Fault, Settings};
use std::time::Duration;

const CHANNELS: usize = 8;

const METHOD: &str = "chat.postMessage";

/// What the faults are drawn from.
const SEED: u64 = 2026;

/// Posted, and answered after the bot was killed.
const ANSWERED_LATE: Fault = Fault::Slow(Duration::from_secs(30));

/// How many rounds there are for one in which nobody answers (that takes as long as a call may take), and for one with a kill.
const ROUNDS_PER_HANG: u64 = 25;
const ROUNDS_PER_KILL: u64 = 5;

pub fn run(size: Size) {
    let rounds = size.of(15, 150);
    let replies = rounds * CHANNELS as u64;
    let figures = Figures::of("posts", format!("{replies} replies, half of them with a fault, and {} kills", rounds / ROUNDS_PER_KILL));
    let mut scene = Scene::open(Settings::default(), Manners::default(), &[PLUGIN]);
    let channels = scene.channels(CHANNELS);
    let mut tally = Tally::begin(&scene);
    let mut chance = StdRng::seed_from_u64(SEED);
    for round in 1..=rounds {
        match round % ROUNDS_PER_KILL {
            0 => kill_after_a_post(&mut scene, &channels),
            _ => disturb(&scene, &channels, round, &mut chance),
        }
        tally.reach(&scene, round * CHANNELS as u64);
        scene.bot().settled();
        scene.double.mend();
    }
    tally.check(&scene, replies);
    figures.show("replies, each out once", replies);
    let looked_up = scene.double.calls().iter().filter(|call| call.method == "conversations.history").count();
    figures.show("posts that were looked up", looked_up);
}

/// A command in each channel; half of the replies meet a fault, and some of the look-ups that follow.
fn disturb(scene: &Scene, channels: &[ChannelId], round: u64, chance: &mut StdRng) {
    if round % ROUNDS_PER_HANG == 1 {
        scene.double.fail(METHOD, Fault::Hang, 2);
    }
    for channel in channels {
        if chance.random_bool(0.5) {
            scene.double.fail_in(METHOD, channel, fault(chance), 1);
        }
        if chance.random_bool(0.1) {
            scene.double.fail_in("conversations.history", channel, Fault::Status(500), 1);
        }
        scene.command(channel, COUNT);
    }
}

fn fault(chance: &mut StdRng) -> Fault {
    let faults = [
        Fault::CutAfter,
        Fault::CutBefore,
        Fault::CutBody,
        Fault::Garbage,
        Fault::Status(500),
        Fault::ApiError("internal_error".to_owned()),
    ];
    faults.choose(chance).expect("there are some").clone()
}

/// The bot is killed when the first reply is in the channel, and has no answer to any of its posts yet.
fn kill_after_a_post(scene: &mut Scene, channels: &[ChannelId]) {
    let before = scene.double.counts().posted;
    scene.double.fail(METHOD, ANSWERED_LATE, channels.len());
    channels.iter().for_each(|channel| scene.command(channel, COUNT));
    scene.until("a post", |double| (double.counts().posted > before).then_some(()));
    scene.double.mend();
    scene.kill_and_restart();
}
