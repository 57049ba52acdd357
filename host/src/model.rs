//! The core's own small words: what happened, and what is to be done about it. Serialised into the ledger.
//!
//! Words that plugins share with the host (places, people, messages, declarations) are in `hatstand_common`.

use crate::ledger::MeasureChange;
use crate::permissions::RoleName;
use crate::rate::TooMuch;
use hatstand_common::declaration::Schedule;
pub use hatstand_common::grammar::{Line, Mention, Whom};
use hatstand_common::message::Message;
use hatstand_common::value::{Argument, Channel, Instant, MessageId, Person, PersonId, Place};
use hatstand_common::visible::visible;
use serde::{Deserialize, Serialize};
use std::fmt;

pub mod legible;
mod outside;
mod people;

pub use outside::{HttpAnswer, HttpFailure, Request, Response, Webhook};
pub use people::{Account, Affiliation, Membership};

macro_rules! name {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub String);

        impl From<&str> for $name {
            fn from(name: &str) -> Self {
                Self(name.to_owned())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

name!(
    /// A team in a chat service: `terminal`, or a Slack team's id. People, channels and all state belong to one workspace.
    WorkspaceId
);
name!(
    /// A plugin's identity. Its state, timers and settings belong to this name.
    PluginName
);

impl PluginName {
    /// The name under which the host itself speaks, for what no plugin is asked about.
    pub fn host() -> Self {
        Self("hatstand".to_owned())
    }
}

/// An event's place in the order of arrival.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EventId(pub i64);

/// Something that happened: what an adapter hands to intake, and what the ledger hands to the router.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    pub workspace: WorkspaceId,
    /// The service's own identity for it, unique in the workspace. A second event with the same key is a repeat.
    pub key: String,
    pub at: Instant,
    pub place: Option<Place>,
    pub person: Option<PersonId>,
    pub what: What,
}

impl Event {
    /// The command as it was typed; empty for what was not meant for the bot.
    pub fn line(&self) -> &str {
        match &self.what {
            What::Said(said) if said.addressed => &said.line.text,
            What::Called(called) => &called.line,
            _ => "",
        }
    }
}

/// Everything that can wake the bot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum What {
    /// A person said something, to the bot or not.
    Said(Said),
    /// A program gave a command.
    Called(Called),
    /// A person pressed the button, or took the choice, with this number in a message of the bot: counted from 0 through all blocks.
    Pressed {
        message: MessageId,
        number: usize,
    },
    /// A person said or pressed more than is listened to; what it was is not kept.
    TooMuch(TooMuch),
    /// A person sent in a form that a plugin opened.
    FormSent {
        plugin: PluginName,
        key: String,
        values: Vec<(String, String)>,
    },
    /// A reaction was added to a message, or taken away.
    Reacted {
        message: MessageId,
        emoji: String,
        added: bool,
    },
    /// A timer of a plugin is due.
    TimerDue {
        plugin: PluginName,
        timer: TimerId,
        key: String,
        payload: Vec<u8>,
        due: Instant,
    },
    /// The deadline of a question passed.
    QuestionExpired {
        plugin: PluginName,
        timer: TimerId,
        question: Question,
    },
    /// A run of a schedule is due, and perhaps later ones too by now.
    ScheduleDue {
        plugin: PluginName,
        timer: TimerId,
        /// As it was planned: with the zone that counts.
        schedule: Schedule,
        due: Instant,
    },
    Joined {
        person: Person,
        channel: Channel,
    },
    Left {
        person: Person,
        channel: Channel,
    },
    PersonChanged(Person),
    ChannelChanged(Channel),
    /// A person opened the bot's own page. The event's place is that page: what is posted there is shown there.
    HomeOpened,
    /// A plugin is in this workspace for the first time.
    Installed {
        plugin: PluginName,
    },
    /// Another build of a plugin was here before.
    Upgraded {
        plugin: PluginName,
        previous: String,
    },
    /// Nobody asks any more what came of a command that this plugin left open.
    Abandoned {
        plugin: PluginName,
        key: String,
    },
    /// A request of a plugin has its response, or will have none.
    Responded {
        plugin: PluginName,
        timer: TimerId,
        response: Response,
    },
    /// A webhook came in for a plugin, its signature checked.
    Received {
        plugin: PluginName,
        timer: TimerId,
        webhook: Webhook,
    },
    /// Something about plugins that administrators have to know, in Markdown.
    Notice {
        text: String,
    },
}

impl What {
    /// The row in the ledger whose moment came.
    pub fn timer(&self) -> Option<TimerId> {
        match self {
            What::TimerDue { timer, .. }
            | What::QuestionExpired { timer, .. }
            | What::ScheduleDue { timer, .. }
            | What::Responded { timer, .. }
            | What::Received { timer, .. } => Some(*timer),
            _ => None,
        }
    }
}

/// A message of a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    pub line: Line,
    /// Is it meant for the bot: a mention, or a direct conversation?
    pub addressed: bool,
    pub message: MessageId,
}

/// A command of a program, read before it was recorded: whether the program may give it was decided about this, and nothing else is done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Called {
    pub plugin: PluginName,
    pub command: String,
    pub arguments: Vec<Argument>,
    /// As a person would have typed it.
    pub line: String,
    /// Tells this request from another one that comes with the same key.
    pub request: String,
}

/// One setting of one timer, of a question's deadline, or of a schedule's next run; or what came from outside and waits for its plugin.
/// Setting the same key again gives another id, so what was replaced can be told from its successor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TimerId(pub i64);

/// What is to happen later. Keys of one kind never meet those of another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Later {
    Timer,
    Question,
    Schedule,
    /// The response to a request.
    Response,
    Webhook,
}

