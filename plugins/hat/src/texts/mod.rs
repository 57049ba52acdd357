//! Everything that the hat says: functions from what happened to sentences.
//!
//! - [`announcement`]: what everybody in the channel is told.
//! - [`letter`]: what one person alone is told.
//! - [`page`]: what somebody's own page of the bot shows.
//! - [`refusal`]: why nothing happened, for whoever asked.
//! - [`view`]: how things stand, for whoever asked.
//! - [`words`]: the small parts of which sentences are made.
//!
//! Somebody is mentioned, and so notified, only when it is their turn, their time ends, or others decided about them; else they are
//! named. What people typed goes in as plain data.

pub mod announcement;
pub mod letter;
pub mod page;
pub mod refusal;
pub mod view;
pub mod words;

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

/// An announcement for somebody who did it from elsewhere: nobody is notified twice, and what can be pressed is in the channel.
pub fn copy(channel: &Channel, announcement: Message) -> Message {
    let text = announcement.text.into_iter().map(|span| match span {
        Span::Mention(person) => Span::Name(person),
        span => span,
    });
    about(channel, Message { text: text.collect(), blocks: Vec::new() })
}

/// Something that is told elsewhere than in the channel that it is about.
pub fn about(channel: &Channel, mut message: Message) -> Message {
    let mut text = say!("In {channel}: ").text;
    text.append(&mut message.text);
    Message { text, ..message }
}
