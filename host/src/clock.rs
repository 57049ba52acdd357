//! What time it is, for everything in the host: the practice room and the transcripts move it, nothing else does.

use hatstand_common::value::{Instant, millis};
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::sync::watch;

/// A clock that all who hold a copy share.
#[derive(Clone, Debug)]
pub struct Clock(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    base: Base,
    made: std::time::Instant,
    /// How far somebody moved the clock.
    moved: watch::Sender<Duration>,
}

#[derive(Debug)]
enum Base {
    /// The machine's clock.
    Machine,
    /// Stands still unless moved.
    Still(Instant),
}

impl Clock {
    /// The machine's clock.
    pub fn machine() -> Self {
        Self::new(Base::Machine)
    }

    /// A clock that stands still, until it is moved.
    pub fn still(at: Instant) -> Self {
        Self::new(Base::Still(at))
    }

    fn new(base: Base) -> Self {
        Self(Arc::new(Inner { base, made: std::time::Instant::now(), moved: watch::Sender::new(Duration::ZERO) }))
    }

    pub fn now(&self) -> Instant {
        let base = match self.0.base {
            Base::Machine => Instant(millis(SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default())),
            Base::Still(at) => at,
        };
        base + *self.0.moved.borrow()
    }

    /// How much time went by since the clock was made. Never goes back, whatever is done to the machine's clock.
    pub fn elapsed(&self) -> Duration {
        let elapsed = match self.0.base {
            Base::Machine => self.0.made.elapsed(),
            Base::Still(_) => Duration::ZERO,
        };
        elapsed + *self.0.moved.borrow()
    }

    /// Moves the clock forward. Whoever waits for a moment that is passed by this is woken.
    pub fn advance(&self, by: Duration) {
        self.0.moved.send_modify(|moved| *moved += by);
    }

    /// Returns once it is `due`, by waiting or by being moved there.
    pub async fn reach(&self, due: Instant) {
        let mut moved = self.0.moved.subscribe();
        loop {
            moved.mark_unchanged();
            let left = due.since(self.now());
            if left.is_zero() {
                return;
            }
            match self.0.base {
                Base::Machine => tokio::select! {
                    () = tokio::time::sleep(left) => {}
                    _ = moved.changed() => {}
                },
                // The sender lives as long as this clock does: it never closes.
                Base::Still(_) => drop(moved.changed().await),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn wakes_whoever_waits_when_it_is_moved() {
        let clock = Clock::still(Instant(1_000));
        let waiting = tokio::spawn({
            let clock = clock.clone();
            async move { clock.reach(Instant(5_000)).await }
        });
        clock.advance(Duration::from_secs(4));
        waiting.await.expect("it ends");
        assert_eq!(clock.now(), Instant(5_000));
    }
}
