//! Commands, presses, response URLs and triggers ("Handling user interaction", "Slash commands").

use std::time::Duration;

use serde_json::{Value, json};
use slack_double::{Input, Outcome, Settings, Times, Ts};

use crate::bot::{Answer, Bot};

/// Posts a message with a button and a menu.
async fn ask(bot: &Bot) -> Ts {
    let plain = |text: &str| json!({ "type": "plain_text", "text": text });
    let options = json!([{ "text": plain("One"), "value": "1" }, { "text": plain("Two"), "value": "2" }]);
    let elements = json!([
        { "type": "button", "text": plain("Take"), "action_id": "take", "value": "staging" },
        { "type": "static_select", "action_id": "pick", "options": options },
    ]);
    let message =
        json!({ "channel": bot.home.general, "text": "?", "blocks": [{ "type": "actions", "block_id": "ask", "elements": elements }] });
    bot.ok("chat.postMessage", message).await["ts"].as_str().unwrap().parse().unwrap()
}

async fn respond(bot: &Bot, url: &Value, payload: Value) -> Answer {
    bot.post(url.as_str().unwrap(), None, "application/json", payload.to_string()).await
}

#[tokio::test]
async fn a_command_carries_where_and_who_and_its_ack_is_the_answer() {
    let bot = Bot::new().await;
    let mut line = bot.open().await;
    let asked = bot.slack.slash(&bot.home.general, &bot.home.ada, "/hatstand", "hold staging");
    let envelope = line.next().await;
    assert_eq!((&envelope["type"], &envelope["accepts_response_payload"]), (&json!("slash_commands"), &json!(true)));
    let payload = &envelope["payload"];
    assert_eq!((&payload["command"], &payload["text"]), (&json!("/hatstand"), &json!("hold staging")));
    assert_eq!((&payload["channel_id"], &payload["user_name"]), (&json!(bot.home.general), &json!("ada")));
    line.answer(&envelope, json!({ "text": "done" })).await;
    assert!(matches!(asked.outcome().await, Outcome::Acked { payload: Some(_), .. }));
    assert_eq!(bot.slack.ephemerals(&bot.home.ada)[0].text, "done");
}

#[tokio::test]
async fn a_command_may_be_answered_before_everyone() {
    let bot = Bot::new().await;
    let mut line = bot.open().await;
    let asked = bot.slack.slash(&bot.home.general, &bot.home.ada, "/hatstand", "");
    let envelope = line.next().await;
    line.answer(&envelope, json!({ "text": "all", "response_type": "in_channel" })).await;
    asked.outcome().await;
    assert_eq!(bot.slack.messages(&bot.home.general)[0].text, "all");
}

#[tokio::test]
async fn a_command_is_not_sent_twice() {
    let bot = Bot::hurried(Times::default()).await;
    let _line = bot.open().await;
    let asked = bot.slack.slash(&bot.home.general, &bot.home.ada, "/hatstand", "");
    assert_eq!(asked.outcome().await, Outcome::TimedOut);
    assert_eq!(bot.slack.counts().sent, 1);
}

#[tokio::test]
async fn without_a_socket_a_command_fails_at_once() {
    let bot = Bot::new().await;
    let asked = bot.slack.slash(&bot.home.general, &bot.home.ada, "/hatstand", "");
    assert_eq!(asked.outcome_now(), Some(Outcome::Unreachable));
}

#[tokio::test]
async fn a_press_tells_everything_about_itself() {
    let bot = Bot::new().await;
    let ts = ask(&bot).await;
    let mut line = bot.open().await;
    line.event("message").await;
    bot.slack.press(&bot.home.general, ts, "take", &bot.home.ada);
    let envelope = line.next().await;
    let payload = &envelope["payload"];
    assert_eq!((&envelope["type"], &payload["type"]), (&json!("interactive"), &json!("block_actions")));
    let action = &payload["actions"][0];
    assert_eq!((&action["action_id"], &action["block_id"], &action["value"]), (&json!("take"), &json!("ask"), &json!("staging")));
    assert_eq!(payload["container"], json!({ "type": "message", "message_ts": ts, "channel_id": bot.home.general, "is_ephemeral": false }));
    assert_eq!((&payload["message"]["ts"], &payload["user"]["id"]), (&json!(ts), &json!(bot.home.ada)));
    assert_eq!(payload["state"]["values"]["ask"]["pick"]["selected_option"], Value::Null);
}

