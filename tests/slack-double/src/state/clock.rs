//! The double's own clock, which may run faster than the world's.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::time::Instant;

#[derive(Debug)]
pub(crate) struct Clock {
    started: Instant,
    /// Microseconds from 1970 to the start.
    epoch: u64,
    pace: f64,
}

impl Clock {
    pub(crate) fn start(pace: f64) -> Self {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self { started: Instant::now(), epoch: since.as_micros() as u64, pace }
    }

    /// Real time since the start.
    pub(crate) fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }

    /// The double's time, in microseconds since 1970.
    pub(crate) fn micros(&self) -> u64 {
        self.epoch + (self.elapsed().as_secs_f64() * self.pace * 1e6) as u64
    }

    /// The double's time, in whole seconds since 1970.
    pub(crate) fn seconds(&self) -> u64 {
        self.micros() / 1_000_000
    }

    /// When a span of the double's time from now will be over.
    pub(crate) fn after(&self, span: Duration) -> Instant {
        Instant::now() + span.div_f64(self.pace)
    }

    /// A span of real time in the double's.
    pub(crate) fn ours(&self, real: Duration) -> Duration {
        real.mul_f64(self.pace)
    }
}
