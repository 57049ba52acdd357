//! Everything that the hat says: functions from what happened to sentences.
//!
//! - [`announcement`]: what everybody in the channel is told.
//! - [`letter`]: what one person alone is told.
//! - [`page`]: what somebody's own page of the bot shows.
//! - [`program`]: what is said to whoever acts by the way of programs.
//! - [`refusal`]: why nothing happened, for whoever asked.
//! - [`view`]: how things stand, for whoever asked.
//!
//! Somebody is mentioned, and so notified, only when it is their turn, their time ends, or others decided about them; else they are
//! named. What people typed goes in as plain data.

pub mod announcement;
pub mod letter;
pub mod page;
pub mod program;
pub mod refusal;
pub mod view;

use hatstand_plugin::message::Span;
use hatstand_plugin::prelude::*;
use turns::{Policy, Resource};

/// What sentences are about: the hat after what has happened.
#[derive(Clone, Copy, Debug)]
pub struct Scene<'a> {
    pub channel: &'a Channel,
    pub resource: &'a Resource,
    pub policy: &'a Policy,
    pub now: Instant,
    /// Who did it, or asks; none when only time has passed.
    pub actor: Option<&'a User>,
    /// Whether the actor may take the hat off somebody else.
    pub may_force: bool,
}

impl Scene<'_> {
    /// Somebody whom it concerns: mentioned, unless they did it themselves.
    fn call(&self, person: &User) -> Span {
        if self.is_actor(person) { person.name() } else { person.mention() }
    }

    fn is_actor(&self, person: &User) -> bool {
        self.actor == Some(person)
    }
}
