//! Questions that stand, among what is to happen later: their deadlines.

use super::timers::{self, Setting, whole};
use crate::ledger::Asked;
use crate::model::{Later, PluginName, Question, QuestionChange, WorkspaceId};
use hatstand_common::value::{MessageId, PersonId};
use rusqlite::{Connection, OptionalExtension, Row, params};

pub(super) fn apply(
    connection: &Connection,
    workspace: &WorkspaceId,
    plugin: &PluginName,
    change: &QuestionChange,
) -> rusqlite::Result<()> {
    match change {
        QuestionChange::Ask(question) => ask(connection, workspace, plugin, question),
        QuestionChange::Withdraw { key } => timers::cancel(connection, workspace, plugin, Later::Question, key),
    }
}

fn ask(connection: &Connection, workspace: &WorkspaceId, plugin: &PluginName, question: &Question) -> rusqlite::Result<()> {
    let setting = Setting {
        kind: Later::Question,
        key: &question.key,
        due: question.deadline,
        payload: &timers::payload(question)?,
        place: Some(&question.at),
        question: Some(question),
    };
    timers::set(connection, workspace, plugin, &setting)
}

pub(super) fn of_message(connection: &Connection, workspace: &WorkspaceId, message: &MessageId) -> rusqlite::Result<Option<Asked>> {
    connection
        .prepare_cached(
            "SELECT id, plugin, payload FROM timers INDEXED BY timers_asking
             WHERE workspace = ?1 AND message = ?2 AND message IS NOT NULL",
        )?
        .query_row(params![workspace, message.as_str()], read)
        .optional()
}

pub(super) fn to_person(connection: &Connection, workspace: &WorkspaceId, person: &PersonId) -> rusqlite::Result<Vec<Asked>> {
    connection
        .prepare_cached(
            "SELECT id, plugin, payload FROM timers INDEXED BY timers_asked
             WHERE workspace = ?1 AND person = ?2 AND person IS NOT NULL ORDER BY id DESC",
        )?
        .query_map(params![workspace, person.as_str()], read)?
        .collect()
}

fn read(row: &Row<'_>) -> rusqlite::Result<Asked> {
    Ok(Asked { id: row.get(0)?, plugin: row.get(1)?, question: whole(row, 2)? })
}
