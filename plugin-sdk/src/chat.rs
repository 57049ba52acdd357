//! Saying things.

use crate::bindings::hatstand::plugin::chat as wire;
use crate::contract::all;
use crate::error::NotGranted;
use crate::host::chat as host;
use crate::message::Message;
use hatstand_common::value::{MessageId, PersonId, Place};
use std::fmt;

/// Saying things elsewhere than in the [`Reply`](crate::Reply), editing, reacting, opening forms.
///
/// Messages leave after the handler has returned ok, in one channel in the order in which they were posted, and are retried until they
/// are out. The place of the event needs no grant; direct messages need `chat:direct`, other channels `chat:channels`.
///
/// Limits: a text has at most 16 KiB, an invocation says at most 20 things.
///
/// ```
/// use hatstand_plugin::prelude::*;
///
/// fn remind(cx: &mut Context, whom: User) -> Result<Reply> {
///     cx.chat().direct(&whom, say!("{} waits for you.", cx.user()?))?; // wants "chat:direct"
///     Ok(Reply::whisper("Done."))
/// }
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Chat(pub(crate) ());

impl Chat {
    /// Says something for everybody in a place. The identity that comes back can be kept, to edit the message later.
    ///
    /// # Errors
    ///
    /// [`NotGranted`](Error::NotGranted) outside of the event's channel, [`Unknown`](Error::Unknown) where there is no such channel,
    /// [`TooMuch`](Error::TooMuch) and [`Invalid`](Error::Invalid).
    pub fn post(&self, to: &Place, message: impl Into<Message>) -> Result<MessageId, Error> {
        Ok(host::post(&to.into(), &message.into().into())?.into())
    }

    /// Says something in a place that only one person sees. Chats that cannot send a direct message instead.
    ///
    /// # Errors
    ///
    /// As for [`post`](Chat::post).
    pub fn whisper(&self, to: &Place, person: &PersonId, message: impl Into<Message>) -> Result<MessageId, Error> {
        Ok(host::whisper(&to.into(), person.as_str(), &message.into().into())?.into())
    }

    /// Says something to one person alone.
    ///
    /// # Errors
    ///
    /// [`NotGranted`](Error::NotGranted) without the grant `chat:direct`, unless the person is the one who did this; else as for
    /// [`post`](Chat::post).
    pub fn direct(&self, to: &PersonId, message: impl Into<Message>) -> Result<MessageId, Error> {
        Ok(host::direct(to.as_str(), &message.into().into())?.into())
    }

    /// Replaces a message that this plugin posted. Chats that cannot edit say the new text as a new message.
    ///
    /// # Errors
    ///
    /// [`Unknown`](Error::Unknown) if this plugin posted no such message.
    pub fn edit(&self, id: &MessageId, message: impl Into<Message>) -> Result<(), Error> {
        Ok(host::edit(id.as_str(), &message.into().into())?)
    }

    /// Adds a reaction, such as `thumbsup`, to a message. Chats without reactions ignore it.
    ///
    /// # Errors
    ///
    /// [`Invalid`](Error::Invalid) for what cannot be the name of an emoji.
    pub fn react(&self, id: &MessageId, emoji: &str) -> Result<(), Error> {
        Ok(host::react(id.as_str(), emoji)?)
    }

    /// Opens a form for the person of this event; what they fill in comes to the handler `#[form("...")]`. Only in the handler of a
    /// command or a press.
    ///
    /// # Errors
    ///
    /// [`Unsupported`](Error::Unsupported) in a chat without forms: ask for the same with a command's arguments then.
    pub fn open_form(&self, form: Form) -> Result<(), Error> {
        Ok(host::open_form(&form.into())?)
    }
}

/// A form, to be filled in by one person.
///
/// ```
/// use hatstand_plugin::prelude::*;
///
/// let form = Form::new("retro:12", "Retrospective")
///     .input(Input::line("good", "What went well?"))
///     .input(Input::paragraph("bad", "What did not?").optional())
///     .input(Input::choice("mood", "How do you feel?", ["fine", "so-so"]).initially("fine"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Form {
    pub(crate) key: String,
    pub(crate) title: String,
    pub(crate) inputs: Vec<Input>,
}

