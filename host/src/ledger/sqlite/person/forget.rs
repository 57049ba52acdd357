//! Erasure: removes what the ledger keeps about a person, as far as the host knows what it means.
//!
//! What people typed, wrote and were told goes: from the audit, which is [redacted](redaction); from events that are finished and messages
//! that are out; and from recordings, with all older ones of the same plugins, because each is understood from those after it. What is not
//! finished yet stays, and is counted. What plugins keep is opaque, and is only counted.
//!
//! A page that held something is overwritten, not only given up. The write-ahead log and backups from before are not touched here.

use super::{
    CALLS, Fields, GENERATIONS, INBOX, MEASURES, OUTBOX, OUTCOMES, RECORDINGS, REQUESTS, ROLES, SETTINGS, STATE, TIMERS, Table, UNDONE,
    all, each, number, text,
};
use crate::ledger::sqlite::beside::{Beside, unread};
use crate::ledger::sqlite::columns::Json;
use crate::ledger::sqlite::{audit, outbox, redaction, verification};
use crate::ledger::{AuditEntry, Forgotten, Leaving, LedgerError, Measure, Result, Subject, Verdict};
use crate::model::{Event, EventId, Form, How, PluginName, Say, What, WorkspaceId};
use hatstand_common::message::{Block, Message};
use hatstand_common::value::{ChannelId, Instant, PersonId, Place};
use rusqlite::{Connection, params};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// So much is changed at once that the host does not wait long.
const PIECE: usize = 250;

/// Stands for a text that was removed.
const REMOVED: &str = "redacted";

/// What is not redacted yet; the entries that tell of redactions name nobody.
const PERSONAL_AUDIT: Table = Table {
    name: "(SELECT * FROM audit WHERE redacted = 0 AND NOT (plugin = 'hatstand' AND outcome = 'redacted'))",
    columns: "id, place, channel, person, called, line, what, detail, data, about",
    order: "id",
};

impl Beside {
    /// Removes everything about a person that can be removed, and tells of it in the audit without naming the person. Where it fails, it can
    /// be done again.
    ///
    /// # Errors
    ///
    /// The audit does not verify: what is redacted could not be told from what was changed.
    pub fn forget_person(&mut self, subject: &Subject, entry: &AuditEntry) -> Result<Forgotten> {
        if let Verdict::Changed { row } | Verdict::Cut { row } = verification::verify(&self.connection, None).map_err(unread)? {
            return Err(LedgerError::Write(format!(
                "row {row} of its audit does not fit: see hatstand audit --verify. Nothing was changed"
            )));
        }
        self.connection.pragma_update(None, "secure_delete", true).map_err(unread)?;
        let mut forgotten = Forgotten::default();
        self.redact_audit(subject, entry, &mut forgotten)?;
        let events = self.forget_events(subject, &mut forgotten)?;
        self.forget_messages(subject, &events, &mut forgotten)?;
        self.forget_recordings(subject, &mut forgotten)?;
        self.forget_outcomes(subject, &events, &mut forgotten)?;
        self.forget_decisions(subject, &mut forgotten)?;
        self.count_what_stays(subject, &mut forgotten)?;
        let told = AuditEntry { detail: told(&forgotten), ..entry.clone() };
        self.change(|connection| audit::append(connection, &told))?;
        Ok(forgotten)
    }

    fn found(&self, table: Table, subject: &Subject) -> Result<Vec<Fields>> {
        all(&self.connection, table, subject).map_err(unread)
    }

    fn redact_audit(&mut self, subject: &Subject, entry: &AuditEntry, forgotten: &mut Forgotten) -> Result<()> {
        let rows: Vec<i64> = self.found(PERSONAL_AUDIT, subject)?.iter().filter_map(|row| number(row, "id")).collect();
        for piece in rows.chunks(redaction::MOST) {
            let piece: BTreeSet<i64> = piece.iter().copied().collect();
            self.change(|connection| redaction::redact(connection, &piece, entry))?;
            forgotten.audit += piece.len();
        }
        Ok(())
    }

    /// That an event was there is kept, by its key: a repeat of it is still known. Returns those that are finished.
    fn forget_events(&mut self, subject: &Subject, forgotten: &mut Forgotten) -> Result<Vec<(WorkspaceId, EventId)>> {
        let (finished, waiting): (Vec<Fields>, Vec<Fields>) =
            self.found(INBOX, subject)?.into_iter().partition(|event| !event["finished"].is_null());
        wait(forgotten, "events", waiting.len());
        for piece in finished.chunks(PIECE) {
            self.change(|connection| piece.iter().try_for_each(|event| blank_event(connection, event, subject)))?;
        }
        forgotten.events = finished.len();
        let identity = |event: &Fields| Some((WorkspaceId::from(text(event, "workspace")), EventId(number(event, "id")?)));
        Ok(finished.iter().filter_map(identity).collect())
    }

