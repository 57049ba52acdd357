//! Lengths of time as people type them: `2 hours`, `1h30m`.

use crate::value::millis;
use jiff::{Span, SpanRelativeTo};
use std::time::Duration;

const UNITS: [(u64, &str); 5] = [(86_400_000, "day"), (3_600_000, "hour"), (60_000, "minute"), (1_000, "second"), (1, "millisecond")];

/// Reads a period. A day has 24 hours, and nothing is shorter than a millisecond.
pub(super) fn read(text: &str) -> Result<Duration, String> {
    text.parse::<Span>()
        .and_then(|span| span.to_duration(SpanRelativeTo::days_are_24_hours()))
        .ok()
        .and_then(|duration| Duration::try_from(duration).ok())
        .map(|duration| Duration::from_millis(millis(duration)))
        .filter(|duration| !duration.is_zero())
        .ok_or_else(|| format!("`{text}` is no period: type it like `2 hours` or `1h30m`"))
}

/// Writes a period so that [`read`] understands it.
pub(super) fn write(duration: Duration) -> String {
    let mut rest = millis(duration);
    let mut words = Vec::new();
    for (length, unit) in UNITS {
        let count = rest / length;
        rest %= length;
        match count {
            0 => {}
            1 => words.push(format!("1 {unit}")),
            _ => words.push(format!("{count} {unit}s")),
        }
    }
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_are_read_as_typed_and_written_in_full() {
        for (typed, written) in [
            ("2 hours", "2 hours"),
            ("1 hour", "1 hour"),
            ("1h30m", "1 hour 30 minutes"),
            ("90 minutes", "1 hour 30 minutes"),
            ("90m", "1 hour 30 minutes"),
            ("1.5 hours", "1 hour 30 minutes"),
            ("2 days 4 hours", "2 days 4 hours"),
            ("1 week", "7 days"),
            ("250ms", "250 milliseconds"),
        ] {
            assert_eq!(read(typed).map(write).as_deref(), Ok(written), "{typed}");
            assert_eq!(read(typed), read(written), "{typed}");
        }
    }

    #[test]
    fn what_is_no_period_is_refused() {
        for text in ["", "soon", "2", "0 hours", "-2 hours", "2 hours ago", "1 month"] {
            assert!(read(text).is_err(), "{text}");
        }
    }
}
