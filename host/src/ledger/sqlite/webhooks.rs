//! Received webhooks: known by their fingerprints, and waiting for their plugin among the [`timers`](super::timers).

use super::columns::{Count, Millis};
use super::timers::{self, Setting};
use crate::ledger::{Fingerprint, Received};
use crate::model::{Later, PluginName, WorkspaceId};
use hatstand_common::value::Instant;
use rusqlite::{Connection, params};

/// False for a repeat.
pub(super) fn receive(connection: &Connection, received: &Received) -> rusqlite::Result<bool> {
    let Received { workspace, plugin, seen, at, webhook } = received;
    for fingerprint in seen {
        if is_known(connection, workspace, plugin, fingerprint, *at)? {
            return Ok(false);
        }
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
    Ok(true)
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
