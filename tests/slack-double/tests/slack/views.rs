//! Modals and Home tabs ("Modals", "views.open method").

use std::time::Duration;

use serde_json::{Value, json};
use slack_double::{Input, Settings, Times};

use crate::bot::{Bot, Line};

fn plain(text: &str) -> Value {
    json!({ "type": "plain_text", "text": text })
}

fn modal(title: &str) -> Value {
    let input =
        json!({ "type": "input", "block_id": "b", "label": plain("What"), "element": { "type": "plain_text_input", "action_id": "what" } });
    json!({ "type": "modal", "title": plain(title), "submit": plain("Go"), "callback_id": "form", "notify_on_close": true, "blocks": [input] })
}

/// A fresh trigger of Ada's.
async fn trigger(bot: &Bot, line: &mut Line) -> Value {
    bot.slack.shortcut(&bot.home.app, &bot.home.ada, "any");
    let envelope = line.next().await;
    line.ack(&envelope).await;
    envelope["payload"]["trigger_id"].clone()
}

async fn opened(bot: &Bot, line: &mut Line) -> slack_double::ViewId {
    let trigger = trigger(bot, line).await;
    bot.ok("views.open", json!({ "trigger_id": trigger, "view": modal("Form") })).await["view"]["id"].as_str().unwrap().into()
}

#[tokio::test]
async fn a_trigger_is_exchanged_once() {
    let bot = Bot::new().await;
    let mut line = bot.open().await;
    let trigger = trigger(&bot, &mut line).await;
    bot.ok("views.open", json!({ "trigger_id": trigger, "view": modal("One") })).await;
    assert_eq!(bot.error("views.open", json!({ "trigger_id": trigger, "view": modal("Two") })).await, "exchanged_trigger_id");
    assert_eq!(bot.error("views.open", json!({ "trigger_id": "1.2.a", "view": modal("Two") })).await, "invalid_trigger_id");
    assert_eq!(bot.slack.views(&bot.home.ada).len(), 1);
}

#[tokio::test]
async fn a_trigger_expires() {
    let bot = Bot::with(Settings { times: Times { trigger: Duration::ZERO, ..Times::default() }, ..Settings::default() }).await;
    let mut line = bot.open().await;
    let trigger = trigger(&bot, &mut line).await;
    assert_eq!(bot.error("views.open", json!({ "trigger_id": trigger, "view": modal("Late") })).await, "expired_trigger_id");
}

#[tokio::test]
async fn a_view_has_its_limits() {
    let bot = Bot::new().await;
    let mut line = bot.open().await;
    let mut refused = vec![modal(&"x".repeat(25)), json!({ "type": "modal", "blocks": [] })];
    refused.push(json!({ "type": "modal", "title": plain("x"), "blocks": vec![json!({ "type": "divider" }); 101] }));
    refused.push(json!({ "type": "modal", "title": plain("x"), "blocks": [], "private_metadata": "x".repeat(3001) }));
    let mut without_submit = modal("x");
    without_submit.as_object_mut().unwrap().remove("submit");
    refused.push(without_submit);
    for view in refused {
        let trigger = trigger(&bot, &mut line).await;
        assert_eq!(bot.error("views.open", json!({ "trigger_id": trigger, "view": view })).await, "invalid_arguments", "{view}");
    }
    let large = json!({ "trigger_id": "t", "view": { "type": "modal", "private_metadata": "x".repeat(250_000) } });
    assert_eq!(bot.error("views.open", large).await, "view_too_large");
}

#[tokio::test]
async fn a_form_comes_with_what_was_entered_and_closes() {
    let bot = Bot::new().await;
    let mut line = bot.open().await;
    let view = opened(&bot, &mut line).await;
    let asked = bot.slack.submit(&view, &[("what", Input::Text("tea".into()))]);
    let envelope = line.next().await;
    assert_eq!(envelope["accepts_response_payload"], true);
    let payload = &envelope["payload"];
    assert_eq!((&payload["type"], &payload["view"]["callback_id"]), (&json!("view_submission"), &json!("form")));
    assert_eq!(payload["view"]["state"]["values"]["b"]["what"], json!({ "type": "plain_text_input", "value": "tea" }));
    line.ack(&envelope).await;
    asked.outcome().await;
    assert!(bot.slack.views(&bot.home.ada).is_empty());
}

