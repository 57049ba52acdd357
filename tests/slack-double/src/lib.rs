//! Slack on the loopback: its Web API, Socket Mode, response URLs, interactivity and file upload, for tests.
//!
//! A test starts a [`Double`], points the bot at [`Double::api_url`] with the [`Tokens`] of an app, and then does two
//! things: it acts as the people of the workspace ([`Double::post`], [`Double::press`], [`Double::slash`], …) and reads what
//! the bot did ([`Double::messages`], [`Double::calls`], [`Double::acks`], [`Double::complaints`]).
//!
//! ```no_run
//! # async fn example() -> std::io::Result<()> {
//! use slack_double::{Double, Settings};
//! use std::time::Duration;
//!
//! let slack = Double::start(Settings::default()).await?;
//! let home = slack.home();
//! // … start the bot on slack.api_url() with home.tokens.app and home.tokens.bot …
//! let asked = slack.post(&home.general, &home.ada, "@hatstand hold staging");
//! let answer = slack.until(Duration::from_secs(5), |slack| {
//!     slack.messages(&home.general).into_iter().find(|message| message.thread_ts == Some(asked))
//! });
//! assert_eq!(answer.await.map(|message| message.text).as_deref(), Some("staging is yours."));
//! # Ok(())
//! # }
//! ```
//!
//! It is built from what Slack documents, not from what one client sends, and it is strict: what Slack refuses, it refuses
//! with Slack's error, and what Slack would merely suffer it notes as a complaint. Comments that state a rule name the page of
//! Slack's documentation that it is from, in quotes.
//!
//! # The map
//!
//! One message's way, and the modules along it: a person's act comes in through `people` (in Rust) or `control` (over HTTP),
//! changes the one `state`, and becomes an event for each app that hears it (`state::event`), in an envelope
//! (`state::delivery`) on one of the app's sockets (`socket_mode`). The ack comes back the same way. The app's calls come in
//! through `web`: `web::server` is the port, `web::arguments` reads a call in any of its forms, `web::call` takes it from its
//! token to its record, `web::method` is the table of methods, `web::methods` is what each does, and `blocks` is what it
//! refuses to show. What is due later waits in `state::timer`; what happened is in `record`.

mod blocks;
mod control;
mod double;
mod element;
mod encode;
mod fault;
mod id;
mod input;
mod interaction;
mod people;
mod plan;
mod record;
mod scatter;
mod settings;
mod socket;
mod socket_mode;
mod state;
mod web;
mod world;

pub use control::control_help;
pub use double::{Double, Home};
pub use fault::Fault;
pub use id::{AppId, BotId, ChannelId, EnvelopeId, EventId, FileId, SocketId, TeamId, TriggerId, Ts, UserId, ViewId};
pub use input::Input;
pub use interaction::{Interaction, Outcome};
pub use plan::{AppPlan, ChannelPlan, Installed, Unbuildable, WorkspacePlan, WorldPlan};
pub use record::{Ack, Author, Call, Complaint, Counts, Delivery, Ephemeral, Message, Reaction, TokenKind, View, ViewPlace};
pub use scatter::{Frame, FrameHandle, Ids, Scatter};
pub use settings::{Choice, Keep, Limits, Settings, Times};
pub use socket::{Coverage, Reason, SocketInfo, SocketState};
pub use world::{App, Channel, ChannelKind, Person, Tokens};
