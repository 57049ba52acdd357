//! Saying what is new in one message for many stories: in a rush, and in a digest.

use super::Desk;
use super::telling::{fingerprint, people};
use crate::rush::Gathering;
use crate::shelf;
use crate::story::Post;
use crate::texts::{card, gathered};
use hatstand_plugin::prelude::*;
use std::collections::BTreeSet;

/// More subjects are only counted in a digest: so many surely fit into a value of the store.
const MOST: usize = 400;

/// In a rush.
impl Desk<'_> {
    /// Says stories in one message, together with those that are in it already; in several, if they are too many.
    pub fn gather(&mut self, channel: &Channel, keys: Vec<String>) -> Result<()> {
        let mut rest = keys.into_iter().peekable();
        while rest.peek().is_some() {
            let (open, mut gathering) = self.gathering(channel)?;
            let added: Vec<String> = rest.by_ref().take(gathering.room()).collect();
            added.iter().for_each(|key| gathering.add(key, usize::MAX));
            match open {
                Some(message) => self.enter(channel, gathering, &added, &message)?,
                None => self.begin(channel, gathering, &added)?,
            }
        }
        Ok(())
    }

    /// The message in which there is room for another story, or a new one.
    fn gathering(&mut self, channel: &Channel) -> Result<(Option<MessageId>, Gathering)> {
        let open = self.listeners.get(channel).and_then(|listener| listener.rush.gathering.clone());
        let Some(message) = open else { return Ok((None, Gathering::default())) };
        let gathering = self.gatherings.open(self.shelf(), &shelf::gathering_key(channel, &message))?;
        if gathering.room() > 0 { Ok((Some(message), gathering.clone())) } else { Ok((None, Gathering::default())) }
    }

    /// Begins a message in which these stories are told, and calls whoever has to know.
    fn begin(&mut self, channel: &Channel, mut gathering: Gathering, added: &[String]) -> Result<()> {
        if !self.may_say(channel, added) {
            return Ok(());
        }
        let mut called = BTreeSet::new();
        for key in added {
            called.extend(people(&self.calls(channel, key)?));
        }
        let message = self.gathered(channel, &gathering)?;
        gathering.said = fingerprint(&message);
        let called: Vec<User> = called.into_iter().collect();
        let Some(message) = self.say(channel, card::call(&called, message)) else { return Ok(()) };
        if let Some(listener) = self.listeners.get_mut(channel) {
            listener.rush.gathering = Some(message.clone());
        }
        self.enter(channel, gathering, added, &message)
    }

    /// From now on these stories are told in a message with others. Nobody is called for what is in a message that stands.
    fn enter(&mut self, channel: &Channel, gathering: Gathering, added: &[String], message: &MessageId) -> Result<()> {
        *self.gatherings.change(self.shelf(), &shelf::gathering_key(channel, message))? = gathering;
        for key in added {
            let calls = self.calls(channel, key)?;
            let post = Post::gathered(message.clone(), self.cx.now());
            self.remember(channel, key, post, &calls)?;
        }
        self.stale.insert((channel.clone(), message.clone()));
        Ok(())
    }

    /// Edits a message in which several stories are told.
    pub fn tell_again(&mut self, channel: &Channel, message: &MessageId) -> Result<()> {
        let key = shelf::gathering_key(channel, message);
        let gathering = self.gatherings.open(self.shelf(), &key)?.clone();
        let text = self.gathered(channel, &gathering)?;
        let said = fingerprint(&text);
        if said == gathering.said || !self.may_say(channel, gathering.stories.get(..1).unwrap_or_default()) {
            return Ok(());
        }
        self.said += 1;
        if let Err(why) = self.cx.chat().edit(message, text) {
            self.cx.log().warn(format_args!("a message in {channel} could not be edited: {why}"));
        }
        self.gatherings.change(self.shelf(), &key)?.said = said;
        Ok(())
    }

    fn gathered(&mut self, channel: &Channel, gathering: &Gathering) -> Result<Message> {
        Ok(gathered::rush(&self.lines(channel, &gathering.stories, true)?))
    }
}

/// In a digest.
impl Desk<'_> {
    /// Keeps stories for the next digest.
    pub fn put_off(&mut self, channel: &Channel, keys: &[String]) -> Result<()> {
        if keys.is_empty() {
            return Ok(());
        }
        let drawer = shelf::digest_key(channel);
        let mut waiting: Gathering = self.cx.store().get(&drawer)?.unwrap_or_default();
        keys.iter().for_each(|key| waiting.add(key, MOST));
        Ok(self.cx.store().set(&drawer, &waiting)?)
    }

    /// Says what was kept for a digest.
    pub fn tell_digest(&mut self, channel: &Channel) -> Result<()> {
        let drawer = shelf::digest_key(channel);
        let Some(waiting) = self.cx.store().get::<Gathering>(&drawer)? else { return Ok(()) };
        self.cx.store().delete(&drawer)?;
        let lines = self.lines(channel, &waiting.stories, false)?;
        if !lines.is_empty() {
            let message = gathered::digest(&lines, waiting.more);
            self.say(channel, message);
        }
        Ok(())
    }
}
