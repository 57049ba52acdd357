//! How a transcript went.

use super::Script;
use super::revision::{Change, revise};
use super::runner::Scene;
use std::fmt;

/// How many lines of the conversation are shown before and after a difference.
const AROUND: usize = 4;

/// How a transcript went. Shown, it is what somebody needs to see whose test has failed: the first difference, within its
/// conversation.
#[derive(Debug)]
pub struct Report<'s> {
    script: &'s Script,
    changes: Vec<Change<'s>>,
    stopped: Option<(usize, String)>,
}

impl<'s> Report<'s> {
    pub(super) fn new(script: &'s Script, scenes: &[Scene], stopped: Option<(usize, String)>) -> Report<'s> {
        Report { script, changes: revise(script, scenes), stopped }
    }

    /// Did everything come as expected?
    pub fn passed(&self) -> bool {
        self.stopped.is_none() && self.changes.iter().all(Change::kept)
    }

    /// Where the stage could not go on, by line, and why.
    pub fn stopped(&self) -> Option<(usize, &str)> {
        self.stopped.as_ref().map(|(line, why)| (*line, why.as_str()))
    }

    /// The transcript with what came instead of what was expected. Everything else is kept as typed, and so is every expectation
    /// that was met.
    pub fn blessed(&self) -> String {
        self.changes.iter().filter_map(Change::corrected).flat_map(|line| [line, "\n"]).collect()
    }

    fn difference(&self, f: &mut fmt::Formatter<'_>, first: usize) -> fmt::Result {
        let changes = &self.changes;
        let end = end_of_difference(changes, first);
        let shown = first.saturating_sub(AROUND)..changes.len().min(end + AROUND);
        writeln!(f, "{}:{}: expected (-), but this came (+)\n", self.script.name(), self.line_at(first))?;
        changes[shown].iter().try_for_each(|change| writeln!(f, "{change}"))?;
        match changes[end..].chunk_by(|a, b| a.kept() == b.kept()).filter(|run| !run[0].kept()).count() {
            0 => Ok(()),
            1 => writeln!(f, "\nand in 1 more place"),
            more => writeln!(f, "\nand in {more} more places"),
        }
    }

    /// The number of the line here, or of the line that something new stands below.
    fn line_at(&self, index: usize) -> usize {
        let number = |change: &Change<'_>| match change {
            Change::Keep(number, _) | Change::Drop(number, _) => Some(*number),
            Change::Add(_) => None,
        };
        self.changes[..=index].iter().rev().find_map(number).unwrap_or(1)
    }
}

impl fmt::Display for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.changes.iter().position(|change| !change.kept()), &self.stopped) {
            (None, None) => writeln!(f, "{}: everything came as expected", self.script.name()),
            (Some(first), None) => self.difference(f, first),
            (None, Some((line, why))) => writeln!(f, "{}:{line}: cannot go on: {why}", self.script.name()),
            (Some(first), Some((line, why))) => {
                self.difference(f, first)?;
                writeln!(f, "\n{}:{line}: cannot go on: {why}", self.script.name())
            }
        }
    }
}

/// Where the difference ends that begins here. What is only a few lines away is shown together.
fn end_of_difference(changes: &[Change<'_>], begin: usize) -> usize {
    let calm = changes[begin..].windows(AROUND).position(|changes| changes.iter().all(Change::kept));
    calm.map_or_else(|| changes.iter().rposition(|change| !change.kept()).map_or(begin, |last| last + 1), |calm| begin + calm)
}

impl fmt::Display for Change<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = match self {
            Change::Keep(number, line) => format!("{number:4}   {line}"),
            Change::Drop(number, line) => format!("{number:4} - {line}"),
            Change::Add(line) => format!("     + {line}"),
        };
        f.write_str(shown.trim_end())
    }
}
