//! Asking one person something.

use crate::bindings::hatstand::plugin::questions as wire;
use crate::host::questions as host;
use crate::message::Message;
use hatstand_common::value::{Instant, PersonId, Place};
use std::fmt;

/// Asking one person something. A question survives restarts and swaps, is answered once, by button or by text, and always ends at the
/// handler `#[answer("...")]`: with an answer, or because its deadline passed. That happens for the person who was asked, in the place
/// where they were.
///
/// A [`text`](Question::text) answers that the person says to the bot in that channel, or in direct messages, and that begins no command.
///
/// Limits: a key has 1-512 bytes; 20 choices; 1,000 questions that stand for each plugin and workspace. The message has no buttons of
/// its own.
///
/// ```
/// use hatstand_plugin::prelude::*;
///
/// /// Finds company for lunch.
/// #[derive(Plugin)]
/// struct Lunch;
///
/// #[commands]
/// impl Lunch {
///     /// Ask somebody to come for lunch.
///     #[command("lunch with <whom>")]
///     fn lunch(cx: &mut Context, whom: User) -> Result<Reply> {
///         let message = say!("{} asks you for lunch. Are you coming?", cx.user()?);
///         let question = Question::new("coming", &whom, cx.here()?, message, cx.now() + Duration::from_secs(600));
///         cx.questions().ask(question.choice("Yes!", "yes").choice("Not today", "no"))?;
///         Ok(Reply::whisper("I have asked."))
///     }
///
///     #[answer("coming")]
///     fn coming(cx: &mut Context, answer: Answer) -> Result<Reply> {
///         Ok(match answer.answered {
///             Answered::Chosen(choice) if choice == "yes" => Reply::say(say!("{} is coming.", cx.user()?)),
///             _ => Reply::nothing(),
///         })
///     }
/// }
/// # fn main() {}
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Questions(pub(crate) ());

impl Questions {
    /// Asks. A question with the same key is replaced: its handler is not called for that one, and its buttons say that it is over.
    ///
    /// # Errors
    ///
    /// [`Unknown`](Error::Unknown) if there is no such person or place, [`Invalid`](Error::Invalid) for a question that allows neither
    /// choices nor text or that is asked in another channel without the grant `chat:channels`, [`TooMuch`](Error::TooMuch).
    pub fn ask(&self, question: Question) -> Result<(), Error> {
        Ok(host::ask(&question.into())?)
    }

    /// Takes a question back; its handler is not called.
    ///
    /// # Errors
    ///
    /// None of its own: a question that is not there is no error.
    pub fn withdraw(&self, key: &str) -> Result<(), Error> {
        Ok(host::withdraw(key)?)
    }
}

/// A question in the making.
#[derive(Clone, Debug, PartialEq)]
pub struct Question {
    key: String,
    to: PersonId,
    at: Place,
    message: Message,
    choices: Vec<(String, String)>,
    text: bool,
    deadline: Instant,
}

impl Question {
    /// A question to one person, asked in a place for that person's eyes only. `key` is the name of the handler, and optionally `:`
    /// and more.
    pub fn new(key: impl Into<String>, to: &PersonId, at: &Place, message: impl Into<Message>, deadline: Instant) -> Self {
        Self { key: key.into(), to: to.clone(), at: at.clone(), message: message.into(), choices: Vec::new(), text: false, deadline }
    }

    /// Adds an answer to choose; `value` comes to the handler.
    pub fn choice(mut self, label: impl Into<String>, value: impl Into<String>) -> Self {
        self.choices.push((label.into(), value.into()));
        self
    }

    /// Takes free text as an answer too.
    pub fn text(mut self) -> Self {
        self.text = true;
        self
    }
}

/// Why a question was not asked.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// There is no such person or place.
    Unknown,
    /// Neither choices nor text are allowed as an answer, a choice is not complete, the message cannot be, or a grant is missing.
    Invalid(String),
    /// A limit is exceeded; the text names it.
    TooMuch(String),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Unknown => write!(f, "there is no such person or place to ask"),
            Error::Invalid(reason) => write!(f, "the question cannot be: {reason}"),
            Error::TooMuch(limit) => f.write_str(limit),
        }
    }
}

impl std::error::Error for Error {}

impl From<wire::Error> for Error {
    fn from(error: wire::Error) -> Self {
        match error {
            wire::Error::Unknown => Self::Unknown,
            wire::Error::Invalid(reason) => Self::Invalid(reason),
            wire::Error::TooMuch(limit) => Self::TooMuch(limit),
        }
    }
}

impl From<Question> for wire::Question {
    fn from(from: Question) -> Self {
        Self {
            key: from.key,
            to: from.to.0,
            at: (&from.at).into(),
            message: from.message.into(),
            choices: from.choices.into_iter().map(|(label, value)| wire::Choice { label, value }).collect(),
            text: from.text,
            deadline: from.deadline.millis(),
        }
    }
}
