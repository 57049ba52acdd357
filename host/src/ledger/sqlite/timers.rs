//! What is to happen later: timers, the deadlines of [`questions`](super::questions), the next runs of [`schedules`](super::schedules); and what came
//! from outside, [responses](super::requests) and [`webhooks`](super::webhooks), and waits for its plugin.

use super::columns::{Count, Json, Millis};
use super::{columns, inbox};
use crate::ledger::{Again, Live};
use crate::model::{Event, Later, PluginName, Question, TimerChange, TimerId, What, WorkspaceId};
use hatstand_common::value::{Instant, Place};
use rusqlite::types::Type;
use rusqlite::{Connection, Row, params};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// How many fire at once.
pub(super) const PAGE: usize = 64;

pub(super) fn apply(connection: &Connection, workspace: &WorkspaceId, plugin: &PluginName, change: &TimerChange) -> rusqlite::Result<()> {
    match change {
        TimerChange::Set { key, due, payload, place } => set(
            connection,
            workspace,
            plugin,
            &Setting { kind: Later::Timer, key, due: *due, payload, place: place.as_ref(), question: None },
        ),
        TimerChange::Cancel { key } => cancel(connection, workspace, plugin, Later::Timer, key),
    }
}

/// A row to be made.
pub(super) struct Setting<'a> {
    pub(super) kind: Later,
    pub(super) key: &'a str,
    pub(super) due: Instant,
    pub(super) payload: &'a [u8],
    pub(super) place: Option<&'a Place>,
    /// How a question is found.
    pub(super) question: Option<&'a Question>,
}

/// Replacing takes the old row away, and the new one gets an id of its own.
pub(super) fn set(connection: &Connection, workspace: &WorkspaceId, plugin: &PluginName, setting: &Setting<'_>) -> rusqlite::Result<()> {
    let Setting { kind, key, due, payload, place, question } = setting;
    let message = question.map(|question| question.message.as_str());
    let person = question.filter(|question| question.text).map(|question| question.to.as_str());
    connection
        .prepare_cached(
            "INSERT OR REPLACE INTO timers (workspace, plugin, kind, key, due, payload, place, message, person)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        )?
        .execute(params![workspace, plugin, kind, key, Millis(*due), payload, place.map(Json), message, person])?;
    Ok(())
}

/// Sets the same once more for another moment; nothing if it does not stand any more.
pub(super) fn set_again(connection: &Connection, timer: TimerId, again: Again) -> rusqlite::Result<()> {
    let (Again::Due(due) | Again::Retry(due)) = again;
    connection
        .prepare_cached(
            "INSERT OR REPLACE INTO timers (workspace, plugin, kind, key, due, payload, place, message, person, first_due)
             SELECT workspace, plugin, kind, key, ?2, payload, place, message, person, iif(?3, coalesce(first_due, due), NULL)
             FROM timers WHERE id = ?1",
        )?
        .execute(params![timer, Millis(due), matches!(again, Again::Retry(_))])?;
    Ok(())
}

pub(super) fn cancel(
    connection: &Connection,
    workspace: &WorkspaceId,
    plugin: &PluginName,
    kind: Later,
    key: &str,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached("DELETE FROM timers WHERE workspace = ?1 AND plugin = ?2 AND kind = ?3 AND key = ?4")?
        .execute(params![workspace, plugin, kind, key])?;
    Ok(())
}

/// Takes this setting away; one that was replaced or cancelled is gone already.
pub(super) fn remove(connection: &Connection, timer: TimerId) -> rusqlite::Result<()> {
    connection.prepare_cached("DELETE FROM timers WHERE id = ?1")?.execute([timer])?;
    Ok(())
}

/// When the next of these plugins' timers is due.
pub(super) const NEXT: &str = "
    SELECT min((SELECT due FROM timers INDEXED BY timers_waiting WHERE fired = 0 AND plugin = live.value ORDER BY due LIMIT 1))
    FROM json_each(?1) AS live";

pub(super) fn next_due(connection: &Connection, live: &Live) -> rusqlite::Result<Option<Instant>> {
    let next: Option<Millis> = connection.prepare_cached(NEXT)?.query_row([Json(live)], |row| row.get(0))?;
    Ok(next.map(|Millis(due)| due))
}

pub(super) fn stands(connection: &Connection, timer: TimerId) -> rusqlite::Result<bool> {
    connection.prepare_cached("SELECT EXISTS (SELECT 1 FROM timers WHERE id = ?1)")?.query_row([timer], |row| row.get(0))
}

pub(super) fn is_retry(connection: &Connection, timer: TimerId) -> rusqlite::Result<bool> {
    connection
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM timers WHERE id = ?1 AND first_due IS NOT NULL)")?
        .query_row([timer], |row| row.get(0))
}

