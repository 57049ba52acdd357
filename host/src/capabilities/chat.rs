//! Saying things: checked here, kept as effects, delivered by the outbox after the commit.

use super::spent::weight;
use super::{Invocation, State};
use crate::adapters::lane;
use crate::model::{How, Say};
use crate::plugins::contract::chat::{Error, Form, Host};
use crate::plugins::contract::types::{Message as Wire, Place as WirePlace};
use crate::plugins::contract::{self};
use hatstand_common::message::{Action, Block, Message, Span};
use hatstand_common::value::{MessageId, PersonId, Place};

const TEXT_BYTES: usize = 16 * 1024;
const BLOCKS: usize = 20;
const LABEL_CHARS: usize = 75;
const CHOICES: usize = 100;
const ACTION_BYTES: usize = 1_000;

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
        if emoji.is_empty() || !emoji.chars().all(|c| c.is_ascii_alphanumeric() || "_+-".contains(c)) {
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

    fn check_grant(&self, grant: &str) -> Result<(), Error> {
        if self.grants.allow(grant) { Ok(()) } else { Err(Error::NotGranted(grant.to_owned())) }
    }

    pub(super) async fn check_place(&self, to: &Place) -> Result<(), Error> {
        if self.place.as_ref().is_some_and(|place| place.channel == to.channel) {
            return Ok(());
        }
        self.check_grant("chat:channels")?;
        match self.world.channel(&to.channel).await {
            Some(channel) if !channel.archived => Ok(()),
            _ => Err(Error::Unknown),
        }
    }

    pub(super) async fn check_person(&self, person: &PersonId) -> Result<(), Error> {
        self.world.person(person).await.map(drop).ok_or(Error::Unknown)
    }

    pub(super) fn check_message(&self, message: &Message) -> Result<(), Error> {
        if message.text.is_empty() {
            return Err(Error::Invalid("the message is empty".to_owned()));
        }
        if message.text.contains(&Span::Everybody) {
            self.check_grant("chat:broadcast")?;
        }
        let bytes: usize = message.text.iter().map(span_bytes).sum();
        if bytes > TEXT_BYTES {
            return Err(Error::TooMuch(format!("a text has at most {TEXT_BYTES} bytes, this one has {bytes}")));
        }
        if message.blocks.len() > BLOCKS {
            return Err(Error::TooMuch(format!("a message has at most {BLOCKS} blocks")));
        }
        message.blocks.iter().try_for_each(check_block)
    }
}

/// Direct messages are said in a lane of their own, and that is called as their channel is.
fn place_of(how: &How) -> Place {
    how.place().cloned().unwrap_or_else(|| Place { channel: lane(how).as_str().into(), thread: None })
}

fn span_bytes(span: &Span) -> usize {
    match span {
        Span::Markdown(text) | Span::Plain(text) => text.len(),
        Span::Mention(id) | Span::Name(id) => id.0.len(),
        Span::Channel(id) => id.0.len(),
        Span::Time(_) | Span::Everybody => 16,
    }
}

fn check_block(block: &Block) -> Result<(), Error> {
    match block {
        Block::Fields(fields) => {
            let bytes: usize = fields.iter().map(|f| f.title.len() + f.value.iter().map(span_bytes).sum::<usize>()).sum();
            if bytes > TEXT_BYTES { Err(Error::TooMuch(format!("fields have at most {TEXT_BYTES} bytes"))) } else { Ok(()) }
        }
        Block::Buttons(buttons) => {
            check_count(buttons.len())?;
            buttons.iter().try_for_each(|button| check_choice(&button.label, &button.action))
        }
        Block::Menu(menu) => {
            check_count(menu.choices.len())?;
            menu.choices.iter().try_for_each(|choice| check_choice(&choice.label, &choice.action))
        }
        Block::Image(image) if image.url.starts_with("https://") => Ok(()),
        Block::Image(_) => Err(Error::Invalid("an image has an https address".to_owned())),
    }
}

fn check_count(choices: usize) -> Result<(), Error> {
    if (1..=CHOICES).contains(&choices) { Ok(()) } else { Err(Error::Invalid(format!("1-{CHOICES} choices, not {choices}"))) }
}

fn check_choice(label: &str, action: &Action) -> Result<(), Error> {
    let chars = label.chars().count();
    if !(1..=LABEL_CHARS).contains(&chars) {
        return Err(Error::Invalid(format!("a label has 1-{LABEL_CHARS} characters, not {chars}")));
    }
    let (Action::Say(value) | Action::Press(value)) = action;
    if value.is_empty() || value.len() > ACTION_BYTES {
        return Err(Error::Invalid(format!("what a button does has 1-{ACTION_BYTES} bytes, not {}", value.len())));
    }
    Ok(())
}
