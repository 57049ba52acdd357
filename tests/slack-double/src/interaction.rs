//! One thing a person did that the app has to answer at once.

use std::time::Duration;

use serde_json::Value;

use crate::{Double, TriggerId};

/// One thing a person did that the app has to answer at once: a command, a press, a form.
#[derive(Clone, Debug)]
pub struct Interaction {
    pub(crate) double: Double,
    pub(crate) number: u64,
    /// What a modal can be opened with, once and soon.
    pub trigger_id: TriggerId,
    /// Where the app may answer later, up to five times in 30 minutes.
    pub response_url: Option<String>,
}

/// How the app answered an interaction.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// It acked, with this payload, after so long.
    Acked { payload: Option<Value>, after: Duration },
    /// It did not ack in time: the person is told `operation_timeout`.
    TimedOut,
    /// It had no socket open: the person is told `dispatch_failed`.
    Unreachable,
}

impl Interaction {
    /// How the app answered, once it did or its time is over.
    pub async fn outcome(&self) -> Outcome {
        let mut changes = self.double.shared.changes();
        loop {
            changes.mark_unchanged();
            if let Some(outcome) = self.outcome_now() {
                return outcome;
            }
            if changes.changed().await.is_err() {
                return Outcome::Unreachable;
            }
        }
    }

    /// How the app answered, if that is known by now.
    pub fn outcome_now(&self) -> Option<Outcome> {
        self.double.shared.state().interactions.get(&self.number).and_then(|asked| asked.outcome.clone())
    }
}
