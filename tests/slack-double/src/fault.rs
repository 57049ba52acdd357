//! Faults of the Web API, on order.

use std::time::Duration;

use serde::{Deserialize, Deserializer};

use crate::{ChannelId, Double, Limits, state::limit::Ordered};

/// What goes wrong with a call.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// 429 `ratelimited`, with `Retry-After` in seconds; not applied.
    RateLimited { retry_after: u64 },
    /// This status with a page for a body; not applied.
    Status(u16),
    /// 200 with `ok: false` and this error; not applied.
    ApiError(String),
    /// Applied, and the answer breaks off in the middle.
    CutBody,
    /// The connection is closed without an answer; not applied.
    CutBefore,
    /// The connection is closed without an answer; applied.
    CutAfter,
    /// Applied and answered, so much later.
    Slow(#[serde(deserialize_with = "milliseconds")] Duration),
    /// Applied, never answered.
    Hang,
    /// Applied, answered with something that is no JSON.
    Garbage,
}

impl Double {
    /// Lets the next `times` calls of a method go wrong. The method is one of the Web API's, `response_url`, `upload`, or `*`
    /// for any. Faults of one method queue up.
    pub fn fail(&self, method: &str, fault: Fault, times: usize) {
        self.shared.state().faults.push_back(Ordered { method: method.into(), channel: None, fault, times });
    }

    /// As [`fail`](Self::fail), for calls that name this channel only.
    pub fn fail_in(&self, method: &str, channel: &ChannelId, fault: Fault, times: usize) {
        self.shared.state().faults.push_back(Ordered { method: method.into(), channel: Some(channel.clone()), fault, times });
    }

    /// Takes back all faults that have not happened yet.
    pub fn mend(&self) {
        self.shared.state().faults.clear();
    }

    /// Sets the limits anew.
    pub fn set_limits(&self, limits: Limits) {
        self.shared.state().settings.limits = limits;
    }
}

fn milliseconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    u64::deserialize(deserializer).map(Duration::from_millis)
}
