//! Lengths of time in the configuration, such as `30s` and `45 minutes`.

use serde::de::{Deserialize, Deserializer, Error};
use std::time::Duration;

pub fn period<'de, D: Deserializer<'de>>(from: D) -> Result<Duration, D::Error> {
    let text = String::deserialize(from)?;
    read(&text).ok_or_else(|| D::Error::custom(format_args!("`{text}` is no length of time such as `30s`, `45 minutes` or `2h`")))
}

pub fn some_period<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Duration>, D::Error> {
    period(from).map(Some)
}

/// A whole number and a unit, more than nothing and at most a year.
fn read(text: &str) -> Option<Duration> {
    let text = text.trim();
    let (number, unit) = text.split_at(text.find(|c: char| !c.is_ascii_digit())?);
    let seconds = match unit.trim() {
        "s" | "sec" | "second" | "seconds" => 1,
        "m" | "min" | "minute" | "minutes" => 60,
        "h" | "hour" | "hours" => 60 * 60,
        "d" | "day" | "days" => 24 * 60 * 60,
        _ => return None,
    };
    let seconds = number.parse::<u64>().ok()?.checked_mul(seconds)?;
    (1..=366 * 24 * 60 * 60).contains(&seconds).then(|| Duration::from_secs(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_read_as_people_write_them() {
        for (text, seconds) in [("30s", 30), ("45 minutes", 2700), ("2h", 7200), (" 1 day ", 86400)] {
            assert_eq!(read(text), Some(Duration::from_secs(seconds)), "{text}");
        }
        for text in ["", "s", "0s", "-1s", "2", "2 moons", "99999999999999999999s", "400d", "1.5h"] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
