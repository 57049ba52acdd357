//! Both ends of the wire: the outside, a client of it, and a bot that takes its webhooks.

use std::{
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicI64, AtomicU16, Ordering},
    },
    time::Duration,
};

use axum::{
    Router,
    body::{Body, Bytes, to_bytes},
    http::{HeaderMap, Request, StatusCode, Uri},
};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use jiff::Timestamp;
use provider_double::Outside;
use serde_json::Value;
use tokio::runtime::Runtime;

/// Longer than anything here takes; a test that waits for it has failed.
pub const PATIENCE: Duration = Duration::from_secs(10);
/// 2026-01-05 10:00 UTC, at which the clock of a test starts.
pub const START: i64 = 1_767_607_200;

pub struct Street {
    pub outside: Outside,
    pub bot: Bot,
    pub runtime: Runtime,
    pub clock: Arc<AtomicI64>,
    client: Client<HttpConnector, Body>,
}

/// Who takes the webhooks.
#[derive(Clone)]
pub struct Bot {
    pub address: SocketAddr,
    taken: Arc<Mutex<Vec<Taken>>>,
    status: Arc<AtomicU16>,
}

/// A webhook that arrived.
#[derive(Clone, Debug)]
pub struct Taken {
    pub path: String,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Taken {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("no JSON: {:?}", self.body))
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }
}

impl Street {
    pub fn new() -> Self {
        let runtime = Runtime::new().unwrap();
        let clock = Arc::new(AtomicI64::new(START));
        let now = clock.clone();
        let outside = Outside::open(move || Timestamp::from_second(now.load(Ordering::SeqCst)).unwrap()).unwrap();
        let bot = runtime.block_on(Bot::listen());
        let client = Client::builder(TokioExecutor::new()).build_http();
        Self { outside, bot, runtime, clock, client }
    }

    /// Says lines that have to work.
    pub fn say<const N: usize>(&self, lines: [&str; N]) {
        for line in lines {
            self.outside.act(line, Some(self.bot.address), "deploy").unwrap_or_else(|error| panic!("{line}: {error}"));
        }
    }

    /// Says a line that must not work, and gives why.
    pub fn refused(&self, line: &str) -> String {
        self.outside.act(line, Some(self.bot.address), "deploy").expect_err(line)
    }

    pub fn pass(&self, seconds: i64) {
        self.clock.fetch_add(seconds, Ordering::SeqCst);
    }

    pub fn url(&self, service: &str, path: &str) -> String {
        let name = format!("{service}.outside");
        let address = self.outside.addresses().into_iter().find(|(known, _)| *known == name).unwrap().1;
        format!("http://{address}{path}")
    }

    /// Sends a request as it is; none if the connection was refused or broken.
    pub fn try_send(&self, request: Request<Body>) -> Option<Answer> {
        self.runtime.block_on(async {
            tokio::time::timeout(PATIENCE, send(self.client.clone(), request)).await.expect("no answer within the time of a test")
        })
    }

    /// A request on its way.
    pub fn spawn(&self, request: Request<Body>) -> tokio::task::JoinHandle<Option<Answer>> {
        self.runtime.spawn(send(self.client.clone(), request))
    }

    /// A request with the service's token.
    pub fn request(&self, service: &str, method: &str, path: &str, body: Option<Value>) -> Request<Body> {
        let token = self.outside.token(service).unwrap();
        let request = Request::builder().method(method).uri(self.url(service, path)).header("user-agent", "hatstand");
        let request = request.header("authorization", format!("Bearer {token}")).header("content-type", "application/json");
        request.body(body.map_or_else(Body::empty, |body| Body::from(body.to_string()))).unwrap()
    }

    pub fn get(&self, service: &str, path: &str) -> Answer {
        self.try_send(self.request(service, "GET", path, None)).expect("an answer")
    }

    pub fn post(&self, service: &str, path: &str, body: Value) -> Answer {
        self.try_send(self.request(service, "POST", path, Some(body))).expect("an answer")
    }
}

async fn send(client: Client<HttpConnector, Body>, request: Request<Body>) -> Option<Answer> {
    let (parts, body) = client.request(request).await.ok()?.into_parts();
    let body = to_bytes(Body::new(body), 1 << 24).await.ok()?;
    Some(Answer { status: parts.status, headers: parts.headers, body })
}

impl Bot {
    async fn listen() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let bot = Bot { address: listener.local_addr().unwrap(), taken: Arc::default(), status: Arc::new(AtomicU16::new(202)) };
        let taking = bot.clone();
        let take = async move |uri: Uri, headers: HeaderMap, body: Bytes| {
            taking.taken.lock().unwrap().push(Taken { path: uri.path().to_owned(), headers, body });
            StatusCode::from_u16(taking.status.load(Ordering::SeqCst)).unwrap()
        };
        tokio::spawn(async move { axum::serve(listener, Router::new().fallback(take)).await });
        bot
    }

    pub fn answer(&self, status: u16) {
        self.status.store(status, Ordering::SeqCst);
    }

    pub fn taken(&self) -> Vec<Taken> {
        self.taken.lock().unwrap().clone()
    }

    pub fn last(&self) -> Taken {
        self.taken().pop().expect("a webhook")
    }
}
