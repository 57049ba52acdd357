//! Crowds of strangers who hold connections open, with half a head, half a body or nothing at all: they keep no genuine webhook waiting, and
//! do not take all descriptors.

use crate::figure::Figures;
use crate::forged::good;
use crate::size::Size;
use crate::support::FOR_EVER;
use crate::wired::{PLUGIN, SENDERS, Wired};
use hatstand::config;
use hatstand::listener::Bounds;
use hatstand::outside::webhooks::Webhooks;
use std::io::{ErrorKind, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::time::Duration;

/// Nobody is sent away because of the time that it takes.
const HOURS: Duration = Duration::from_secs(10 * 3600);

/// The beginning of a request each, as somebody would send it who does not know the secret.
const BEGINNINGS: [&str; 5] = [
    "",
    "POST /hooks/messenger/github HTTP/1.1\r\nHost: bot\r\nX-Hub-Sig",
    "POST /hooks/messenger/github HTTP/1.1\r\nHost: bot\r\nX-Hub-Signature-256: sha256=0000\r\nContent-Length: 1048576\r\n\r\nhalf",
    "POST /hooks/messenger/hmac HTTP/1.1\r\nHost: bot\r\nX-Signature-256: sha256=0000\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nha",
    "POST /hooks/messenger/gitlab-signed HTTP/1.1\r\nHost: bot\r\nWebhook-Id: 1\r\nWebhook-Timestamp: 1\r\nWebhook-Signature: v1,AA==\r\nContent-Length: 9\r\n\r\n",
];

pub fn run(size: Size) {
    let crowd = size.of(400, 4_000);
    let settings = config::Webhooks::default();
    let wired = Wired::open();
    let hooks = open(&wired, Bounds { head: HOURS, body: HOURS, lifetime: HOURS, ..settings.bounds() });

    let mut strangers: Vec<TcpStream> = (0..crowd).map(|number| begin(hooks, BEGINNINGS[number % BEGINNINGS.len()])).collect();
    for sender in &SENDERS {
        let status = wired.outside.deliver(&good(sender), hooks, PLUGIN, sender.hook);
        assert_eq!(status, Ok(202), "{}: it is served while all of them wait", sender.hook);
    }

    let most = settings.connections.get();
    let early = &mut strangers[..crowd - most];
    assert!(early.iter_mut().all(hangs_up), "those who came first make way");
    let open = strangers.iter_mut().filter(|stranger| is_open(stranger)).count();
    let figures = Figures::of("crowds", format!("{crowd} strangers"));
    figures.at_most("connections that they hold", open, most);
    assert!(open >= most - SENDERS.len(), "{open}: they still wait, or nothing is shown");

    slow_senders_are_sent_away(&wired);
}

/// The same with hardly any time.
fn slow_senders_are_sent_away(wired: &Wired) {
    let soon = Duration::from_millis(10);
    let hooks = open(wired, Bounds { head: soon, body: soon, ..config::Webhooks::default().bounds() });
    for beginning in &BEGINNINGS[..2] {
        assert!(hangs_up(&mut begin(hooks, beginning)), "{beginning}");
    }
    for beginning in &BEGINNINGS[2..] {
        let mut answer = [0; 12];
        begin(hooks, beginning).read_exact(&mut answer).expect("it is answered");
        assert_eq!(&answer, b"HTTP/1.1 408", "{beginning}");
    }
}

fn open(wired: &Wired, bounds: Bounds) -> SocketAddr {
    let practice = &wired.bot.practice;
    let opened = Webhooks::open(practice.host(), bounds, (Ipv4Addr::LOCALHOST, 0).into());
    practice.runtime().block_on(opened).expect("the loopback has room")
}

fn begin(hooks: SocketAddr, beginning: &str) -> TcpStream {
    let mut stream = TcpStream::connect(hooks).expect("somebody listens");
    stream.set_read_timeout(Some(FOR_EVER)).expect("a time-out");
    // Somebody who had to make way already notices.
    let _ = stream.write_all(beginning.as_bytes());
    stream
}

/// Waits until the other side hangs up without an answer.
fn hangs_up(stream: &mut TcpStream) -> bool {
    match stream.read(&mut [0; 64]) {
        Ok(length) => length == 0,
        Err(why) => why.kind() == ErrorKind::ConnectionReset,
    }
}

fn is_open(stream: &TcpStream) -> bool {
    stream.set_nonblocking(true).expect("it can be asked");
    stream.peek(&mut [0; 64]).is_err_and(|why| why.kind() == ErrorKind::WouldBlock)
}
