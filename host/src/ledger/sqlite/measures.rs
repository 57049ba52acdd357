//! What was decided about plugins and their builds.

use super::columns::{Json, Millis};
use crate::ledger::{MeasureChange, Taken};
use hatstand_common::value::PersonId;
use rusqlite::{Connection, Row, params};

/// The same measure again changes nothing: whoever took it first did.
pub(super) fn change(connection: &Connection, changes: &[MeasureChange]) -> rusqlite::Result<()> {
    for change in changes {
        match change {
            MeasureChange::Take(Taken { plugin, measure, by, at }) => connection
                .prepare_cached("INSERT OR IGNORE INTO measures (plugin, measure, person, at) VALUES (?1, ?2, ?3, ?4)")?
                .execute(params![plugin, Json(measure), by.as_ref().map(PersonId::as_str), Millis(*at)])?,
            MeasureChange::Lift { plugin, measure } => connection
                .prepare_cached("DELETE FROM measures WHERE plugin = ?1 AND measure = ?2")?
                .execute(params![plugin, Json(measure)])?,
        };
    }
    Ok(())
}

/// All that hold.
pub(super) fn all(connection: &Connection) -> rusqlite::Result<Vec<Taken>> {
    connection.prepare_cached("SELECT plugin, measure, person, at FROM measures ORDER BY plugin, measure")?.query_map([], read)?.collect()
}

fn read(row: &Row<'_>) -> rusqlite::Result<Taken> {
    let (Json(measure), Millis(at)) = (row.get(1)?, row.get(3)?);
    let by: Option<String> = row.get(2)?;
    Ok(Taken { plugin: row.get(0)?, measure, by: by.map(PersonId), at })
}
