//! Trying one usage on one line.
//!
//! The ways through a usage are tried in order of preference, and no place in usage and line is tried twice: what failed there once fails
//! again. So the work is at most the product of both lengths, whatever the line looks like.

use super::argument::read_at;
use super::line::Circumstances;
use super::program::{Program, Slot, Step};
use super::reading::Reason;
use super::words::Words;
use crate::declaration::Kind;
use crate::value::{Argument, Value};
use std::cmp::Reverse;
use std::ops::Range;

/// The line fits the usage.
#[derive(Debug)]
pub(super) struct Fit {
    pub weight: Weight,
    pub arguments: Vec<Argument>,
}

/// Of several usages that fit, the greatest is meant: most words of the usage itself, then fewest words of `<name...>`, then fewest texts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Weight {
    words: usize,
    rest: Reverse<usize>,
    texts: Reverse<usize>,
}

/// Where the line ceases to fit, on the way on which it fits furthest.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Snag {
    /// Words that had a place in the usage, apart from those that `<name...>` takes anyway.
    pub progress: usize,
    /// How much the complaint would tell the person.
    urgency: Urgency,
    step: usize,
    /// The word that does not fit.
    pub word: usize,
}

impl Snag {
    fn at(way: &Way, urgency: Urgency) -> Self {
        Snag { progress: way.word - way.weight.rest.0, urgency, step: way.step, word: way.word }
    }

    /// The greatest is the one to tell the person about.
    pub(super) fn nearness(&self) -> (usize, Urgency) {
        (self.progress, self.urgency)
    }

    /// What is wrong here, when these words were tried on this usage.
    pub(super) fn reason(&self, program: &Program, words: &Words<'_>, circumstances: &Circumstances) -> Reason {
        match &program.steps[self.step] {
            Step::Word(choices) if self.word == words.len() => Reason::MissingWord { choices: choices.clone() },
            Step::Value(slot) | Step::RestBegins(slot) => self.reason_of_slot(&program.slots[*slot], words, circumstances),
            _ => Reason::unexpected(words, self.word),
        }
    }

    fn reason_of_slot(&self, slot: &Slot, words: &Words<'_>, circumstances: &Circumstances) -> Reason {
        if self.word == words.len() {
            return Reason::Missing { parameter: slot.name.clone(), kind: slot.kind.clone() };
        }
        match read_at(&slot.kind, words, self.word, circumstances) {
            Err(unreadable) => Reason::Unreadable { parameter: slot.name.clone(), unreadable },
            Ok(_) => Reason::unexpected(words, self.word),
        }
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Urgency {
    #[default]
    Unexpected,
    Missing,
    Unreadable,
}

pub(super) struct Attempt<'a> {
    program: &'a Program,
    words: &'a Words<'a>,
    circumstances: &'a Circumstances,
    /// Ways still to be tried, the most preferred last.
    ways: Vec<Way>,
    visited: Visited,
    captures: Vec<Capture>,
    snag: Snag,
}

/// A place in usage and line, and how it was reached.
#[derive(Clone, Copy, Default)]
struct Way {
    step: usize,
    word: usize,
    weight: Weight,
    /// The first word of the `<name...>` that is being read.
    rest_from: usize,
    /// The last argument on this way.
    capture: Option<usize>,
}

/// An argument, and the one before it on the same way.
struct Capture {
    before: Option<usize>,
    slot: usize,
    captured: Captured,
}

enum Captured {
    Value(Value),
    Words(Range<usize>),
}

impl<'a> Attempt<'a> {
    pub(super) fn new(program: &'a Program, words: &'a Words<'a>, circumstances: &'a Circumstances) -> Self {
        let visited = Visited::new(program.steps.len(), words.len() + 1);
        Attempt { program, words, circumstances, ways: vec![Way::default()], visited, captures: Vec::new(), snag: Snag::default() }
    }

    pub(super) fn run(&mut self) -> Result<Fit, Snag> {
        loop {
            if let Some(outcome) = self.try_next() {
                return outcome;
            }
        }
    }

    fn try_next(&mut self) -> Option<Result<Fit, Snag>> {
        let Some(way) = self.ways.pop() else {
            return Some(Err(self.snag));
        };
        if !self.visited.insert(way.step, way.word) {
            return None;
        }
        match &self.program.steps[way.step] {
            Step::End if way.word == self.words.len() => return Some(Ok(self.fit(&way))),
            step => self.advance(way, step),
        }
        None
    }

    fn advance(&mut self, way: Way, step: &Step) {
        match step {
            Step::Word(choices) => self.word(way, choices),
            Step::Value(slot) => self.value(way, *slot),
            Step::RestBegins(_) => self.rest_begins(way),
            Step::RestWord => self.rest_word(way),
            Step::RestEnds(slot) => {
                let capture = self.capture(&way, *slot, Captured::Words(way.rest_from..way.word));
                self.ways.push(Way { step: way.step + 1, capture, ..way });
            }
            Step::Fork { first, second } => {
                self.ways.push(Way { step: *second, ..way });
                self.ways.push(Way { step: *first, ..way });
            }
            Step::End => self.complain(&way, Urgency::Unexpected),
        }
    }

    fn word(&mut self, way: Way, choices: &[String]) {
        if choices.iter().any(|choice| self.words.is_word(way.word, choice)) {
            let weight = Weight { words: way.weight.words + 1, ..way.weight };
            self.ways.push(Way { step: way.step + 1, word: way.word + 1, weight, ..way });
        } else {
            let urgency = if way.word == self.words.len() { Urgency::Missing } else { Urgency::Unexpected };
            self.complain(&way, urgency);
        }
    }

