//! The words that Hatstand's host, plugins and tests share.
//!
//! - [`message`]: what can be said, in neutral form.
//! - [`declaration`]: what a plugin says of itself.
//! - [`value`]: the arguments of a command, once read.
//! - [`visible`]: text that hides nothing.
//! - [`program`]: programs that act through the HTTP API.
//! - [`period`]: a length of time in few letters.
//! - [`usage`]: how a command is typed, `hat on [for <period>]`, as a structure.
//! - `grammar` (feature): reading a line that a person typed, against usages.
//! - `schedule` (feature): when a schedule is due.
//! - `texts` (feature `grammar`): what a host says by itself.
//! - `transcript` (feature): conversations as tests.
//!
//! The same things as in `wit/`, under the same names, as plain Rust: nothing here knows a chat service or an engine.

pub mod declaration;
#[cfg(feature = "grammar")]
pub mod grammar;
pub mod message;
pub mod period;
pub mod program;
#[cfg(feature = "schedule")]
pub mod schedule;
#[cfg(feature = "grammar")]
pub mod texts;
#[cfg(feature = "transcript")]
pub mod transcript;
pub mod usage;
pub mod value;
pub mod visible;
