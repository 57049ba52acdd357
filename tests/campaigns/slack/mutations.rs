//! Envelopes that nobody has ever seen, among those of people who talk.

use crate::figure::Figures;
use crate::mutant::{Breaker, Mutant};
use crate::panics;
use crate::scene::{Manners, Scene};
use crate::size::Size;
use crate::support::FOR_EVER;
use crate::tally::{COUNT, PLUGIN, Tally};
use slack_double::{FrameHandle, Keep, Settings};

/// How many frames are under way at the same time, and the commands among them.
const WAVE: u64 = 250;
const COMMANDS: u64 = 10;

/// How much the double remembers of each kind.
const KEPT: usize = 1_000;

/// What the mutations are drawn from.
const SEED: u64 = 2026;

pub fn run(size: Size) {
    let waves = size.of(16, 400);
    let figures = Figures::of("mutations", format!("{} mutated envelopes among {} commands", waves * WAVE, waves * COMMANDS));
    let setup = Settings { keep: Keep::Last(KEPT), ..Settings::default() };
    let scene = Scene::open(setup, Manners::default(), &[PLUGIN]);
    let (panics, tally) = (panics::so_far(), Tally::begin(&scene));
    let mut breaker = Breaker::new(&scene.home, SEED);
    let mut expected = 0;
    for number in 0..waves {
        let acks = send_wave(&scene, &mut breaker);
        expected += acks.len();
        for (mutant, ack) in acks {
            assert!(acked(&scene, &ack), "wave {number}: not acknowledged: {:.1000}", format!("{:?}", mutant.frame));
        }
    }
    tally.check(&scene, waves * COMMANDS);
    figures.show("commands, each in effect once", waves * COMMANDS);
    figures.show("of the mutated ones, with an envelope_id and acknowledged", expected);
    figures.at_most("panics", panics::so_far() - panics, 0);
    figures.at_most("events that Slack gave up", scene.double.counts().lost, 0);
}

/// Sends mutants over the newest connection, with commands among them; those that have to be acknowledged.
fn send_wave(scene: &Scene, breaker: &mut Breaker) -> Vec<(Mutant, FrameHandle)> {
    // A mutant may have asked for a successor.
    scene.until_open(1);
    let socket = scene.open_sockets().last().expect("there is one").id;
    let mut sent = Vec::new();
    for number in 0..WAVE {
        let mutant = breaker.next();
        let handle = scene.double.send_frame(socket, mutant.frame.clone());
        if mutant.wants_ack {
            sent.push((mutant, handle));
        }
        if number % (WAVE / COMMANDS) == 0 {
            scene.command(&scene.home.general, COUNT);
        }
    }
    sent
}

fn acked(scene: &Scene, ack: &FrameHandle) -> bool {
    scene.runtime().block_on(ack.acked(FOR_EVER)).is_some()
}
