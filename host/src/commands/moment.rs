//! Moments on the command line: how long ago or from now, or when; and as the command line tells them.

use hatstand_common::grammar;
use hatstand_common::value::Instant;
use jiff::Timestamp;
use std::str::FromStr;
use std::time::Duration;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    Away(Duration),
    At(Instant),
}

impl FromStr for Moment {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Ok(at) = text.parse::<Timestamp>() {
            return Ok(Self::At(Instant(at.as_millisecond().try_into().unwrap_or_default())));
        }
        let away = grammar::duration(text).map(Self::Away);
        away.map_err(|_| "write a length of time such as 2h or 90d, or a moment such as 2026-03-01T12:00:00Z".to_owned())
    }
}

/// The moment, if it lies in the past.
pub fn since_now(moment: Moment, now: Instant) -> Instant {
    match moment {
        Moment::Away(ago) => now - ago,
        Moment::At(at) => at,
    }
}

/// The moment, if it is to come.
pub fn from_now(moment: Moment, now: Instant) -> Instant {
    match moment {
        Moment::Away(time) => now + time,
        Moment::At(at) => at,
    }
}

/// The moment in UTC, as it stands in a list.
pub fn stamp(at: Instant) -> String {
    written(at, "%F %T")
}

/// The moment in UTC, in this form.
pub fn written(at: Instant, form: &str) -> String {
    let at = i64::try_from(at.millis()).ok().and_then(|at| Timestamp::from_millisecond(at).ok());
    at.map(|at| at.strftime(form).to_string()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_told_either_way() {
        let now = Instant(10_000_000);
        assert_eq!("2h".parse().map(|moment| since_now(moment, now)), Ok(Instant(2_800_000)));
        assert_eq!("90d".parse().map(|moment| from_now(moment, now)), Ok(now + Duration::from_secs(90 * 86_400)));
        assert_eq!("1970-01-01T00:00:05Z".parse(), Ok(Moment::At(Instant(5_000))));
        assert!("yesterday".parse::<Moment>().is_err());
    }
}
