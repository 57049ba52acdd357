//! Reading a moment: `17:30`, `tomorrow 9am`, `friday`, `2026-03-01 12:00`.

use super::length::LONGEST;
use super::line::Circumstances;
use super::unreadable::Why;
use crate::value::Instant;
use jiff::civil::{Date, Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan, Zoned};

/// `tomorrow at 9 am` has this many words.
const MOST_WORDS: usize = 4;

/// What a day without a time of day means: people who say `until friday` sleep before.
const MORNING: Time = Time::constant(9, 0, 0, 0);

/// Reads a moment that begins the lower-cased words: how many of them, and what they say; the longest first.
///
/// If nothing can be read: how many words were looked at, and why.
pub(super) fn read(words: &[&str], circumstances: &Circumstances) -> Result<Vec<(usize, Instant)>, (usize, Why)> {
    let now = now(circumstances).ok_or((1, Why::NotMoment))?;
    let most = words.len().min(MOST_WORDS);
    let resolved = (1..=most).rev().filter_map(|count| Some((count, Moment::exactly(&words[..count])?.resolve(&now))));
    let (readings, refusals): (Vec<_>, Vec<_>) = resolved.partition(|(_, result)| result.is_ok());
    if readings.is_empty() {
        let refusal = refusals.into_iter().find_map(|(count, result)| Some((count, result.err()?)));
        return Err(refusal.unwrap_or((1, Why::NotMoment)));
    }
    Ok(readings.into_iter().filter_map(|(count, result)| Some((count, result.ok()?))).collect())
}

fn now(circumstances: &Circumstances) -> Option<Zoned> {
    let millis = i64::try_from(circumstances.now.millis()).ok()?;
    let zone = TimeZone::get(&circumstances.zone).unwrap_or(TimeZone::UTC);
    Some(Timestamp::from_millisecond(millis).ok()?.to_zoned(zone))
}

/// A moment as people say it; one of the two is there.
struct Moment {
    day: Option<Day>,
    clock: Option<Time>,
}

#[derive(Clone, Copy)]
enum Day {
    Today,
    Tomorrow,
    Weekday(Weekday),
    Date(Date),
}

impl Moment {
    /// The moment that these words are, no more and no less, in either order: `9am tomorrow` too.
    fn exactly(words: &[&str]) -> Option<Moment> {
        if let Some(clock) = clock(words) {
            return Some(Moment { day: None, clock: Some(clock) });
        }
        let (first, following) = words.split_first()?;
        if let Some(day) = Day::read(first) {
            let clock = if following.is_empty() { None } else { Some(clock(following)?) };
            return Some(Moment { day: Some(day), clock });
        }
        let (last, before) = words.split_last()?;
        Some(Moment { day: Some(Day::read(last)?), clock: Some(clock(before)?) })
    }

    /// The moment itself, which lies ahead.
    fn resolve(&self, now: &Zoned) -> Result<Instant, Why> {
        let time = self.clock.unwrap_or(MORNING);
        let moment = match (self.day, self.clock) {
            (None, _) => next(now, time, 1),
            (Some(Day::Today), None) => return Err(Why::NoTimeOfDay),
            (Some(Day::Today), _) => at(now, now.date(), time),
            (Some(Day::Tomorrow), _) => now.date().tomorrow().ok().and_then(|date| at(now, date, time)),
            (Some(Day::Weekday(weekday)), _) => next_weekday(now, weekday, time),
            (Some(Day::Date(date)), _) => at(now, date, time),
        };
        ahead(&moment.ok_or(Why::TooFar)?, now)
    }
}

fn at(now: &Zoned, date: Date, time: Time) -> Option<Zoned> {
    date.to_datetime(time).to_zoned(now.time_zone().clone()).ok()
}

/// Today at this time, or so many days later if that is past.
fn next(now: &Zoned, time: Time, days: i32) -> Option<Zoned> {
    let today = at(now, now.date(), time)?;
    if today > *now { Some(today) } else { at(now, now.date().checked_add(days.days()).ok()?, time) }
}

fn next_weekday(now: &Zoned, weekday: Weekday, time: Time) -> Option<Zoned> {
    if now.date().weekday() == weekday {
        return next(now, time, 7);
    }
    at(now, now.date().nth_weekday(1, weekday).ok()?, time)
}

