//! Is the database sound? A small one is looked through before anybody works with it, a large one while they do: if it turns out to be
//! damaged then, the ledger stops.

use super::schema::{Whatever, open_reader};
use super::sums::Sums;
use super::writer::Writer;
use rusqlite::{Connection, InterruptHandle};
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};

/// Below this many bytes nobody waits long for it.
const SMALL: u64 = 64 * 1024 * 1024;

/// What is wrong with a database.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct Damage(pub String);

/// Compares a database with what it was, unless it is large: before SQLite reads it, and whatever it would say.
pub(super) fn before(path: &Path, sums: Option<&Sums>) -> Result<(), Whatever> {
    let Some(sums) = sums else { return Ok(()) };
    let changed = if is_large(path)? { None } else { sums.compare(path, &AtomicBool::new(false))? };
    changed.map_or(Ok(()), |changed| Err(Damage(changed).into()))
}

/// Looks through a database, unless it is large.
pub(super) fn at_once(path: &Path, connection: &Connection) -> Result<(), Whatever> {
    if is_large(path)? { Ok(()) } else { structure(connection) }
}

/// Do the pages fit together?
pub(super) fn structure(connection: &Connection) -> Result<(), Whatever> {
    let verdict: String = connection.pragma_query_value(None, "quick_check", |row| row.get(0))?;
    match verdict.as_str() {
        "ok" => Ok(()),
        damage => Err(Damage(damage.trim_start_matches("*** in database main ***\n").to_owned()).into()),
    }
}

fn is_large(path: &Path) -> std::io::Result<bool> {
    fs::metadata(path).map(|file| file.len() > SMALL)
}

/// The examination of a large database, beside the work with it. Dropping it gives it up.
pub(super) struct Examination {
    given_up: Arc<AtomicBool>,
    interrupt: InterruptHandle,
    thread: Option<JoinHandle<()>>,
}

impl Examination {
    /// None for a small one. Until the database was compared with what it was, nothing is copied from the log into it.
    pub(super) fn begin(path: &Path, sums: Option<Sums>, writer: &Arc<Writer>) -> Result<Option<Self>, Whatever> {
        if !is_large(path)? {
            Sums::remove(path)?;
            writer.compared();
            return Ok(None);
        }
        let connection = open_reader(path)?;
        let given_up = Arc::<AtomicBool>::default();
        let interrupt = connection.get_interrupt_handle();
        let examiner = Examiner { path: path.to_owned(), sums, connection, given_up: Arc::clone(&given_up), writer: Arc::clone(writer) };
        let thread = thread::Builder::new().name("examination".to_owned()).spawn(move || examiner.run())?;
        Ok(Some(Self { given_up, interrupt, thread: Some(thread) }))
    }
}

impl fmt::Debug for Examination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Examination").field("thread", &self.thread).finish_non_exhaustive()
    }
}

impl Drop for Examination {
    fn drop(&mut self) {
        self.given_up.store(true, Ordering::Relaxed);
        self.interrupt.interrupt();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

struct Examiner {
    path: PathBuf,
    sums: Option<Sums>,
    connection: Connection,
    given_up: Arc<AtomicBool>,
    writer: Arc<Writer>,
}

impl Examiner {
    fn run(self) {
        let found = self.compare().and_then(|()| structure(&self.connection));
        match found {
            _ if self.given_up.load(Ordering::Relaxed) => {}
            Err(damage) => drop(self.writer.stop(format!("it is damaged ({damage}); restore a backup"))),
            Ok(()) => tracing::info!("the ledger was looked through, and is sound"),
        }
    }

    fn compare(&self) -> Result<(), Whatever> {
        if let Some(changed) = self.sums.as_ref().map(|sums| sums.compare(&self.path, &self.given_up)).transpose()?.flatten() {
            return Err(Damage(changed).into());
        }
        if !self.given_up.load(Ordering::Relaxed) {
            Sums::remove(&self.path)?;
            self.writer.compared();
        }
        Ok(())
    }
}