#[tokio::test]
async fn an_ack_may_show_errors_replace_push_or_clear() {
    let bot = Bot::new().await;
    let mut line = bot.open().await;
    let view = opened(&bot, &mut line).await;
    for (payload, views, title) in [
        (json!({ "response_action": "errors", "errors": { "b": "no" } }), 1, "Form"),
        (json!({ "response_action": "update", "view": modal("Other") }), 1, "Other"),
        (json!({ "response_action": "push", "view": modal("Above") }), 2, "Above"),
        (json!({ "response_action": "clear" }), 0, ""),
    ] {
        let asked = bot.slack.submit(&view, &[("what", Input::Text("tea".into()))]);
        let envelope = line.next().await;
        line.answer(&envelope, payload.clone()).await;
        asked.outcome().await;
        let open = bot.slack.views(&bot.home.ada);
        assert_eq!(open.len(), views, "{payload}");
        assert_eq!(open.last().map_or("", |view| view.content["title"]["text"].as_str().unwrap()), title);
        assert_eq!(open.first().and_then(|view| view.errors.clone()), payload.get("errors").cloned());
    }
}

#[tokio::test]
async fn a_view_is_updated_if_nothing_was_missed() {
    let bot = Bot::new().await;
    let mut line = bot.open().await;
    let view = opened(&bot, &mut line).await;
    let hash = bot.slack.view(&view).unwrap().content["hash"].clone();
    bot.ok("views.update", json!({ "view_id": view, "hash": hash, "view": modal("New") })).await;
    assert_eq!(bot.error("views.update", json!({ "view_id": view, "hash": hash, "view": modal("Newer") })).await, "hash_conflict");
    assert_eq!(bot.error("views.update", json!({ "view_id": "V404", "view": modal("x") })).await, "not_found");
}

#[tokio::test]
async fn three_modals_lie_on_each_other_and_no_more() {
    let bot = Bot::new().await;
    let mut line = bot.open().await;
    opened(&bot, &mut line).await;
    let mut last = String::new();
    for _ in 0..3 {
        let top = bot.slack.views(&bot.home.ada).last().unwrap().id.clone();
        let asked = bot.slack.choose_in_view(&top, "what", Input::Text("x".into()));
        let envelope = line.next().await;
        line.ack(&envelope).await;
        last = bot.call("views.push", json!({ "trigger_id": asked.trigger_id, "view": modal("Above") })).await["error"].to_string();
    }
    assert_eq!((bot.slack.views(&bot.home.ada).len(), last.as_str()), (3, "\"push_limit_reached\""));
}

#[tokio::test]
async fn a_closed_form_is_told_if_it_asked() {
    let bot = Bot::new().await;
    let mut line = bot.open().await;
    let view = opened(&bot, &mut line).await;
    bot.slack.close_view(&view).unwrap();
    let payload = line.next().await["payload"].clone();
    assert_eq!((&payload["type"], &payload["is_cleared"]), (&json!("view_closed"), &json!(false)));
    assert!(bot.slack.views(&bot.home.ada).is_empty());
}

#[tokio::test]
async fn a_home_tab_is_opened_published_and_pressed() {
    let bot = Bot::new().await;
    let mut line = bot.open().await;
    bot.slack.open_home(&bot.home.app, &bot.home.ada);
    assert_eq!(line.event("app_home_opened").await["tab"], "home");
    let button = json!({ "type": "button", "text": plain("b"), "action_id": "go" });
    let home = json!({ "type": "home", "blocks": [{ "type": "actions", "elements": [button] }] });
    bot.ok("views.publish", json!({ "user_id": bot.home.ada, "view": home })).await;
    let view = bot.slack.home_view(&bot.home.app, &bot.home.ada).unwrap().id;
    bot.slack.choose_in_view(&view, "go", Input::Press);
    assert_eq!(line.next().await["payload"]["container"], json!({ "type": "view", "view_id": view }));
    bot.ok("views.publish", json!({ "user_id": bot.home.ada, "view": { "type": "home", "blocks": [] } })).await;
    assert_eq!(bot.slack.home_view(&bot.home.app, &bot.home.ada).unwrap().id, view);
}
