//! Long outcomes: the data that an outcome has for a program, where it is too long for the audit. Kept as long as its event.

use super::columns::{Count, Millis};
use crate::ledger::AuditEntry;
use crate::model::EventId;
use hatstand_common::value::Instant;
use rusqlite::{Connection, OptionalExtension, params};

/// Of an event that several plugins handle, only the last one's is kept: programs call one plugin.
pub(super) fn keep_if_long(connection: &Connection, entry: &AuditEntry) -> rusqlite::Result<()> {
    let Some(event) = entry.event.filter(|_| entry.has_long_data()) else { return Ok(()) };
    connection
        .prepare_cached("INSERT OR REPLACE INTO outcomes (event, at, data) VALUES (?1, ?2, ?3)")?
        .execute(params![event, Millis(entry.at), entry.data])
        .map(drop)
}

pub(super) fn of_event(connection: &Connection, event: EventId) -> rusqlite::Result<Option<String>> {
    connection.prepare_cached("SELECT data FROM outcomes WHERE event = ?1")?.query_row([event], |row| row.get(0)).optional()
}

/// Forgets at most `limit` of those from before; returns how many.
pub(super) fn prune(connection: &Connection, before: Instant, limit: usize) -> rusqlite::Result<usize> {
    connection
        .prepare_cached("DELETE FROM outcomes WHERE event IN (SELECT event FROM outcomes INDEXED BY outcomes_at WHERE at < ?1 LIMIT ?2)")?
        .execute(params![Millis(before), Count(limit)])
}
