//! What is to happen later.

use super::columns::{Json, Millis};
use super::inbox;
use crate::ledger::Live;
use crate::model::{Event, PluginName, TimerChange, TimerId, What, WorkspaceId};
use hatstand_common::value::{Instant, Place};
use rusqlite::{Connection, OptionalExtension, Row, params};

pub(super) fn apply(connection: &Connection, workspace: &WorkspaceId, plugin: &PluginName, change: &TimerChange) -> rusqlite::Result<()> {
    match change {
        // Replacing takes the old row away, and the new one gets an id of its own.
        TimerChange::Set { key, due, payload, place } => connection
            .prepare_cached("INSERT OR REPLACE INTO timers (workspace, plugin, key, due, payload, place) VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?
            .execute(params![workspace, plugin, key, Millis(*due), payload, place.as_ref().map(Json)])?,
        TimerChange::Cancel { key } => connection
            .prepare_cached("DELETE FROM timers WHERE workspace = ?1 AND plugin = ?2 AND key = ?3")?
            .execute(params![workspace, plugin, key])?,
    };
    Ok(())
}

/// Takes this setting away; one that was replaced or cancelled is gone already.
pub(super) fn remove(connection: &Connection, timer: TimerId) -> rusqlite::Result<()> {
    connection.prepare_cached("DELETE FROM timers WHERE id = ?1")?.execute([timer])?;
    Ok(())
}

pub(super) fn next_due(connection: &Connection, live: &Live) -> rusqlite::Result<Option<Instant>> {
    connection
        .prepare_cached(
            "SELECT due FROM timers INDEXED BY timers_waiting
             WHERE fired = 0 AND plugin IN (SELECT value FROM json_each(?1)) ORDER BY due LIMIT 1",
        )?
        .query_row([Json(live)], |row| row.get(0).map(|Millis(due)| due))
        .optional()
}

pub(super) fn stands(connection: &Connection, timer: TimerId) -> rusqlite::Result<bool> {
    connection.prepare_cached("SELECT EXISTS (SELECT 1 FROM timers WHERE id = ?1)")?.query_row([timer], |row| row.get(0))
}

pub(super) fn count(connection: &Connection, workspace: &WorkspaceId, plugin: &PluginName) -> rusqlite::Result<usize> {
    let count: i64 = connection
        .prepare_cached("SELECT count(*) FROM timers WHERE workspace = ?1 AND plugin = ?2")?
        .query_row(params![workspace, plugin], |row| row.get(0))?;
    Ok(count.try_into().unwrap_or_default())
}

/// Turns every timer of these plugins that is due into an event; returns how many.
pub(super) fn fire_due(connection: &Connection, now: Instant, live: &Live) -> rusqlite::Result<usize> {
    let due = due(connection, now, live)?;
    for timer in &due {
        inbox::record(connection, &timer.event(now))?;
        connection.prepare_cached("UPDATE timers SET fired = 1 WHERE id = ?1")?.execute([timer.id])?;
    }
    Ok(due.len())
}

struct Timer {
    id: TimerId,
    workspace: WorkspaceId,
    plugin: PluginName,
    key: String,
    due: Instant,
    payload: Vec<u8>,
    place: Option<Place>,
}

fn due(connection: &Connection, now: Instant, live: &Live) -> rusqlite::Result<Vec<Timer>> {
    connection
        .prepare_cached(
            "SELECT id, workspace, plugin, key, due, payload, place
             FROM timers INDEXED BY timers_waiting
             WHERE fired = 0 AND due <= ?1 AND plugin IN (SELECT value FROM json_each(?2)) ORDER BY due, id",
        )?
        .query_map(params![Millis(now), Json(live)], Timer::read)?
        .collect()
}

impl Timer {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        let Millis(due) = row.get(4)?;
        let place: Option<Json<Place>> = row.get(6)?;
        Ok(Self {
            id: row.get(0)?,
            workspace: row.get(1)?,
            plugin: row.get(2)?,
            key: row.get(3)?,
            due,
            payload: row.get(5)?,
            place: place.map(|Json(place)| place),
        })
    }

    fn event(&self, now: Instant) -> Event {
        Event {
            workspace: self.workspace.clone(),
            key: format!("timer:{}", self.id.0),
            at: now,
            place: self.place.clone(),
            person: None,
            what: What::TimerDue {
                plugin: self.plugin.clone(),
                timer: self.id,
                key: self.key.clone(),
                payload: self.payload.clone(),
                due: self.due,
            },
        }
    }
}
