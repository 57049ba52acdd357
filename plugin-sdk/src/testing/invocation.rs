//! One call of a handler: what it may touch, and what came of it.

use super::Usage;
use super::people::{People, audience, channel, whisper_audience};
use super::rules::Rules;
use super::state::{Post, Shown, State};
use crate::bindings::hatstand::plugin::chat::Error;
use crate::bindings::hatstand::plugin::rights::{Operation, Subject};
use crate::message::{Action, Block, Message, Span};
use hatstand_common::transcript::{Act, Audience};
use hatstand_common::value::{MessageId, PersonId, Place, Value};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

const SAYS: usize = 20;
const TEXT_BYTES: usize = 16 * 1024;
const BLOCKS: usize = 20;
const CHOICES: usize = 100;
const LABEL_CHARS: usize = 75;
const ACTION_BYTES: usize = 1_000;

/// What a handler may touch. Kept only if the handler returns ok.
#[derive(Debug)]
pub(super) struct Invocation {
    pub(super) reference: String,
    pub(super) place: Option<Place>,
    pub(super) person: Option<PersonId>,
    pub(super) grants: BTreeSet<String>,
    pub(super) settings: BTreeMap<String, Value>,
    pub(super) people: People,
    pub(super) rules: Rules,
    pub(super) state: State,
    pub(super) shown: Vec<Shown>,
    pub(super) log: Vec<String>,
    pub(super) about: String,
    pub(super) written: usize,
    pub(super) usage: Usage,
}

thread_local! {
    static CURRENT: RefCell<Option<Invocation>> = const { RefCell::new(None) };
}

impl Invocation {
    /// Runs a handler, whose calls of the host come here.
    pub(super) fn run<T>(self, handler: impl FnOnce() -> T) -> (Self, T) {
        CURRENT.with_borrow_mut(|current| *current = Some(self));
        let returned = handler();
        let invocation = CURRENT.with_borrow_mut(Option::take).expect("handlers do not run in each other");
        (invocation, returned)
    }

    /// The invocation whose handler calls the host.
    pub(super) fn current<T>(call: impl FnOnce(&mut Self) -> T) -> T {
        CURRENT.with_borrow_mut(|current| {
            let current = current.as_mut().expect("natively, the host can be called only by a handler that a `testing::Room` runs");
            current.usage.calls += 1;
            call(current)
        })
    }

    /// Counts what a call brings or takes.
    pub(super) fn move_bytes(&mut self, bytes: usize) {
        self.usage.bytes += bytes;
    }

    pub(super) fn check_grant(&self, grant: &str) -> Result<(), String> {
        if self.grants.contains(grant) { Ok(()) } else { Err(grant.to_owned()) }
    }

    pub(super) fn post(&mut self, to: Place, message: Message) -> Result<MessageId, Error> {
        self.check_place(&to)?;
        let audience = audience(&to.channel);
        self.say(to, audience, message, None)
    }

    /// The sentence for a person who may not do this.
    pub(super) fn refusal(&self, operation: &Operation, subject: &Subject) -> Result<Option<Vec<Span>>, String> {
        self.rules.refusal(operation, subject, self.person.as_ref(), &self.people)
    }

    pub(super) fn whisper(&mut self, to: Place, person: &PersonId, message: Message) -> Result<MessageId, Error> {
        self.check_place(&to)?;
        self.check_person(person)?;
        let audience = whisper_audience(&to.channel, person);
        self.say(to, audience, message, None)
    }

    pub(super) fn direct(&mut self, to: &PersonId, message: Message) -> Result<MessageId, Error> {
        if self.person.as_ref() != Some(to) {
            self.check_grant("chat:direct").map_err(Error::NotGranted)?;
        }
        self.check_person(to)?;
        let place = Place { channel: format!("@{to}").into(), thread: None };
        self.say(place, Audience::Direct(to.as_str().into()), message, None)
    }

