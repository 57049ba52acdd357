//! The one thread that writes. Whatever queued up while it flushed shares the next flush.

use super::contention::Contention;
use super::lock::Lock;
use super::operation::{Awaited, Claim, Operation, Touched, is_damage, is_fatal, is_full, is_locked};
use super::reserve::Reserve;
use super::sums::Sums;
use super::waiters::Waiters;
use super::{checkpoint, file};
use crate::clock::Clock;
use crate::ledger::{LedgerError, Result, Wake};
use crate::model::EventId;
use rusqlite::{Connection, TransactionBehavior};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};
use tokio::sync::{oneshot, watch};

/// At most so many operations share a flush, so that the first does not wait long for the last.
const GROUP: usize = 256;

/// How long something that nobody waits for may wait for others to share their flush.
const LEISURE: Duration = Duration::from_millis(5);

type Queue = Sender<(Haste, Box<dyn Operation>)>;

/// Does anybody wait for it?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Haste {
    Now,
    Soon,
}

/// The callers' end.
#[derive(Debug)]
pub(super) struct Writer {
    /// None once it was told to end.
    running: Mutex<Option<(Queue, JoinHandle<()>)>>,
    status: Arc<Status>,
    wakes: watch::Receiver<Wake>,
}

/// What callers and thread both see.
#[derive(Debug, Default)]
struct Status {
    flushes: AtomicU64,
    /// Flushes that met another process's lock; each try counts.
    lock_waits: AtomicU64,
    /// May the log be copied into the database? Not before that was compared with what it was when it was closed.
    compared: AtomicBool,
    /// Was the thread told to end after what is queued?
    closing: AtomicBool,
    /// Why nothing is written any more.
    stopped: OnceLock<String>,
    waiters: Waiters,
}

impl Status {
    fn standing(&self) -> Result<()> {
        match self.stopped.get() {
            Some(why) => Err(LedgerError::Stopped(why.clone())),
            None => Ok(()),
        }
    }

    fn stop(&self, why: String) -> LedgerError {
        LedgerError::Stopped(self.stopped.get_or_init(|| why).clone())
    }
}

impl Writer {
    /// The lock is held as long as something can still be written.
    pub(super) fn start(connection: Connection, lock: Lock, reserve: Reserve, path: &Path, clock: Clock) -> io::Result<Self> {
        let (queue, operations) = mpsc::channel();
        let (wake, wakes) = watch::channel(Wake::default());
        let status = Arc::<Status>::default();
        let (shared, path) = (Arc::clone(&status), path.to_owned());
        let thread = Thread { connection, operations, wake, status: shared, reserve, full: false, path, clock, _lock: lock };
        let thread = thread::Builder::new().name("ledger".to_owned()).spawn(move || thread.run())?;
        Ok(Self { running: Mutex::new(Some((queue, thread))), status, wakes })
    }

    /// Makes a change together with what others want to change; the future ends when it is on disk. Calling this is enough for the change
    /// to be made: the future only waits. What the change does may be undone and done again before it is on disk.
    pub(super) fn write<T, C>(&self, change: C) -> impl Future<Output = Result<T>> + Send + use<T, C>
    where
        T: Send + 'static,
        C: FnMut(&Connection, &mut Touched) -> rusqlite::Result<T> + Send + 'static,
    {
        self.queue(Haste::Now, Claim::Begun, change)
    }

    /// The same, with a flush of its own only if nothing else is written for a moment.
    pub(super) fn write_with<T, C>(&self, haste: Haste, change: C) -> impl Future<Output = Result<T>> + Send + use<T, C>
    where
        T: Send + 'static,
        C: FnMut(&Connection, &mut Touched) -> rusqlite::Result<T> + Send + 'static,
    {
        self.queue(haste, Claim::Begun, change)
    }

    /// The same for something new: it gives way to what was begun when the disk is full.
    pub(super) fn write_new<T, C>(&self, change: C) -> impl Future<Output = Result<T>> + Send + use<T, C>
    where
        T: Send + 'static,
        C: FnMut(&Connection, &mut Touched) -> rusqlite::Result<T> + Send + 'static,
    {
        self.queue(Haste::Now, Claim::New, change)
    }

    fn queue<T, C>(&self, haste: Haste, claim: Claim, change: C) -> impl Future<Output = Result<T>> + Send + use<T, C>
    where
        T: Send + 'static,
        C: FnMut(&Connection, &mut Touched) -> rusqlite::Result<T> + Send + 'static,
    {
        let (caller, answer) = oneshot::channel();
        self.enqueue((haste, Box::new(Awaited::new(claim, change, caller))));
        let status = Arc::clone(&self.status);
        // An operation that was dropped sends no answer: the thread has ended.
        async move { answer.await.unwrap_or_else(|_| Err(status.stop("its writer has ended".to_owned()))) }
    }

    fn enqueue(&self, operation: (Haste, Box<dyn Operation>)) {
        if let Some((queue, _)) = &*self.running.lock().unwrap_or_else(PoisonError::into_inner) {
            let _ = queue.send(operation);
        }
    }

