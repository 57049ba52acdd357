//! Moments as senders write them.

use hatstand_plugin::Instant;
use std::time::Duration;

const SECOND: i64 = 1000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// Reads `2026-01-05T10:00:00Z`, `2026-01-05 10:00:00.123 UTC`, `2026-01-05 11:00:00 +0100` and the like; none for what is no moment, or
/// one before 1970.
pub fn read(text: &str) -> Option<Instant> {
    let (date, rest) = text.trim().split_at_checked(10)?;
    let (clock, rest) = rest.strip_prefix(['T', ' '])?.split_at_checked(8)?;
    let (fraction, zone) = match rest.strip_prefix('.') {
        Some(rest) => rest.split_at(rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len())),
        None => ("", rest),
    };
    let local = days(date)? * DAY + of_day(clock)? + of_second(fraction)?;
    u64::try_from(local - offset(zone.trim())?).ok().map(Instant)
}

/// Reads seconds since 1970, as a number in a text.
pub fn of_seconds(text: &str) -> Option<Instant> {
    let seconds: u32 = text.trim().parse().ok()?;
    Some(Instant(0) + Duration::from_secs(seconds.into()))
}

/// Days from 1970-01-01 to a date of the calendar: years are counted from March, so that the day of a leap year is the last.
fn days(date: &str) -> Option<i64> {
    let (year, month, day) = three(date, '-')?;
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    Some(365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day - 1 - 719_468)
}

fn of_day(clock: &str) -> Option<i64> {
    let (hour, minute, second) = three(clock, ':')?;
    // A leap second is the 60th.
    let is_one = hour < 24 && minute < 60 && second <= 60;
    is_one.then_some(hour * HOUR + minute * MINUTE + second * SECOND)
}

fn of_second(fraction: &str) -> Option<i64> {
    let digits: String = fraction.chars().chain("000".chars()).take(3).collect();
    digits.parse().ok()
}

/// How far a zone is ahead of UTC.
fn offset(zone: &str) -> Option<i64> {
    if matches!(zone, "Z" | "z" | "UTC" | "GMT") {
        return Some(0);
    }
    let (sign, digits) = match zone.strip_prefix('+') {
        Some(digits) => (1, digits),
        None => (-1, zone.strip_prefix('-')?),
    };
    let digits = digits.replace(':', "");
    let (hours, minutes) = digits.split_at_checked(2)?;
    let minutes = if minutes.is_empty() { 0 } else { number(minutes)? };
    Some(sign * (number(hours)? * HOUR + minutes * MINUTE))
}

fn three(text: &str, between: char) -> Option<(i64, i64, i64)> {
    let mut parts = text.splitn(3, between).map(number);
    Some((parts.next()??, parts.next()??, parts.next()??))
}

fn number(digits: &str) -> Option<i64> {
    let is_one = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_one.then(|| digits.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::{Timestamp, tz};
    use proptest::prelude::*;

    const TEN: Instant = Instant(1_767_607_200_000);

    #[test]
    fn every_way_of_writing_a_moment_is_read() {
        for text in [
            "2026-01-05T10:00:00Z",
            "2026-01-05 10:00:00 UTC",
            "2026-01-05T11:00:00+01:00",
            "2026-01-05 11:00:00 +0100",
            "2026-01-05T10:00:00.0+00:00",
            "2026-01-05T04:30:00.000000000-05:30",
            " 2026-01-05T10:00:00.000Z ",
        ] {
            assert_eq!(read(text), Some(TEN), "{text}");
        }
        assert_eq!(read("2026-01-05T10:00:00.25Z"), Some(Instant(TEN.0 + 250)));
        assert_eq!(of_seconds("1767607200"), Some(TEN));
    }

    #[test]
    fn what_is_no_moment_is_none() {
        for text in [
            "",
            "soon",
            "2026-01-05",
            "2026-13-05T10:00:00Z",
            "2026-01-05T25:00:00Z",
            "2026-01-05T10:00:00",
            "0001-01-01T00:00:00Z",
            "2026-01-05T10:00:00+é",
            "2026-01-0éT10:00:00Z",
            "+026-01-05T10:00:00Z",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
        assert_eq!(of_seconds("-1"), None);
    }

    proptest! {
        #[test]
        fn the_calendar_is_the_usual_one(millis in 0i64..8_000_000_000_000, hours in -23i8..=23) {
            let moment = Timestamp::from_millisecond(millis).unwrap();
            let there = moment.to_zoned(tz::offset(hours).to_time_zone());
            let written = there.strftime("%Y-%m-%dT%H:%M:%S.%3f%:z").to_string();
            prop_assert_eq!(read(&written), Some(Instant(u64::try_from(millis).unwrap())), "{}", written);
        }

        #[test]
        fn any_text_is_read_or_not(text in ".{0,40}") {
            let _ = read(&text);
        }
    }
}
