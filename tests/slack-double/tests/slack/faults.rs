//! Faults on order: what was applied, and what came back.

use std::time::Duration;

use axum::{body::Body, http::Request};
use serde_json::{Value, json};
use slack_double::{Fault, Limits, Settings};

use crate::bot::{Answer, Bot};

async fn post(bot: &Bot) -> Result<Answer, Box<dyn std::error::Error>> {
    let body = json!({ "channel": bot.home.general, "text": "hi" }).to_string();
    let request = Request::post(bot.method("chat.postMessage"))
        .header("content-type", "application/json; charset=utf-8")
        .header("authorization", format!("Bearer {}", bot.home.tokens.bot));
    bot.send(request.body(Body::from(body)).unwrap()).await
}

fn posted(bot: &Bot) -> usize {
    bot.slack.messages(&bot.home.general).len()
}

#[tokio::test]
async fn a_refusal_is_not_applied() {
    let bot = Bot::new().await;
    for (fault, status) in
        [(Fault::RateLimited { retry_after: 7 }, 429), (Fault::Status(503), 503), (Fault::ApiError("fatal_error".into()), 200)]
    {
        bot.slack.fail("chat.postMessage", fault.clone(), 1);
        let answer = post(&bot).await.unwrap();
        assert_eq!(answer.status.as_u16(), status);
        match fault {
            Fault::RateLimited { .. } => assert_eq!(answer.headers["retry-after"], "7"),
            Fault::ApiError(error) => assert_eq!(answer.json()["error"], error),
            _ => {}
        }
    }
    assert_eq!(posted(&bot), 0);
    assert_eq!(post(&bot).await.unwrap().json()["ok"], true);
}

#[tokio::test]
async fn a_cut_before_is_not_applied_and_a_cut_after_is() {
    let bot = Bot::new().await;
    bot.slack.fail("chat.postMessage", Fault::CutBefore, 1);
    assert!(post(&bot).await.is_err());
    assert_eq!(posted(&bot), 0);
    for fault in [Fault::CutAfter, Fault::CutBody] {
        bot.slack.fail("chat.postMessage", fault, 1);
        assert!(post(&bot).await.is_err());
    }
    assert_eq!(posted(&bot), 2);
}

#[tokio::test]
async fn a_hang_never_answers_and_a_slow_answer_comes() {
    let bot = Bot::new().await;
    bot.slack.fail("chat.postMessage", Fault::Hang, 1);
    tokio::select! {
        _ = post(&bot) => panic!("it answered"),
        () = bot.until(|slack| slack.counts().posted == 1) => {}
    }
    bot.slack.fail("chat.postMessage", Fault::Slow(Duration::from_millis(20)), 1);
    let before = bot.slack.now();
    assert_eq!(post(&bot).await.unwrap().json()["ok"], true);
    assert!(bot.slack.now() - before >= Duration::from_millis(20));
}

#[tokio::test]
async fn garbage_is_no_json() {
    let bot = Bot::new().await;
    bot.slack.fail("*", Fault::Garbage, 1);
    assert!(serde_json::from_slice::<Value>(&post(&bot).await.unwrap().body).is_err());
}

#[tokio::test]
async fn a_fault_may_be_for_one_channel_and_may_be_taken_back() {
    let bot = Bot::new().await;
    bot.slack.fail_in("chat.postMessage", &bot.home.random, Fault::Status(500), 1);
    assert_eq!(post(&bot).await.unwrap().status, 200);
    bot.slack.fail("chat.postMessage", Fault::Status(500), 9);
    bot.slack.mend();
    assert_eq!(post(&bot).await.unwrap().status, 200);
}

#[tokio::test]
async fn a_tier_is_held_to_when_asked() {
    let bot = Bot::with(Settings { limits: Limits { tiers: true, ..Limits::default() }, ..Settings::default() }).await;
    for _ in 0..20 {
        bot.ok("conversations.list", json!({})).await;
    }
    let over = bot.answer("conversations.list", json!({})).await;
    assert_eq!((over.status.as_u16(), &over.headers["retry-after"]), (429, &"3".parse().unwrap()));
    bot.ok("users.info", json!({ "user": bot.home.ada })).await;
}
