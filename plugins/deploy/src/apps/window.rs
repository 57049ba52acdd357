//! When nothing is deployed, week after week.

use hatstand_plugin::prelude::*;
use serde::Deserialize;
use serde::de::{Deserializer, Error as _};

const MINUTE: u64 = 60 * 1000;
const WEEK: u64 = 7 * 24 * 60 * MINUTE;
const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
/// 1970-01-01 was a Thursday.
const FIRST_DAY: u64 = 3;

/// From one moment of the week to another one.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Window {
    /// Such as `fri 16:00`.
    #[serde(deserialize_with = "moment")]
    pub from: u64,
    #[serde(deserialize_with = "moment")]
    pub until: u64,
    /// An IANA zone such as `Europe/Berlin`.
    #[serde(default = "utc")]
    pub zone: String,
    #[serde(default)]
    pub why: Option<String>,
}

impl Window {
    /// When it will be over; none if it is not that time of the week. The offset is that of the zone from UTC, in seconds.
    pub fn over(&self, now: Instant, offset: i32) -> Option<Instant> {
        let wall = now.millis().saturating_add_signed(i64::from(offset) * 1000);
        let minute = (wall + FIRST_DAY * 24 * 60 * MINUTE) % WEEK;
        let length = (self.until + WEEK - self.from) % WEEK;
        let passed = (minute + WEEK - self.from) % WEEK;
        (passed < length).then(|| now + Duration::from_millis(length - passed))
    }
}

/// Reads `fri 16:00`, in milliseconds since Monday began.
fn moment<'de, D: Deserializer<'de>>(from: D) -> Result<u64, D::Error> {
    let text = String::deserialize(from)?;
    read(&text).ok_or_else(|| D::Error::custom(format_args!("`{text}` is no moment of the week such as `fri 16:00`")))
}

fn read(text: &str) -> Option<u64> {
    let (day, time) = text.trim().split_once(' ')?;
    let day = DAYS.iter().position(|known| day.to_lowercase().starts_with(known))? as u64;
    let (hour, minute) = time.trim().split_once(':')?;
    let (hour, minute): (u64, u64) = (hour.parse().ok()?, minute.parse().ok()?);
    (hour <= 24 && minute < 60).then_some(((day * 24 + hour) * 60 + minute) * MINUTE % WEEK)
}

fn utc() -> String {
    "UTC".to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An hour of Monday, 2026-01-05, in UTC.
    fn at(hour: u64) -> Instant {
        Instant(1_767_571_200_000 + hour * 60 * MINUTE)
    }

    fn window(from: &str, until: &str) -> Window {
        Window { from: read(from).unwrap(), until: read(until).unwrap(), zone: utc(), why: None }
    }

    #[test]
    fn a_week_goes_round() {
        let weekend = window("fri 16:00", "Mon 08:00");
        assert_eq!(weekend.over(at(7), 0), Some(at(8)));
        assert_eq!(weekend.over(at(8), 0), None);
        assert_eq!(weekend.over(at(4 * 24 + 15), 0), None);
        assert_eq!(weekend.over(at(4 * 24 + 16), 0), Some(at(7 * 24 + 8)));
        assert_eq!(weekend.over(at(6), 2 * 3600), None, "it is eight there already");
        assert_eq!(weekend.over(at(6), 3600), Some(at(7)));
    }

    #[test]
    fn what_is_no_moment_is_refused() {
        for text in ["", "fri", "fri 25:00", "fri 10:60", "friday at ten", "someday 10:00"] {
            assert_eq!(read(text), None, "{text}");
        }
        assert_eq!(read("tuesday 0:30"), Some((24 * 60 + 30) * MINUTE));
    }
}