pub(super) fn is_set(
    connection: &Connection,
    workspace: &WorkspaceId,
    plugin: &PluginName,
    kind: Later,
    key: &str,
) -> rusqlite::Result<bool> {
    connection
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM timers WHERE workspace = ?1 AND plugin = ?2 AND kind = ?3 AND key = ?4)")?
        .query_row(params![workspace, plugin, kind, key], |row| row.get(0))
}

pub(super) fn count(connection: &Connection, workspace: &WorkspaceId, plugin: &PluginName, kind: Later) -> rusqlite::Result<usize> {
    columns::count(
        connection.prepare_cached("SELECT count(*) FROM timers WHERE workspace = ?1 AND plugin = ?2 AND kind = ?3")?,
        params![workspace, plugin, kind],
    )
}

/// Turns the timers of these plugins that are due first into events: a page of them, because each event is as large as its timer. Returns
/// how many.
pub(super) fn fire_due(connection: &Connection, now: Instant, live: &Live) -> rusqlite::Result<usize> {
    let due = due(connection, now, live)?;
    for timer in &due {
        let event = connection
            .prepare_cached("SELECT id, workspace, plugin, kind, key, coalesce(first_due, due), payload, place FROM timers WHERE id = ?1")?
            .query_row([timer], |row| event(row, now))?;
        inbox::record(connection, &event)?;
        connection.prepare_cached("UPDATE timers SET fired = 1 WHERE id = ?1")?.execute([timer])?;
    }
    Ok(due.len())
}

/// Those that are due first, of each plugin no more than are asked for in all.
pub(super) const DUE: &str = "
    SELECT waiting.id FROM json_each(?2) AS live CROSS JOIN timers AS waiting
    WHERE waiting.id IN (
        SELECT id FROM timers INDEXED BY timers_waiting
        WHERE fired = 0 AND plugin = live.value AND due <= ?1 ORDER BY due, id LIMIT ?3)
    ORDER BY waiting.due, waiting.id LIMIT ?3";

fn due(connection: &Connection, now: Instant, live: &Live) -> rusqlite::Result<Vec<TimerId>> {
    connection.prepare_cached(DUE)?.query_map(params![Millis(now), Json(live), Count(PAGE)], |row| row.get(0))?.collect()
}

fn event(row: &Row<'_>, now: Instant) -> rusqlite::Result<Event> {
    let what = what(row)?;
    let place: Option<Json<Place>> = row.get(7)?;
    let person = match &what {
        What::QuestionExpired { question, .. } => Some(question.to.clone()),
        _ => None,
    };
    Ok(Event {
        workspace: row.get(1)?,
        key: format!("timer:{}", row.get::<_, TimerId>(0)?.0),
        at: now,
        place: place.map(|Json(place)| place),
        person,
        what,
    })
}

fn what(row: &Row<'_>) -> rusqlite::Result<What> {
    let (timer, plugin): (TimerId, PluginName) = (row.get(0)?, row.get(2)?);
    let Millis(due) = row.get(5)?;
    Ok(match row.get(3)? {
        Later::Timer => What::TimerDue { plugin, timer, key: row.get(4)?, payload: row.get(6)?, due },
        Later::Question => What::QuestionExpired { plugin, timer, question: whole(row, 6)? },
        Later::Schedule => What::ScheduleDue { plugin, timer, schedule: whole(row, 6)?, due },
        Later::Response => What::Responded { plugin, timer, response: whole(row, 6)? },
        Later::Webhook => What::Received { plugin, timer, webhook: whole(row, 6)? },
    })
}

/// As a payload, what is no timer of a plugin's own.
pub(super) fn payload(whole: &impl Serialize) -> rusqlite::Result<Vec<u8>> {
    serde_json::to_vec(whole).map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))
}

pub(super) fn whole<T: DeserializeOwned>(row: &Row<'_>, column: usize) -> rusqlite::Result<T> {
    let payload: Vec<u8> = row.get(column)?;
    serde_json::from_slice(&payload).map_err(|error| rusqlite::Error::FromSqlConversionFailure(column, Type::Blob, error.into()))
}
