//! How a command is typed, as a structure.
//!
//! | In a usage | A person types |
//! | --- | --- |
//! | `hat on` | these words, in any case |
//! | `(on\|off)` | one of these words |
//! | `<name>` | an argument: one word, or several in quotes; whatever its kind needs |
//! | `<name...>` | several words, as few as let the rest of the usage match |
//! | `[for <period>]` | this, or nothing |
//! | `[<name>]`, or short `[name]` | an argument, or nothing |
//! | `[hat]`, where no parameter is called so | this word, or nothing |
//! | `<app>[(@\|/)<ref>]`, `deploy:<task>` | one of the marks `@`, `/` and `:` between two words, with or without blanks around it |
//!
//! A mark parts the first of the words that it stands in: `web@a/b` is `web`, `@` and `a/b`. What is quoted is never parted, and what
//! `<name...>` takes stays as it was typed.
//!
//! A usage begins with a word, so that a line finds its command without waking a plugin; optional words may stand before it.

mod check;
mod error;
mod form;
mod parser;
mod problem;

pub use check::{check, clashes};
pub use error::UsageError;
pub use problem::{Ambiguity, Problem, Spot};

#[cfg(feature = "grammar")]
pub(crate) use check::check_usages;

use std::fmt;

/// A usage longer than this is refused, in bytes.
pub const LONGEST: usize = 300;

/// A usage that can be typed in more forms than this is refused: each optional part doubles them, each alternative multiplies them.
pub const MOST_FORMS: usize = 64;

/// What a person may write between two words instead of a blank, where a usage has it.
pub const MARKS: &str = "@/:";

/// One way to type a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Usage {
    pub elements: Vec<Element>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Element {
    /// A word to be typed, as the author spelt it; its case does not matter.
    Literal(String),
    Parameter {
        name: String,
        /// Does it take several words?
        rest: bool,
    },
    /// One of these words.
    OneOf(Vec<String>),
    /// All of this, or nothing.
    Optional(Vec<Element>),
}

/// A parameter as a usage mentions it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mentioned<'a> {
    pub name: &'a str,
    /// False within brackets.
    pub required: bool,
    /// Does it take several words?
    pub rest: bool,
}

impl Usage {
    /// Reads a usage string. `parameters` are the names that the command declares.
    pub fn parse(text: &str, parameters: &[&str]) -> Result<Usage, UsageError> {
        parser::parse(text, parameters)
    }

    /// The parameters, in the order in which they are typed.
    pub fn parameters(&self) -> Vec<Mentioned<'_>> {
        let mut found = Vec::new();
        collect_parameters(&self.elements, true, &mut found);
        found
    }

    /// How people are shown it: the word before the command's own, which may be left out, as if it had to be there. `[hat] on` means
    /// `hat on` to whoever reads it, and stays typed as they like.
    pub fn shown(&self) -> String {
        match self.elements.split_first() {
            Some((Element::Optional(words), rest)) if matches!(words.as_slice(), [Element::Literal(_)]) => {
                Usage { elements: words.iter().chain(rest).cloned().collect() }.to_string()
            }
            _ => self.to_string(),
        }
    }

    /// The [marks](MARKS) that stand for words of their own in a line of this usage.
    pub fn marks(&self) -> String {
        MARKS.chars().filter(|mark| self.elements.iter().any(|element| element.has_word(*mark))).collect()
    }

    /// The words that a line begins with, lower-cased, in each of the ways that optional words and alternatives allow.
    ///
    /// `[hat] on [for <period>]` has the openings `hat on` and `on`.
    pub fn openings(&self) -> Vec<Vec<String>> {
        form::openings(&self.elements)
    }
}

fn collect_parameters<'a>(elements: &'a [Element], required: bool, found: &mut Vec<Mentioned<'a>>) {
    for element in elements {
        match element {
            Element::Parameter { name, rest } => found.push(Mentioned { name, required, rest: *rest }),
            Element::Optional(inner) => collect_parameters(inner, false, found),
            Element::Literal(_) | Element::OneOf(_) => {}
        }
    }
}

impl fmt::Display for Usage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_spaced(&self.elements, f)
    }
}

impl fmt::Display for Element {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Element::Literal(word) => f.write_str(word),
            Element::Parameter { name, rest: false } => write!(f, "<{name}>"),
            Element::Parameter { name, rest: true } => write!(f, "<{name}...>"),
            Element::OneOf(words) => write!(f, "({})", words.join("|")),
            Element::Optional(inner) => {
                f.write_str("[")?;
                write_spaced(inner, f)?;
                f.write_str("]")
            }
        }
    }
}

impl Element {
    fn has_word(&self, mark: char) -> bool {
        match self {
            Element::Literal(word) => is(word, mark),
            Element::OneOf(words) => words.iter().any(|word| is(word, mark)),
            Element::Parameter { .. } => false,
            Element::Optional(inner) => inner.iter().any(|element| element.has_word(mark)),
        }
    }

    /// Is it nothing but a mark, or one of several?
    fn is_mark(&self) -> bool {
        match self {
            Element::Literal(word) => is_mark(word),
            Element::OneOf(words) => words.iter().all(|word| is_mark(word)),
            Element::Parameter { .. } => false,
            Element::Optional(inner) => inner.first().is_some_and(Element::is_mark),
        }
    }
}

fn is(word: &str, mark: char) -> bool {
    word.strip_prefix(mark) == Some("")
}

fn is_mark(word: &str) -> bool {
    MARKS.chars().any(|mark| is(word, mark))
}

/// Marks are shown as they are mostly typed: without blanks.
fn write_spaced(elements: &[Element], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let mut tight = true;
    for element in elements {
        let gap = if tight || element.is_mark() { "" } else { " " };
        write!(f, "{gap}{element}")?;
        tight = element.is_mark() && !matches!(element, Element::Optional(_));
    }
    Ok(())
}

#[cfg(test)]
mod tests;
