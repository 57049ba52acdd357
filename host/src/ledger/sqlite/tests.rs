//! What this engine promises besides.

use super::{Sqlite, schema, timers};
use crate::ledger::contract::{self, Bench, all, commit, event, get, post, recorded, runtime, set, timer, writing};
use crate::ledger::{Commit, Committed, Ledger, LedgerError, Live, Recorded, Result, SayId};
use crate::model::{Effects, Event, EventId, Later, TimerId, What};
use hatstand_common::value::Instant;
use rusqlite::{Connection, ErrorCode, ffi};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant as Moment};
use tempfile::TempDir;

pub(super) struct Folder(TempDir);

impl Default for Folder {
    fn default() -> Self {
        Self(tempfile::tempdir().unwrap())
    }
}

impl Bench for Folder {
    type Engine = Sqlite;

    fn open(&self) -> Sqlite {
        Sqlite::open(&self.path()).unwrap()
    }
}

impl Folder {
    pub(super) fn path(&self) -> PathBuf {
        self.0.path().join("data/hatstand.db")
    }

    fn log(&self) -> PathBuf {
        self.0.path().join("data/hatstand.db-wal")
    }

    fn sums(&self) -> PathBuf {
        self.0.path().join("data/hatstand.db.sums")
    }

    /// The database without its ledger, for what another tool writes.
    fn connection(&self) -> Connection {
        let _ = fs::remove_file(self.sums());
        Connection::open(self.path()).unwrap()
    }
}

contract::contract!(Folder);

#[test]
fn refuses_a_second_opener_and_names_the_first() {
    let folder = Folder::default();
    let first = folder.open();
    match Sqlite::open(&folder.path()) {
        Err(LedgerError::InUse { pid, .. }) => assert_eq!(pid, std::process::id().to_string()),
        other => panic!("{other:?}"),
    }
    first.close().unwrap();
    folder.open();
}

#[cfg(unix)]
#[test]
fn refuses_a_second_opener_by_another_name() {
    let folder = Folder::default();
    let _first = folder.open();
    let link = folder.0.path().join("link");
    std::os::unix::fs::symlink(folder.path(), &link).unwrap();
    assert!(matches!(Sqlite::open(&link), Err(LedgerError::InUse { .. })));
}

#[cfg(unix)]
#[test]
fn lets_nobody_else_read_its_files() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::default();
    let ledger = folder.open();
    runtime().block_on(ledger.record(event("1"))).unwrap();
    for file in fs::read_dir(folder.path().parent().unwrap()).unwrap() {
        let file = file.unwrap();
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{file:?}");
    }
}

#[test]
fn refuses_a_newer_schema() {
    let folder = Folder::default();
    folder.open().close().unwrap();
    folder.connection().pragma_update(None, "user_version", 99).unwrap();
    let why = why_not(&folder.path());
    assert_eq!(why, "a newer version of hatstand wrote it (schema 99); use that version, or restore a backup from before");
}

#[test]
fn refuses_what_is_no_database_or_a_damaged_one() {
    let folder = Folder::default();
    folder.open().close().unwrap();
    let mut bytes = fs::read(folder.path()).unwrap();
    let page = (root_of_state() - 1) * 4096;
    bytes[page..page + 4096].fill(0xa5);
    fs::write(folder.path(), &bytes).unwrap();
    let changed = format!("page {} is not as it was when the ledger was closed", page / 4096 + 1);
    assert_eq!(damage_of(&folder.path()), changed);
    assert_eq!(damage_of(&folder.path()), changed, "it is found again");
    assert_eq!(fs::read(folder.path()).unwrap(), bytes, "nothing was changed");
    fs::remove_file(folder.sums()).unwrap();
    assert!(damage_of(&folder.path()).contains("Tree "), "SQLite finds it as well, after a kill");

    fs::write(folder.path(), "Dear diary,\n".repeat(999)).unwrap();
    assert_eq!(damage_of(&folder.path()), "file is not a database");
    fs::remove_file(folder.path()).unwrap();
    fs::create_dir(folder.path()).unwrap();
    why_not(&folder.path());
}

