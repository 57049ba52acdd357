//! What is to be said, what was said, and how it stands now.

use super::columns::{Count, Json, Millis};
use crate::ledger::{Fate, Said, SayId, Unsent};
use crate::model::{EventId, How, PluginName, Say, WorkspaceId};
use hatstand_common::message::Message;
use hatstand_common::value::{Instant, MessageId};
use rusqlite::{Connection, OptionalExtension, Row, params};

pub(super) fn add(connection: &Connection, workspace: &WorkspaceId, plugin: &PluginName, at: Instant, say: &Say) -> rusqlite::Result<()> {
    connection
        .prepare_cached("INSERT INTO outbox (workspace, message, plugin, at, body) VALUES (?1, ?2, ?3, ?4, ?5)")?
        .execute(params![workspace, say.id.as_str(), plugin, Millis(at), Json(say)])?;
    match &say.how {
        How::Edit { original, message, .. } => edit(connection, workspace, original, message),
        _ => Ok(()),
    }
}

/// What is delivered stays as it is: the edit is delivered after it.
fn edit(connection: &Connection, workspace: &WorkspaceId, original: &MessageId, message: &Message) -> rusqlite::Result<()> {
    let Some(Said { mut say, .. }) = self::message(connection, workspace, original)? else {
        return Ok(());
    };
    if let Some(original) = say.how.message_mut() {
        *original = message.clone();
    }
    connection.prepare_cached("UPDATE outbox SET edited = ?3 WHERE workspace = ?1 AND message = ?2")?.execute(params![
        workspace,
        original.as_str(),
        Json(say)
    ])?;
    Ok(())
}

pub(super) fn unsent(connection: &Connection, after: SayId, limit: usize) -> rusqlite::Result<Vec<Unsent>> {
    connection
        .prepare_cached(
            "SELECT id, workspace, plugin, body FROM outbox INDEXED BY outbox_unsent
             WHERE fate IS NULL AND id > ?1 ORDER BY id LIMIT ?2",
        )?
        .query_map(params![after, Count(limit)], read_unsent)?
        .collect()
}

fn read_unsent(row: &Row<'_>) -> rusqlite::Result<Unsent> {
    let Json(say) = row.get(3)?;
    Ok(Unsent { id: row.get(0)?, workspace: row.get(1)?, plugin: row.get(2)?, say })
}

pub(super) fn settle(connection: &Connection, say: SayId, fate: &Fate) -> rusqlite::Result<()> {
    let (word, service_id, why) = match fate {
        Fate::Sent { service_id } => ("sent", service_id.as_deref(), None),
        Fate::Failed { why } => ("failed", None, Some(why.as_str())),
    };
    connection
        .prepare_cached("UPDATE outbox SET fate = ?2, service_id = ?3, why = ?4 WHERE id = ?1 AND fate IS NULL")?
        .execute(params![say, word, service_id, why])?;
    Ok(())
}

pub(super) fn message(connection: &Connection, workspace: &WorkspaceId, id: &MessageId) -> rusqlite::Result<Option<Said>> {
    connection
        .prepare_cached("SELECT plugin, coalesce(edited, body), service_id FROM outbox WHERE workspace = ?1 AND message = ?2")?
        .query_row(params![workspace, id.as_str()], read_said)
        .optional()
}

pub(super) fn called(connection: &Connection, workspace: &WorkspaceId, service_id: &str) -> rusqlite::Result<Option<MessageId>> {
    connection
        .prepare_cached("SELECT message FROM outbox INDEXED BY outbox_called WHERE workspace = ?1 AND service_id = ?2")?
        .query_row(params![workspace, service_id], |row| row.get::<_, String>(0))
        .optional()
        .map(|id| id.map(MessageId))
}

/// What was said by an event, in order, as it was committed.
pub(super) fn of_event(connection: &Connection, workspace: &WorkspaceId, event: EventId) -> rusqlite::Result<Vec<Say>> {
    let (from, to) = identities_of(event);
    connection
        .prepare_cached("SELECT body FROM outbox WHERE workspace = ?1 AND message >= ?2 AND message < ?3 ORDER BY id")?
        .query_map(params![workspace, from, to], |row| row.get(0).map(|Json(say)| say))?
        .collect()
}

/// The rows of what was said by an event.
pub(super) fn ids_of_event(connection: &Connection, workspace: &WorkspaceId, event: EventId) -> rusqlite::Result<Vec<i64>> {
    let (from, to) = identities_of(event);
    connection
        .prepare_cached("SELECT id FROM outbox WHERE workspace = ?1 AND message >= ?2 AND message < ?3")?
        .query_map(params![workspace, from, to], |row| row.get(0))?
        .collect()
}

/// The identity of a message begins with its event's: from the first up to but without the second.
fn identities_of(event: EventId) -> (String, String) {
    // `/` comes after `.`.
    (format!("{}.", event.0), format!("{}/", event.0))
}

fn read_said(row: &Row<'_>) -> rusqlite::Result<Said> {
    let Json(say) = row.get(1)?;
    Ok(Said { plugin: row.get(0)?, say, service_id: row.get(2)? })
}

/// Forgets at most `limit` messages that nothing more will be done about; returns how many. A question needs its message.
pub(super) fn prune(connection: &Connection, before: Instant, limit: usize) -> rusqlite::Result<usize> {
    connection
        .prepare_cached(
            "DELETE FROM outbox WHERE id IN
                 (SELECT id FROM outbox INDEXED BY outbox_settled WHERE fate IS NOT NULL AND at < ?1
                      AND NOT EXISTS (SELECT 1 FROM timers INDEXED BY timers_asking
                                      WHERE timers.workspace = outbox.workspace AND timers.message = outbox.message
                                        AND timers.message IS NOT NULL)
                  LIMIT ?2)",
        )?
        .execute(params![Millis(before), Count(limit)])
}
