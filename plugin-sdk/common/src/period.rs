//! A length of time in few letters.

use std::time::Duration;

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

/// A length of time as the bot says it: `30 s`, `45 min`, `1 h 30 min`, `2 d`.
///
/// Seconds count below an hour only, and what is shorter than a second is `0 s`.
pub fn spell(duration: Duration) -> String {
    let seconds = duration.as_secs();
    let parts = [
        (seconds / DAY, "d"),
        (seconds % DAY / HOUR, "h"),
        (seconds % HOUR / MINUTE, "min"),
        (if seconds < HOUR { seconds % MINUTE } else { 0 }, "s"),
    ];
    let spelt: Vec<String> = parts.iter().filter(|(count, _)| *count > 0).map(|(count, unit)| format!("{count} {unit}")).collect();
    if spelt.is_empty() { "0 s".to_owned() } else { spelt.join(" ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_is_spelt_in_few_letters() {
        for (seconds, spelt) in [
            (0, "0 s"),
            (30, "30 s"),
            (60, "1 min"),
            (150, "2 min 30 s"),
            (45 * MINUTE, "45 min"),
            (2 * HOUR, "2 h"),
            (HOUR + 30 * MINUTE, "1 h 30 min"),
            (HOUR + 20, "1 h"),
            (2 * DAY, "2 d"),
            (DAY + 2 * HOUR + 5 * MINUTE + 7, "1 d 2 h 5 min"),
            (7 * DAY, "7 d"),
        ] {
            assert_eq!(spell(Duration::from_secs(seconds)), spelt);
        }
        assert_eq!(spell(Duration::from_millis(999)), "0 s");
        assert_eq!(spell(Duration::MAX), "213503982334601 d 7 h");
    }
}
