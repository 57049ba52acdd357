//! What is wrong with one usage, said to its author.

use super::{LONGEST, MOST_FORMS};
use std::fmt;

/// Why a usage string cannot be taken. Each displays as sentences that say what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UsageError {
    Empty,
    TooLong,
    TooManyForms,
    /// A bracket without its partner.
    Unclosed(char),
    Unopened(char),
    EmptyGroup,
    /// What stands in round brackets is not words with bars between them.
    BadAlternatives(String),
    /// `a|b` without round brackets.
    LooseBar(String),
    BadWord(String),
    BadName(String),
    UnknownParameter(String),
    Repeated(String),
    /// Something other than words stands first.
    NoWordFirst,
    /// Two parameters of several words, with nothing between that would show where the second begins.
    NoBorder {
        first: String,
        second: String,
    },
}

impl std::error::Error for UsageError {}

impl fmt::Display for UsageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            UsageError::Empty => write!(f, "A usage needs at least one word: write what people type, such as `hat on`."),
            UsageError::TooLong => write!(f, "The usage is longer than {LONGEST} bytes: split it into several usages."),
            UsageError::TooManyForms => {
                write!(f, "The usage can be typed in more than {MOST_FORMS} forms: split it into several usages.")
            }
            UsageError::Unclosed(bracket) => write!(f, "`{bracket}` is never closed: add `{}`.", partner(*bracket)),
            UsageError::Unopened(bracket) => write!(f, "`{bracket}` closes nothing: remove it, or add `{}` before.", partner(*bracket)),
            UsageError::EmptyGroup => write!(f, "`[]` is empty: put a word or a parameter into it, or remove it."),
            UsageError::BadAlternatives(inner) => {
                write!(f, "`({inner})` is not a choice of words: write single words with `|` between them, such as `(on|off)`.")
            }
            UsageError::LooseBar(text) => write!(f, "`{text}` needs round brackets: write `({text})`."),
            UsageError::BadWord(word) => {
                write!(
                    f,
                    "`{word}` cannot be a word of a usage: remove its quotes, back-ticks and `...`; several words are written `<name...>`."
                )
            }
            UsageError::BadName(name) => {
                write!(f, "`<{name}>` is not a parameter: between the angle brackets stands a name, or a name and `...`.")
            }
            UsageError::UnknownParameter(name) => {
                write!(f, "`<{name}>` is not a parameter of this command: declare it, or correct the name.")
            }
            UsageError::Repeated(name) => write!(f, "`<{name}>` stands twice in the usage: give the second one another name."),
            UsageError::NoWordFirst => {
                write!(f, "A usage begins with a word that people type, such as `hat on <name>`: put one before the first parameter.")
            }
            UsageError::NoBorder { first, second } => {
                write!(
                    f,
                    "Nobody can tell where `<{first}...>` ends and `<{second}...>` begins: put a word between them, such as `because`."
                )
            }
        }
    }
}

fn partner(bracket: char) -> char {
    match bracket {
        '[' => ']',
        ']' => '[',
        '(' => ')',
        ')' => '(',
        '<' => '>',
        _ => '<',
    }
}
