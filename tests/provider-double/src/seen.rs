//! What arrived at a service.

use axum::http::{HeaderMap, Method, Uri};
use jiff::Timestamp;
use serde_json::Value;

/// A request that arrived, whatever came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// When it arrived, by the caller's clock.
    pub at: Timestamp,
    /// `GET`, `POST`, ...
    pub method: String,
    /// The path, with its query.
    pub path: String,
    /// The headers in the order of their arrival, their names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body as it came.
    pub body: Vec<u8>,
}

impl Seen {
    pub(crate) fn new(at: Timestamp, method: &Method, uri: &Uri, headers: &HeaderMap, body: &[u8]) -> Self {
        let headers = headers.iter().map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned()));
        let path = uri.path_and_query().map_or_else(|| uri.path().to_owned(), ToString::to_string);
        Self { at, method: method.to_string(), path, headers: headers.collect(), body: body.to_vec() }
    }

    /// The first header of this name, in any case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// The body, if it is JSON.
    pub fn json(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok()
    }

    /// Whether a text is anywhere in it: in the path, a header or the body.
    pub fn says(&self, text: &str) -> bool {
        let in_body = String::from_utf8_lossy(&self.body).contains(text);
        in_body || self.path.contains(text) || self.headers.iter().any(|(name, value)| name.contains(text) || value.contains(text))
    }

    /// Whether it is of this method, and its path begins like this.
    pub(crate) fn is_to(&self, method: &str, path: &str) -> bool {
        self.method.eq_ignore_ascii_case(method) && self.path.starts_with(path)
    }
}
