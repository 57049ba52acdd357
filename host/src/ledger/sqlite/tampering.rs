//! Somebody changes the audit with another tool: wherever it was, it is found.

use super::chain::{self, Columns};
use super::tests::Folder;
use super::verification;
use crate::ledger::contract::{Bench, entry, runtime};
use crate::ledger::{AuditEntry, Beside, Head, Ledger, LedgerError, Verdict};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use rusqlite::types::Value;
use rusqlite::{Connection, params};

const ROWS: i64 = 60;
const ATTEMPTS: u64 = 1_000;

/// An audit, and what is on it to tamper with.
fn audited(rows: i64) -> (Folder, Connection) {
    let folder = Folder::default();
    let ledger = folder.open();
    runtime().block_on(async {
        for number in 0..rows {
            let entry = AuditEntry { person: Some("U1".into()), data: "{}".into(), ..entry(&number.to_string(), 1) };
            ledger.note(entry).await.unwrap();
        }
    });
    ledger.close().unwrap();
    let connection = Connection::open(folder.path()).unwrap();
    (folder, connection)
}

fn head(connection: &Connection) -> Head {
    chain::head(connection).unwrap().unwrap()
}

#[test]
fn whatever_is_changed_is_found_at_its_row() {
    let (_folder, connection) = audited(ROWS);
    let head = head(&connection);
    assert_eq!(verification::verify(&connection, Some(head)).unwrap(), Verdict::Sound { rows: 60, redacted: 0, head: Some(head) });
    let mut chance = StdRng::seed_from_u64(11);
    for attempt in 0..ATTEMPTS {
        connection.execute_batch("BEGIN").unwrap();
        let (what, expected) = tamper(&connection, &mut chance);
        assert_eq!(verification::verify(&connection, Some(head)).unwrap(), expected, "attempt {attempt}: {what}");
        connection.execute_batch("ROLLBACK").unwrap();
    }
}

/// Changes something, and says at which row that is to be found.
fn tamper(connection: &Connection, chance: &mut StdRng) -> (String, Verdict) {
    let row = chance.random_range(1..=ROWS);
    let later = chance.random_range(row..=ROWS);
    match chance.random_range(0..4) {
        0 => edit(connection, chance, row),
        1 => delete(connection, row, later),
        2 => insert(connection, row),
        _ => exchange(connection, row, later.max(row + 1).min(ROWS), row == ROWS),
    }
}

fn edit(connection: &Connection, chance: &mut StdRng, row: i64) -> (String, Verdict) {
    const TEXTS: [&str; 14] = [
        "reference",
        "workspace",
        "channel",
        "person",
        "called",
        "plugin",
        "build",
        "line",
        "what",
        "rule",
        "outcome",
        "detail",
        "data",
        "about",
    ];
    let change = match chance.random_range(0..10) {
        0 => "at = at + 1".to_owned(),
        1 => "took = took - 1".to_owned(),
        2 => "hash = randomblob(32)".to_owned(),
        3 => "event = coalesce(event + 1, 0)".to_owned(),
        4 => "person = NULL".to_owned(),
        5 => "salt = randomblob(32)".to_owned(),
        6 => "personal = randomblob(32)".to_owned(),
        7 => "redacted = 1".to_owned(),
        _ => {
            let column = TEXTS[chance.random_range(0..TEXTS.len())];
            format!("{column} = {column} || 'x'")
        }
    };
    connection.execute(&format!("UPDATE audit SET {change} WHERE id = ?1"), [row]).unwrap();
    (format!("{change} in {row}"), Verdict::Changed { row })
}

fn delete(connection: &Connection, row: i64, later: i64) -> (String, Verdict) {
    connection.execute("DELETE FROM audit WHERE id BETWEEN ?1 AND ?2", [row, later]).unwrap();
    let verdict = if later == ROWS { Verdict::Cut { row } } else { Verdict::Changed { row: later + 1 } };
    (format!("{row} to {later} taken away"), verdict)
}

/// A copy of a row, as if it had happened twice.
fn insert(connection: &Connection, row: i64) -> (String, Verdict) {
    let columns = chain::COLUMNS.strip_prefix("id, ").unwrap();
    connection
        .execute_batch(&format!(
            "UPDATE audit SET id = -id WHERE id > {row}; UPDATE audit SET id = 1 - id WHERE id < 0;
             INSERT INTO audit (id, {columns}, salt, personal, hash)
                 SELECT id + 1, {columns}, salt, personal, hash FROM audit WHERE id = {row};"
        ))
        .unwrap();
    (format!("{row} put in again"), Verdict::Changed { row: row + 1 })
}

fn exchange(connection: &Connection, row: i64, other: i64, is_last: bool) -> (String, Verdict) {
    let row = if is_last { row - 1 } else { row };
    for (from, to) in [(row, -1), (other, row), (-1, other)] {
        connection.execute("UPDATE audit SET id = ?2 WHERE id = ?1", params![from, to]).unwrap();
    }
    (format!("{row} and {other} exchanged"), Verdict::Changed { row })
}

#[test]
fn whoever_makes_all_hashes_anew_is_found_by_the_head_that_was() {
    let (_folder, connection) = audited(ROWS);
    let was = head(&connection);
    connection.execute_batch("UPDATE audit SET outcome = 'held' WHERE id = 7").unwrap();
    rewrite(&connection);
    assert!(matches!(verification::verify(&connection, None).unwrap(), Verdict::Sound { .. }), "it fits in itself");
    assert_eq!(verification::verify(&connection, Some(was)).unwrap(), Verdict::Changed { row: ROWS });
}

