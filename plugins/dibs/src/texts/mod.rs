//! Everything that dibs says: functions from what happened to sentences.
//!
//! - [`announcement`]: what everybody in the channel is told.
//! - [`letter`]: what one person alone is told.
//! - [`refusal`]: why nothing happened, for whoever asked.
//! - [`question`]: what is asked before something is done.
//! - [`view`]: how things stand, for whoever asked. [`page`]: what somebody's own page of the bot shows.
//! - [`program`]: what is said to whoever acts by the way of programs.
//! - [`configured`]: what was set, approved, renamed and taken away.
//! - [`secret`]: what is left of all that where nobody is to be named.
//!
//! Somebody is mentioned, and so notified, only when it is their turn, their time ends, or others decided about them; else they are
//! named. What people typed goes in as plain data.

pub mod announcement;
pub mod configured;
pub mod letter;
pub mod page;
pub mod program;
pub mod question;
pub mod refusal;
pub mod secret;
pub mod view;

use crate::button::{About, Again};
use crate::thing::{Kept, ThingId};
use hatstand_plugin::prelude::*;
use manners::words::{age, because};
use turns::{Hold, Id, Policy, Resource};

/// By whom the things of an archived channel are frozen: by nobody.
pub const ARCHIVE: &str = "archive";

/// What sentences are about: a thing after what has happened.
#[derive(Clone, Copy, Debug)]
pub struct Scene<'a> {
    pub channel: &'a Channel,
    pub id: ThingId,
    pub kept: &'a Kept,
    pub policy: &'a Policy,
    pub now: Instant,
    /// Who did it, or asks; none when only time has passed.
    pub actor: Option<&'a User>,
    /// Whether the actor may take it from others.
    pub may_steal: bool,
}

impl Scene<'_> {
    pub fn resource(&self) -> &Resource {
        &self.kept.resource
    }

    /// The thing in a sentence.
    pub fn thing(&self) -> Message {
        bold(&self.kept.name)
    }

    /// How the thing is typed.
    pub fn typed(&self) -> String {
        typed(&self.kept.name)
    }

    pub fn is_secret(&self) -> bool {
        self.kept.overrides.secret
    }

    pub fn is_random(&self) -> bool {
        self.policy.draw.is_some()
    }

    /// Somebody whom it concerns: mentioned, unless they did it themselves.
    pub fn call(&self, person: &User) -> Span {
        if self.is_actor(person) { person.name() } else { person.mention() }
    }

    pub fn is_actor(&self, person: &User) -> bool {
        self.actor == Some(person)
    }

    /// A button of this thing about a hold, an offer or a pass.
    pub fn about(&self, id: Id) -> About {
        About::new(self.channel, self.id, id)
    }

    /// A button that gets whoever presses it this thing, or a place in its queue.
    pub fn again(&self, label: &str) -> Button {
        let again = Again { channel: self.channel.clone(), thing: self.id, name: self.kept.name.clone() };
        Button::new(label).presses(again.pressed())
    }

    /// Why somebody has it; where nobody is named, no reason tells who it is.
    pub fn reason<'b>(&self, hold: &'b Hold) -> Option<&'b str> {
        hold.reason().filter(|_| !self.is_secret())
    }

    /// ` (2 of 3)`: how many have it, where several can.
    pub fn share(&self) -> Option<Message> {
        let (held, all) = (self.resource().holds.len(), self.policy.capacity.get());
        (all > 1).then(|| say!(" ({held} of {all})"))
    }

    /// `ann has had it since 10:00 (5 min), until 12:00, because …`, without the full stop.
    pub fn having(&self, hold: &Hold) -> Message {
        let until = hold.ends().map(|end| say!(", until {end}"));
        let (since, age, because) = (hold.since, age(self.now.since(hold.since)), because(hold.reason()));
        if self.is_actor(&hold.person) {
            return say!("you have had it since {since} ({age}){until}{because}");
        }
        if self.is_secret() {
            return say!("somebody has had it since {since} ({age}){until}");
        }
        say!("{} has had it since {since} ({age}){until}{because}", hold.person)
    }
}

/// What a thing is called in a sentence.
pub fn bold(name: &str) -> Message {
    say!("*{name}*")
}

/// How a name is typed so that it is read as one.
pub fn typed(name: &str) -> String {
    if name.contains([',', '+']) { format!("\"{name}\"") } else { name.to_owned() }
}
