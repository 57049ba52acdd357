//! What to say about a line that no usage fits.

use super::Entry;
use super::attempt::Snag;
use super::line::Circumstances;
use super::reading::{Misread, Reading, Reason, Unknown};
use super::suggestion::{Suggestion, suggestions};
use super::words::Words;
use std::cmp::Reverse;

/// How many ways to type it are shown to somebody who mistyped.
const MOST_USAGES: usize = 5;

/// Everything that an explanation considers.
pub(super) struct Explanation<'a> {
    pub words: &'a Words<'a>,
    pub circumstances: &'a Circumstances,
    /// The usages that begin like the line.
    pub misses: Vec<Miss<'a>>,
    /// The usages that whoever asks may be shown.
    pub shown: Vec<&'a Entry>,
}

/// A usage that a line begins like, and where it ceases to.
pub(super) struct Miss<'a> {
    pub entry: &'a Entry,
    pub snag: Snag,
}

impl Explanation<'_> {
    pub(super) fn reading(mut self) -> Reading {
        let suggestions = self.suggestions();
        if let Some(nearest) = suggestions.first() {
            return self.unknown(nearest.words, suggestions);
        }
        match self.misread().or_else(|| self.half_known()) {
            Some(misread) => Reading::Misread(misread),
            None => self.unknown(1, Vec::new()),
        }
    }

    fn unknown(&self, words: usize, suggestions: Vec<Suggestion>) -> Reading {
        let suggestions = suggestions.into_iter().map(|suggestion| suggestion.text).collect();
        Reading::Unknown(Unknown { word: self.words.raw(0..words).to_owned(), suggestions })
    }

    /// What the beginning of the line may have been meant to be, beyond the words that are known.
    fn suggestions(&self) -> Vec<Suggestion> {
        let known = self.misses.iter().map(|miss| miss.entry.known_words(self.words)).max().unwrap_or(0);
        let openings = self.shown.iter().flat_map(|entry| &entry.openings).map(Vec::as_slice);
        let longest = openings.clone().map(<[String]>::len).max().unwrap_or(0);
        let typed: Vec<&str> = self.words.bare_from(0).take(longest).collect();
        suggestions(openings, &typed, known)
    }

    /// The line begins like a usage, and ceases to fit further on.
    fn misread(&mut self) -> Option<Misread> {
        let shown = &self.shown;
        let is_shown = |entry: &Entry| shown.iter().any(|shown| std::ptr::eq(*shown, entry));
        self.misses.sort_by_key(|miss| Reverse((miss.snag.nearness(), is_shown(miss.entry))));
        let Miss { entry: nearest, snag } = self.misses.first()?;
        let equals = self.misses.iter().filter(|miss| miss.snag.progress == snag.progress && is_shown(miss.entry));
        let own = self.misses.iter().map(|miss| miss.entry).chain(shown.iter().copied()).filter(|entry| entry.command == nearest.command);
        Some(Misread {
            command: nearest.command,
            at: nearest.words(self.words).position(snag.word),
            reason: snag.reason(&nearest.program, &nearest.words(self.words), self.circumstances),
            usages: usages(own.chain(equals.map(|miss| miss.entry))),
        })
    }

    /// The first words are known, but no command begins with them and what follows.
    fn half_known(&self) -> Option<Misread> {
        let most = self.shown.iter().map(|entry| entry.shared_words(self.words)).max().filter(|most| *most > 0)?;
        let mut nearest = self.shown.iter().copied().filter(|entry| entry.shared_words(self.words) == most).peekable();
        let first = nearest.peek()?;
        let (command, words) = (first.command, first.words(self.words));
        let reason = match words.get(most) {
            Some(_) => Reason::unexpected(&words, most),
            None => Reason::Incomplete { after: words.raw(0..most).to_owned() },
        };
        Some(Misread { command, at: words.position(most), reason, usages: usages(nearest) })
    }
}

/// The usages as they are shown, each once.
fn usages<'a>(entries: impl Iterator<Item = &'a Entry>) -> Vec<String> {
    let mut usages: Vec<String> = Vec::new();
    for usage in entries.map(|entry| entry.usage.shown()) {
        if usages.len() < MOST_USAGES && !usages.contains(&usage) {
            usages.push(usage);
        }
    }
    usages
}
