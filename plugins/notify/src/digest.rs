//! A channel that wants to be told all at once, at certain times.

use hatstand_plugin::prelude::*;
use serde::{Deserialize, Serialize};

const MINUTE: u64 = 60 * 1000;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

/// When the daily digest comes unless somebody says otherwise.
const MORNING: u64 = 9 * HOUR;

/// When a channel is told what was gathered for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Digest {
    pub rhythm: Rhythm,
    /// The time on the clock, in milliseconds of the day or of the hour.
    at: u64,
    /// Where the clock is.
    zone: String,
}

/// How often.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rhythm {
    Daily,
    Hourly,
    /// At once, and not in a digest.
    Off,
}

impl Digest {
    /// A digest at the time that somebody names, in their zone; none if it is off.
    pub fn new(cx: &Context, rhythm: Rhythm, at: Option<Instant>) -> Option<Self> {
        let zone = cx.person().map_or_else(|| "UTC".to_owned(), |person| person.zone.clone());
        let at = at.map(|at| local(at, offset(cx, &zone, at)));
        let at = match rhythm {
            Rhythm::Daily => at.map_or(MORNING, |at| at % DAY),
            Rhythm::Hourly => at.map_or(0, |at| at % HOUR),
            Rhythm::Off => return None,
        };
        Some(Self { rhythm, at, zone })
    }

    /// When it comes next.
    pub fn next(&self, cx: &Context) -> Instant {
        self.after(cx.now(), |at| offset(cx, &self.zone, at))
    }

    fn after(&self, now: Instant, offset: impl Fn(Instant) -> i64) -> Instant {
        let period = if self.rhythm == Rhythm::Hourly { HOUR } else { DAY };
        let begin = local(now, offset(now)) / period * period;
        // On the day on which the clock is put forward or back, the offset then is another than now.
        let moment = |ahead: u64| {
            let there = begin + ahead * period + self.at;
            let about = there.saturating_add_signed(-offset(now));
            Instant(there.saturating_add_signed(-offset(Instant(about))))
        };
        (0..3).map(moment).find(|moment| *moment > now).unwrap_or(now + Duration::from_millis(period))
    }
}

/// What the clock on the wall shows, in milliseconds since the beginning of 1970.
fn local(at: Instant, offset: i64) -> u64 {
    at.millis().saturating_add_signed(offset)
}

/// How far a zone is ahead of UTC, in milliseconds.
fn offset(cx: &Context, zone: &str, at: Instant) -> i64 {
    1000 * i64::from(cx.directory().zone_offset(zone, at).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An hour of Monday, 2026-01-05, in UTC.
    fn hour(hour: u64) -> Instant {
        Instant(1_767_571_200_000 + hour * HOUR)
    }

    fn digest(rhythm: Rhythm, at: u64) -> Digest {
        Digest { rhythm, at, zone: String::new() }
    }

    #[test]
    fn it_comes_at_the_time_on_the_clock() {
        let daily = digest(Rhythm::Daily, 9 * HOUR);
        for (now, next) in [(8, 9), (9, 33), (10, 33), (33, 57)] {
            assert_eq!(daily.after(hour(now), |_| 0), hour(next), "{now}");
        }
        let east = 2 * HOUR as i64;
        assert_eq!(daily.after(hour(6), |_| east), hour(7));
        assert_eq!(daily.after(hour(23), |_| east), hour(31));
        let hourly = digest(Rhythm::Hourly, 30 * MINUTE);
        assert_eq!(hourly.after(hour(8), |_| 0), hour(8) + Duration::from_secs(1800));
        assert_eq!(hourly.after(hour(8) + Duration::from_secs(1800), |_| 0), hour(9) + Duration::from_secs(1800));
    }

    #[test]
    fn it_stays_at_its_time_when_the_clock_is_put_forward() {
        let daily = digest(Rhythm::Daily, 9 * HOUR);
        let forward = |at: Instant| if at < hour(26) { 0 } else { HOUR as i64 };
        assert_eq!(daily.after(hour(10), forward), hour(32));
    }
}
