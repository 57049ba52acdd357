//! One try of a request: to destinations that are granted, at addresses that may be reached, with what the operator adds, and within bounds.

use super::Destination;
use super::address::{Private, PublicOnly};
use super::terms::Terms;
use crate::model::{HttpAnswer, HttpFailure, Request};
use crate::plugins::grants::Grants;
use reqwest::header::{AUTHORIZATION, CONTENT_ENCODING, COOKIE, HeaderMap, HeaderName, HeaderValue, LOCATION, RETRY_AFTER, SET_COOKIE};
use reqwest::redirect::Policy;
use reqwest::{ClientBuilder, Method, Response, Url};
use std::collections::BTreeMap;
use std::error::Error;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

/// What a plugin is handed at most.
pub const ANSWER_BYTES: usize = 1024 * 1024;
const HEADERS_BYTES: usize = 64 * 1024;

/// How often somebody may be sent elsewhere.
const REDIRECTS: usize = 5;

/// A machine that does not answer at all is not there.
const CONNECT: Duration = Duration::from_secs(10);

const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// What came of one try.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tried {
    pub outcome: Result<HttpAnswer, HttpFailure>,
    /// May the destination have got anything of it?
    pub sent: bool,
    /// How long the destination asks to be left alone.
    pub wait: Option<Duration>,
}

impl Tried {
    pub fn not_sent(why: HttpFailure) -> Self {
        Self { outcome: Err(why), sent: false, wait: None }
    }
}

/// What a plugin may reach, and on which terms.
#[derive(Clone, Copy, Debug)]
pub struct Permit<'a> {
    pub grants: &'a Grants,
    pub terms: &'a BTreeMap<Destination, Terms>,
}

/// Connects to the world outside.
#[derive(Clone, Debug)]
pub struct Client {
    /// Finds public addresses only.
    public: reqwest::Client,
    /// For destinations that may be private.
    any: reqwest::Client,
}

impl Client {
    /// Reads the certificates that this machine trusts.
    pub fn new() -> Result<Self, String> {
        let tls = tls()?;
        let build = |builder: ClientBuilder| {
            let builder = builder.tls_backend_preconfigured(tls.clone()).no_proxy().redirect(Policy::none()).retry(reqwest::retry::never());
            let builder = builder.connect_timeout(CONNECT).user_agent(concat!("hatstand/", env!("CARGO_PKG_VERSION")));
            builder.build().map_err(|why| why.to_string())
        };
        Ok(Self { public: build(ClientBuilder::new().dns_resolver(Arc::new(PublicOnly)))?, any: build(ClientBuilder::new())? })
    }

    /// Tries a request once, redirects and all.
    pub async fn try_once(&self, request: &Request, permit: Permit<'_>) -> Tried {
        let limit = Destination::of_text(&request.url).and_then(|destination| permit.terms.get(&destination)?.timeout);
        let limit = limit.map_or(request.timeout, |limit| limit.min(request.timeout));
        match tokio::time::timeout(limit, self.follow(request, permit)).await {
            Ok(tried) => tried,
            Err(_) => Tried { outcome: Err(HttpFailure::Timeout), sent: true, wait: None },
        }
    }

    /// Goes where it is sent, as long as that is for reading only: what changes something is done where the plugin wanted it, or nowhere.
    async fn follow(&self, request: &Request, permit: Permit<'_>) -> Tried {
        let not_granted = || Tried::not_sent(HttpFailure::NotGranted(request.line()));
        let Ok(mut url) = Url::parse(&request.url) else { return not_granted() };
        let Some(origin) = Destination::of(&url) else { return not_granted() };
        let is_reading = matches!(request.method.as_str(), "GET" | "HEAD");
        for _ in 0..=REDIRECTS {
            let hop = match Hop::to(&url, permit) {
                Ok(hop) => hop,
                Err(why) => return Tried::not_sent(why),
            };
            let headers = headers(request, hop.destination == origin, hop.terms);
            let response = match self.send(request, &url, headers, &hop).await {
                Ok(response) => response,
                Err(tried) => return tried,
            };
            match next(&url, &response).filter(|_| is_reading) {
                Some(there) => url = there,
                None => return read(response, hop.terms).await,
            }
        }
        Tried { outcome: Err(HttpFailure::Connection("it was sent from one place to the next".to_owned())), sent: true, wait: None }
    }