    fn value(&mut self, way: Way, slot: usize) {
        if way.word == self.words.len() {
            return self.complain(&way, Urgency::Missing);
        }
        let kind = &self.program.slots[slot].kind;
        let readings = match read_at(kind, self.words, way.word, self.circumstances) {
            Ok(readings) => readings,
            Err(unreadable) if unreadable.why.is_meant() && way.weight.rest.0 > 0 => return self.give_up(&way),
            Err(_) => return self.complain(&way, Urgency::Unreadable),
        };
        let texts = Reverse(way.weight.texts.0 + usize::from(*kind == Kind::Text));
        let weight = Weight { texts, ..way.weight };
        for (taken, value) in readings.into_iter().rev() {
            let capture = self.capture(&way, slot, Captured::Value(value));
            self.ways.push(Way { step: way.step + 1, word: way.word + taken, weight, capture, ..way });
        }
    }

    fn rest_begins(&mut self, way: Way) {
        match self.words.get(way.word) {
            None => self.complain(&way, Urgency::Missing),
            Some(token) if token.folded.is_empty() => self.complain(&way, Urgency::Unreadable),
            Some(_) => self.ways.push(Way { step: way.step + 1, rest_from: way.word, ..way }),
        }
    }

    fn rest_word(&mut self, way: Way) {
        if way.word < self.words.len() {
            let weight = Weight { rest: Reverse(way.weight.rest.0 + 1), ..way.weight };
            self.ways.push(Way { step: way.step + 1, word: way.word + 1, weight, ..way });
        }
    }

    fn capture(&mut self, way: &Way, slot: usize, captured: Captured) -> Option<usize> {
        self.captures.push(Capture { before: way.capture, slot, captured });
        Some(self.captures.len() - 1)
    }

    fn complain(&mut self, way: &Way, urgency: Urgency) {
        let snag = Snag::at(way, urgency);
        if snag.nearness() > self.snag.nearness() {
            self.snag = snag;
        }
    }

    /// What was meant as this argument, and cannot be it, is not taken for more words of the `<name...>` before it.
    fn give_up(&mut self, way: &Way) {
        self.snag = Snag::at(way, Urgency::Unreadable);
        self.ways.clear();
    }

    fn fit(&self, way: &Way) -> Fit {
        let captures = std::iter::successors(way.capture.map(|last| &self.captures[last]), |capture| Some(&self.captures[capture.before?]));
        let mut arguments: Vec<Argument> = captures.map(|capture| self.argument(capture)).collect();
        arguments.reverse();
        Fit { weight: way.weight, arguments }
    }

    fn argument(&self, capture: &Capture) -> Argument {
        let value = match &capture.captured {
            Captured::Value(value) => value.clone(),
            Captured::Words(range) => Value::Text(self.words.text(range.clone())),
        };
        Argument { name: self.program.slots[capture.slot].name.clone(), value }
    }
}

/// The places in usage and line that were tried.
struct Visited {
    places: Vec<u64>,
    width: usize,
}

impl Visited {
    fn new(steps: usize, width: usize) -> Self {
        Visited { places: vec![0; (steps * width).div_ceil(64)], width }
    }

    /// True the first time.
    fn insert(&mut self, step: usize, word: usize) -> bool {
        let place = step * self.width + word;
        let bit = 1 << (place % 64);
        let fresh = self.places[place / 64] & bit == 0;
        self.places[place / 64] |= bit;
        fresh
    }
}

#[cfg(test)]
mod tests {
    use super::super::line::Line;
    use super::*;
    use crate::declaration::{Command, Parameter};
    use crate::usage::Usage;
    use crate::value::Instant;

    fn steps(usage: &str, line: &str) -> (usize, usize) {
        let kinds =
            [("name", Kind::Text), ("period", Kind::Duration), ("when", Kind::Instant), ("reason", Kind::Text), ("note", Kind::Text)];
        let parameters: Vec<Parameter> = kinds.map(|(name, kind)| Parameter { name: name.to_owned(), kind }).to_vec();
        let names: Vec<&str> = parameters.iter().map(|parameter| parameter.name.as_str()).collect();
        let usage = Usage::parse(usage, &names).unwrap();
        let program = Program::new(&usage, &Command { parameters, ..crate::grammar::tests::command("test", &[]) });
        let line = Line::from(line);
        let words = Words::of(&line);
        let circumstances = Circumstances { now: Instant(0), zone: "UTC".to_owned() };
        let mut attempt = Attempt::new(&program, &words, &circumstances);
        let bound = 2 * program.steps.len() * (words.len() + 1);
        let tried = (1..=bound).find(|_| attempt.try_next().is_some());
        (tried.expect("the steps are bounded by the product of the lengths"), words.len())
    }

    #[test]
    fn a_hostile_line_costs_a_few_steps_per_word() {
        let usages = [
            "x <name...> [for <period>] [because <reason...>]",
            "x <name...> [for <period>] [until <when>] [because <reason...>] to <note...> end",
            "x <name...> because <reason...> because <note...> never",
            "x <name...> <period> <when>",
        ];
        let words = ["for ", "because ", "for because ", "1 ", "for 1 hour ", "9 am ", "\"", "' ", "a ", "x for 1h because "];
        for usage in usages {
            for word in words {
                let line = format!("x {}", word.repeat(super::super::LONGEST_LINE / word.len() - 1));
                let (tried, length) = steps(usage, &line);
                assert!(tried <= 20 * (length + 1), "{usage} took {tried} steps for {length} words of {word:?}");
            }
        }
    }
}
