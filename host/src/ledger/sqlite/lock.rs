//! One process at a time: a locked file next to the database, with the holder's process id in it.

use super::{file, open_error};
use crate::ledger::{LedgerError, Result};
use std::fs::{self, File, TryLockError};
use std::io::{self, Write};
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

/// How long it is tried to get the lock, and how often.
const MOMENT: Duration = Duration::from_millis(200);
const PAUSE: Duration = Duration::from_millis(10);

/// Held as long as this lives; the operating system takes it back when the process ends, however that happens.
#[derive(Debug)]
pub(super) struct Lock(#[expect(dead_code, reason = "closing the file is what unlocks it")] File);

impl Lock {
    pub(super) fn take(database: &Path) -> Result<Self> {
        let path = file::beside(database, ".lock");
        let file = file::open(&path).map_err(|error| open_error(database, error))?;
        match try_for_a_moment(&file) {
            Ok(()) => sign(&file).map_err(|error| open_error(database, error))?,
            Err(TryLockError::WouldBlock) => {
                return Err(LedgerError::InUse { path: database.display().to_string(), pid: holder(&path) });
            }
            Err(TryLockError::Error(error)) => return Err(open_error(database, error)),
        }
        Ok(Self(file))
    }
}

/// A process that is just being started holds what its parent had open, until it runs its own program.
fn try_for_a_moment(file: &File) -> std::result::Result<(), TryLockError> {
    let until = Instant::now() + MOMENT;
    loop {
        match file.try_lock() {
            Err(TryLockError::WouldBlock) if Instant::now() < until => thread::sleep(PAUSE),
            tried => return tried,
        }
    }
}

/// What an earlier holder wrote is written over, not thrown away first: a full disk has room for that.
fn sign(mut file: &File) -> io::Result<()> {
    let pid = std::process::id().to_string();
    file.write_all(pid.as_bytes())?;
    file.set_len(pid.len() as u64)
}

/// The file stays when its holder ends, so what it says is true only while it is locked.
fn holder(path: &Path) -> String {
    match fs::read_to_string(path) {
        Ok(pid) if !pid.is_empty() => pid,
        _ => "unknown".to_owned(),
    }
}
