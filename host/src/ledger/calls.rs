//! Commands of programs that are not finished when their invocation is: the caller asks again, until there is an answer.

use super::AuditEntry;
use crate::model::{Event, EventId, Say};

/// What came of an event so far.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trace {
    pub id: EventId,
    pub event: Event,
    /// Is everybody done with it?
    pub finished: bool,
    /// What was written down about it, oldest first.
    pub entries: Vec<AuditEntry>,
    /// What was said by it, in order.
    pub says: Vec<Say>,
    /// The call that it left open, if it did.
    pub call: Option<Call>,
}

/// A command whose outcome is to come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// The plugin's own name for it.
    pub key: String,
    /// None as long as it is open.
    pub answer: Option<CallAnswer>,
}

/// What came of it in the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallAnswer {
    /// A stable word.
    pub code: String,
    /// A JSON object, or empty.
    pub data: String,
}
