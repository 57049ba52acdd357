//! Copying the write-ahead log into the database. It costs flushes of its own, so it is done while nobody waits.

use rusqlite::Connection;
use rusqlite::config::DbConfig;
use std::time::Duration;

/// From this many pages on, 4 MiB, the log is copied as soon as nobody waits.
pub(super) const WORTHWHILE: i64 = 1_000;

/// At this many pages, 32 MiB, somebody has to wait.
pub(super) const OVERDUE: i64 = 8_000;

/// Nobody waits when nothing came for so long.
pub(super) const QUIET: Duration = Duration::from_millis(20);

/// How many pages of the log are not in the database yet.
pub(super) fn backlog(connection: &Connection) -> rusqlite::Result<i64> {
    connection.prepare_cached("PRAGMA wal_checkpoint(NOOP)")?.query_row([], |row| {
        let (log, copied): (i64, i64) = (row.get(1)?, row.get(2)?);
        Ok(log - copied)
    })
}

/// Copies what no reader needs in the log any more; never waits for one.
pub(super) fn passive(connection: &Connection) -> rusqlite::Result<()> {
    connection.prepare_cached("PRAGMA wal_checkpoint(PASSIVE)")?.query_row([], |_| Ok(()))
}

/// Copies everything and removes the log, unless somebody still reads: then it stays for the next start, and nothing is lost.
pub(super) fn close(connection: Connection) -> rusqlite::Result<()> {
    connection.busy_timeout(Duration::ZERO)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false)?;
    connection.close().map_err(|(_, error)| error)
}