/// What one person was asked: it stands until it is answered, withdrawn or replaced, or until its deadline.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    pub key: String,
    pub to: PersonId,
    pub at: Place,
    /// The message that asks it, with a button for each choice.
    pub message: MessageId,
    /// Is free text an answer too?
    pub text: bool,
    pub deadline: Instant,
}

/// Where a message belongs in the order of the commits: event, plugin, and number within the invocation.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Order {
    pub event: i64,
    pub plugin: String,
    pub number: usize,
}

impl Order {
    /// From a message's identity, `12.hat.0`.
    pub fn of(id: &MessageId) -> Self {
        let mut parts = id.0.splitn(2, '.');
        let event = parts.next().and_then(|event| event.parse().ok()).unwrap_or(i64::MAX);
        let rest = parts.next().unwrap_or_default();
        let (plugin, number) = rest.rsplit_once('.').unwrap_or((rest, ""));
        Self { event, plugin: plugin.to_owned(), number: number.parse().unwrap_or(usize::MAX) }
    }
}

/// Everything that one invocation wants to change: committed as one, or not at all.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Effects {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub writes: Vec<Write>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub timers: Vec<TimerChange>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub questions: Vec<QuestionChange>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub says: Vec<Say>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub calls: Vec<CallChange>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub requests: Vec<Request>,
    /// What all of this is about, as the plugin says.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub about: String,
    /// Of the host's own commands only.
    #[serde(skip)]
    pub decisions: Vec<Decision>,
    /// The same, about plugins.
    #[serde(skip)]
    pub measures: Vec<MeasureChange>,
}

/// What an administrator decides in chat, for a workspace. Who and when is in the audit of the same commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    GiveRole {
        role: RoleName,
        person: PersonId,
    },
    TakeRole {
        role: RoleName,
        person: PersonId,
    },
    /// The value as it was typed; the newest build that it fits is the one that decides what it means.
    Set {
        plugin: PluginName,
        setting: String,
        value: String,
    },
    Unset {
        plugin: PluginName,
        setting: String,
    },
}

/// A change of a plugin's state; later ones of the same key win.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Write {
    Set {
        key: String,
        #[serde(with = "legible")]
        value: Vec<u8>,
    },
    Delete {
        key: String,
    },
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TimerChange {
    Set {
        key: String,
        due: Instant,
        #[serde(with = "legible")]
        payload: Vec<u8>,
        place: Option<Place>,
    },
    Cancel {
        key: String,
    },
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum QuestionChange {
    Ask(Question),
    Withdraw { key: String },
}

/// What a program is told later, about a command of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CallChange {
    /// This command is not finished: its outcome is the state so far.
    Open { key: String },
    /// The final outcome of the command that was left open with this key.
    Answer { key: String, code: String, data: String },
}

/// One thing to be said, in neutral form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Say {
    pub id: MessageId,
    pub how: How,
    /// The key of the question that it asks: then its buttons answer that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub question: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum How {
    /// For everybody in a place.
    Post { to: Place, message: Message },
    /// In a place, for one person's eyes only.
    Whisper { to: Place, person: PersonId, message: Message },
    /// To one person alone.
    Direct { to: PersonId, message: Message },
    /// Replaces the message `original`.
    Edit { to: Place, original: MessageId, message: Message },
    /// Adds a reaction to the message `original`.
    React { to: Place, original: MessageId, emoji: String },
    /// Shows a form to a person.
    OpenForm { to: Place, person: PersonId, form: Form },
}

impl How {
    /// The same with nothing in its texts that a reader would not see.
    pub fn visible(mut self) -> Self {
        if let Some(message) = self.message_mut() {
            *message = std::mem::take(message).visible();
        }
        if let How::OpenForm { form, .. } = &mut self {
            form.title = visible(&form.title);
            for input in &mut form.inputs {
                input.label = visible(&input.label);
                input.initial = visible(&input.initial);
            }
        }
        self
    }

    /// The message that is shown, if it is one.
    pub fn message(&self) -> Option<&Message> {
        match self {
            How::Post { message, .. } | How::Whisper { message, .. } | How::Direct { message, .. } | How::Edit { message, .. } => {
                Some(message)
            }
            How::React { .. } | How::OpenForm { .. } => None,
        }
    }

    /// The same, to be changed.
    pub fn message_mut(&mut self) -> Option<&mut Message> {
        match self {
            How::Post { message, .. } | How::Whisper { message, .. } | How::Direct { message, .. } | How::Edit { message, .. } => {
                Some(message)
            }
            How::React { .. } | How::OpenForm { .. } => None,
        }
    }

    /// The one person who sees it, if it is not for everybody.
    pub fn only_seen_by(&self) -> Option<&PersonId> {
        match self {
            How::Whisper { person, .. } | How::OpenForm { person, .. } => Some(person),
            How::Direct { to, .. } => Some(to),
            How::Post { .. } | How::Edit { .. } | How::React { .. } => None,
        }
    }

    /// Where it is said; a direct message has no place of its own.
    pub fn place(&self) -> Option<&Place> {
        match self {
            How::Post { to, .. } | How::Whisper { to, .. } | How::Edit { to, .. } | How::React { to, .. } | How::OpenForm { to, .. } => {
                Some(to)
            }
            How::Direct { .. } => None,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Form {
    pub key: String,
    pub title: String,
    pub inputs: Vec<Input>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Input {
    pub name: String,
    pub label: String,
    pub kind: InputKind,
    pub required: bool,
    pub initial: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum InputKind {
    Line,
    Paragraph,
    Choice(Vec<String>),
    Person,
    Channel,
}
