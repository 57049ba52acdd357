//! Hatstand: a chat bot that never has to leave the room.
//!
//! # The path of one message
//!
//! 1. An [adapter](adapters) translates what the chat service sends into an [`Event`](model::Event).
//! 2. [`intake`] records it in the [ledger](ledger); only then is it acknowledged. A repeat ends here, and what
//!    nobody listens to, and what is more than the [`rate`] allows.
//! 3. [`dispatch`] finds it in the inbox, asks the [`router`] who is concerned, and puts it into their [lanes].
//! 4. [`invocation`] waits if the plugin is run too often ([`paces`]), routes the event as things stand now, which decides by the
//!    [`permissions`] whether it may be, and runs the [plugin](plugins) in a fresh instance. What the plugin calls are the [capabilities]; what
//!    it wants changed is collected. Where it acts on a thing, it asks for the [`rights`] of the person.
//! 5. All of that is committed in one transaction, with the mark that the event is done. Commands that wait for each other share one.
//! 6. The [`outbox`] delivers what was said, per channel in order, until it is out.
//!
//! The world [`outside`] the chat is met after the commit: requests that plugins send, and webhooks that are recorded like any event.
//!
//! Programs come in through the [`api`], with [`tokens`]: what they want is an event like any other, and what came of it they find in the
//! ledger. [`timers`] turn what comes due into events, [`schedules`] say when that is again; the [`keeper`] swaps plugins while all of this
//! runs. What a plugin was given is recorded by the [`runner`], and can be [replayed](replay). The [`host`] puts the parts together.
//!
//! # Invariants
//!
//! - Only `adapters/<service>` knows that service, and what sets it up: [`secrets`], [`setup`] and its [`commands`].
//! - Only [`plugins`] and [`capabilities`] know the engine that runs WebAssembly.
//! - The host names no concrete plugin.
//! - The [`router`] and the [`texts`] do no input or output.
//! - What a plugin does never ends the process.
//! - Whoever records an event need not share memory with whoever handles it: the ledger is all they share.

#![deny(unsafe_code)]

pub mod model;

pub mod adapters;
pub mod api;
pub mod backups;
pub mod builtin;
pub mod calls;
pub mod capabilities;
pub mod dispatch;
pub mod intake;
pub mod invocation;
pub mod keeper;
pub mod lanes;
pub mod ledger;
pub mod listener;
pub mod outbox;
pub mod outside;
pub mod paces;
pub mod permissions;
pub mod plugins;
pub mod rate;
pub mod replay;
pub mod retention;
pub mod rights;
pub mod router;
pub mod runner;
pub mod schedules;
pub mod texts;
pub mod timers;
pub mod tokens;

pub mod clock;
pub mod directory;
pub mod host;
pub mod nearest;

pub mod builder;
pub mod commands;
pub mod config;
pub mod practice;
pub mod process;
pub mod secrets;
pub mod setup;
pub mod stage;
