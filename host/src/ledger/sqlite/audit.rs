//! Who did what, and what came of it.

use super::chain::{self, Columns};
use super::columns::{Count, Json, Millis, Nanos};
use super::outcomes;
use crate::ledger::{AuditEntry, AuditQuery};
use crate::model::{EventId, WorkspaceId};
use hatstand_common::program::Program;
use hatstand_common::value::{Instant, PersonId, Place};
use rusqlite::types::{ToSqlOutput, Value};
use rusqlite::{Connection, Row, ToSql, params, params_from_iter};
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// Adds a row to the chain, cut to what the audit keeps. The row before is looked up every time: another process may have added one.
pub(super) fn append(connection: &Connection, entry: &AuditEntry) -> rusqlite::Result<()> {
    outcomes::keep_if_long(connection, entry)?;
    let head = chain::head(connection)?;
    let mut columns = columns(head.map_or(1, |head| head.number + 1), &entry.clone().bounded())?;
    let salt: [u8; 32] = rand::random();
    let personal = columns.personal(&salt);
    let hash = columns.hash(head, &personal);
    columns.0.extend([salt, personal, hash].map(|bytes| Value::Blob(bytes.to_vec())));
    connection
        .prepare_cached(&format!(
            "INSERT INTO audit ({}, salt, personal, hash)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22)",
            chain::COLUMNS,
        ))?
        .execute(params_from_iter(columns.0))?;
    Ok(())
}

/// The values of a row, in the order of the chain's columns.
fn columns(number: i64, entry: &AuditEntry) -> rusqlite::Result<Columns> {
    let place = entry.place.as_ref().map(Json);
    let person = entry.person.as_ref().map(PersonId::as_str);
    let columns: [&dyn ToSql; chain::COUNT] = [
        &number,
        &entry.reference,
        &Millis(entry.at),
        &entry.workspace,
        &place,
        &entry.channel,
        &person,
        &entry.called,
        &entry.plugin,
        &entry.build,
        &entry.event,
        &entry.line,
        &entry.what,
        &entry.rule,
        &entry.outcome,
        &entry.detail,
        &entry.data,
        &Nanos(entry.took),
        &entry.about,
    ];
    columns.into_iter().map(owned).collect::<rusqlite::Result<_>>().map(Columns)
}

fn owned(column: &dyn ToSql) -> rusqlite::Result<Value> {
    match column.to_sql()? {
        ToSqlOutput::Borrowed(value) => value.try_into().map_err(|why| rusqlite::Error::ToSqlConversionFailure(Box::new(why))),
        ToSqlOutput::Owned(value) => Ok(value),
        _ => Err(rusqlite::Error::ToSqlConversionFailure("it is no value of a column".into())),
    }
}

/// What an entry is read from.
const ENTRY: &str = "id, reference, at, workspace, place, channel, person, called, plugin, build, event, line, what, rule, outcome, detail, data, \
     about, took";

/// Of one event no more entries are read, the newest.
const MOST_OF_EVENT: usize = 256;

/// The way to the rows that are wanted, each along an index on which the newest come first: what is read is bounded by what is asked for.
///
/// What else is asked is filtered on the way. Only an operator's command asks two things at once, beside the host.
#[derive(Clone, Copy, Debug)]
enum Way {
    Newest,
    Time,
    About,
    Person,
    Name,
    Token,
    Plugin,
}

impl Way {
    /// All ways to the answer of a query; their rows together are the answer.
    fn of(query: &AuditQuery) -> &'static [Self] {
        let AuditQuery { workspace, since, until, person, plugin, channel, outcome, about, limit: _ } = query;
        if about.is_some() {
            &[Way::About]
        } else if person.is_some() {
            &[Way::Person, Way::Name, Way::Token]
        } else if plugin.is_some() {
            &[Way::Plugin]
        } else if (workspace, since, until, channel, outcome) == (&None, &None, &None, &None, &None) {
            &[Way::Newest]
        } else {
            &[Way::Time]
        }
    }

    /// The rows of a workspace on this way. A person is asked for by one of three names, and a row can be found by two of them.
    fn statement(self) -> String {
        let (index, key) = match self {
            Way::Newest => return format!("SELECT {ENTRY} FROM audit WHERE id > 0 ORDER BY id DESC LIMIT ?1"),
            Way::Time => ("audit_at", "TRUE"),
            Way::About => ("audit_about", "about = ?7 AND about <> ''"),
            Way::Person => ("audit_of_person", "person = ?8 AND person IS NOT NULL"),
            Way::Name => ("audit_of_name", "called = ?8 COLLATE NOCASE AND called <> ''"),
            Way::Token => (
                "audit_of_token",
                "substr(person, 5, instr(substr(person, 5) || ':', ':') - 1) = ?8 AND person >= 'api:' AND person < 'api;'",
            ),
            Way::Plugin => ("audit_of_plugin", "plugin = ?4"),
        };
        // A person is looked for on the way of an about as well.
        let anybody = match self {
            Way::About => "?8 IS NULL OR person = ?8 OR called = ?8 COLLATE NOCASE OR (person >= ?9 AND person < ?10)",
            _ => "TRUE",
        };
        format!(
            "SELECT {ENTRY} FROM audit INDEXED BY {index}
             WHERE workspace = ?1 AND {key} AND at >= ?2 AND at < ?3
                 AND (?4 IS NULL OR plugin = ?4)
                 AND (?5 IS NULL OR channel = ?5 COLLATE NOCASE OR place ->> 'channel' = ?5)
                 AND (?6 IS NULL OR substr(outcome, 1, length(?6)) = ?6)
                 AND ({anybody})
             ORDER BY at DESC, id DESC LIMIT ?11"
        )
    }
}

