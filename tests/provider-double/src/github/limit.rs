//! The limit on requests ("Rate limits for the REST API").

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use jiff::Timestamp;

/// Requests in an hour, of who is authenticated.
pub(super) const MOST: u64 = 5000;
const HOUR: i64 = 3600;

/// What was used of it in this hour.
#[derive(Debug, Default)]
pub(super) struct Limit {
    used: u64,
    /// When it is whole again, in seconds since 1970.
    reset: i64,
}

impl Limit {
    /// Counts a request, and tells how many there were in this hour.
    pub(super) fn count(&mut self, now: Timestamp) -> u64 {
        self.renew(now);
        self.used += 1;
        self.used
    }

    /// Leaves so many until the hour is over.
    pub(super) fn leave(&mut self, left: u64, now: Timestamp) {
        self.renew(now);
        self.used = MOST.saturating_sub(left);
    }

    fn renew(&mut self, now: Timestamp) {
        if now.as_second() >= self.reset {
            *self = Self { used: 0, reset: reset(now) };
        }
    }
}

/// The headers that every answer has.
pub(super) fn tell(headers: &mut HeaderMap, used: u64, now: Timestamp) {
    let used = used.min(MOST);
    let numbers = [("x-ratelimit-limit", MOST), ("x-ratelimit-remaining", MOST - used), ("x-ratelimit-used", used)];
    for (name, number) in numbers {
        headers.insert(HeaderName::from_static(name), number.into());
    }
    headers.insert("x-ratelimit-reset", reset(now).into());
    headers.insert("x-ratelimit-resource", HeaderValue::from_static("core"));
}

fn reset(now: Timestamp) -> i64 {
    (now.as_second() / HOUR + 1) * HOUR
}
