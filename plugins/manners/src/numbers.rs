//! Who had it, how often and how long: from the log.

use crate::log;
use crate::night::{midnight, monday, offset_of};
use hatstand_plugin::prelude::*;
use turns::{Stint, Tally};

/// So many turns are history.
const TURNS: usize = 10;

/// The stretch of time that is counted.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Window {
    Today,
    Week,
}

/// When the window began where the asker is, and everybody's numbers.
pub fn stats(cx: &Context, subject: &str, window: Window) -> Result<(Instant, Vec<Tally>)> {
    let offset = offset_of(cx, cx.user()?, cx.now());
    let begin = match window {
        Window::Today => midnight(cx.now(), offset),
        Window::Week => monday(cx.now(), offset),
    };
    Ok((begin, tallies(cx, subject, begin)?))
}

/// The numbers of one person in a year; none if they had nothing to do with it.
pub fn tally(cx: &Context, subject: &str, person: &User) -> Result<Option<Tally>> {
    let tallies = tallies(cx, subject, cx.now() - log::YEAR)?;
    Ok(tallies.into_iter().find(|tally| tally.person == *person))
}

/// The last turns, oldest first.
pub fn history(cx: &Context, subject: &str) -> Result<Vec<Stint>> {
    let log = log::last(cx, subject, |log| turns::history(log).len() >= TURNS)?;
    let mut stints = turns::history(&log);
    Ok(stints.split_off(stints.len().saturating_sub(TURNS)))
}

fn tallies(cx: &Context, subject: &str, begin: Instant) -> Result<Vec<Tally>> {
    let window = begin..cx.now() + Duration::from_millis(1);
    Ok(turns::stats(&log::since(cx, subject, begin)?, &window, cx.now()))
}
