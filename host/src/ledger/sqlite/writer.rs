//! The one thread that writes. Whatever queued up while it flushed shares the next flush.

use super::checkpoint;
use super::lock::Lock;
use super::operation::{Awaited, Operation, Touched, is_fatal};
use crate::ledger::{LedgerError, Result, Wake};
use rusqlite::{Connection, TransactionBehavior};
use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
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
    /// Why nothing is written any more.
    stopped: OnceLock<String>,
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
    pub(super) fn start(connection: Connection, lock: Lock) -> io::Result<Self> {
        let (queue, operations) = mpsc::channel();
        let (wake, wakes) = watch::channel(Wake::default());
        let status = Arc::<Status>::default();
        let thread = Thread { connection, operations, wake, status: Arc::clone(&status), _lock: lock };
        let thread = thread::Builder::new().name("ledger".to_owned()).spawn(move || thread.run())?;
        Ok(Self { running: Mutex::new(Some((queue, thread))), status, wakes })
    }

    /// Makes a change together with what others want to change; the future ends when it is on disk. Calling this is enough for the change
    /// to be made: the future only waits.
    pub(super) fn write<T, C>(&self, change: C) -> impl Future<Output = Result<T>> + Send + use<T, C>
    where
        T: Send + 'static,
        C: FnOnce(&Connection, &mut Touched) -> rusqlite::Result<T> + Send + 'static,
    {
        self.write_with(Haste::Now, change)
    }

    /// The same, with a flush of its own only if nothing else is written for a moment.
    pub(super) fn write_with<T, C>(&self, haste: Haste, change: C) -> impl Future<Output = Result<T>> + Send + use<T, C>
    where
        T: Send + 'static,
        C: FnOnce(&Connection, &mut Touched) -> rusqlite::Result<T> + Send + 'static,
    {
        let (caller, answer) = oneshot::channel();
        self.enqueue((haste, Box::new(Awaited::new(change, caller))));
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

    pub(super) fn flushes(&self) -> u64 {
        self.status.flushes.load(Ordering::Relaxed)
    }

    pub(super) fn wakes(&self) -> watch::Receiver<Wake> {
        let mut wakes = self.wakes.clone();
        wakes.mark_unchanged();
        wakes
    }

    /// Ends after what was queued is on disk.
    pub(super) fn finish(&self) {
        let running = self.running.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some((queue, thread)) = running {
            drop(queue);
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
    /// The last to be dropped.
    _lock: Lock,
}

impl Thread {
    fn run(mut self) {
        if self.work().is_ok()
            && let Err(error) = checkpoint::close(self.connection)
        {
            tracing::warn!(%error, "the ledger's log stays until the next start");
        }
    }

    /// Until nobody can send any more, or the ledger has stopped.
    fn work(&mut self) -> Result<()> {
        while let Some(first) = self.next()? {
            let batch = self.gather(first);
            self.serve(batch)?;
            self.checkpoint_beyond(checkpoint::OVERDUE)?;
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
                self.operations.recv().ok()
            }
            received => received.ok(),
        };
        // It may have been abandoned meanwhile.
        self.status.standing().map(|()| operation)
    }

    fn serve(&mut self, mut batch: Vec<Box<dyn Operation>>) -> Result<()> {
        let flushed = self.flush(&mut batch).map_err(|error| self.failure(&error));
        if let Ok(touched) = flushed {
            self.wake.send_modify(|wake| touched.count_up(wake));
        }
        for operation in batch {
            operation.answer(flushed.clone().map(drop));
        }
        self.status.standing()
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
    /// success.
    fn failure(&self, error: &rusqlite::Error) -> LedgerError {
        if is_fatal(error) {
            tracing::error!(%error, "the ledger has stopped");
            return self.status.stop(error.to_string());
        }
        tracing::warn!(%error, "the ledger could not be written");
        LedgerError::Write(error.to_string())
    }

    fn checkpoint_beyond(&self, pages: i64) -> Result<()> {
        let copied = checkpoint::backlog(&self.connection).and_then(|backlog| match backlog < pages {
            true => Ok(()),
            false => checkpoint::passive(&self.connection),
        });
        if let Err(error) = copied {
            self.failure(&error);
        }
        self.status.standing()
    }
}
