//! What came by webhook: known by its key for a year, and waiting for its plugin among the [`timers`](super::timers).

use super::columns::{Count, Millis};
use super::timers::{self, Setting};
use crate::ledger::{Receipt, Received};
use crate::model::Later;
use hatstand_common::value::Instant;
use rusqlite::{Connection, params};
use std::time::Duration;

/// How many of one webhook wait for their plugin, and how large they are together.
pub(super) const WAITING: usize = 10_000;
const WAITING_BYTES: usize = 256 << 20;

/// How much longer than its event a delivery is known.
const LONGER: Duration = Duration::from_secs(335 * 24 * 3600);

pub(super) fn receive(connection: &Connection, received: &Received) -> rusqlite::Result<Receipt> {
    if is_known(connection, received)? {
        return Ok(Receipt::Repeat);
    }
    if is_full(connection, received)? {
        return Ok(Receipt::Full);
    }
    let Received { workspace, plugin, key, at, webhook } = received;
    connection.prepare_cached("INSERT INTO received (workspace, plugin, key, at) VALUES (?1, ?2, ?3, ?4)")?.execute(params![
        workspace,
        plugin,
        key,
        Millis(*at)
    ])?;
    let payload = timers::payload(webhook)?;
    let setting = Setting { kind: Later::Webhook, key, due: *at, payload: &payload, place: None, question: None };
    timers::set(connection, workspace, plugin, &setting)?;
    Ok(Receipt::New)
}

fn is_known(connection: &Connection, Received { workspace, plugin, key, .. }: &Received) -> rusqlite::Result<bool> {
    connection
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM received WHERE workspace = ?1 AND plugin = ?2 AND key = ?3)")?
        .query_row(params![workspace, plugin, key], |row| row.get(0))
}

/// Do as many wait for the plugin as may?
fn is_full(connection: &Connection, Received { workspace, plugin, webhook, .. }: &Received) -> rusqlite::Result<bool> {
    connection
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM webhook_backlogs
                            WHERE workspace = ?1 AND plugin = ?2 AND webhook = ?3 AND (waiting >= ?4 OR bytes >= ?5))",
        )?
        .query_row(params![workspace, plugin, webhook.name, Count(WAITING), Count(WAITING_BYTES)], |row| row.get(0))
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
