//! How one build after the other went: what broke when, and since when it works again.

use hatstand_plugin::prelude::*;
use serde::{Deserialize, Serialize};

/// So many outcomes are kept one by one; older ones are only counted.
const KEPT: usize = 30;

/// The outcomes of what follows each other, such as the builds of one branch. It does not depend on the order in which they came in, as
/// long as none comes after so many others that are later.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Series {
    /// In the order of their moments.
    outcomes: Vec<Outcome>,
    /// What came before them.
    #[serde(default)]
    older: Record,
    /// Up to when that is.
    #[serde(default)]
    until: Instant,
    /// The day on which it is forgotten.
    #[serde(default)]
    pub expires: u64,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
struct Outcome {
    at: Instant,
    /// The story that it belongs to.
    story: String,
    /// What it is the outcome of, within the story.
    occasion: String,
    failed: bool,
}

/// How things stood before something.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// How often it had failed in a row.
    pub failures: u32,
    /// When that began.
    pub since: Option<Instant>,
    /// Whether it ever had gone well.
    pub worked: bool,
}

impl Series {
    /// Takes an outcome in. Of two of the same occasion, the later counts. False if there is nothing new in it.
    pub fn take(&mut self, story: &str, occasion: &str, at: Instant, failed: bool) -> bool {
        let outcome = Outcome { at, story: story.to_owned(), occasion: occasion.to_owned(), failed };
        let known = self.outcomes.iter().position(|known| known.story == story && known.occasion == occasion);
        match known {
            Some(known) if self.outcomes[known] >= outcome => return false,
            Some(known) => drop(self.outcomes.remove(known)),
            None if at <= self.until => return false,
            None => {}
        }
        let place = self.outcomes.partition_point(|known| *known < outcome);
        self.outcomes.insert(place, outcome);
        if self.outcomes.len() > KEPT {
            let oldest = self.outcomes.remove(0);
            self.older.add(&oldest);
            self.until = oldest.at;
        }
        true
    }

    /// How things stood before this occasion.
    pub fn before(&self, story: &str, occasion: &str, at: Instant) -> Record {
        let mut record = self.older.clone();
        let is_this = |outcome: &&Outcome| outcome.story == story && outcome.occasion == occasion;
        let earlier = self.outcomes.iter().take_while(|outcome| (outcome.at, outcome.story.as_str()) <= (at, story));
        earlier.filter(|outcome| !is_this(outcome)).for_each(|outcome| record.add(outcome));
        record
    }

    /// The stories whose outcomes came after this moment: what is said of them may depend on what came before.
    pub fn after(&self, at: Instant) -> impl Iterator<Item = &str> {
        self.outcomes.iter().filter(move |outcome| outcome.at > at).map(|outcome| outcome.story.as_str())
    }
}

impl Record {
    fn add(&mut self, outcome: &Outcome) {
        if outcome.failed {
            self.failures += 1;
            self.since.get_or_insert(outcome.at);
        } else {
            *self = Self { worked: true, ..Self::default() };
        }
    }

    /// Had it gone well the time before?
    pub fn was_well(&self) -> bool {
        self.worked && self.failures == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn series(outcomes: &[(u64, bool)]) -> Series {
        let mut series = Series::default();
        for (number, failed) in outcomes {
            series.take(&number.to_string(), "build", Instant(*number), *failed);
        }
        series
    }

    fn before(series: &Series, number: u64) -> Record {
        series.before(&number.to_string(), "build", Instant(number))
    }

    #[test]
    fn failures_are_counted_from_the_last_success() {
        let series = series(&[(1, true), (2, false), (3, true), (4, true), (5, false)]);
        assert_eq!(before(&series, 1), Record::default());
        assert_eq!(before(&series, 2), Record { failures: 1, since: Some(Instant(1)), worked: false });
        assert!(before(&series, 3).was_well());
        assert_eq!(before(&series, 5), Record { failures: 2, since: Some(Instant(3)), worked: true });
        assert!(before(&series, 6).was_well());
    }

    #[test]
    fn of_two_outcomes_of_one_occasion_the_later_counts() {
        let mut series = Series::default();
        assert!(series.take("1", "build", Instant(2), true) && series.take("1", "build", Instant(3), false));
        assert!(!series.take("1", "build", Instant(2), true) && !series.take("1", "build", Instant(3), false));
        assert!(before(&series, 4).was_well());
        assert_eq!(series.outcomes.len(), 1);
    }

    #[test]
    fn what_is_not_kept_is_counted() {
        let all: Vec<(u64, bool)> = (1..=100).map(|number| (number, number > 1)).collect();
        let mut series = series(&all);
        assert_eq!(before(&series, 101), Record { failures: 99, since: Some(Instant(2)), worked: true });
        assert!(!series.take("5", "build", Instant(5), false), "what is counted is not counted again");
        assert_eq!(series.outcomes.len(), KEPT);
    }

    proptest! {
        #[test]
        fn order_makes_no_difference(
            outcomes in prop::collection::btree_map(1u64..40, any::<bool>(), 1..25).prop_map(|map| map.into_iter().collect::<Vec<_>>()),
            other in any::<prop::sample::Index>(),
        ) {
            let mut turned = outcomes.clone();
            turned.rotate_left(other.index(outcomes.len()));
            turned.extend(outcomes.iter().rev());
            prop_assert_eq!(series(&outcomes), series(&turned));
        }
    }
}
