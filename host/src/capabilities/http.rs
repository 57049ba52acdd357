//! Requests to the outside: checked here, kept as effects, sent after the commit.

use super::spent::weight;
use super::{Invocation, State};
use crate::model::{Later, Request};
use crate::outside::Destination;
use crate::plugins::contract::http::{Error, Host, Request as Wire};
use reqwest::Method;
use reqwest::header::{HeaderName, HeaderValue};
use std::time::Duration;

const TAG_BYTES: usize = 512;
const URL_BYTES: usize = 8 * 1024;
const HEADERS: usize = 50;
const HEADERS_BYTES: usize = 16 * 1024;
const BODY_BYTES: usize = 1024 * 1024;
const KEY_BYTES: usize = 255;
const LONGEST: Duration = Duration::from_secs(60);

/// In one invocation.
const AT_ONCE: usize = 20;

/// Without a response, for each plugin and workspace.
const WAITING: usize = 1_000;

/// Headers of the connection, which would mean another destination or another request; and those by which a destination would answer in
/// another form or in pieces, in which nobody recognises a secret.
const OURS: [&str; 15] = [
    "a-im",
    "accept-charset",
    "accept-encoding",
    "connection",
    "content-length",
    "expect",
    "host",
    "idempotency-key",
    "if-range",
    "keep-alive",
    "range",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

impl Host for State {
    async fn send(&mut self, request: Wire) -> wasmtime::Result<Result<(), Error>> {
        let invocation = self.call(request.body.len() + request.url.len() + request.tag.len())?;
        let request = read(request, invocation);
        let bytes = weight(&request);
        invocation.move_bytes(bytes.saturating_sub(request.body.len()))?;
        if let Err(error) = check(&request).and_then(|destination| invocation.check_destination(&destination)) {
            return Ok(Err(error));
        }
        if let Err(limit) = invocation.check_count().await? {
            return Ok(Err(Error::TooMuch(limit)));
        }
        if let Err(exceeded) = invocation.count_written(bytes) {
            return Ok(Err(Error::TooMuch(exceeded.to_string())));
        }
        invocation.effects.requests.push(request);
        Ok(Ok(()))
    }
}

fn read(from: Wire, invocation: &Invocation) -> Request {
    Request {
        tag: from.tag,
        method: from.method,
        url: from.url,
        headers: from.headers.into_iter().map(|header| (header.name, header.value)).collect(),
        body: from.body,
        timeout: Duration::from_millis(from.timeout),
        retries: from.retries,
        idempotency_key: from.idempotency_key,
        place: invocation.place.clone(),
    }
}

/// Can there be such a request? Then where to.
fn check(request: &Request) -> Result<Destination, Error> {
    let invalid = |why: String| Err(Error::Invalid(why));
    if request.body.len() > BODY_BYTES {
        return Err(Error::TooMuch("a body has at most 1 MiB".to_owned()));
    }
    if !(1..=TAG_BYTES).contains(&request.tag.len()) {
        return invalid(format!("a tag has 1-{TAG_BYTES} bytes"));
    }
    if request.timeout.is_zero() || request.timeout > LONGEST {
        return invalid("a try takes more than nothing and at most 60 s".to_owned());
    }
    let method = Method::from_bytes(request.method.as_bytes());
    if method.is_err() || ["CONNECT", "TRACE"].contains(&request.method.as_str()) || request.method != request.method.to_uppercase() {
        return invalid(format!("`{}` is no method", request.method));
    }
    if request.idempotency_key.as_ref().is_some_and(|key| !(1..=KEY_BYTES).contains(&key.len()) || HeaderValue::from_str(key).is_err()) {
        return invalid(format!("an idempotency key has 1-{KEY_BYTES} bytes that can be in a header"));
    }
    check_headers(&request.headers)?;
    if request.url.len() > URL_BYTES {
        return Err(Error::TooMuch(format!("an address has at most {URL_BYTES} bytes")));
    }
    Destination::of_text(&request.url)
        .ok_or_else(|| Error::Invalid(format!("`{}` is no http or https address, or names a user", request.url)))
}

fn check_headers(headers: &[(String, String)]) -> Result<(), Error> {
    let bytes: usize = headers.iter().map(|(name, value)| name.len() + value.len()).sum();
    if headers.len() > HEADERS || bytes > HEADERS_BYTES {
        return Err(Error::TooMuch(format!("a request has at most {HEADERS} headers of {HEADERS_BYTES} bytes")));
    }
    for (name, value) in headers {
        let known = HeaderName::from_bytes(name.as_bytes()).map_err(|_| Error::Invalid(format!("`{name}` is no name of a header")))?;
        if HeaderValue::from_str(value).is_err() {
            return Err(Error::Invalid(format!("the header `{name}` has something in it that cannot be there")));
        }
        if OURS.contains(&known.as_str()) || known.as_str().starts_with("proxy-") {
            return Err(Error::Invalid(format!("the header `{name}` is the host's own")));
        }
    }
    Ok(())
}

impl Invocation {
    fn check_destination(&self, destination: &Destination) -> Result<(), Error> {
        let grant = destination.grant();
        if self.grants.allow(&grant) { Ok(()) } else { Err(Error::NotGranted(grant)) }
    }

    async fn check_count(&self) -> wasmtime::Result<Result<(), String>> {
        if self.effects.requests.len() >= AT_ONCE {
            return Ok(Err(format!("an invocation sends at most {AT_ONCE} requests")));
        }
        let waiting = self.world.count(Later::Response).await? + self.effects.requests.len();
        Ok(if waiting < WAITING { Ok(()) } else { Err(format!("a plugin has at most {WAITING} requests without a response")) })
    }
}
