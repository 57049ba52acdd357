//! What administrators decided in chat.

use super::columns::{Json, Millis};
use crate::ledger::{AuditEntry, Given, SetInChat};
use crate::model::{Decision, PluginName, WorkspaceId};
use crate::permissions::RoleName;
use hatstand_common::value::PersonId;
use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
use rusqlite::{Connection, params};

pub(super) fn apply(connection: &Connection, workspace: &WorkspaceId, decision: &Decision, audit: &AuditEntry) -> rusqlite::Result<()> {
    let by = audit.person.as_ref().map(PersonId::as_str);
    match decision {
        Decision::GiveRole { role, person } => connection
            .prepare_cached(
                "INSERT INTO roles (workspace, role, person, giver, at) VALUES (?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT (workspace, role, person) DO NOTHING",
            )?
            .execute(params![workspace, role, person.as_str(), by, Millis(audit.at)])?,
        Decision::TakeRole { role, person } => connection
            .prepare_cached("DELETE FROM roles WHERE workspace = ?1 AND role = ?2 AND person = ?3")?
            .execute(params![workspace, role, person.as_str()])?,
        Decision::Set { plugin, setting, value } => connection
            .prepare_cached("INSERT OR REPLACE INTO settings (workspace, plugin, name, value, setter, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?
            .execute(params![workspace, plugin, setting, value, by, Millis(audit.at)])?,
        Decision::Unset { plugin, setting } => connection
            .prepare_cached("DELETE FROM settings WHERE workspace = ?1 AND plugin = ?2 AND name = ?3")?
            .execute(params![workspace, plugin, setting])?,
    };
    Ok(())
}

pub(super) fn roles_of(connection: &Connection, workspace: &WorkspaceId, people: &[PersonId]) -> rusqlite::Result<Vec<RoleName>> {
    connection
        .prepare_cached(
            "SELECT DISTINCT role FROM roles INDEXED BY roles_of_person
             WHERE workspace = ?1 AND person IN (SELECT value FROM json_each(?2)) ORDER BY role",
        )?
        .query_map(params![workspace, Json(people)], |row| row.get(0))?
        .collect()
}

pub(super) fn roles(connection: &Connection, workspace: &WorkspaceId) -> rusqlite::Result<Vec<Given>> {
    connection
        .prepare_cached("SELECT role, person, giver, at FROM roles WHERE workspace = ?1 ORDER BY role, person")?
        .query_map(params![workspace], |row| {
            let (person, by): (String, Option<String>) = (row.get(1)?, row.get(2)?);
            let Millis(at) = row.get(3)?;
            Ok(Given { role: row.get(0)?, person: PersonId(person), by: by.map(PersonId), at })
        })?
        .collect()
}

pub(super) fn settings(connection: &Connection, workspace: &WorkspaceId, plugin: &PluginName) -> rusqlite::Result<Vec<SetInChat>> {
    connection
        .prepare_cached("SELECT name, value, setter, at FROM settings WHERE workspace = ?1 AND plugin = ?2 ORDER BY name")?
        .query_map(params![workspace, plugin], |row| {
            let by: Option<String> = row.get(2)?;
            let Millis(at) = row.get(3)?;
            Ok(SetInChat { name: row.get(0)?, value: row.get(1)?, by: by.map(PersonId), at })
        })?
        .collect()
}

impl ToSql for RoleName {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(self.as_str().into())
    }
}

impl FromSql for RoleName {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        RoleName::parse(value.as_str()?).map_err(FromSqlError::other)
    }
}
