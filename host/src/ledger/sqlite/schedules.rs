//! Schedules, among what is to happen later: their next runs.

use super::timers::{self, Setting};
use crate::ledger::Planned;
use crate::model::{Later, PluginName, WorkspaceId};
use rusqlite::{Connection, params};
use std::collections::BTreeMap;

/// Was anything changed?
pub(super) fn plan(connection: &Connection, workspace: &WorkspaceId, plugin: &PluginName, planned: &[Planned]) -> rusqlite::Result<bool> {
    let mut there = there(connection, workspace, plugin)?;
    let mut changed = false;
    for Planned { schedule, due } in planned {
        let payload = timers::payload(schedule)?;
        if there.remove(&schedule.name).as_ref() != Some(&payload) {
            let setting = Setting { kind: Later::Schedule, key: &schedule.name, due: *due, payload: &payload, place: None, question: None };
            timers::set(connection, workspace, plugin, &setting)?;
            changed = true;
        }
    }
    for name in there.keys() {
        timers::cancel(connection, workspace, plugin, Later::Schedule, name)?;
        changed = true;
    }
    Ok(changed)
}

fn there(connection: &Connection, workspace: &WorkspaceId, plugin: &PluginName) -> rusqlite::Result<BTreeMap<String, Vec<u8>>> {
    connection
        .prepare_cached("SELECT key, payload FROM timers WHERE workspace = ?1 AND plugin = ?2 AND kind = ?3")?
        .query_map(params![workspace, plugin, Later::Schedule], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect()
}
