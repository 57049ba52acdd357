//! Whatever is sent: an answer that is not the bot's fault, and nothing changes.

use crate::client::{Request, exchange};
use crate::desk::Desk;
use hatstand::ledger::AuditQuery;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use rusqlite::Connection;
use serde_json::{Value, json};
use std::cell::Cell;
use std::panic;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::Duration;

const REQUESTS: u32 = 10_000;

/// A request that was cut waits for its end; nobody waits that long here.
const PATIENCE: Duration = Duration::from_millis(25);

/// What is bent: sound requests of every form, but for one that is not: nothing that comes of them may change anything.
fn sound(token: &str) -> Vec<Request> {
    vec![
        Request::line(token, "greet @jane").key("1"),
        Request::call(
            token,
            "waiter",
            "paint",
            json!({ "door": "x", "colour": "red", "coats": 2, "time": "PT1H", "when": "2026-01-06T10:00:00Z" }),
        ),
        Request::json(
            token,
            "/api/v1/commands",
            &json!({ "plugin": "waiter", "command": "wait", "arguments": { "door": "x" }, "wait": "1s" }),
        ),
        Request::new("GET", "/api/v1/openapi.json"),
    ]
}

/// One change of a request.
#[derive(Clone, Debug)]
enum Bend {
    Byte { at: prop::sample::Index, to: u8 },
    Cut { at: prop::sample::Index },
    Insert { at: prop::sample::Index, bytes: Vec<u8> },
    Header { name: String, value: String },
    Body(Vec<u8>),
    Field { name: String, value: Value },
    Path(String),
    Method(String),
}

fn bend() -> impl Strategy<Value = Bend> {
    let value = prop_oneof![
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<bool>().prop_map(Value::from),
        Just(Value::Null),
        ".{0,40}".prop_map(Value::from),
        prop::sample::select(vec!["P9999999999Y", "-PT1S", "1h", "2026-02-30T00:00:00Z", "@", "#", "api:ci:x", "greet", "wait at x"])
            .prop_map(Value::from),
        Just(json!({ "door": [] })),
        Just(json!([[[]]])),
    ];
    let field = prop::sample::select(vec!["command", "plugin", "arguments", "channel", "for", "wait", "door", "x"]);
    let header = prop::sample::select(vec![
        "Authorization",
        "Content-Type",
        "Content-Length",
        "Transfer-Encoding",
        "Idempotency-Key",
        "Expect",
        "Host",
        "Connection",
        "X",
    ]);
    prop_oneof![
        (any::<prop::sample::Index>(), any::<u8>()).prop_map(|(at, to)| Bend::Byte { at, to }),
        any::<prop::sample::Index>().prop_map(|at| Bend::Cut { at }),
        (any::<prop::sample::Index>(), prop::collection::vec(any::<u8>(), 1..30)).prop_map(|(at, bytes)| Bend::Insert { at, bytes }),
        (header, "[ -~]{0,30}").prop_map(|(name, value)| Bend::Header { name: name.to_owned(), value }),
        prop::collection::vec(any::<u8>(), 0..100).prop_map(Bend::Body),
        (field, value).prop_map(|(name, value)| Bend::Field { name: name.to_owned(), value }),
        "/[ -~]{0,40}".prop_map(Bend::Path),
        "[A-Z]{1,8}".prop_map(Bend::Method),
    ]
}

/// The request, bent so that it means nothing that may be done.
fn bent(mut request: Request, bends: &[Bend]) -> Vec<u8> {
    for bend in bends {
        match bend.clone() {
            Bend::Header { name, value } => request = request.header(&name, &value),
            Bend::Body(body) => request = request.with_body(body),
            Bend::Field { name, value } if serde_json::from_slice::<Value>(&request.body).is_ok_and(|body| body.is_object()) => {
                request = request.with(&name, value);
            }
            Bend::Path(path) => request.path = path.replace(' ', "%20"),
            Bend::Method(method) => request.method = method,
            _ => {}
        }
    }
    let mut bytes = request.bytes();
    for bend in bends {
        match bend {
            Bend::Byte { at, to } if !bytes.is_empty() => {
                let at = at.index(bytes.len());
                bytes[at] = *to;
            }
            Bend::Cut { at } if !bytes.is_empty() => bytes.truncate(at.index(bytes.len())),
            Bend::Insert { at, bytes: more } => {
                let at = at.index(bytes.len() + 1);
                bytes.splice(at..at, more.iter().copied());
            }
            _ => {}
        }
    }
    bytes
}

#[test]
fn ten_thousand_bent_requests_change_nothing() {
    let desk = Desk::with(&["greeter", "waiter"]);
    // Good for nothing that is there: what is sound after all is refused at the very end.
    let token = desk.token("ci", &["nothing"]);
    let before = contents(&desk);
    let panics = count_panics();
    let (statuses, denied) = (Cell::new([0_u32; 6]), Cell::new(0));
    let mut runner = TestRunner::new(Config { cases: REQUESTS, failure_persistence: None, ..Config::default() });
    let requests = (prop::sample::select(sound(&token)), prop::collection::vec(bend(), 1..4));
    let outcome = runner.run(&requests, |(request, bends)| {
        let Some(response) = exchange(desk.address, &bent(request, &bends), PATIENCE) else { return Ok(()) };
        prop_assert!(response.status < 500, "{response:?}");
        let mut seen = statuses.get();
        seen[usize::from(response.status / 100)] += 1;
        statuses.set(seen);
        denied.set(denied.get() + u32::from(response.status == 403));
        Ok(())
    });
    outcome.unwrap_or_else(|why| panic!("{why}"));
    let seen = statuses.get();
    assert!(seen[4] > REQUESTS / 4 && seen[2] > 0, "{seen:?}");
    assert_eq!((contents(&desk), panics.load(Ordering::SeqCst)), (before, 0));
    let refused = desk.audit(&AuditQuery { outcome: Some("denied".to_owned()), ..AuditQuery::newest(20_000) });
    assert!(denied.get() > 100, "{} came as far as the token's scope", denied.get());
    assert!((10..20).contains(&refused.len()), "{} rows, which stay for ever", refused.len());
}

/// How often anything of the host's panics from now on: whoever asked only sees that the connection ends.
fn count_panics() -> Arc<AtomicU32> {
    let count = Arc::<AtomicU32>::default();
    let (counted, told) = (Arc::clone(&count), panic::take_hook());
    panic::set_hook(Box::new(move |info| {
        if thread::current().name().is_some_and(|name| name.starts_with("tokio")) {
            counted.fetch_add(1, Ordering::SeqCst);
        }
        told(info);
    }));
    count
}

/// Everything in the ledger but the audit, and when the token was used.
fn contents(desk: &Desk) -> Vec<i64> {
    let ledger = Connection::open(desk.ledger()).expect("it is there");
    let tables = ["inbox", "done", "state", "timers", "outbox", "calls", "tokens"];
    let count = |table: &str| ledger.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0)).expect("a number");
    tables.map(count).to_vec()
}
