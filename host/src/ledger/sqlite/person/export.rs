//! Export: everything that the ledger keeps about a person, as one JSON object.

use super::TABLES;
use crate::ledger::sqlite::beside::{Beside, unread};
use crate::ledger::{Result, Subject};
use serde_json::{Map, Value, json};

impl Beside {
    /// By kind, and within a kind in order; a kind of which there is nothing is left out. All of it as of one moment.
    pub fn export_person(&self, subject: &Subject) -> Result<Value> {
        let moment = self.connection.unchecked_transaction().map_err(unread)?;
        let mut kept = Map::from_iter([("person".to_owned(), json!(subject.id()))]);
        for (kind, table) in TABLES {
            let rows = super::all(&moment, table, subject).map_err(unread)?;
            if !rows.is_empty() {
                kept.insert(kind.to_owned(), rows.into_iter().map(Value::Object).collect());
            }
        }
        Ok(kept.into())
    }
}
