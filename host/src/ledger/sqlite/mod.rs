//! The ledger in one SQLite file: for one host on one machine.
//!
//! Whatever changes something goes through the [`writer`]; whatever reads goes past it, through the [`reader`]s. The SQL is in the
//! module of its table: [`inbox`], [`state`], [`timers`] (with [`questions`] and [`schedules`]), [`outbox`], [`decisions`], [`audit`],
//! [`tokens`], [`calls`], [`requests`], [`webhooks`], [`generations`], [`measures`], [`recordings`], [`outcomes`]; [`commit`] puts them together, and [`trace`] and
//! [`person`] find them again.

mod audit;
mod backup;
mod beside;
mod calls;
mod chain;
mod checkpoint;
mod columns;
mod commit;
mod contention;
mod decisions;
mod epoch;
mod examination;
mod file;
mod generations;
mod inbox;
mod lock;
mod measures;
mod operation;
mod outbox;
mod outcomes;
mod person;
mod questions;
mod reader;
mod recordings;
mod redaction;
mod requests;
mod reserve;
mod schedules;
mod schema;
mod secrets;
mod state;
mod sums;
mod timers;
mod tokens;
mod trace;
mod verification;
mod waiters;
mod webhooks;
mod writer;

#[cfg(all(test, unix))]
mod failing_disk;
#[cfg(all(test, unix))]
mod kill;
#[cfg(test)]
mod locked;
#[cfg(test)]
mod tampering;
#[cfg(test)]
mod tests;

pub use backup::restore;
pub use beside::Beside;

use super::{
    Asked, AuditEntry, AuditQuery, Commit, Committed, Fate, Generation, Given, Leaving, Ledger, LedgerError, Live, MeasureChange, Past,
    Planned, Receipt, Received, Recorded, RequestId, Result, Said, SayId, SetInChat, StateSize, Swap, Taken, Trace, Unfinished, Unsent,
    Waiting, Wake,
};
use crate::clock::Clock;
use crate::model::{Event, EventId, Later, PluginName, Response, TimerId, WorkspaceId};
use crate::permissions::RoleName;
use crate::tokens::{Token, TokenHash};
use async_trait::async_trait;
use columns::{Json, Millis};
use examination::{Damage, Examination};
use hatstand_common::value::{Instant, MessageId, PersonId};
use lock::Lock;
use operation::{Claim, is_damage, is_full};
use reader::Readers;
use reserve::Reserve;
use rusqlite::{Connection, params};
use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use sums::Sums;
use tokio::sync::watch;
use writer::{Haste, Writer};

/// How many rows [`Ledger::prune`] deletes in one go, so that nobody waits long for it.
const PIECE: usize = 500;

/// How long what has to be kept waits for room on the disk before it is tried again.
const PAUSE: Duration = Duration::from_secs(1);

/// A database file, with everything that was promised about it in [`Ledger`]. Dropping it finishes what was begun.
#[derive(Debug)]
pub struct Sqlite {
    /// Dropped first, with the readers: the last connection to close, the writer's, tidies up.
    examination: Option<Examination>,
    readers: Readers,
    reads: AtomicU64,
    writer: Arc<Writer>,
}

impl Sqlite {
    /// Opens the database, or creates it with its folder. Nobody else can open it until this value is gone.
    pub fn open(path: &Path) -> Result<Self> {
        Self::open_by(path, Clock::machine())
    }

    /// The same by a given clock, which measures how long a write waits for another process's lock.
    pub fn open_by(path: &Path, clock: Clock) -> Result<Self> {
        let path = file::locate(path).map_err(|error| open_error(path, error))?;
        let lock = Lock::take(&path)?;
        if file::incoming(&path).exists() {
            return Err(open_error(&path, "a backup was being put in its place, and is not there yet; do that again: hatstand restore"));
        }
        file::create(&path).map_err(|error| open_error(&path, error))?;
        let mut reserve = Reserve::beside(&path);
        let sums = Sums::of(&path).map_err(|error| open_error(&path, error))?;
        examination::before(&path, sums.as_ref()).map_err(|error| not_opened(&path, &*error))?;
        let connection = open_writer(&path, &mut reserve)?;
        let writer = Arc::new(Writer::start(connection, lock, reserve, &path, clock).map_err(|error| open_error(&path, error))?);
        let examination = Examination::begin(&path, sums, &writer).map_err(|error| open_error(&path, error))?;
        Ok(Self { examination, readers: Readers::new(path), reads: AtomicU64::new(0), writer })
    }

    /// Like dropping it, and says whether everything went well. Waits for the disk.
    pub fn close(self) -> Result<()> {
        let Self { examination, readers, writer, .. } = self;
        drop((examination, readers));
        writer.finish();
        writer.standing()
    }