    /// Has nothing happened that forbids to trust the disk?
    pub(super) fn standing(&self) -> Result<()> {
        self.status.standing()
    }

    /// What could not be read. A database that is damaged is not worked with any more: the rest of it may be wrong without a sign.
    pub(super) fn unread(&self, error: &rusqlite::Error) -> LedgerError {
        match is_damage(error) {
            true => self.stop(format!("it is damaged ({error}); restore a backup")),
            false => LedgerError::Read(error.to_string()),
        }
    }

    /// Nothing is written any more, for this reason.
    pub(super) fn stop(&self, why: String) -> LedgerError {
        tracing::error!(why, "the ledger has stopped");
        let stopped = self.status.stop(why);
        // The thread looks up from waiting, and ends.
        drop(self.write(|_, _| Ok(())));
        stopped
    }

    /// The database is what it was when it was closed, or nobody knows what that is.
    pub(super) fn compared(&self) {
        self.status.compared.store(true, Ordering::Relaxed);
    }

    pub(super) fn flushes(&self) -> u64 {
        self.status.flushes.load(Ordering::Relaxed)
    }

    pub(super) fn lock_waits(&self) -> u64 {
        self.status.lock_waits.load(Ordering::Relaxed)
    }

    pub(super) fn wakes(&self) -> watch::Receiver<Wake> {
        let mut wakes = self.wakes.clone();
        wakes.mark_unchanged();
        wakes
    }

    pub(super) fn news_of(&self, event: EventId) -> watch::Receiver<()> {
        self.status.waiters.join(event)
    }

    /// Lets everybody look again who waits for an event: it may be forgotten.
    pub(super) fn wake_waiters(&self) {
        self.status.waiters.wake_all();
    }

    /// Ends after what was queued is on disk.
    pub(super) fn finish(&self) {
        let running = self.running.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some((queue, thread)) = running {
            self.status.closing.store(true, Ordering::Relaxed);
            drop(queue);
            // It may wait for another process's lock.
            thread.thread().unpark();
            // A thread that panicked has dropped its operations: their callers know.
            let _ = thread.join();
        }
    }

    /// Ends at once: what is queued is dropped, and nothing is tidied up.
    pub(super) fn abandon(&self) {
        self.status.stop("it was abandoned".to_owned());
        self.finish();
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.finish();
    }
}

/// The thread's end.
struct Thread {
    connection: Connection,
    operations: Receiver<(Haste, Box<dyn Operation>)>,
    /// Closes with the thread, so that whoever waits for work learns that none will come.
    wake: watch::Sender<Wake>,
    status: Arc<Status>,
    reserve: Reserve,
    /// Has the operator been told that there is no room?
    full: bool,
    path: PathBuf,
    /// Measures how long another process's lock is waited for.
    clock: Clock,
    /// The last to be dropped.
    _lock: Lock,
}

impl Thread {
    fn run(mut self) {
        if self.work().is_err() || !self.status.compared.load(Ordering::Relaxed) {
            return;
        }
        match checkpoint::close(self.connection) {
            Err(error) => tracing::warn!(%error, "the ledger's log stays until the next start"),
            // Without them the next start finds less of what may happen to the file meanwhile.
            Ok(()) if file::beside(&self.path, "-wal").exists() => {}
            Ok(()) => drop(Sums::leave(&self.path)),
        }
    }

    /// Until nobody can send any more, or the ledger has stopped.
    fn work(&mut self) -> Result<()> {
        while let Some(first) = self.next()? {
            let batch = self.gather(first);
            self.serve(batch)?;
            self.checkpoint_beyond(checkpoint::OVERDUE)?;
            self.restore();
        }
        Ok(())
    }

    /// What shares a flush: whatever has queued up; and as long as nobody waits for any of it, what comes within a moment.
    fn gather(&self, (haste, first): (Haste, Box<dyn Operation>)) -> Vec<Box<dyn Operation>> {
        let mut batch = vec![first];
        let until = Instant::now() + LEISURE;
        let mut leisurely = haste == Haste::Soon;
        while leisurely && batch.len() < GROUP {
            match self.operations.recv_timeout(until.saturating_duration_since(Instant::now())) {
                Ok((haste, operation)) => {
                    leisurely = haste == Haste::Soon;
                    batch.push(operation);
                }
                Err(_) => break,
            }
        }
        let more = GROUP - batch.len();
        batch.extend(self.operations.try_iter().take(more).map(|(_, operation)| operation));
        batch
    }

    fn next(&mut self) -> Result<Option<(Haste, Box<dyn Operation>)>> {
        let operation = match self.operations.recv_timeout(checkpoint::QUIET) {
            Err(RecvTimeoutError::Timeout) => {
                self.checkpoint_beyond(checkpoint::WORTHWHILE)?;
                self.wait()
            }
            received => received.ok(),
        };
        // It may have been abandoned meanwhile.
        self.status.standing().map(|()| operation)
    }

