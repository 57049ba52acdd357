//! What went wrong, as RFC 9457 has it: each with a stable code, and a sentence that says what to do next and that nothing was changed.

use super::command::Target;
use super::outcome::Came;
use super::request::LONGEST_BODY;
use crate::ledger::LedgerError;
use crate::router::Answer;
use axum::http::header::{CONTENT_TYPE, HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderName, StatusCode};
use axum::response::{IntoResponse, Response};
use hatstand_common::grammar::quote;
use hatstand_common::period::spell;
use serde_json::json;
use std::time::Duration;

/// Begins the type of every problem.
const TYPE: &str = "urn:hatstand:problem:";

pub(super) const CONTENT: &str = "application/problem+json";

/// A request that came to nothing.
#[derive(Clone, Debug)]
pub struct Problem {
    pub status: StatusCode,
    /// A stable word.
    pub code: String,
    /// The same for every problem with this code.
    pub title: &'static str,
    /// What was wrong this time.
    pub detail: String,
    /// Names it in the log, and in the audit if it is there.
    pub reference: String,
    /// What came of the command, if it was given.
    pub came: Option<Box<Came>>,
    header: Option<Box<(HeaderName, String)>>,
}

impl Problem {
    fn new(status: StatusCode, code: &str, title: &'static str, detail: impl Into<String>) -> Self {
        let [one, two, three]: [u8; 3] = rand::random();
        Self {
            status,
            code: code.to_owned(),
            title,
            detail: assured(&detail.into()),
            reference: format!("{one:02x}{two:02x}{three:02x}"),
            came: None,
            header: None,
        }
    }

    fn with_header(self, name: HeaderName, value: impl Into<String>) -> Self {
        Self { header: Some(Box::new((name, value.into()))), ..self }
    }

    // 400: the request makes no sense.

