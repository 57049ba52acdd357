//! What came of everything: what is on disk, what people did, and what they saw.

use hatstand::ledger::{AuditEntry, AuditQuery, Ledger};
use hatstand::model::{Event, PluginName, Say};
use rusqlite::{Connection, OpenFlags};
use serde::de::DeserializeOwned;
use std::path::Path;

#[derive(Debug)]
pub struct Record {
    /// What people did.
    pub happened: Vec<Event>,
    /// The inbox, with the number of each event, in the order of arrival.
    pub inbox: Vec<(i64, Event)>,
    /// In the order of the commits.
    pub audit: Vec<AuditEntry>,
    /// The plugin's state.
    pub state: Vec<(String, Vec<u8>)>,
    /// Everything that was to be said, and whether the bot thinks that it was.
    pub outbox: Vec<(Say, bool)>,
    /// What was said.
    pub said: Vec<Say>,
}

impl Record {
    /// Of a bot that rests.
    pub async fn read(path: &Path, ledger: &dyn Ledger, plugin: &PluginName, happened: Vec<Event>, said: Vec<Say>) -> Self {
        let mut audit = ledger.audit(AuditQuery::newest(usize::MAX)).await.expect("it can be read");
        audit.reverse();
        let state = ledger.scan(&crate::wall::workspace(), plugin, "", None, usize::MAX).await.expect("it can be read");
        let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY).expect("it can be opened");
        Self {
            happened,
            inbox: rows(&connection, "SELECT id, body FROM inbox ORDER BY id"),
            audit,
            state,
            outbox: rows(&connection, "SELECT fate IS 'sent', body FROM outbox ORDER BY id")
                .into_iter()
                .map(|(sent, say): (i64, Say)| (say, sent == 1))
                .collect(),
            said,
        }
    }
}

/// A number and something in JSON from each row.
fn rows<T: DeserializeOwned>(connection: &Connection, query: &str) -> Vec<(i64, T)> {
    let mut statement = connection.prepare(query).expect("the columns are there");
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get::<_, String>(1)?))).expect("they can be read");
    rows.map(|row| row.expect("it can be read")).map(|(number, body)| (number, serde_json::from_str(&body).expect("JSON"))).collect()
}
