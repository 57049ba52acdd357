//! Ledger epochs: no id is given twice, not even after a backup took the ledger's place.
//!
//! Events, messages, timers, requests and calls are numbered by SQLite, and a backup would go on from the numbers of its own time, which the
//! ledger that it replaces has given meanwhile: old buttons in chat would act on new messages. So each backup is marked as a copy, and the
//! first start from it begins a new epoch: all numbers go on from the microsecond of that start, or from the highest number known if that is
//! more. Nothing numbers a million things a second for long, so epochs never meet. Ids of the first epoch stay as they are.
//!
//! A file that was copied by other means bears no mark: `hatstand restore` takes it as a backup and marks it.

use rusqlite::{Connection, TransactionBehavior};
use std::time::{SystemTime, UNIX_EPOCH};

/// The application id of a copy. It is in the header of the file, whatever the schema is.
const COPY: i32 = 0x4861_7443;

/// Numbers stay below: beyond, not every program that reads JSON keeps them exact.
pub(super) const BEYOND: i64 = 1 << 53;

/// Marks a copy of a ledger, and keeps in mind the highest number that was given elsewhere.
pub(super) fn mark_as_copy(connection: &Connection, given: i64) -> rusqlite::Result<()> {
    raise(connection, given)?;
    connection.pragma_update(None, "application_id", COPY)
}

/// The highest number that this ledger gave to anything; zero for none.
pub(super) fn highest(connection: &Connection) -> rusqlite::Result<i64> {
    connection.query_row("SELECT coalesce(max(seq), 0) FROM sqlite_sequence", [], |row| row.get(0))
}

/// Begins a new epoch in a copy that has the newest schema.
pub(super) fn begin_in_copy(connection: &mut Connection) -> rusqlite::Result<()> {
    let mark: i32 = connection.pragma_query_value(None, "application_id", |row| row.get(0))?;
    if mark != COPY {
        return Ok(());
    }
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    raise(&transaction, now())?;
    renumber_unfinished(&transaction)?;
    transaction.pragma_update(None, "application_id", 0)?;
    transaction.commit()
}

/// All numbers go on from here, or from the highest that is known.
fn raise(connection: &Connection, floor: i64) -> rusqlite::Result<()> {
    let floor = floor.max(highest(connection)?);
    connection.execute("DELETE FROM sqlite_sequence", [])?;
    connection.execute(
        "INSERT INTO sqlite_sequence (name, seq) SELECT name, ?1 FROM sqlite_schema WHERE type = 'table' AND sql LIKE '%AUTOINCREMENT%'",
        [floor],
    )?;
    Ok(())
}

/// An event that is handled again may say something else than it did before: its messages need other identities.
fn renumber_unfinished(connection: &Connection) -> rusqlite::Result<()> {
    connection.pragma_update(None, "defer_foreign_keys", true)?;
    let mut next = highest(connection)?;
    for event in unfinished(connection)? {
        next += 1;
        for (table, column) in [("inbox", "id"), ("done", "event"), ("calls", "event")] {
            let renumber = format!("UPDATE {table} SET {column} = ?2 WHERE {column} = ?1");
            connection.prepare_cached(&renumber)?.execute([event, next])?;
        }
    }
    raise(connection, next)
}

fn unfinished(connection: &Connection) -> rusqlite::Result<Vec<i64>> {
    let mut statement = connection.prepare_cached("SELECT id FROM inbox INDEXED BY inbox_unfinished WHERE finished IS NULL ORDER BY id")?;
    statement.query_map([], |row| row.get(0))?.collect()
}

/// Microseconds since 1970: more than any clock of this machine said before.
fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_micros()).unwrap_or_default()
}
