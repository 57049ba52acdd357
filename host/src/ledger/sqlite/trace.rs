//! What came of one event, from all the tables that know something of it.

use super::columns::Json;
use super::{audit, calls, outbox};
use crate::ledger::Trace;
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
        entries: audit::of_event(&moment, id)?,
        says: outbox::of_event(&moment, workspace, id)?,
        call: calls::of_event(&moment, id)?,
    }))
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
