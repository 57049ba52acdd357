//! What came by webhook: known by its key for a year, and waiting for its plugin among the [`timers`](super::timers).

use super::columns::{Count, Millis};
use super::timers::{self, Setting};
use crate::ledger::Received;
use crate::model::Later;
use hatstand_common::value::Instant;
use rusqlite::{Connection, params};
use std::time::Duration;

/// How much longer than its event a delivery is known.
const LONGER: Duration = Duration::from_secs(335 * 24 * 3600);

/// False for a repeat.
pub(super) fn receive(connection: &Connection, received: &Received) -> rusqlite::Result<bool> {
    let Received { workspace, plugin, key, at, webhook } = received;
    let is_new = connection
        .prepare_cached("INSERT OR IGNORE INTO received (workspace, plugin, key, at) VALUES (?1, ?2, ?3, ?4)")?
        .execute(params![workspace, plugin, key, Millis(*at)])?
        > 0;
    if is_new {
        let payload = timers::payload(webhook)?;
        let setting = Setting { kind: Later::Webhook, key, due: *at, payload: &payload, place: None, question: None };
        timers::set(connection, workspace, plugin, &setting)?;
    }
    Ok(is_new)
}

/// Forgets at most `limit` of those that came long before; returns how many.
pub(super) fn prune(connection: &Connection, before: Instant, limit: usize) -> rusqlite::Result<usize> {
    connection
        .prepare_cached(
            "DELETE FROM received WHERE (workspace, plugin, key) IN
                 (SELECT workspace, plugin, key FROM received INDEXED BY received_at WHERE at < ?1 LIMIT ?2)",
        )?
        .execute(params![Millis(before - LONGER), Count(limit)])
}
