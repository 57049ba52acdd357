//! The client that the tests use: a bot of a few lines, on plain HTTP and WebSocket.

use std::time::Duration;

use axum::{
    body::{Body, Bytes, to_bytes},
    http::{HeaderMap, Request, StatusCode},
};
use futures_util::{SinkExt, StreamExt};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use serde_json::{Value, json};
use slack_double::{Double, Home, Settings, SocketState, Times};
use tokio::net::TcpStream;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, tungstenite::Message};

/// Longer than anything here takes; a test that waits for it has failed.
pub const PATIENCE: Duration = Duration::from_secs(10);

pub struct Bot {
    pub slack: Double,
    pub home: Home,
    client: Client<HttpConnector, Body>,
}

/// What came back.
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("no JSON: {:?}", self.body))
    }
}

impl Bot {
    pub async fn new() -> Self {
        Self::with(Settings::default()).await
    }

    pub async fn with(settings: Settings) -> Self {
        let slack = Double::start(settings).await.unwrap();
        Self { home: slack.home(), slack, client: Client::builder(TokioExecutor::new()).build_http() }
    }

    /// A double whose minutes pass in milliseconds.
    pub async fn hurried(times: Times) -> Self {
        Self::with(Settings { pace: 10_000.0, times, ..Settings::default() }).await
    }

    pub async fn send(&self, request: Request<Body>) -> Result<Answer, Box<dyn std::error::Error>> {
        let (parts, body) = self.client.request(request).await?.into_parts();
        let body = to_bytes(Body::new(body), 1 << 24).await?;
        Ok(Answer { status: parts.status, headers: parts.headers, body })
    }

    pub async fn post(&self, url: &str, token: Option<&str>, content_type: &str, body: impl Into<Body>) -> Answer {
        let mut request = Request::post(url).header("content-type", content_type);
        if let Some(token) = token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        self.send(request.body(body.into()).unwrap()).await.unwrap()
    }

    pub fn method(&self, method: &str) -> String {
        format!("{}/{method}", self.slack.api_url())
    }

    /// A method with a bot's token and JSON, whole.
    pub async fn answer(&self, method: &str, arguments: Value) -> Answer {
        let token = Some(self.home.tokens.bot.as_str());
        self.post(&self.method(method), token, "application/json; charset=utf-8", arguments.to_string()).await
    }

    /// A method with a bot's token and JSON.
    pub async fn call(&self, method: &str, arguments: Value) -> Value {
        self.answer(method, arguments).await.json()
    }

    /// As [`call`](Self::call), of a call that has to be good.
    pub async fn ok(&self, method: &str, arguments: Value) -> Value {
        let answer = self.call(method, arguments).await;
        assert_eq!(answer["ok"], true, "{method}: {answer}");
        answer
    }

    /// The error of a call that has to be refused.
    pub async fn error(&self, method: &str, arguments: Value) -> String {
        let answer = self.call(method, arguments).await;
        assert_eq!(answer["ok"], false, "{method}: {answer}");
        answer["error"].as_str().unwrap().to_owned()
    }

    /// Posts to `#general` and gives the message's ts.
    pub async fn say(&self, text: &str) -> slack_double::Ts {
        let answer = self.ok("chat.postMessage", json!({ "channel": self.home.general, "text": text })).await;
        answer["ts"].as_str().unwrap().parse().unwrap()
    }

    pub async fn socket_url(&self) -> String {
        let url = self.method("apps.connections.open");
        let answer = self.post(&url, Some(&self.home.tokens.app), "application/x-www-form-urlencoded", "");
        answer.await.json()["url"].as_str().expect("a socket's URL").to_owned()
    }

    /// A socket, not greeted yet.
    pub async fn connect(&self) -> Line {
        let (stream, _) = tokio_tungstenite::connect_async(self.socket_url().await).await.unwrap();
        Line(stream)
    }

    /// A socket that was greeted.
    pub async fn open(&self) -> Line {
        let mut line = self.connect().await;
        assert_eq!(line.next().await["type"], "hello");
        line
    }

    /// The sockets that are greeted and not told to go.
    pub fn open_sockets(&self) -> usize {
        self.slack.sockets(&self.home.app).iter().filter(|socket| socket.state == SocketState::Open).count()
    }

    pub fn complained(&self, rule: &str) -> bool {
        self.slack.complaints().iter().any(|complaint| complaint.rule == rule)
    }

    /// Waits until the double is as wanted.
    pub async fn until(&self, look: impl Fn(&Double) -> bool) {
        self.slack.until(PATIENCE, |slack| look(slack).then_some(())).await.expect("it never came to be");
    }
}

/// One end of a socket.
pub struct Line(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Line {
    /// The next JSON frame.
    pub async fn next(&mut self) -> Value {
        self.maybe_next().await.expect("the socket was closed")
    }

    /// The next JSON frame; none at the socket's end.
    pub async fn maybe_next(&mut self) -> Option<Value> {
        loop {
            let message = tokio::time::timeout(PATIENCE, self.0.next()).await.expect("nothing came");
            match message? {
                Ok(Message::Text(text)) => return Some(serde_json::from_str(&text).unwrap()),
                Ok(_) => {}
                Err(_) => return None,
            }
        }
    }

    /// The next frame as it is.
    pub async fn frame(&mut self) -> Option<Message> {
        tokio::time::timeout(PATIENCE, self.0.next()).await.expect("nothing came")?.ok()
    }

    /// Takes the next event of a type, and acks it and all before it.
    pub async fn event(&mut self, kind: &str) -> Value {
        loop {
            let envelope = self.next().await;
            self.ack(&envelope).await;
            if envelope["payload"]["event"]["type"] == kind {
                return envelope["payload"]["event"].clone();
            }
        }
    }

    pub async fn ack(&mut self, envelope: &Value) {
        self.send(json!({ "envelope_id": envelope["envelope_id"] })).await;
    }

    pub async fn answer(&mut self, envelope: &Value, payload: Value) {
        self.send(json!({ "envelope_id": envelope["envelope_id"], "payload": payload })).await;
    }

    pub async fn send(&mut self, frame: Value) {
        self.0.send(Message::text(frame.to_string())).await.unwrap();
    }
}
