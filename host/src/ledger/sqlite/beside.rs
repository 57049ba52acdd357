//! The ledger for an operator's command: read and written beside the host that runs on it, for a moment at a time.
//!
//! SQLite lets a second process write between two commits of the host. What the host keeps in memory of the tables that are written here
//! is nothing.

use super::{audit, chain, file, generations, open_error, recordings, schema, tokens, verification};
use crate::ledger::{AuditEntry, AuditQuery, Head, LedgerError, Past, Result, Verdict};
use crate::tokens::{Token, TokenHash};
use hatstand_common::value::Instant;
use rusqlite::{Connection, TransactionBehavior};
use std::fmt;
use std::path::Path;

/// A ledger that belongs to somebody else.
#[derive(Debug)]
pub struct Beside {
    pub(super) connection: Connection,
}

impl Beside {
    /// Opens it to be looked at.
    pub fn read(path: &Path) -> Result<Self> {
        Self::open(path, |path| schema::open_reader(path).map_err(Into::into))
    }

    /// Opens it to be changed as well.
    pub fn write(path: &Path) -> Result<Self> {
        Self::open(path, schema::open_beside)
    }

    fn open(path: &Path, open: impl FnOnce(&Path) -> std::result::Result<Connection, schema::Whatever>) -> Result<Self> {
        if !path.exists() {
            return Err(LedgerError::Missing { path: path.display().to_string() });
        }
        let located = file::locate(path).map_err(|why| open_error(path, why))?;
        let connection = open(&located).map_err(|why| open_error(path, why))?;
        schema::check_newest(path, &connection)?;
        Ok(Self { connection })
    }

    pub fn audit(&self, query: &AuditQuery) -> Result<Vec<AuditEntry>> {
        audit::find(&self.connection, query).map_err(unread)
    }

    /// What the invocations with this reference were given and did, and what the plugin kept before each; the newest first.
    pub fn recordings(&self, reference: &str) -> Result<Vec<Past>> {
        recordings::called(&self.connection, reference).map_err(unread)
    }

    /// The bytes of a build that served.
    pub fn build(&self, digest: &str) -> Result<Option<Vec<u8>>> {
        generations::build(&self.connection, digest).map_err(unread)
    }

    /// The last row of the audit.
    pub fn head(&self) -> Result<Option<Head>> {
        chain::head(&self.connection).map_err(unread)
    }

    /// Goes through the whole audit. `was` is its last row as it was at some time.
    pub fn verify(&self, was: Option<Head>) -> Result<Verdict> {
        verification::verify(&self.connection, was).map_err(unread)
    }

    /// All that there ever were, oldest first.
    pub fn tokens(&self) -> Result<Vec<Token>> {
        tokens::all(&self.connection).map_err(unread)
    }

    pub fn token(&self, name: &str) -> Result<Option<Token>> {
        tokens::called(&self.connection, name).map_err(unread)
    }

    /// Keeps a token, and writes down that it was made. False if one is called so already, or was: then nothing changes.
    pub fn create_token(&mut self, token: &Token, hash: TokenHash, entry: &AuditEntry) -> Result<bool> {
        self.change(|connection| {
            let added = tokens::add(connection, token, hash)?;
            if added {
                audit::append(connection, entry)?;
            }
            Ok(added)
        })
    }

    /// From now on the token counts for nothing.
    pub fn revoke_token(&mut self, name: &str, at: Instant, entry: &AuditEntry) -> Result<()> {
        self.change(|connection| {
            tokens::revoke(connection, name, at)?;
            audit::append(connection, entry)
        })
    }

    pub(super) fn change<T>(&mut self, change: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T> {
        let changed = self.connection.transaction_with_behavior(TransactionBehavior::Immediate).and_then(|transaction| {
            let changed = change(&transaction)?;
            transaction.commit().map(|()| changed)
        });
        changed.map_err(|why| LedgerError::Write(why.to_string()))
    }
}

pub(super) fn unread(why: impl fmt::Display) -> LedgerError {
    LedgerError::Read(why.to_string())
}
