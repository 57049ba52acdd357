//! Rates that are limited on order, and faults that happen on order ("Rate limits").

use std::{collections::HashMap, time::Duration};

use super::{State, clock::Clock};
use crate::{AppId, ChannelId, Fault, TeamId};

/// A fault that waits for its call.
#[derive(Clone, Debug)]
pub(crate) struct Ordered {
    pub(crate) method: String,
    pub(crate) channel: Option<ChannelId>,
    pub(crate) fault: Fault,
    pub(crate) times: usize,
}

impl State {
    /// The fault that this call meets, if one was ordered.
    pub(crate) fn take_fault(&mut self, method: &str, channel: Option<&str>) -> Option<Fault> {
        if self.faults.is_empty() {
            return None;
        }
        let meets = |ordered: &Ordered| {
            (ordered.method == method || ordered.method == "*")
                && ordered.channel.as_ref().is_none_or(|wanted| Some(wanted.as_str()) == channel)
        };
        let index = self.faults.iter().position(meets)?;
        let ordered = &mut self.faults[index];
        ordered.times = ordered.times.saturating_sub(1);
        let (fault, spent) = (ordered.fault.clone(), ordered.times == 0);
        if spent {
            self.faults.remove(index);
        }
        Some(fault)
    }
}

/// How much of everything was used.
#[derive(Debug, Default)]
pub(crate) struct Rates {
    posts: HashMap<(AppId, ChannelId), Bucket>,
    calls: HashMap<(AppId, Option<TeamId>, &'static str), Bucket>,
    events: HashMap<(AppId, TeamId), Hour>,
}

/// How much of the hour's volume of events is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Volume {
    Within,
    /// This is the first that does not fit, in this minute.
    JustOver,
    Over,
}

#[derive(Debug, Default)]
struct Hour {
    began: Duration,
    events: u32,
    told: Option<u64>,
}

/// A bucket that holds `size` tokens and gains one every `every`.
#[derive(Debug)]
struct Bucket {
    tokens: f64,
    at: Duration,
}

impl Bucket {
    fn full(size: u32, now: Duration) -> Self {
        Self { tokens: f64::from(size), at: now }
    }

    /// Takes a token, or says how long until there is one.
    fn take(&mut self, size: u32, every: Duration, now: Duration) -> Result<(), Duration> {
        let gained = (now.saturating_sub(self.at)).as_secs_f64() / every.as_secs_f64();
        self.tokens = (self.tokens + gained).min(f64::from(size));
        self.at = now;
        if self.tokens < 1.0 {
            return Err(every.mul_f64(1.0 - self.tokens));
        }
        self.tokens -= 1.0;
        Ok(())
    }
}

/// Whole seconds to wait, as `Retry-After` says them; at least one.
fn retry_after(wait: Duration) -> u64 {
    (wait.as_secs_f64().ceil() as u64).max(1)
}

impl Rates {
    /// One message a second and channel, after a burst.
    pub(crate) fn post(&mut self, clock: &Clock, burst: Option<u32>, app: &AppId, channel: &ChannelId) -> Result<(), u64> {
        let Some(burst) = burst else { return Ok(()) };
        let now = clock.ours(clock.elapsed());
        let bucket = self.posts.entry((app.clone(), channel.clone())).or_insert_with(|| Bucket::full(burst, now));
        bucket.take(burst, Duration::from_secs(1), now).map_err(retry_after)
    }

    /// So many calls of a method a minute.
    pub(crate) fn call(
        &mut self,
        clock: &Clock,
        a_minute: u32,
        app: &AppId,
        team: Option<&TeamId>,
        method: &'static str,
    ) -> Result<(), u64> {
        let now = clock.ours(clock.elapsed());
        let key = (app.clone(), team.cloned(), method);
        let bucket = self.calls.entry(key).or_insert_with(|| Bucket::full(a_minute, now));
        bucket.take(a_minute, Duration::from_secs(60) / a_minute, now).map_err(retry_after)
    }

    pub(crate) fn event_allowed(&mut self, clock: &Clock, limit: Option<u32>, who: (&AppId, &TeamId)) -> Volume {
        let Some(limit) = limit else { return Volume::Within };
        let now = clock.ours(clock.elapsed());
        let hour = self.events.entry((who.0.clone(), who.1.clone())).or_default();
        if now.saturating_sub(hour.began) >= Duration::from_secs(3600) {
            *hour = Hour { began: now, ..Hour::default() };
        }
        hour.events += 1;
        let minute = now.as_secs() / 60;
        if hour.events <= limit {
            Volume::Within
        } else if hour.told.replace(minute) == Some(minute) {
            Volume::Over
        } else {
            Volume::JustOver
        }
    }
}
