//! Refusal log: decides which refusals are written down in the audit, whose rows stay for ever. A token that was revoked may be in
//! somebody's loop.

use hatstand_common::value::Instant;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// For this long the refusals of a token are counted together.
const PERIOD: Duration = Duration::from_secs(24 * 3600);

/// So many of a period are written down each by itself; after them the 100th, the 1,000th and so on.
const EACH: u64 = 10;

/// Counts by the name of the token. Only tokens that were given out are counted, so there are as many as an operator made.
#[derive(Debug, Default)]
pub(super) struct Refusals(Mutex<HashMap<String, Count>>);

#[derive(Clone, Copy, Debug)]
struct Count {
    began: Instant,
    refused: u64,
}

impl Refusals {
    /// Counts a refusal. Its number within the period, if it is to be written down.
    pub(super) fn count(&self, token: &str, now: Instant) -> Option<u64> {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.entry(token.to_owned()).or_insert(Count { began: now, refused: 0 });
        if now.since(count.began) >= PERIOD {
            *count = Count { began: now, refused: 0 };
        }
        count.refused += 1;
        (count.refused <= EACH || is_power_of_ten(count.refused)).then_some(count.refused)
    }
}

/// How many refusals a row stands for, where it is not one; for its detail.
pub(super) fn told(detail: &str, number: u64) -> String {
    match number {
        ..=EACH => detail.to_owned(),
        _ => format!("{detail} This is refusal {number} of this token within a day; of most of them there is no row."),
    }
}

fn is_power_of_ten(number: u64) -> bool {
    10_u64.pow(number.ilog10()) == number
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_loop_with_a_revoked_token_writes_a_handful_of_rows_a_day() {
        let refusals = Refusals::default();
        let day = |day: u64| Instant(day * 24 * 3_600_000);
        let written = |token, at| (0..100_000).filter_map(|_| refusals.count(token, at)).collect::<Vec<_>>();
        let expected: Vec<u64> = (1..=10).chain([100, 1_000, 10_000, 100_000]).collect();
        assert_eq!(written("ci", day(1)), expected);
        assert_eq!(written("other", day(1)), expected, "each token by itself");
        assert_eq!(written("ci", day(2)), expected);
        assert_eq!(told("Revoked.", 10), "Revoked.");
        assert!(told("Revoked.", 100).contains("refusal 100 "));
    }
}
