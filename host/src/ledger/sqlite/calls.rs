//! Commands that are not finished when their invocation is.

use super::columns::{Count, Json, Millis};
use super::inbox;
use crate::ledger::{Call, CallAnswer, Live};
use crate::model::{CallChange, Event, EventId, PluginName, What, WorkspaceId};
use hatstand_common::value::{Instant, Place};
use rusqlite::{Connection, OptionalExtension, Row, params};

/// Returns the events that left a call open which now has its answer.
pub(super) fn apply(
    connection: &Connection,
    workspace: &WorkspaceId,
    plugin: &PluginName,
    (event, at): (EventId, Instant),
    change: &CallChange,
) -> rusqlite::Result<Vec<EventId>> {
    match change {
        CallChange::Open { key } => open(connection, workspace, plugin, (event, at), key).map(|()| Vec::new()),
        CallChange::Answer { key, code, data } => answer(connection, workspace, plugin, key, (code, data)),
    }
}

fn open(
    connection: &Connection,
    workspace: &WorkspaceId,
    plugin: &PluginName,
    (event, at): (EventId, Instant),
    key: &str,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached("INSERT INTO calls (workspace, plugin, key, event, at, asked) VALUES (?1, ?2, ?3, ?4, ?5, ?5)")?
        .execute(params![workspace, plugin, key, event, Millis(at)])
        .map(drop)
}

/// The first answer counts; one to a call that is not open changes nothing.
fn answer(
    connection: &Connection,
    workspace: &WorkspaceId,
    plugin: &PluginName,
    key: &str,
    (code, data): (&str, &str),
) -> rusqlite::Result<Vec<EventId>> {
    connection
        .prepare_cached(
            "UPDATE calls INDEXED BY calls_of_key SET code = ?4, data = ?5
             WHERE workspace = ?1 AND plugin = ?2 AND key = ?3 AND code IS NULL RETURNING event",
        )?
        .query_map(params![workspace, plugin, key, code, data], |row| row.get(0))?
        .collect()
}

/// The last that the event left open.
pub(super) fn of_event(connection: &Connection, event: EventId) -> rusqlite::Result<Option<Call>> {
    connection
        .prepare_cached("SELECT key, code, data FROM calls WHERE event = ?1 ORDER BY id DESC LIMIT 1")?
        .query_row([event], |row| {
            let answer = match (row.get(1)?, row.get(2)?) {
                (Some(code), Some(data)) => Some(CallAnswer { code, data }),
                _ => None,
            };
            Ok(Call { key: row.get(0)?, answer })
        })
        .optional()
}

pub(super) fn asked(connection: &Connection, event: EventId, at: Instant) -> rusqlite::Result<()> {
    connection
        .prepare_cached("UPDATE calls SET asked = max(asked, ?2) WHERE event = ?1 AND code IS NULL AND abandoned = 0")?
        .execute(params![event, Millis(at)])
        .map(drop)
}

/// The calls under one key are asked about together: they get one answer.
pub(super) fn longest_unasked(connection: &Connection, live: &Live) -> rusqlite::Result<Option<Instant>> {
    connection
        .prepare_cached(
            "SELECT max(asked) AS asked FROM calls INDEXED BY calls_open
             WHERE code IS NULL AND abandoned = 0 AND plugin IN (SELECT value FROM json_each(?1))
             GROUP BY workspace, plugin, key ORDER BY asked LIMIT 1",
        )?
        .query_row([Json(live)], |row| row.get(0).map(|Millis(asked)| asked))
        .optional()
}

/// Turns every key of these plugins about which nobody asked since then into an event, once; returns how many.
pub(super) fn abandon(connection: &Connection, since: Instant, now: Instant, live: &Live) -> rusqlite::Result<usize> {
    let unasked = unasked(connection, since, live)?;
    for call in &unasked {
        inbox::record(connection, &call.event(now))?;
        connection
            .prepare_cached(
                "UPDATE calls INDEXED BY calls_of_key SET abandoned = 1
                 WHERE workspace = ?1 AND plugin = ?2 AND key = ?3 AND code IS NULL",
            )?
            .execute(params![call.workspace, call.plugin, call.key])?;
    }
    Ok(unasked.len())
}

struct Unasked {
    /// The last that was opened under the key.
    id: i64,
    workspace: WorkspaceId,
    plugin: PluginName,
    key: String,
    place: Option<Place>,
}

fn unasked(connection: &Connection, since: Instant, live: &Live) -> rusqlite::Result<Vec<Unasked>> {
    connection
        .prepare_cached(
            "SELECT last, workspace, plugin, key,
                 (SELECT body ->> '$.place' FROM inbox WHERE id = (SELECT event FROM calls WHERE id = last)) AS place
             FROM (SELECT max(id) AS last, workspace, plugin, key FROM calls INDEXED BY calls_open
                   WHERE code IS NULL AND abandoned = 0 AND plugin IN (SELECT value FROM json_each(?2))
                   GROUP BY workspace, plugin, key HAVING max(asked) <= ?1)
             ORDER BY last",
        )?
        .query_map(params![Millis(since), Json(live)], Unasked::read)?
        .collect()
}

impl Unasked {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        let place: Option<Json<Place>> = row.get(4)?;
        let place = place.map(|Json(place)| place);
        Ok(Self { id: row.get(0)?, workspace: row.get(1)?, plugin: row.get(2)?, key: row.get(3)?, place })
    }

    fn event(&self, now: Instant) -> Event {
        Event {
            workspace: self.workspace.clone(),
            key: format!("call:{}", self.id),
            at: now,
            place: self.place.clone(),
            person: None,
            what: What::Abandoned { plugin: self.plugin.clone(), key: self.key.clone() },
        }
    }
}

/// Forgets at most `limit` that were opened before; returns how many. Nobody can ask about them any more.
pub(super) fn prune(connection: &Connection, before: Instant, limit: usize) -> rusqlite::Result<usize> {
    connection
        .prepare_cached("DELETE FROM calls WHERE id IN (SELECT id FROM calls INDEXED BY calls_at WHERE at < ?1 LIMIT ?2)")?
        .execute(params![Millis(before), Count(limit)])
}
