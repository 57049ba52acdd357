//! Commands that end when somebody else gives another one.

use crate::client::{Request, Response};
use crate::desk::Desk;
use crate::support::FOR_EVER;
use hatstand::ledger::AuditQuery;
use std::thread;
use std::time::{Duration, Instant};

fn waits(token: &str, who: &str) -> Request {
    Request::line(token, "wait at gate").with("for", who).key(who)
}

#[test]
fn whoever_does_not_wait_is_told_how_things_stand() {
    let desk = Desk::with(&["waiter"]);
    let token = desk.token("ci", &["*"]);
    let so_far = desk.send(&waits(&token, "12"));
    assert_eq!(so_far.end(), (202, "waiting".to_owned()));
    assert_eq!((&so_far.json()["data"]["door"], so_far.messages()), (&"gate".into(), vec!["@ci (12) waits at gate.".to_owned()]));
    assert_eq!(desk.send(&waits(&token, "12")).json(), so_far.json(), "asked again, it waits at one door only");

    desk.send(&Request::line(&token, "open gate").with("for", "somebody"));
    let end = desk.send(&waits(&token, "12"));
    assert_eq!(end.end(), (200, "through".to_owned()));
    assert_eq!(end.json()["data"]["by"], "api:ci:somebody");
    assert_eq!(end.json()["event"], so_far.json()["event"]);
}

#[test]
fn whoever_waits_is_told_at_once_also_after_a_restart() {
    let mut desk = Desk::with(&["waiter"]);
    let token = desk.token("ci", &["*"]);
    for who in ["12", "13"] {
        desk.send(&waits(&token, who));
    }
    desk.restarts(Duration::ZERO);
    let began = Instant::now();
    let ends = while_waiting(&desk, &[waits(&token, "12").with("wait", "5m"), waits(&token, "13").with("wait", "5m")], || {
        desk.send(&Request::line(&token, "open gate"));
    });
    assert!(ends.iter().all(|end| end.end() == (200, "through".to_owned())), "{ends:?}");
    assert!(began.elapsed() < FOR_EVER);
}

#[test]
fn a_wait_ends_with_the_time_that_it_was_given() {
    let desk = Desk::with(&["waiter"]);
    let token = desk.token("ci", &["*"]);
    let began = Instant::now();
    let mut request = waits(&token, "12");
    request.path += "?wait=1s";
    assert_eq!(desk.send(&request).end(), (202, "waiting".to_owned()));
    assert!(began.elapsed() >= Duration::from_secs(1));
}

#[test]
fn a_call_that_ends_in_vain_is_a_problem() {
    let desk = Desk::with(&["waiter"]);
    let token = desk.token("ci", &["*"]);
    desk.send(&waits(&token, "12"));
    desk.send(&Request::line(&token, "close gate"));
    assert_eq!(desk.send(&waits(&token, "12")).end(), (409, "refused.closed".to_owned()));
}

#[test]
fn a_stop_sends_those_away_who_wait() {
    let mut desk = Desk::with(&["waiter"]);
    let token = desk.token("ci", &["*"]);
    let request = waits(&token, "12").with("wait", "5m");
    let address = desk.address;
    let waiting = thread::spawn(move || request.send(address));
    let began = Instant::now();
    while desk.audit(&AuditQuery::newest(1)).iter().all(|entry| entry.what != "wait") {
        assert!(began.elapsed() < FOR_EVER, "it is heard");
    }
    desk.restarts(Duration::ZERO);
    assert_eq!(waiting.join().expect("it is answered").end(), (202, "waiting".to_owned()));
    assert!(began.elapsed() < FOR_EVER);
}

#[test]
fn what_nobody_asks_about_any_more_is_given_up_once() {
    let mut desk = Desk::with(&["waiter"]);
    let token = desk.token("ci", &["*"]);
    desk.send(&waits(&token, "12"));
    desk.passes(1);
    desk.send(&waits(&token, "12"));
    desk.passes(1);
    assert_eq!(left(&mut desk), "Left: .", "somebody asked a minute ago");
    desk.restarts(Duration::from_secs(3600));
    assert_eq!(left(&mut desk), "Left: .", "nobody could ask meanwhile");

    desk.passes(2);
    let told = Instant::now();
    while left(&mut desk) == "Left: ." {
        assert!(told.elapsed() < FOR_EVER, "the plugin is told");
    }
    desk.passes(10);
    assert_eq!(left(&mut desk), "Left: gate.", "once");
    assert_eq!(desk.send(&waits(&token, "12")).end(), (200, "gone".to_owned()));
}

#[test]
fn a_person_who_gives_such_a_command_leaves_nothing_open() {
    let mut desk = Desk::with(&["waiter"]);
    desk.bot.plays("jane> @hatstand wait at gate\nbot> @jane waits at gate.");
    desk.passes(5);
    assert_eq!(left(&mut desk), "Left: .");
}

/// How often the ledger is read while a program gives this many commands, one after another.
fn reads_of(desk: &Desk, token: &str, commands: u64) -> u64 {
    let before = desk.bot.practice.reads();
    for _ in 0..commands {
        assert_eq!(desk.send(&Request::line(token, "left")).status, 200);
    }
    desk.bot.practice.reads() - before
}

#[test]
fn those_who_wait_do_not_look_whenever_something_else_happens() {
    const WAITING: u64 = 60;
    const COMMANDS: u64 = 20;
    let desk = Desk::with(&["waiter"]);
    let token = desk.token("ci", &["*"]);
    let alone = reads_of(&desk, &token, COMMANDS);
    let waiting: Vec<_> = (0..WAITING).map(|who| desk.begin(&waits(&token, &who.to_string()).with("wait", "5m"))).collect();
    let query = AuditQuery { outcome: Some("waiting".to_owned()), ..AuditQuery::newest(1000) };
    let began = Instant::now();
    while desk.audit(&query).len() < waiting.len() {
        assert!(began.elapsed() < FOR_EVER, "all are heard");
    }
    let together = reads_of(&desk, &token, COMMANDS);
    // Some may have been about to begin to wait.
    assert!(together < alone + 5 * WAITING, "{together} reads, and {alone} without anybody who waits");
    desk.send(&Request::line(&token, "open gate"));
    assert!(waiting.into_iter().all(|waiting| waiting.join().expect("it is answered").status == 200));
}

/// What the plugin was told of those who went away.
fn left(desk: &mut Desk) -> String {
    desk.bot.hears("jane", "@hatstand left").iter().flat_map(|line| line.text().to_vec()).collect()
}

/// What comes of these requests if something happens while they wait.
fn while_waiting(desk: &Desk, requests: &[Request], happens: impl FnOnce()) -> Vec<Response> {
    thread::scope(|scope| {
        let waiting: Vec<_> = requests.iter().map(|request| scope.spawn(|| request.send(desk.address))).collect();
        happens();
        waiting.into_iter().map(|waiting| waiting.join().expect("it is answered")).collect()
    })
}
