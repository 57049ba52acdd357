//! Who asks: a token that counts, and that did not ask too much.

use super::{Api, Problem, refusals};
use crate::ledger::AuditEntry;
use crate::model::WorkspaceId;
use crate::tokens::{Secret, Standing, Token};
use axum::http::header::{AUTHORIZATION, HeaderMap};
use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use hatstand_common::program::Program;
use hatstand_common::value::{Instant, Place};
use std::num::NonZeroU32;
use std::time::Duration;

/// The last use is written down at most so often.
const NOTED: Duration = Duration::from_secs(60);

/// How many seconds' worth may come at once.
const BURST: u32 = 5;

/// A program whose token counts.
#[derive(Clone, Debug)]
pub(super) struct Caller {
    pub token: Token,
    pub workspace: WorkspaceId,
}

/// Somebody who is not let in.
#[derive(Debug)]
pub(super) struct Refused {
    /// The name of the token, if it was one.
    pub token: Option<String>,
    pub problem: Problem,
}

impl From<Problem> for Refused {
    fn from(problem: Problem) -> Self {
        Self { token: None, problem }
    }
}

impl Api {
    /// Whose request this is.
    pub(super) async fn caller(&self, headers: &HeaderMap) -> Result<Caller, Refused> {
        let secret = secret(headers)?;
        let token = self.ledger.token(secret.hash()).await.map_err(|why| Problem::not_kept(&why))?;
        let token = token.ok_or_else(Problem::unknown_token)?;
        let name = token.name.clone();
        self.admit(token).await.map_err(|problem| Refused { token: Some(name), problem })
    }

    async fn admit(&self, token: Token) -> Result<Caller, Problem> {
        self.rates.check(&token.name)?;
        let now = self.clock.now();
        let workspace = self.directory.workspace(token.workspace.as_ref()).cloned();
        let problem = match token.standing(now) {
            Standing::Valid => {
                let workspace = workspace.ok_or_else(Problem::no_workspace)?;
                self.note_use(&token, now).await;
                return Ok(Caller { token, workspace });
            }
            Standing::Expired => Problem::expired_token(&token.name),
            Standing::Revoked => Problem::revoked_token(&token.name),
        };
        let program = Program { token: &token.name, acts_for: None };
        let attempt = Attempt { program, workspace, place: None, channel: "", what: "request", line: "" };
        self.note_refusal(attempt, &problem).await;
        Err(problem)
    }

    /// Nobody waits for it: whether it is on disk changes nothing for the program.
    async fn note_use(&self, token: &Token, now: Instant) {
        if token.used.is_some_and(|used| now.since(used) < NOTED) {
            return;
        }
        if let Err(why) = self.ledger.token_used(&token.name, now).await {
            tracing::warn!(token = token.name, %why, "it could not be written down that a token was used");
        }
    }

    /// Lets operators see who tried what, as far as the audit has room for it.
    pub(super) async fn note_refusal(&self, attempt: Attempt<'_>, problem: &Problem) {
        let (token, now) = (attempt.program.token, self.clock.now());
        let Some(number) = self.refusals.count(token, now) else {
            tracing::debug!(token, what = attempt.what, why = problem.detail, "refused once more");
            return;
        };
        let entry = AuditEntry {
            reference: problem.reference.clone(),
            at: now,
            workspace: attempt.workspace.unwrap_or_else(|| WorkspaceId::from("")),
            place: attempt.place,
            channel: attempt.channel.to_owned(),
            person: Some(attempt.program.id()),
            called: attempt.program.to_string(),
            plugin: crate::model::PluginName::host(),
            build: String::new(),
            event: None,
            line: AuditEntry::shortened(attempt.line),
            what: attempt.what.to_owned(),
            rule: format!("token {}", attempt.program.token),
            outcome: "denied".to_owned(),
            detail: refusals::told(&problem.detail, number),
            data: String::new(),
            about: String::new(),
            took: Duration::ZERO,
        };
        if let Err(why) = self.ledger.note(entry).await {
            tracing::error!(token, %why, "a refused attempt could not be written down");
        }
    }
}

/// What somebody tried who was not let.
#[derive(Debug)]
pub(super) struct Attempt<'a> {
    pub program: Program<'a>,
    pub workspace: Option<WorkspaceId>,
    pub place: Option<Place>,
    pub channel: &'a str,
    pub what: &'a str,
    pub line: &'a str,
}

fn secret(headers: &HeaderMap) -> Result<Secret, Problem> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let (Some(value), None) = (values.next(), values.next()) else { return Err(Problem::no_token()) };
    let (scheme, token) = value.to_str().ok().and_then(|value| value.split_once(' ')).ok_or_else(Problem::no_token)?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(Problem::no_token());
    }
    Secret::read(token.trim()).ok_or_else(Problem::unknown_token)
}

/// How much each token may ask. Whoever has no token that was ever given out is not kept count of.
#[derive(Debug)]
pub(super) struct Rates {
    tokens: DefaultKeyedRateLimiter<String>,
    clock: DefaultClock,
}

impl Rates {
    pub(super) fn new(per_second: NonZeroU32) -> Self {
        let quota = Quota::per_second(per_second).allow_burst(per_second.saturating_mul(NonZeroU32::new(BURST).expect("it is some")));
        Self { tokens: RateLimiter::keyed(quota), clock: DefaultClock::default() }
    }

    fn check(&self, token: &str) -> Result<(), Problem> {
        let free = self.tokens.check_key(&token.to_owned());
        free.map_err(|busy| Problem::too_fast(busy.wait_time_from(self.clock.now())))
    }
}
