//! Another process holds the database's write lock: nothing that was accepted is lost, overtaken or waited for without end.

use super::Sqlite;
use super::tests::Folder;
use crate::clock::Clock;
use crate::ledger::contract::{Bench, commit, event, recorded};
use crate::ledger::{AuditEntry, AuditQuery, Beside, Committed, Ledger, LedgerError, Live, Recorded, Result};
use crate::model::{EventId, PluginName};
use hatstand_common::value::Instant;
use rusqlite::Connection;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinHandle;

/// Longer than SQLite itself waits for a lock.
const LONGER: Duration = Duration::from_secs(7);

/// Longer than the ledger waits for a lock.
const TOO_LONG: Duration = Duration::from_secs(61);

/// However busy the machine is.
const TEST_TIMEOUT: Duration = Duration::from_secs(20);

/// A ledger with events to commit, and another connection that can lock it.
struct Scene {
    folder: Folder,
    clock: Clock,
    ledger: Arc<Sqlite>,
    events: Vec<EventId>,
    other: Connection,
}

impl Scene {
    async fn with(events: usize) -> Self {
        let (folder, clock) = (Folder::default(), Clock::still(Instant(0)));
        folder.open().close().unwrap();
        let ledger = Arc::new(Sqlite::open_by(&folder.path(), clock.clone()).unwrap());
        let mut ids = Vec::new();
        for key in 0..events {
            ids.push(recorded(&*ledger, event(&key.to_string())).await);
        }
        let other = Connection::open(folder.path()).unwrap();
        Self { folder, clock, ledger, events: ids, other }
    }

    fn lock(&self) {
        self.other.execute_batch("BEGIN IMMEDIATE").unwrap();
    }

    fn unlock(&self) {
        self.other.execute_batch("COMMIT").unwrap();
    }

    /// Commits the events one after another, as a lane does.
    fn lane(&self) -> JoinHandle<Vec<Result<Committed>>> {
        let (ledger, events) = (Arc::clone(&self.ledger), self.events.clone());
        tokio::spawn(async move {
            let mut committed = Vec::new();
            for id in events {
                let audit = AuditEntry { event: Some(id), ..commit(id).audit };
                committed.push(ledger.commit(crate::ledger::Commit { audit, ..commit(id) }).await);
            }
            committed
        })
    }

    /// Waits until the writer has met the lock again.
    async fn meets_the_lock(&self) {
        let before = self.ledger.lock_waits();
        let met = async {
            while self.ledger.lock_waits() < before + 2 {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(TEST_TIMEOUT, met).await.expect("it meets the lock");
    }
}

fn live() -> Live {
    [PluginName::from("hat")].into()
}

#[tokio::test]
async fn a_lock_held_for_longer_than_sqlite_waits_strands_no_event_and_keeps_their_order() {
    let scene = Scene::with(3).await;
    scene.lock();
    let lane = scene.lane();
    scene.meets_the_lock().await;
    scene.clock.advance(LONGER);
    scene.meets_the_lock().await;
    assert!(!lane.is_finished(), "nothing is given up");
    assert_eq!(scene.ledger.unfinished(EventId(0), 9).await.unwrap().len(), 3, "reading goes on");
    assert!(!scene.ledger.settled(Instant(0), &live()).await.unwrap());

    scene.unlock();
    assert!(lane.await.unwrap().iter().all(|committed| matches!(committed, Ok(Committed::Now))));
    assert!(scene.ledger.settled(Instant(0), &live()).await.unwrap());
    let mut done: Vec<_> = scene.ledger.audit(AuditQuery::newest(9)).await.unwrap().into_iter().filter_map(|entry| entry.event).collect();
    done.reverse();
    assert_eq!(done, scene.events);
}

#[tokio::test]
async fn everything_that_writes_waits_for_the_lock() {
    let scene = Scene::with(1).await;
    scene.lock();
    let new = tokio::spawn({
        let ledger = Arc::clone(&scene.ledger);
        async move { ledger.record(event("new")).await }
    });
    let noted = tokio::spawn({
        let ledger = Arc::clone(&scene.ledger);
        async move { ledger.note(crate::ledger::contract::entry("noted", 1)).await }
    });
    scene.meets_the_lock().await;
    scene.clock.advance(LONGER);
    scene.meets_the_lock().await;
    scene.unlock();
    assert!(matches!(new.await.unwrap().unwrap(), Recorded::New(_)));
    noted.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_lock_that_is_held_too_long_stops_the_ledger_and_the_next_start_goes_on() {
    let scene = Scene::with(3).await;
    let wakes = scene.ledger.wakes();
    scene.lock();
    let lane = scene.lane();
    scene.meets_the_lock().await;
    scene.clock.advance(TOO_LONG);
    assert!(lane.await.unwrap().iter().all(|committed| matches!(committed, Err(LedgerError::Stopped(_)))), "nothing is overtaken");
    let mut wakes = wakes;
    let closed = async { while wakes.changed().await.is_ok() {} };
    tokio::time::timeout(TEST_TIMEOUT, closed).await.expect("the host learns that nothing more will come");
    let Scene { folder, ledger, events, other, .. } = scene;
    drop(ledger);
    drop(other);
    let left = folder.open().unfinished(EventId(0), 9).await.unwrap();
    assert_eq!(left.iter().map(|unfinished| unfinished.id).collect::<Vec<_>>(), events);
}

#[tokio::test]
async fn closing_does_not_wait_for_a_lock_without_end() {
    let folder = Folder::default();
    let ledger = folder.open();
    let other = Connection::open(folder.path()).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let recorded = ledger.writer.write(|connection, _| super::inbox::record(connection, &event("1")));
    let closed = tokio::task::spawn_blocking(move || ledger.close());
    let closed = tokio::time::timeout(TEST_TIMEOUT, closed).await.expect("it ends").unwrap();
    assert!(matches!(closed, Err(LedgerError::Stopped(_))), "{closed:?}");
    assert!(matches!(recorded.await, Err(LedgerError::Stopped(_))));
    drop(other);
    assert!(matches!(folder.open().record(event("1")).await.unwrap(), Recorded::New(_)), "it was not acknowledged");
}

#[tokio::test]
async fn an_operators_command_and_the_host_do_not_get_in_each_others_way() {
    let scene = Scene::with(1).await;
    let path = scene.folder.path();
    let beside = tokio::task::spawn_blocking(move || {
        let mut beside = Beside::write(&path).unwrap();
        for _ in 0..50 {
            beside.revoke_token("nobody", Instant(1), &crate::ledger::contract::entry("beside", 1)).unwrap();
        }
    });
    while !beside.is_finished() {
        scene.ledger.note(crate::ledger::contract::entry("host", 1)).await.unwrap();
    }
    beside.await.unwrap();
}