fn ahead(moment: &Zoned, now: &Zoned) -> Result<Instant, Why> {
    if moment <= now {
        return Err(Why::Past);
    }
    let millis = u64::try_from(moment.timestamp().as_millisecond()).map_err(|_| Why::Past)?;
    if moment.timestamp().duration_since(now.timestamp()).unsigned_abs() > LONGEST {
        return Err(Why::TooFar);
    }
    Ok(Instant(millis))
}

impl Day {
    fn read(word: &str) -> Option<Day> {
        match word {
            "today" => Some(Day::Today),
            "tomorrow" => Some(Day::Tomorrow),
            _ => weekday(word).map(Day::Weekday).or_else(|| date(word).map(Day::Date)),
        }
    }
}

fn weekday(word: &str) -> Option<Weekday> {
    Some(match word {
        "monday" | "mon" => Weekday::Monday,
        "tuesday" | "tue" => Weekday::Tuesday,
        "wednesday" | "wed" => Weekday::Wednesday,
        "thursday" | "thu" => Weekday::Thursday,
        "friday" | "fri" => Weekday::Friday,
        "saturday" | "sat" => Weekday::Saturday,
        "sunday" | "sun" => Weekday::Sunday,
        _ => return None,
    })
}

/// `2026-03-01`, and none of the other ways that ISO 8601 knows.
fn date(word: &str) -> Option<Date> {
    let mut parts = word.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    let lengths = (year.len(), month.len(), day.len());
    if lengths != (4, 2, 2) || parts.next().is_some() {
        return None;
    }
    Date::new(digits(year)?.try_into().ok()?, digits(month)?.try_into().ok()?, digits(day)?.try_into().ok()?).ok()
}

/// `17:30`, `9am`, `5:30 pm`, `at 9am`.
fn clock(words: &[&str]) -> Option<Time> {
    match words {
        ["at", time @ ..] => clock_face(time),
        time => clock_face(time),
    }
}

fn clock_face(words: &[&str]) -> Option<Time> {
    match words {
        [time, half @ ("am" | "pm")] => clock_of_halves(time, half),
        [time] => match time.len().checked_sub(2).and_then(|at| time.split_at_checked(at)) {
            Some((time, half @ ("am" | "pm"))) => clock_of_halves(time, half),
            _ => hour_and_minute(time).and_then(|(hour, minute)| Time::new(hour, minute?, 0, 0).ok()),
        },
        _ => None,
    }
}

fn clock_of_halves(time: &str, half: &str) -> Option<Time> {
    let (hour, minute) = hour_and_minute(time)?;
    let afternoon = if half == "pm" { 12 } else { 0 };
    let counted = (1..=12).contains(&hour).then_some(hour % 12 + afternoon)?;
    Time::new(counted, minute.unwrap_or(0), 0, 0).ok()
}

fn hour_and_minute(time: &str) -> Option<(i8, Option<i8>)> {
    let Some((hour, minute)) = time.split_once(':') else {
        return Some((two_digits(time)?, None));
    };
    (minute.len() == 2).then_some((two_digits(hour)?, Some(two_digits(minute)?)))
}

fn two_digits(text: &str) -> Option<i8> {
    if text.len() > 2 { None } else { i8::try_from(digits(text)?).ok() }
}

