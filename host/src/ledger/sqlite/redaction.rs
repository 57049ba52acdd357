//! Audit redaction: clears the personal columns of rows so that the [chain] still fits, and appends an entry that tells of it.
//!
//! The entry names the rows and carries a seal over everything that stays of them. A row that was cleared by other means is named by no
//! entry, and verification reports it. The entry names no person.

use super::audit;
use super::chain::{self, Columns, Hash};
use crate::ledger::AuditEntry;
use rusqlite::types::Value;
use rusqlite::{Connection, params};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;

/// The outcome of an entry that tells of a redaction; no plugin has a say in an entry of the host's with this one.
pub(super) const OUTCOME: &str = "redacted";

/// At most so many rows are redacted together: their numbers fit into one entry.
pub(super) const MOST: usize = 250;

/// What an entry tells of a redaction.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Redaction {
    #[serde(rename = "redacted")]
    pub(super) rows: BTreeSet<i64>,
    pub(super) seal: String,
}

impl Redaction {
    /// What a row tells, if it tells of a redaction.
    pub(super) fn told_by(columns: &Columns) -> Option<Self> {
        const PLUGIN: usize = 8;
        const RESULT: usize = 14;
        const DATA: usize = 16;
        let text = |column: usize| match &columns.0[column] {
            Value::Text(text) => text.as_str(),
            _ => "",
        };
        let tells = text(PLUGIN) == crate::model::PluginName::host().0 && text(RESULT) == OUTCOME;
        tells.then(|| serde_json::from_str(text(DATA)).ok()).flatten()
    }
}

/// Covers what stays of each of these rows.
pub(super) fn seal(open: &[Hash]) -> String {
    let mut hasher = Sha256::new();
    open.iter().for_each(|open| hasher.update(open));
    hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Redacts these rows, at most [`MOST`], and appends the entry with what it has to tell.
pub(super) fn redact(connection: &Connection, rows: &BTreeSet<i64>, entry: &AuditEntry) -> rusqlite::Result<()> {
    let open = rows.iter().map(|row| clear(connection, *row)).collect::<rusqlite::Result<Vec<Hash>>>()?;
    let told = Redaction { rows: rows.clone(), seal: seal(&open) };
    let data = serde_json::to_string(&told).map_err(|why| rusqlite::Error::ToSqlConversionFailure(why.into()))?;
    audit::append(connection, &AuditEntry { outcome: OUTCOME.to_owned(), data, ..entry.clone() })
}

/// Returns the digest of what stays.
fn clear(connection: &Connection, row: i64) -> rusqlite::Result<Hash> {
    connection
        .prepare_cached(
            "UPDATE audit SET place = NULL, channel = '', person = NULL, called = '', line = '', what = ?2, detail = '', data = '', about = '',
                 salt = x'', redacted = 1
             WHERE id = ?1",
        )?
        .execute(params![row, chain::REDACTED])?;
    connection
        .prepare_cached(&format!("SELECT {}, hash FROM audit WHERE id = ?1", chain::COLUMNS))?
        .query_row([row], |row| Ok(Columns::read(row)?.open(&chain::stored_hash(row.get(chain::COUNT)?))))
}
