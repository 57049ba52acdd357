//! What the host answers without a plugin.

use crate::model::PluginName;
use crate::permissions::Denial;
use crate::rate::TooMuch;
use hatstand_common::grammar::{Misread, Unknown};
use hatstand_common::value::{Argument, Instant, PersonId};
use std::time::Duration;

/// An answer, not yet in words.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// One of the host's own commands.
    Own {
        command: String,
        arguments: Vec<Argument>,
        /// What allowed it, for the audit.
        rule: String,
    },
    Unknown(Unknown),
    Misread(Misread),
    TooLong {
        limit: usize,
    },
    /// Others may, or nobody.
    Denied(Denial),
    /// The account of whoever did it was deactivated.
    Deactivated,
    /// It was more than is listened to.
    TooMuch(TooMuch),
    /// The plugin's file is gone.
    NotLoaded {
        plugin: PluginName,
    },
    /// The plugin failed again and again, and is left alone for so long.
    Resting {
        plugin: PluginName,
        left: Duration,
    },
    /// A button that is not there any more, or never was.
    NoSuchButton,
    /// The message was edited after the person saw it, and the button does something else now.
    Outdated,
    TooLate {
        until: Instant,
    },
    /// The question of the button was answered, replaced or withdrawn.
    Settled,
    NotYours {
        only: PersonId,
    },
    /// The command is not there any more, or takes other arguments now.
    Changed,
    /// Administrators have to know this, and everybody where it happened.
    Notice(String),
}

impl Answer {
    /// A stable word for the audit.
    pub fn code(&self) -> &'static str {
        match self {
            Answer::Own { .. } => "ok",
            Answer::Unknown(_) => "unknown",
            Answer::Misread(_) => "misread",
            Answer::TooLong { .. } => "too-long",
            Answer::Denied(_) => "denied",
            Answer::Deactivated => "deactivated",
            Answer::TooMuch(_) => "too-much",
            Answer::NotLoaded { .. } => "not-loaded",
            Answer::Resting { .. } => "resting",
            Answer::NoSuchButton => "no-such-button",
            Answer::Outdated => "outdated",
            Answer::TooLate { .. } => "too-late",
            Answer::Settled => "settled",
            Answer::NotYours { .. } => "not-yours",
            Answer::Changed => "changed-meanwhile",
            Answer::Notice(_) => "notice",
        }
    }
}
