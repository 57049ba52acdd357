//! A line as words, and what it says verbatim between them.

use super::line::Line;
use super::token::{Shape, Token, tokens};
use crate::visible::visible;
use std::ops::Range;

#[derive(Clone)]
pub(super) struct Words<'a> {
    line: &'a str,
    tokens: Vec<Token>,
}

impl<'a> Words<'a> {
    pub(super) fn of(line: &'a Line) -> Self {
        Words { line: &line.text, tokens: tokens(line) }
    }

    /// The same line for a usage with these marks: each parts the first word in which it stands.
    pub(super) fn parted(&self, marks: &str) -> Self {
        let tokens = self.tokens.iter().flat_map(|token| token.parted(self.line, marks)).collect();
        Words { line: self.line, tokens }
    }

    pub(super) fn len(&self) -> usize {
        self.tokens.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.tokens.is_empty()
    }

    pub(super) fn get(&self, index: usize) -> Option<&Token> {
        self.tokens.get(index)
    }

    /// Is this a word of a usage? What is quoted never is.
    pub(super) fn is_word(&self, index: usize, word: &str) -> bool {
        self.get(index).is_some_and(|token| token.is_bare() && token.folded == word)
    }

    /// The unquoted words from here on, lower-cased, up to the next quotes or mention.
    pub(super) fn bare_from(&self, index: usize) -> impl Iterator<Item = &str> {
        self.tokens[index.min(self.len())..].iter().take_while(|token| token.is_bare()).map(|token| token.folded.as_str())
    }

    /// The line's own text from the first of these words to the last.
    pub(super) fn raw(&self, range: Range<usize>) -> &'a str {
        match self.tokens.get(range) {
            Some([first, .., last]) => &self.line[first.range.start..last.range.end],
            Some([only]) => &self.line[only.range.clone()],
            _ => "",
        }
    }

    /// What these words say: as they are seen, but quotes around all of it have done their work.
    pub(super) fn text(&self, range: Range<usize>) -> String {
        match self.tokens.get(range.clone()) {
            Some([Token { shape: Shape::Quoted, text, .. }]) => text.clone(),
            _ => visible(self.raw(range)),
        }
    }

    /// Where a word begins in the line, in bytes; behind the last word, where the line ends.
    pub(super) fn position(&self, index: usize) -> usize {
        self.get(index).map_or(self.line.len(), |token| token.range.start)
    }
}
