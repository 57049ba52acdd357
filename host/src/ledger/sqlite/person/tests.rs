//! What is kept about a person can be handed out, and is gone when the person is to be forgotten.

use super::{TABLES, all};
use crate::ledger::contract::{Bench, commit, entry, event, here, post, recorded, recording, room, runtime, set, text};
use crate::ledger::sqlite::tests::Folder;
use crate::ledger::sqlite::{Sqlite, chain, schema, verification};
use crate::ledger::{AuditEntry, AuditQuery, Beside, Commit, Fate, Forgotten, Head, Ledger, Recorded, SayId, Subject, Verdict};
use crate::model::{Decision, Effects, Event, EventId, How, Line, Said, Say, What};
use crate::permissions::RoleName;
use hatstand_common::message::Span;
use hatstand_common::value::{MessageId, PersonId};
use rusqlite::Connection;

fn subject() -> Subject {
    Subject::new("U1").unwrap()
}

fn said(key: &str, person: &str, line: &str) -> Event {
    let line = Line { text: line.to_owned(), mentions: Vec::new() };
    let what = What::Said(Said { line, addressed: true, message: key.into() });
    Event { person: Some(person.into()), what, ..event(key) }
}

/// Somebody takes the hat for a reason; the bot tells everybody, and whispers something.
async fn takes(ledger: &Sqlite, key: &str, person: &str, why: &str) -> EventId {
    let id = recorded(ledger, said(key, person, &format!("hat on because {why}"))).await;
    let name = Span::Name(person.into());
    let mut told = text(&format!("has the hat: {why}"));
    told.text.insert(0, name);
    let whisper = How::Whisper { to: room(), person: person.into(), message: text(&format!("You wrote: {why}")) };
    let effects = Effects {
        writes: vec![set(&format!("holder/{key}"), &format!("{{\"who\":\"{person}\"}}"))],
        says: vec![
            Say { id: MessageId(format!("{}.hat.0", id.0)), how: How::Post { to: room(), message: told }, question: None },
            Say { id: MessageId(format!("{}.hat.1", id.0)), how: whisper, question: None },
            post(&format!("{}.hat.2", id.0), why),
        ],
        decisions: vec![Decision::GiveRole { role: RoleName::parse("ops").unwrap(), person: person.into() }],
        ..Effects::default()
    };
    let audit = AuditEntry {
        person: Some(person.into()),
        called: format!("name of {person}"),
        event: Some(id),
        line: format!("hat on because {why}"),
        data: format!("{{\"holder\":\"{person}\"}}"),
        ..entry("on", 2)
    };
    let recording = Some(Box::new(crate::ledger::Recording { by: Some(person.into()), ..recording(id, key, &effects) }));
    ledger.commit(Commit { effects, audit, recording, ..commit(id) }).await.unwrap();
    id
}

async fn deliver(ledger: &Sqlite) {
    for unsent in ledger.unsent(SayId(0), 99).await.unwrap() {
        ledger.settle(unsent.id, Fate::Sent { service_id: Some(format!("C1:{}", unsent.id.0)) }).await.unwrap();
    }
}

fn forget(folder: &Folder) -> Forgotten {
    Beside::write(&folder.path()).unwrap().forget_person(&subject(), &entry("person forget", 9).of_the_host()).unwrap()
}

impl AuditEntry {
    fn of_the_host(self) -> Self {
        Self { plugin: "hatstand".into(), ..self }
    }
}

/// Where the person still occurs.
fn kinds(folder: &Folder) -> Vec<&'static str> {
    let connection = Connection::open(folder.path()).unwrap();
    TABLES.into_iter().filter(|(_, table)| !all(&connection, *table, &subject()).unwrap().is_empty()).map(|(kind, _)| kind).collect()
}

fn verified(folder: &Folder, was: Option<Head>) -> Verdict {
    Beside::read(&folder.path()).unwrap().verify(was).unwrap()
}

