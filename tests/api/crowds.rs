//! Strangers who hold connections open, and those who wait with a token: whoever has one is served.

use crate::client::{Request, Response};
use crate::desk::Desk;
use crate::support::FOR_EVER;
use hatstand::config::Http;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::num::NonZeroUsize;

const CONNECTIONS: usize = 3;

fn small_desk() -> Desk {
    let connections = NonZeroUsize::new(CONNECTIONS).expect("it is some");
    Desk::open(&["waiter"], Http { connections, ..Http::default() })
}

/// A connection over which only this is sent.
fn begin(to: SocketAddr, bytes: &[u8]) -> TcpStream {
    let mut stream = TcpStream::connect(to).expect("somebody listens");
    stream.set_read_timeout(Some(FOR_EVER)).expect("a time-out");
    // Somebody who had to make way already notices.
    let _ = stream.write_all(bytes);
    stream
}

/// All that comes back until the other side hangs up.
fn answer(mut stream: TcpStream) -> Option<Response> {
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    Response::read(&answer)
}

#[test]
fn strangers_make_way_for_a_program_and_for_no_call_that_waits() {
    let desk = small_desk();
    let token = desk.token("ci", &["*"]);
    let waiting = desk.begin(&Request::line(&token, "wait at gate").with("wait", "5m"));
    let head = Request::line(&token, "open gate").bytes();
    let _strangers: Vec<TcpStream> = (0..4 * CONNECTIONS).map(|number| begin(desk.address, &head[..number])).collect();
    assert_eq!(desk.send(&Request::line(&token, "open gate")).status, 200);
    assert_eq!(waiting.join().expect("it is answered").end(), (200, "through".to_owned()));
}

#[test]
fn calls_that_wait_leave_no_place_to_a_stranger() {
    let desk = small_desk();
    let token = desk.token("ci", &["*"]);
    let waits = |who: usize| Request::line(&token, "wait at gate").with("for", who.to_string()).with("wait", "5m");
    let _waiting: Vec<_> = (0..CONNECTIONS).map(|who| desk.begin(&waits(who))).collect();
    assert!(answer(begin(desk.address, b"GET / HTTP/1.1\r\n")).is_none(), "it is hung up on");
}

#[test]
fn a_wrong_token_is_refused_before_the_body_comes() {
    let desk = small_desk();
    let unknown = format!("hst_{}", "0".repeat(64));
    for (authorization, code) in [("", "no-token"), (&*format!("Authorization: Bearer {unknown}\r\n"), "unknown-token")] {
        let head = format!(
            "POST /api/v1/commands HTTP/1.1\r\nHost: bot\r\n{authorization}Content-Type: application/json\r\nContent-Length: 60000\r\n\r\n"
        );
        let refused = answer(begin(desk.address, head.as_bytes())).expect("it is answered without a body");
        assert_eq!(refused.end(), (401, code.to_owned()));
    }
}
