//! When a schedule is due: five fields as in cron, read in a time zone.
//!
//! Where the clock is put forward or back, the rules of Vixie cron hold, as the crate `croner` keeps them:
//!
//! - A schedule of one fixed time runs once on such a day: after the gap if its time does not exist (02:30 becomes 03:00), and the
//!   first time if it exists twice.
//! - A schedule with `*`, or steps of it, as minute or hour follows the clock on the wall: it does not run within the gap, and runs in
//!   both of the two hours.

use crate::declaration::Schedule;
use crate::value::Instant;
use croner::parser::{CronParser, Seconds, Year};
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use serde::{Deserialize, Serialize};

/// More missed runs than this are not counted.
pub const MISSED: u32 = 10_000;

/// The times of a schedule.
#[derive(Clone, Debug)]
pub struct Cron {
    pattern: croner::Cron,
    zone: TimeZone,
}

/// One run for all that are due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// The latest of them.
    pub due: Instant,
    /// How many earlier ones there were, at most [`MISSED`].
    pub missed: u32,
}

impl Cron {
    /// Reads a declaration; without a zone it is in UTC. What is wrong with it is a sentence without its end.
    pub fn read(schedule: &Schedule) -> Result<Self, String> {
        let Schedule { cron, zone, .. } = schedule;
        let parser = CronParser::builder().seconds(Seconds::Disallowed).year(Year::Disallowed).build();
        let fields = "five fields as in cron: minute, hour, day of month, month, day of week, such as `0 9 * * mon-fri`";
        // Nicknames such as `@daily` are one field.
        let pattern = Some(cron).filter(|cron| cron.split_whitespace().count() == 5).and_then(|cron| parser.parse(cron).ok());
        let pattern = pattern.ok_or_else(|| format!("`{cron}` is no time for it: {fields}"))?;
        let read = Self { pattern, zone: self::zone(zone)? };
        match read.next(Instant(0)) {
            Some(_) => Ok(read),
            None => Err(format!("`{cron}` is no time for it: there is no such day")),
        }
    }

    /// The first run after this moment; none if there is no more.
    pub fn next(&self, after: Instant) -> Option<Instant> {
        let next = self.pattern.find_next_occurrence(&self.at(after)?, false).ok()?;
        instant(&next)
    }

    /// The run for all that are due by now, of which `due` is the first.
    pub fn run(&self, due: Instant, now: Instant) -> Run {
        let mut run = Run { due, missed: 0 };
        while let Some(next) = self.next(run.due).filter(|next| *next <= now) {
            if run.missed == MISSED {
                return Run { due: self.latest(now).unwrap_or(next), ..run };
            }
            run = Run { due: next, missed: run.missed + 1 };
        }
        run
    }

    fn latest(&self, now: Instant) -> Option<Instant> {
        let latest = self.pattern.find_previous_occurrence(&self.at(now)?, true).ok()?;
        instant(&latest)
    }

    /// A moment on the clock in the zone, to the second.
    fn at(&self, moment: Instant) -> Option<Zoned> {
        let seconds = i64::try_from(moment.millis() / 1_000).ok()?;
        Some(Timestamp::from_second(seconds).ok()?.to_zoned(self.zone.clone()))
    }
}

/// A time zone by its IANA name; without one, UTC.
pub fn zone(name: &str) -> Result<TimeZone, String> {
    match name {
        "" => Ok(TimeZone::UTC),
        name => TimeZone::get(name).map_err(|_| format!("`{name}` is no time zone: an IANA name is expected, such as `Europe/Berlin`")),
    }
}

fn instant(time: &Zoned) -> Option<Instant> {
    u64::try_from(time.timestamp().as_millisecond()).ok().map(Instant)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cron(cron: &str, zone: &str) -> Result<Cron, String> {
        Cron::read(&Schedule { name: "it".to_owned(), cron: cron.to_owned(), zone: zone.to_owned() })
    }

    fn at(time: &str) -> Instant {
        instant(&time.parse::<Timestamp>().unwrap().to_zoned(TimeZone::UTC)).unwrap()
    }

    /// The next runs after a moment, in UTC.
    fn next(pattern: &str, zone: &str, after: &str, count: usize) -> Vec<String> {
        let cron = cron(pattern, zone).unwrap();
        let runs = std::iter::successors(cron.next(at(after)), |run| cron.next(*run)).take(count);
        runs.map(|run| Timestamp::from_millisecond(i64::try_from(run.millis()).unwrap()).unwrap().to_string()).collect()
    }

    #[test]
    fn runs_at_its_times_in_its_zone() {
        assert_eq!(next("0 9 * * mon-fri", "", "2026-01-09T09:00:00Z", 2), ["2026-01-12T09:00:00Z", "2026-01-13T09:00:00Z"]);
        assert_eq!(next("*/20 9 * * *", "Europe/Berlin", "2026-01-05T08:19:59.999Z", 2), ["2026-01-05T08:20:00Z", "2026-01-05T08:40:00Z"]);
        assert_eq!(next("0 0 29 2 *", "", "2026-01-05T00:00:00Z", 1), ["2028-02-29T00:00:00Z"]);
    }

    #[test]
    fn a_time_that_does_not_exist_comes_after_the_gap_and_stars_skip_it() {
        // On 2026-03-29 the clock in Berlin goes from 02:00 to 03:00, which is 01:00 UTC.
        assert_eq!(next("30 2 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z", 2), ["2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z"]);
        assert_eq!(next("30 * * * *", "Europe/Berlin", "2026-03-29T00:00:00Z", 2), ["2026-03-29T00:30:00Z", "2026-03-29T01:30:00Z"]);
    }

    #[test]
    fn a_time_that_exists_twice_comes_once_and_stars_follow_the_clock() {
        // On 2026-10-25 the clock in Berlin goes from 03:00 to 02:00, which is 01:00 UTC.
        assert_eq!(next("30 2 * * *", "Europe/Berlin", "2026-10-24T12:00:00Z", 2), ["2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"]);
        assert_eq!(next("30 * * * *", "Europe/Berlin", "2026-10-25T00:00:00Z", 2), ["2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z"]);
    }

    #[test]
    fn one_run_stands_for_all_that_are_due() {
        let hourly = cron("0 * * * *", "").unwrap();
        let first = at("2026-01-05T10:00:00Z");
        assert_eq!(hourly.run(first, first), Run { due: first, missed: 0 });
        assert_eq!(hourly.run(first, at("2026-01-05T12:59:59Z")), Run { due: at("2026-01-05T12:00:00Z"), missed: 2 });
        let minutely = cron("* * * * *", "").unwrap();
        assert_eq!(minutely.run(first, at("2026-02-05T10:00:30Z")), Run { due: at("2026-02-05T10:00:00Z"), missed: MISSED });
    }

    #[test]
    fn what_never_comes_or_cannot_be_read_is_refused_with_a_sentence() {
        for (pattern, zone, why) in [
            ("61 * * * *", "", "five fields as in cron"),
            ("@daily", "", "five fields as in cron"),
            ("0 0 9 * * *", "", "five fields as in cron"),
            ("", "", "five fields as in cron"),
            ("0 0 30 2 *", "", "there is no such day"),
            ("0 9 * * *", "Mars/Olympus", "`Mars/Olympus` is no time zone"),
        ] {
            let refused = cron(pattern, zone).unwrap_err();
            assert!(refused.contains(why), "{pattern}: {refused}");
        }
    }
}
