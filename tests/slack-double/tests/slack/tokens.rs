//! Tokens, scopes and the forms of a call ("Using the Slack Web API", "Authentication").

use axum::{body::Body, http::Request};
use serde_json::json;

use crate::bot::Bot;

const FORM: &str = "application/x-www-form-urlencoded";
const JSON: &str = "application/json; charset=utf-8";

#[tokio::test]
async fn a_call_without_a_token_is_not_authed() {
    let bot = Bot::new().await;
    let answer = bot.post(&bot.method("auth.test"), None, FORM, "").await.json();
    assert_eq!(answer, json!({ "ok": false, "error": "not_authed" }));
}

#[tokio::test]
async fn an_unknown_token_is_invalid_auth() {
    let bot = Bot::new().await;
    assert_eq!(bot.post(&bot.method("auth.test"), Some("xoxb-1-2-3"), FORM, "").await.json()["error"], "invalid_auth");
}

#[tokio::test]
async fn a_token_in_a_json_body_is_not_seen() {
    let bot = Bot::new().await;
    let body = json!({ "token": bot.home.tokens.bot }).to_string();
    assert_eq!(bot.post(&bot.method("auth.test"), None, JSON, body).await.json()["error"], "not_authed");
}

#[tokio::test]
async fn a_token_may_come_in_a_form_and_in_a_query() {
    let bot = Bot::new().await;
    let token = &bot.home.tokens.bot;
    let form = bot.post(&bot.method("auth.test"), None, FORM, format!("token={token}")).await.json();
    let request = Request::get(format!("{}?token={token}", bot.method("auth.test"))).body(Body::empty()).unwrap();
    let query = bot.send(request).await.unwrap().json();
    assert_eq!(form["bot_id"], json!(bot.home.tokens.bot_id));
    assert_eq!(form, query);
}

#[tokio::test]
async fn the_kinds_of_token_are_told_apart() {
    let bot = Bot::new().await;
    let with_bot = bot.post(&bot.method("apps.connections.open"), Some(&bot.home.tokens.bot), FORM, "").await.json();
    let with_app = bot.post(&bot.method("auth.test"), Some(&bot.home.tokens.app), FORM, "").await.json();
    assert_eq!(with_bot["error"], "not_allowed_token_type");
    assert_eq!(with_app["error"], "not_allowed_token_type");
}

#[tokio::test]
async fn an_app_token_has_to_come_in_the_header() {
    let bot = Bot::new().await;
    let body = format!("token={}", bot.home.tokens.app);
    assert_eq!(bot.post(&bot.method("apps.connections.open"), None, FORM, body).await.json()["error"], "missing_args");
}

#[tokio::test]
async fn a_missing_scope_is_named_with_those_that_are_there() {
    let bot = Bot::new().await;
    bot.slack.grant(&bot.home.app, &["chat:write", "users:read"]);
    let answer = bot.call("reactions.add", json!({})).await;
    assert_eq!((&answer["error"], &answer["needed"]), (&json!("missing_scope"), &json!("reactions:write")));
    assert_eq!(answer["provided"], "chat:write,users:read");
}

#[tokio::test]
async fn every_answer_names_the_scopes() {
    let bot = Bot::new().await;
    bot.slack.grant(&bot.home.app, &["chat:write"]);
    let answer = bot.answer("chat.postMessage", json!({ "channel": bot.home.general, "text": "hi" })).await;
    assert_eq!(
        (&answer.headers["x-oauth-scopes"], &answer.headers["x-accepted-oauth-scopes"]),
        (&"chat:write".parse().unwrap(), &"chat:write".parse().unwrap())
    );
}

#[tokio::test]
async fn revoked_and_uninstalled_are_different() {
    let bot = Bot::new().await;
    bot.slack.uninstall(&bot.home.app, &bot.home.team);
    assert_eq!(bot.error("auth.test", json!({})).await, "account_inactive");
    bot.slack.revoke(&bot.home.tokens.bot);
    assert_eq!(bot.error("auth.test", json!({})).await, "token_revoked");
}

#[tokio::test]
async fn an_unknown_method_is_named_and_complained_of() {
    let bot = Bot::new().await;
    let answer = bot.call("chat.shout", json!({})).await;
    assert_eq!(answer, json!({ "ok": false, "error": "unknown_method", "req_method": "chat.shout" }));
    assert!(bot.complained("unknown_method"));
}

#[tokio::test]
async fn a_missing_argument_is_named() {
    let bot = Bot::new().await;
    let answer = bot.call("chat.postMessage", json!({ "text": "hi" })).await;
    assert_eq!(answer["error"], "invalid_arguments");
    assert_eq!(answer["response_metadata"]["messages"][0], "[ERROR] missing required field: channel");
}

#[tokio::test]
async fn json_without_a_charset_is_warned_of() {
    let bot = Bot::new().await;
    let answer = bot.post(&bot.method("api.test"), None, "application/json", "{}").await.json();
    assert_eq!((&answer["warning"], &answer["response_metadata"]["warnings"][0]), (&json!("missing_charset"), &json!("missing_charset")));
}

#[tokio::test]
async fn a_body_that_is_not_what_it_says_is_refused() {
    let bot = Bot::new().await;
    for (kind, body, error) in [(JSON, "{", "invalid_json"), (JSON, "[]", "json_not_object"), ("image/png", "x", "invalid_post_type")] {
        assert_eq!(bot.post(&bot.method("api.test"), None, kind, body).await.json()["error"], error);
    }
}

#[tokio::test]
async fn no_record_holds_a_token() {
    let bot = Bot::new().await;
    let token = bot.home.tokens.bot.clone();
    bot.post(&bot.method("auth.test"), None, FORM, format!("token={token}")).await;
    let records = serde_json::to_string(&bot.slack.calls()).unwrap();
    assert!(records.contains("xoxb-…") && !records.contains(&token), "{records}");
}
