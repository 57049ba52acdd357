//! Requests that have no answer yet. The answer waits for its plugin among the [`timers`](super::timers).

use super::columns::{Count, Json, Millis};
use super::timers::{self, Setting};
use super::{audit, columns};
use crate::ledger::{AuditEntry, Commit, RequestId, Waiting};
use crate::model::{Later, PluginName, Request, Response, WorkspaceId};
use hatstand_common::value::Instant;
use rusqlite::{Connection, OptionalExtension, Row, params};

/// The requests of an invocation, to be tried at once.
pub(super) fn add(connection: &Connection, Commit { workspace, plugin, effects, audit, .. }: &Commit) -> rusqlite::Result<()> {
    for request in &effects.requests {
        connection
            .prepare_cached(
                "INSERT INTO requests (workspace, plugin, reference, about, place, body, due) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            )?
            .execute(params![
                workspace,
                plugin,
                audit.reference,
                audit.about,
                request.place.as_ref().map(Json),
                Json(request),
                Millis(audit.at)
            ])?;
    }
    Ok(())
}

pub(super) fn waiting(connection: &Connection, after: RequestId, limit: usize) -> rusqlite::Result<Vec<Waiting>> {
    connection
        .prepare_cached(
            "SELECT id, workspace, plugin, reference, about, body, due, tries, underway FROM requests WHERE id > ?1 ORDER BY id LIMIT ?2",
        )?
        .query_map(params![after, Count(limit)], read)?
        .collect()
}

fn read(row: &Row<'_>) -> rusqlite::Result<Waiting> {
    let (Json(request), Millis(due)): (Json<Request>, _) = (row.get(5)?, row.get(6)?);
    Ok(Waiting {
        id: row.get(0)?,
        workspace: row.get(1)?,
        plugin: row.get(2)?,
        reference: row.get(3)?,
        about: row.get(4)?,
        request,
        due,
        tries: row.get(7)?,
        underway: row.get(8)?,
    })
}

pub(super) fn next_due(connection: &Connection) -> rusqlite::Result<Option<Instant>> {
    connection
        .prepare_cached("SELECT due FROM requests INDEXED BY requests_due ORDER BY due LIMIT 1")?
        .query_row([], |row| row.get(0).map(|Millis(due)| due))
        .optional()
}

pub(super) fn begin(connection: &Connection, request: RequestId) -> rusqlite::Result<()> {
    connection.prepare_cached("UPDATE requests SET underway = 1 WHERE id = ?1")?.execute([request]).map(drop)
}

pub(super) fn put_off(connection: &Connection, request: RequestId, due: Instant) -> rusqlite::Result<()> {
    connection
        .prepare_cached("UPDATE requests SET underway = 0, tries = tries + 1, due = ?2 WHERE id = ?1")?
        .execute(params![request, Millis(due)])
        .map(drop)
}

/// The first response counts.
pub(super) fn respond(connection: &Connection, waiting: &Waiting, response: &Response, entry: &AuditEntry) -> rusqlite::Result<()> {
    if connection.prepare_cached("DELETE FROM requests WHERE id = ?1")?.execute([waiting.id])? == 0 {
        return Ok(());
    }
    let (payload, key) = (timers::payload(response)?, waiting.id.0.to_string());
    let place = waiting.request.place.as_ref();
    let setting = Setting { kind: Later::Response, key: &key, due: entry.at, payload: &payload, place, question: None };
    timers::set(connection, &waiting.workspace, &waiting.plugin, &setting)?;
    audit::append(connection, entry)
}

pub(super) fn count(connection: &Connection, workspace: &WorkspaceId, plugin: &PluginName) -> rusqlite::Result<usize> {
    columns::count(
        connection.prepare_cached("SELECT count(*) FROM requests INDEXED BY requests_of_plugin WHERE workspace = ?1 AND plugin = ?2")?,
        params![workspace, plugin],
    )
}