    /// Also what was said by the person's events, whoever is named in it.
    fn forget_messages(&mut self, subject: &Subject, events: &[(WorkspaceId, EventId)], forgotten: &mut Forgotten) -> Result<()> {
        let found = self.found(OUTBOX, subject)?;
        let mut ids: BTreeSet<i64> = found.iter().filter_map(|message| number(message, "id")).collect();
        for (workspace, event) in events {
            ids.extend(outbox::ids_of_event(&self.connection, workspace, *event).map_err(unread)?);
        }
        let ids: Vec<i64> = ids.into_iter().collect();
        for piece in ids.chunks(PIECE) {
            let blanked = self.change(|connection| {
                piece.iter().try_fold(0, |count, id| blank_message(connection, *id, subject).map(|blanked| count + usize::from(blanked)))
            })?;
            forgotten.messages += blanked;
            wait(forgotten, "messages", piece.len() - blanked);
        }
        Ok(())
    }

    fn forget_recordings(&mut self, subject: &Subject, forgotten: &mut Forgotten) -> Result<()> {
        let mut last: BTreeMap<String, i64> = BTreeMap::new();
        for (table, id) in [(RECORDINGS, "id"), (UNDONE, "recording")] {
            each(&self.connection, table, subject, |row| {
                let newest = last.entry(text(&row, "plugin").to_owned()).or_default();
                *newest = (*newest).max(number(&row, id).unwrap_or_default());
                Ok(())
            })
            .map_err(unread)?;
        }
        for (plugin, last) in last {
            forgotten.recordings += self.change(|connection| {
                connection.execute("DELETE FROM undone WHERE plugin = ?1 AND recording <= ?2", params![plugin, last])?;
                connection.execute("DELETE FROM recordings WHERE plugin = ?1 AND id <= ?2", params![plugin, last])
            })?;
        }
        Ok(())
    }

    fn forget_outcomes(&mut self, subject: &Subject, events: &[(WorkspaceId, EventId)], forgotten: &mut Forgotten) -> Result<()> {
        let (answered, open): (Vec<Fields>, Vec<Fields>) =
            self.found(CALLS, subject)?.into_iter().partition(|call| !call["code"].is_null());
        wait(forgotten, "calls", open.len());
        let outcomes = self.found(OUTCOMES, subject)?;
        let events = events.iter().map(|(_, EventId(event))| *event);
        let of: Vec<i64> = answered.iter().chain(&outcomes).filter_map(|row| number(row, "event")).chain(events).collect();
        for piece in of.chunks(PIECE) {
            forgotten.outcomes += self.change(|connection| {
                piece.iter().try_fold(0, |count, event| {
                    let calls = connection.execute("DELETE FROM calls WHERE event = ?1 AND code IS NOT NULL", [event])?;
                    Ok(count + calls + connection.execute("DELETE FROM outcomes WHERE event = ?1", [event])?)
                })
            })?;
        }
        Ok(())
    }

    fn forget_decisions(&mut self, subject: &Subject, forgotten: &mut Forgotten) -> Result<()> {
        let (measures, generations) = (self.found(MEASURES, subject)?, self.found(GENERATIONS, subject)?);
        let id = subject.id().as_str();
        let (roles, decisions) = self.change(|connection| {
            let roles = connection.execute("DELETE FROM roles WHERE person = ?1", [id])?;
            let mut decisions = connection.execute("UPDATE roles SET giver = NULL WHERE giver = ?1", [id])?;
            decisions += connection.execute("UPDATE settings SET setter = NULL WHERE setter = ?1", [id])?;
            for measure in &measures {
                decisions += blank_measure(connection, measure)?;
            }
            for generation in &generations {
                decisions += blank_generation(connection, generation, subject)?;
            }
            Ok((roles, decisions))
        })?;
        (forgotten.roles, forgotten.decisions) = (roles, decisions);
        Ok(())
    }

    fn count_what_stays(&self, subject: &Subject, forgotten: &mut Forgotten) -> Result<()> {
        for (table, kind) in [(TIMERS, "timers and questions"), (REQUESTS, "requests"), (SETTINGS, "settings"), (ROLES, "roles")] {
            let stays = self.found(table, subject)?.len();
            wait(forgotten, kind, stays);
        }
        let state = &mut forgotten.state;
        each(&self.connection, STATE, subject, |entry| {
            *state.entry(PluginName::from(text(&entry, "plugin"))).or_default() += 1;
            Ok(())
        })
        .map_err(unread)
    }
}

fn wait(forgotten: &mut Forgotten, kind: &'static str, count: usize) {
    if count > 0 {
        *forgotten.pending.entry(kind).or_default() += count;
    }
}

