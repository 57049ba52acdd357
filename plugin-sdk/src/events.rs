//! What wakes a plugin. Each handler gets its own kind.

use crate::bindings::hatstand::plugin::events as wire;
use crate::contract::{all, pairs};
use crate::error::{Error, Result};
use hatstand_common::value::{Argument, Channel, Instant, MessageId, Person, Value};
use serde::de::DeserializeOwned;
use std::fmt;

/// Everything that can wake a plugin.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// A person used a command.
    Command(Call),
    /// A message matched a pattern, or the plugin subscribed to all.
    Message(Heard),
    /// A reaction was added or taken away.
    Reaction(Reaction),
    /// A person pressed a button or chose from a menu.
    Press(Press),
    /// A person sent in a form.
    Form(Submission),
    /// A person answered a question, or did not in time.
    Answer(Answer),
    /// A timer is due.
    Timer(Timer),
    /// A schedule is due.
    Schedule(Scheduled),
    /// A webhook came in.
    Webhook(Webhook),
    /// A request has its response, or will have none.
    Response(Response),
    /// A message from a queue.
    Queue(QueueMessage),
    /// A person joined a channel in which the bot is.
    MemberJoined(Membership),
    /// A person left a channel in which the bot is.
    MemberLeft(Membership),
    /// A person was renamed, deactivated or came back.
    PersonChanged(Person),
    /// A channel was renamed, archived or came back.
    ChannelChanged(Channel),
    /// The plugin is in this workspace for the first time.
    Installed,
    /// Another build of the plugin was here before.
    Upgraded(Upgrade),
    /// A kind that came after this version of the contract.
    Other(Other),
}

/// A command that a person used, with its arguments read.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// The plugin's own name of the command.
    pub command: String,
    /// What was given, in the order of the usage.
    pub arguments: Vec<Argument>,
    /// The whole line as typed, without the mention of the bot.
    pub line: String,
}

impl Call {
    /// Takes an argument that must be there.
    #[doc(hidden)]
    pub fn required<T>(&mut self, name: &str, read: fn(Value) -> Result<T>) -> Result<T> {
        self.optional(name, read)?.ok_or_else(|| Error::broken(format_args!("the argument `{name}` is missing")))
    }

    /// Takes an argument, if it is there.
    #[doc(hidden)]
    pub fn optional<T>(&mut self, name: &str, read: fn(Value) -> Result<T>) -> Result<Option<T>> {
        let position = self.arguments.iter().position(|argument| argument.name == name);
        position.map(|position| read(self.arguments.remove(position).value)).transpose()
    }
}

/// A message that was not addressed to the bot. For handlers with `#[hears("...")]`, which needs the grant `hear`, or `#[on(message)]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heard {
    /// The message, to [react](crate::chat::Chat::react) to.
    pub id: MessageId,
    /// Its text.
    pub text: String,
    /// Which of the plugin's patterns matched, by the names of their handlers; empty for a subscription.
    pub patterns: Vec<String>,
}

/// A reaction that was added to a message or taken away. For handlers with `#[on(reaction)]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reaction {
    /// The message.
    pub message: MessageId,
    /// Name without colons, such as `thumbsup`.
    pub emoji: String,
    /// False if it was taken away.
    pub added: bool,
}

/// The press of a button, or a choice from a menu. For handlers with `#[press("...")]`, which may also take the
/// [rest](Press::rest) alone, as a `String`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Press {
    /// What the button carries: the handler's name, and what comes after.
    pub value: String,
    /// The message with the button, to [edit](crate::chat::Chat::edit).
    pub message: MessageId,
}

impl Press {
    /// What the value has after the handler's name and `:`; empty if there is nothing.
    pub fn rest(&self) -> &str {
        after_name(&self.value)
    }
}

/// A form that was sent in. For handlers with `#[form("...")]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Submission {
    /// The form's key: the handler's name, and what comes after.
    pub key: String,
    /// Name and value of each input that was filled in.
    pub values: Vec<(String, String)>,
}

impl Submission {
    /// What the key has after the handler's name and `:`; empty if there is nothing.
    pub fn rest(&self) -> &str {
        after_name(&self.key)
    }

    /// The value of an input; none if it was left empty.
    pub fn value(&self, name: &str) -> Option<&str> {
        find(&self.values, |input| input == name)
    }
}

