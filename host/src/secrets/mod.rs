//! Secrets: where they come from, and a type that nobody can print.
//!
//! They never stand in `hatstand.toml`. Each has one documented name, and three ways to be given under it: a variable, a file that a
//! variable names, or a credential of systemd.

mod environment;
mod named;
mod problem;
mod reader;
mod source;
mod token;
mod tokens;

pub use environment::Environment;
pub use named::secret;
pub use problem::{TokenProblem, TokenProblems, TokenWarning};
pub use token::{Kind, Token};
pub use tokens::{Given, SlackTokens, given, slack};