fn blank_event(connection: &Connection, event: &Fields, subject: &Subject) -> rusqlite::Result<()> {
    let (id, key) = (number(event, "id").unwrap_or_default(), text(event, "key"));
    let key = if subject.is_in(key) { format!("{REMOVED}:{id}") } else { key.to_owned() };
    let blank = Event {
        workspace: WorkspaceId::from(text(event, "workspace")),
        key,
        at: Instant(event["body"]["at"].as_u64().unwrap_or_default()),
        place: None,
        person: None,
        what: What::Notice { text: REMOVED.to_owned() },
    };
    connection
        .prepare_cached("UPDATE inbox SET key = ?2, body = ?3 WHERE id = ?1 AND finished IS NOT NULL")?
        .execute(params![id, blank.key, Json(&blank)])
        .map(drop)
}

/// Takes the text out of a message that is out. False if it is still needed: it is on its way, or its question stands.
///
/// The row stays, and with it that the message was private: an edit of a message that is not known any more is posted for everybody.
fn blank_message(connection: &Connection, id: i64, subject: &Subject) -> rusqlite::Result<bool> {
    let (Json(body), edited): (Json<Say>, Option<Json<Say>>) = connection
        .prepare_cached("SELECT body, edited FROM outbox WHERE id = ?1")?
        .query_row([id], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let (body, edited) = (blank_say(body, subject), edited.map(|Json(edited)| Json(blank_say(edited, subject))));
    connection
        .prepare_cached(
            "UPDATE outbox SET body = ?2, edited = ?3, why = NULL WHERE id = ?1 AND fate IS NOT NULL AND NOT EXISTS (
                 SELECT 1 FROM timers WHERE timers.workspace = outbox.workspace AND timers.message = outbox.message)",
        )?
        .execute(params![id, Json(body), edited])
        .map(|changed| changed > 0)
}

/// The same without text, for nobody, and with those buttons that do not name the person.
fn blank_say(mut say: Say, subject: &Subject) -> Say {
    if let Some(message) = say.how.message_mut() {
        blank_text(message, subject);
    }
    let nobody = || PersonId::from(REMOVED);
    match &mut say.how {
        How::Whisper { person, .. } | How::Direct { to: person, .. } if person == subject.id() => *person = nobody(),
        How::OpenForm { person, form, .. } => {
            *person = nobody();
            *form = Form { key: String::new(), title: REMOVED.to_owned(), inputs: Vec::new() };
        }
        _ => {}
    }
    if let How::Post { to, .. } | How::Whisper { to, .. } | How::Edit { to, .. } | How::React { to, .. } | How::OpenForm { to, .. } =
        &mut say.how
        && occurs(subject, to)
    {
        *to = Place { channel: ChannelId::from(REMOVED), thread: None };
    }
    say.question.take_if(|key| subject.is_in(key));
    say
}

fn blank_text(message: &mut Message, subject: &Subject) {
    let blocks = std::mem::take(&mut message.blocks);
    *message = Message::markdown(REMOVED);
    // All buttons or none: they are counted.
    let presses = blocks.into_iter().filter(|block| matches!(block, Block::Buttons(_) | Block::Menu(_))).collect::<Vec<_>>();
    if !occurs(subject, &presses) {
        message.blocks = presses;
    }
}

fn occurs(subject: &Subject, value: &impl Serialize) -> bool {
    serde_json::to_value(value).is_ok_and(|value| subject.is_in_json(&value))
}

/// Who decided it and the reason; the decision holds.
fn blank_measure(connection: &Connection, fields: &Fields) -> rusqlite::Result<usize> {
    let Ok(measure) = serde_json::from_value::<Measure>(fields["measure"].clone()) else { return Ok(0) };
    let blank = match measure.clone() {
        Measure::Disabled { .. } => Measure::Disabled { why: REMOVED.to_owned() },
        Measure::Out { digest, .. } => Measure::Out { digest, why: REMOVED.to_owned() },
        other => other,
    };
    connection
        .prepare_cached("UPDATE OR REPLACE measures SET person = NULL, measure = ?3 WHERE plugin = ?1 AND measure = ?2")?
        .execute(params![text(fields, "plugin"), Json(&measure), Json(&blank)])
}

fn blank_generation(connection: &Connection, fields: &Fields, subject: &Subject) -> rusqlite::Result<usize> {
    let leaving = subject.is_in_json(&fields["leaving"]).then(|| Json(Leaving::TakenBack(REMOVED.to_owned())));
    connection
        .prepare_cached(
            "UPDATE generations SET person = CASE WHEN person = ?2 THEN NULL ELSE person END, leaving = coalesce(?3, leaving) WHERE id = ?1",
        )?
        .execute(params![number(fields, "id"), subject.id().as_str(), leaving])
}

fn told(forgotten: &Forgotten) -> String {
    let Forgotten { audit, events, messages, recordings, outcomes, roles, decisions, pending: _, state: _ } = forgotten;
    format!(
        "audit rows: {audit}, events: {events}, messages: {messages}, recordings: {recordings}, outcomes: {outcomes}, roles: {roles}, \
         decisions: {decisions}"
    )
}
