//! Lock contention: another process holds the database's write lock, such as an operator's `sqlite3` with an open transaction, a backup
//! tool or a `VACUUM`.
//!
//! The writer tries the same batch again until the lock is free, so nothing overtakes it. After a bounded time the ledger stops, as it does
//! when the disk fails: nothing of the batch was acknowledged, and the next start finds its events unfinished.

use std::time::Duration;

/// How long a write waits for the lock before the ledger stops.
const PATIENCE: Duration = Duration::from_secs(60);

/// How much longer it waits once the ledger is being closed.
const LAST_PATIENCE: Duration = Duration::from_secs(1);

/// The pauses between two tries double from the first to the last of these.
const SHORTEST_PAUSE: Duration = Duration::from_millis(1);
const LONGEST_PAUSE: Duration = Duration::from_millis(100);

/// A shorter wait is not worth a line in the log.
const WORTH_TELLING: Duration = Duration::from_secs(1);

/// One wait for the lock.
#[derive(Debug)]
pub(super) struct Contention {
    began: Duration,
    /// When it was first seen that the ledger is being closed.
    closing: Option<Duration>,
    pause: Duration,
    told: bool,
}

impl Contention {
    pub(super) fn since(now: Duration) -> Self {
        Self { began: now, closing: None, pause: SHORTEST_PAUSE, told: false }
    }

    /// How long to pause before the next try; none if there is no time left for one.
    pub(super) fn pause(&mut self, now: Duration, is_closing: bool) -> Option<Duration> {
        if is_closing {
            self.closing.get_or_insert(now);
        }
        let waited = now.saturating_sub(self.began);
        let is_over = waited >= PATIENCE || self.closing.is_some_and(|closing| now.saturating_sub(closing) >= LAST_PATIENCE);
        if waited >= WORTH_TELLING && !std::mem::replace(&mut self.told, true) {
            tracing::warn!("another process holds the ledger's write lock; everything waits for it, for at most {} s", PATIENCE.as_secs());
        }
        let pause = self.pause;
        self.pause = (pause * 2).min(LONGEST_PAUSE);
        (!is_over).then_some(pause)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_patience_ends() {
        let mut contention = Contention::since(Duration::from_secs(5));
        let mut pauses = |secs| contention.pause(Duration::from_secs(secs), false);
        assert_eq!((pauses(5), pauses(5), pauses(5)), (Some(SHORTEST_PAUSE), Some(SHORTEST_PAUSE * 2), Some(SHORTEST_PAUSE * 4)));
        assert!((0..9).all(|_| pauses(64).is_some()) && pauses(64) == Some(LONGEST_PAUSE));
        assert_eq!(pauses(65), None);
    }

    #[test]
    fn patience_is_short_once_the_ledger_closes() {
        let mut contention = Contention::since(Duration::ZERO);
        assert!(contention.pause(Duration::from_secs(30), false).is_some() && contention.pause(Duration::from_secs(30), true).is_some());
        assert_eq!(contention.pause(Duration::from_secs(31), true), None);
    }
}