#[test]
fn nothing_is_left_of_a_person_but_what_is_not_done_and_what_nobody_understands() {
    let folder = Folder::default();
    let ledger = folder.open();
    runtime().block_on(async {
        takes(&ledger, "1", "U1", "of my divorce").await;
        takes(&ledger, "2", "U2", "of <@U1>").await;
        takes(&ledger, "3", "U22", "of U12").await;
        deliver(&ledger).await;
        recorded(&ledger, said("4", "U1", "hat off")).await;
    });
    assert_eq!(kinds(&folder), ["audit", "events", "messages", "recordings", "roles", "state"]);
    let exported = Beside::read(&folder.path()).unwrap().export_person(&subject()).unwrap();
    assert_eq!(exported["audit"].as_array().unwrap().len(), 2, "her own and the one in which she is named");
    assert_eq!(exported["events"][0]["body"]["what"]["said"]["line"]["text"], "hat on because of my divorce");
    assert_eq!(exported["state"][0]["value"]["who"], "U1");
    let head = Beside::read(&folder.path()).unwrap().head().unwrap();

    let forgotten = forget(&folder);
    assert_eq!(
        forgotten,
        Forgotten {
            audit: 2,
            events: 2,
            messages: 6,
            recordings: 2,
            roles: 1,
            pending: [("events", 1)].into(),
            state: [("hat".into(), 1)].into(),
            ..Forgotten::default()
        }
    );
    assert_eq!(kinds(&folder), ["events", "state"]);
    assert!(matches!(verified(&folder, head), Verdict::Sound { rows: 5, redacted: 2, .. }));

    runtime().block_on(async {
        let audit = ledger.audit(AuditQuery::newest(9)).await.unwrap();
        let kept = |entry: &AuditEntry| (entry.what.clone(), entry.person.clone(), entry.line.clone(), entry.outcome.clone());
        let redacted = ("redacted".to_owned(), None, String::new(), "ok".to_owned());
        let other = ("on".to_owned(), Some(PersonId::from("U22")), "hat on because of U12".to_owned(), "ok".to_owned());
        assert_eq!(audit[2..].iter().map(kept).collect::<Vec<_>>(), [other, redacted.clone(), redacted]);
        assert_eq!(ledger.record(said("1", "U1", "hat on")).await.unwrap(), Recorded::Repeat, "it is still known");
        let whispered = ledger.message(&here(), &"1.hat.1".into()).await.unwrap().unwrap();
        let How::Whisper { person, .. } = whispered.say.how else { panic!("an edit of it would be for everybody") };
        assert_eq!(person, PersonId::from("redacted"));
    });
    let again = forget(&folder);
    assert_eq!((again.audit, again.messages, again.events), (0, 0, 0));
    assert!(matches!(verified(&folder, head), Verdict::Sound { rows: 6, redacted: 2, .. }));
}

#[test]
fn what_is_not_finished_stays_until_it_is() {
    let folder = Folder::default();
    let ledger = folder.open();
    let id = runtime().block_on(takes(&ledger, "1", "U1", "of my divorce"));
    assert_eq!(forget(&folder).pending, [("messages", 3)].into(), "nobody has seen them yet");
    runtime().block_on(deliver(&ledger));
    assert_eq!(forget(&folder).messages, 2, "those in which she is named");
    assert!(id.0 > 0);
}

/// A ledger of schema 7 with rows of three people, brought up to date; and its last row.
fn from_before() -> (Folder, Head) {
    let folder = Folder::default();
    std::fs::create_dir_all(folder.path().parent().unwrap()).unwrap();
    let mut connection = Connection::open(folder.path()).unwrap();
    schema::migrations().to_version(&mut connection, 7).unwrap();
    for person in ["U1", "U2", "U3"] {
        let insert = "INSERT INTO audit (reference, at, workspace, person, plugin, build, line, what, outcome, detail, took)
                      VALUES ('', 1, 'here', ?1, 'hat', '', 'hat on because of my divorce', 'on', 'ok', '', 1)";
        connection.execute(insert, [person]).unwrap();
    }
    chain::chain(&connection).unwrap();
    let head = chain::head(&connection).unwrap().unwrap();
    drop(connection);
    let ledger = folder.open();
    runtime().block_on(ledger.note(AuditEntry { person: Some("U1".into()), line: "hat off".into(), ..entry("off", 2) })).unwrap();
    ledger.close().unwrap();
    (folder, head)
}

