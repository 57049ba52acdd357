//! Connections are cut without a word, and Slack is away for a while in every way that it can be.

use crate::abreast::abreast;
use crate::chatter::Chatter;
use crate::figure::{Figures, quantile};
use crate::scene::{Manners, Scene};
use crate::size::Size;
use crate::tally::{PLUGIN, Tally};
use hatstand::adapters::slack::times::Times;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use slack_double::{Double, Fault, Settings};
use std::ops::Range;
use std::time::Duration;

/// How soon the bot is back after the service is.
const BACK: Duration = Duration::from_secs(5);

/// Commands a second for each bot.
const RATE: u32 = 20;

/// How Slack is away.
#[derive(Clone, Copy, Debug)]
enum Outage {
    /// It is not: the connection alone was cut.
    None,
    /// `apps.connections.open` answers 503.
    Unavailable,
    /// It hangs up instead of an answer.
    HangsUp,
    /// It never answers.
    Hangs,
    /// There are tickets, and nobody takes them.
    Refuses,
    /// There are connections, and nobody says hello.
    Silent,
}

const OUTAGES: [Outage; 6] = [Outage::None, Outage::Unavailable, Outage::HangsUp, Outage::Hangs, Outage::Refuses, Outage::Silent];

/// Several bots side by side, each with a Slack of its own: most of the time is spent waiting.
#[derive(Clone, Debug)]
struct Plan {
    bots: u64,
    cuts: usize,
    times: Times,
    /// How many milliseconds Slack is away.
    away: Range<u64>,
    /// How many milliseconds a connection lasts in between. Slack gives up what it sends over connections that are cut at once, again
    /// and again.
    there: Range<u64>,
}

pub fn run(size: Size) {
    let quick = Times {
        step: Duration::from_millis(500),
        first_pause: Duration::from_millis(20),
        longest_pause: Duration::from_millis(400),
        ..Times::default()
    };
    let plan = size.of(
        Plan { bots: 2, cuts: 12, times: quick, away: 50..300, there: 20..200 },
        Plan { bots: 25, cuts: 20, times: Times::default(), away: 500..8_000, there: 200..1_000 },
    );
    let cuts = plan.bots * plan.cuts as u64;
    let figures = Figures::of("cuts", format!("{cuts} cuts in {} bots, Slack away for up to {} ms", plan.bots, plan.away.end));
    let endured = abreast(plan.bots, |number| endure(&plan, number));
    figures.show("commands, each in effect once", endured.iter().map(|endured| endured.commands).sum::<u64>());
    let mut gaps: Vec<Duration> = endured.into_iter().flat_map(|endured| endured.gaps).collect();
    figures.show("connected again after the service, median", quantile(&mut gaps, 0.5));
    figures.at_most("connected again after the service, all", quantile(&mut gaps, 1.0), BACK);
}

/// What one bot went through.
struct Endured {
    /// How long it took after each outage to be connected again.
    gaps: Vec<Duration>,
    commands: u64,
}

fn endure(plan: &Plan, number: u64) -> Endured {
    let mut chance = StdRng::seed_from_u64(number);
    let scene = Scene::open(patient(), Manners { times: plan.times.clone(), ..Manners::default() }, &[PLUGIN]);
    let (tally, chatter) = (Tally::begin(&scene), Chatter::begin(&scene, RATE));
    let mut gaps = Vec::new();
    for cut in 0..plan.cuts {
        let mut within = |range: &Range<u64>| Duration::from_millis(chance.random_range(range.clone()));
        scene.pass(within(&plan.there));
        let outage = OUTAGES[cut % OUTAGES.len()];
        let gap = endure_one(&scene, outage, within(&plan.away));
        assert!(gap <= BACK, "{outage:?}: connected again after {gap:?}");
        gaps.push(gap);
    }
    let commands = chatter.hush(&scene);
    tally.check(&scene, commands);
    assert_eq!(scene.double.counts().lost, 0, "Slack gave nothing up");
    Endured { gaps, commands }
}

/// A Slack that sends again sooner, and more often, than 3 s and then 1 and 5 minutes later: a cut follows a cut in seconds here.
pub fn patient() -> Settings {
    let mut setup = Settings::default();
    setup.times.ack = Duration::from_secs(1);
    setup.times.retries = [0, 1, 2, 4, 8, 16].map(Duration::from_secs).into();
    setup
}

fn endure_one(scene: &Scene, outage: Outage, lasting: Duration) -> Duration {
    outage.begin(&scene.double);
    scene.open_sockets().iter().for_each(|socket| scene.double.cut(socket.id));
    if !matches!(outage, Outage::None) {
        scene.pass(lasting);
    }
    outage.end(&scene.double);
    let back = scene.double.now();
    scene.until_open(1);
    scene.double.now() - back
}

impl Outage {
    fn begin(self, double: &Double) {
        let fail = |fault| double.fail("apps.connections.open", fault, usize::MAX);
        match self {
            Outage::None => {}
            Outage::Unavailable => fail(Fault::Status(503)),
            Outage::HangsUp => fail(Fault::CutBefore),
            Outage::Hangs => fail(Fault::Hang),
            Outage::Refuses => double.refuse_connections(true),
            Outage::Silent => double.withhold_hello(usize::MAX),
        }
    }

    fn end(self, double: &Double) {
        double.mend();
        double.refuse_connections(false);
        double.withhold_hello(0);
    }
}
