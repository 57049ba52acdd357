//! Which builds of a plugin were live, in order.

use super::columns::Millis;
use crate::ledger::{Before, Generation};
use crate::model::PluginName;
use rusqlite::{Connection, OptionalExtension, Row, params};

/// Adds the build, unless it is the one that was live before.
pub(super) fn went_live(connection: &Connection, generation: &Generation) -> rusqlite::Result<Before> {
    match last(connection, &generation.plugin)? {
        Some(last) if last.digest == generation.digest => Ok(Before::Same),
        last => append(connection, generation).map(|()| last.map_or(Before::Nothing, Before::Other)),
    }
}

fn last(connection: &Connection, plugin: &PluginName) -> rusqlite::Result<Option<Generation>> {
    connection
        .prepare_cached("SELECT plugin, version, digest, at FROM generations WHERE plugin = ?1 ORDER BY id DESC LIMIT 1")?
        .query_row([plugin], read)
        .optional()
}

fn append(connection: &Connection, generation: &Generation) -> rusqlite::Result<()> {
    connection.prepare_cached("INSERT INTO generations (plugin, version, digest, at) VALUES (?1, ?2, ?3, ?4)")?.execute(params![
        generation.plugin,
        generation.version,
        generation.digest,
        Millis(generation.at)
    ])?;
    Ok(())
}

fn read(row: &Row<'_>) -> rusqlite::Result<Generation> {
    let Millis(at) = row.get(3)?;
    Ok(Generation { plugin: row.get(0)?, version: row.get(1)?, digest: row.get(2)?, at })
}
