//! What is kept of tokens.

use super::columns::{Json, Millis};
use crate::tokens::{Token, TokenHash};
use hatstand_common::value::Instant;
use rusqlite::{Connection, OptionalExtension, Row, params};

const TOKEN: &str = "name, workspace, channels, allowed, created, expires, used, revoked";

/// False if there is one of that name already, or was.
pub(super) fn add(connection: &Connection, token: &Token, hash: TokenHash) -> rusqlite::Result<bool> {
    let added = connection
        .prepare_cached(
            "INSERT INTO tokens (name, hash, workspace, channels, allowed, created, expires)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (name) DO NOTHING",
        )?
        .execute(params![
            token.name,
            hash.0,
            token.workspace,
            token.channels.as_ref().map(Json),
            Json(&token.allowed),
            Millis(token.created),
            token.expires.map(Millis),
        ])?;
    Ok(added > 0)
}

/// The first time counts.
pub(super) fn revoke(connection: &Connection, name: &str, at: Instant) -> rusqlite::Result<()> {
    connection
        .prepare_cached("UPDATE tokens SET revoked = ?2 WHERE name = ?1 AND revoked IS NULL")?
        .execute(params![name, Millis(at)])
        .map(drop)
}

pub(super) fn used(connection: &Connection, name: &str, at: Instant) -> rusqlite::Result<()> {
    connection.prepare_cached("UPDATE tokens SET used = ?2 WHERE name = ?1")?.execute(params![name, Millis(at)]).map(drop)
}

pub(super) fn of_hash(connection: &Connection, hash: TokenHash) -> rusqlite::Result<Option<Token>> {
    connection.prepare_cached(&format!("SELECT {TOKEN} FROM tokens WHERE hash = ?1"))?.query_row([hash.0], read).optional()
}

pub(super) fn called(connection: &Connection, name: &str) -> rusqlite::Result<Option<Token>> {
    connection.prepare_cached(&format!("SELECT {TOKEN} FROM tokens WHERE name = ?1"))?.query_row([name], read).optional()
}

pub(super) fn all(connection: &Connection) -> rusqlite::Result<Vec<Token>> {
    connection.prepare_cached(&format!("SELECT {TOKEN} FROM tokens ORDER BY created, name"))?.query_map([], read)?.collect()
}

fn read(row: &Row<'_>) -> rusqlite::Result<Token> {
    let channels: Option<Json<_>> = row.get("channels")?;
    let Json(allowed) = row.get("allowed")?;
    let Millis(created) = row.get("created")?;
    let moment = |column| row.get::<_, Option<Millis>>(column).map(|moment| moment.map(|Millis(moment)| moment));
    Ok(Token {
        name: row.get("name")?,
        workspace: row.get("workspace")?,
        channels: channels.map(|Json(channels)| channels),
        allowed,
        created,
        expires: moment("expires")?,
        used: moment("used")?,
        revoked: moment("revoked")?,
    })
}
