//! Several subjects in one message.

use super::card::place;
use super::phrase::{Line, mark};
use super::together;
use crate::news::{State, Topic};
use hatstand_plugin::prelude::*;
use std::collections::BTreeMap;

/// More subjects are not listed.
const LISTED: usize = 12;

/// What was new at once, counted, with those first that need somebody.
pub fn rush(lines: &[Line<'_>]) -> Message {
    list(say!("Much is new at once: {}.", counted(lines, 0)), lines, 0)
}

/// What was gathered since the last digest.
pub fn digest(lines: &[Line<'_>], more: usize) -> Message {
    list(say!("What was new since the last digest: {}.", counted(lines, more)), lines, more)
}

fn list(title: Message, lines: &[Line<'_>], more: usize) -> Message {
    let mut sorted: Vec<&Line<'_>> = lines.iter().collect();
    sorted.sort_by_key(|line| (weight(line.news().state), &line.news().project, &line.news().name));
    let left = sorted.len().saturating_sub(LISTED) + more;
    let left = (left > 0).then(|| say!("… and {left} more"));
    let listed = sorted.into_iter().take(LISTED).map(|line| say!("{} {}: {}", mark(line.news()), place(line.news()), line.phrase()));
    together(std::iter::once(title).chain(listed).chain(left), "\n")
}

/// The lighter, the sooner somebody has to look.
fn weight(state: State) -> u8 {
    match state {
        State::Firing | State::Failed | State::Blocked => 0,
        State::Acknowledged => 1,
        State::Waiting | State::Running | State::Open => 2,
        _ => 3,
    }
}

/// `30 alerts (25 need somebody), 2 builds`.
fn counted(lines: &[Line<'_>], more: usize) -> Message {
    let mut counts: BTreeMap<Topic, (usize, usize)> = BTreeMap::new();
    for line in lines {
        let (all, needy) = counts.entry(line.news().topic).or_default();
        *all += 1;
        *needy += usize::from(line.news().state.needs_somebody());
    }
    let counted = counts.into_iter().map(|(topic, (all, needy))| {
        let needy = (needy > 0).then(|| say!(" ({needy} {} somebody)", if needy == 1 { "needs" } else { "need" }));
        say!("{all} {}{needy}", word(topic, all))
    });
    let more = (more > 0).then(|| say!("{more} more"));
    together(counted.chain(more), ", ")
}

fn word(topic: Topic, number: usize) -> &'static str {
    let word = topic.word();
    match number {
        1 if topic == Topic::Pushes => "push",
        1 => &word[..word.len() - 1],
        _ => word,
    }
}
