//! Data subjects: finds what the ledger keeps about a person, in all tables; [`export`] hands it out, [`forget`] removes it.

mod export;
mod forget;
#[cfg(test)]
mod tests;

use crate::ledger::Subject;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, Row};
use serde_json::{Map, Value, json};

/// A row by the names of its columns: JSON as JSON, other text as text, bytes as text where they are.
type Fields = Map<String, Value>;

/// A table in which people occur.
#[derive(Clone, Copy, Debug)]
struct Table {
    name: &'static str,
    /// What of it is looked through and handed out.
    columns: &'static str,
    order: &'static str,
}

const AUDIT: Table = Table {
    name: "audit",
    columns: "id, reference, at, workspace, place, channel, person, called, plugin, build, event, line, what, rule, outcome, detail, data, about, \
              took",
    order: "id",
};
const INBOX: Table = Table { name: "inbox", columns: "id, workspace, key, body, finished", order: "id" };
const OUTBOX: Table =
    Table { name: "outbox", columns: "id, workspace, message, plugin, at, body, edited, fate, service_id, why", order: "id" };
const RECORDINGS: Table = Table { name: "recordings", columns: "id, plugin, reference, at, body", order: "id" };
const UNDONE: Table = Table { name: "undone", columns: "recording, workspace, plugin, key, before", order: "recording" };
const CALLS: Table = Table { name: "calls", columns: "id, workspace, plugin, key, event, at, code, data", order: "id" };
const OUTCOMES: Table = Table { name: "outcomes", columns: "event, at, data", order: "event" };
const ROLES: Table = Table { name: "roles", columns: "workspace, role, person, giver, at", order: "workspace, role, person" };
const SETTINGS: Table = Table { name: "settings", columns: "workspace, plugin, name, value, setter, at", order: "workspace, plugin, name" };
const MEASURES: Table = Table { name: "measures", columns: "plugin, measure, person, at", order: "plugin, measure" };
const GENERATIONS: Table = Table { name: "generations", columns: "id, plugin, version, at, person, reference, gone, leaving", order: "id" };
const TIMERS: Table =
    Table { name: "timers", columns: "id, workspace, plugin, kind, key, due, payload, place, message, person", order: "id" };
const REQUESTS: Table = Table { name: "requests", columns: "id, workspace, plugin, reference, about, place, body, due", order: "id" };
const STATE: Table = Table { name: "state", columns: "workspace, plugin, key, value", order: "workspace, plugin, key" };

/// All of them, under the names by which they are handed out.
const TABLES: [(&str, Table); 14] = [
    ("audit", AUDIT),
    ("events", INBOX),
    ("messages", OUTBOX),
    ("recordings", RECORDINGS),
    ("state-before", UNDONE),
    ("calls", CALLS),
    ("outcomes", OUTCOMES),
    ("roles", ROLES),
    ("settings", SETTINGS),
    ("decisions", MEASURES),
    ("builds", GENERATIONS),
    ("waiting", TIMERS),
    ("requests", REQUESTS),
    ("state", STATE),
];

/// Every row of a table in which the person occurs, in order.
fn each(
    connection: &Connection,
    table: Table,
    subject: &Subject,
    mut take: impl FnMut(Fields) -> rusqlite::Result<()>,
) -> rusqlite::Result<()> {
    let Table { name, columns, order } = table;
    // SQLite finds rows with the same letters; whether they are a word, and not part of one, is looked at here.
    let holds = |column: &str| {
        format!("instr(CAST({column} AS BLOB), CAST(?1 AS BLOB)) > 0 OR instr(CAST({column} AS BLOB), CAST(?2 AS BLOB)) > 0")
    };
    let anywhere = columns.split(',').map(|column| holds(column.trim())).collect::<Vec<_>>().join(" OR ");
    let mut statement = connection.prepare(&format!("SELECT {columns} FROM {name} WHERE {anywhere} ORDER BY {order}"))?;
    let id = subject.id().as_str();
    let escaped = json!(id).to_string();
    let mut rows = statement.query([id, escaped.trim_matches('"')])?;
    while let Some(row) = rows.next()? {
        if occurs(row, columns.split(',').count(), subject)? {
            take(fields(row)?)?;
        }
    }
    Ok(())
}

fn occurs(row: &Row<'_>, columns: usize, subject: &Subject) -> rusqlite::Result<bool> {
    for column in 0..columns {
        if let ValueRef::Text(bytes) | ValueRef::Blob(bytes) = row.get_ref(column)?
            && subject.is_in_bytes(bytes)
        {
            return Ok(true);
        }
    }
    Ok(false)
}

fn all(connection: &Connection, table: Table, subject: &Subject) -> rusqlite::Result<Vec<Fields>> {
    let mut found = Vec::new();
    each(connection, table, subject, |fields| {
        found.push(fields);
        Ok(())
    })?;
    Ok(found)
}

fn fields(row: &Row<'_>) -> rusqlite::Result<Fields> {
    let names = row.as_ref().column_names();
    names.into_iter().enumerate().map(|(column, name)| Ok((name.to_owned(), value(row.get_ref(column)?)))).collect()
}

fn value(column: ValueRef<'_>) -> Value {
    match column {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(number) => json!(number),
        ValueRef::Real(number) => json!(number),
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => legible(bytes),
    }
}

fn legible(bytes: &[u8]) -> Value {
    let is_structured = matches!(bytes.first(), Some(b'{' | b'['));
    match std::str::from_utf8(bytes) {
        Ok(text) if is_structured => serde_json::from_str(text).unwrap_or_else(|_| json!(text)),
        Ok(text) => json!(text),
        Err(_) => json!(bytes),
    }
}

fn number(fields: &Fields, column: &str) -> Option<i64> {
    fields.get(column).and_then(Value::as_i64)
}

fn text<'f>(fields: &'f Fields, column: &str) -> &'f str {
    fields.get(column).and_then(Value::as_str).unwrap_or_default()
}