    pub(super) fn bad_json(why: &str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "bad-json", "The body is no JSON", format!("The body cannot be read: {why}."))
    }

    pub(super) fn bad_request(why: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "bad-request", "The request makes no sense", why.into() + ".")
    }

    pub(super) fn bad_key() -> Self {
        let detail = "Idempotency-Key has 1-100 characters of ASCII, and is there once.";
        Self::new(StatusCode::BAD_REQUEST, "bad-key", "The key cannot be kept", detail)
    }

    pub(super) fn cut_off() -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            "cut-off",
            "The body did not arrive",
            "The body ended too early, or took longer than 30 seconds.",
        )
    }

    pub(super) fn which_channel() -> Self {
        let detail = "`channel` is missing: it can only be left out with a token for exactly one channel.";
        Self::new(StatusCode::BAD_REQUEST, "which-channel", "No channel was named", detail)
    }

    pub(super) fn unknown_argument(name: &str, nearest: Option<&str>, usages: &[String]) -> Self {
        let detail = format!("There is no argument {}{} {}", quote(name), meant(nearest), usage(usages));
        Self::new(StatusCode::BAD_REQUEST, "unknown-argument", "The command has no such argument", detail)
    }

    pub(super) fn missing_argument(name: &str, usages: &[String]) -> Self {
        let detail = format!("The argument `{name}` is missing. {}", usage(usages));
        Self::new(StatusCode::BAD_REQUEST, "missing-argument", "An argument is missing", detail)
    }

    pub(super) fn arguments_do_not_fit(usages: &[String]) -> Self {
        let detail = format!("These arguments do not go together. {}", usage(usages));
        Self::new(StatusCode::BAD_REQUEST, "arguments-do-not-fit", "The arguments do not go together", detail)
    }

    pub(super) fn bad_argument(name: &str, why: &str) -> Self {
        let detail = format!("`{name}`: {}.", why.trim_end_matches('.'));
        Self::new(StatusCode::BAD_REQUEST, "bad-argument", "An argument cannot be read", detail)
    }

    /// A line that is no command.
    pub(super) fn unread(answer: Answer) -> Self {
        let code = answer.code();
        match answer {
            Answer::Unknown(unknown) => Self::new(StatusCode::NOT_FOUND, "unknown-command", "There is no such command", unknown.sentence()),
            Answer::Misread(misread) => {
                Self::new(StatusCode::BAD_REQUEST, code, "The command cannot be read", misread.sentence().replace('\n', " "))
            }
            _ => Self::new(StatusCode::BAD_REQUEST, code, "The command cannot be read", "The line is longer than a command can be."),
        }
    }

    // 401: nobody who is known.

    pub(super) fn no_token() -> Self {
        let detail = "Send a token: `Authorization: Bearer hst_...`. An operator makes one with `hatstand token create`.";
        let problem = Self::new(StatusCode::UNAUTHORIZED, "no-token", "A token is needed", detail);
        problem.with_header(WWW_AUTHENTICATE, "Bearer realm=\"hatstand\"")
    }

    pub(super) fn unknown_token() -> Self {
        Self::invalid("unknown-token", "The token is not known", "This token was never made here. See `hatstand token list`.".to_owned())
    }

    pub(super) fn expired_token(name: &str) -> Self {
        let detail = format!("The token `{name}` has expired. An operator makes another one with `hatstand token create`.");
        Self::invalid("expired-token", "The token has expired", detail)
    }

    pub(super) fn revoked_token(name: &str) -> Self {
        let detail = format!("The token `{name}` was revoked. An operator makes another one with `hatstand token create`.");
        Self::invalid("revoked-token", "The token was revoked", detail)
    }

    fn invalid(code: &str, title: &'static str, detail: String) -> Self {
        let problem = Self::new(StatusCode::UNAUTHORIZED, code, title, detail);
        problem.with_header(WWW_AUTHENTICATE, "Bearer realm=\"hatstand\", error=\"invalid_token\"")
    }

    // 403: known, and not allowed.

    pub(super) fn no_workspace() -> Self {
        let detail = "The token is for a workspace that is not served here, or for none of several: make one with `--workspace`.";
        Self::new(StatusCode::FORBIDDEN, "no-workspace", "The token has no workspace here", detail)
    }

    pub(super) fn channel_not_allowed(token: &str, channel: &str) -> Self {
        let detail =
            format!("The token `{token}` is not for #{channel}. An operator makes one that is: `hatstand token create --channel`.");
        Self::new(StatusCode::FORBIDDEN, "channel-not-allowed", "The token is not for this channel", detail)
    }

    pub(super) fn command_not_allowed(token: &str, usage: &str) -> Self {
        let detail = format!("The token `{token}` is not for `{usage}`. An operator makes one that is: `hatstand token create --allow`.");
        Self::new(StatusCode::FORBIDDEN, "command-not-allowed", "The token is not for this command", detail)
    }

    pub(super) fn for_administrators(usage: &str) -> Self {
        let detail = format!("Only administrators may use `{usage}`, and no program is one.");
        Self::new(StatusCode::FORBIDDEN, "denied", "It is not allowed", detail)
    }

    // 404: not there.

    pub(super) fn no_such_address() -> Self {
        let detail = "There is nothing at this address: see /api/v1/openapi.json for what there is.";
        Self::new(StatusCode::NOT_FOUND, "no-such-address", "There is nothing here", detail)
    }

    pub(super) fn unknown_channel(name: &str) -> Self {
        let detail = format!("{} is no channel that the bot knows: give its id, or its name, and invite the bot there.", quote(name));
        Self::new(StatusCode::NOT_FOUND, "unknown-channel", "There is no such channel", detail)
    }

    pub(super) fn unknown_plugin(name: &str, nearest: Option<&str>) -> Self {
        let detail = format!("There is no plugin {}{}", quote(name), meant(nearest));
        Self::new(StatusCode::NOT_FOUND, "unknown-plugin", "There is no such plugin", detail)
    }

    pub(super) fn unknown_command(target: &Target, nearest: Option<&str>) -> Self {
        let detail = format!("{} has no command {}{}", quote(&target.plugin), quote(&target.command), meant(nearest));
        Self::new(StatusCode::NOT_FOUND, "unknown-command", "There is no such command", detail)
    }

    // Of HTTP itself.

    pub(super) fn method_not_allowed() -> Self {
        let detail = "Commands are given with POST; openapi.json is read with GET.";
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "method-not-allowed", "This is not done with this method", detail)
    }

    pub(super) fn too_large() -> Self {
        let detail = format!("A body has at most {} KiB.", LONGEST_BODY / 1024);
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "too-large", "The body is too long", detail)
    }

    pub(super) fn not_json() -> Self {
        let detail = "Send JSON, with `Content-Type: application/json`.";
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "not-json", "The body is of another kind", detail)
    }

    pub(super) fn key_reused() -> Self {
        let detail = "This Idempotency-Key came with another request before: take a new key for a new request.";
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "key-reused", "The key is another request's", detail)
    }

    pub(super) fn too_fast(wait: Duration) -> Self {
        let seconds = wait.as_secs() + 1;
        let detail = format!("This token asks too much: wait {seconds} s.");
        let problem = Self::new(StatusCode::TOO_MANY_REQUESTS, "too-fast", "Too many requests", detail);
        problem.with_header(RETRY_AFTER, seconds.to_string())
    }

    // 5xx: not the program's doing.

    pub(super) fn not_kept(why: &LedgerError) -> Self {
        tracing::error!(%why, "a program's request cannot be kept");
        if matches!(why, LedgerError::Full) {
            let detail = "The disk of the ledger is full: ask again later, with the same Idempotency-Key, and tell the operator.";
            return Self::new(StatusCode::INSUFFICIENT_STORAGE, "disk-full", "There is no room for the request", detail);
        }
        let detail = "The ledger cannot keep anything right now: ask again later, with the same Idempotency-Key. The operator finds the reason in the log.";
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "not-kept", "The request could not be kept", detail)
    }

    /// The ledger keeps it as soon as it can, so nothing can be said about what is changed.
    pub(super) fn not_kept_in_time() -> Self {
        let detail = "The ledger has been busy for too long: ask again later, with the same Idempotency-Key. The request may still be kept, and \
                      the command may still happen.";
        Self { detail: detail.to_owned(), ..Self::new(StatusCode::SERVICE_UNAVAILABLE, "not-kept", "The request could not be kept", "") }
    }

    pub(super) fn not_in_time(patience: Duration) -> Self {
        let why = format!("The command was not answered within {}.", spell(patience));
        Self::unanswered("not-in-time", "The command was not answered in time", &why)
    }

    pub(super) fn stopping() -> Self {
        Self::unanswered("stopping", "The bot is being stopped", "The bot is being stopped.")
    }

    /// It is recorded, so nothing can be said about what is changed.
    fn unanswered(code: &str, title: &'static str, why: &str) -> Self {
        let detail =
            format!("{why} It is recorded and may still happen: ask again with the same Idempotency-Key to learn what came of it.");
        Self { detail, ..Self::new(StatusCode::SERVICE_UNAVAILABLE, code, title, "") }
    }

    /// A command of long ago.
    pub(super) fn forgotten() -> Self {
        let detail = "What came of this command is forgotten meanwhile: take a new Idempotency-Key to give it again.";
        Self { detail: detail.to_owned(), ..Self::new(StatusCode::SERVICE_UNAVAILABLE, "forgotten", "The command is forgotten", "") }
    }

    /// A command was given, and came to nothing.
    pub(super) fn of_outcome(status: StatusCode, title: &'static str, came: Came) -> Self {
        let said = came.messages.join(" ").replace('\n', " ");
        let detail = if said.is_empty() { format!("It ended with `{}`.", came.outcome) } else { said };
        let problem = Self::new(status, &came.outcome, title, detail);
        Self { reference: came.reference.clone(), came: Some(Box::new(came)), ..problem }
    }
}

