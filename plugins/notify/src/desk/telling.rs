//! Saying what is new, in a message for each story.

use super::Desk;
use super::sight::Calls;
use crate::shelf;
use crate::story::Post;
use crate::texts::card;
use crate::texts::phrase::Line;
use hatstand_plugin::chat::Error as ChatError;
use hatstand_plugin::prelude::*;
use std::collections::BTreeSet;

/// So much is said at once, at most: the host allows an invocation only so many messages.
const SAYS: usize = 16;

/// When so much was looked at, the rest is for another invocation: the host gives each but a second.
const SEEN: usize = 500;

impl Desk<'_> {
    /// Says what is to be said where it is wanted.
    pub fn tell(&mut self) -> Result<()> {
        for (channel, keys) in std::mem::take(&mut self.wanted) {
            if self.seen >= SEEN {
                self.later.entry(channel).or_default().extend(keys);
                continue;
            }
            self.seen += keys.len();
            self.tell_channel(&channel, keys)?;
        }
        for (channel, message) in std::mem::take(&mut self.stale) {
            self.tell_again(&channel, &message)?;
        }
        Ok(())
    }

    fn tell_channel(&mut self, channel: &Channel, keys: BTreeSet<String>) -> Result<()> {
        let mut fresh = Vec::new();
        for key in keys {
            if self.sight(channel, &key)?.is_empty() {
                continue;
            }
            match self.standing(channel, &key) {
                Some(post) if post.gathered => drop(self.stale.insert((channel.clone(), post.message))),
                Some(post) => self.edit(channel, &key, post)?,
                None if !self.is_said(channel, &key)? => fresh.push(key),
                None => {}
            }
        }
        self.tell_fresh(channel, fresh)
    }

    /// Tells what was never told here, or so long ago that nobody would see it.
    fn tell_fresh(&mut self, channel: &Channel, fresh: Vec<String>) -> Result<()> {
        let (now, config) = (self.cx.now(), &self.config);
        let Some(listener) = self.listeners.get_mut(channel).filter(|_| !fresh.is_empty()) else { return Ok(()) };
        let waits = listener.digest.is_some();
        if !waits && listener.rush.gathers(fresh.len(), now, config) {
            return self.gather(channel, fresh);
        }
        let mut waiting = Vec::new();
        for key in fresh {
            // Who is to be called is not called in a digest.
            if waits && self.calls(channel, &key)?.is_empty() { waiting.push(key) } else { self.post(channel, &key)? }
        }
        self.put_off(channel, &waiting)
    }

    /// Says a story in a message of its own.
    fn post(&mut self, channel: &Channel, key: &str) -> Result<()> {
        if !self.may_say(channel, &[key.to_owned()]) {
            return Ok(());
        }
        let calls = self.calls(channel, key)?;
        let message = card::card(&self.sight(channel, key)?);
        let said = fingerprint(&message);
        match self.say(channel, card::call(&people(&calls), message)) {
            Some(message) => self.remember(channel, key, Post::new(message, self.cx.now(), said), &calls),
            None => Ok(()),
        }
    }

    /// Edits the message about a story, and calls whoever has to know what came of it.
    fn edit(&mut self, channel: &Channel, key: &str, mut post: Post) -> Result<()> {
        let message = card::card(&self.sight(channel, key)?);
        let said = fingerprint(&message);
        if said == post.said || !self.may_say(channel, &[key.to_owned()]) {
            return Ok(());
        }
        self.said += 1;
        match self.cx.chat().edit(&post.message, message) {
            Ok(()) => {}
            // Somebody took it away.
            Err(ChatError::Unknown) => return self.post(channel, key),
            Err(why) => self.cx.log().error(format_args!("a message in {channel} could not be edited: {why}")),
        }
        let calls = self.calls(channel, key)?;
        self.alarm(channel, key, &calls)?;
        post.said = said;
        self.remember(channel, key, post, &calls)
    }

    /// Calls whoever has to know, where the message about it stands further up and nobody would see that it was edited.
    fn alarm(&mut self, channel: &Channel, key: &str, calls: &Calls) -> Result<()> {
        let mut sight = self.sight(channel, key)?;
        sight.retain(|line| calls.contains_key(&line.news().occasion()));
        if !sight.is_empty() {
            let alarm = card::call(&people(calls), card::card(&sight));
            self.say(channel, alarm);
        }
        Ok(())
    }

    /// Remembers which message tells a story, and who was called because of it.
    pub fn remember(&mut self, channel: &Channel, key: &str, mut post: Post, calls: &Calls) -> Result<()> {
        post.tell_of(self.sight(channel, key)?.iter().map(Line::news));
        post.call(calls.keys());
        let posts = &mut self.stories.change(self.shelf(), key)?.posts;
        if let Some(before) = posts.remove(channel.as_str()) {
            post.follow(before);
        }
        posts.insert(channel.as_str().to_owned(), post);
        Ok(())
    }

    /// May a message about these stories be said now? What may not is said later.
    pub fn may_say(&mut self, channel: &Channel, keys: &[String]) -> bool {
        let may = self.said < SAYS;
        if !may {
            self.later.entry(channel.clone()).or_default().extend(keys.iter().cloned());
        }
        may
    }

    /// Says something in a channel; none if that cannot be, and then the log has why.
    pub fn say(&mut self, channel: &Channel, message: Message) -> Option<MessageId> {
        if self.shut.contains(channel) {
            return None;
        }
        self.said += 1;
        let why = match self.cx.chat().post(&Place { channel: channel.clone(), thread: None }, message) {
            Ok(message) => {
                self.refuse(channel, None);
                return Some(message);
            }
            Err(why) => why,
        };
        self.cx.log().warn(format_args!("news cannot be told in {channel}: {}", reason(&why)));
        match why {
            ChatError::NotGranted(grant) => self.refuse(channel, Some(grant.0)),
            ChatError::Unknown => self.drop_listener(channel),
            _ => return None,
        }
        self.shut.insert(channel.clone());
        None
    }

    /// Whoever asks in the channel is told which grant is missing.
    fn refuse(&mut self, channel: &Channel, grant: Option<String>) {
        if let Some(listener) = self.listeners.get_mut(channel) {
            listener.refused = grant;
        }
    }
}

/// Everybody who is called.
pub fn people(calls: &Calls) -> Vec<User> {
    calls.values().flatten().cloned().collect::<BTreeSet<User>>().into_iter().collect()
}

/// What a message says, in a number.
pub fn fingerprint(message: &Message) -> u64 {
    serde_json::to_vec(message).map(|bytes| shelf::number(&bytes)).unwrap_or_default()
}

fn reason(why: &ChatError) -> String {
    match why {
        ChatError::NotGranted(grant) => grant.to_string(),
        why => why.to_string(),
    }
}
