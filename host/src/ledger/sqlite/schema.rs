//! Opening the database: its settings, its migrations, its health.

use super::{chain, epoch, examination, secrets};
use crate::ledger::LedgerError;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};
use rusqlite_migration::{Error, M, MigrationDefinitionError, Migrations};
use std::error::Error as StdError;
use std::path::Path;
use std::time::Duration;

/// An operator who looks into the file with other tools may hold a lock for a moment.
const BUSY: Duration = Duration::from_secs(5);

/// More than there are different statements.
const STATEMENTS: usize = 64;

pub(super) type Whatever = Box<dyn StdError>;

/// The connection that writes, to a database that is sound and has the newest schema.
pub(super) fn open_writer(path: &Path) -> Result<Connection, Whatever> {
    let mut connection = open(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    write_ahead(&connection)?;
    // A damaged database must not be worked with: whoever finds out later has answered from it.
    examination::at_once(path, &connection)?;
    migrate(&mut connection)?;
    epoch::begin_in_copy(&mut connection)?;
    // From here on the writer itself decides how long it waits for a lock.
    connection.busy_timeout(Duration::ZERO)?;
    Ok(connection)
}

pub(super) fn open_reader(path: &Path) -> rusqlite::Result<Connection> {
    open(path, OpenFlags::SQLITE_OPEN_READ_ONLY)
}

/// A connection that writes beside the host, and leaves the log to it.
pub(super) fn open_beside(path: &Path) -> Result<Connection, Whatever> {
    let connection = open(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    write_ahead(&connection)?;
    Ok(connection)
}

fn open(path: &Path, access: OpenFlags) -> rusqlite::Result<Connection> {
    let connection = Connection::open_with_flags(path, access | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.busy_timeout(BUSY)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "temp_store", "memory")?;
    connection.pragma_update(None, "trusted_schema", false)?;
    // Else a row that is replaced would be counted by its triggers as one more.
    connection.pragma_update(None, "recursive_triggers", true)?;
    connection.pragma_update(None, "cell_size_check", true)?;
    // Else a statement is prepared anew whenever a bound limit or range changes, which is at every use.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    Ok(connection)
}

/// The writer decides itself when to copy the log into the database; see `checkpoint`.
fn write_ahead(connection: &Connection) -> Result<(), Whatever> {
    // Read to the end, not only the first row: whether the change is on disk comes after it.
    let modes: Vec<String> = connection.prepare("PRAGMA journal_mode = wal")?.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
    if modes != ["wal"] {
        return Err("its file system cannot keep a write-ahead log; use a local disk".into());
    }
    connection.pragma_update(None, "synchronous", "full")?;
    // Where a flush stops at the drive's cache (macOS), ask for more.
    connection.pragma_update(None, "fullfsync", true)?;
    connection.pragma_update(None, "checkpoint_fullfsync", true)?;
    connection.pragma_update(None, "wal_autocheckpoint", 0)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    Ok(())
}

/// Only ever added to: a published migration is never changed.
pub(super) fn migrations() -> Migrations<'static> {
    Migrations::new(vec![
        M::up(include_str!("migrations/0001_first.sql")),
        M::up(include_str!("migrations/0002_called.sql")),
        M::up(include_str!("migrations/0003_later.sql")),
        M::up(include_str!("migrations/0004_decisions.sql")),
        M::up_with_hook(include_str!("migrations/0005_programs.sql"), |transaction| Ok(chain::chain(transaction)?)),
        M::up(include_str!("migrations/0006_builds.sql")),
        M::up(include_str!("migrations/0007_outside.sql")),
        M::up(include_str!("migrations/0008_persons.sql")),
        M::up(include_str!("migrations/0009_growth.sql")),
        M::up_with_hook(include_str!("migrations/0010_retries.sql"), |transaction| Ok(secrets::make(transaction)?)),
    ])
}

/// Whoever did not bring the database up to date must not guess what is in it.
pub(super) fn check_newest(path: &Path, connection: &Connection) -> Result<(), LedgerError> {
    let shown = path.display();
    let pending = migrations().pending_migrations(connection);
    let why = match pending.map_err(|why| super::open_error(path, why))? {
        0 => return Ok(()),
        1.. => format!("an older version of hatstand wrote the ledger {shown}; start the bot with this one, which brings it up to date"),
        _ => format!("a newer version of hatstand wrote the ledger {shown}; use that version for this as well"),
    };
    Err(LedgerError::OtherSchema { why })
}

/// A ledger of this version of hatstand, or of an earlier one.
pub(super) fn check_not_newer(connection: &Connection) -> Result<(), Whatever> {
    let version: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    match migrations().pending_migrations(connection)? {
        _ if version == 0 => Err("it is no ledger".into()),
        0.. => Ok(()),
        _ => Err(format!("a newer version of hatstand wrote it (schema {version}); use that version").into()),
    }
}

fn migrate(connection: &mut Connection) -> Result<(), Whatever> {
    match migrations().to_latest(connection) {
        Err(Error::MigrationDefinition(MigrationDefinitionError::DatabaseTooFarAhead)) => {
            let version: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
            Err(format!("a newer version of hatstand wrote it (schema {version}); use that version, or restore a backup from before")
                .into())
        }
        migrated => Ok(migrated?),
    }
}