#[test]
fn rows_from_before_keep_their_hashes_and_can_be_redacted_as_well() {
    let (folder, head) = from_before();
    assert!(matches!(verified(&folder, Some(head)), Verdict::Sound { rows: 4, redacted: 0, .. }));
    assert_eq!(forget(&folder).audit, 2);
    assert_eq!(kinds(&folder), [""; 0]);
    assert!(matches!(verified(&folder, Some(head)), Verdict::Sound { rows: 6, redacted: 2, .. }));
}

#[test]
fn a_redaction_hides_no_change() {
    let (folder, head) = from_before();
    forget(&folder);
    let connection = Connection::open(folder.path()).unwrap();
    let clear = "place = NULL, channel = '', person = NULL, called = '', line = '', what = 'redacted', detail = '', data = '', about = '',
                 salt = x'', redacted = 1";
    let forged = r#"data = '{"redacted":[1],"seal":""}'"#;
    for (change, row) in [
        // What is left of a row that was redacted, by either rule.
        ("outcome = 'held' WHERE id = 1".to_owned(), 1),
        ("took = 2 WHERE id = 4".to_owned(), 4),
        ("line = 'hat off' WHERE id = 1".to_owned(), 1),
        ("line = 'hat off' WHERE id = 4".to_owned(), 4),
        ("redacted = 0 WHERE id = 1".to_owned(), 1),
        ("redacted = 0 WHERE id = 4".to_owned(), 4),
        ("hash = zeroblob(32) WHERE id = 1".to_owned(), 2),
        // A row that nobody has redacted, cleared like one that was.
        (format!("{clear} WHERE id = 2"), 2),
        (format!("{clear} WHERE id = 6"), 6),
        // An entry that tells of another redaction.
        (format!("{forged} WHERE id = 5"), 5),
        ("line = 'nothing' WHERE id = 5".to_owned(), 5),
        ("salt = x'' WHERE id = 6".to_owned(), 6),
        ("personal = x'' WHERE id = 6".to_owned(), 6),
        ("personal = x'', salt = x'' WHERE id = 6".to_owned(), 6),
    ] {
        connection.execute_batch(&format!("BEGIN; UPDATE audit SET {change}")).unwrap();
        assert_eq!(verification::verify(&connection, Some(head)).unwrap(), Verdict::Changed { row }, "{change}");
        connection.execute_batch("ROLLBACK").unwrap();
    }
}

#[test]
fn an_audit_that_does_not_verify_is_not_redacted() {
    let (folder, _) = from_before();
    Connection::open(folder.path()).unwrap().execute("UPDATE audit SET outcome = 'held' WHERE id = 3", []).unwrap();
    let refused = Beside::write(&folder.path()).unwrap().forget_person(&subject(), &entry("person forget", 9));
    assert!(refused.unwrap_err().to_string().contains("row 3 of its audit does not fit"));
    assert_eq!(kinds(&folder), ["audit"]);
}

#[test]
fn the_digest_of_a_short_text_does_not_reveal_it() {
    let folder = Folder::default();
    let ledger = folder.open();
    for _ in 0..2 {
        runtime().block_on(ledger.note(AuditEntry { person: Some("U1".into()), ..entry("same", 1) })).unwrap();
    }
    let connection = Connection::open(folder.path()).unwrap();
    let distinct: i64 = connection.query_row("SELECT count(DISTINCT personal) FROM audit", [], |row| row.get(0)).unwrap();
    assert_eq!(distinct, 2, "the same text twice has two digests");
    forget(&folder);
    let salts: i64 = connection.query_row("SELECT count(*) FROM audit WHERE redacted = 1 AND salt <> x''", [], |row| row.get(0)).unwrap();
    assert_eq!(salts, 0);
}
