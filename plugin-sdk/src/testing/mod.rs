//! Running a plugin natively, in a room of one's own: `cargo test` in milliseconds, without a component and without a chat.
//!
//! A [`Room`] reads what people type with the grammar of the real host, keeps state, timers, questions and messages in memory, has a
//! clock that the test moves and by which schedules run, and drops everything that a failing handler wished for.
//!
//! ```
//! use hatstand_plugin::prelude::*;
//! use hatstand_plugin::testing::Room;
//!
//! /// Boils eggs.
//! #[derive(Plugin)]
//! struct Kitchen;
//!
//! #[commands]
//! impl Kitchen {
//!     /// Boil an egg.
//!     #[command("boil [for <time>]")]
//!     fn boil(cx: &mut Context, time: Option<Duration>) -> Result<Reply> {
//!         let done = cx.now() + time.unwrap_or(Duration::from_secs(300));
//!         cx.timers().set("boiled", done, cx.user()?)?;
//!         Ok(Reply::whisper(say!("Your egg is done at {done}.")))
//!     }
//!
//!     #[timer("boiled")]
//!     fn boiled(_cx: &mut Context, timer: Timer) -> Result<Reply> {
//!         let hungry: User = timer.payload()?;
//!         Ok(Reply::say(say!("{}, your egg!", hungry.mention())))
//!     }
//! }
//!
//! let mut room = Room::with::<Kitchen>();
//! room.says("ann", "boil for 7 minutes");
//! assert_eq!(room.heard(), ["bot(ann)> Your egg is done at 10:07."]);
//! room.wait("7 minutes");
//! assert_eq!(room.heard(), ["bot> @ann, your egg!"]);
//! # fn main() {}
//! ```
//!
//! Longer conversations read better as a [`transcript`], which also runs against the component in the real host.

mod contract;
pub(crate) mod host;
mod invocation;
mod people;
mod room;
mod rules;
mod state;
mod texts;

pub use room::{Outcome, Request, Room, Usage};

use crate::Plugin;
use std::path::Path;

/// Plays the transcript in a file, whose path is relative to the package, on a [`Room`] with the plugin.
///
/// The syntax is that of `hatstand plugin test`, which plays the same files against the component in a real host. Directives about
/// other plugins are for there only.
///
/// # Panics
///
/// If anything comes otherwise than the file expects: with the difference. With `UPDATE_TRANSCRIPTS=1` in the environment the
/// expectations in the file are rewritten instead, to be reviewed.
#[track_caller]
pub fn transcript<P: Plugin>(path: impl AsRef<Path>) {
    hatstand_common::transcript::run_file(path, &mut Room::with::<P>());
}
