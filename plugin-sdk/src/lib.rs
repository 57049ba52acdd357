//! Write commands for Hatstand, the chat bot that never has to leave the room.
//!
//! A plugin is a struct and functions. Each function is a command: its doc comment is the help, its signature says what people type, and
//! what it returns is said. This is all of one:
//!
//! ```
//! use hatstand_plugin::prelude::*;
//!
//! /// Says hello, and remembers how often.
//! #[derive(Plugin)]
//! struct Greet;
//!
//! #[commands]
//! impl Greet {
//!     /// Say hello to somebody.
//!     #[command("greet [who] [because <reason...>]")]
//!     fn greet(cx: &mut Context, who: Option<User>, reason: Option<String>) -> Result<Reply> {
//!         let count = cx.store().get::<u64>("count")?.unwrap_or(0) + 1;
//!         cx.store().set("count", &count)?;
//!         let who = who.unwrap_or(cx.user()?.clone());
//!         Ok(match reason {
//!             Some(reason) => Reply::say(say!("Hello {}, because {reason}! That makes {count}.", who.mention())),
//!             None => Reply::say(say!("Hello {}! That makes {count}.", who.mention())),
//!         })
//!     }
//! }
//! # fn main() {}
//! ```
//!
//! Its manifest says `crate-type = ["cdylib", "rlib"]`, and `cargo build --release --target wasm32-wasip2` makes the file that goes into
//! the folder of a running bot.
//!
//! # What to know
//!
//! - **A handler is a transaction.** Whatever it does with the [`Context`] happens together when it returns ok, and not at all when it
//!   returns an [`Error`] or panics. An event takes effect once, even if it is delivered twice.
//! - **A handler never waits.** What takes time comes back as an event with a handler of its own: a timer, a press, an answer, a response.
//! - **Nothing in memory lasts.** Every event meets a fresh instance; what must last goes into the [store](Context::store).
//! - **Nobody else is in the way.** Events of one workspace are handled one after another.
//! - **Limits.** A handler has 1 s of computing and 32 MiB of memory unless the operator says otherwise; each capability names its own.
//!
//! # Commands
//!
//! [`#[commands]`](macro@commands) lists the attributes of handlers. The usage of a command and its signature are checked against each
//! other while the plugin is compiled; [`Argument`] lists the types that people can type, and
//! [`#[derive(Choice)]`](derive@Choice) makes an enum one of them.
//!
//! # Replies
//!
//! A handler returns a [`Reply`]: [`say`](Reply::say) for everybody, [`whisper`](Reply::whisper) for the one who asked. [`say!`] builds
//! the [`Message`]: the literal is Markdown, and values are data, which can neither format nor notify anybody. Messages can have
//! [buttons](message::Button), [fields](message::Field), [menus](message::Menu) and [images](message::Image). An [`Error`] says why
//! nothing was done.
//!
//! # Capabilities
//!
//! | Module | With | What for |
//! | --- | --- | --- |
//! | [`store`] | [`cx.store()`](Context::store) | values that last |
//! | [`chat`] | [`cx.chat()`](Context::chat) | saying things elsewhere, editing, reacting, forms |
//! | [`timers`] | [`cx.timers()`](Context::timers) | being called back at a moment |
//! | [`questions`] | [`cx.questions()`](Context::questions) | asking one person something |
//! | [`calls`] | [`cx.calls()`](Context::calls) | telling programs later what came of their commands |
//! | [`http`] | [`cx.http()`](Context::http) | requests to the outside |
//! | [`queue`] | [`cx.queue()`](Context::queue) | message queues |
//! | [`directory`] | [`cx.directory()`](Context::directory) | people, channels, time zones |
//! | [`rights`] | [`cx.may()`](Context::may) | whether somebody may do something to a thing |
//! | [`settings`] | [`cx.settings()`](Context::settings) | what the operator has set |
//! | [`log`] | [`cx.log()`](Context::log) | the operator's log |
//!
//! What a plugin does not use is not in its component: the operator sees from the file alone what it can do. Some capabilities need a
//! grant, which the plugin asks for with `#[plugin(wants("..."))]`; without it, the person is told so politely.
//!
//! Clock and chance come from the host, [`cx.now()`](Context::now) and [`cx.random()`](Context::random), so that an event can be replayed.
//!
//! # Tests
//!
//! Keep rules in pure functions and test those. [`testing`] runs the whole plugin natively, in milliseconds, with people, timers and a
//! clock that the test moves.

#![warn(missing_docs)]

pub mod argument;
pub mod calls;
pub mod chat;
mod context;
mod contract;
pub mod directory;
mod error;
mod events;
pub mod http;
pub mod log;
pub mod message;
mod plugin;
pub mod questions;
pub mod queue;
mod random;
mod reply;
pub mod rights;
pub mod settings;
pub mod store;
#[cfg(not(target_family = "wasm"))]
pub mod testing;
pub mod timers;

#[doc(hidden)]
#[rustfmt::skip]
#[allow(clippy::uninlined_format_args, missing_docs, unreachable_pub, unused_qualifications, reason = "generated from the contract")]
pub mod bindings;

/// The functions of the host: in a component those that it imports, natively those of a host in memory.
#[cfg(target_family = "wasm")]
use bindings::hatstand::plugin as host;
#[cfg(not(target_family = "wasm"))]
use testing::host;

pub use argument::{Argument, Choice};
pub use context::Context;
pub use error::{Error, NotGranted, Result};
pub use events::{
    Answer, Answered, Call, Event, Heard, HttpAnswer, HttpFailure, Membership, Other, Press, QueueMessage, Reaction, Receive, Response,
    Scheduled, Submission, Timer, Upgrade, Webhook,
};
pub use hatstand_common::declaration::{Description, Kind};
pub use hatstand_common::program::Program;
pub use hatstand_common::value::{ChannelId as Channel, Instant, MessageId, PersonId as User, Place, Value};
pub use message::{Message, Say, say};
pub use plugin::{Handlers, Plugin, commands};
pub use random::Random;
pub use reply::{IntoReply, Reply};
pub use settings::Settings;

/// What nearly every plugin needs.
pub mod prelude {
    pub use crate::chat::{Form, Input};
    pub use crate::message::{Button, Menu, Span};
    pub use crate::questions::Question;
    pub use crate::rights::Action;
    pub use crate::{
        Answer, Answered, Channel, Choice, Context, Error, Heard, Instant, Membership, Message, MessageId, Place, Plugin, Press,
        QueueMessage, Reaction, Reply, Response, Result, Scheduled, Settings, Submission, Timer, Upgrade, User, Webhook, commands, say,
    };
    pub use std::time::Duration;
}

/// For the macros only; anything here may change at any time.
#[doc(hidden)]
pub mod __private {
    pub use crate::argument::{choice_kind, read_choice};
    pub use crate::events::name_of;
    pub use crate::plugin::{Exported, bytes, declared, is_name};
    pub use crate::settings::{optional as optional_setting, required as required_setting};
}

/// The example of the front page compiles too.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
