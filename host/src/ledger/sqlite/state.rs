//! What plugins remember.

use super::columns::Count;
use crate::ledger::StateSize;
use crate::model::{PluginName, WorkspaceId, Write};
use rusqlite::{Connection, OptionalExtension, params};

pub(super) fn get(connection: &Connection, workspace: &WorkspaceId, plugin: &PluginName, key: &str) -> rusqlite::Result<Option<Vec<u8>>> {
    connection
        .prepare_cached("SELECT value FROM state WHERE workspace = ?1 AND plugin = ?2 AND key = ?3")?
        .query_row(params![workspace, plugin, key], |row| row.get(0))
        .optional()
}

pub(super) fn scan(
    connection: &Connection,
    workspace: &WorkspaceId,
    plugin: &PluginName,
    prefix: &str,
    after: Option<&str>,
    limit: usize,
) -> rusqlite::Result<Vec<(String, Vec<u8>)>> {
    // Keys are compared byte by byte, so those with the prefix stand together, from the prefix itself on.
    let from = after.map_or(prefix, |after| after.max(prefix));
    let mut statement = connection.prepare_cached(
        "SELECT key, value FROM state
         WHERE workspace = ?1 AND plugin = ?2 AND key >= ?3 AND key IS NOT ?4 ORDER BY key",
    )?;
    let mut rows = statement.query(params![workspace, plugin, from, after])?;
    let mut entries = Vec::new();
    while entries.len() < limit
        && let Some(row) = rows.next()?
    {
        let key: String = row.get(0)?;
        if !key.starts_with(prefix) {
            break;
        }
        entries.push((key, row.get(1)?));
    }
    Ok(entries)
}

/// How much a plugin keeps.
pub(super) fn size(connection: &Connection, workspace: &WorkspaceId, plugin: &PluginName) -> rusqlite::Result<StateSize> {
    let size = connection
        .prepare_cached("SELECT keys, bytes FROM state_sizes WHERE workspace = ?1 AND plugin = ?2")?
        .query_row(params![workspace, plugin], |row| {
            let (Count(keys), Count(bytes)) = (row.get(0)?, row.get(1)?);
            Ok(StateSize { keys, bytes })
        })
        .optional()?;
    Ok(size.unwrap_or_default())
}

pub(super) fn apply(connection: &Connection, workspace: &WorkspaceId, plugin: &PluginName, write: &Write) -> rusqlite::Result<()> {
    match write {
        Write::Set { key, value } => connection
            .prepare_cached(
                "INSERT INTO state (workspace, plugin, key, value) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (workspace, plugin, key) DO UPDATE SET value = excluded.value",
            )?
            .execute(params![workspace, plugin, key, value])?,
        Write::Delete { key } => connection
            .prepare_cached("DELETE FROM state WHERE workspace = ?1 AND plugin = ?2 AND key = ?3")?
            .execute(params![workspace, plugin, key])?,
    };
    Ok(())
}
