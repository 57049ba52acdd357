//! Everything that can be wrong with a request, in `tests/snapshots/api-problems.txt`; `UPDATE_SNAPSHOTS=1` writes down what came.

use crate::client::{Request, Response};
use crate::desk::Desk;
use crate::support::source;
use hatstand::config::Http;
use hatstand_common::value::Instant;
use rusqlite::Connection;
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::fs;
use std::io::{Read, Write as _};
use std::net::TcpStream;
use std::time::Duration;

/// Everything is remembered for so long.
const MONTH: Duration = Duration::from_secs(30 * 24 * 3600);

/// A desk, and a token for each thing that can be wrong with one.
pub struct Office {
    pub desk: Desk,
    pub token: String,
    narrow: String,
    expired: String,
    revoked: String,
    elsewhere: String,
    anywhere: String,
}

impl Office {
    pub fn open() -> Self {
        let desk = Desk::with(&["greeter", "panicker", "waiter"]);
        let office = Self {
            token: desk.token("ci", &["*"]),
            narrow: desk.token("narrow", &["greetings"]),
            expired: desk.token_like("old", &["*"], |token| token.expires = Some(Instant(1))),
            revoked: desk.token("gone", &["*"]),
            elsewhere: desk.token_like("elsewhere", &["*"], |token| token.workspace = Some("T9".into())),
            anywhere: desk.token_like("anywhere", &["*"], |token| token.channels = None),
            desk,
        };
        office.desk.revoke("gone");
        office
    }

