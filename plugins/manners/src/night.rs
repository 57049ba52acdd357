//! When people are left alone, and what day it is for them.

use hatstand_plugin::prelude::*;

const HOUR: u64 = 60 * 60 * 1000;
const DAY: u64 = 24 * HOUR;
/// 1970-01-01 was a Thursday.
const THURSDAY: u64 = 3;

/// The hours of the day, 0-23, in which nobody is disturbed; none if both are the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Night {
    pub begins: u8,
    pub ends: u8,
}

impl Night {
    /// This moment, or if it is at night the end of the night. The offset is that of the person's zone from UTC, in seconds.
    pub fn over(self, moment: Instant, offset: i32) -> Instant {
        let time = clock(moment, offset) % DAY;
        let (begins, ends) = (u64::from(self.begins) * HOUR, u64::from(self.ends) * HOUR);
        let rest = (ends + DAY - time) % DAY;
        let night = (ends + DAY - begins) % DAY;
        if rest <= night && rest > 0 { moment + Duration::from_millis(rest) } else { moment }
    }
}

/// The last midnight where the clock is this many seconds ahead of UTC.
pub fn midnight(now: Instant, offset: i32) -> Instant {
    now - Duration::from_millis(clock(now, offset) % DAY)
}

/// The midnight at which the week began: that to Monday.
pub fn monday(now: Instant, offset: i32) -> Instant {
    let weekday = (clock(now, offset) / DAY + THURSDAY) % 7;
    midnight(now, offset) - Duration::from_millis(weekday * DAY)
}

/// The offset of somebody's zone from UTC, in seconds.
pub fn offset_of(cx: &Context, person: &User, at: Instant) -> i32 {
    let zone = cx.directory().person(person).map(|person| person.zone);
    zone.and_then(|zone| cx.directory().zone_offset(&zone, at)).unwrap_or_default()
}

/// What the clock on the wall shows, in milliseconds since the beginning of 1970.
fn clock(moment: Instant, offset: i32) -> u64 {
    moment.millis().saturating_add_signed(i64::from(offset) * 1000)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NIGHT: Night = Night { begins: 22, ends: 7 };

    /// An hour of Monday, 2026-01-05, in UTC.
    fn at(hour: u64) -> Instant {
        Instant(1_767_571_200_000 + hour * HOUR)
    }

    #[test]
    fn nobody_is_disturbed_at_night() {
        for (hour, over) in [(21, 21), (22, 31), (23, 31), (24, 31), (30, 31), (31, 31), (32, 32)] {
            assert_eq!(NIGHT.over(at(hour), 0), at(over), "{hour}");
        }
    }

    #[test]
    fn the_night_is_where_the_person_is() {
        assert_eq!(NIGHT.over(at(21), 3600), at(30));
        assert_eq!(NIGHT.over(at(3), -5 * 3600), at(12));
    }

    #[test]
    fn a_night_may_lie_in_the_day_or_not_be() {
        assert_eq!(Night { begins: 12, ends: 14 }.over(at(13), 0), at(14));
        assert_eq!(Night { begins: 12, ends: 14 }.over(at(15), 0), at(15));
        assert_eq!(Night { begins: 9, ends: 9 }.over(at(9), 0), at(9));
        assert_eq!(Night { begins: 9, ends: 9 }.over(at(3), 0), at(3));
    }

    #[test]
    fn days_and_weeks_begin_at_midnight() {
        assert_eq!(midnight(at(10), 0), at(0));
        assert_eq!(midnight(at(23), 2 * 3600), at(22));
        assert_eq!(monday(at(10), 0), at(0));
        assert_eq!(monday(at(6 * 24 + 10), 0), at(0));
        assert_eq!(monday(at(7 * 24), 0), at(7 * 24));
    }
}
