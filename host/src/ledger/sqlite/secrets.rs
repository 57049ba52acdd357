//! Secrets of the ledger: random bytes that are made with it and never leave it.

use rusqlite::{Connection, params};

/// For chance in plugins.
const CHANCE: &str = "chance";

pub(super) fn make(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute("INSERT INTO secrets (name, value) VALUES (?1, ?2)", params![CHANCE, rand::random::<[u8; 32]>()])?;
    Ok(())
}

pub(super) fn chance(connection: &Connection) -> rusqlite::Result<[u8; 32]> {
    connection.query_row("SELECT value FROM secrets WHERE name = ?1", [CHANCE], |row| row.get(0))
}