/// The entries to which everything fits, newest first: in the order of the commits, or where something else is asked for, of the times.
pub(super) fn find(connection: &Connection, query: &AuditQuery) -> rusqlite::Result<Vec<AuditEntry>> {
    let mut found = BTreeMap::new();
    for way in Way::of(query) {
        if let Way::Newest = way {
            return connection.prepare_cached(&way.statement())?.query_map([Count(query.limit)], read)?.collect();
        }
        for workspace in workspaces(connection, query)? {
            for (number, entry) in along(connection, *way, &workspace, query)? {
                found.insert(Reverse((entry.at, number)), entry);
            }
        }
    }
    Ok(found.into_values().take(query.limit).collect())
}

/// From one to the next along the index, past all of its rows.
const WORKSPACES: &str = "
    WITH RECURSIVE each (workspace) AS (
        SELECT min(workspace) FROM audit
        UNION ALL SELECT (SELECT min(workspace) FROM audit WHERE workspace > each.workspace) FROM each WHERE workspace IS NOT NULL)
    SELECT workspace FROM each WHERE workspace IS NOT NULL";

/// The workspace that is asked for, or all.
fn workspaces(connection: &Connection, query: &AuditQuery) -> rusqlite::Result<Vec<WorkspaceId>> {
    if let Some(workspace) = &query.workspace {
        return Ok(vec![workspace.clone()]);
    }
    connection.prepare_cached(WORKSPACES)?.query_map([], |row| row.get(0))?.collect()
}

fn along(connection: &Connection, way: Way, workspace: &WorkspaceId, query: &AuditQuery) -> rusqlite::Result<Vec<(i64, AuditEntry)>> {
    let (from, to) = query.person.as_deref().map(acting_for).unzip();
    connection
        .prepare_cached(&way.statement())?
        .query_map(
            params![
                workspace,
                query.since.map_or(0, millis),
                query.until.map_or(i64::MAX, millis),
                query.plugin,
                query.channel,
                query.outcome,
                query.about,
                query.person,
                from,
                to,
                Count(query.limit)
            ],
            |row| Ok((row.get("id")?, read(row)?)),
        )?
        .collect()
}

fn millis(at: Instant) -> i64 {
    i64::try_from(at.millis()).unwrap_or(i64::MAX)
}

/// Between which ids those are that act with a token for something: from the first up to but without the second.
fn acting_for(token: &str) -> (String, String) {
    let PersonId(from) = Program { token, acts_for: Some("") }.id();
    // `;` comes after `:`.
    let to = format!("{};", from.trim_end_matches(':'));
    (from, to)
}

/// What was written down of an event, oldest first.
pub(super) fn of_event(connection: &Connection, event: EventId) -> rusqlite::Result<Vec<AuditEntry>> {
    connection.prepare_cached(&of_event_statement())?.query_map(params![event, Count(MOST_OF_EVENT)], read)?.collect()
}

fn of_event_statement() -> String {
    format!("SELECT * FROM (SELECT {ENTRY} FROM audit INDEXED BY audit_of_event WHERE event = ?1 ORDER BY id DESC LIMIT ?2) ORDER BY id")
}