/// What everybody asks next.
fn assured(detail: &str) -> String {
    if detail.contains("Nothing was") { detail.to_owned() } else { format!("{} Nothing was changed.", detail.trim_end()) }
}

fn meant(nearest: Option<&str>) -> String {
    nearest.map_or_else(|| ".".to_owned(), |nearest| format!(". Did you mean `{nearest}`?"))
}

fn usage(usages: &[String]) -> String {
    let usages: Vec<String> = usages.iter().map(|usage| format!("`{usage}`")).collect();
    format!("In chat it is {}.", usages.join(" or "))
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut body = json!({
            "type": format!("{TYPE}{}", self.code),
            "title": self.title,
            "status": self.status.as_u16(),
            "detail": self.detail,
            "code": self.code,
            "reference": self.reference,
        });
        if let Some(came) = self.came {
            body["event"] = json!(came.event);
            body["data"] = json!(came.data);
            body["messages"] = json!(came.messages);
        }
        let mut response = (self.status, body.to_string()).into_response();
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(CONTENT));
        if let Some((name, value)) = self.header.and_then(|header| Some((header.0, HeaderValue::try_from(header.1).ok()?))) {
            response.headers_mut().insert(name, value);
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_promised_about_what_is_recorded() {
        for problem in
            [Problem::not_in_time(Duration::from_secs(30)), Problem::stopping(), Problem::forgotten(), Problem::not_kept_in_time()]
        {
            assert!(!problem.detail.contains("Nothing was changed"), "{problem:?}");
            assert!(problem.detail.contains("Idempotency-Key"), "{problem:?}");
        }
        assert!(Problem::cut_off().detail.ends_with("Nothing was changed."));
    }

    #[test]
    fn what_a_person_typed_stands_between_back_ticks() {
        let problem = Problem::unknown_channel("*bold*\n`x`");
        assert!(problem.detail.starts_with("`*bold* x` is no channel"), "{problem:?}");
    }
}