    async fn send(&self, request: &Request, url: &Url, headers: HeaderMap, hop: &Hop<'_>) -> Result<Response, Tried> {
        let method = Method::from_bytes(request.method.as_bytes()).unwrap_or_default();
        let client = if hop.private { &self.any } else { &self.public };
        let sent = client.request(method, url.clone()).headers(headers).body(request.body.clone()).send().await;
        sent.map_err(|why| failed(&why, &hop.destination))
    }
}

/// A place on the way, which may be gone to.
struct Hop<'a> {
    destination: Destination,
    terms: Option<&'a Terms>,
    private: bool,
}

impl<'a> Hop<'a> {
    fn to(url: &Url, permit: Permit<'a>) -> Result<Self, HttpFailure> {
        let destination = Destination::of(url).ok_or_else(|| HttpFailure::NotGranted(url.scheme().to_owned()))?;
        if !permit.grants.allow(&destination.grant()) {
            return Err(HttpFailure::NotGranted(destination.grant()));
        }
        let terms = permit.terms.get(&destination);
        let private = terms.is_some_and(|terms| terms.private);
        // Of a name the resolver decides; an address by number is never resolved.
        if !private && destination.is_private_number() {
            return Err(HttpFailure::NotGranted(private_grant(&destination)));
        }
        Ok(Self { destination, terms, private })
    }
}

/// What the operator would have to say, and did not.
fn private_grant(destination: &Destination) -> String {
    format!("{} at a private address", destination.grant())
}

/// What the plugin gives, unless it goes elsewhere than the plugin wanted; and what the operator adds.
fn headers(request: &Request, is_origin: bool, terms: Option<&Terms>) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in &request.headers {
        let (Ok(name), Ok(value)) = (HeaderName::from_bytes(name.as_bytes()), HeaderValue::from_str(value)) else { continue };
        if is_origin || ![AUTHORIZATION, COOKIE].contains(&name) {
            headers.append(name, value);
        }
    }
    if let Some(key) = request.idempotency_key.as_deref().and_then(|key| HeaderValue::from_str(key).ok()) {
        headers.insert(IDEMPOTENCY_KEY, key);
    }
    for (name, credential) in terms.into_iter().flat_map(|terms| &terms.headers) {
        headers.insert(name.clone(), credential.header());
    }
    headers
}

/// Where the answer says to look instead.
fn next(url: &Url, response: &Response) -> Option<Url> {
    let is_redirect = matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308);
    let there = response.headers().get(LOCATION).filter(|_| is_redirect)?.to_str().ok()?;
    url.join(there).ok()
}

async fn read(mut response: Response, terms: Option<&Terms>) -> Tried {
    let (status, wait) = (response.status().as_u16(), wait(response.headers()));
    let mut body = Vec::new();
    let outcome = loop {
        // Nobody asked for it, and within it no secret is recognised.
        if is_encoded(response.headers()) && terms.is_some_and(Terms::has_secrets) {
            break Err(HttpFailure::Connection("the answer is encoded, which was not asked for".to_owned()));
        }
        match response.chunk().await {
            Ok(Some(chunk)) if body.len() + chunk.len() > ANSWER_BYTES => break Err(HttpFailure::TooLarge),
            Ok(Some(chunk)) => body.extend(chunk),
            Ok(None) => break Ok(()),
            Err(why) => break Err(HttpFailure::Connection(cause(&why))),
        }
    };
    let clean = |text: Vec<u8>| match terms {
        Some(terms) => terms.redacted(text),
        None => text,
    };
    let headers = readable(response.headers()).map(|(name, value)| (name, String::from_utf8_lossy(&clean(value)).into_owned()));
    let outcome = outcome.map(|()| HttpAnswer { status, headers: headers.collect(), body: clean(body) });
    Tried { outcome, sent: true, wait }
}

fn is_encoded(headers: &HeaderMap) -> bool {
    headers.get_all(CONTENT_ENCODING).iter().any(|encoding| !encoding.as_bytes().eq_ignore_ascii_case(b"identity"))
}

/// The headers that a plugin is handed: no cookies, and not more than there is room for.
fn readable(headers: &HeaderMap) -> impl Iterator<Item = (String, Vec<u8>)> {
    let mut left = HEADERS_BYTES;
    let named = headers.iter().filter(|(name, _)| **name != SET_COOKIE);
    named.map(|(name, value)| (name.as_str().to_owned(), value.as_bytes().to_vec())).take_while(move |(name, value)| {
        left = left.saturating_sub(name.len() + value.len());
        left > 0
    })
}

