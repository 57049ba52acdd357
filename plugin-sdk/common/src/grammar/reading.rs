//! What came of reading a line, and what to say about it.

use super::text::{listed, quote};
use super::unreadable::Unreadable;
use super::words::Words;
use crate::declaration::Kind;
use crate::value::Argument;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reading {
    /// The line is a command.
    Matched(Match),
    /// It begins like one, but does not go on like one.
    Misread(Misread),
    /// Nothing begins like this.
    Unknown(Unknown),
    /// Nothing but blanks.
    Empty,
    /// More than the grammar reads.
    TooLong { bytes: usize, limit: usize },
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Match {
    /// Index of the command in the grammar.
    pub command: usize,
    /// In the order of the usage; what was left out is not there.
    pub arguments: Vec<Argument>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misread {
    /// Index of the command that fits best.
    pub command: usize,
    /// Where the line ceases to fit, in bytes.
    pub at: usize,
    pub reason: Reason,
    /// How it could be typed, the nearest first.
    pub usages: Vec<String>,
}

/// Why a line does not fit a usage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The words at this place are not what the parameter needs.
    Unreadable { parameter: String, unreadable: Unreadable },
    /// The line ends where the parameter should be.
    Missing { parameter: String, kind: Kind },
    /// The line ends where one of these words should be.
    MissingWord { choices: Vec<String> },
    /// The line ends before it can be told which command is meant.
    Incomplete { after: String },
    /// Nothing in the usage wants this word.
    Unexpected { word: String, after: String },
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unknown {
    /// What was typed.
    pub word: String,
    /// What it may have been meant to be, the nearest first. Never to be done without asking.
    pub suggestions: Vec<String>,
}

impl Reading {
    /// What to say to the person, in Markdown; nothing if the line is a command, or empty.
    pub fn sentence(&self) -> Option<String> {
        match self {
            Reading::Matched(_) | Reading::Empty => None,
            Reading::Misread(misread) => Some(misread.sentence()),
            Reading::Unknown(unknown) => Some(unknown.sentence()),
            Reading::TooLong { limit, .. } => Some(format!("That is too long for me: I read up to {limit} bytes. Say it in fewer words.")),
        }
    }
}

impl Misread {
    /// What is wrong, and below it how the command is typed.
    pub fn sentence(&self) -> String {
        let usages = self.usages.iter().enumerate().map(|(index, usage)| match index {
            0 => format!("\nUsage: `{usage}`"),
            _ => format!("\nor `{usage}`"),
        });
        std::iter::once(self.reason.sentence()).chain(usages).collect()
    }
}

impl Reason {
    pub(super) fn unexpected(words: &Words<'_>, word: usize) -> Reason {
        Reason::Unexpected { word: words.raw(word..word + 1).to_owned(), after: words.raw(0..word).to_owned() }
    }

    /// What is wrong.
    pub fn sentence(&self) -> String {
        match self {
            Reason::Unreadable { unreadable, .. } => unreadable.sentence(),
            Reason::Missing { parameter, kind } => format!("`<{parameter}>` is missing: {}.", wanted(kind)),
            Reason::MissingWord { choices } => format!("{} is missing.", listed(choices)),
            Reason::Incomplete { after } => format!("More is needed after {}.", quote(after)),
            Reason::Unexpected { word, after } => format!("I did not expect {} after {}.", quote(word), quote(after)),
        }
    }
}

impl Unknown {
    /// What is not known, and what is.
    pub fn sentence(&self) -> String {
        let unknown = format!("I don't know {}.", quote(&self.word));
        if self.suggestions.is_empty() { unknown } else { format!("{unknown} Did you mean {}?", listed(&self.suggestions)) }
    }
}

fn wanted(kind: &Kind) -> String {
    match kind {
        Kind::Text => "say it in one word or more".to_owned(),
        Kind::Integer => "a whole number, such as `3`".to_owned(),
        Kind::Boolean => "`yes` or `no`".to_owned(),
        Kind::Person => "mention somebody, such as `@jane`".to_owned(),
        Kind::Channel => "mention a channel, such as `#dev`".to_owned(),
        Kind::Duration => "a length of time, such as `2h`, `45 minutes` or `1h30m`".to_owned(),
        Kind::Instant => "a moment, such as `17:30`, `tomorrow 9am` or `2026-03-01 12:00`".to_owned(),
        Kind::Choice(words) => listed(words),
    }
}
