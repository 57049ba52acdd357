//! The control interface: what a test in Rust can do, over HTTP.

use axum::{body::Body, http::Request};
use serde_json::{Value, json};
use slack_double::control_help;

use crate::bot::Bot;

async fn control(bot: &Bot, command: &str, body: Value) -> (u16, Value) {
    let url = format!("http://{}/control/{command}", bot.slack.address());
    let answer = bot.post(&url, None, "application/x-www-form-urlencoded", body.to_string()).await;
    (answer.status.as_u16(), answer.json())
}

async fn look(bot: &Bot, what: &str) -> Value {
    let url = format!("http://{}/control/{what}", bot.slack.address());
    bot.send(Request::get(url).body(Body::empty()).unwrap()).await.unwrap().json()
}

#[tokio::test]
async fn a_person_posts_reacts_and_is_read_by_name() {
    let bot = Bot::new().await;
    let (_, posted) = control(&bot, "post", json!({ "channel": "general", "user": "ada", "text": "hi @hatstand" })).await;
    let about = json!({ "channel": "#general", "ts": posted["ts"], "user": "@ben", "emoji": "tada" });
    assert_eq!(control(&bot, "react", about).await.0, 200);
    let messages = look(&bot, "messages?channel=general").await;
    assert_eq!((&messages[0]["ts"], &messages[0]["reactions"][0]["name"]), (&posted["ts"], &json!("tada")));
}

#[tokio::test]
async fn what_slack_would_refuse_is_refused_by_its_name() {
    let bot = Bot::new().await;
    let (status, refusal) = control(&bot, "post", json!({ "channel": "nowhere", "user": "ada", "text": "hi" })).await;
    assert_eq!((status, &refusal["error"]), (400, &json!("channel_not_found")));
    assert_eq!(control(&bot, "dance", json!({})).await.0, 404);
}

#[tokio::test]
async fn an_interaction_waits_for_the_app() {
    let bot = Bot::new().await;
    let mut line = bot.open().await;
    let command = json!({ "channel": "general", "user": "ada", "command": "/hatstand", "text": "help" });
    let (answered, ()) = tokio::join!(control(&bot, "slash", command), async {
        let envelope = line.next().await;
        line.answer(&envelope, json!({ "text": "help yourself" })).await;
    });
    assert_eq!(answered.1["outcome"]["acked"]["payload"]["text"], "help yourself");
}

#[tokio::test]
async fn faults_sockets_and_records_are_at_hand() {
    let bot = Bot::new().await;
    let mut line = bot.open().await;
    control(&bot, "fail", json!({ "method": "auth.test", "fault": { "rate_limited": { "retry_after": 2 } } })).await;
    assert_eq!(bot.answer("auth.test", json!({})).await.status, 429);
    assert_eq!(look(&bot, "calls").await[0]["method"], "apps.connections.open");
    let socket = look(&bot, "sockets").await[0]["id"].clone();
    control(&bot, "refresh", json!({ "socket": socket, "reason": "warning" })).await;
    assert_eq!(line.next().await["reason"], "warning");
    control(&bot, "reset", json!({})).await;
    assert_eq!(look(&bot, "counts").await["calls"], 0);
    assert_eq!(line.maybe_next().await, None);
}

#[tokio::test]
async fn the_world_grows() {
    let bot = Bot::new().await;
    let (_, person) = control(&bot, "person", json!({ "name": "dan", "tz": "Asia/Tokyo" })).await;
    control(&bot, "channel", json!({ "name": "ops", "kind": "private", "members": ["dan", "hatstand"] })).await;
    control(&bot, "change-person", json!({ "user": "dan", "deleted": true })).await;
    let dan = bot.slack.person(&person["user"].as_str().unwrap().into());
    assert_eq!((dan.deleted, dan.tz.as_str()), (true, "Asia/Tokyo"));
    assert!(look(&bot, "world").await["channels"].to_string().contains("ops"));
}

#[tokio::test]
async fn every_example_in_the_help_is_json() {
    for line in control_help().lines().filter(|line| line.starts_with("  POST")) {
        let example = line.split_once("  ").and_then(|(_, rest)| rest.split_once("  ")).map(|(_, example)| example.trim()).unwrap();
        serde_json::from_str::<Value>(example).unwrap_or_else(|error| panic!("{line}: {error}"));
    }
}
