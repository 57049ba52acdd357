//! Who did what, and what came of it.

use super::chain;
use super::columns::{Count, Json, Millis, Nanos};
use crate::ledger::{AuditEntry, AuditQuery};
use crate::model::EventId;
use hatstand_common::program::Program;
use hatstand_common::value::{PersonId, Place};
use rusqlite::types::{ToSqlOutput, Value};
use rusqlite::{Connection, Row, ToSql, params, params_from_iter};

/// Adds a row to the chain. The row before is looked up every time: another process may have added one.
pub(super) fn append(connection: &Connection, entry: &AuditEntry) -> rusqlite::Result<()> {
    let head = chain::head(connection)?;
    let mut row = row(head.map_or(1, |head| head.number + 1), entry)?;
    let about = Value::Text(entry.about.clone());
    let hash = chain::next(head, &chain::with_about(row.clone(), about.clone()));
    row.extend([about, Value::Blob(hash.to_vec())]);
    connection
        .prepare_cached(&format!(
            "INSERT INTO audit ({}, {}, hash)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20)",
            chain::COLUMNS,
            chain::ABOUT
        ))?
        .execute(params_from_iter(row))?;
    Ok(())
}

/// The values of a row, in the order in which they are hashed.
fn row(number: i64, entry: &AuditEntry) -> rusqlite::Result<Vec<Value>> {
    let place = entry.place.as_ref().map(Json);
    let person = entry.person.as_ref().map(PersonId::as_str);
    let columns: [&dyn ToSql; 18] = [
        &number,
        &entry.reference,
        &Millis(entry.at),
        &entry.workspace,
        &place,
        &entry.channel,
        &person,
        &entry.called,
        &entry.plugin,
        &entry.build,
        &entry.event,
        &entry.line,
        &entry.what,
        &entry.rule,
        &entry.outcome,
        &entry.detail,
        &entry.data,
        &Nanos(entry.took),
    ];
    columns.into_iter().map(owned).collect()
}

fn owned(column: &dyn ToSql) -> rusqlite::Result<Value> {
    match column.to_sql()? {
        ToSqlOutput::Borrowed(value) => value.try_into().map_err(|why| rusqlite::Error::ToSqlConversionFailure(Box::new(why))),
        ToSqlOutput::Owned(value) => Ok(value),
        _ => Err(rusqlite::Error::ToSqlConversionFailure("it is no value of a column".into())),
    }
}

/// What an entry is read from.
const ENTRY: &str =
    "reference, at, workspace, place, channel, person, called, plugin, build, event, line, what, rule, outcome, detail, data, about, took";

/// The entries to which everything fits, newest first.
pub(super) fn find(connection: &Connection, query: &AuditQuery) -> rusqlite::Result<Vec<AuditEntry>> {
    let (from, to) = query.person.as_deref().map(acting_for).unzip();
    connection
        .prepare_cached(&format!(
            "SELECT {ENTRY} FROM audit
             WHERE (?1 IS NULL OR workspace = ?1)
                 AND (?2 IS NULL OR at >= ?2)
                 AND (?3 IS NULL OR at < ?3)
                 AND (?4 IS NULL OR person = ?4 OR called = ?4 COLLATE NOCASE OR (person >= ?5 AND person < ?6))
                 AND (?7 IS NULL OR plugin = ?7)
                 AND (?8 IS NULL OR channel = ?8 COLLATE NOCASE OR place ->> 'channel' = ?8)
                 AND (?9 IS NULL OR substr(outcome, 1, length(?9)) = ?9)
                 AND (?10 IS NULL OR about = ?10)
             ORDER BY id DESC LIMIT ?11"
        ))?
        .query_map(
            params![
                query.workspace,
                query.since.map(Millis),
                query.until.map(Millis),
                query.person,
                from,
                to,
                query.plugin,
                query.channel,
                query.outcome,
                query.about,
                Count(query.limit)
            ],
            read,
        )?
        .collect()
}

/// Between which ids those are that act with a token for something: from the first up to but without the second.
fn acting_for(token: &str) -> (String, String) {
    let PersonId(from) = Program { token, acts_for: Some("") }.id();
    // `;` comes after `:`.
    let to = format!("{};", from.trim_end_matches(':'));
    (from, to)
}

/// What was written down of an event, oldest first.
pub(super) fn of_event(connection: &Connection, event: EventId) -> rusqlite::Result<Vec<AuditEntry>> {
    connection
        .prepare_cached(&format!("SELECT {ENTRY} FROM audit INDEXED BY audit_of_event WHERE event = ?1 ORDER BY id"))?
        .query_map([event], read)?
        .collect()
}

fn read(row: &Row<'_>) -> rusqlite::Result<AuditEntry> {
    let Millis(at) = row.get("at")?;
    let place: Option<Json<Place>> = row.get("place")?;
    let person: Option<String> = row.get("person")?;
    let Nanos(took) = row.get("took")?;
    Ok(AuditEntry {
        reference: row.get("reference")?,
        at,
        workspace: row.get("workspace")?,
        place: place.map(|Json(place)| place),
        channel: row.get("channel")?,
        person: person.map(PersonId),
        called: row.get("called")?,
        plugin: row.get("plugin")?,
        build: row.get("build")?,
        event: row.get("event")?,
        line: row.get("line")?,
        what: row.get("what")?,
        rule: row.get("rule")?,
        outcome: row.get("outcome")?,
        detail: row.get("detail")?,
        data: row.get("data")?,
        about: row.get("about")?,
        took,
    })
}