impl Form {
    /// A form without inputs yet. `key` is the name of the handler, and optionally `:` and more.
    pub fn new(key: impl Into<String>, title: impl Into<String>) -> Self {
        Self { key: key.into(), title: title.into(), inputs: Vec::new() }
    }

    /// Adds an input.
    pub fn input(mut self, input: Input) -> Self {
        self.inputs.push(input);
        self
    }
}

/// One thing to fill in. It must be filled in unless it is [`optional`](Input::optional).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Input {
    pub(crate) name: String,
    pub(crate) label: String,
    pub(crate) kind: InputKind,
    pub(crate) required: bool,
    pub(crate) initial: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum InputKind {
    Line,
    Paragraph,
    Choice(Vec<String>),
    Person,
    Channel,
}

impl Input {
    /// One line of text.
    pub fn line(name: impl Into<String>, label: impl Into<String>) -> Self {
        Self::new(name, label, InputKind::Line)
    }

    /// Several lines of text.
    pub fn paragraph(name: impl Into<String>, label: impl Into<String>) -> Self {
        Self::new(name, label, InputKind::Paragraph)
    }

    /// One of these.
    pub fn choice<T: Into<String>>(name: impl Into<String>, label: impl Into<String>, choices: impl IntoIterator<Item = T>) -> Self {
        Self::new(name, label, InputKind::Choice(choices.into_iter().map(Into::into).collect()))
    }

    /// A person; the value is the identity.
    pub fn person(name: impl Into<String>, label: impl Into<String>) -> Self {
        Self::new(name, label, InputKind::Person)
    }

    /// A channel; the value is the identity.
    pub fn channel(name: impl Into<String>, label: impl Into<String>) -> Self {
        Self::new(name, label, InputKind::Channel)
    }

    /// May be left empty.
    pub fn optional(mut self) -> Self {
        self.required = false;
        self
    }

    /// What is filled in at first.
    pub fn initially(mut self, value: impl Into<String>) -> Self {
        self.initial = value.into();
        self
    }

    fn new(name: impl Into<String>, label: impl Into<String>, kind: InputKind) -> Self {
        Self { name: name.into(), label: label.into(), kind, required: true, initial: String::new() }
    }
}

/// Why the chat did not do it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// The operator has not granted this. As the error of a handler it is a refusal that names the grant.
    NotGranted(NotGranted),
    /// There is no such channel, person or message.
    Unknown,
    /// A limit is exceeded; the text names it.
    TooMuch(String),
    /// The message cannot be: empty, a button without a label, and the like.
    Invalid(String),
    /// This chat cannot do that.
    Unsupported,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::NotGranted(_) => write!(f, "the plugin may not say this"),
            Error::Unknown => write!(f, "there is no such channel, person or message"),
            Error::TooMuch(limit) => f.write_str(limit),
            Error::Invalid(reason) => write!(f, "the message cannot be: {reason}"),
            Error::Unsupported => write!(f, "this chat cannot do that"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Error::NotGranted(grant) => Some(grant),
            _ => None,
        }
    }
}

impl From<wire::Error> for Error {
    fn from(error: wire::Error) -> Self {
        match error {
            wire::Error::NotGranted(grant) => Self::NotGranted(NotGranted(grant)),
            wire::Error::Unknown => Self::Unknown,
            wire::Error::TooMuch(limit) => Self::TooMuch(limit),
            wire::Error::Invalid(reason) => Self::Invalid(reason),
            wire::Error::Unsupported => Self::Unsupported,
        }
    }
}

impl From<Form> for wire::Form {
    fn from(from: Form) -> Self {
        Self { key: from.key, title: from.title, inputs: all(from.inputs) }
    }
}

impl From<Input> for wire::Input {
    fn from(from: Input) -> Self {
        Self { name: from.name, label: from.label, kind: from.kind.into(), required: from.required, initial: from.initial }
    }
}

impl From<InputKind> for wire::InputKind {
    fn from(from: InputKind) -> Self {
        match from {
            InputKind::Line => Self::Line,
            InputKind::Paragraph => Self::Paragraph,
            InputKind::Choice(choices) => Self::Choice(choices),
            InputKind::Person => Self::Person,
            InputKind::Channel => Self::Channel,
        }
    }
}