/// `Retry-After`, in either of its forms (RFC 9110, section 10.2.3).
fn wait(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let moment = jiff::fmt::rfc2822::parse(text).ok()?;
    SystemTime::from(moment.timestamp()).duration_since(SystemTime::now()).ok()
}

/// Why there is no answer. What could not connect has sent nothing.
fn failed(why: &reqwest::Error, destination: &Destination) -> Tried {
    if causes(why).any(<dyn Error + 'static>::is::<Private>) {
        return Tried::not_sent(HttpFailure::NotGranted(private_grant(destination)));
    }
    let failure = HttpFailure::Connection(cause(why));
    match why.is_connect() || why.is_builder() {
        true => Tried::not_sent(failure),
        false => Tried { outcome: Err(failure), sent: true, wait: None },
    }
}

/// What is at the bottom of an error: that has no address in it.
fn cause(why: &reqwest::Error) -> String {
    causes(why).last().map_or_else(|| "the connection broke".to_owned(), ToString::to_string)
}

fn causes(why: &reqwest::Error) -> impl Iterator<Item = &(dyn Error + 'static)> {
    std::iter::successors(why.source(), |why: &&(dyn Error + 'static)| (*why).source())
}

fn tls() -> Result<rustls::ClientConfig, String> {
    use hyper_rustls::ConfigBuilderExt;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = rustls::ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let builder = builder.map_err(|why| why.to_string())?.with_native_roots().map_err(|why| why.to_string())?;
    Ok(builder.with_no_client_auth())
}

#[cfg(test)]
mod tests {
    use super::super::terms::Credential;
    use super::*;
    use crate::plugins::grants::Offer;
    use std::io::{Read, Write};
    use std::net::TcpListener;
    use std::thread;

    /// A service on this machine that gives one answer, however often it is asked. Returns its port.
    fn service(answer: &'static str) -> u16 {
        let listener = TcpListener::bind("127.0.0.1:0").expect("the loopback has room");
        let port = listener.local_addr().expect("it listens").port();
        thread::spawn(move || {
            for mut connection in listener.incoming().map_while(Result::ok) {
                let _ = connection.read(&mut [0; 4096]);
                let _ = connection.write_all(answer.as_bytes());
            }
        });
        port
    }

    async fn tried(url: &str, terms: Terms) -> Tried {
        let destination = Destination::of_text(url).expect("it is one");
        let grant = destination.grant();
        let grants = Grants::new(std::slice::from_ref(&grant), &Offer::These([grant.clone()].into()), &[].into());
        let request = Request {
            tag: "t".to_owned(),
            method: "GET".to_owned(),
            url: url.to_owned(),
            headers: Vec::new(),
            body: Vec::new(),
            timeout: Duration::from_secs(60),
            retries: 0,
            idempotency_key: None,
            place: None,
        };
        let terms = BTreeMap::from([(destination, terms)]);
        Client::new().expect("it starts").try_once(&request, Permit { grants: &grants, terms: &terms }).await
    }

    fn private() -> Terms {
        Terms { private: true, ..Terms::default() }
    }

    #[tokio::test]
    async fn a_grant_for_a_private_number_is_not_enough() {
        let port = service("HTTP/1.1 204 No Content\r\n\r\n");
        for host in ["127.0.0.1", "127.1", "0x7f.1", "2130706433", "017700000001", "0.0.0.0", "[::ffff:127.0.0.1]"] {
            let url = format!("http://{host}:{port}/");
            let tried_so = tried(&url, Terms::default()).await;
            assert!(!tried_so.sent && matches!(tried_so.outcome, Err(HttpFailure::NotGranted(_))), "{url}: {tried_so:?}");
        }
        let allowed = tried(&format!("http://127.1:{port}/"), private()).await;
        assert_eq!(allowed.outcome.map(|answer| answer.status), Ok(204));
    }

    #[tokio::test]
    async fn an_encoded_answer_carries_no_secret_past_the_stars() {
        let port = service("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 6\r\n\r\nsecret");
        let url = format!("http://127.0.0.1:{port}/");
        let credential = Credential::new("canary".to_owned(), &[]).expect("it can be a header");
        let with_secret = Terms { headers: vec![(AUTHORIZATION, credential)], ..private() };
        let refused = tried(&url, with_secret).await;
        assert!(matches!(&refused.outcome, Err(HttpFailure::Connection(why)) if why.contains("encoded")), "{refused:?}");
        let plain = tried(&url, private()).await;
        assert_eq!(plain.outcome.map(|answer| answer.body), Ok(b"secret".to_vec()), "there is nothing to hide");
    }
}