/// The end of a question. For handlers with `#[answer("...")]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The question's key: the handler's name, and what comes after.
    pub key: String,
    /// What came of it.
    pub answered: Answered,
}

impl Answer {
    /// What the key has after the handler's name and `:`; empty if there is nothing.
    pub fn rest(&self) -> &str {
        after_name(&self.key)
    }
}

/// What came of a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answered {
    /// The value of the choice.
    Chosen(String),
    /// Free text.
    Said(String),
    /// The deadline passed.
    Expired,
}

/// A timer that is due. For handlers with `#[timer("...")]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timer {
    /// The timer's key: the handler's name, and what comes after.
    pub key: String,
    /// When it should have fired. [`now`](crate::Context::now) is later if the host was down.
    pub due: Instant,
    payload: Vec<u8>,
}

impl Timer {
    #[cfg(not(target_family = "wasm"))]
    pub(crate) fn new(key: String, due: Instant, payload: Vec<u8>) -> Self {
        Self { key, due, payload }
    }

    /// What the key has after the handler's name and `:`; empty if there is nothing.
    pub fn rest(&self) -> &str {
        after_name(&self.key)
    }

    /// What was given when the timer was set.
    ///
    /// # Errors
    ///
    /// If that was no `T`: give fields that a later version adds a `#[serde(default)]`.
    pub fn payload<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        serde_json::from_slice(&self.payload)
    }
}

/// A schedule that is due. For handlers with `#[schedule("...")]`.
///
/// Runs that come due while the bot is down, or the plugin away, are made up for by one, when it is back. On the day on which the clock is
/// put forward or back, a schedule of one fixed time runs once; one with `*` or steps follows the clock on the wall.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scheduled {
    /// The schedule's name, which is that of its handler.
    pub name: String,
    /// When it should have happened; [`now`](crate::Context::now) is later if it was missed.
    pub due: Instant,
    /// How many earlier runs were missed since the last one; more than 10,000 are not counted.
    pub missed: u32,
}

/// A webhook that came in, its signature checked. For handlers with `#[webhook("...")]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Webhook {
    /// The name under which it was received.
    pub name: String,
    /// Names and values, in the order in which they came.
    pub headers: Vec<(String, String)>,
    /// What was sent.
    pub body: Vec<u8>,
}

impl Webhook {
    /// The first header of this name, in any case.
    pub fn header(&self, name: &str) -> Option<&str> {
        find(&self.headers, |header| header.eq_ignore_ascii_case(name))
    }

    /// The body, read as JSON.
    ///
    /// # Errors
    ///
    /// If it is no `T`.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        serde_json::from_slice(&self.body)
    }
}

/// What came of a request. For handlers with `#[response("...")]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    /// The request's tag: the handler's name, and what comes after.
    pub tag: String,
    /// The answer, whatever its status, or why there is none.
    pub outcome: Result<HttpAnswer, HttpFailure>,
}

impl Response {
    /// What the tag has after the handler's name and `:`; empty if there is nothing.
    pub fn rest(&self) -> &str {
        after_name(&self.tag)
    }

    /// The answer, if there is one and its status says that it went well.
    ///
    /// # Errors
    ///
    /// Why there is no answer, or [`HttpFailure::Status`].
    pub fn ok(self) -> Result<HttpAnswer, HttpFailure> {
        match self.outcome? {
            answer if answer.is_success() => Ok(answer),
            answer => Err(HttpFailure::Status(answer.status)),
        }
    }
}

/// The answer to a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpAnswer {
    /// Such as 200.
    pub status: u16,
    /// Names and values, in the order in which they came.
    pub headers: Vec<(String, String)>,
    /// At most 1 MiB.
    pub body: Vec<u8>,
}

impl HttpAnswer {
    /// Is the status 200-299?
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// The first header of this name, in any case.
    pub fn header(&self, name: &str) -> Option<&str> {
        find(&self.headers, |header| header.eq_ignore_ascii_case(name))
    }

    /// The body as text; what is no UTF-8 is replaced by `�`.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body, read as JSON.
    ///
    /// # Errors
    ///
    /// If it is no `T`.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        serde_json::from_slice(&self.body)
    }
}

