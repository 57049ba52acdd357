//! What is wrong with a plugin's commands, said to its author.

use super::UsageError;
use std::fmt;

/// Why a set of commands is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// Two commands have this name.
    SameName {
        command: String,
    },
    /// More usages than one plugin may have.
    TooManyUsages {
        limit: usize,
    },
    NoUsage {
        command: String,
    },
    /// The usage string itself.
    Usage {
        at: Spot,
        error: UsageError,
    },
    /// Two parameters of a command have this name.
    SameParameter {
        command: String,
        parameter: String,
    },
    /// Declared, but in no usage.
    UnusedParameter {
        command: String,
        parameter: String,
    },
    /// A choice without words, or with one that cannot be typed, or with one twice.
    BadChoice {
        command: String,
        parameter: String,
    },
    /// `<name...>` for something that is not text.
    RestNotText {
        at: Spot,
        parameter: String,
    },
    /// A text directly after `<name...>`: nothing shows where it begins.
    NoBorder {
        at: Spot,
        first: String,
        second: String,
    },
    /// What is typed for the second part would always be taken for the first.
    Unreachable {
        at: Spot,
        shadowed: String,
        by: String,
    },
    /// The same line would mean two things.
    Ambiguous(Ambiguity),
}

/// A usage of a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spot {
    pub command: String,
    pub usage: String,
}

/// Two usages that the same line fits equally well.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ambiguity {
    pub first: Spot,
    pub second: Spot,
}

impl std::error::Error for Problem {}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Problem::SameName { command } => write!(f, "Two commands are called `{command}`: rename one of them."),
            Problem::TooManyUsages { limit } => write!(f, "The plugin has more than {limit} usages: leave some out."),
            Problem::NoUsage { command } => write!(f, "Command `{command}` has no usage: say how it is typed."),
            Problem::Usage { at, error } => write!(f, "{at}: {error}"),
            Problem::SameParameter { command, parameter } => {
                write!(f, "Command `{command}` declares the parameter `{parameter}` twice: rename one of them.")
            }
            Problem::UnusedParameter { command, parameter } => {
                write!(
                    f,
                    "Command `{command}` declares the parameter `{parameter}`, but no usage contains `<{parameter}>`: use it or drop it."
                )
            }
            Problem::BadChoice { command, parameter } => {
                write!(f, "The choice `{parameter}` of command `{command}` needs words without blanks or back-ticks, each of them once.")
            }
            Problem::RestNotText { at, parameter } => {
                write!(f, "{at}: only text can be `<{parameter}...>`; write `<{parameter}>`, it takes as many words as it needs.")
            }
            Problem::NoBorder { at, first, second } => {
                write!(f, "{at}: nobody can tell where `<{first}...>` ends and `<{second}>` begins; put a word between them, such as `to`.")
            }
            Problem::Unreachable { at, shadowed, by } => {
                write!(
                    f,
                    "{at}: {shadowed} can never be reached, because {by} takes its place; put a word before it, such as `[for <period>]`."
                )
            }
            Problem::Ambiguous(ambiguity) => ambiguity.fmt(f),
        }
    }
}

impl fmt::Display for Spot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` of command `{}`", self.usage, self.command)
    }
}

impl fmt::Display for Ambiguity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Ambiguity { first, second } = self;
        if first.command == second.command {
            write!(f, "`{}` and {second} cannot be told apart: change a word in one of them.", first.usage)
        } else {
            write!(f, "{first} and {second} cannot be told apart: change a word in one of them.")
        }
    }
}
