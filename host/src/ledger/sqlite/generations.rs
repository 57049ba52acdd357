//! Which builds of a plugin served, in order, and the bytes of each.

use super::columns::{Count, Json, Millis};
use super::commit;
use super::measures;
use super::operation::Touched;
use crate::ledger::{Generation, Leaving, Swap};
use crate::model::PluginName;
use hatstand_common::value::{Instant, PersonId};
use rusqlite::{Connection, OptionalExtension, Row, params};

const GENERATION: &str = "plugin, version, digest, state, at, cause, person, reference, gone, leaving";

/// So many of the last generations of a plugin keep their bytes, so that it can be gone back to them.
const KEPT: usize = 10;

/// So many generations of a plugin are remembered.
const REMEMBERED: usize = 1_000;

/// The caller's savepoint makes it all or nothing.
pub(super) fn swap(connection: &Connection, touched: &mut Touched, swap: &Swap) -> rusqlite::Result<()> {
    let generation = &swap.generation;
    keep(connection, &generation.digest, &swap.bytes)?;
    leave(connection, &generation.plugin, generation.at, &swap.before)?;
    append(connection, generation)?;
    for told in &swap.told {
        commit::apply(connection, touched, told)?;
    }
    measures::change(connection, &swap.measures)
}

/// The build that serves does not any more; nothing changes if none does.
pub(super) fn leave(connection: &Connection, plugin: &PluginName, at: Instant, why: &Leaving) -> rusqlite::Result<()> {
    connection.prepare_cached("UPDATE generations SET gone = ?2, leaving = ?3 WHERE plugin = ?1 AND gone IS NULL")?.execute(params![
        plugin,
        Millis(at),
        Json(why)
    ])?;
    Ok(())
}

/// The builds that serve.
pub(super) fn serving(connection: &Connection) -> rusqlite::Result<Vec<Generation>> {
    connection
        .prepare_cached(&format!("SELECT {GENERATION} FROM generations INDEXED BY generations_serving WHERE gone IS NULL ORDER BY plugin"))?
        .query_map([], read)?
        .collect()
}

/// Those of a plugin, the newest first.
pub(super) fn of_plugin(connection: &Connection, plugin: &PluginName, limit: usize) -> rusqlite::Result<Vec<Generation>> {
    connection
        .prepare_cached(&format!(
            "SELECT {GENERATION} FROM generations INDEXED BY generations_of_plugin WHERE plugin = ?1 ORDER BY id DESC LIMIT ?2"
        ))?
        .query_map(params![plugin, Count(limit)], read)?
        .collect()
}

/// The bytes of a build.
pub(super) fn build(connection: &Connection, digest: &str) -> rusqlite::Result<Option<Vec<u8>>> {
    connection.prepare_cached("SELECT bytes FROM builds WHERE digest = ?1")?.query_row([digest], |row| row.get(0)).optional()
}

/// Forgets at most `limit` of those that left long ago: there are newer ones of the plugin to be told about.
pub(super) fn prune(connection: &Connection, limit: usize) -> rusqlite::Result<usize> {
    connection
        .prepare_cached(
            "DELETE FROM generations WHERE id IN (
                 SELECT id FROM (SELECT id, gone, row_number() OVER (PARTITION BY plugin ORDER BY id DESC) AS age FROM generations)
                 WHERE age > ?1 AND gone IS NOT NULL
                 LIMIT ?2)",
        )?
        .execute(params![Count(REMEMBERED), Count(limit)])
}

/// Forgets the bytes of at most `limit` builds that it will not be gone back to, and that no recording needs.
pub(super) fn prune_builds(connection: &Connection, limit: usize) -> rusqlite::Result<usize> {
    connection
        .prepare_cached(
            "DELETE FROM builds WHERE digest IN (
                 SELECT digest FROM builds
                 WHERE digest NOT IN (SELECT digest FROM recordings)
                     AND digest NOT IN (
                         SELECT digest FROM (SELECT digest, row_number() OVER (PARTITION BY plugin ORDER BY id DESC) AS age FROM generations)
                         WHERE age <= ?1)
                 LIMIT ?2)",
        )?
        .execute(params![Count(KEPT), Count(limit)])
}

fn keep(connection: &Connection, digest: &str, bytes: &[u8]) -> rusqlite::Result<()> {
    connection.prepare_cached("INSERT OR IGNORE INTO builds (digest, bytes) VALUES (?1, ?2)")?.execute(params![digest, bytes])?;
    Ok(())
}

fn append(connection: &Connection, generation: &Generation) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO generations (plugin, version, digest, state, at, cause, person, reference) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        )?
        .execute(params![
            generation.plugin,
            generation.version,
            generation.digest,
            generation.state,
            Millis(generation.at),
            Json(generation.cause),
            generation.by.as_ref().map(PersonId::as_str),
            generation.reference
        ])?;
    Ok(())
}

fn read(row: &Row<'_>) -> rusqlite::Result<Generation> {
    let Millis(at) = row.get("at")?;
    let Json(cause) = row.get("cause")?;
    let by: Option<String> = row.get("person")?;
    let gone: Option<Millis> = row.get("gone")?;
    let leaving: Option<Json<Leaving>> = row.get("leaving")?;
    Ok(Generation {
        plugin: row.get("plugin")?,
        version: row.get("version")?,
        digest: row.get("digest")?,
        state: row.get("state")?,
        at,
        cause,
        by: by.map(PersonId),
        reference: row.get("reference")?,
        left: gone.zip(leaving).map(|(Millis(at), Json(why))| (at, why)),
    })
}