    pub(super) fn edit(&mut self, id: &MessageId, message: Message) -> Result<(), Error> {
        self.check_message(&message)?;
        let post = self.state.posts.iter_mut().find(|post| post.id == *id).ok_or(Error::Unknown)?;
        post.message = message.clone();
        let audience = post.audience.clone();
        self.show(Shown { audience, act: Act::Edits, message })
    }

    pub(super) fn react(&mut self, id: &MessageId, emoji: &str) -> Result<(), Error> {
        let own = self.state.posts.iter().find(|post| post.id == *id).map(|post| post.audience.clone());
        let here = || self.place.as_ref().map(|place| audience(&place.channel));
        let audience = own.or_else(here).ok_or(Error::Unknown)?;
        if emoji.is_empty() || !emoji.chars().all(|c| c.is_ascii_alphanumeric() || "_+-".contains(c)) {
            return Err(Error::Invalid(format!("`{emoji}` is not the name of an emoji")));
        }
        self.show(Shown { audience, act: Act::Reacts, message: Message::markdown(format!(":{emoji}:")) })
    }

    pub(super) fn say(&mut self, place: Place, audience: Audience, message: Message, question: Option<String>) -> Result<MessageId, Error> {
        self.check_message(&message)?;
        self.show(Shown { audience: audience.clone(), act: Act::Says, message: message.clone() })?;
        let id = MessageId(format!("{}.{}", self.reference, self.shown.len()));
        self.state.posts.push(Post { id: id.clone(), place, audience, message, question });
        Ok(id)
    }

    fn show(&mut self, shown: Shown) -> Result<(), Error> {
        if self.shown.len() >= SAYS {
            return Err(Error::TooMuch(format!("an invocation says at most {SAYS} things")));
        }
        self.shown.push(shown);
        Ok(())
    }

    pub(super) fn check_place(&self, to: &Place) -> Result<(), Error> {
        if self.place.as_ref().is_some_and(|place| place.channel == to.channel) {
            return Ok(());
        }
        self.check_grant("chat:channels").map_err(Error::NotGranted)?;
        channel(&to.channel).map(drop).ok_or(Error::Unknown)
    }

    pub(super) fn check_person(&self, person: &PersonId) -> Result<(), Error> {
        self.people.person(person).map(drop).ok_or(Error::Unknown)
    }

    fn check_message(&self, message: &Message) -> Result<(), Error> {
        if message.text.is_empty() {
            return Err(Error::Invalid("the message is empty".to_owned()));
        }
        if message.text.contains(&Span::Everybody) {
            self.check_grant("chat:broadcast").map_err(Error::NotGranted)?;
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

fn check_block(block: &Block) -> Result<(), Error> {
    match block {
        Block::Buttons(buttons) => check_choices(buttons.iter().map(|button| (button.label.as_str(), &button.action))),
        Block::Menu(menu) => check_choices(menu.choices.iter().map(|choice| (choice.label.as_str(), &choice.action))),
        _ => Ok(()),
    }
}

fn check_choices<'a>(mut choices: impl ExactSizeIterator<Item = (&'a str, &'a Action)>) -> Result<(), Error> {
    if !(1..=CHOICES).contains(&choices.len()) {
        return Err(Error::Invalid(format!("1-{CHOICES} choices, not {}", choices.len())));
    }
    choices.try_for_each(|(label, Action::Say(value) | Action::Press(value))| {
        if !(1..=LABEL_CHARS).contains(&label.chars().count()) {
            return Err(Error::Invalid(format!("a label has 1-{LABEL_CHARS} characters, unlike `{label}`")));
        }
        if !(1..=ACTION_BYTES).contains(&value.len()) {
            return Err(Error::Invalid(format!("what a button does has 1-{ACTION_BYTES} bytes, not {}", value.len())));
        }
        Ok(())
    })
}

fn span_bytes(span: &Span) -> usize {
    match span {
        Span::Markdown(text) | Span::Plain(text) => text.len(),
        Span::Mention(id) | Span::Name(id) => id.0.len(),
        Span::Channel(id) => id.0.len(),
        Span::Time(_) | Span::Everybody => 16,
    }
}
