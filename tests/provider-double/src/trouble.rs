//! Misbehaviour on demand.

use axum::{
    Json,
    body::Body,
    http::{HeaderMap, StatusCode, header},
    response::{Html, IntoResponse, Response},
};
use serde_json::{Map, Value, json};

/// What goes wrong with a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// This status; nothing is done.
    Answers(Overload),
    /// Done, and answered with JSON that has nothing to do with it.
    Nonsense,
    /// Done, and answered with a page for people.
    Garbage,
    /// Done, and the connection is closed without a word.
    Breaks,
    /// Nothing is done; it is at another address.
    Redirects(String),
    /// Nothing is done; the answer is made of the headers that came.
    Echoes,
}

/// A status that refuses, and when to come again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Overload {
    pub(crate) status: StatusCode,
    pub(crate) retry_after: Option<u64>,
}

/// A trouble, and how often it is still to happen; for ever if not said.
#[derive(Clone, Debug)]
pub(crate) struct Ordered {
    pub(crate) trouble: Trouble,
    pub(crate) left: Option<u64>,
}

/// The connection is to be closed without an answer.
#[derive(Debug)]
pub(crate) struct Cut;

impl std::fmt::Display for Cut {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("cut on order")
    }
}

impl std::error::Error for Cut {}

/// The answer to a request that was carried out, by way of its trouble.
pub(crate) fn spoil(answer: Response, trouble: Option<&Trouble>) -> Result<Response, Cut> {
    match trouble {
        Some(Trouble::Breaks) => Err(Cut),
        Some(Trouble::Nonsense) => Ok(Json(json!([["weather", "fine"], 42, { "state": ["success"] }])).into_response()),
        Some(Trouble::Garbage) => Ok(Html("<!doctype html><title>Welcome</title><p>Please log in.").into_response()),
        _ => Ok(answer),
    }
}

/// `307 Temporary Redirect`, which keeps method and body (RFC 9110, section 15.4.8).
pub(crate) fn redirect(to: &str) -> Response {
    (StatusCode::TEMPORARY_REDIRECT, [(header::LOCATION, to.to_owned())], Body::empty()).into_response()
}

/// The headers that came, as JSON.
pub(crate) fn echo(headers: &HeaderMap) -> Response {
    let pairs = headers.iter().map(|(name, value)| (name.to_string(), Value::from(String::from_utf8_lossy(value.as_bytes()).into_owned())));
    Json(json!({ "headers": pairs.collect::<Map<_, _>>() })).into_response()
}
