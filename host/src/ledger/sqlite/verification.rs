//! Audit verification: goes along the [chain] from the first row to the last.

use super::chain::{self, Columns, Hash};
use super::redaction::{self, Redaction};
use crate::ledger::{Head, Verdict};
use rusqlite::types::Value;
use rusqlite::{Connection, Row};
use std::collections::BTreeMap;

/// A row as it is stored.
struct Stored {
    number: i64,
    columns: Columns,
    salt: Value,
    personal: Value,
    redacted: Value,
    hash: Value,
}

impl Stored {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        let after = |column| row.get(chain::COUNT + column);
        Ok(Self {
            number: row.get(0)?,
            columns: Columns::read(row)?,
            salt: after(0)?,
            personal: after(1)?,
            redacted: after(2)?,
            hash: after(3)?,
        })
    }

    fn is_redacted(&self) -> bool {
        self.redacted != Value::Integer(0)
    }

    /// The hash that it has to have after another row; none if its parts do not fit each other.
    fn expected(&self, before: Option<Head>) -> Option<Hash> {
        let personal = match &self.personal {
            Value::Blob(personal) if !personal.is_empty() => Some(Hash::try_from(personal.as_slice()).ok()?),
            Value::Blob(_) => None,
            _ => return None,
        };
        if self.is_redacted() && !(self.columns.is_redacted() && is_empty(&self.salt)) {
            return None;
        }
        match personal {
            Some(personal) if self.is_redacted() => Some(self.columns.hash(before, &personal)),
            Some(personal) => {
                let Value::Blob(salt) = &self.salt else { return None };
                (self.columns.personal(salt) == personal).then(|| self.columns.hash(before, &personal))
            }
            // Only the entry that tells of the redaction still speaks for it.
            None if self.is_redacted() => Some(chain::stored_hash(self.hash.clone())),
            None => is_empty(&self.salt).then(|| self.columns.hash_from_before(before)),
        }
    }
}

fn is_empty(value: &Value) -> bool {
    matches!(value, Value::Blob(bytes) if bytes.is_empty())
}

/// Goes through all rows, which are numbered 1, 2, 3, ... without a gap, because nothing removes one. `was` is the last row as it was at
/// some time: it has to be among them, with that hash. A row that is redacted has to be named by a later entry that tells of it.
pub(super) fn verify(connection: &Connection, was: Option<Head>) -> rusqlite::Result<Verdict> {
    let columns = chain::COLUMNS;
    let mut statement = connection.prepare(&format!("SELECT {columns}, salt, personal, redacted, hash FROM audit ORDER BY id"))?;
    let mut rows = statement.query([])?;
    let (mut head, mut met) = (None, was.is_none());
    let mut redacted = Redacted::default();
    while let Some(row) = rows.next()? {
        let stored = Stored::read(row)?;
        let number = stored.number;
        let is_in_sequence = number == last_number(head) + 1;
        // Whatever is in the column: a hash of another kind fits nothing.
        let fitting = stored.expected(head).filter(|hash| stored.hash == Value::Blob(hash.to_vec()));
        let Some(hash) = fitting.filter(|_| is_in_sequence) else {
            return Ok(Verdict::Changed { row: number });
        };
        if was.is_some_and(|was| was.number == number && was.hash != hash) {
            return Ok(Verdict::Changed { row: number });
        }
        if let Some(row) = redacted.first_unaccounted(&stored, &hash) {
            return Ok(Verdict::Changed { row });
        }
        met |= was.is_some_and(|was| was.number == number);
        head = Some(Head { number, hash });
    }
    let last = last_number(head);
    Ok(match redacted.untold.keys().next() {
        _ if !met => Verdict::Cut { row: last + 1 },
        Some(row) => Verdict::Changed { row: *row },
        None => Verdict::Sound { rows: last.unsigned_abs(), redacted: redacted.told, head },
    })
}

fn last_number(head: Option<Head>) -> i64 {
    head.map_or(0, |head| head.number)
}

/// The redacted rows so far.
#[derive(Default)]
struct Redacted {
    /// What is open of those that no entry has told of yet.
    untold: BTreeMap<i64, Hash>,
    told: u64,
}

impl Redacted {
    /// Takes a row that fits. If it tells of a redaction that is not as it says, the first row that is meant.
    fn first_unaccounted(&mut self, stored: &Stored, hash: &Hash) -> Option<i64> {
        if stored.is_redacted() {
            self.untold.insert(stored.number, stored.columns.open(hash));
            return None;
        }
        let Redaction { rows, seal } = Redaction::told_by(&stored.columns)?;
        let first = *rows.first()?;
        let open: Option<Vec<Hash>> = rows.iter().map(|row| self.untold.remove(row)).collect();
        self.told += rows.len() as u64;
        match open {
            Some(open) if redaction::seal(&open) == seal => None,
            _ => Some(first),
        }
    }
}