/// Gives every row its hash anew, as whoever can write the file can.
fn rewrite(connection: &Connection) {
    let mut statement = connection.prepare(&format!("SELECT {} FROM audit ORDER BY id", chain::COLUMNS)).unwrap();
    let rows: Vec<Columns> = statement.query_map([], Columns::read).unwrap().map(Result::unwrap).collect();
    let mut head = None;
    for row in rows {
        let Value::Integer(number) = row.0[0] else { panic!("a number") };
        let personal = row.personal(b"salt");
        let hash = row.hash(head, &personal);
        connection
            .execute("UPDATE audit SET salt = ?2, personal = ?3, hash = ?4 WHERE id = ?1", params![number, b"salt", personal, hash])
            .unwrap();
        head = Some(Head { number, hash });
    }
}

#[test]
fn rows_that_are_missing_are_found_although_all_hashes_were_made_anew() {
    let (_folder, connection) = audited(ROWS);
    let was = head(&connection);
    for (what, change, verdict) in [
        // The row of the head that was kept is in no place where it would be compared.
        (
            "the kept number is left out",
            "DELETE FROM audit WHERE id = 30; UPDATE audit SET id = id + 1 WHERE id = 60",
            Verdict::Changed { row: 31 },
        ),
        ("only the kept number is left out", "UPDATE audit SET id = 61 WHERE id = 60", Verdict::Changed { row: 61 }),
        ("a row in the middle", "DELETE FROM audit WHERE id = 30", Verdict::Changed { row: 31 }),
        ("the first rows", "DELETE FROM audit WHERE id < 10", Verdict::Changed { row: 10 }),
        ("the first row, and one before it", "UPDATE audit SET id = 0 WHERE id = 1", Verdict::Changed { row: 0 }),
        (
            "a row before the first",
            "INSERT INTO audit (id, reference, at, workspace, plugin, build, what, outcome, detail, took)
             VALUES (-7, '', 1, 'here', 'hat', '', '', '', '', 0)",
            Verdict::Changed { row: -7 },
        ),
        (
            "a row, and the gap is closed",
            "DELETE FROM audit WHERE id = 30;
             UPDATE audit SET id = -id WHERE id > 30; UPDATE audit SET id = -id - 1 WHERE id < 0",
            Verdict::Cut { row: 60 },
        ),
        ("the last row", "DELETE FROM audit WHERE id = 60", Verdict::Cut { row: 60 }),
        ("all rows", "DELETE FROM audit", Verdict::Cut { row: 1 }),
    ] {
        connection.execute_batch(&format!("BEGIN; {change}")).unwrap();
        rewrite(&connection);
        assert_eq!(verification::verify(&connection, Some(was)).unwrap(), verdict, "{what}");
        connection.execute_batch("ROLLBACK").unwrap();
    }
}

#[test]
fn a_head_that_never_was_is_found() {
    let (_folder, connection) = audited(ROWS);
    for (number, verdict) in [(61, Verdict::Cut { row: 61 }), (60, Verdict::Changed { row: 60 }), (1, Verdict::Changed { row: 1 })] {
        let was = Head { number, hash: [7; 32] };
        assert_eq!(verification::verify(&connection, Some(was)).unwrap(), verdict);
    }
    for number in [0, -1, i64::MIN] {
        assert!(
            !matches!(verification::verify(&connection, Some(Head { number, hash: [0; 32] })).unwrap(), Verdict::Sound { .. }),
            "{number}"
        );
    }
}

#[test]
fn an_audit_grows_beside_the_host_and_stays_whole() {
    let folder = Folder::default();
    let ledger = folder.open();
    let mut beside = Beside::write(&folder.path()).unwrap();
    for number in 0..20 {
        runtime().block_on(ledger.note(entry(&number.to_string(), 1))).unwrap();
        beside.revoke_token("nobody", hatstand_common::value::Instant(1), &entry("beside", 1)).unwrap();
    }
    assert!(matches!(beside.verify(None).unwrap(), Verdict::Sound { rows: 40, .. }));
}

#[test]
fn a_ledger_of_another_schema_is_left_alone_beside_the_host() {
    let folder = Folder::default();
    assert!(matches!(Beside::read(&folder.path()), Err(LedgerError::Missing { .. })));
    folder.open().close().unwrap();
    for (schema, why) in [(1, "an older version of hatstand wrote"), (99, "a newer version of hatstand wrote")] {
        let connection = Connection::open(folder.path()).unwrap();
        connection.pragma_update(None, "user_version", schema).unwrap();
        for opened in [Beside::read(&folder.path()), Beside::write(&folder.path())] {
            assert!(opened.unwrap_err().to_string().starts_with(why));
        }
    }
}

#[test]
fn rows_from_before_there_was_a_chain_get_their_hashes() {
    let folder = Folder::default();
    std::fs::create_dir_all(folder.path().parent().unwrap()).unwrap();
    let mut connection = Connection::open(folder.path()).unwrap();
    super::schema::migrations().to_version(&mut connection, 4).unwrap();
    for number in 1..=3 {
        let insert = "INSERT INTO audit (reference, at, workspace, plugin, build, what, outcome, detail, took)
                      VALUES (?1, 1, 'here', 'hat', '', 'on', 'ok', '', 1)";
        connection.execute(insert, [number.to_string()]).unwrap();
    }
    drop(connection);
    let ledger = folder.open();
    runtime().block_on(ledger.note(entry("first of the new", 1))).unwrap();
    assert!(matches!(Beside::read(&folder.path()).unwrap().verify(None).unwrap(), Verdict::Sound { rows: 4, .. }));
}
