//! Who wore the hat, how often and how long: from the log.

use crate::log;
use crate::night::{midnight, monday, offset_of};
use crate::room::Room;
use crate::tips;
use hatstand_plugin::prelude::*;
use turns::{Stint, Tally};

/// One person's numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Numbers {
    /// None if they had nothing to do with the hat.
    pub tally: Option<Tally>,
    pub tips: usize,
}

/// So many turns are history.
const TURNS: usize = 10;

/// The stretch of time that is counted.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Window {
    Today,
    Week,
}

/// When the window began where the asker is, and everybody's numbers.
pub fn stats(cx: &Context, room: &Room, window: Window) -> Result<(Instant, Vec<Tally>)> {
    let offset = offset_of(cx, cx.user()?, cx.now());
    let begin = match window {
        Window::Today => midnight(cx.now(), offset),
        Window::Week => monday(cx.now(), offset),
    };
    Ok((begin, tallies(cx, room, begin)?))
}

/// The numbers of one person in a year.
pub fn info(cx: &Context, room: &Room, person: &User) -> Result<Numbers> {
    let tallies = tallies(cx, room, cx.now() - log::YEAR)?;
    let tally = tallies.into_iter().find(|tally| tally.person == *person);
    Ok(Numbers { tally, tips: tips::received(cx, person)? })
}

/// The last turns, oldest first.
pub fn history(cx: &Context, room: &Room) -> Result<Vec<Stint>> {
    let log = log::last(cx, &room.channel, |log| turns::history(log).len() >= TURNS)?;
    let mut stints = turns::history(&log);
    Ok(stints.split_off(stints.len().saturating_sub(TURNS)))
}

fn tallies(cx: &Context, room: &Room, begin: Instant) -> Result<Vec<Tally>> {
    let window = begin..cx.now() + Duration::from_millis(1);
    Ok(turns::stats(&log::since(cx, &room.channel, begin)?, &window, cx.now()))
}
