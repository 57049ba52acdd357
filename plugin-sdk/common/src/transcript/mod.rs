//! Conversations as tests: a text file that reads like the channel, and one runner for it.
//!
//! ```text
//! # dibs hands over when the time is up
//! #dev
//! andre> @hatstand dibs on staging for 2 hours
//! bot> @andre has dibs on *staging* until 12:00.
//! jane> @hatstand dibs on staging
//! bot(jane)> *staging* is taken by andre until 12:00. You are next.
//! --- 2 hours later
//! bot> Time is up: *staging* goes from @andre to @jane.
//! ```
//!
//! [`Script::parse`] reads such a file, [`run`] plays it on a [`Stage`] and gives a [`Report`]. Whatever the bot lives in can be
//! a stage: the host with built plugins, a plugin compiled natively, the practice room, a double of a chat service. Stages show
//! a message with [`render()`] and find out with [`Pressable`] what a typed `2` presses.
//!
//! # The syntax
//!
//! Every line is one of these. Blanks at the end of a line, and between `>` and the text, mean nothing.
//!
//! | Line | Meaning |
//! |---|---|
//! | `# text`, or `#` alone | A comment. Those at the top of a file say what it shows. |
//! | `#dev` | From here on, people talk in this channel. `#dev/1` is the first thread in it. |
//! | `@hatstand` | From here on, people talk to the bot in direct messages. |
//! | `jane> text` | Jane says this. In a channel she addresses the bot as `@hatstand`, whatever it is called elsewhere. |
//! | `jane> 2` | Jane presses the second choice of the newest message that offers her choices there. |
//! | `jane> [Queue]` | Jane presses the choice with this label. |
//! | `bot> text` | Expected: the bot says this in the channel where people talk. |
//! | `bot(jane)> text` | Expected: it says this in the channel, and only Jane sees it. |
//! | `bot@jane> text` | Expected: it says this to Jane in direct messages. |
//! | `bot#ops> text`, `bot(jane)#ops> text` | Expected: it says this in a channel other than the one where people talk. |
//! | `bot edits> text` | Expected: it gives an earlier message this new text. Goes with all of the forms above. |
//! | `bot reacts> :tada:` | Expected: it reacts to an earlier message. Likewise. |
//! | `--- 2 hours later` | A directive, see below. |
//! | four spaces, then text | The message above goes on. A blank line between two lines of a message belongs to it. |
//!
//! The lines of the bot are what is expected; everything else is what happens. After each thing that happens, everything the bot
//! then says is compared, in order, with the lines of the bot that follow. Comments and blank lines may stand anywhere between.
//!
//! `[..]` in an expectation stands for any text within a line: `bot> Sorry, that went wrong (ref [..]).`
//!
//! Buttons and menus are a line of numbered choices, counted from one through the whole message; a line of text that only looks
//! like that has a `\` before it:
//!
//! ```text
//! bot(jane)> andre wears the hat.
//!     since: 10:00
//!
//!     [1] Queue  [2] Pool
//!     Or another hat:
//!     [3] red  [4] green
//! ```
//!
//! Names of people and channels are one word of letters, digits and `_-./`, beginning with none of the last three; nobody is
//! called `bot`.
//!
//! ## Directives
//!
//! | Directive | Meaning |
//! |---|---|
//! | `--- at 2026-01-05 10:00` | The transcript begins at this time, in UTC. Only before anything else happens; [`START`] otherwise. |
//! | `--- 2 hours later` | The clock moves, and what comes due happens. `1h30m`, `90 minutes`, `2 days 4 hours`. |
//! | `--- restart` | The host stops in an orderly way and starts again on the same ledger. |
//! | `--- kill` | The host dies without any warning and starts again. |
//! | `--- restart after 3 hours`, `--- kill after 3 hours` | The clock moves while the host is down. |
//! | `--- add plugin dibs` | A plugin's file is put into the folder. |
//! | `--- remove plugin dibs` | It is taken out. |
//! | `--- replace plugin dibs with dibs-next` | Its file is replaced with another build. |
//! | `--- set hat handoff = notify` | The operator changes a setting of a plugin. |
//! | `--- configure rules = [..]` | The operator writes this into `hatstand.toml`, and starts the host anew. |
//! | `--- outside github is down` | Something happens outside, in the words of the services that this stage has; most have none. |
//! | `--- grant chat:direct to hat`, `--- revoke chat:direct from hat` | The operator grants something, or takes it back. |
//! | `--- admin jane` | Jane is an administrator of the bot from here on. |
//! | `--- zone jane Europe/Berlin` | Jane's time zone from here on. |
//!
//! # Writing the expectations
//!
//! Leave them out, run the tests with `UPDATE_TRANSCRIPTS=1`, and review what was written. What people say, comments, blank
//! lines and expectations that are met stay as they were typed.

mod audience;
mod directive;
mod files;
mod line;
mod moment;
mod name;
mod parser;
mod period;
mod pressable;
mod render;
mod report;
mod revision;
mod room;
mod runner;
mod script;
mod sequence;
mod stage;
mod text;
mod typed;
mod wildcard;

#[cfg(test)]
mod tests;

pub use audience::Audience;
pub use directive::{Directive, START};
pub use files::{files, run_file};
pub use line::{Act, Line};
pub use name::Name;
pub use parser::ParseError;
pub use pressable::Pressable;
pub use render::{Reader, render};
pub use report::Report;
pub use room::Room;
pub use runner::run;
pub use script::{Numbered, Script, Step};
pub use stage::Stage;
pub use typed::{addressed, typed};
