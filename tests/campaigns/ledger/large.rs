//! A page of a large ledger is damaged: it is found while the bot works already, and that ends then.

use crate::crowd::block_on;
use crate::figure::Figures;
use crate::history::{entry, steps, take};
use crate::size::Size;
use crate::support::FOR_EVER;
use hatstand::ledger::{AuditEntry, Ledger, LedgerError, Sqlite};
use hatstand::model::EventId;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use std::fs;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// More than is looked through before a start.
const SIZE: u64 = 70 << 20;
const PAGE: u64 = 4096;

pub fn run(size: Size) {
    let times = size.of(2, 50);
    let figures = Figures::of("pages/large", format!("{times} damaged pages of {} MiB", SIZE >> 20));
    let folder = TempDir::new().expect("a folder");
    let path = folder.path().join("hatstand.db");
    fill(&path);
    let mut chance = StdRng::seed_from_u64(13);
    let (mut opened, mut found) = (Duration::ZERO, Duration::ZERO);
    for _ in 0..times {
        // Not the first ones: whoever opens a database reads them.
        let page = chance.random_range(SIZE / PAGE / 2..SIZE / PAGE);
        flip(&path, page);
        // Twice: what was not mended is found again.
        for _ in 0..2 {
            let began = Instant::now();
            let ledger = Sqlite::open(&path).expect("it is not looked through yet");
            opened = opened.max(began.elapsed());
            let why = stopped(&ledger);
            found = found.max(began.elapsed());
            assert!(why.contains(&format!("page {} ", page + 1)), "page {}: {why}", page + 1);
        }
        flip(&path, page);
        let ledger = Sqlite::open(&path).expect("it is sound");
        assert_eq!(steps(&ledger).expect("it can be read"), 1);
        ledger.close().expect("it closes");
    }
    figures.at_most("until it opened", opened, Duration::from_secs(2));
    figures.at_most("until it was found", found, Duration::from_secs(30));
}

fn fill(path: &Path) {
    let ledger = Sqlite::open(path).expect("it opens");
    take(&ledger, 1).expect("it is kept");
    for number in 0..SIZE >> 20 {
        // Of each event the data of an outcome is kept once.
        let event = EventId(1_000 + i64::try_from(number).expect("it is small"));
        let note = AuditEntry { data: "x".repeat(1 << 20), ..entry(event, number) };
        block_on(ledger.note(note)).expect("it is kept");
    }
    ledger.close().expect("it closes");
}

/// Makes one bit of a page another, and the next time what it was.
fn flip(path: &Path, page: u64) {
    let file = fs::OpenOptions::new().read(true).write(true).open(path).expect("it is there");
    let (mut byte, at) = ([0], page * PAGE + 100);
    file.read_exact_at(&mut byte, at).expect("it is long enough");
    file.write_all_at(&[byte[0] ^ 1], at).expect("written");
}

/// Waits until it has stopped, and says why.
fn stopped(ledger: &Sqlite) -> String {
    let mut wakes = ledger.wakes();
    block_on(async { tokio::time::timeout(FOR_EVER, async { while wakes.changed().await.is_ok() {} }).await }).expect("it stops");
    match steps(ledger) {
        Err(LedgerError::Stopped(why)) => why,
        other => panic!("{other:?}"),
    }
}
