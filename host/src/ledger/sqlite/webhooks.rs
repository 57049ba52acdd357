//! Received webhooks: known by their fingerprints, and waiting for their plugin among the [`timers`](super::timers).

use super::columns::{Count, Millis};
use super::timers::{self, Setting};
use crate::ledger::{Fingerprint, Receipt, Received};
use crate::model::{Later, PluginName, WorkspaceId};
use hatstand_common::value::Instant;
use rusqlite::{Connection, params};

/// How many of one webhook wait for their plugin, and how large they are together.
pub(super) const WAITING: usize = 10_000;
const WAITING_BYTES: usize = 256 << 20;

pub(super) fn receive(connection: &Connection, received: &Received) -> rusqlite::Result<Receipt> {
    let Received { workspace, plugin, seen, at, webhook } = received;
    for fingerprint in seen {
        if is_known(connection, workspace, plugin, fingerprint, *at)? {
            return Ok(Receipt::Repeat);
        }
    }
    if is_full(connection, received)? {
        return Ok(Receipt::Full);
    }
    for Fingerprint { key, .. } in seen {
        connection
            .prepare_cached("INSERT OR REPLACE INTO received (workspace, plugin, key, at) VALUES (?1, ?2, ?3, ?4)")?
            .execute(params![workspace, plugin, key, Millis(*at)])?;
    }
    let payload = timers::payload(webhook)?;
    // An equal one may still wait for its plugin, from before the window.
    let key = format!("{}:{}", seen.first().map_or("", |fingerprint| fingerprint.key.as_str()), at.0);
    let setting = Setting { kind: Later::Webhook, key: &key, due: *at, payload: &payload, place: None, question: None };
    timers::set(connection, workspace, plugin, &setting)?;
    Ok(Receipt::New)
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

fn is_known(
    connection: &Connection,
    workspace: &WorkspaceId,
    plugin: &PluginName,
    Fingerprint { key, window }: &Fingerprint,
    at: Instant,
) -> rusqlite::Result<bool> {
    connection
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM received WHERE workspace = ?1 AND plugin = ?2 AND key = ?3 AND at > ?4)")?
        .query_row(params![workspace, plugin, key, Millis(at - *window)], |row| row.get(0))
}

/// Forgets at most `limit` that came before; returns how many.
pub(super) fn prune(connection: &Connection, before: Instant, limit: usize) -> rusqlite::Result<usize> {
    connection
        .prepare_cached(
            "DELETE FROM received WHERE (workspace, plugin, key) IN
                 (SELECT workspace, plugin, key FROM received INDEXED BY received_at WHERE at < ?1 LIMIT ?2)",
        )?
        .execute(params![Millis(before), Count(limit)])
}
