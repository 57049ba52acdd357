//! What came of a command: found in the ledger, whoever handled it there, and told.

use super::serve::{DONE, UNDER_WAY};
use super::{Api, Problem};
use crate::ledger::{AuditEntry, Call, Trace};
use crate::model::{How, Say, WorkspaceId};
use axum::http::StatusCode;
use hatstand_common::value::PersonId;
use serde_json::{Map, Value, json};
use std::time::Duration;
use tokio::time::{Instant, interval_at, sleep_until};

/// What came of it, in the words of the audit.
#[derive(Clone, Debug)]
pub struct Came {
    pub outcome: String,
    pub data: Map<String, Value>,
    pub messages: Vec<String>,
    pub reference: String,
    pub event: i64,
}

/// An answer to a request that went well.
#[derive(Debug)]
pub(super) struct Told {
    pub status: StatusCode,
    pub reference: String,
    pub body: Value,
}

impl Api {
    /// Waits for the end of a command that is recorded: until it is handled, and this much longer if its plugin left it open.
    pub(super) async fn tell(&self, workspace: &WorkspaceId, key: &str, wait: Duration) -> Result<Told, Problem> {
        let handled = self.until(workspace, key, self.patience, |trace| trace.finished).await?;
        if !handled.finished || handled.entries.is_empty() {
            return Err(self.unanswered());
        }
        self.still_asked(&handled).await;
        let trace = if is_open(&handled) { self.until(workspace, key, wait, |trace| !is_open(trace)).await? } else { handled };
        let came = self.came(workspace, &trace).await.ok_or_else(Problem::forgotten)?;
        if is_open(&trace) {
            return Ok(Told::new(UNDER_WAY, &came));
        }
        match failure(&came.outcome) {
            Some((status, title)) => Err(Problem::of_outcome(status, title, came)),
            None => Ok(Told::new(DONE, &came)),
        }
    }

    /// It is recorded, and nobody knows what comes of it.
    fn unanswered(&self) -> Problem {
        if self.stop.is_cancelled() { Problem::stopping() } else { Problem::not_in_time(self.patience) }
    }

    /// Looks again whenever something was committed about this event, until it is as wanted or the time is over. Says now and then that
    /// somebody waits, and looks then too, because news are only a hint.
    async fn until(&self, workspace: &WorkspaceId, key: &str, time: Duration, done: impl Fn(&Trace) -> bool) -> Result<Trace, Problem> {
        let deadline = Instant::now() + time;
        let mut news = self.ledger.news_of(self.trace(workspace, key).await?.id);
        let mut heartbeat = interval_at(Instant::now() + self.heartbeat, self.heartbeat);
        let mut is_over = false;
        loop {
            // Asked before the last look, so that it sees all that was committed until then.
            is_over |= Instant::now() >= deadline || self.stop.is_cancelled();
            news.mark_unchanged();
            let trace = self.trace(workspace, key).await?;
            if is_over || done(&trace) {
                return Ok(trace);
            }
            tokio::select! {
                changed = news.changed() => is_over = changed.is_err(),
                _ = heartbeat.tick() => self.still_asked(&trace).await,
                () = sleep_until(deadline) => {}
                () = self.stop.cancelled() => {}
            }
        }
    }

    async fn trace(&self, workspace: &WorkspaceId, key: &str) -> Result<Trace, Problem> {
        let trace = self.ledger.trace(workspace, key).await.map_err(|why| Problem::not_kept(&why))?;
        trace.ok_or_else(Problem::forgotten)
    }

    /// Keeps an open call from being given up.
    async fn still_asked(&self, trace: &Trace) {
        if !is_open(trace) {
            return;
        }
        if let Err(why) = self.ledger.asked(trace.id, self.clock.now()).await {
            tracing::warn!(event = trace.id.0, %why, "it could not be written down that somebody waits");
        }
    }

    async fn came(&self, workspace: &WorkspaceId, trace: &Trace) -> Option<Came> {
        let entry = trace.entries.last()?;
        let mut messages = Vec::new();
        for message in trace.says.iter().filter(|say| is_for(say, trace.event.person.as_ref())).filter_map(|say| say.how.message()) {
            messages.push(self.plain(workspace, message).await);
        }
        let (outcome, data) = last_word(entry, trace.call.as_ref());
        let data = serde_json::from_str(data).unwrap_or_default();
        Some(Came { outcome: outcome.to_owned(), data, messages, reference: entry.reference.clone(), event: trace.id.0 })
    }
}

impl Told {
    fn new(status: StatusCode, came: &Came) -> Self {
        let Came { outcome, data, messages, reference, event } = came;
        let body = json!({ "outcome": outcome, "data": data, "messages": messages, "reference": reference, "event": event });
        Self { status, reference: reference.clone(), body }
    }
}

fn is_open(trace: &Trace) -> bool {
    trace.call.as_ref().is_some_and(|call| call.answer.is_none())
}

/// The answer to the call that was left open, or what the command itself ended with.
fn last_word<'a>(entry: &'a AuditEntry, call: Option<&'a Call>) -> (&'a str, &'a str) {
    match call.and_then(|call| call.answer.as_ref()) {
        Some(answer) => (&answer.code, &answer.data),
        None => (&entry.outcome, &entry.data),
    }
}

/// Was it said to everybody, or to whoever asked?
fn is_for(say: &Say, asker: Option<&PersonId>) -> bool {
    match &say.how {
        How::Post { .. } | How::Edit { .. } => true,
        How::Whisper { person, .. } | How::Direct { to: person, .. } => Some(person) == asker,
        How::React { .. } | How::OpenForm { .. } => false,
    }
}

/// What an outcome is called that is no success, and the title of its problem. All that are not here are one.
pub(super) const FAILURES: [(StatusCode, &str, &[&str]); 5] = [
    (StatusCode::BAD_REQUEST, "The command makes no sense", &["usage", "misread", "too-long"]),
    (StatusCode::FORBIDDEN, "It is not allowed", &["denied", "not-yours"]),
    (StatusCode::NOT_FOUND, "The command is not there", &["unknown", "not-loaded", "unknown-plugin"]),
    (
        StatusCode::CONFLICT,
        "It cannot be done as things stand",
        &["refused", "changed-meanwhile", "resting", "rejected", "disabled", "nothing-before"],
    ),
    (
        StatusCode::INTERNAL_SERVER_ERROR,
        "The plugin failed",
        &[
            "broken",
            "panicked",
            "too-slow",
            "too-big",
            "too-many-elements",
            "too-busy",
            "too-heavy",
            "too-much-moved",
            "too-many-handles",
            "too-deep",
            "ledger",
            "crashed",
        ],
    ),
];

/// `refused.queue-full` is as good as `refused`.
fn failure(outcome: &str) -> Option<(StatusCode, &'static str)> {
    let word = outcome.split('.').next().unwrap_or_default();
    FAILURES.iter().find(|(_, _, words)| words.contains(&word)).map(|(status, title, _)| (*status, *title))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outcome_is_a_failure_by_its_first_word() {
        let status = |outcome| failure(outcome).map(|(status, _)| status.as_u16());
        assert_eq!((status("refused"), status("refused.full")), (Some(409), Some(409)));
        assert_eq!(status("already.released"), None, "to ask for what is so already is harmless");
        assert_eq!((status("denied"), status("panicked"), status("not-loaded")), (Some(403), Some(500), Some(404)));
        assert_eq!((status("held"), status("ok"), status("refusal"), status("")), (None, None, None, None));
    }
}
