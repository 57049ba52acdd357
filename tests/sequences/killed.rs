//! The process itself is killed, in the middle of whatever it does, again and again; another one goes on in the same folder.

use crate::figure::Figures;
use crate::size::Size;
use crate::stage::{Stage, no_door};
use crate::step::doings;
use crate::support::FOR_EVER;
use crate::verdict::judge;
use crate::vocabulary::{self, Vocabulary};
use hatstand_common::transcript::START;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use std::env;
use std::io::{BufRead, BufReader};
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;
use tempfile::TempDir;

/// Tells this program to be the process that is killed, in this folder.
const VICTIM: &str = "HATSTAND_SEQUENCES_VICTIM";
/// What the victim plays, and with which plugin.
const NUMBER: &str = "HATSTAND_SEQUENCES_NUMBER";
const PLUGIN: &str = "HATSTAND_SEQUENCES_PLUGIN";

/// How long a bot lives before another begins in a folder of its own: it forgets what was said to it a month ago, and the judge does not.
const LIFE: Duration = Duration::from_secs(20 * 24 * 60 * 60);

/// What a victim says when it has begun.
const BEGUN: &str = "begun";

pub fn run(name: &'static str, vocabulary: Vocabulary, size: Size) {
    let rounds = size.of(6, 300);
    let figures = Figures::of(name, format!("{rounds} processes that were killed"));
    let (mut home, mut elsewhere) = (TempDir::new().expect("a folder"), 0);
    let mut chance = StdRng::seed_from_u64(2026);
    let mut happened = 0;
    for round in 0..rounds {
        let moment = Duration::from_millis(chance.random_range(0..400));
        kill_after(moment, start(home.path(), round, vocabulary));
        let mut stage = Stage::open(home.path(), vocabulary, no_door);
        stage.rest();
        let record = stage.record();
        judge(&vocabulary, &record).unwrap_or_else(|why| panic!("{name}, round {round}, killed after {moment:?}: {why}"));
        happened = elsewhere + record.happened.len();
        if stage.now() > START + LIFE {
            drop(stage);
            (home, elsewhere) = (TempDir::new().expect("a folder"), happened);
        }
    }
    figures.show("things that people did, each in effect once", happened);
    assert!(happened > rounds as usize, "it was killed before it did anything");
}

fn start(home: &Path, round: u64, vocabulary: Vocabulary) -> Child {
    let mut command = Command::new(env::current_exe().expect("this program"));
    command.env(VICTIM, home).env(NUMBER, round.to_string()).env(PLUGIN, vocabulary.plugin);
    command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("it starts")
}

/// Kills it this long after it has begun.
fn kill_after(moment: Duration, mut victim: Child) {
    let mut lines = BufReader::new(victim.stdout.take().expect("it is piped")).lines();
    assert_eq!(lines.next().and_then(Result::ok).as_deref(), Some(BEGUN), "it does not begin");
    // What is tested is that the moment does not matter.
    thread::sleep(moment);
    victim.kill().expect("it runs");
    assert_eq!(victim.wait().expect("it ended").signal(), Some(9), "it ended by itself");
}

/// Is this the process that is killed? Then it never comes back.
pub fn be_the_victim() {
    let Some(home) = env::var_os(VICTIM).map(PathBuf::from) else { return };
    let variable = |name| env::var(name).expect("whoever kills says so");
    let (number, plugin): (u64, _) = (variable(NUMBER).parse().expect("a number"), variable(PLUGIN));
    let vocabulary = vocabulary::of(&plugin);
    // Whoever kills it may be gone before.
    thread::spawn(|| {
        thread::sleep(FOR_EVER);
        std::process::exit(1);
    });
    let mut stage = Stage::open(&home, vocabulary, no_door);
    println!("{BEGUN}");
    let seed = [7, 7, 7, 7].iter().chain(&number.to_le_bytes()).copied().chain([0; 20]).collect::<Vec<u8>>();
    let mut runner = TestRunner::new_with_rng(Config::default(), TestRng::from_seed(RngAlgorithm::ChaCha, &seed));
    loop {
        let step = doings(vocabulary).new_tree(&mut runner).expect("there is always something to do").current();
        stage.play(step);
    }
}
