//! What the log tells: who had it, when and for how long. A log belongs to one resource.

use crate::{Counted, End, Ended, Id, Instant, Line, PersonId};
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::ops::Range;
use std::time::Duration;

/// A hold, of the present or of the past.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stint {
    pub hold: Id,
    pub person: PersonId,
    pub since: Instant,
    /// None while it lasts.
    pub until: Option<Instant>,
    pub end: Option<End>,
}

/// One person's numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tally {
    pub person: PersonId,
    /// How many holds.
    pub turns: usize,
    /// How long all of them lasted.
    pub total: Duration,
    /// How long the middle one lasted; none without a hold.
    pub median: Option<Duration>,
    /// How many crews the person joined.
    pub rides: usize,
}

/// Every hold in the log, in the order in which they began. Where the log begins in the middle of a hold, its end is
/// enough.
pub fn history(log: &[Line]) -> Vec<Stint> {
    let mut stints = Vec::new();
    for Line { at, outcome, .. } in log {
        match outcome {
            Counted::Began { hold, person } => {
                stints.push(Stint { hold: *hold, person: person.clone(), since: *at, until: None, end: None });
            }
            Counted::Ended(ended) => end_stint(&mut stints, ended),
            Counted::Rode(_) | Counted::Other => {}
        }
    }
    stints.sort_by_key(|stint| stint.since);
    stints
}

/// Everybody's numbers, from the holds that began or ended and the crews that were joined within the window. A hold
/// counts with its whole length, one that still lasts with its length so far. Most turns first.
pub fn stats(log: &[Line], window: &Range<Instant>, now: Instant) -> Vec<Tally> {
    let mut people: BTreeMap<PersonId, (Vec<Duration>, usize)> = BTreeMap::new();
    for stint in history(log).into_iter().filter(|stint| stint.touches(window)) {
        let lasted = stint.lasted(now);
        people.entry(stint.person).or_default().0.push(lasted);
    }
    for person in rides(log, window) {
        people.entry(person.clone()).or_default().1 += 1;
    }
    let mut tallies: Vec<_> = people.into_iter().map(|(person, (turns, rides))| Tally::new(person, turns, rides)).collect();
    tallies.sort_by_key(|tally| Reverse((tally.turns, tally.total, tally.rides)));
    tallies
}

impl Stint {
    /// How long the hold lasted, or has lasted so far.
    pub fn lasted(&self, now: Instant) -> Duration {
        self.until.unwrap_or(now).since(self.since)
    }

    fn touches(&self, window: &Range<Instant>) -> bool {
        window.contains(&self.since) || self.until.is_some_and(|until| window.contains(&until))
    }
}

impl Tally {
    fn new(person: PersonId, mut turns: Vec<Duration>, rides: usize) -> Self {
        turns.sort_unstable();
        Self { person, turns: turns.len(), total: turns.iter().sum(), median: median(&turns), rides }
    }
}

fn end_stint(stints: &mut Vec<Stint>, ended: &Ended) {
    let stint = Stint {
        hold: ended.hold,
        person: ended.person.clone(),
        since: ended.since,
        until: Some(ended.until),
        end: Some(ended.end.clone()),
    };
    match stints.iter_mut().rfind(|stint| stint.hold == ended.hold) {
        Some(open) => *open = stint,
        None => stints.push(stint),
    }
}

fn rides<'a>(log: &'a [Line], window: &'a Range<Instant>) -> impl Iterator<Item = &'a PersonId> {
    log.iter().filter(|line| window.contains(&line.at)).filter_map(|line| match &line.outcome {
        Counted::Rode(person) => Some(person),
        _ => None,
    })
}

fn median(sorted: &[Duration]) -> Option<Duration> {
    let upper = *sorted.get(sorted.len() / 2)?;
    let lower = sorted[(sorted.len() - 1) / 2];
    Some((lower + upper) / 2)
}