    /// Ends like a process that is killed: what is not on disk is lost, its callers get [`LedgerError::Stopped`], and the file can be
    /// opened again at once.
    pub fn abandon(&self) {
        self.writer.abandon();
    }

    /// How many times the disk was flushed for a commit so far: many commits share one.
    pub fn flushes(&self) -> u64 {
        self.writer.flushes()
    }

    /// How many times somebody has read so far.
    pub fn reads(&self) -> u64 {
        self.reads.load(Ordering::Relaxed)
    }

    /// How many times a flush had to wait because another process held the database's lock; each try counts.
    pub fn lock_waits(&self) -> u64 {
        self.writer.lock_waits()
    }

    /// Makes a change that nobody will ask for again: it waits for room.
    async fn insist<T, W: Future<Output = Result<T>>>(&self, write: impl Fn() -> W) -> Result<T> {
        loop {
            match write().await {
                Err(LedgerError::Full) => tokio::time::sleep(PAUSE).await,
                done => return done,
            }
        }
    }

    fn read<T>(&self, query: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T> {
        self.writer.standing()?;
        self.reads.fetch_add(1, Ordering::Relaxed);
        self.readers.read(query).map_err(|error| self.writer.unread(&error))
    }
}

/// Opening takes a little room too.
fn open_writer(path: &Path, reserve: &mut Reserve) -> Result<Connection> {
    loop {
        match schema::open_writer(path) {
            Err(error) if error.downcast_ref().is_some_and(is_full) && reserve.give(Claim::Begun) => {}
            opened => return opened.map_err(|error| not_opened(path, &*error)),
        }
    }
}

fn not_opened(path: &Path, error: &(dyn std::error::Error + 'static)) -> LedgerError {
    let is_damaged = error.is::<Damage>() || error.downcast_ref().is_some_and(is_damage);
    match is_damaged {
        true => LedgerError::Damaged { path: path.display().to_string(), damage: error.to_string() },
        false => open_error(path, error),
    }
}

fn open_error(path: &Path, why: impl fmt::Display) -> LedgerError {
    LedgerError::Open { path: path.display().to_string(), why: why.to_string() }
}

#[async_trait]
impl Ledger for Sqlite {
    async fn record(&self, event: Event) -> Result<Recorded> {
        self.writer
            .write_new(move |connection, touched| {
                let recorded = inbox::record(connection, &event)?;
                touched.inbox |= recorded != Recorded::Repeat;
                Ok(recorded)
            })
            .await
    }

    async fn unfinished(&self, after: EventId, limit: usize) -> Result<Vec<Unfinished>> {
        self.read(|connection| inbox::unfinished(connection, after, limit))
    }

    async fn commit_all(&self, commits: Vec<Commit>) -> Result<Vec<Committed>> {
        let commits = Arc::new(commits);
        self.insist(|| {
            let commits = Arc::clone(&commits);
            self.writer.write(move |connection, touched| commits.iter().map(|commit| commit::commit(connection, touched, commit)).collect())
        })
        .await
    }

    async fn get(&self, workspace: &WorkspaceId, plugin: &PluginName, key: &str) -> Result<Option<Vec<u8>>> {
        self.read(|connection| state::get(connection, workspace, plugin, key))
    }

    async fn scan(
        &self,
        workspace: &WorkspaceId,
        plugin: &PluginName,
        prefix: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<(String, Vec<u8>)>> {
        self.read(|connection| state::scan(connection, workspace, plugin, prefix, after, limit))
    }

    async fn state_size(&self, workspace: &WorkspaceId, plugin: &PluginName) -> Result<StateSize> {
        self.read(|connection| state::size(connection, workspace, plugin))
    }

    async fn next_due(&self, live: &Live) -> Result<Option<Instant>> {
        self.read(|connection| timers::next_due(connection, live))
    }

    async fn fire_due(&self, now: Instant, live: &Live) -> Result<usize> {
        let live = live.clone();
        self.writer
            .write(move |connection, touched| {
                let fired = timers::fire_due(connection, now, &live)?;
                touched.inbox |= fired > 0;
                Ok(fired)
            })
            .await
    }

    async fn timer_stands(&self, timer: TimerId) -> Result<bool> {
        self.read(|connection| timers::stands(connection, timer))
    }

    async fn is_retry(&self, timer: TimerId) -> Result<bool> {
        self.read(|connection| timers::is_retry(connection, timer))
    }

    async fn secret_of_chance(&self) -> Result<[u8; 32]> {
        self.read(secrets::chance)
    }

    async fn is_set(&self, workspace: &WorkspaceId, plugin: &PluginName, kind: Later, key: &str) -> Result<bool> {
        self.read(|connection| timers::is_set(connection, workspace, plugin, kind, key))
    }

    async fn count(&self, workspace: &WorkspaceId, plugin: &PluginName, kind: Later) -> Result<usize> {
        self.read(|connection| match kind {
            Later::Response => Ok(requests::count(connection, workspace, plugin)? + timers::count(connection, workspace, plugin, kind)?),
            _ => timers::count(connection, workspace, plugin, kind),
        })
    }

    async fn question(&self, workspace: &WorkspaceId, message: &MessageId) -> Result<Option<Asked>> {
        self.read(|connection| questions::of_message(connection, workspace, message))
    }

    async fn questions_to(&self, workspace: &WorkspaceId, person: &PersonId) -> Result<Vec<Asked>> {
        self.read(|connection| questions::to_person(connection, workspace, person))
    }

    async fn plan(&self, workspace: &WorkspaceId, plugin: &PluginName, planned: Vec<Planned>) -> Result<()> {
        let (workspace, plugin) = (workspace.clone(), plugin.clone());
        self.writer
            .write(move |connection, touched| {
                touched.timers |= schedules::plan(connection, &workspace, &plugin, &planned)?;
                Ok(())
            })
            .await
    }

    async fn unsent(&self, after: SayId, limit: usize) -> Result<Vec<Unsent>> {
        self.read(|connection| outbox::unsent(connection, after, limit))
    }

    async fn settle(&self, say: SayId, fate: Fate) -> Result<()> {
        self.insist(|| {
            let fate = fate.clone();
            self.writer.write_with(Haste::Soon, move |connection, _| outbox::settle(connection, say, &fate))
        })
        .await
    }

    async fn waiting(&self, after: RequestId, limit: usize) -> Result<Vec<Waiting>> {
        self.read(|connection| requests::waiting(connection, after, limit))
    }

    async fn next_request(&self) -> Result<Option<Instant>> {
        self.read(requests::next_due)
    }

    async fn begin(&self, request: RequestId) -> Result<()> {
        self.writer.write(move |connection, _| requests::begin(connection, request)).await
    }

    async fn put_off(&self, request: RequestId, due: Instant) -> Result<()> {
        self.insist(|| self.writer.write_with(Haste::Soon, move |connection, _| requests::put_off(connection, request, due))).await
    }

    async fn respond(&self, request: Waiting, response: Response, entry: AuditEntry, live: &Live) -> Result<()> {
        let change = Arc::new((request, response, entry, live.clone()));
        self.insist(|| {
            let change = Arc::clone(&change);
            self.writer.write(move |connection, touched| {
                let (request, response, entry, live) = &*change;
                requests::respond(connection, request, response, entry)?;
                touched.inbox |= timers::fire_due(connection, entry.at, live)? > 0;
                Ok(())
            })
        })
        .await
    }

    async fn receive(&self, received: Received, live: &Live) -> Result<Receipt> {
        let live = live.clone();
        self.writer
            .write_new(move |connection, touched| {
                let receipt = webhooks::receive(connection, &received)?;
                touched.inbox |= timers::fire_due(connection, received.at, &live)? > 0;
                Ok(receipt)
            })
            .await
    }

    async fn called(&self, workspace: &WorkspaceId, service_id: &str) -> Result<Option<MessageId>> {
        self.read(|connection| outbox::called(connection, workspace, service_id))
    }

    async fn message(&self, workspace: &WorkspaceId, id: &MessageId) -> Result<Option<Said>> {
        self.read(|connection| outbox::message(connection, workspace, id))
    }

    async fn settled(&self, now: Instant, live: &Live) -> Result<bool> {
        self.read(|connection| settled(connection, now, live))
    }

    async fn roles_of(&self, workspace: &WorkspaceId, people: &[PersonId]) -> Result<Vec<RoleName>> {
        self.read(|connection| decisions::roles_of(connection, workspace, people))
    }

    async fn roles(&self, workspace: &WorkspaceId) -> Result<Vec<Given>> {
        self.read(|connection| decisions::roles(connection, workspace))
    }

    async fn settings(&self, workspace: &WorkspaceId, plugin: &PluginName) -> Result<Vec<SetInChat>> {
        self.read(|connection| decisions::settings(connection, workspace, plugin))
    }

    async fn audit(&self, query: AuditQuery) -> Result<Vec<AuditEntry>> {
        self.read(|connection| audit::find(connection, &query))
    }

    async fn note(&self, entry: AuditEntry) -> Result<()> {
        self.writer.write_new(move |connection, _| audit::append(connection, &entry)).await
    }

    async fn trace(&self, workspace: &WorkspaceId, key: &str) -> Result<Option<Trace>> {
        self.read(|connection| trace::find(connection, workspace, key))
    }

    async fn token(&self, hash: TokenHash) -> Result<Option<Token>> {
        self.read(|connection| tokens::of_hash(connection, hash))
    }

    async fn token_named(&self, name: &str) -> Result<Option<Token>> {
        self.read(|connection| tokens::called(connection, name))
    }

    async fn token_used(&self, name: &str, at: Instant) -> Result<()> {
        let name = name.to_owned();
        self.writer.write_with(Haste::Soon, move |connection, _| tokens::used(connection, &name, at)).await
    }

    async fn asked(&self, event: EventId, at: Instant) -> Result<()> {
        self.writer.write_with(Haste::Soon, move |connection, _| calls::asked(connection, event, at)).await
    }

    async fn longest_unasked(&self, live: &Live) -> Result<Option<Instant>> {
        self.read(|connection| calls::longest_unasked(connection, live))
    }

    async fn give_up_calls(&self, since: Instant, now: Instant, live: &Live) -> Result<usize> {
        let live = live.clone();
        self.writer
            .write(move |connection, touched| {
                let abandoned = calls::abandon(connection, since, now, &live)?;
                touched.inbox |= abandoned > 0;
                Ok(abandoned)
            })
            .await
    }

    async fn reserve(&self, event: Event) -> Result<EventId> {
        self.writer.write(move |connection, _| inbox::reserve(connection, &event)).await
    }

    async fn swap(&self, swap: Swap) -> Result<()> {
        self.writer.write(move |connection, touched| generations::swap(connection, touched, &swap)).await
    }

    async fn leave(&self, plugin: &PluginName, at: Instant, why: Leaving) -> Result<()> {
        let plugin = plugin.clone();
        self.writer.write(move |connection, _| generations::leave(connection, &plugin, at, &why)).await
    }

    async fn serving(&self) -> Result<Vec<Generation>> {
        self.read(generations::serving)
    }

    async fn generations(&self, plugin: &PluginName, limit: usize) -> Result<Vec<Generation>> {
        self.read(|connection| generations::of_plugin(connection, plugin, limit))
    }

    async fn build(&self, digest: &str) -> Result<Option<Vec<u8>>> {
        self.read(|connection| generations::build(connection, digest))
    }

    async fn measures(&self) -> Result<Vec<Taken>> {
        self.read(measures::all)
    }

    async fn change_measures(&self, changes: Vec<MeasureChange>) -> Result<()> {
        self.writer.write(move |connection, _| measures::change(connection, &changes)).await
    }

    async fn recordings(&self, reference: &str) -> Result<Vec<Past>> {
        self.read(|connection| recordings::called(connection, reference))
    }

    async fn last_recordings(&self, plugin: &PluginName, limit: usize) -> Result<Vec<Past>> {
        self.read(|connection| recordings::last(connection, plugin, limit))
    }

    async fn prune(&self, before: Instant) -> Result<()> {
        let piece = move |connection: &Connection, _: &mut _| {
            let forgotten = inbox::prune(connection, before, PIECE)? + outbox::prune(connection, before, PIECE)?;
            let forgotten = forgotten + calls::prune(connection, before, PIECE)? + recordings::prune(connection, before, PIECE)?;
            let forgotten = forgotten + webhooks::prune(connection, before, PIECE)? + outcomes::prune(connection, before, PIECE)?;
            Ok(forgotten + generations::prune(connection, PIECE)? + generations::prune_builds(connection, PIECE)?)
        };
        while self.writer.write(piece).await? > 0 {}
        self.writer.wake_waiters();
        Ok(())
    }

    fn wakes(&self) -> watch::Receiver<Wake> {
        self.writer.wakes()
    }

    fn news_of(&self, event: EventId) -> watch::Receiver<()> {
        self.writer.news_of(event)
    }
}

/// One statement, because work moves between the tables: looking into one after the other could miss it in each.
fn settled(connection: &Connection, now: Instant, live: &Live) -> rusqlite::Result<bool> {
    connection.prepare_cached(SETTLED)?.query_row(params![Millis(now), Json(live)], |row| row.get(0))
}

const SETTLED: &str = "
    SELECT NOT EXISTS (SELECT 1 FROM inbox INDEXED BY inbox_unfinished WHERE finished IS NULL)
        AND NOT EXISTS (SELECT 1 FROM outbox INDEXED BY outbox_unsent WHERE fate IS NULL)
        AND NOT EXISTS (SELECT 1 FROM requests INDEXED BY requests_due WHERE due <= ?1)
        AND NOT EXISTS (SELECT 1 FROM json_each(?2) AS live CROSS JOIN timers INDEXED BY timers_waiting
            WHERE fired = 0 AND plugin = live.value AND due <= ?1)";
