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

fn write_spaced(elements: &[Element], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    for (index, element) in elements.iter().enumerate() {
        let gap = if index == 0 { "" } else { " " };
        write!(f, "{gap}{element}")?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
