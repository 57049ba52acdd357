//! Asking one person something: a whisper whose buttons are the choices, and a question that stands in the ledger until it ends.

use super::spent::weight;
use super::timers::is_key;
use super::{Invocation, State};
use crate::model::{How, Later, Question, QuestionChange};
use crate::plugins::contract;
use crate::plugins::contract::chat::Error as ChatError;
use crate::plugins::contract::questions::{Error, Host, Question as Wire};
use hatstand_common::message::{Block, Button, Message};
use hatstand_common::transcript::Pressable;
use hatstand_common::value::{Instant, MessageId, PersonId, Place};

const CHOICES: usize = 20;
const QUESTIONS: usize = 1_000;

/// A question as a plugin asks it.
struct Asking {
    key: String,
    to: PersonId,
    at: Place,
    message: Message,
    /// Labels and values.
    choices: Vec<(String, String)>,
    text: bool,
    deadline: Instant,
}

impl Host for State {
    async fn ask(&mut self, question: Wire) -> wasmtime::Result<Result<(), Error>> {
        let asking = Asking::from(question);
        let invocation = self.call(asking.bytes())?;
        if let Err(error) = invocation.check_asking(&asking).await {
            return Ok(Err(error));
        }
        if !invocation.place_later(Later::Question, &asking.key, QUESTIONS).await? {
            return Ok(Err(Error::TooMuch(format!("a plugin has at most {QUESTIONS} questions that stand"))));
        }
        Ok(invocation.ask(asking))
    }

    async fn withdraw(&mut self, key: String) -> wasmtime::Result<Result<(), Error>> {
        let invocation = self.call(key.len())?;
        invocation.remove_later(Later::Question, &key).await?;
        invocation.effects.questions.push(QuestionChange::Withdraw { key });
        Ok(Ok(()))
    }
}

impl Invocation {
    async fn check_asking(&self, asking: &Asking) -> Result<(), Error> {
        asking.check()?;
        self.check_place(&asking.at).await?;
        self.check_person(&asking.to).await?;
        Ok(self.check_message(&asking.shown())?)
    }

    fn ask(&mut self, asking: Asking) -> Result<(), Error> {
        let shown = asking.shown();
        let Asking { key, to, at, text, deadline, .. } = asking;
        let how = How::Whisper { to: at.clone(), person: to.clone(), message: shown };
        let message = MessageId(self.say_asking(how, Some(key.clone()))?);
        self.effects.questions.push(QuestionChange::Ask(Question { key, to, at, message, text, deadline }));
        Ok(())
    }
}

impl Asking {
    fn check(&self) -> Result<(), Error> {
        if !is_key(&self.key) {
            return Err(Error::Invalid("a key has 1-512 bytes".to_owned()));
        }
        if self.choices.is_empty() && !self.text {
            return Err(Error::Invalid("neither choices nor text are an answer".to_owned()));
        }
        if self.choices.len() > CHOICES {
            return Err(Error::TooMuch(format!("a question has at most {CHOICES} choices")));
        }
        if !Pressable::all(&self.message).is_empty() {
            return Err(Error::Invalid("its message has buttons of its own; they would be taken for choices".to_owned()));
        }
        Ok(())
    }

    fn bytes(&self) -> usize {
        weight(&(&self.key, &self.to, &self.at, &self.message, &self.choices))
    }

    /// The message with a button for each choice, which works for the person and until the deadline.
    fn shown(&self) -> Message {
        let button = |(label, value): &(String, String)| Button::new(label).presses(value).only(&self.to).until(self.deadline);
        let buttons: Vec<Button> = self.choices.iter().map(button).collect();
        let mut message = self.message.clone();
        if !buttons.is_empty() {
            message.blocks.push(Block::Buttons(buttons));
        }
        message
    }
}

impl From<Wire> for Asking {
    fn from(from: Wire) -> Self {
        Self {
            key: from.key,
            to: from.to.into(),
            at: contract::place(from.at),
            message: contract::message(from.message),
            choices: from.choices.into_iter().map(|choice| (choice.label, choice.value)).collect(),
            text: from.text,
            deadline: Instant(from.deadline),
        }
    }
}

impl From<ChatError> for Error {
    fn from(error: ChatError) -> Self {
        match error {
            ChatError::NotGranted(grant) => Self::Invalid(format!("this needs the grant `{grant}`")),
            ChatError::TooMuch(limit) => Self::TooMuch(limit),
            ChatError::Invalid(why) => Self::Invalid(why),
            ChatError::Unknown | ChatError::Unsupported => Self::Unknown,
        }
    }
}