/// Why a request has no answer, or no good one.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum HttpFailure {
    /// No answer in time, after all retries.
    Timeout,
    /// The connection could not be made or broke.
    Connection(String),
    /// The answer is larger than 1 MiB.
    TooLarge,
    /// The destination, or one it redirected to, is not granted; this is the grant.
    NotGranted(String),
    /// The answer's status is not 200-299; only from [`Response::ok`].
    Status(u16),
}

impl fmt::Display for HttpFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            HttpFailure::Timeout => write!(f, "there was no answer in time"),
            HttpFailure::Connection(reason) => write!(f, "the connection failed: {reason}"),
            HttpFailure::TooLarge => write!(f, "the answer is larger than 1 MiB"),
            HttpFailure::NotGranted(grant) => write!(f, "the grant `{grant}` is not given"),
            HttpFailure::Status(status) => write!(f, "the answer is {status}"),
        }
    }
}

impl std::error::Error for HttpFailure {}

/// A message from a queue. For handlers with `#[queue("...")]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueueMessage {
    /// The queue's name.
    pub queue: String,
    /// What was published.
    pub body: Vec<u8>,
}

impl QueueMessage {
    /// The body, read as JSON.
    ///
    /// # Errors
    ///
    /// If it is no `T`.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        serde_json::from_slice(&self.body)
    }
}

/// A person who joined or left a channel. For handlers with `#[on(member_joined)]` or `#[on(member_left)]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Membership {
    /// Who.
    pub person: Person,
    /// Which channel.
    pub channel: Channel,
}

/// Another build of the plugin was here before. For handlers with `#[on(upgraded)]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upgrade {
    /// The version that was here before.
    pub previous: String,
}

/// An event of a kind that came after this version of the contract. For handlers with `#[on("its-name")]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Other {
    /// The kind.
    pub name: String,
    /// JSON.
    pub payload: String,
}

impl Other {
    /// The version of the state from which a migration starts.
    ///
    /// # Errors
    ///
    /// If the payload does not say.
    #[doc(hidden)]
    pub fn migrates_from(&self) -> Result<u32> {
        #[derive(serde::Deserialize)]
        struct Migration {
            from: u32,
        }
        let migration: Migration = self.json().map_err(|why| Error::broken(format!("a migration cannot be read: {why}")))?;
        Ok(migration.from)
    }

    /// The payload as the type that belongs to the kind.
    ///
    /// # Errors
    ///
    /// If the payload is not that.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        serde_json::from_slice(self.payload.as_bytes())
    }
}

/// What a handler may take of an event `E`: the event itself, or what there is a shorter form for.
#[diagnostic::on_unimplemented(
    message = "a handler of `{E}` cannot take `{Self}`",
    label = "not what the event brings",
    note = "take `{E}`, or nothing; a handler of `Press` may take the rest of its value as a `String`"
)]
pub trait Receive<E> {
    /// Takes it.
    fn receive(event: E) -> Self;
}

impl<E> Receive<E> for E {
    fn receive(event: E) -> Self {
        event
    }
}

impl Receive<Press> for String {
    fn receive(press: Press) -> Self {
        press.rest().to_owned()
    }
}

/// The name of the handler in a key, value or tag: what stands before the first `:`.
#[doc(hidden)]
pub fn name_of(key: &str) -> &str {
    key.split_once(':').map_or(key, |(name, _)| name)
}

fn after_name(key: &str) -> &str {
    key.split_once(':').map_or("", |(_, rest)| rest)
}

fn find(pairs: &[(String, String)], wanted: impl Fn(&str) -> bool) -> Option<&str> {
    pairs.iter().find(|(name, _)| wanted(name)).map(|(_, value)| value.as_str())
}

