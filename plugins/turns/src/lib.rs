//! Taking turns with anything: a hat, a server, the lock of an environment. Everything here is a pure function: a
//! [`Resource`], a [`Policy`], a [`Request`] and the time go in, a [`Turn`] or a [`Refusal`] comes out. Nothing reads a
//! clock, stores anything or writes text for people.
//!
//! The path of one request:
//!
//! 1. [`apply`] copies the resource into a draft and lets the request's family in `moves/` change the draft. A refusal
//!    drops the draft, so a request applies whole or not at all.
//! 2. Before the draft becomes a [`Turn`] it settles: whatever is free goes to whoever waits, as the policy's
//!    [`Handoff`] says. That is the only place where somebody's turn comes, whatever made room for it.
//! 3. The caller stores the new resource, says the [`Outcome`]s in its own words, appends [`Turn::transitions`] to the
//!    log, and sets its timers equal to [`alarms`].
//! 4. A timer comes back through [`ring`]. An alarm that no longer stands changes nothing, so a late, stale or repeated
//!    timer is harmless; [`catch_up`] rings all that came due during a downtime.
//!
//! The map, in reading order:
//!
//! - [`Resource`], and what it is made of: [`Hold`] (with its deadline, pass and crew), [`Entry`] in the queue (with its
//!   offer). An offer lives in its entry and a crew in its hold: neither can outlive what it belongs to.
//! - [`Policy`], [`Request`] (with its [`Wish`]), [`Outcome`], [`Refusal`].
//! - [`apply`], [`adapt`] and [`serve`]; [`alarms`], [`ring`] and [`catch_up`].
//! - [`estimate`], [`stats`] and [`history`]: what can be read from a state and from its log.
//!
//! ```
//! use turns::{Instant, Outcome, PersonId, Policy, Request, Resource, Wish, apply};
//!
//! let (hat, policy, noon) = (Resource::default(), Policy::default(), Instant(0));
//! let (ann, bob) = (PersonId::from("ann"), PersonId::from("bob"));
//!
//! let hat = apply(&hat, &policy, &ann, Request::Take(Wish::default()), noon)?.resource;
//! let hat = apply(&hat, &policy, &bob, Request::Join(Wish::default()), noon)?.resource;
//! let turn = apply(&hat, &policy, &ann, Request::Release { hold: None }, noon)?;
//!
//! assert!(matches!(&turn.outcomes[..], [Outcome::Ended(_), Outcome::Offered { person, .. }] if *person == bob));
//! # Ok::<(), turns::Refusal>(())
//! ```
//!
//! Who is allowed to force, steal, jump, kick or freeze is for the caller to judge before it asks.

mod crew;
mod entry;
mod hold;
mod id;
mod resource;

mod outcome;
mod policy;
mod refusal;
mod request;
mod wish;

mod alarm;
mod draft;
mod moves;
mod turn;

mod estimate;
mod log;
mod stats;

pub use alarm::{Alarm, AlarmKind, alarms, catch_up, ring};
pub use crew::{CrewRequest, Rider};
pub use entry::{Entry, Offer};
pub use estimate::estimate;
pub use hold::{Deadline, Hold, Pass};
pub use id::Id;
pub use log::{Counted, Line, Transition};
pub use outcome::{Began, End, Ended, Outcome, Removal, Start};
pub use policy::{Handoff, Policy, Pool, Term};
pub use refusal::Refusal;
pub use request::Request;
pub use resource::{Freeze, Resource};
pub use stats::{Stint, Tally, history, stats};
pub use turn::{Turn, adapt, apply, serve};
pub use wish::{Origin, Wish};

pub use hatstand_common::value::{Instant, PersonId};
