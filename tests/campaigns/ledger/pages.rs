//! One page of a closed ledger is damaged. It is found, the file stays as it is, and the backup brings everything back.

use crate::figure::Figures;
use crate::history::{steps, take};
use crate::home::files_of;
use crate::size::Size;
use hatstand::ledger::{Beside, LedgerError, Sqlite, restore};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use tempfile::TempDir;

const STEPS: u64 = 60;
const PAGE: usize = 4096;

pub fn run(size: Size) {
    let corruptions = size.of(100, 1_000);
    let figures = Figures::of("pages/small", format!("{corruptions} damaged pages"));
    let scene = Scene::new();
    let mut chance = StdRng::seed_from_u64(12);
    let (mut longest, mut after_kill) = (Duration::ZERO, Unclosed::default());
    for corruption in 0..corruptions {
        let page = scene.damage(&mut chance, true);
        let damaged = fs::read(&scene.path).expect("it can be read");
        match Sqlite::open(&scene.path) {
            Err(LedgerError::Damaged { damage, .. }) => assert!(damage.contains(&format!("page {page} ")), "page {page}: {damage}"),
            other => panic!("corruption {corruption} of page {page} was not found: {other:?}"),
        }
        assert_eq!(fs::read(&scene.path).expect("it is there"), damaged, "it was changed");
        longest = longest.max(scene.restores());
        scene.damage(&mut chance, false);
        after_kill.count(&scene.path);
    }
    figures.show("found at the start, with the page", corruptions);
    figures.at_most("restored in", longest, Duration::from_secs(30));
    figures.show("the same without the sums that a close leaves, as after a kill", after_kill);
}

struct Scene {
    folder: TempDir,
    path: PathBuf,
    backup: PathBuf,
    closed: Vec<(PathBuf, Vec<u8>)>,
}

impl Scene {
    fn new() -> Self {
        let folder = TempDir::new().expect("a folder");
        let (path, backup) = (folder.path().join("data/hatstand.db"), folder.path().join("backup.db"));
        let ledger = Sqlite::open(&path).expect("it opens");
        (1..=STEPS).for_each(|step| take(&ledger, step).expect("it is kept"));
        Beside::read(&path).and_then(|ledger| ledger.back_up(&backup)).expect("it is made");
        ledger.close().expect("it closes");
        let closed = files_of(path.parent().expect("a folder"));
        Self { folder, path, backup, closed }
    }

    /// The ledger as it was closed, with one page that is not as it was; says which.
    fn damage(&self, chance: &mut StdRng, with_sums: bool) -> usize {
        fs::remove_dir_all(self.folder.path().join("data")).expect("removed");
        fs::create_dir(self.folder.path().join("data")).expect("a folder");
        for (file, bytes) in &self.closed {
            fs::write(file, bytes).expect("written");
        }
        if !with_sums {
            fs::remove_file(self.path.with_extension("db.sums")).expect("removed");
        }
        let mut bytes = fs::read(&self.path).expect("it can be read");
        let page = chance.random_range(0..bytes.len() / PAGE);
        let from = page * PAGE + chance.random_range(0..PAGE);
        let to = (from + chance.random_range(1..PAGE)).min((page + 1) * PAGE);
        for byte in &mut bytes[from..to] {
            *byte ^= chance.random_range(1..=255_u8);
        }
        fs::write(&self.path, bytes).expect("written");
        page + 1
    }

    /// Puts the backup back, looks whether everything is there, and says how long it took.
    fn restores(&self) -> Duration {
        let began = Instant::now();
        restore(&self.path, &self.backup, ".replaced").expect("it is restored").expect("what was there is kept");
        let took = began.elapsed();
        let ledger = Sqlite::open(&self.path).expect("it is sound");
        assert_eq!(steps(&ledger).expect("it can be read"), STEPS);
        took
    }
}

/// What is found by SQLite alone.
#[derive(Debug, Default)]
#[allow(dead_code, reason = "it is printed")]
struct Unclosed {
    at_the_start: usize,
    when_it_was_read: usize,
    nothing_of_it_was_used: usize,
    /// This is why there are sums.
    never: usize,
}

impl Unclosed {
    fn count(&mut self, path: &Path) {
        let Ok(ledger) = Sqlite::open(path) else {
            self.at_the_start += 1;
            return;
        };
        match catch_unwind(AssertUnwindSafe(|| steps(&ledger))) {
            Ok(Ok(STEPS)) => self.nothing_of_it_was_used += 1,
            Ok(Err(_)) => self.when_it_was_read += 1,
            Ok(Ok(_)) | Err(_) => self.never += 1,
        }
        ledger.abandon();
    }
}
