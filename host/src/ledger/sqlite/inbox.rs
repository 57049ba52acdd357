//! Events, and which plugins are done with them.

use super::columns::{Count, Json, Millis};
use crate::ledger::{Recorded, Unfinished};
use crate::model::{Event, EventId, PluginName};
use hatstand_common::value::Instant;
use rusqlite::{Connection, Row, params};

pub(super) fn record(connection: &Connection, event: &Event) -> rusqlite::Result<Recorded> {
    let added = connection
        .prepare_cached("INSERT INTO inbox (workspace, key, body) VALUES (?1, ?2, ?3) ON CONFLICT (workspace, key) DO NOTHING")?
        .execute(params![event.workspace, event.key, Json(event)])?;
    match added {
        0 => Ok(Recorded::Repeat),
        _ => Ok(Recorded::New(EventId(connection.last_insert_rowid()))),
    }
}

/// Records an event that is finished already, as far as anybody else is concerned.
pub(super) fn reserve(connection: &Connection, event: &Event) -> rusqlite::Result<EventId> {
    connection.prepare_cached("INSERT INTO inbox (workspace, key, body, finished) VALUES (?1, ?2, ?3, ?4)")?.execute(params![
        event.workspace,
        event.key,
        Json(event),
        Millis(event.at)
    ])?;
    Ok(EventId(connection.last_insert_rowid()))
}

pub(super) fn unfinished(connection: &Connection, after: EventId, limit: usize) -> rusqlite::Result<Vec<Unfinished>> {
    connection
        .prepare_cached(
            "SELECT id, body, (SELECT json_group_array(plugin) FROM done WHERE event = inbox.id)
             FROM inbox INDEXED BY inbox_unfinished
             WHERE finished IS NULL AND id > ?1 ORDER BY id LIMIT ?2",
        )?
        .query_map(params![after, Count(limit)], read_unfinished)?
        .collect()
}

fn read_unfinished(row: &Row<'_>) -> rusqlite::Result<Unfinished> {
    let Json(event) = row.get(1)?;
    let Json(done) = row.get(2)?;
    Ok(Unfinished { id: row.get(0)?, event, done })
}

/// Is this plugin done with the event? With a finished event everybody is.
pub(super) fn is_done(connection: &Connection, event: EventId, plugin: &PluginName) -> rusqlite::Result<bool> {
    connection
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM inbox WHERE id = ?1 AND finished IS NOT NULL)
                 OR EXISTS (SELECT 1 FROM done WHERE event = ?1 AND plugin = ?2)",
        )?
        .query_row(params![event, plugin], |row| row.get(0))
}

/// Fails for an event that is not there.
pub(super) fn mark_done(connection: &Connection, event: EventId, plugin: &PluginName) -> rusqlite::Result<()> {
    connection.prepare_cached("INSERT INTO done (event, plugin) VALUES (?1, ?2)")?.execute(params![event, plugin])?;
    Ok(())
}

/// Finishes the event if as many plugins are done with it as are concerned; the single marks are not needed any more then.
pub(super) fn finish(connection: &Connection, event: EventId, concerned: usize, at: Instant) -> rusqlite::Result<()> {
    let finished = connection
        .prepare_cached("UPDATE inbox SET finished = ?3 WHERE id = ?1 AND (SELECT count(*) FROM done WHERE event = ?1) >= ?2")?
        .execute(params![event, Count(concerned), Millis(at)])?;
    if finished > 0 {
        connection.prepare_cached("DELETE FROM done WHERE event = ?1")?.execute([event])?;
    }
    Ok(())
}

/// Forgets at most `limit` finished events; returns how many.
pub(super) fn prune(connection: &Connection, before: Instant, limit: usize) -> rusqlite::Result<usize> {
    connection
        .prepare_cached(
            "DELETE FROM inbox WHERE id IN
                 (SELECT id FROM inbox INDEXED BY inbox_finished WHERE finished IS NOT NULL AND finished < ?1 LIMIT ?2)",
        )?
        .execute(params![Millis(before), Count(limit)])
}
