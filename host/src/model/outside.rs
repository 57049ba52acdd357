//! What plugins exchange with the world outside: requests, what comes of them, and webhooks.

use super::legible;
use hatstand_common::value::Place;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// A request that a plugin sends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// Comes back with the response.
    pub tag: String,
    pub method: String,
    pub url: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub headers: Vec<(String, String)>,
    #[serde(with = "legible")]
    pub body: Vec<u8>,
    /// For each try.
    pub timeout: Duration,
    /// How often it is tried again after a failure that may pass.
    pub retries: u8,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub idempotency_key: Option<String>,
    /// Where its response will happen.
    pub place: Option<Place>,
}

impl Request {
    /// May it arrive twice without doing more than once? RFC 9110, section 9.2.2, names the methods; a key makes it so for all others.
    pub fn is_repeatable(&self) -> bool {
        self.idempotency_key.is_some() || matches!(self.method.as_str(), "GET" | "HEAD" | "OPTIONS" | "PUT" | "DELETE")
    }

    /// Method and address, without what may be secret in the address.
    pub fn line(&self) -> String {
        let end = self.url.find(['?', '#']).unwrap_or(self.url.len());
        format!("{} {}", self.method, &self.url[..end])
    }
}

/// What came of a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Response {
    /// The request's.
    pub tag: String,
    pub outcome: Result<HttpAnswer, HttpFailure>,
}

impl Response {
    /// A stable word for the audit: the status, or why there is none.
    pub fn code(&self) -> String {
        match &self.outcome {
            Ok(answer) => answer.status.to_string(),
            Err(HttpFailure::Timeout) => "timeout".to_owned(),
            Err(HttpFailure::Connection(_)) => "no-connection".to_owned(),
            Err(HttpFailure::TooLarge) => "too-large".to_owned(),
            Err(HttpFailure::NotGranted(_)) => "not-granted".to_owned(),
        }
    }

    /// For the operator, if something went wrong.
    pub fn detail(&self) -> String {
        match &self.outcome {
            Err(HttpFailure::Connection(why) | HttpFailure::NotGranted(why)) => why.clone(),
            _ => String::new(),
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HttpAnswer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    #[serde(with = "legible")]
    pub body: Vec<u8>,
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HttpFailure {
    Timeout,
    /// The connection could not be made or broke.
    Connection(String),
    TooLarge,
    /// Names the grant that is missing.
    NotGranted(String),
}

/// What a webhook brought, its signature checked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Webhook {
    pub name: String,
    pub headers: Vec<(String, String)>,
    #[serde(with = "legible")]
    pub body: Vec<u8>,
}
