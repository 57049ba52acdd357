//! Moments as a transcript writes them.

use crate::value::Instant;
use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone};
use jiff::{Timestamp, Zoned};

const MINUTE: &str = "%Y-%m-%d %H:%M";

/// Reads `2026-01-05 10:00`, in UTC.
pub(super) fn read(text: &str) -> Result<Instant, String> {
    DateTime::strptime(MINUTE, text)
        .and_then(|time| time.to_zoned(TimeZone::UTC))
        .ok()
        .and_then(|time| u64::try_from(time.timestamp().as_millisecond()).ok())
        .map(Instant)
        .ok_or_else(|| format!("`{text}` is no time: type it like `2026-01-05 10:00`"))
}

/// Writes a moment to the minute, in UTC.
pub(super) fn write(moment: Instant) -> String {
    civil(moment, 0).strftime(MINUTE).to_string()
}

/// Tells a moment to somebody for whom it is `now`: the time, with as much of the date as is needed. The offsets of the zone from
/// UTC, in seconds, are asked for each moment, because they change with the season.
pub(super) fn tell(moment: Instant, now: Instant, offset: impl Fn(Instant) -> i32) -> String {
    let (then, now) = (civil(moment, offset(moment)), civil(now, offset(now)));
    let days = (then.date() - now.date()).get_days();
    let format = match days {
        0 => "%H:%M",
        1 => "tomorrow %H:%M",
        -1 => "yesterday %H:%M",
        _ if then.year() == now.year() => "%a %-d %b %H:%M",
        _ => "%a %-d %b %Y %H:%M",
    };
    then.strftime(format).to_string()
}

/// What calendars and clocks can show, at most.
fn civil(moment: Instant, offset: i32) -> DateTime {
    let timestamp = i64::try_from(moment.millis()).ok().and_then(|millis| Timestamp::from_millisecond(millis).ok());
    let zone = Offset::from_seconds(offset).unwrap_or(Offset::UTC).to_time_zone();
    Zoned::new(timestamp.unwrap_or(Timestamp::MAX), zone).datetime()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_read_and_written() {
        let moment = read("2026-01-05 10:00").unwrap();
        assert_eq!(moment, Instant(1_767_607_200_000));
        assert_eq!(write(moment), "2026-01-05 10:00");
    }

    #[test]
    fn what_is_no_moment_is_refused() {
        for text in ["", "10:00", "2026-02-30 10:00", "2026-01-05 10:00:30", "1969-12-31 23:59"] {
            assert!(read(text).is_err(), "{text}");
        }
    }

    #[test]
    fn only_as_much_of_the_date_is_told_as_is_needed() {
        let now = read("2026-01-05 10:00").unwrap();
        for (moment, told) in [
            ("2026-01-05 00:00", "00:00"),
            ("2026-01-05 23:59", "23:59"),
            ("2026-01-06 09:00", "tomorrow 09:00"),
            ("2026-01-04 09:00", "yesterday 09:00"),
            ("2026-01-07 09:00", "Wed 7 Jan 09:00"),
            ("2026-12-24 18:30", "Thu 24 Dec 18:30"),
            ("2025-12-31 09:00", "Wed 31 Dec 2025 09:00"),
            ("2027-01-05 09:00", "Tue 5 Jan 2027 09:00"),
        ] {
            assert_eq!(tell(read(moment).unwrap(), now, |_| 0), told, "{moment}");
        }
    }

    #[test]
    fn the_day_is_the_readers() {
        let (now, moment) = (read("2026-01-05 22:00").unwrap(), read("2026-01-05 23:30").unwrap());
        assert_eq!(tell(moment, now, |_| 3600), "tomorrow 00:30");
        assert_eq!(tell(moment, now, |_| 2 * 3600), "01:30");
    }

    #[test]
    fn the_offset_is_that_of_the_moment() {
        let (winter, summer) = (read("2026-03-28 12:00").unwrap(), read("2026-03-29 12:00").unwrap());
        assert_eq!(tell(summer, winter, |at| if at == summer { 7200 } else { 3600 }), "tomorrow 14:00");
    }

    #[test]
    fn no_moment_is_too_far() {
        assert_eq!(tell(Instant(u64::MAX), Instant(0), |_| i32::MAX), "Thu 30 Dec 9999 22:00");
    }
}
