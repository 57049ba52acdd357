//! Reading a line that a person typed.
//!
//! A [`Grammar`] holds the usages of all commands, and [`Grammar::read`] finds the one that a [`Line`] means, with its arguments, or what
//! to say instead. It is pure: the same line under the same [`Circumstances`] reads the same again.
//!
//! - Words are told apart as people write them in a chat; see `token`.
//! - Words of a usage match in any case. What is quoted is never one of them.
//! - `<name...>` takes as few words as let the rest of the usage match: the first ` because ` opens the reason, and ` for ` opens a period
//!   only if a length of time follows. One that cannot be, such as `0 minutes`, is refused rather than taken for text.
//! - Lengths of time and moments take as many words as belong to them.
//! - Of several usages that match, the one with the most words of its own is meant, then the one whose `<name...>` takes fewer words, then
//!   the one with fewer texts.

mod argument;
mod attempt;
mod explanation;
mod length;
mod line;
mod moment;
mod program;
mod reading;
mod suggestion;
mod text;
mod token;
mod unreadable;
mod words;

pub use crate::visible::is_invisible;
pub use argument::{duration, read};
pub use line::{Circumstances, Line, Mention, Whom};
pub use reading::{Match, Misread, Reading, Reason, Unknown};
pub use text::quote;
pub use unreadable::{Unreadable, Why};

use crate::declaration::Command;
use crate::usage::{Problem, Usage, check_usages};
use attempt::{Attempt, Fit};
use explanation::{Explanation, Miss};
use program::Program;
use std::borrow::Cow;
use words::Words;

/// A longer line is not read, in bytes.
pub const LONGEST_LINE: usize = 16 * 1024;

/// The commands that lines are read as.
#[derive(Debug)]
pub struct Grammar {
    commands: Vec<Command>,
    entries: Vec<Entry>,
}

/// A usage, ready to be tried.
#[derive(Debug)]
struct Entry {
    /// Index among the commands.
    command: usize,
    usage: Usage,
    openings: Vec<Vec<String>>,
    /// What parts words in a line of this usage.
    marks: String,
    program: Program,
}

impl Grammar {
    /// The grammar of these commands, which may be those of several plugins; or what is wrong with them.
    pub fn new(commands: &[Command]) -> Result<Grammar, Vec<Problem>> {
        let entries = check_usages(commands)?.into_iter().map(|(command, usage)| Entry::new(command, usage, &commands[command])).collect();
        Ok(Grammar { commands: commands.to_vec(), entries })
    }

    /// The commands, in the order in which a [`Reading`] numbers them.
    pub fn commands(&self) -> &[Command] {
        &self.commands
    }

    /// Reads a line. Whoever asks may be shown the commands whose index is `allowed`; a line that means another one is read nevertheless,
    /// so that the refusal can say why.
    pub fn read(&self, line: &Line, circumstances: &Circumstances, allowed: impl Fn(usize) -> bool) -> Reading {
        if line.text.len() > LONGEST_LINE {
            return Reading::TooLong { bytes: line.text.len(), limit: LONGEST_LINE };
        }
        let words = Words::of(line);
        if words.is_empty() {
            return Reading::Empty;
        }
        match self.attempt(&words, circumstances) {
            Ok(matched) => Reading::Matched(matched),
            Err(misses) => {
                let shown = self.entries.iter().filter(|entry| self.is_shown(entry, &allowed)).collect();
                Explanation { words: &words, circumstances, misses, shown }.reading()
            }
        }
    }

    fn is_shown(&self, entry: &Entry, allowed: impl Fn(usize) -> bool) -> bool {
        !self.commands[entry.command].hidden && allowed(entry.command)
    }

    /// Tries every usage that begins like the line.
    fn attempt<'a>(&'a self, words: &Words<'_>, circumstances: &Circumstances) -> Result<Match, Vec<Miss<'a>>> {
        let mut fits: Vec<(&Entry, Fit)> = Vec::new();
        let mut misses = Vec::new();
        for entry in self.entries.iter().filter(|entry| entry.known_words(words) > 0) {
            match Attempt::new(&entry.program, &entry.words(words), circumstances).run() {
                Ok(fit) => fits.push((entry, fit)),
                Err(snag) => misses.push(Miss { entry, snag }),
            }
        }
        // Of equals the first: the check of the commands leaves only such that differ in what hardly anybody types.
        let best = fits.into_iter().rev().max_by_key(|(_, fit)| fit.weight);
        best.map(|(entry, fit)| Match { command: entry.command, arguments: fit.arguments }).ok_or(misses)
    }
}

impl Entry {
    fn new(command: usize, usage: Usage, declared: &Command) -> Self {
        let (openings, marks) = (usage.openings(), usage.marks());
        let program = Program::new(&usage, declared);
        Entry { command, usage, openings, marks, program }
    }

    /// The words of a line, as this usage parts them.
    fn words<'w, 'l>(&self, words: &'w Words<'l>) -> Cow<'w, Words<'l>> {
        if self.marks.is_empty() { Cow::Borrowed(words) } else { Cow::Owned(words.parted(&self.marks)) }
    }

    /// The length of the longest opening that the line begins with; zero if there is none.
    fn known_words(&self, words: &Words<'_>) -> usize {
        let words = self.words(words);
        self.openings.iter().filter(|opening| shared(opening, &words) == opening.len()).map(Vec::len).max().unwrap_or(0)
    }

    /// How many words the line and an opening have in common, at most.
    fn shared_words(&self, words: &Words<'_>) -> usize {
        let words = self.words(words);
        self.openings.iter().map(|opening| shared(opening, &words)).max().unwrap_or(0)
    }
}

fn shared(opening: &[String], words: &Words<'_>) -> usize {
    opening.iter().enumerate().take_while(|(index, word)| words.is_word(*index, word)).count()
}

#[cfg(test)]
mod tests;
