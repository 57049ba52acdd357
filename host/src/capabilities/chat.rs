//! Saying things: checked here, kept as effects, delivered by the outbox after the commit.

use super::spent::weight;
use super::{Invocation, State, message};
use crate::adapters::lane;
use crate::model::{How, Say};
use crate::plugins::contract::chat::{Error, Form, Host};
use crate::plugins::contract::types::{Message as Wire, Place as WirePlace};
use crate::plugins::contract::{self};
use hatstand_common::value::{MessageId, PersonId, Place};

const EMOJI_BYTES: usize = 100;

impl Host for State {
    async fn post(&mut self, to: WirePlace, message: Wire) -> wasmtime::Result<Result<String, Error>> {
        let (to, message) = (contract::place(to), contract::message(message));
        let invocation = self.call(weight(&(&to, &message)))?;
        Ok(async {
            invocation.check_place(&to).await?;
            invocation.check_message(&message)?;
            invocation.say(How::Post { to, message })
        }
        .await)
    }

    async fn whisper(&mut self, to: WirePlace, person: String, message: Wire) -> wasmtime::Result<Result<String, Error>> {
        let (to, person, message) = (contract::place(to), PersonId(person), contract::message(message));
        let invocation = self.call(weight(&(&to, &person, &message)))?;
        Ok(async {
            invocation.check_place(&to).await?;
            invocation.check_person(&person).await?;
            invocation.check_message(&message)?;
            invocation.say(How::Whisper { to, person, message })
        }
        .await)
    }

    async fn direct(&mut self, to: String, message: Wire) -> wasmtime::Result<Result<String, Error>> {
        let (to, message) = (PersonId(to), contract::message(message));
        let invocation = self.call(weight(&(&to, &message)))?;
        Ok(async {
            if invocation.person.as_ref() != Some(&to) {
                invocation.check_grant("chat:direct")?;
            }
            invocation.check_person(&to).await?;
            invocation.check_message(&message)?;
            invocation.say(How::Direct { to, message })
        }
        .await)
    }

    async fn edit(&mut self, id: String, message: Wire) -> wasmtime::Result<Result<(), Error>> {
        let (original, message) = (MessageId(id), contract::message(message));
        let invocation = self.call(weight(&(&original, &message)))?;
        let Some(to) = invocation.place_of(&original).await? else {
            return Ok(Err(Error::Unknown));
        };
        Ok(invocation.check_message(&message).and_then(|()| invocation.say(How::Edit { to, original, message })).map(drop))
    }

    async fn react(&mut self, id: String, emoji: String) -> wasmtime::Result<Result<(), Error>> {
        let invocation = self.call(id.len() + emoji.len())?;
        let original = MessageId(id);
        let to = match invocation.place_of(&original).await? {
            Some(place) => Some(place),
            None => invocation.place.clone(),
        };
        let Some(to) = to else {
            return Ok(Err(Error::Unknown));
        };
        if !(1..=EMOJI_BYTES).contains(&emoji.len()) || !emoji.chars().all(|c| c.is_ascii_alphanumeric() || "_+-".contains(c)) {
            return Ok(Err(Error::Invalid(format!("`{emoji}` is not the name of an emoji"))));
        }
        Ok(invocation.say(How::React { to, original, emoji }).map(drop))
    }

    async fn open_form(&mut self, form: Form) -> wasmtime::Result<Result<(), Error>> {
        let form = contract::form(form);
        let invocation = self.call(weight(&form))?;
        let (Some(to), Some(person)) = (invocation.place.clone(), invocation.person.clone()) else {
            return Ok(Err(Error::Invalid("a form opens only for a command or a press".to_owned())));
        };
        if !invocation.world.has_forms() {
            return Ok(Err(Error::Unsupported));
        }
        if let Err(error) = message::check_form(&form) {
            return Ok(Err(error));
        }
        Ok(invocation.say(How::OpenForm { to, person, form }).map(drop))
    }
}

impl Invocation {
    /// Notes that this is to be said. The identity follows from the event, so that a second run of the same event gives the same.
    fn say(&mut self, how: How) -> Result<String, Error> {
        self.say_asking(how, None)
    }

    /// The same, for what asks the question with this key.
    pub(super) fn say_asking(&mut self, how: How, question: Option<String>) -> Result<String, Error> {
        self.count_said(weight(&how)).map_err(|exceeded| Error::TooMuch(exceeded.to_string()))?;
        let id = MessageId(format!("{}.{}.{}", self.event.0, self.plugin, self.effects.says.len()));
        self.effects.says.push(Say { id: id.clone(), how, question });
        Ok(id.0)
    }

    /// The place of a message that this plugin said, now or before.
    async fn place_of(&self, id: &MessageId) -> wasmtime::Result<Option<Place>> {
        if let Some(say) = self.effects.says.iter().chain(&*self.said_before).find(|say| say.id == *id) {
            let place = place_of(&say.how);
            self.world.note_message(id, Some(place.clone()));
            return Ok(Some(place));
        }
        Ok(self.world.message(id, place_of).await?)
    }

    pub(super) fn check_grant(&self, grant: &str) -> Result<(), Error> {
        if self.grants.allow(grant) { Ok(()) } else { Err(Error::NotGranted(grant.to_owned())) }
    }

    pub(super) async fn check_place(&self, to: &Place) -> Result<(), Error> {
        if self.place.as_ref().is_some_and(|place| place.channel == to.channel) {
            return Ok(());
        }
        let channel = self.world.channel(&to.channel).await;
        // A direct conversation and a person's own page reach one person, whatever they are called as places.
        let is_direct = channel.as_ref().is_some_and(|channel| channel.direct);
        self.check_grant(if is_direct { "chat:direct" } else { "chat:channels" })?;
        match channel {
            Some(channel) if !channel.archived => Ok(()),
            _ => Err(Error::Unknown),
        }
    }

    pub(super) async fn check_person(&self, person: &PersonId) -> Result<(), Error> {
        self.world.person(person).await.map(drop).ok_or(Error::Unknown)
    }
}

/// Direct messages are said in a lane of their own, and that is called as their channel is.
fn place_of(how: &How) -> Place {
    how.place().cloned().unwrap_or_else(|| Place { channel: lane(how).as_str().into(), thread: None })
}
