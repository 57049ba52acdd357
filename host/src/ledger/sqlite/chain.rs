//! Each row of the audit carries a hash over the row before it and over itself: a row that is changed, put in, taken away or moved does
//! not fit any more.
//!
//! Whoever can write the file can also make all hashes anew. That shows to whoever kept the [`Head`](crate::ledger::Head) elsewhere.

use crate::ledger::{Head, Verdict};
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, Row, params};
use sha2::{Digest, Sha256};

pub(super) type Hash = [u8; 32];

/// What the first row follows.
const BEGINNING: Hash = [0; 32];

/// What is hashed of every row, in this order. What was added later follows it: [`about`](ABOUT), unless it is empty.
pub(super) const COLUMNS: &str =
    "id, reference, at, workspace, place, channel, person, called, plugin, build, event, line, what, rule, outcome, detail, data, took";
const COUNT: usize = 18;
/// What a row is about.
pub(super) const ABOUT: &str = "about";

/// The last row.
pub(super) fn head(connection: &Connection) -> rusqlite::Result<Option<Head>> {
    connection
        .prepare_cached("SELECT id, hash FROM audit ORDER BY id DESC LIMIT 1")?
        .query_row([], |row| Ok(Head { number: row.get(0)?, hash: hash_of(row.get(1)?) }))
        .optional()
}

/// Somebody may have put anything there. The row does not fit then, but the bot goes on.
fn hash_of(column: Value) -> Hash {
    match column {
        Value::Blob(bytes) => bytes.try_into().unwrap_or_default(),
        _ => Hash::default(),
    }
}

/// The hash of a row that follows this one.
pub(super) fn next(head: Option<Head>, row: &[Value]) -> Hash {
    following(head.map_or(BEGINNING, |head| head.hash), row)
}

fn following(before: Hash, row: &[Value]) -> Hash {
    let mut hasher = Sha256::new();
    hasher.update(before);
    for value in row {
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

/// Goes through all rows, which are numbered 1, 2, 3, ... without a gap, because nothing removes one. `was` is the last row as it was at
/// some time: it has to be among them, with that hash.
pub(super) fn verify(connection: &Connection, was: Option<Head>) -> rusqlite::Result<Verdict> {
    let mut statement = connection.prepare(&format!("SELECT {COLUMNS}, {ABOUT}, hash FROM audit ORDER BY id"))?;
    let mut rows = statement.query([])?;
    let (mut head, mut met) = (None, was.is_none());
    while let Some(row) = rows.next()? {
        let number = row.get(0)?;
        let hash = next(head, &with_about(values(row)?, row.get(COUNT)?));
        let is_in_sequence = number == last_number(head) + 1;
        // Whatever is in the column: a hash of another kind fits nothing.
        let fits = row.get::<_, Value>(COUNT + 1)? == Value::Blob(hash.to_vec());
        let is_as_it_was = was.is_none_or(|was| was.number != number || was.hash == hash);
        if !(is_in_sequence && fits && is_as_it_was) {
            return Ok(Verdict::Changed { row: number });
        }
        met |= was.is_some_and(|was| was.number == number);
        head = Some(Head { number, hash });
    }
    match met {
        true => Ok(Verdict::Sound { rows: last_number(head).unsigned_abs(), head }),
        false => Ok(Verdict::Cut { row: last_number(head) + 1 }),
    }
}

fn last_number(head: Option<Head>) -> i64 {
    head.map_or(0, |head| head.number)
}

/// What is hashed of a row that is about something.
pub(super) fn with_about(mut row: Vec<Value>, about: Value) -> Vec<Value> {
    if about != Value::Text(String::new()) {
        row.push(about);
    }
    row
}

fn values(row: &Row<'_>) -> rusqlite::Result<Vec<Value>> {
    (0..COUNT).map(|column| row.get(column)).collect()
}

/// Gives the rows their hashes that were written before there were any.
pub(super) fn chain(connection: &Connection) -> rusqlite::Result<()> {
    let mut statement = connection.prepare(&format!("SELECT {COLUMNS} FROM audit WHERE id > ?1 ORDER BY id LIMIT 1"))?;
    let mut head = None;
    while let Some((number, row)) = statement.query_row([head.map_or(0, |head: Head| head.number)], numbered).optional()? {
        let hash = next(head, &row);
        connection.prepare_cached("UPDATE audit SET hash = ?2 WHERE id = ?1")?.execute(params![number, hash])?;
        head = Some(Head { number, hash });
    }
    Ok(())
}

fn numbered(row: &Row<'_>) -> rusqlite::Result<(i64, Vec<Value>)> {
    Ok((row.get(0)?, values(row)?))
}
