//! One change that somebody waits for, among others in the same flush.

use crate::ledger::{LedgerError, Result, Wake};
use crate::model::EventId;
use rusqlite::{Connection, ErrorCode, Transaction, ffi};
use std::ops::BitOrAssign;
use tokio::sync::oneshot;

/// What the writer sees of a change, whatever it changes and answers.
pub(super) trait Operation: Send {
    /// What it may count on when the disk is full.
    fn claim(&self) -> Claim;

    /// Performs it on its own: if it fails, the others of the transaction do not notice. An error means that the transaction is lost; it
    /// may be performed again in another one.
    fn perform(&mut self, transaction: &Transaction<'_>, touched: &mut Touched) -> rusqlite::Result<()>;

    /// Tells the caller what came of it, now that the flush is over.
    fn answer(self: Box<Self>, flushed: Result<()>);
}

/// What may be finished when the disk is full.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Claim {
    /// It is new: it is refused before all of the reserve is given up for it.
    New,
    /// It belongs to what was recorded: the last of the reserve is for it.
    Begun,
}

/// Which tables got something that their readers should look at.
#[derive(Debug, Default)]
pub(super) struct Touched {
    pub(super) inbox: bool,
    pub(super) outbox: bool,
    pub(super) timers: bool,
    pub(super) calls: bool,
    pub(super) requests: bool,
    /// Events that were finished, or whose call was answered.
    pub(super) events: Vec<EventId>,
}

impl Touched {
    pub(super) fn count_up(&self, wake: &mut Wake) {
        wake.inbox += u64::from(self.inbox);
        wake.outbox += u64::from(self.outbox);
        wake.timers += u64::from(self.timers);
        wake.calls += u64::from(self.calls);
        wake.requests += u64::from(self.requests);
        wake.any += 1;
    }
}

impl BitOrAssign for Touched {
    fn bitor_assign(&mut self, other: Self) {
        self.inbox |= other.inbox;
        self.outbox |= other.outbox;
        self.timers |= other.timers;
        self.calls |= other.calls;
        self.requests |= other.requests;
        self.events.extend(other.events);
    }
}

/// An operation whose caller waits for the other end of a channel.
pub(super) struct Awaited<T, C> {
    claim: Claim,
    change: C,
    outcome: Result<T>,
    caller: oneshot::Sender<Result<T>>,
}

impl<T, C> Awaited<T, C> {
    pub(super) fn new(claim: Claim, change: C, caller: oneshot::Sender<Result<T>>) -> Self {
        let outcome = Err(LedgerError::Write("its turn did not come".to_owned()));
        Self { claim, change, outcome, caller }
    }
}

impl<T, C> Operation for Awaited<T, C>
where
    T: Send,
    C: FnMut(&Connection, &mut Touched) -> rusqlite::Result<T> + Send,
{
    fn claim(&self) -> Claim {
        self.claim
    }

    fn perform(&mut self, transaction: &Transaction<'_>, touched: &mut Touched) -> rusqlite::Result<()> {
        let mut touches = Touched::default();
        self.outcome = alone(transaction, |connection| (self.change)(connection, &mut touches))?;
        if self.outcome.is_ok() {
            *touched |= touches;
        }
        Ok(())
    }

    fn answer(self: Box<Self>, flushed: Result<()>) {
        // A caller that does not wait any more misses nothing: its change is as durable as any.
        let _ = self.caller.send(flushed.and(self.outcome));
    }
}

/// Makes a change in a savepoint. The outer error is the transaction's, the inner one the change's own.
fn alone<T>(transaction: &Transaction<'_>, change: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> rusqlite::Result<Result<T>> {
    // By hand, because the statements of `Transaction::savepoint` are parsed at every use.
    let step = |statement: &str| transaction.prepare_cached(statement)?.execute([]).map(drop);
    step("SAVEPOINT change")?;
    match change(transaction) {
        Ok(value) => step("RELEASE change").map(|()| Ok(value)),
        Err(error) if is_fatal(&error) || is_full(&error) || is_locked(&error) => Err(error),
        // On some errors SQLite rolls the whole transaction back: then there is no savepoint to go back to.
        Err(error) if step("ROLLBACK TO change").and_then(|()| step("RELEASE change")).is_err() => Err(error),
        Err(error) => Ok(Err(LedgerError::Write(error.to_string()))),
    }
}

/// After these nobody knows what is on disk.
pub(super) fn is_fatal(error: &rusqlite::Error) -> bool {
    is_damage(error) || (error.sqlite_error_code() == Some(ErrorCode::SystemIoFailure) && !is_full(error))
}

/// What is on disk makes no sense.
pub(super) fn is_damage(error: &rusqlite::Error) -> bool {
    matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase))
}

/// Another connection was in the way, and what is on disk is as it was.
pub(super) fn is_locked(error: &rusqlite::Error) -> bool {
    use ErrorCode::{DatabaseBusy, DatabaseLocked, FileLockingProtocolFailed};
    matches!(error.sqlite_error_code(), Some(DatabaseBusy | DatabaseLocked | FileLockingProtocolFailed))
}

/// There was no room, and what is on disk is as it was.
pub(super) fn is_full(error: &rusqlite::Error) -> bool {
    // The second is how SQLite reports that the index of its log could not grow.
    let grown = error.sqlite_error().is_some_and(|error| error.extended_code == ffi::SQLITE_IOERR_SHMSIZE);
    error.sqlite_error_code() == Some(ErrorCode::DiskFull) || grown
}