    /// However long nothing comes; meanwhile the reserve is made whole.
    fn wait(&mut self) -> Option<(Haste, Box<dyn Operation>)> {
        while let Some(due) = self.reserve.due() {
            match self.operations.recv_timeout(due) {
                Err(RecvTimeoutError::Timeout) => self.restore(),
                received => return received.ok(),
            }
        }
        self.operations.recv().ok()
    }

    fn restore(&mut self) {
        self.reserve.take();
        if self.reserve.due().is_none() && std::mem::take(&mut self.full) {
            tracing::info!("there is room on the disk again");
        }
    }

    fn serve(&mut self, batch: Vec<Box<dyn Operation>>) -> Result<()> {
        // What the reserve still has is not for what is new; that waits for room enough to finish it, too.
        let mut batch = if self.full && !self.reserve.is_enough() { refuse_new(batch) } else { Some(batch) };
        let mut contention = None;
        while let Some(mut operations) = batch.take() {
            match self.flush(&mut operations) {
                Ok(touched) => {
                    self.wake.send_modify(|wake| touched.count_up(wake));
                    self.status.waiters.wake(&touched.events);
                    answer(operations, &Ok(()));
                }
                Err(error) if is_full(&error) => batch = self.make_room(operations),
                Err(error) if is_locked(&error) && self.wait_for_lock(&mut contention) => batch = Some(operations),
                Err(error) => answer(operations, &Err(self.failure(&error))),
            }
        }
        self.status.standing()
    }

    /// Pauses until the lock that another process holds is worth another try; false if there is no time left for one.
    fn wait_for_lock(&self, contention: &mut Option<Contention>) -> bool {
        self.status.lock_waits.fetch_add(1, Ordering::Relaxed);
        let now = self.clock.elapsed();
        let contention = contention.get_or_insert_with(|| Contention::since(now));
        let is_closing = self.status.closing.load(Ordering::Relaxed);
        let pause = contention.pause(now, is_closing).filter(|_| self.status.standing().is_ok());
        pause.inspect(|pause| thread::park_timeout(*pause)).is_some()
    }

    /// What of a batch is worth another try. All of it, as long as the reserve has something for all of it; then what is new is refused.
    fn make_room(&mut self, batch: Vec<Box<dyn Operation>>) -> Option<Vec<Box<dyn Operation>>> {
        if !std::mem::replace(&mut self.full, true) {
            tracing::error!("the disk is full: the ledger lives on its reserve; make room");
        }
        if batch.iter().any(|operation| operation.claim() == Claim::New) {
            if self.reserve.give(Claim::New) {
                return Some(batch);
            }
            return refuse_new(batch);
        }
        if self.reserve.give(Claim::Begun) {
            return Some(batch);
        }
        answer(batch, &Err(LedgerError::Full));
        None
    }

    fn flush(&mut self, batch: &mut [Box<dyn Operation>]) -> rusqlite::Result<Touched> {
        let mut touched = Touched::default();
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        for operation in batch {
            operation.perform(&transaction, &mut touched)?;
        }
        transaction.commit()?;
        self.status.flushes.fetch_add(1, Ordering::Relaxed);
        Ok(touched)
    }

    /// A flush that failed is never tried again: the operating system may have thrown away what was to be flushed, and would report
    /// success. A lock that is still held after all tries stops the ledger as well: whoever waits for it must not be overtaken.
    fn failure(&self, error: &rusqlite::Error) -> LedgerError {
        if is_fatal(error) || is_locked(error) {
            tracing::error!(%error, "the ledger has stopped");
            return self.status.stop(error.to_string());
        }
        tracing::warn!(%error, "the ledger could not be written");
        LedgerError::Write(error.to_string())
    }

    fn checkpoint_beyond(&self, pages: i64) -> Result<()> {
        if !self.status.compared.load(Ordering::Relaxed) {
            return Ok(());
        }
        let copied = checkpoint::backlog(&self.connection).and_then(|backlog| match backlog < pages {
            true => Ok(()),
            false => checkpoint::passive(&self.connection),
        });
        match copied {
            // The log stays as long as it is, and whatever wants to be written next finds out.
            Err(error) if is_full(&error) || is_locked(&error) => Ok(()),
            Err(error) => {
                self.failure(&error);
                self.status.standing()
            }
            Ok(()) => Ok(()),
        }
    }
}

/// What is left of a batch without what is new.
fn refuse_new(batch: Vec<Box<dyn Operation>>) -> Option<Vec<Box<dyn Operation>>> {
    let (new, begun): (Vec<_>, Vec<_>) = batch.into_iter().partition(|operation| operation.claim() == Claim::New);
    answer(new, &Err(LedgerError::Full));
    (!begun.is_empty()).then_some(begun)
}

fn answer(operations: Vec<Box<dyn Operation>>, flushed: &Result<()>) {
    for operation in operations {
        operation.answer(flushed.clone());
    }
}
