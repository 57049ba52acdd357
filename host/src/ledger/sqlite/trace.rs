//! What came of one event, from all the tables that know something of it.

use super::columns::Json;
use super::{audit, calls, outbox, outcomes};
use crate::ledger::{AuditEntry, Trace};
use crate::model::{EventId, WorkspaceId};
use rusqlite::{Connection, OptionalExtension, params};

/// Within one transaction, so that all of it is as of one moment.
pub(super) fn find(connection: &Connection, workspace: &WorkspaceId, key: &str) -> rusqlite::Result<Option<Trace>> {
    let moment = connection.unchecked_transaction()?;
    let Some((id, Json(event), finished)) = recorded(&moment, workspace, key)? else { return Ok(None) };
    Ok(Some(Trace {
        id,
        event,
        finished,
        entries: entries(&moment, id)?,
        says: outbox::of_event(&moment, workspace, id)?,
        call: calls::of_event(&moment, id)?,
    }))
}

/// The entries of an event, with the data that was too long for the audit.
fn entries(connection: &Connection, id: EventId) -> rusqlite::Result<Vec<AuditEntry>> {
    let mut entries = audit::of_event(connection, id)?;
    if let Some(data) = outcomes::of_event(connection, id)? {
        let left_out = AuditEntry::left_out(&data);
        entries.iter_mut().filter(|entry| entry.data == left_out).for_each(|entry| entry.data.clone_from(&data));
    }
    Ok(entries)
}

fn recorded<T>(connection: &Connection, workspace: &WorkspaceId, key: &str) -> rusqlite::Result<Option<(EventId, Json<T>, bool)>>
where
    T: serde::de::DeserializeOwned,
{
    connection
        .prepare_cached("SELECT id, body, finished IS NOT NULL FROM inbox WHERE workspace = ?1 AND key = ?2")?
        .query_row(params![workspace, key], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .optional()
}
