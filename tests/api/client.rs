//! HTTP as it goes over the wire, so that a test can send what no library would.

use crate::support::FOR_EVER;
use serde_json::Value;
use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::time::Duration;

/// A request, sound unless a test changes it.
#[derive(Clone, Debug)]
pub struct Request {
    pub method: String,
    pub path: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Request {
    /// A line as people type it.
    pub fn line(token: &str, line: &str) -> Self {
        Self::json(token, "/api/v1/commands", &serde_json::json!({ "command": line }))
    }

    /// A declared command with its arguments.
    pub fn call(token: &str, plugin: &str, command: &str, arguments: impl Into<Value>) -> Self {
        let arguments = arguments.into();
        Self::json(token, &format!("/api/v1/plugins/{plugin}/{command}"), &serde_json::json!({ "arguments": arguments }))
    }

    pub fn json(token: &str, path: &str, body: &Value) -> Self {
        let mut request = Self::new("POST", path).header("Content-Type", "application/json").with_body(body.to_string());
        if !token.is_empty() {
            request = request.header("Authorization", &format!("Bearer {token}"));
        }
        request
    }

    pub fn new(method: &str, path: &str) -> Self {
        Self { method: method.to_owned(), path: path.to_owned(), headers: Vec::new(), body: Vec::new() }
    }

    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(header, _)| header != name);
        self
    }

    pub fn with_body(self, body: impl Into<Vec<u8>>) -> Self {
        Self { body: body.into(), ..self }
    }

    /// One more field of the body.
    pub fn with(self, name: &str, value: impl Into<Value>) -> Self {
        let mut body: Value = serde_json::from_slice(&self.body).expect("it is JSON");
        body[name] = value.into();
        self.with_body(body.to_string())
    }

    pub fn key(self, key: &str) -> Self {
        self.header("Idempotency-Key", key)
    }

    pub fn bytes(&self) -> Vec<u8> {
        let mut head = format!("{} {} HTTP/1.1\r\nHost: bot\r\nConnection: close\r\n", self.method, self.path);
        for (name, value) in &self.headers {
            head += &format!("{name}: {value}\r\n");
        }
        if !self.headers.iter().any(|(name, _)| name == "Transfer-Encoding") {
            head += &format!("Content-Length: {}\r\n", self.body.len());
        }
        [head.as_bytes(), b"\r\n", &self.body].concat()
    }

    /// Sends the beginning of it, and no more ever: only the answer is waited for.
    #[track_caller]
    pub fn send_cut(&self, to: SocketAddr, length: usize) -> Response {
        let mut stream = TcpStream::connect(to).expect("somebody listens");
        stream.write_all(&self.bytes()[..length]).expect("sent");
        stream.shutdown(Shutdown::Write).expect("ended");
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).expect("it is answered");
        Response::read(&answer).expect("HTTP")
    }

    /// Sends it, and waits for the answer.
    #[track_caller]
    pub fn send(&self, to: SocketAddr) -> Response {
        exchange(to, &self.bytes(), FOR_EVER).expect("it is answered")
    }
}

/// Sends these bytes; none if nothing comes back that is HTTP. Whoever waits for more of them is hung up on after a while.
pub fn exchange(to: SocketAddr, bytes: &[u8], patience: Duration) -> Option<Response> {
    let mut stream = TcpStream::connect(to).expect("somebody listens");
    stream.set_read_timeout(Some(patience)).expect("a time-out");
    // Who is refused early may be hung up on before all is sent; the answer is there nevertheless.
    let _ = stream.write_all(bytes);
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    Response::read(&answer)
}

#[derive(Clone, Debug)]
pub struct Response {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Response {
    pub fn read(bytes: &[u8]) -> Option<Self> {
        let text = String::from_utf8_lossy(bytes);
        let (head, body) = text.split_once("\r\n\r\n")?;
        let mut lines = head.lines();
        let status = lines.next()?.strip_prefix("HTTP/1.1 ")?.get(..3)?.parse().ok()?;
        let headers = lines.filter_map(|line| line.split_once(": ")).map(|(name, value)| (name.to_lowercase(), value.to_owned())).collect();
        Some(Self { status, headers, body: body.to_owned() })
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(header, _)| header == name).map(|(_, value)| value.as_str())
    }

    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|why| panic!("{why}: {self:?}"))
    }

    /// Status and stable word, whether it went well or not.
    #[track_caller]
    pub fn end(&self) -> (u16, String) {
        let json = self.json();
        let word = if json["code"].is_null() { &json["outcome"] } else { &json["code"] };
        (self.status, word.as_str().unwrap_or_default().to_owned())
    }

    /// What was said.
    #[track_caller]
    pub fn messages(&self) -> Vec<String> {
        serde_json::from_value(self.json()["messages"].clone()).expect("texts")
    }
}
