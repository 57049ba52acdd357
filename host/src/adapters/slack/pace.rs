//! How fast Slack may be spoken to: one message a second in each channel with a small burst, and never before it says so.
//!
//! See "Rate limits" in Slack's documentation: posting allows about one message a second and channel; everything else has a limit for
//! each method, app and workspace, and says with `Retry-After` how long to wait.

use super::web::WebError;
use governor::clock::{Clock, DefaultClock};
use governor::state::keyed::HashMapStateStore;
use governor::{Quota, RateLimiter};
use hatstand_common::value::ChannelId;
use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How many messages may follow each other at once before the pace holds.
const BURST: u32 = 3;

/// The pace of one workspace.
#[derive(Debug)]
pub struct Pace {
    channels: Option<RateLimiter<ChannelId, HashMapStateStore<ChannelId>, DefaultClock>>,
    /// When a method may be called again.
    gates: Mutex<HashMap<String, Instant>>,
}

impl Pace {
    /// So many messages a second and channel; none is without limit of our own.
    pub fn new(per_second: Option<NonZeroU32>) -> Self {
        let quota = |rate| Quota::per_second(rate).allow_burst(NonZeroU32::new(BURST).unwrap_or(NonZeroU32::MIN));
        Self { channels: per_second.map(|rate| RateLimiter::hashmap(quota(rate))), gates: Mutex::default() }
    }

    /// Waits until something may be said in this channel.
    pub async fn turn(&self, channel: &ChannelId) {
        let Some(channels) = &self.channels else { return };
        while let Err(early) = channels.check_key(channel) {
            tokio::time::sleep(early.wait_time_from(DefaultClock::default().now())).await;
        }
        // Channels in which nothing was said for a while need no memory.
        if channels.len() > REMEMBERED {
            channels.retain_recent();
        }
    }

    /// How long a method has to wait because Slack said so.
    pub fn wait(&self, method: &str) -> Option<Duration> {
        let mut gates = self.gates();
        let left = gates.get(method)?.saturating_duration_since(Instant::now());
        if left.is_zero() {
            gates.remove(method);
            return None;
        }
        Some(left)
    }

    /// Remembers what Slack asks for.
    pub fn note(&self, error: &WebError) {
        if let WebError::TooFast { method, wait } = error {
            self.gates().insert(method.clone(), Instant::now() + *wait);
        }
    }

    fn gates(&self) -> MutexGuard<'_, HashMap<String, Instant>> {
        self.gates.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How many channels' pace is kept before the idle ones are dropped.
const REMEMBERED: usize = 1_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_method_waits_as_long_as_slack_asks() {
        let pace = Pace::new(None);
        assert_eq!(pace.wait("chat.postMessage"), None);
        pace.note(&WebError::TooFast { method: "chat.postMessage".to_owned(), wait: Duration::from_secs(30) });
        assert!(pace.wait("chat.postMessage").is_some_and(|left| left > Duration::from_secs(29)));
        assert_eq!(pace.wait("chat.update"), None, "each method has a limit of its own");
    }

    #[tokio::test]
    async fn without_a_rate_nobody_waits() {
        let pace = Pace::new(None);
        for _ in 0..1_000 {
            pace.turn(&"C1".into()).await;
        }
    }
}
