//! Random sequences, each in a place of its own, and what came of them. One that fails is made as short as it can be.

use crate::bot::Door;
use crate::figure::Figures;
use crate::size::Size;
use crate::stage::Stage;
use crate::step::{Step, steps};
use crate::verdict::{Verdict, judge};
use crate::vocabulary::Vocabulary;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestError, TestRng, TestRunner};
use std::cell::Cell;
use std::env;
use tempfile::TempDir;

/// The sequence with this number alone, as the variable `SEQUENCE` says.
fn wanted() -> Option<u64> {
    let number = env::var("SEQUENCE").ok()?;
    Some(number.parse().unwrap_or_else(|_| panic!("SEQUENCE is `{number}`: it is the number of a sequence")))
}

/// Nothing is wrong after any of them.
pub fn hold(name: &'static str, vocabulary: Vocabulary, door: Door, size: Size) {
    let (count, most) = size.of((10, 30), (1_000, 60));
    let figures = Figures::of(name, format!("{count} sequences of up to {most} steps"));
    let (mut happened, mut commits) = (0, 0);
    for number in wanted().map_or(0..count, |wanted| wanted..wanted + 1) {
        let last = Cell::new((0, 0));
        let failed = shortest(number, most, vocabulary, door, |stage| {
            let record = stage.record();
            last.set((record.happened.len(), record.audit.len()));
            judge(&stage.vocabulary, &record)
        });
        happened += last.get().0;
        commits += last.get().1;
        if let Some(Failed { steps, why }) = failed {
            panic!("{name}: {why}\nafter\n{steps:#?}\nThis was sequence {number}: SEQUENCE={number} runs it alone.");
        }
    }
    figures.show("things that people did, each in effect once", happened);
    figures.show("invocations, each as the model has it", commits);
}

/// Something is wrong after one of the first of them.
pub fn is_found(name: &str, vocabulary: Vocabulary, door: Door, by: &str) {
    let found = (0..20).find_map(|number| shortest(number, 30, vocabulary, door, |stage| judge(&stage.vocabulary, &stage.record())));
    let Failed { steps, why } = found.unwrap_or_else(|| panic!("{name}: nobody noticed"));
    assert!(why.contains(by), "{name}: {why}");
    println!("{name}: found after {} steps, {steps:?}: {}", steps.len(), why.lines().next().unwrap_or_default());
}

/// The shortest sequence found that ends badly.
struct Failed {
    steps: Vec<Step>,
    why: String,
}

fn shortest(number: u64, most: usize, vocabulary: Vocabulary, door: Door, look: impl Fn(&Stage) -> Verdict) -> Option<Failed> {
    let mut seed = [0; 32];
    seed[..8].copy_from_slice(&number.to_le_bytes());
    let config = Config { cases: 1, max_shrink_iters: 60, failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &seed));
    let outcome = runner.run(&steps(vocabulary, most), |steps| play(steps, vocabulary, door, &look).map_err(TestCaseError::fail));
    match outcome {
        Ok(()) => None,
        Err(TestError::Fail(why, steps)) => Some(Failed { steps, why: why.message().to_owned() }),
        Err(TestError::Abort(why)) => panic!("{why}"),
    }
}

/// Looks whenever everything has come to rest, and in the end.
fn play(steps: Vec<Step>, vocabulary: Vocabulary, door: Door, look: &impl Fn(&Stage) -> Verdict) -> Verdict {
    let home = TempDir::new().expect("a folder");
    let mut stage = Stage::open(home.path(), vocabulary, door);
    for step in steps {
        let rests = matches!(step, Step::Rest);
        stage.play(step);
        if rests {
            look(&stage)?;
        }
    }
    stage.rest();
    look(&stage)
}
