//! What lasts between invocations.

use super::Request;
use crate::chat::Form;
use crate::message::Message;
use hatstand_common::transcript::{Act, Audience};
use hatstand_common::value::{Instant, MessageId, PersonId, Place};
use std::collections::BTreeMap;

/// What an invocation changes: it works on a copy, which takes the place of the original if all went well.
#[derive(Clone, Debug, Default)]
pub(super) struct State {
    pub(super) store: BTreeMap<String, Vec<u8>>,
    pub(super) timers: BTreeMap<String, Set>,
    pub(super) questions: BTreeMap<String, Asked>,
    /// Every message of the bot, as it stands.
    pub(super) posts: Vec<Post>,
    pub(super) requests: Vec<Request>,
    pub(super) published: Vec<(String, Vec<u8>)>,
    pub(super) forms: Vec<(PersonId, Form)>,
    /// The commands of programs that were left open.
    pub(super) calls: BTreeMap<String, CallState>,
}

/// What came of a command that was left open.
#[derive(Clone, Debug)]
pub(super) enum CallState {
    Open,
    Answered { code: String, data: String },
}

/// A timer that was set.
#[derive(Clone, Debug)]
pub(super) struct Set {
    pub(super) due: Instant,
    pub(super) payload: Vec<u8>,
    pub(super) place: Option<Place>,
}

/// A question that was asked.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    /// The message that asks it. A question that replaces another has another message.
    pub(super) message: MessageId,
    /// How many messages there were before: what was asked later has more.
    pub(super) order: usize,
    pub(super) to: PersonId,
    pub(super) at: Place,
    pub(super) text: bool,
    pub(super) deadline: Instant,
}

#[derive(Clone, Debug)]
pub(super) struct Post {
    pub(super) id: MessageId,
    pub(super) place: Place,
    pub(super) audience: Audience,
    pub(super) message: Message,
    /// The question that it asks, by key.
    pub(super) question: Option<String>,
}

/// Something that can be seen.
#[derive(Clone, Debug)]
pub(super) struct Shown {
    pub(super) audience: Audience,
    pub(super) act: Act,
    pub(super) message: Message,
}
