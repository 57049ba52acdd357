//! Who did what, and what came of it.

use super::columns::{Count, Json, Millis, Nanos};
use crate::ledger::AuditEntry;
use hatstand_common::value::{PersonId, Place};
use rusqlite::{Connection, Row, params};

pub(super) fn append(connection: &Connection, entry: &AuditEntry) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO audit (reference, at, workspace, place, person, plugin, build, what, outcome, detail, took)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
        )?
        .execute(params![
            entry.reference,
            Millis(entry.at),
            entry.workspace,
            entry.place.as_ref().map(Json),
            entry.person.as_ref().map(PersonId::as_str),
            entry.plugin,
            entry.build,
            entry.what,
            entry.outcome,
            entry.detail,
            Nanos(entry.took),
        ])?;
    Ok(())
}

/// The last entries, newest first.
pub(super) fn last(connection: &Connection, limit: usize) -> rusqlite::Result<Vec<AuditEntry>> {
    connection
        .prepare_cached(
            "SELECT reference, at, workspace, place, person, plugin, build, what, outcome, detail, took
             FROM audit ORDER BY id DESC LIMIT ?1",
        )?
        .query_map([Count(limit)], read)?
        .collect()
}

fn read(row: &Row<'_>) -> rusqlite::Result<AuditEntry> {
    let Millis(at) = row.get(1)?;
    let place: Option<Json<Place>> = row.get(3)?;
    let person: Option<String> = row.get(4)?;
    let Nanos(took) = row.get(10)?;
    Ok(AuditEntry {
        reference: row.get(0)?,
        at,
        workspace: row.get(2)?,
        place: place.map(|Json(place)| place),
        person: person.map(PersonId),
        plugin: row.get(5)?,
        build: row.get(6)?,
        what: row.get(7)?,
        outcome: row.get(8)?,
        detail: row.get(9)?,
        took,
    })
}