fn read(row: &Row<'_>) -> rusqlite::Result<AuditEntry> {
    let Millis(at) = row.get("at")?;
    let place: Option<Json<Place>> = row.get("place")?;
    let person: Option<String> = row.get("person")?;
    let Nanos(took) = row.get("took")?;
    Ok(AuditEntry {
        reference: row.get("reference")?,
        at,
        workspace: row.get("workspace")?,
        place: place.map(|Json(place)| place),
        channel: row.get("channel")?,
        person: person.map(PersonId),
        called: row.get("called")?,
        plugin: row.get("plugin")?,
        build: row.get("build")?,
        event: row.get("event")?,
        line: row.get("line")?,
        what: row.get("what")?,
        rule: row.get("rule")?,
        outcome: row.get("outcome")?,
        detail: row.get("detail")?,
        data: row.get("data")?,
        about: row.get("about")?,
        took,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::contract::{Bench, entry, here, runtime};
    use crate::ledger::sqlite::tests::Folder;
    use crate::ledger::{Beside, Ledger};

    /// How SQLite carries a statement out.
    fn plan(connection: &Connection, statement: &str) -> Vec<String> {
        let mut explained = connection.prepare(&format!("EXPLAIN QUERY PLAN {statement}")).unwrap();
        let count = explained.parameter_count();
        let steps = explained.query_map(params_from_iter(vec![Value::Null; count]), |row| row.get("detail")).unwrap();
        steps.map(Result::unwrap).collect()
    }

    #[test]
    fn no_question_of_the_audit_makes_it_read_all_rows_or_sort_them() {
        let folder = Folder::default();
        let _ledger = folder.open();
        let beside = Beside::read(&folder.path()).unwrap();
        for way in [Way::Newest, Way::Time, Way::About, Way::Person, Way::Name, Way::Token, Way::Plugin] {
            let plan = plan(&beside.connection, &way.statement());
            assert!(matches!(plan.as_slice(), [step] if step.starts_with("SEARCH audit USING ")), "{way:?}: {plan:?}");
        }
        for statement in [WORKSPACES, &of_event_statement()] {
            let plan = plan(&beside.connection, statement);
            assert!(plan.iter().all(|step| !step.starts_with("SCAN audit")), "{plan:?}");
        }
    }

    #[test]
    fn the_newest_come_first_whichever_way_leads_to_them() {
        let folder = Folder::default();
        let ledger = folder.open();
        let of = |what: &str, at: u64, person: &str| AuditEntry {
            person: Some(person.into()),
            called: "ci".into(),
            about: "deploy 17".into(),
            ..entry(what, at)
        };
        runtime().block_on(async {
            for entry in [
                of("first", 1, "api:ci"),
                AuditEntry { workspace: "elsewhere".into(), ..of("second", 2, "api:ci:a") },
                of("third", 3, "api:ci:b"),
                of("other", 4, "api:cid"),
            ] {
                ledger.note(AuditEntry { called: if entry.what == "other" { "cid" } else { "ci" }.into(), ..entry }).await.unwrap();
            }
            let whats = async |query| -> Vec<String> { ledger.audit(query).await.unwrap().into_iter().map(|entry| entry.what).collect() };
            let ci = |limit| AuditQuery { person: Some("ci".into()), ..AuditQuery::newest(limit) };
            assert_eq!(whats(ci(9)).await, ["third", "second", "first"]);
            assert_eq!(whats(ci(2)).await, ["third", "second"]);
            assert_eq!(whats(AuditQuery { workspace: Some(here()), ..ci(9) }).await, ["third", "first"]);
            assert_eq!(whats(AuditQuery { about: Some("deploy 17".into()), ..ci(9) }).await, ["third", "second", "first"]);
            assert_eq!(whats(AuditQuery { since: Some(Instant(2)), until: Some(Instant(4)), ..ci(9) }).await, ["third", "second"]);
        });
    }

    #[test]
    fn nothing_that_others_write_makes_a_row_large() {
        let folder = Folder::default();
        let ledger = folder.open();
        let long = "ä".repeat(1 << 20);
        let entry = AuditEntry {
            channel: long.clone(),
            called: long.clone(),
            line: long.clone(),
            rule: long.clone(),
            outcome: long.clone(),
            detail: long.clone(),
            data: format!("\"{long}\""),
            about: long.clone(),
            reference: long.clone(),
            ..entry(&long, 1)
        };
        runtime().block_on(ledger.note(entry)).unwrap();
        let kept = runtime().block_on(ledger.audit(AuditQuery::newest(1))).unwrap().remove(0);
        let size = serde_json::to_string(&kept).unwrap().len();
        assert!(size < 10_000, "{size} bytes");
        assert_eq!(kept.data, r#"{"left-out-bytes":2097154}"#);
        assert!(matches!(Beside::read(&folder.path()).unwrap().verify(None).unwrap(), crate::ledger::Verdict::Sound { rows: 1, .. }));
    }
}