impl Event {
    /// The failure of a plugin that has no handler for this, because an earlier build of it had one.
    #[doc(hidden)]
    pub fn unhandled(&self) -> Error {
        let (kind, name) = match self {
            Event::Command(call) => ("command", call.command.as_str()),
            Event::Press(press) => ("press", press.value.as_str()),
            Event::Form(form) => ("form", form.key.as_str()),
            Event::Answer(answer) => ("answer", answer.key.as_str()),
            Event::Timer(timer) => ("timer", timer.key.as_str()),
            Event::Schedule(schedule) => ("schedule", schedule.name.as_str()),
            Event::Webhook(webhook) => ("webhook", webhook.name.as_str()),
            Event::Response(response) => ("response", response.tag.as_str()),
            Event::Queue(message) => ("queue", message.queue.as_str()),
            Event::Other(other) => ("event", other.name.as_str()),
            Event::Message(_) => ("event", "message"),
            Event::Reaction(_) => ("event", "reaction"),
            Event::MemberJoined(_) => ("event", "member-joined"),
            Event::MemberLeft(_) => ("event", "member-left"),
            Event::PersonChanged(_) => ("event", "person-changed"),
            Event::ChannelChanged(_) => ("event", "channel-changed"),
            Event::Installed => ("event", "installed"),
            Event::Upgraded(_) => ("event", "upgraded"),
        };
        Error::broken(format_args!("this build has no handler for the {kind} `{name}`"))
    }
}

impl From<wire::Event> for Event {
    fn from(from: wire::Event) -> Self {
        use wire::Event as Wire;
        match from {
            Wire::Command(call) => Self::Command(Call { command: call.command, arguments: all(call.arguments), line: call.line }),
            Wire::Message(heard) => Self::Message(Heard { id: heard.id.into(), text: heard.text, patterns: heard.patterns }),
            Wire::Reaction(reaction) => {
                Self::Reaction(Reaction { message: reaction.message.into(), emoji: reaction.emoji, added: reaction.added })
            }
            Wire::Press(press) => Self::Press(Press { value: press.value, message: press.message.into() }),
            Wire::Form(form) => Self::Form(Submission { key: form.key, values: pairs(form.values) }),
            Wire::Answer(answer) => Self::Answer(Answer { key: answer.key, answered: answer.answered.into() }),
            Wire::Timer(timer) => Self::Timer(Timer { key: timer.key, due: Instant(timer.due), payload: timer.payload }),
            Wire::Schedule(due) => Self::Schedule(Scheduled { name: due.name, due: Instant(due.due), missed: due.missed }),
            Wire::Webhook(webhook) => Self::Webhook(Webhook { name: webhook.name, headers: pairs(webhook.headers), body: webhook.body }),
            Wire::HttpResponse(response) => Self::Response(response.into()),
            Wire::QueueMessage(message) => Self::Queue(QueueMessage { queue: message.queue, body: message.body }),
            Wire::MemberJoined(membership) => Self::MemberJoined(membership.into()),
            Wire::MemberLeft(membership) => Self::MemberLeft(membership.into()),
            Wire::PersonChanged(person) => Self::PersonChanged(person.into()),
            Wire::ChannelChanged(channel) => Self::ChannelChanged(channel.into()),
            Wire::Installed => Self::Installed,
            Wire::Upgraded(upgrade) => Self::Upgraded(Upgrade { previous: upgrade.previous }),
            Wire::Other(other) => Self::Other(Other { name: other.name, payload: other.payload }),
        }
    }
}

impl From<wire::Answered> for Answered {
    fn from(from: wire::Answered) -> Self {
        match from {
            wire::Answered::Chosen(value) => Self::Chosen(value),
            wire::Answered::Said(text) => Self::Said(text),
            wire::Answered::Expired => Self::Expired,
        }
    }
}

impl From<wire::HttpResponse> for Response {
    fn from(from: wire::HttpResponse) -> Self {
        Self { tag: from.tag, outcome: from.outcome.map(Into::into).map_err(Into::into) }
    }
}

impl From<wire::HttpAnswer> for HttpAnswer {
    fn from(from: wire::HttpAnswer) -> Self {
        Self { status: from.status, headers: pairs(from.headers), body: from.body }
    }
}

impl From<wire::HttpFailure> for HttpFailure {
    fn from(from: wire::HttpFailure) -> Self {
        match from {
            wire::HttpFailure::Timeout => Self::Timeout,
            wire::HttpFailure::Connection(reason) => Self::Connection(reason),
            wire::HttpFailure::TooLarge => Self::TooLarge,
            wire::HttpFailure::NotGranted(grant) => Self::NotGranted(grant),
        }
    }
}

impl From<wire::Membership> for Membership {
    fn from(from: wire::Membership) -> Self {
        Self { person: from.person.into(), channel: from.channel.into() }
    }
}
