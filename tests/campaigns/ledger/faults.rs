//! A write or a flush fails: the n-th, for every n. Nothing that was acknowledged is lost, and nothing is acknowledged afterwards.

use crate::crowd::Crowd;
use crate::figure::Figures;
use crate::history::{FAILED, acknowledged, steps, take, victim};
use crate::home::{Home, files_of};
use crate::shim::Shim;
use crate::size::Size;
use hatstand::ledger::Sqlite;
use std::fs;
use std::process::Output;
use std::time::Duration;
use tempfile::TempDir;

/// What is there before.
const BEFORE: u64 = 3;

pub fn run(size: Size) {
    let steps = size.of(2, 20);
    let figures = Figures::of("disk/faults", format!("{steps} steps, again and again, with another call that fails each time"));
    let folder = TempDir::new().expect("a folder");
    let path = folder.path().join("data/hatstand.db");
    let ledger = Sqlite::open(&path).expect("it opens");
    (1..=BEFORE).for_each(|step| take(&ledger, step).expect("it is kept"));
    ledger.close().expect("it closes");
    let closed = files_of(path.parent().expect("a folder"));
    let shim = Shim::over(&folder.path().join("data"), &folder.path().join("shim"));
    let mut stopped = 0;
    for call in 1.. {
        fs::remove_dir_all(&shim.folder).expect("removed");
        fs::create_dir(&shim.folder).expect("a folder");
        closed.iter().for_each(|(file, bytes)| fs::write(file, bytes).expect("written"));
        let mut command = victim(&path, steps);
        shim.apply(&mut command);
        let output = command.env("SHIM_FAIL", call.to_string()).output().expect("it runs");
        stopped += u64::from(check(&path, &output, call));
        if shim.calls() < call {
            assert!(output.status.success(), "nothing failed: {output:?}");
            figures.show("calls that failed", call - 1);
            figures.show("of these, calls that stopped the ledger", stopped);
            return;
        }
    }
}

/// Did it stop, and is everything there that was acknowledged?
fn check(path: &std::path::Path, output: &Output, call: u64) -> bool {
    let acknowledged = acknowledged(&output.stdout, BEFORE);
    let code = output.status.code();
    assert!(matches!(code, Some(0 | FAILED)), "call {call}: {output:?}");
    let ledger = Sqlite::open(path).unwrap_or_else(|why| panic!("call {call}: {why}; {output:?}"));
    let found = steps(&ledger).unwrap_or_else(|why| panic!("call {call}: {why}"));
    assert!((acknowledged..=acknowledged + 1).contains(&found), "call {call}: {acknowledged} were acknowledged, {found} are there");
    code == Some(FAILED)
}

/// The disk of a running host breaks: it ends at once and says so, and the next start goes on where it was.
pub fn run_host(size: Size) {
    let times = size.of(3, 50);
    let figures = Figures::of("disk/broken", format!("{times} hosts whose disk breaks"));
    let home = Home::with(&["counter"]);
    let crowd = Crowd::begin(&home);
    let mut longest = Duration::ZERO;
    for time in 1..=times {
        let shim = Shim::over(&home.path("data"), &home.path(&format!("shim{time}")));
        let bot = home.start(Some(&shim));
        let before = crowd.answered();
        crowd.go_to(Some(bot.address));
        while crowd.answered() < before + 20 {
            std::thread::yield_now();
        }
        shim.break_flushes();
        let (status, took, said) = bot.fate();
        crowd.go_to(None);
        assert!(!status.success() && status.code().is_some(), "{status}: {said}");
        assert!(said.contains("the ledger has stopped; start again: everything acknowledged is on disk"), "{said}");
        longest = longest.max(took);
    }
    let bot = home.start(None);
    crowd.go_to(Some(bot.address));
    let tally = crowd.end();
    bot.end();
    figures.at_most("from the failure to the end of the process", longest, Duration::from_secs(1));
    figures.show("commands, each counted once", tally.check(&home));
}
