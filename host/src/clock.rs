//! What time it is, for everything in the host: the practice room and the transcripts move it, nothing else does.
//!
//! The machine's clock can be set while the bot runs, and a machine can sleep. Whoever waits for a moment finds out within a [`TICK`]. A
//! leap is believed when it still stands a tick later: what is put right at once makes nothing come due.

use hatstand_common::value::{Instant, millis};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::sync::watch;

/// How often whoever waits looks at the clock.
const TICK: Duration = Duration::from_secs(1);

/// By more than this a clock does not drift.
const LEAP: Duration = Duration::from_secs(60);

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
    Machine(Mutex<Watcher>),
    /// Stands still unless moved.
    Still(Instant),
}

impl Clock {
    /// The machine's clock.
    pub fn machine() -> Self {
        Self::new(Base::Machine(Mutex::default()))
    }

    /// A clock that stands still, until it is moved.
    pub fn still(at: Instant) -> Self {
        Self::new(Base::Still(at))
    }

    fn new(base: Base) -> Self {
        Self(Arc::new(Inner { base, made: std::time::Instant::now(), moved: watch::Sender::new(Duration::ZERO) }))
    }

    pub fn now(&self) -> Instant {
        let base = match &self.0.base {
            Base::Machine(watcher) => {
                let wall = Instant(millis(SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()));
                watcher.lock().unwrap_or_else(PoisonError::into_inner).believe(wall, self.0.made.elapsed())
            }
            Base::Still(at) => *at,
        };
        base + *self.0.moved.borrow()
    }

    /// How much time went by since the clock was made. Never goes back, whatever is done to the machine's clock.
    pub fn elapsed(&self) -> Duration {
        let elapsed = match self.0.base {
            Base::Machine(_) => self.0.made.elapsed(),
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
                Base::Machine(_) => tokio::select! {
                    () = tokio::time::sleep(left.min(TICK)) => {}
                    _ = moved.changed() => {}
                },
                // The sender lives as long as this clock does: it never closes.
                Base::Still(_) => drop(moved.changed().await),
            }
        }
    }

    /// The same; without a moment for ever.
    pub async fn reach_any(&self, moment: Option<Instant>) {
        match moment {
            Some(moment) => self.reach(moment).await,
            None => std::future::pending().await,
        }
    }
}

/// Compares the machine's clock with the time that went by.
#[derive(Debug, Default)]
struct Watcher {
    /// What was believed last, and when.
    last: Option<(Instant, Duration)>,
    /// Since when the clock is elsewhere.
    leaped: Option<Duration>,
}

impl Watcher {
    /// What time it is, when the clock says `wall` after so much time.
    fn believe(&mut self, wall: Instant, elapsed: Duration) -> Instant {
        let expected = self.last.map_or(wall, |(at, then)| at + elapsed.saturating_sub(then));
        let apart = wall.since(expected).max(expected.since(wall));
        let since = match apart > LEAP {
            true => *self.leaped.get_or_insert(elapsed),
            false => elapsed,
        };
        if apart > LEAP && elapsed.saturating_sub(since) < TICK {
            return expected;
        }
        if apart > LEAP {
            let direction = if wall > expected { "forward" } else { "back" };
            tracing::warn!("the machine's clock went {direction} by {} s", apart.as_secs());
        }
        (self.last, self.leaped) = (Some((wall, elapsed)), None);
        wall
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_leap_is_believed_when_it_still_stands_a_tick_later() {
        let mut watcher = Watcher::default();
        let mut at = |wall: u64, elapsed: u64| watcher.believe(Instant(wall), Duration::from_millis(elapsed)).0;
        assert_eq!(at(1_000_000, 0), 1_000_000);
        assert_eq!(at(1_030_000, 500), 1_030_000, "it drifts, or was put right a little");
        assert_eq!(at(5_000_000, 600), 1_030_100);
        assert_eq!(at(1_030_900, 1_400), 1_030_900, "it was put right at once");
        assert_eq!(at(5_000_000, 1_500), 1_031_000);
        assert_eq!(at(5_001_000, 2_500), 5_001_000);
        assert_eq!(at(1_002_000, 2_600), 5_001_100);
        assert_eq!(at(1_003_000, 3_600), 1_003_000, "back as well");
    }

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
