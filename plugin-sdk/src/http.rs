//! Requests to the outside.

use crate::bindings::hatstand::plugin::http as wire;
use crate::contract::named_values;
use crate::error::NotGranted;
use crate::host::http as host;
use hatstand_common::value::millis;
use serde::Serialize;
use std::fmt;
use std::time::Duration;

/// Requests to the outside. Each destination needs a grant, such as `http:https://api.example.com`.
///
/// A request leaves after the handler has returned ok; the response, or the reason why there is none, comes to the handler
/// `#[response("...")]`, also after a restart or a swap. Credentials that the operator bound to a destination are added by the host.
///
/// ```
/// use hatstand_plugin::prelude::*;
///
/// /// Watches a service.
/// #[derive(Plugin)]
/// #[plugin(wants("http:https://status.example.com"))]
/// struct Status;
///
/// #[commands]
/// impl Status {
///     /// Is everything all right?
///     #[command("status")]
///     fn status(cx: &mut Context) -> Result<Reply> {
///         cx.http().get("https://status.example.com/now").header("Accept", "text/plain").then("show")?;
///         Ok(Reply::nothing())
///     }
///
///     #[response("show")]
///     fn show(_cx: &mut Context, response: Response) -> Result<Reply> {
///         let status = response.ok()?;
///         Ok(Reply::say(say!("The service says: {}", status.text())))
///     }
/// }
/// # fn main() {}
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Http(pub(crate) ());

impl Http {
    /// Begins a request that only reads.
    pub fn get(&self, url: impl Into<String>) -> Request {
        self.request("GET", url)
    }

    /// Begins a request that adds something.
    pub fn post(&self, url: impl Into<String>) -> Request {
        self.request("POST", url)
    }

    /// Begins a request that replaces something.
    pub fn put(&self, url: impl Into<String>) -> Request {
        self.request("PUT", url)
    }

    /// Begins a request that changes something.
    pub fn patch(&self, url: impl Into<String>) -> Request {
        self.request("PATCH", url)
    }

    /// Begins a request that removes something.
    pub fn delete(&self, url: impl Into<String>) -> Request {
        self.request("DELETE", url)
    }

    /// Begins a request with any method.
    pub fn request(&self, method: impl Into<String>, url: impl Into<String>) -> Request {
        Request {
            method: method.into(),
            url: url.into(),
            headers: Vec::new(),
            body: Ok(Vec::new()),
            timeout: Duration::from_secs(30),
            retries: 2,
            idempotency_key: None,
        }
    }
}

/// A request in the making; [`then`](Request::then) sends it.
#[derive(Debug)]
#[must_use = "a request is sent by `.then(\"tag\")`"]
pub struct Request {
    method: String,
    url: String,
    headers: Vec<(String, String)>,
    body: Result<Vec<u8>, serde_json::Error>,
    timeout: Duration,
    retries: u8,
    idempotency_key: Option<String>,
}

impl Request {
    /// Adds a header.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// The body, at most 1 MiB.
    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = Ok(body.into());
        self
    }

    /// The body as JSON, at most 1 MiB, with the header that says so.
    pub fn json(mut self, body: &(impl Serialize + ?Sized)) -> Self {
        self.body = serde_json::to_vec(body);
        self.header("Content-Type", "application/json")
    }

    /// How long each try may take: 30 s unless told otherwise, at most 60 s.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// How often to try again after a failure that may pass: twice unless told otherwise. A `POST` or `PATCH` is tried again only with
    /// an [`idempotency_key`](Request::idempotency_key).
    pub fn retries(mut self, retries: u8) -> Self {
        self.retries = retries;
        self
    }

    /// Sent as `Idempotency-Key`, the same for every try, so that the destination does it once.
    pub fn idempotency_key(mut self, key: impl Into<String>) -> Self {
        self.idempotency_key = Some(key.into());
        self
    }

    /// Sends the request once the handler has returned ok. `tag` is the name of the handler `#[response("...")]`, and optionally `:`
    /// and more.
    ///
    /// # Errors
    ///
    /// [`NotGranted`](Error::NotGranted) for a destination that the operator has not granted, [`Invalid`](Error::Invalid) for an
    /// address, header or body that cannot be, [`TooMuch`](Error::TooMuch) for the limits above.
    pub fn then(self, tag: impl Into<String>) -> Result<(), Error> {
        let request = wire::Request {
            tag: tag.into(),
            method: self.method,
            url: self.url,
            headers: named_values(self.headers),
            body: self.body.map_err(|reason| Error::Invalid(format!("the body cannot be written as JSON: {reason}")))?,
            timeout: millis(self.timeout),
            retries: self.retries,
            idempotency_key: self.idempotency_key,
        };
        Ok(host::send(&request)?)
    }
}

/// Why a request cannot be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// The operator has not granted this destination. As the error of a handler it is a refusal that names the grant.
    NotGranted(NotGranted),
    /// Not an `http` or `https` address, or a header or body that cannot be.
    Invalid(String),
    /// A limit is exceeded; the text names it.
    TooMuch(String),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::NotGranted(_) => write!(f, "the plugin may not send this request"),
            Error::Invalid(reason) => write!(f, "the request cannot be: {reason}"),
            Error::TooMuch(limit) => f.write_str(limit),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Error::NotGranted(grant) => Some(grant),
            _ => None,
        }
    }
}

impl From<wire::Error> for Error {
    fn from(error: wire::Error) -> Self {
        match error {
            wire::Error::NotGranted(grant) => Self::NotGranted(NotGranted(grant)),
            wire::Error::Invalid(reason) => Self::Invalid(reason),
            wire::Error::TooMuch(limit) => Self::TooMuch(limit),
        }
    }
}
