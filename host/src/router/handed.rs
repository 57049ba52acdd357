//! What a plugin is handed.

use crate::model::{Response, TimerId, Webhook, legible};
use hatstand_common::schedule::Run;
use hatstand_common::value::{Argument, Channel, Instant, MessageId, Person, Place};
use serde::{Deserialize, Serialize};

/// A person opened the bot's own page: the kind of event to subscribe to.
pub const HOME_OPENED: &str = "home-opened";

/// Nobody asks any more what came of a command that the plugin left open: the kind of event to subscribe to.
pub const CALL_ABANDONED: &str = "call-abandoned";

/// What is kept is of an older version than this build's: the kind of event to subscribe to.
pub const MIGRATE: &str = "migrate";

/// An event, as a plugin is handed it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Handed {
    Command {
        command: String,
        arguments: Vec<Argument>,
        line: String,
    },
    Heard {
        id: MessageId,
        text: String,
        patterns: Vec<String>,
    },
    Reaction {
        message: MessageId,
        emoji: String,
        added: bool,
    },
    Press {
        value: String,
        message: MessageId,
    },
    Form {
        key: String,
        values: Vec<(String, String)>,
    },
    Timer {
        key: String,
        #[serde(with = "legible")]
        payload: Vec<u8>,
        due: Instant,
    },
    Answer {
        /// The question that this ends.
        id: TimerId,
        /// Where it was asked.
        at: Place,
        key: String,
        answered: Answered,
    },
    Schedule {
        name: String,
        run: Run,
        /// The run after it.
        next: Option<Instant>,
    },
    Response(Response),
    Webhook(Webhook),
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
    Installed,
    Upgraded {
        previous: String,
    },
    /// A kind of event that is not in the contract by its own name.
    Other {
        name: String,
        payload: String,
    },
}

/// What came of a question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Answered {
    /// The value of the choice.
    Chosen(String),
    Said(String),
    Expired,
}

impl Handed {
    /// What it is, shortly, for the audit.
    pub fn what(&self) -> String {
        match self {
            Handed::Command { command, .. } => command.clone(),
            Handed::Heard { patterns, .. } => format!("heard {}", patterns.join(" ")),
            Handed::Reaction { emoji, .. } => format!("reaction {emoji}"),
            Handed::Press { value, .. } => format!("press {value}"),
            Handed::Form { key, .. } => format!("form {key}"),
            Handed::Timer { key, .. } => format!("timer {key}"),
            Handed::Answer { key, answered: Answered::Expired, .. } => format!("expired {key}"),
            Handed::Answer { key, .. } => format!("answer {key}"),
            Handed::Schedule { name, .. } => format!("schedule {name}"),
            Handed::Response(response) => format!("response {}: {}", response.tag, response.code()),
            Handed::Webhook(webhook) => format!("webhook {}", webhook.name),
            Handed::Joined { .. } => "member-joined".to_owned(),
            Handed::Left { .. } => "member-left".to_owned(),
            Handed::PersonChanged(_) => "person-changed".to_owned(),
            Handed::ChannelChanged(_) => "channel-changed".to_owned(),
            Handed::Installed => "installed".to_owned(),
            Handed::Upgraded { .. } => "upgraded".to_owned(),
            Handed::Other { name, .. } => name.clone(),
        }
    }
}
