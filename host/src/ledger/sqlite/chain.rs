//! Audit chain: each row of the audit carries a hash over the row before it and over itself, so a row that is changed, inserted, removed or
//! moved does not fit any more. [`verification`](super::verification) walks along it.
//!
//! # Personal columns
//!
//! Of its [`PERSONAL`] columns, a row's hash covers only a digest. The digest is salted with 32 random bytes, so it does not reveal a short
//! text. [Redaction](super::redaction) clears these columns and the salt; the digest stays, and so does every hash.
//!
//! # Rows from before
//!
//! Up to schema 7 a row's hash covers all its columns directly. Such a row keeps this rule, and the heads that were kept of it stay good.
//! When it is redacted, nobody can compute its hash any more: the hash is then taken as it stands, which still ties the rows before it to
//! the rows after it. The row's remaining columns are covered by the seal of the entry that tells of the redaction.
//!
//! # Limits
//!
//! Somebody who can write the file can also compute all hashes again. This shows to somebody who kept the [`Head`] elsewhere.

use crate::ledger::Head;
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, Row, params};
use sha2::{Digest, Sha256};

pub(super) type Hash = [u8; 32];

/// What the first row follows.
const BEGINNING: Hash = [0; 32];

/// Everything in a row but what the chain itself adds, in the order in which rows from before are hashed.
pub(super) const COLUMNS: &str = "id, reference, at, workspace, place, channel, person, called, plugin, build, event, line, what, rule, outcome, detail, \
     data, took, about";
pub(super) const COUNT: usize = 19;

/// Schema 5 had no `about` yet.
const OLDEST_COLUMNS: &str =
    "id, reference, at, workspace, place, channel, person, called, plugin, build, event, line, what, rule, outcome, detail, data, took";
const OLDEST_COUNT: usize = COUNT - 1;

/// What stays of a row that is redacted: by which build something was done, when, what allowed it and how it ended.
const OPEN: [usize; 10] = [0, 1, 2, 3, 8, 9, 10, 13, 14, 17];

/// What can name a person or be typed by one: place, channel, person, called, line, what, detail, data, about.
const PERSONAL: [usize; 9] = [4, 5, 6, 7, 11, 12, 15, 16, 18];

/// Of `COLUMNS`.
pub(super) const WHAT: usize = 12;

/// What the column `what` says in a row that was redacted; all other personal columns are empty.
pub(super) const REDACTED: &str = "redacted";

/// Tells the rule for new rows from the rule for those from before, whose first value is a number.
const RULE: &str = "personal columns as a digest";

/// The values of [`COLUMNS`].
#[derive(Debug)]
pub(super) struct Columns(pub(super) Vec<Value>);

impl Columns {
    pub(super) fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        read(row, COUNT).map(Self)
    }

    /// The digest of the personal columns.
    pub(super) fn personal(&self, salt: &[u8]) -> Hash {
        hash_of(salt, PERSONAL.map(|column| &self.0[column]))
    }

    /// The digest of what stays of a row that is redacted, with its hash.
    pub(super) fn open(&self, hash: &Hash) -> Hash {
        hash_of(hash, OPEN.map(|column| &self.0[column]))
    }

    /// The hash that this row has after another one.
    pub(super) fn hash(&self, before: Option<Head>, personal: &Hash) -> Hash {
        let (rule, personal) = (Value::Text(RULE.to_owned()), Value::Blob(personal.to_vec()));
        let open = OPEN.map(|column| &self.0[column]);
        hash_of(&hash_before(before), [&rule].into_iter().chain(open).chain([&personal]))
    }

    /// The same for a row from before.
    pub(super) fn hash_from_before(&self, before: Option<Head>) -> Hash {
        let (oldest, about) = self.0.split_at(OLDEST_COUNT);
        // It came later, and is hashed only where there is something in it.
        let about = about.iter().filter(|about| **about != Value::Text(String::new()));
        hash_of(&hash_before(before), oldest.iter().chain(about))
    }

    /// Is there nothing personal in it?
    pub(super) fn is_redacted(&self) -> bool {
        PERSONAL.iter().all(|column| match &self.0[*column] {
            Value::Null => true,
            Value::Text(text) if *column == WHAT => text == REDACTED,
            Value::Text(text) => text.is_empty(),
            _ => false,
        })
    }
}

/// The last row.
pub(super) fn head(connection: &Connection) -> rusqlite::Result<Option<Head>> {
    connection
        .prepare_cached("SELECT id, hash FROM audit ORDER BY id DESC LIMIT 1")?
        .query_row([], |row| Ok(Head { number: row.get(0)?, hash: stored_hash(row.get(1)?) }))
        .optional()
}

/// Somebody may have put anything there. The row does not fit then, but the bot goes on.
pub(super) fn stored_hash(column: Value) -> Hash {
    match column {
        Value::Blob(bytes) => bytes.try_into().unwrap_or_default(),
        _ => Hash::default(),
    }
}

fn hash_before(before: Option<Head>) -> Hash {
    before.map_or(BEGINNING, |before| before.hash)
}

fn hash_of<'v>(before: &[u8], values: impl IntoIterator<Item = &'v Value>) -> Hash {
    let mut hasher = Sha256::new();
    hasher.update(before);
    for value in values {
        // The kind and the length tell where a value ends, so that no two rows are written alike.
        match value {
            Value::Null => hasher.update("n"),
            Value::Integer(number) => hasher.update(format!("i{number};")),
            Value::Real(number) => hasher.update(format!("r{:016x}", number.to_bits())),
            Value::Text(text) => hasher.update(format!("t{}:{text}", text.len())),
            Value::Blob(bytes) => {
                hasher.update(format!("b{}:", bytes.len()));
                hasher.update(bytes);
            }
        }
    }
    hasher.finalize().into()
}

fn read(row: &Row<'_>, count: usize) -> rusqlite::Result<Vec<Value>> {
    (0..count).map(|column| row.get(column)).collect()
}

/// Gives the rows their hashes that were written before there were any; for schema 5.
pub(super) fn chain(connection: &Connection) -> rusqlite::Result<()> {
    let mut statement = connection.prepare(&format!("SELECT {OLDEST_COLUMNS} FROM audit WHERE id > ?1 ORDER BY id LIMIT 1"))?;
    let mut head = None;
    let numbered = |row: &Row<'_>| Ok((row.get(0)?, read(row, OLDEST_COUNT)?));
    while let Some((number, row)) = statement.query_row([head.map_or(0, |head: Head| head.number)], numbered).optional()? {
        let hash = hash_of(&hash_before(head), &row);
        connection.prepare_cached("UPDATE audit SET hash = ?2 WHERE id = ?1")?.execute(params![number, hash])?;
        head = Some(Head { number, hash });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_column_is_open_or_personal() {
        let mut columns = [&OPEN[..], &PERSONAL[..]].concat();
        columns.sort_unstable();
        assert!(columns.into_iter().eq(0..COUNT));
        let names: Vec<&str> = COLUMNS.split(',').map(str::trim).collect();
        assert_eq!(names.len(), COUNT);
        let personal = PERSONAL.map(|column| names[column]);
        assert_eq!(personal, ["place", "channel", "person", "called", "line", "what", "detail", "data", "about"]);
        assert_eq!(OLDEST_COLUMNS.split(',').map(str::trim).collect::<Vec<_>>(), names[..OLDEST_COUNT]);
    }
}
