//! What invocations were given, and what values were before they changed them.

use super::columns::{Count, Json, Millis};
use super::state;
use crate::ledger::recording::{Kept, Past, Recording};
use crate::model::{PluginName, WorkspaceId, Write};
use hatstand_common::value::Instant;
use rusqlite::{Connection, Row, params};
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

/// How many invocations can be run again, of all plugins.
const KEPT: usize = 10_000;

/// How many of one plugin, and how large their recordings are together.
pub(super) const KEPT_OF_PLUGIN: usize = 2_000;
const KEPT_BYTES: usize = 32 << 20;

/// Keeps a recording, and forgets the oldest of its plugin if they are too many now. To be called before its writes are applied: what is there
/// now is what they change.
pub(super) fn keep(connection: &Connection, recording: &Recording) -> rusqlite::Result<()> {
    let Recording { workspace, plugin, .. } = recording;
    let keys: BTreeSet<&str> = recording.effects.writes.iter().map(key_of).collect();
    let before = keys.into_iter().map(|key| Ok((key, state::get(connection, workspace, plugin, key)?)));
    let before: Vec<(&str, Option<Vec<u8>>)> = before.collect::<rusqlite::Result<_>>()?;
    let undone_bytes = before.iter().map(|(_, value)| value.as_ref().map_or(0, Vec::len)).sum();
    connection
        .prepare_cached(
            "INSERT INTO recordings (plugin, reference, digest, at, body, bytes) VALUES (?1, ?2, ?3, ?4, ?5, length(CAST(?5 AS BLOB)) + ?6)",
        )?
        .execute(params![plugin, recording.reference, recording.digest, Millis(recording.now), Json(recording), Count(undone_bytes)])?;
    let id = connection.last_insert_rowid();
    for (key, before) in before {
        connection
            .prepare_cached("INSERT INTO undone (recording, workspace, plugin, key, before) VALUES (?1, ?2, ?3, ?4, ?5)")?
            .execute(params![id, workspace, plugin, key, before])?;
    }
    forget_oldest(connection, plugin)
}

/// The last one stays, however large it is.
fn forget_oldest(connection: &Connection, plugin: &PluginName) -> rusqlite::Result<()> {
    let are_too_many = || {
        connection
            .prepare_cached(
                "SELECT EXISTS (SELECT 1 FROM recording_sizes WHERE plugin = ?1 AND (recordings > ?2 OR bytes > ?3) AND recordings > 1)",
            )?
            .query_row(params![plugin, Count(KEPT_OF_PLUGIN), Count(KEPT_BYTES)], |row| row.get(0))
    };
    while are_too_many()? {
        connection
            .prepare_cached(
                "DELETE FROM recordings WHERE id =
                     (SELECT id FROM recordings INDEXED BY recordings_of_plugin WHERE plugin = ?1 ORDER BY id LIMIT 1)",
            )?
            .execute([plugin])?;
    }
    Ok(())
}

fn key_of(write: &Write) -> &str {
    match write {
        Write::Set { key, .. } | Write::Delete { key } => key,
    }
}

/// Those with this reference, the newest first.
pub(super) fn called(connection: &Connection, reference: &str) -> rusqlite::Result<Vec<Past>> {
    let moment = connection.unchecked_transaction()?;
    let recorded = moment
        .prepare_cached("SELECT id, body FROM recordings WHERE reference = ?1 ORDER BY id DESC")?
        .query_map([reference], numbered)?
        .collect::<rusqlite::Result<_>>()?;
    as_it_was(&moment, recorded)
}

/// The last invocations of a plugin, the newest first.
pub(super) fn last(connection: &Connection, plugin: &PluginName, limit: usize) -> rusqlite::Result<Vec<Past>> {
    let moment = connection.unchecked_transaction()?;
    let recorded = moment
        .prepare_cached("SELECT id, body FROM recordings INDEXED BY recordings_of_plugin WHERE plugin = ?1 ORDER BY id DESC LIMIT ?2")?
        .query_map(params![plugin, Count(limit)], numbered)?
        .collect::<rusqlite::Result<_>>()?;
    as_it_was(&moment, recorded)
}

/// Each with what its plugin kept before it; the newest come first.
fn as_it_was(connection: &Connection, recorded: Vec<(i64, Recording)>) -> rusqlite::Result<Vec<Past>> {
    let mut rewinds: BTreeMap<(WorkspaceId, PluginName), Rewind> = BTreeMap::new();
    let mut past = Vec::new();
    for (id, recording) in recorded {
        let rewind = match rewinds.entry((recording.workspace.clone(), recording.plugin.clone())) {
            Entry::Occupied(begun) => begun.into_mut(),
            Entry::Vacant(none) => none.insert(Rewind::new(connection, &recording.workspace, &recording.plugin)?),
        };
        past.push(Past { kept: rewind.to(connection, id)?, recording });
    }
    Ok(past)
}

/// Forgets at most `limit` of the oldest recordings that are from before this moment or more than are kept; returns how many.
pub(super) fn prune(connection: &Connection, before: Instant, limit: usize) -> rusqlite::Result<usize> {
    let last: Option<i64> = connection
        .prepare_cached(
            "SELECT max(id) FROM (SELECT id, at, row_number() OVER (ORDER BY id) AS age FROM recordings ORDER BY id LIMIT ?2)
             WHERE at < ?1 OR age <= (SELECT sum(recordings) FROM recording_sizes) - ?3",
        )?
        .query_row(params![Millis(before), Count(limit), Count(KEPT)], |row| row.get(0))?;
    let Some(last) = last else { return Ok(0) };
    connection.prepare_cached("DELETE FROM recordings WHERE id <= ?1")?.execute([last])
}

fn numbered(row: &Row<'_>) -> rusqlite::Result<(i64, Recording)> {
    let Json(recording) = row.get(1)?;
    Ok((row.get(0)?, recording))
}

/// What a plugin keeps, taken back step by step.
struct Rewind {
    workspace: WorkspaceId,
    plugin: PluginName,
    kept: Kept,
    /// Everything from here on is undone already.
    from: i64,
}

impl Rewind {
    fn new(connection: &Connection, workspace: &WorkspaceId, plugin: &PluginName) -> rusqlite::Result<Self> {
        let now = state::scan(connection, workspace, plugin, "", None, usize::MAX)?;
        Ok(Self { workspace: workspace.clone(), plugin: plugin.clone(), kept: Kept::new(now), from: i64::MAX })
    }

    /// What it kept before this recording, which is older than the one before it.
    fn to(&mut self, connection: &Connection, recording: i64) -> rusqlite::Result<Kept> {
        let mut statement = connection.prepare_cached(
            "SELECT key, before FROM undone
             WHERE workspace = ?1 AND plugin = ?2 AND recording >= ?3 AND recording < ?4 ORDER BY recording DESC",
        )?;
        let mut rows = statement.query(params![self.workspace, self.plugin, recording, self.from])?;
        while let Some(row) = rows.next()? {
            self.kept.take_back(row.get(0)?, row.get(1)?);
        }
        self.from = recording;
        Ok(self.kept.clone())
    }
}
