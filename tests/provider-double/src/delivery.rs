//! Webhooks on their way to the bot.

use std::{net::SocketAddr, time::Duration};

use axum::{
    body::{Body, to_bytes},
    http::{HeaderName, HeaderValue, Request},
};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use jiff::Timestamp;
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::signature::{Signature, hex};

/// How long a sender waits for the answer (GitHub, "Best practices for using webhooks": 10 seconds).
const PATIENCE: Duration = Duration::from_secs(10);

/// A webhook as it goes out: `POST` of a body with headers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Delivery {
    /// The headers, in order; a name may come twice.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Delivery {
    /// The first header of this name, in any case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// The body, if it is JSON.
    pub fn json(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok()
    }

    /// Sends it, and waits for the status that it is answered with.
    pub(crate) async fn send(&self, hooks: SocketAddr, plugin: &str, hook: &str) -> Result<u16, String> {
        let url = format!("http://{hooks}/hooks/{plugin}/{hook}");
        let mut request = Request::post(&url).body(Body::from(self.body.clone())).map_err(|error| format!("no address: {url}: {error}"))?;
        for (name, value) in &self.headers {
            let name: HeaderName = name.parse().map_err(|_| format!("`{name}` is no header"))?;
            let value = HeaderValue::from_bytes(value.as_bytes()).map_err(|_| format!("`{value:?}` cannot be in a header"))?;
            request.headers_mut().append(name, value);
        }
        let client: Client<HttpConnector, Body> = Client::builder(TokioExecutor::new()).pool_max_idle_per_host(0).build_http();
        let answered = tokio::time::timeout(PATIENCE, async {
            let answer = client.request(request).await.map_err(|error| format!("nothing answers at {url}: {error}"))?;
            let status = answer.status().as_u16();
            // The connection is good until the body has been read.
            let _body = to_bytes(Body::new(answer.into_body()), 1 << 20).await;
            Ok(status)
        });
        answered.await.map_err(|_| format!("no answer from {url} within {} seconds", PATIENCE.as_secs()))?
    }
}

/// A webhook that is to be sent; it is signed when it goes.
#[derive(Clone, Debug)]
pub(crate) struct Sending {
    /// What it says, in the words of the language: `deployment status success of 1`.
    pub(crate) about: String,
    /// The sender's id for it, the same each time it is sent.
    pub(crate) id: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    pub(crate) signature: Signature,
}

impl Sending {
    pub(crate) fn new(about: impl Into<String>, id: String, signature: Signature, body: &Value) -> Self {
        Self { about: about.into(), id, headers: Vec::new(), body: body.to_string().into_bytes(), signature }
    }

    pub(crate) fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    pub(crate) fn sign(&self, secret: &str, now: Timestamp) -> Delivery {
        let mut headers = self.headers.clone();
        headers.extend(self.signature.headers(secret, &self.id, now, &self.body));
        Delivery { headers, body: self.body.clone() }
    }
}

/// A UUID that is the same in every run.
pub(crate) fn uuid(of: &str) -> String {
    let digest = hex(&Sha256::digest(of));
    format!("{}-{}-4{}-8{}-{}", &digest[..8], &digest[8..12], &digest[12..15], &digest[15..18], &digest[18..30])
}