#[tokio::test]
async fn a_choice_is_in_the_action_and_in_the_state() {
    let bot = Bot::new().await;
    let ts = ask(&bot).await;
    let mut line = bot.open().await;
    line.event("message").await;
    bot.slack.choose(&bot.home.general, ts, "pick", Input::Option("2".into()), &bot.home.ada);
    let payload = line.next().await["payload"].clone();
    assert_eq!(payload["actions"][0]["selected_option"]["value"], "2");
    assert_eq!(payload["state"]["values"]["ask"]["pick"]["selected_option"]["value"], "2");
}

#[tokio::test]
async fn a_response_url_is_good_five_times() {
    let bot = Bot::new().await;
    let mut line = bot.open().await;
    bot.slack.slash(&bot.home.general, &bot.home.ada, "/hatstand", "");
    let url = line.next().await["payload"]["response_url"].clone();
    for _ in 0..5 {
        assert_eq!(respond(&bot, &url, json!({ "text": "later" })).await.status, 200);
    }
    let sixth = respond(&bot, &url, json!({ "text": "later" })).await;
    assert_eq!((sixth.status.as_u16(), &sixth.json()["error"]), (404, &json!("used_url")));
    assert_eq!(bot.slack.ephemerals(&bot.home.ada).len(), 5);
}

#[tokio::test]
async fn a_response_url_grows_old() {
    let bot = Bot::with(Settings { times: Times { response_url: Duration::ZERO, ..Times::default() }, ..Settings::default() }).await;
    let mut line = bot.open().await;
    bot.slack.slash(&bot.home.general, &bot.home.ada, "/hatstand", "");
    let url = line.next().await["payload"]["response_url"].clone();
    assert_eq!(respond(&bot, &url, json!({ "text": "late" })).await.json()["error"], "expired_url");
}

#[tokio::test]
async fn a_response_may_replace_and_delete_what_was_pressed() {
    let bot = Bot::new().await;
    let ts = ask(&bot).await;
    let mut line = bot.open().await;
    line.event("message").await;
    let asked = bot.slack.press(&bot.home.general, ts, "take", &bot.home.ada);
    let url = json!(asked.response_url);
    respond(&bot, &url, json!({ "text": "taken", "replace_original": true })).await;
    let message = bot.slack.message(&bot.home.general, ts).unwrap();
    assert_eq!((message.text.as_str(), message.blocks), ("taken", None));
    respond(&bot, &url, json!({ "delete_original": true })).await;
    assert!(bot.slack.message(&bot.home.general, ts).unwrap().deleted);
}

#[tokio::test]
async fn what_only_one_person_sees_can_be_pressed_and_taken_back() {
    let bot = Bot::new().await;
    let mut line = bot.open().await;
    let button = json!({ "type": "button", "text": { "type": "plain_text", "text": "b" }, "action_id": "go" });
    let shown =
        json!({ "channel": bot.home.general, "user": bot.home.ada, "text": "?", "blocks": [{ "type": "actions", "elements": [button] }] });
    let ts: Ts = bot.ok("chat.postEphemeral", shown).await["message_ts"].as_str().unwrap().parse().unwrap();
    let asked = bot.slack.press(&bot.home.general, ts, "go", &bot.home.ada);
    let payload = line.next().await["payload"].clone();
    assert_eq!((&payload["container"]["is_ephemeral"], payload.get("message")), (&json!(true), None));
    respond(&bot, &json!(asked.response_url), json!({ "delete_original": true })).await;
    assert!(bot.slack.ephemerals(&bot.home.ada)[0].deleted);
}

#[tokio::test]
async fn shortcuts_carry_their_callback() {
    let bot = Bot::new().await;
    let ts = bot.say("about this").await;
    let mut line = bot.open().await;
    line.event("message").await;
    bot.slack.shortcut(&bot.home.app, &bot.home.ada, "everywhere");
    let global = line.next().await;
    assert_eq!((&global["payload"]["type"], &global["accepts_response_payload"]), (&json!("shortcut"), &json!(false)));
    bot.slack.message_shortcut(&bot.home.app, &bot.home.general, ts, &bot.home.ada, "here");
    let payload = line.next().await["payload"].clone();
    assert_eq!((&payload["type"], &payload["callback_id"]), (&json!("message_action"), &json!("here")));
    assert_eq!(payload["message"]["text"], "about this");
}
