//! Misbehaviour on demand, and the words that all services know.

use std::time::Instant;

use axum::http::StatusCode;
use jiff::Timestamp;
use provider_double::Outside;
use serde_json::json;
use tokio::net::TcpStream;

use crate::street::{PATIENCE, Street};

const USER: &str = "/user";

#[test]
fn who_is_down_refuses_connections_and_comes_back_at_the_same_port() {
    let street = Street::new();
    let before = street.url("github", USER);
    assert_eq!(street.get("github", USER).status, 200);
    street.say(["github is down"]);
    assert!(street.try_send(street.request("github", "GET", USER, None)).is_none());
    street.say(["github is down", "github is up", "github is up"]);
    assert_eq!((street.get("github", USER).status, street.url("github", USER)), (StatusCode::OK, before));
    street.say(["github got 2 requests"]);
}

#[test]
fn who_is_slow_holds_its_answers() {
    let street = Street::new();
    street.say(["generic is slow"]);
    let asked = street.spawn(street.request("generic", "POST", "/deploys", Some(json!({ "app": "web" }))));
    // It is done, and the answer is held.
    let asked_at = Instant::now();
    while street.outside.act("generic has 1 job", None, "deploy").is_err() {
        assert!(asked_at.elapsed() < PATIENCE, "it was never done");
        std::thread::yield_now();
    }
    assert!(!asked.is_finished());
    street.say(["generic answers"]);
    assert_eq!(street.runtime.block_on(asked).unwrap().unwrap().status, 201);
}

#[test]
fn a_status_is_answered_so_often_and_nothing_is_done() {
    let street = Street::new();
    street.say(["generic answers 503 2 times retry after 5"]);
    for _ in 0..2 {
        let answer = street.post("generic", "/deploys", json!({}));
        assert_eq!((answer.status.as_u16(), answer.header("retry-after")), (503, "5"));
    }
    street.say(["generic has no job"]);
    assert_eq!(street.post("generic", "/deploys", json!({})).status, 201);
    assert!(street.refused("generic answers 200").contains("no status from 400 to 599"));
    assert!(street.refused("generic answers 500 no times").contains("at least once"));
}

#[test]
fn github_tells_its_limit() {
    let street = Street::new();
    street.say(["github answers 429 retry after 7"]);
    let limited = street.get("github", USER);
    assert_eq!((limited.status.as_u16(), limited.header("retry-after"), limited.header("x-ratelimit-remaining")), (429, "7", "0"));
    assert!(limited.json()["message"].as_str().unwrap().contains("secondary rate limit"));
    street.say(["github is well"]);
    let well = street.get("github", USER);
    assert_eq!((well.status.as_u16(), well.header("x-ratelimit-limit"), well.header("x-ratelimit-used")), (200, "5000", "1"));
}

#[test]
fn who_breaks_has_done_it() {
    let street = Street::new();
    street.say(["generic breaks 1 time"]);
    assert!(street.try_send(street.request("generic", "POST", "/deploys", Some(json!({})))).is_none());
    street.say(["generic has 1 job", "generic got 1 request to POST /deploys"]);
    assert_eq!(street.post("generic", "/deploys", json!({})).status, 201);
}

#[test]
fn nonsense_is_json_and_garbage_is_none() {
    let street = Street::new();
    street.say(["github answers nonsense 1 time"]);
    let nonsense = street.get("github", USER);
    assert!(nonsense.status == 200 && nonsense.json().is_array());
    street.say(["github answers garbage 1 time"]);
    let garbage = street.get("github", USER);
    assert!(garbage.status == 200 && garbage.body.starts_with(b"<!doctype html>"));
    assert_eq!(street.get("github", USER).json()["login"], "hatstand");
}

#[test]
fn a_redirect_keeps_the_method_and_an_echo_tells_the_headers() {
    let street = Street::new();
    street.say(["generic redirects to http://169.254.169.254/latest 1 time"]);
    let redirect = street.post("generic", "/deploys", json!({}));
    assert_eq!((redirect.status.as_u16(), redirect.header("location")), (307, "http://169.254.169.254/latest"));
    street.say(["generic echoes 1 time"]);
    let echo = street.post("generic", "/deploys", json!({}));
    assert_eq!(echo.json()["headers"]["authorization"], format!("Bearer {}", street.outside.token("generic").unwrap()));
    street.say(["generic has no jobs"]);
}

#[test]
fn what_arrived_is_kept_and_can_be_searched() {
    let street = Street::new();
    street.say(["generic got no request"]);
    street.post("generic", "/deploys?a=1", json!({ "app": "web" }));
    let seen = street.outside.requests("generic").remove(0);
    assert_eq!((seen.method.as_str(), seen.path.as_str(), seen.json()), ("POST", "/deploys?a=1", Some(json!({ "app": "web" }))));
    assert_eq!(seen.header("Content-Type"), Some("application/json"));
    street.say(["generic got nothing that says canary", "generic got 0 requests to GET /"]);
    let token = street.outside.token("generic").unwrap();
    let found = street.refused(&format!("generic got nothing that says {token}"));
    assert!(found.contains("POST /deploys") && !found.contains(token));
    assert!(street.refused("generic got 3 requests").contains("got 1 such requests, not 3"));
    street.say(["generic forgets its requests", "generic got no requests"]);
}

#[test]
fn an_unknown_line_names_the_nearest_form() {
    let street = Street::new();
    assert!(street.refused("githb is down").contains("`github` is the nearest"));
    assert!(street.refused("github is dwon").contains("the nearest is `github is down`"));
    assert!(street.refused("github deploymnt 1 is success").contains("`github deployment ID is STATE"));
    assert!(street.refused("github").contains("says nothing here"));
}

#[test]
fn every_form_is_in_the_table() {
    let table = include_str!("../../src/lib.rs");
    for form in Street::new().outside.forms() {
        let (_, form) = form.split_once(' ').unwrap();
        // The one form that is only a part of what can be said.
        let form = if form == "sends TEXT..." { "sends TEXT... again" } else { form };
        assert!(table.contains(&format!("//! | `{form}` |")), "{form}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn it_can_be_opened_told_and_dropped_in_a_runtime_of_somebody_else() {
    let outside = Outside::open(Timestamp::now).unwrap();
    let told = tokio::task::spawn_blocking(move || {
        outside.act("generic got no requests", None, "deploy").unwrap();
        outside
    });
    let outside = told.await.unwrap();
    assert_eq!(outside.addresses().len(), 4);
    drop(outside);
}

#[test]
fn nobody_answers_where_it_was_dropped() {
    let Street { outside, runtime, .. } = Street::new();
    let address = outside.addresses()[0].1;
    drop(outside);
    runtime.block_on(async {
        let refused = async { while TcpStream::connect(address).await.is_ok() {} };
        tokio::time::timeout(PATIENCE, refused).await.expect("it still listens");
    });
}