    /// What is asked, and what is wrong with it.
    pub fn problems(&self) -> Vec<(&'static str, Request)> {
        let line = |line: &str| Request::line(&self.token, line);
        let call = |command: &str, arguments: Value| Request::call(&self.token, "waiter", command, arguments);
        let body = |body: Value| Request::json(&self.token, "/api/v1/commands", &body);
        let used = line("greet").key("used");
        self.desk.send(&used);
        vec![
            ("no token", Request::line("", "greet")),
            ("another kind of authorization", Request::line("", "greet").header("Authorization", "Basic YTpi")),
            ("no token of ours", Request::line("secret", "greet")),
            ("a token that was never made", Request::line(&format!("hst_{}", "0".repeat(64)), "greet")),
            ("a token that has expired", Request::line(&self.expired, "greet")),
            ("a token that was revoked", Request::line(&self.revoked, "greet")),
            ("a token for another workspace", Request::line(&self.elsewhere, "greet")),
            ("another method", Request { method: "PUT".to_owned(), ..line("greet") }),
            ("another address", Request { path: "/api/v2/commands".to_owned(), ..line("greet") }),
            ("an address that is no text", Request { path: "/api/v1/plugins/%ff/greet".to_owned(), ..line("greet") }),
            ("another type", line("greet").without("Content-Type").header("Content-Type", "text/plain")),
            ("no type", line("greet").without("Content-Type")),
            ("10 MB", line("greet").with_body(vec![b' '; 10 << 20])),
            ("a body that is cut off", line("greet").with_body(r#"{"command": "gre"#)),
            ("no object", line("greet").with_body("[1]")),
            ("nothing", line("greet").with_body("")),
            ("an unknown field", body(json!({ "command": "greet", "chanel": "ops" }))),
            ("no command", body(json!({ "channel": "ops" }))),
            ("an empty command", line(" ")),
            ("arguments of a line", body(json!({ "command": "greet", "arguments": {} }))),
            ("a command twice", call("wait", json!({ "door": "x" })).with("command", "greet")),
            ("a bad key", line("greet").key("")),
            ("two keys", line("greet").key("1").key("2")),
            ("a key of another request", line("greet @jane").key("used")),
            ("a name with two lines", line("greet").with("for", "a\nb")),
            ("a name that is too long", line("greet").with("for", "a".repeat(101))),
            ("a wait that is no time", line("greet").with("wait", "soon")),
            ("a wait that is too long", line("greet").with("wait", "1h")),
            ("no channel", Request::line(&self.anywhere, "greet")),
            ("a channel that is none", line("greet").with("channel", "no channel")),
            ("a person's own channel", Request::line(&self.anywhere, "greet").with("channel", "@jane")),
            ("another channel", line("greet").with("channel", "dev")),
            ("another command", Request::line(&self.narrow, "greet")),
            ("a command for administrators", line("plugins")),
            ("an unknown command", line("gret @jane")),
            ("an unknown command that resembles none", line("make coffee")),
            ("an unknown command whose likeness is not allowed", Request::line(&self.narrow, "gret @jane")),
            ("an unknown plugin", Request::call(&self.token, "waitr", "wait", json!({}))),
            ("an unknown command of a plugin", call("wat", json!({}))),
            ("a line that goes on wrong", line("count to banana")),
            ("a line without an end", line("wait at")),
            ("a line that is too long", line(&format!("say {}", "x".repeat(17_000)))),
            ("an unknown argument", call("wait", json!({ "dor": "x" }))),
            ("a missing argument", call("wait", json!({}))),
            ("an argument of another type", call("wait", json!({ "door": 1 }))),
            ("an argument that is none of the choices", call("paint", json!({ "door": "x", "colour": "green" }))),
            ("a number that is none", call("paint", json!({ "door": "x", "colour": "red", "coats": "2" }))),
            ("a moment that is over", call("paint", json!({ "door": "x", "colour": "red", "when": "2020-01-01T00:00:00Z" }))),
            ("a person who is nobody", call("paint", json!({ "door": "x", "colour": "red", "who": "@!" }))),
            ("a channel that is nowhere", call("paint", json!({ "door": "x", "colour": "red", "place": "#!" }))),
            ("a bad duration", call("paint", json!({ "door": "x", "colour": "red", "time": "banana" }))),
            ("arguments that make no sense together", call("paint", json!({ "door": "x", "colour": "red", "coats": 0 }))),
            ("a refusal", line("greet nobody")),
            ("a plugin that fails", line("panic")),
        ]
    }
}

#[test]
fn every_problem_says_what_to_do() {
    let office = Office::open();
    let mut text = String::new();
    for (what, request) in office.problems() {
        tell(&mut text, what, &office.desk.send(&request));
    }
    tell(&mut text, "too much", &too_much());
    tell(&mut text, "a body that does not arrive", &cut_off(&office));
    tell(&mut text, "a command that takes too long", &too_long());
    tell(&mut text, "a command while the bot stops", &while_it_stops());
    tell(&mut text, "a command of long ago", &long_ago());
    tell(&mut text, "a ledger that cannot be written", &while_the_ledger_is_busy(&office, &Request::line(&office.token, "greet")));
    let path = source().join("tests/snapshots/api-problems.txt");
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
        fs::write(&path, &text).expect("written");
    }
    let kept = fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(text, kept, "{} is different; UPDATE_SNAPSHOTS=1 writes down what came", path.display());
}

fn tell(text: &mut String, what: &str, response: &Response) {
    let mut json = response.json();
    assert_eq!(json["status"], response.status, "{what}");
    assert_eq!(response.header("content-type"), Some("application/problem+json"), "{what}");
    let object = json.as_object_mut().expect("an object");
    let reference = object.remove("reference").and_then(|reference| reference.as_str().map(str::to_owned)).expect("a text");
    assert_eq!(reference.len(), 6);
    object.remove("event");
    let headers = ["www-authenticate", "retry-after"].iter().filter_map(|name| Some(format!("{name}: {}\n", response.header(name)?)));
    let _ = writeln!(
        text,
        "# {what}\n{}{}\n",
        headers.collect::<String>(),
        serde_json::to_string_pretty(&json).expect("JSON").replace(&reference, "[reference]")
    );
}

fn too_much() -> Response {
    let desk = Desk::open(&["greeter"], Http { rate: 1.try_into().expect("it is some"), ..Http::default() });
    let token = desk.token("ci", &["*"]);
    let mut asked = (0..20).map(|_| desk.send(&Request::line(&token, "greetings")));
    asked.find(|response| response.status != 200).expect("it was too much")
}

fn cut_off(office: &Office) -> Response {
    let request = Request::line(&office.token, "greet");
    request.send_cut(office.desk.address, request.bytes().len() - 1)
}

fn too_long() -> Response {
    let patience = Duration::from_secs(1);
    let desk = Desk::open(&["sleeper"], Http { patience, ..Http::default() });
    desk.send(&Request::line(&desk.token("ci", &["*"]), "sleep"))
}

fn while_it_stops() -> Response {
    let mut desk = Desk::with(&["sleeper"]);
    let asked = desk.begin(&Request::line(&desk.token("ci", &["*"]), "sleep"));
    desk.restarts(Duration::ZERO);
    asked.join().expect("it is answered")
}

/// Of somebody who waits for longer than anything is remembered.
fn long_ago() -> Response {
    let mut desk = Desk::open(&["waiter"], Http { grace: 2 * MONTH, ..Http::default() });
    let asked = desk.begin(&Request::line(&desk.token("ci", &["*"]), "wait at gate").with("wait", "5m"));
    desk.passes(MONTH.as_secs() / 60 + 1);
    asked.join().expect("it is answered")
}

/// What is answered while somebody else writes for too long.
pub fn while_the_ledger_is_busy(office: &Office, request: &Request) -> Response {
    let other = Connection::open(office.desk.ledger()).expect("it is there");
    other.execute_batch("BEGIN IMMEDIATE").expect("it is free");
    let response = office.desk.send(request);
    other.execute_batch("ROLLBACK").expect("it was ours");
    response
}

#[test]
fn what_is_wrong_changes_nothing() {
    let office = Office::open();
    let before = greetings(&office);
    for (what, request) in office.problems() {
        let response = office.desk.send(&request);
        assert!(response.json()["detail"].as_str().is_some_and(|detail| detail.contains("Nothing was")), "{what}: {response:?}");
    }
    // One greeting is theirs: that whose key is used again.
    assert_eq!((before.as_str(), greetings(&office).as_str()), ("ci: 0", "ci: 1"));
}

fn greetings(office: &Office) -> String {
    office.desk.send(&Request::line(&office.token, "greetings")).messages().concat()
}

#[test]
fn a_body_of_10_mb_is_refused_without_being_read() {
    let office = Office::open();
    let head = Request::line(&office.token, "greet").with_body(vec![]).bytes();
    let head = String::from_utf8(head).expect("text").replace("Content-Length: 0", "Content-Length: 10485760");
    let mut stream = TcpStream::connect(office.desk.address).expect("it listens");
    stream.write_all(head.as_bytes()).expect("sent");
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).expect("nothing more is waited for");
    assert_eq!(&answer, b"HTTP/1.1 413");

    // Whoever does not say how much is coming is stopped when it is too much.
    let chunked = Request::line(&office.token, "greet").header("Transfer-Encoding", "chunked");
    let chunks = [format!("{:x}\r\n", 100_000).into_bytes(), vec![b' '; 100_000], b"\r\n0\r\n\r\n".to_vec()].concat();
    assert_eq!(office.desk.send(&chunked.with_body(chunks)).end(), (413, "too-large".to_owned()));
}