/// The page on which every new ledger has the root of this table.
fn root_of_state() -> usize {
    let folder = Folder::default();
    folder.open().close().unwrap();
    let root = "SELECT rootpage FROM sqlite_schema WHERE name = 'state'";
    folder.connection().query_row(root, [], |row| row.get::<_, u32>(0)).unwrap() as usize
}

fn damage_of(path: &Path) -> String {
    match Sqlite::open(path) {
        Err(LedgerError::Damaged { damage, .. }) => damage,
        other => panic!("{other:?}"),
    }
}

fn why_not(path: &Path) -> String {
    match Sqlite::open(path) {
        Err(LedgerError::Open { why, .. }) => why,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn asks_the_disk_to_flush_each_commit() {
    let folder = Folder::default();
    let ledger = folder.open();
    let mode = enqueue(&ledger, |connection| connection.pragma_query_value(None, "journal_mode", |row| row.get::<_, String>(0)));
    assert_eq!(mode.await.unwrap(), "wal");
    let synchronous = enqueue(&ledger, |connection| connection.pragma_query_value(None, "synchronous", |row| row.get::<_, i64>(0)));
    assert_eq!(synchronous.await.unwrap(), 2, "full");
}

#[tokio::test]
async fn leaves_one_file_and_its_lock_when_it_is_closed() {
    let folder = Folder::default();
    let ledger = folder.open();
    let id = recorded(&ledger, event("1")).await;
    ledger.unfinished(id, 9).await.unwrap();
    ledger.close().unwrap();
    let mut files: Vec<_> = fs::read_dir(folder.path().parent().unwrap()).unwrap().map(|file| file.unwrap().file_name()).collect();
    files.sort();
    assert_eq!(files, ["hatstand.db", "hatstand.db.lock", "hatstand.db.sums"]);
}

#[tokio::test]
async fn finishes_what_was_queued_when_it_is_dropped() {
    let folder = Folder::default();
    let ledger = folder.open();
    let gate = hold(&ledger);
    let queued: Vec<_> = (0..300).map(|key| queue(&ledger, event(&key.to_string()))).collect();
    let dropped = tokio::task::spawn_blocking(move || drop(ledger));
    gate.send(()).unwrap();
    dropped.await.unwrap();
    for answer in queued {
        answer.await.unwrap();
    }
    assert_eq!(folder.open().record(event("299")).await.unwrap(), Recorded::Repeat);
}

#[tokio::test]
async fn keeps_what_it_acknowledged_when_it_is_abandoned() {
    let folder = Folder::default();
    let ledger = folder.open();
    let wakes = ledger.wakes();
    let id = recorded(&ledger, event("1")).await;
    ledger.commit(writing(id, set("a", "1"))).await.unwrap();
    ledger.abandon();

    assert!(wakes.has_changed().is_err(), "nothing will come any more");
    assert!(fs::metadata(folder.log()).unwrap().len() > 0, "nothing is tidied up");
    assert!(matches!(ledger.record(event("2")).await, Err(LedgerError::Stopped(_))));
    assert!(matches!(ledger.settled(Instant(0), &Live::new()).await, Err(LedgerError::Stopped(_))));
    let next = folder.open();
    assert_eq!(get(&next, "a").await.as_deref(), Some("1"));
    assert_eq!(next.record(event("2")).await.unwrap(), Recorded::New(EventId(id.0 + 1)));
}

#[tokio::test]
async fn drops_what_is_queued_when_it_is_abandoned() {
    let folder = Folder::default();
    let ledger = Arc::new(folder.open());
    let gate = hold(&ledger);
    let queued = queue(&ledger, event("queued"));
    let abandoned = tokio::task::spawn_blocking({
        let ledger = Arc::clone(&ledger);
        move || ledger.abandon()
    });
    let stopped = async {
        while ledger.settled(Instant(0), &Live::new()).await.is_ok() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), stopped).await.expect("it stops");
    gate.send(()).unwrap();
    abandoned.await.unwrap();
    assert!(matches!(queued.await, Err(LedgerError::Stopped(_))));
    assert!(matches!(folder.open().record(event("queued")).await.unwrap(), Recorded::New(_)));
}

#[test]
fn shares_flushes_among_those_who_wait() {
    let folder = Folder::default();
    let ledger = Arc::new(folder.open());
    runtime().block_on(async {
        let mut ids = Vec::new();
        for key in 0..200 {
            ids.push(recorded(&*ledger, event(&key.to_string())).await);
        }
        let before = ledger.flushes();
        let gate = hold(&ledger);
        let commits = tokio::spawn({
            let ledger = Arc::clone(&ledger);
            async move { all(&ledger, ids.into_iter().map(commit)).await }
        });
        gate.send(()).unwrap();
        assert!(commits.await.unwrap().iter().all(Result::is_ok));
        let flushes = ledger.flushes() - before;
        assert!((1..100).contains(&flushes), "{flushes} flushes for 200 commits");
    });
}

#[tokio::test]
async fn stops_when_the_disk_fails() {
    let folder = Folder::default();
    let ledger = folder.open();
    let kept = recorded(&ledger, event("kept")).await;

    let gate = hold(&ledger);
    let neighbour = queue(&ledger, event("neighbour"));
    let failing = enqueue(&ledger, |_| Err::<(), _>(failure(ffi::SQLITE_IOERR_FSYNC)));
    gate.send(()).unwrap();
    assert!(matches!(failing.await, Err(LedgerError::Stopped(_))));
    assert!(matches!(neighbour.await, Err(LedgerError::Stopped(_))), "it shared the flush");
    assert!(matches!(ledger.record(event("later")).await, Err(LedgerError::Stopped(_))));
    assert!(matches!(ledger.unfinished(EventId(0), 9).await, Err(LedgerError::Stopped(_))));
    assert!(matches!(ledger.close(), Err(LedgerError::Stopped(_))));

    let unfinished = folder.open().unfinished(EventId(0), 9).await.unwrap();
    assert_eq!(unfinished.iter().map(|unfinished| unfinished.id).collect::<Vec<_>>(), [kept]);
}

#[tokio::test]
async fn goes_on_when_the_disk_is_full_and_has_space_again() {
    let folder = Folder::default();
    let ledger = folder.open();
    let reserve = || fs::metadata(folder.0.path().join("data/hatstand.db.reserve")).map_or(0, |file| file.len() >> 20);
    within("it is reserved", async || reserve() == 16).await;
    let limit_pages = |pages: i64| enqueue(&ledger, move |connection| connection.pragma_update(None, "max_page_count", pages));
    let long = |key: usize| Event { key: "k".repeat(2_000) + &key.to_string(), ..event("") };
    limit_pages(1).await.unwrap(); // SQLite takes this as the present size.
    let mut kept = 0;
    let full = loop {
        match ledger.record(long(kept)).await {
            Ok(Recorded::New(_)) => kept += 1,
            other => break other,
        }
    };
    assert!(matches!(full, Err(LedgerError::Full)), "{full:?}");
    assert_eq!(reserve(), 8, "the rest is not for what is new");
    assert_eq!(ledger.unfinished(EventId(0), 999).await.unwrap().len(), kept, "reading goes on");
    assert!(matches!(queue(&ledger, long(999)).await, Err(LedgerError::Full)));
    assert_eq!(reserve(), 0, "this was begun");

    limit_pages(1_000_000).await.unwrap();
    assert!(matches!(ledger.record(event("new")).await, Err(LedgerError::Full)), "whatever there is, is for what was begun");
    queue(&ledger, event("begun")).await.unwrap();
    within("there is room again", async || ledger.record(event("new")).await.is_ok()).await;
}

#[tokio::test]
async fn what_was_begun_waits_for_room() {
    let folder = Folder::default();
    let ledger = Arc::new(folder.open());
    let id = recorded(&*ledger, event("1")).await;
    let limit_pages = |pages: i64| enqueue(&ledger, move |connection| connection.pragma_update(None, "max_page_count", pages));
    limit_pages(1).await.unwrap();
    let big = "x".repeat(1 << 20);
    let committed = tokio::spawn({
        let ledger = Arc::clone(&ledger);
        async move { ledger.commit(writing(id, set("big", &big))).await }
    });
    within("there is no room", async || {
        matches!(ledger.record(Event { key: "k".repeat(1 << 20), ..event("") }).await, Err(LedgerError::Full))
    })
    .await;
    assert!(!committed.is_finished());
    // It may share its flush with what waits, and the fate of that.
    within("there is room again", async || limit_pages(1_000_000).await.is_ok()).await;
    assert_eq!(committed.await.unwrap().unwrap(), Committed::Now);
}

/// Waits until it is so, however busy the machine is.
async fn within(what: &str, mut so: impl AsyncFnMut() -> bool) {
    let until = async {
        while !so().await {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), until).await.expect(what);
}

#[tokio::test]
async fn copies_a_long_log_when_nobody_waits() {
    let folder = Folder::default();
    let ledger = folder.open();
    let size = || fs::metadata(folder.path()).unwrap().len();
    for key in 0..20 {
        let big = "x".repeat(1 << 20);
        ledger.commit(writing(recorded(&ledger, event(&key.to_string())).await, set(&key.to_string(), &big))).await.unwrap();
    }
    // Nothing else happens; SQLite puts nothing into the database itself until the log is copied.
    let deadline = Moment::now() + Duration::from_secs(20);
    while size() < 20 << 20 {
        assert!(Moment::now() < deadline, "the database has {} bytes", size());
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn bounds_the_log_when_somebody_always_waits() {
    let folder = Folder::default();
    let ledger = folder.open();
    let gate = hold(&ledger);
    let queued: Vec<_> = (0..600).map(|key| queue(&ledger, Event { key: "k".repeat(1 << 16) + &key.to_string(), ..event("") })).collect();
    gate.send(()).unwrap();
    for answer in queued {
        answer.await.unwrap();
    }
    let log = fs::metadata(folder.log()).unwrap().len();
    assert!(log < 60 << 20, "the log has {log} bytes");
}

#[tokio::test]
async fn finds_its_work_among_much_that_is_done() {
    let folder = Folder::default();
    folder.open().close().unwrap();
    folder
        .connection()
        .execute_batch(
            "BEGIN;
             WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200000)
                 INSERT INTO inbox (workspace, key, body, finished) SELECT 'here', 'old' || i, printf('%0200d', i), i FROM n;
             INSERT INTO outbox (workspace, message, plugin, at, body, fate) SELECT 'here', key, 'hat', finished, body, 'sent' FROM inbox;
             INSERT INTO timers (workspace, plugin, kind, key, due, payload, fired)
                 SELECT 'here', 'hat', 'timer', key, 0, x'00', 1 FROM inbox;
             COMMIT;",
        )
        .unwrap();
    let ledger = folder.open();
    let id = recorded(&ledger, event("new")).await;
    ledger
        .commit(Commit { concerned: 2, effects: Effects { says: vec![post("m", "hello")], ..Effects::default() }, ..commit(id) })
        .await
        .unwrap();

    let begin = Moment::now();
    for _ in 0..50 {
        assert_eq!(ledger.unfinished(EventId(0), 10).await.unwrap().len(), 1);
        assert_eq!(ledger.unsent(SayId(0), 10).await.unwrap().len(), 1);
        assert_eq!(ledger.next_due(&Live::from(["hat".into()])).await.unwrap(), None);
        assert_eq!(ledger.fire_due(Instant(9), &Live::from(["hat".into()])).await.unwrap(), 0);
        assert!(!ledger.settled(Instant(9), &Live::from(["hat".into()])).await.unwrap());
        assert!(ledger.timer_stands(TimerId(1)).await.unwrap());
        assert!(ledger.is_set(&contract::here(), &"hat".into(), Later::Timer, "old7").await.unwrap());
        assert_eq!(ledger.question(&contract::here(), &"m".into()).await.unwrap(), None);
        assert_eq!(ledger.questions_to(&contract::here(), &"U1".into()).await.unwrap(), []);
    }
    // Going through all rows takes 20 ms and more each time, finding the right ones far below 1 ms.
    let each = begin.elapsed() / 50;
    assert!(each < Duration::from_millis(20), "{each:?}");
}

#[test]
fn has_sound_migrations() {
    schema::migrations().validate().unwrap();
}

#[tokio::test]
async fn brings_the_timers_of_the_published_schema_along() {
    let folder = Folder::default();
    fs::create_dir_all(folder.path().parent().unwrap()).unwrap();
    let mut connection = folder.connection();
    schema::migrations().to_version(&mut connection, 2).unwrap();
    connection
        .execute_batch(
            r#"INSERT INTO timers (id, workspace, plugin, key, due, payload, place, fired) VALUES
                 (3, 'here', 'hat', 'fired', 10, x'01', NULL, 1),
                 (7, 'here', 'hat', 'waits', 20, x'0203', '{"channel":"C1","thread":null}', 0),
                 (9, 'here', 'hat', 'gone', 30, x'', NULL, 0);
               DELETE FROM timers WHERE id = 9;"#,
        )
        .unwrap();
    drop(connection);

    let ledger = folder.open();
    let live = Live::from(["hat".into()]);
    assert!(ledger.timer_stands(TimerId(3)).await.unwrap());
    assert_eq!(ledger.next_due(&live).await.unwrap(), Some(Instant(20)), "what fired does not fire again");
    assert_eq!(ledger.fire_due(Instant(20), &live).await.unwrap(), 1);
    let fired = ledger.unfinished(EventId(0), 9).await.unwrap().remove(0).event;
    let what = What::TimerDue { plugin: "hat".into(), timer: TimerId(7), key: "waits".into(), payload: vec![2, 3], due: Instant(20) };
    assert_eq!((fired.what, fired.place.map(|place| place.channel)), (what, Some("C1".into())));

    let id = recorded(&ledger, event("1")).await;
    ledger.commit(Commit { effects: Effects { timers: vec![timer("next", 40)], ..Effects::default() }, ..commit(id) }).await.unwrap();
    assert_eq!(ledger.fire_due(Instant(40), &live).await.unwrap(), 1);
    let next = ledger.unfinished(EventId(0), 9).await.unwrap().pop().unwrap().event.what.timer();
    assert_eq!(next, Some(TimerId(10)), "no id is given twice, not even that of a timer that is gone");
}

#[tokio::test]
async fn starts_with_ids_of_its_own_where_there_were_no_timers() {
    let folder = Folder::default();
    fs::create_dir_all(folder.path().parent().unwrap()).unwrap();
    schema::migrations().to_version(&mut folder.connection(), 2).unwrap();
    let ledger = folder.open();
    let id = recorded(&ledger, event("1")).await;
    ledger.commit(Commit { effects: Effects { timers: vec![timer("t", 1)], ..Effects::default() }, ..commit(id) }).await.unwrap();
    assert!(ledger.timer_stands(TimerId(1)).await.unwrap());
}

/// How SQLite finds the timers that a statement looks at.
fn plan_of(connection: &Connection, statement: &str) -> Vec<String> {
    let mut explained = connection.prepare(&format!("EXPLAIN QUERY PLAN {statement}")).unwrap();
    let steps = explained.raw_query().mapped(|row| row.get::<_, String>("detail")).map(std::result::Result::unwrap);
    steps.filter(|step| step.contains("timers") || step.contains("waiting")).map(|step| step.replace("COVERING ", "")).collect()
}

#[test]
fn what_waits_for_an_absent_plugin_is_not_looked_through_for_others() {
    let folder = Folder::default();
    let _ledger = folder.open();
    let connection = schema::open_reader(&folder.path()).unwrap();
    let range = "SEARCH timers USING INDEX timers_waiting (plugin=? AND due<?)";
    assert_eq!(plan_of(&connection, timers::NEXT), ["SEARCH timers USING INDEX timers_waiting (plugin=?)"]);
    assert_eq!(plan_of(&connection, timers::DUE), ["SEARCH waiting USING INTEGER PRIMARY KEY (rowid=?)", range]);
    assert_eq!(plan_of(&connection, super::SETTLED), [range]);
}

#[test]
fn an_existing_ledger_learns_how_large_its_parts_are() {
    let folder = Folder::default();
    fs::create_dir_all(folder.path().parent().unwrap()).unwrap();
    let mut connection = folder.connection();
    schema::migrations().to_version(&mut connection, 7).unwrap();
    connection
        .execute_batch(
            "INSERT INTO state VALUES ('here', 'hat', 'a', x'0102'), ('here', 'hat', 'b', x''), ('there', 'hat', 'c', x'01');
             INSERT INTO timers (workspace, plugin, kind, key, due, payload) VALUES
                 ('here', 'hat', 'webhook', 'bell:1', 1, x'0102'), ('here', 'hat', 'webhook', 'bell:2', 1, x'01'),
                 ('here', 'hat', 'timer', 'bell:3', 1, x'01');
             INSERT INTO recordings (plugin, reference, digest, at, body) VALUES ('hat', 'r', 'd', 1, '{}'), ('hat', 's', 'd', 1, '[]');
             INSERT INTO undone VALUES (2, 'here', 'hat', 'a', x'010203');",
        )
        .unwrap();
    drop(connection);
    drop(folder.open());
    let rows = |statement: &str| -> Vec<(String, i64, i64)> {
        let connection = folder.connection();
        let mut rows = connection.prepare(statement).unwrap();
        rows.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).unwrap().map(std::result::Result::unwrap).collect()
    };
    assert_eq!(rows("SELECT workspace, keys, bytes FROM state_sizes ORDER BY 1"), [("here".into(), 2, 4), ("there".into(), 1, 2)]);
    assert_eq!(rows("SELECT webhook, waiting, bytes FROM webhook_backlogs"), [("bell".into(), 2, 3)]);
    assert_eq!(rows("SELECT plugin, recordings, bytes FROM recording_sizes"), [("hat".into(), 2, 7)]);
}

/// Queues something at once, not when it is waited for, so that a test knows what is in the queue.
fn enqueue<T, C>(ledger: &Sqlite, change: C) -> impl Future<Output = Result<T>> + use<T, C>
where
    T: Send + 'static,
    C: FnMut(&Connection) -> rusqlite::Result<T> + Send + 'static,
{
    let mut change = change;
    ledger.writer.write(move |connection, _| change(connection))
}

fn queue(ledger: &Sqlite, event: Event) -> impl Future<Output = Result<Recorded>> + use<> {
    enqueue(ledger, move |connection| super::inbox::record(connection, &event))
}

/// Keeps the writer busy until the gate is opened.
fn hold(ledger: &Sqlite) -> std::sync::mpsc::Sender<()> {
    let (gate, opened) = std::sync::mpsc::channel();
    let (busy, is_busy) = std::sync::mpsc::channel();
    drop(enqueue(ledger, move |_| {
        busy.send(()).unwrap();
        opened.recv().unwrap();
        Ok(())
    }));
    is_busy.recv().unwrap();
    gate
}

fn failure(code: i32) -> rusqlite::Error {
    let error = rusqlite::Error::SqliteFailure(ffi::Error::new(code), None);
    assert_eq!(error.sqlite_error_code(), Some(ErrorCode::SystemIoFailure));
    error
}
