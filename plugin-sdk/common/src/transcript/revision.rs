//! A transcript corrected by what came: the one difference that reports show and blessing writes.

use super::runner::Scene;
use super::sequence::{Pair, align};
use super::{Line, Room, Script, Step, wildcard};
use std::ops::Range;

/// A line of a corrected transcript.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Change<'s> {
    /// Line number, and the line as typed.
    Keep(usize, &'s str),
    /// Line number, and the line as typed.
    Drop(usize, &'s str),
    Add(String),
}

impl Change<'_> {
    pub(super) fn kept(&self) -> bool {
        matches!(self, Change::Keep(..))
    }

    /// The line as it should be, unless it should not be.
    pub(super) fn corrected(&self) -> Option<&str> {
        match self {
            Change::Keep(_, line) => Some(line),
            Change::Drop(..) => None,
            Change::Add(line) => Some(line),
        }
    }
}

/// Corrects what was played, and keeps the rest.
pub(super) fn revise<'s>(script: &'s Script, scenes: &[Scene]) -> Vec<Change<'s>> {
    let mut reviser = Reviser { script, room: None, changes: Vec::new() };
    let mut next = 0;
    for scene in scenes {
        reviser.unplayed(next..scene.steps.start);
        reviser.played(scene);
        next = scene.steps.end;
    }
    reviser.unplayed(next..script.steps().len());
    reviser.changes
}

struct Reviser<'s> {
    script: &'s Script,
    /// Where people talk.
    room: Option<&'s Room>,
    changes: Vec<Change<'s>>,
}

impl<'s> Reviser<'s> {
    fn unplayed(&mut self, steps: Range<usize>) {
        for index in steps {
            self.enter(index);
            self.keep(index);
        }
    }

    /// What is new stands directly below what it follows: comments and blank lines stay with what is below them.
    fn played(&mut self, scene: &Scene) {
        let expected: Vec<&Line> = scene.steps.clone().filter_map(|index| self.expectation(index)).collect();
        let mut pairs = align(&expected, &scene.got, |expected, got| expected.expects(got)).into_iter().peekable();
        for index in scene.steps.clone() {
            let step = self.enter(index);
            if !step.happens() && !matches!(step, Step::Expect(_)) {
                self.keep(index);
                continue;
            }
            match self.expectation(index).and_then(|expected| Some((expected, pairs.next()?))) {
                Some((_, Pair::Old(_))) => self.drop(index),
                Some((expected, Pair::Instead(_, new))) => self.amend(index, expected, &scene.got[new]),
                _ => self.keep(index),
            }
            while let Some(Pair::New(new)) = pairs.next_if(|pair| matches!(pair, Pair::New(_))) {
                self.changes.extend(scene.got[new].shown_in(self.room).into_iter().map(Change::Add));
            }
        }
    }

    /// Replaces a message, except for those of its lines that are right.
    fn amend(&mut self, index: usize, expected: &Line, got: &Line) {
        let (first, typed) = self.script.typed(index);
        let (expected, got) = (expected.shown_in(self.room), got.shown_in(self.room));
        for pair in align(&expected, &got, |expected, got| wildcard::matches(expected, got)) {
            if let Pair::Both(old, _) = pair {
                self.changes.push(Change::Keep(first + old, &typed[old]));
            }
            if let Pair::Old(old) | Pair::Instead(old, _) = pair {
                self.changes.push(Change::Drop(first + old, &typed[old]));
            }
            if let Pair::New(new) | Pair::Instead(_, new) = pair {
                self.changes.push(Change::Add(got[new].clone()));
            }
        }
    }

    fn keep(&mut self, index: usize) {
        let (first, typed) = self.script.typed(index);
        self.changes.extend((first..).zip(typed).map(|(number, line)| Change::Keep(number, line)));
    }

    fn drop(&mut self, index: usize) {
        let (first, typed) = self.script.typed(index);
        self.changes.extend((first..).zip(typed).map(|(number, line)| Change::Drop(number, line)));
    }

    fn enter(&mut self, index: usize) -> &'s Step {
        let step = &self.script.steps()[index].step;
        self.room = step.room_after(self.room);
        step
    }

    fn expectation(&self, index: usize) -> Option<&'s Line> {
        match &self.script.steps()[index].step {
            Step::Expect(line) => Some(line),
            _ => None,
        }
    }
}