/// A number of digits alone: no sign.
fn digits(text: &str) -> Option<u16> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A Thursday, 11:30 in Berlin.
    const NOW: &str = "2026-02-26T10:30:00Z";

    fn circumstances(now: &str, zone: &str) -> Circumstances {
        let now: Timestamp = now.parse().unwrap();
        Circumstances { now: Instant(now.as_millisecond().try_into().unwrap()), zone: zone.to_owned() }
    }

    fn whole(text: &str, circumstances: &Circumstances) -> Result<String, Why> {
        let words: Vec<&str> = text.split(' ').collect();
        let (count, instant) = read(&words, circumstances).map_err(|(_, why)| why)?[0];
        assert_eq!(count, words.len(), "{text}");
        Ok(Timestamp::from_millisecond(instant.millis().try_into().unwrap()).unwrap().to_string())
    }

    fn in_berlin(text: &str) -> Result<String, Why> {
        whole(text, &circumstances(NOW, "Europe/Berlin"))
    }

    #[test]
    fn people_name_moments_in_many_ways() {
        for (text, moment) in [
            ("17:30", "2026-02-26T16:30:00Z"),
            ("9am", "2026-02-27T08:00:00Z"),
            ("11:30", "2026-02-27T10:30:00Z"),
            ("11:31", "2026-02-26T10:31:00Z"),
            ("5:30pm", "2026-02-26T16:30:00Z"),
            ("5:30 pm", "2026-02-26T16:30:00Z"),
            ("12am", "2026-02-26T23:00:00Z"),
            ("12pm", "2026-02-26T11:00:00Z"),
            ("0:05", "2026-02-26T23:05:00Z"),
            ("today 17:30", "2026-02-26T16:30:00Z"),
            ("tomorrow", "2026-02-27T08:00:00Z"),
            ("tomorrow 9am", "2026-02-27T08:00:00Z"),
            ("tomorrow at 9 am", "2026-02-27T08:00:00Z"),
            ("9am tomorrow", "2026-02-27T08:00:00Z"),
            ("friday", "2026-02-27T08:00:00Z"),
            ("fri 17:00", "2026-02-27T16:00:00Z"),
            ("wednesday", "2026-03-04T08:00:00Z"),
            ("thursday", "2026-03-05T08:00:00Z"),
            ("thursday 17:00", "2026-02-26T16:00:00Z"),
            ("2026-03-01", "2026-03-01T08:00:00Z"),
            ("2026-03-01 12:00", "2026-03-01T11:00:00Z"),
            ("2026-07-01 12:00", "2026-07-01T10:00:00Z"),
        ] {
            assert_eq!(in_berlin(text).as_deref(), Ok(moment), "{text}");
        }
    }

    #[test]
    fn what_is_no_moment_ahead_is_refused_with_its_reason() {
        for (text, why) in [
            ("banana", Why::NotMoment),
            ("17", Why::NotMoment),
            ("25:00", Why::NotMoment),
            ("24:00", Why::NotMoment),
            ("17:3", Why::NotMoment),
            ("13pm", Why::NotMoment),
            ("0am", Why::NotMoment),
            ("pm", Why::NotMoment),
            ("+9:00", Why::NotMoment),
            ("2026-02-30", Why::NotMoment),
            ("2026-3-1", Why::NotMoment),
            ("", Why::NotMoment),
            ("é", Why::NotMoment),
            ("today", Why::NoTimeOfDay),
            ("today 9am", Why::Past),
            ("2026-02-26 11:30", Why::Past),
            ("2020-01-01", Why::Past),
            ("1900-01-01", Why::Past),
            ("2036-03-01", Why::TooFar),
            ("9999-12-31 23:59", Why::TooFar),
        ] {
            assert_eq!(in_berlin(text), Err(why), "{text}");
        }
    }

    #[test]
    fn a_moment_is_meant_in_the_askers_zone() {
        assert_eq!(whole("17:30", &circumstances(NOW, "America/New_York")).as_deref(), Ok("2026-02-26T22:30:00Z"));
        assert_eq!(whole("17:30", &circumstances(NOW, "Nowhere/Land")).as_deref(), Ok("2026-02-26T17:30:00Z"));
    }

    #[test]
    fn a_time_that_the_clocks_skip_is_moved_ahead() {
        let night = circumstances("2026-03-28T23:30:00Z", "Europe/Berlin");
        assert_eq!(whole("2:30", &night).as_deref(), Ok("2026-03-29T01:30:00Z"));
    }

    #[test]
    fn the_end_of_time_is_survived() {
        for now in [0, u64::MAX, 253_402_207_200_000] {
            let end = Circumstances { now: Instant(now), zone: "Asia/Tokyo".to_owned() };
            for text in ["17:30", "0:01", "tomorrow", "friday"] {
                let _ = read(&[text], &end);
            }
        }
    }

    #[test]
    fn the_longest_reading_comes_first() {
        let counts = |words: &[&str]| -> Vec<usize> {
            read(words, &circumstances(NOW, "UTC")).unwrap().into_iter().map(|(count, _)| count).collect()
        };
        assert_eq!(counts(&["tomorrow", "9am", "in", "room"]), [2, 1]);
        assert_eq!(counts(&["9", "am", "room"]), [2]);
    }
}
