//! The end of the log is torn, zeroed or scribbled over, as a power cut leaves it: what opens is the history up to some step.

use crate::figure::Figures;
use crate::history::{steps, take};
use crate::home::files_of;
use crate::size::Size;
use hatstand::ledger::Sqlite;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use std::collections::BTreeSet;
use std::fs;
use tempfile::TempDir;

const STEPS: u64 = 20;

pub fn run(size: Size) {
    let mutilations = size.of(1_000, 10_000);
    let figures = Figures::of("tails", format!("{mutilations} logs torn, zeroed or scribbled over"));
    let folder = TempDir::new().expect("a folder");
    let path = folder.path().join("hatstand.db");
    let ledger = Sqlite::open(&path).expect("it opens");
    (1..=STEPS).for_each(|step| take(&ledger, step).expect("it is kept"));
    ledger.abandon();
    drop(ledger);
    let log = folder.path().join("hatstand.db-wal");
    let mut left = files_of(folder.path());
    left.retain(|(file, _)| *file == path || *file == log);
    let mut chance = StdRng::seed_from_u64(11);
    let mut prefixes = BTreeSet::new();
    for attempt in 0..mutilations {
        for (file, bytes) in &left {
            let is_log = *file == log;
            let bytes = if is_log { mutilated(bytes.clone(), &mut chance) } else { bytes.clone() };
            fs::write(file, bytes).expect("written");
        }
        let _ = fs::remove_file(folder.path().join("hatstand.db-shm"));
        let ledger = Sqlite::open(&path).unwrap_or_else(|why| panic!("mutilation {attempt}: {why}"));
        let found = steps(&ledger).unwrap_or_else(|why| panic!("mutilation {attempt}: {why}"));
        take_next(&ledger, found, attempt);
        prefixes.insert(found);
        ledger.abandon();
    }
    figures.show("prefixes of the history that were found", prefixes.len());
    assert!(prefixes.len() as u64 > STEPS / 2, "mostly the same was mutilated");
}

/// It goes on from there, every now and then.
fn take_next(ledger: &Sqlite, found: u64, attempt: u64) {
    // An event that was recorded and not finished keeps its key.
    if attempt.is_multiple_of(10) {
        take(ledger, found + 1_000).expect("it goes on");
    }
}

fn mutilated(mut log: Vec<u8>, chance: &mut StdRng) -> Vec<u8> {
    let from = chance.random_range(0..log.len());
    match chance.random_range(0..4) {
        0 => log.truncate(from),
        1 => log[from..].fill(0),
        2 => log[from..].iter_mut().for_each(|byte| *byte ^= chance.random_range(0..=255_u8)),
        _ => {
            let to = (from + chance.random_range(1..512)).min(log.len());
            log[from..to].iter_mut().for_each(|byte| *byte ^= 0xa5);
        }
    }
    log
}
