//! A disk that fails in the middle of a flush, which is where no test inside the process can make it fail: another process is given a
//! limit to the size of its files, so that the operating system refuses to write.

use super::Sqlite;
use super::tests::Folder;
use crate::ledger::contract::{Bench, event, runtime};
use crate::ledger::{Ledger, LedgerError, Recorded};
use crate::model::EventId;
use std::env;
use std::process::Command;

/// Tells the test binary to be the process whose disk fails, with this database.
const VICTIM: &str = "HATSTAND_LEDGER_LIMITED";

#[test]
fn stops_and_keeps_what_was_acknowledged() {
    let folder = Folder::default();
    let (_, module) = module_path!().split_once("::").unwrap();
    let output = Command::new("sh")
        .args(["-c", "trap '' XFSZ; ulimit -f 800; exec \"$0\" \"$@\""])
        .arg(env::current_exe().unwrap())
        .args([&format!("{module}::victim"), "--exact", "--nocapture"])
        .env(VICTIM, folder.path())
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    let output = String::from_utf8(output.stdout).unwrap();
    let acknowledged = output.lines().find_map(|line| line.strip_prefix("acknowledged ")).unwrap();

    let ledger = folder.open();
    let unfinished = runtime().block_on(ledger.unfinished(EventId(0), usize::MAX)).unwrap();
    assert_eq!(unfinished.len().to_string(), acknowledged);
}

/// Not a test: what the process does whose disk fails.
#[test]
fn victim() {
    let Some(path) = env::var_os(VICTIM) else { return };
    let ledger = Sqlite::open(path.as_ref()).unwrap();
    runtime().block_on(async {
        let mut acknowledged = 0;
        let failure = loop {
            match ledger.record(event(&acknowledged.to_string())).await {
                Ok(Recorded::New(_)) => acknowledged += 1,
                other => break other,
            }
        };
        assert!(matches!(failure, Err(LedgerError::Stopped(_))), "{failure:?}");
        assert!(matches!(ledger.record(event("later")).await, Err(LedgerError::Stopped(_))));
        println!("\nacknowledged {acknowledged}");
    });
}
