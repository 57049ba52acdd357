//! `chat.*`, `conversations.history` and `replies`, `reactions.*`.

use serde_json::{Value, json};
use slack_double::{Limits, Settings, Times};

use crate::bot::Bot;

#[tokio::test]
async fn a_message_is_stored_as_it_was_sent() {
    let bot = Bot::new().await;
    let ts = bot.say("a < b & <@U1>").await;
    let message = bot.slack.message(&bot.home.general, ts).unwrap();
    assert_eq!((message.text.as_str(), message.author.bot), ("a < b & <@U1>", Some(bot.home.tokens.bot_id.clone())));
}

#[tokio::test]
async fn a_channel_may_be_named_and_a_person_is_their_direct_messages() {
    let bot = Bot::new().await;
    let named = bot.ok("chat.postMessage", json!({ "channel": "#general", "text": "hi" })).await;
    let direct = bot.ok("chat.postMessage", json!({ "channel": bot.home.ada, "text": "hi" })).await;
    assert_eq!(named["channel"], json!(bot.home.general));
    assert!(direct["channel"].as_str().unwrap().starts_with('D'));
}

#[tokio::test]
async fn a_message_that_says_nothing_is_refused() {
    let bot = Bot::new().await;
    assert_eq!(bot.error("chat.postMessage", json!({ "channel": bot.home.general })).await, "no_text");
}

#[tokio::test]
async fn a_text_has_its_length() {
    let bot = Bot::new().await;
    bot.ok("chat.postMessage", json!({ "channel": bot.home.general, "text": "x".repeat(40_000) })).await;
    let over = json!({ "channel": bot.home.general, "text": "x".repeat(40_001) });
    assert_eq!(bot.error("chat.postMessage", over).await, "msg_too_long");
}

#[tokio::test]
async fn an_edited_text_has_a_shorter_one() {
    let bot = Bot::new().await;
    let ts = bot.say("short").await;
    let over = json!({ "channel": bot.home.general, "ts": ts, "text": "x".repeat(4_001) });
    assert_eq!(bot.error("chat.update", over).await, "msg_too_long");
}

#[tokio::test]
async fn where_a_bot_is_not_it_cannot_write() {
    let bot = Bot::new().await;
    bot.slack.grant(&bot.home.app, &["chat:write"]);
    let to = |channel: &str| json!({ "channel": channel, "text": "hi" });
    assert_eq!(bot.error("chat.postMessage", to("C404")).await, "channel_not_found");
    assert_eq!(bot.error("chat.postMessage", to(bot.home.random.as_str())).await, "not_in_channel");
    bot.slack.join(&bot.home.random, &bot.home.tokens.user);
    bot.slack.archive(&bot.home.random, &bot.home.ada);
    assert_eq!(bot.error("chat.postMessage", to(bot.home.random.as_str())).await, "is_archived");
}

#[tokio::test]
async fn an_edit_without_blocks_takes_them_away() {
    let bot = Bot::new().await;
    let posted = json!({ "channel": bot.home.general, "text": "a", "blocks": [{ "type": "divider" }] });
    let ts = bot.ok("chat.postMessage", posted).await["ts"].clone();
    bot.ok("chat.update", json!({ "channel": bot.home.general, "ts": ts, "text": "b" })).await;
    let message = &bot.slack.messages(&bot.home.general)[0];
    assert_eq!((message.text.as_str(), &message.blocks, message.edited.is_some()), ("b", &None, true));
}

#[tokio::test]
async fn only_ones_own_messages_can_be_changed() {
    let bot = Bot::new().await;
    let ts = bot.slack.post(&bot.home.general, &bot.home.ada, "mine");
    let about = json!({ "channel": bot.home.general, "ts": ts, "text": "yours" });
    assert_eq!(bot.error("chat.update", about.clone()).await, "cant_update_message");
    assert_eq!(bot.error("chat.delete", about).await, "cant_delete_message");
    let nowhere = json!({ "channel": bot.home.general, "ts": "1.000000", "text": "x" });
    assert_eq!(bot.error("chat.update", nowhere).await, "message_not_found");
}

#[tokio::test]
async fn the_edit_window_closes() {
    let bot =
        Bot::with(Settings { times: Times { edit_window: Some(std::time::Duration::ZERO), ..Times::default() }, ..Settings::default() })
            .await;
    let ts = bot.say("too late").await;
    assert_eq!(bot.error("chat.update", json!({ "channel": bot.home.general, "ts": ts, "text": "x" })).await, "edit_window_closed");
}

#[tokio::test]
async fn an_ephemeral_is_seen_by_one_member_and_is_no_message() {
    let bot = Bot::new().await;
    let to = |channel: Value, user: Value| json!({ "channel": channel, "user": user, "text": "psst" });
    let ts = bot.ok("chat.postEphemeral", to(json!(bot.home.general), json!(bot.home.ada))).await["message_ts"].clone();
    assert_eq!(bot.slack.ephemerals(&bot.home.ada)[0].text, "psst");
    assert!(bot.slack.ephemerals(&bot.home.ben).is_empty() && bot.slack.messages(&bot.home.general).is_empty());
    assert_eq!(bot.error("chat.update", json!({ "channel": bot.home.general, "ts": ts, "text": "x" })).await, "message_not_found");
    let elsewhere = to(json!(bot.home.general), json!("U404"));
    assert_eq!(bot.error("chat.postEphemeral", elsewhere).await, "user_not_in_channel");
}

#[tokio::test]
async fn history_is_newest_first_and_leaves_replies_to_their_thread() {
    let bot = Bot::new().await;
    let first = bot.slack.post(&bot.home.general, &bot.home.ada, "one");
    let second = bot.slack.post(&bot.home.general, &bot.home.ada, "two");
    bot.slack.reply(&bot.home.general, &bot.home.ben, first, "under one");
    let history = bot.ok("conversations.history", json!({ "channel": bot.home.general })).await;
    let texts: Vec<&Value> = history["messages"].as_array().unwrap().iter().map(|message| &message["text"]).collect();
    assert_eq!(texts, [&json!("two"), &json!("one")]);
    assert_eq!((&history["messages"][1]["reply_count"], &history["messages"][1]["thread_ts"]), (&json!(1), &json!(first)));
    let replies = bot.ok("conversations.replies", json!({ "channel": bot.home.general, "ts": first })).await;
    assert_eq!(replies["messages"][1]["parent_user_id"], json!(bot.home.ada));
    let none = json!({ "channel": bot.home.general, "ts": "1.000000" });
    assert_eq!(bot.error("conversations.replies", none).await, "thread_not_found");
    let until = json!({ "channel": bot.home.general, "latest": second });
    assert_eq!(bot.ok("conversations.history", until).await["messages"].as_array().unwrap().len(), 1);
    let until = json!({ "channel": bot.home.general, "latest": second, "inclusive": true });
    assert_eq!(bot.ok("conversations.history", until).await["messages"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn history_comes_in_pages() {
    let bot = Bot::new().await;
    for number in 0..5 {
        bot.slack.post(&bot.home.general, &bot.home.ada, &number.to_string());
    }
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = bot.ok("conversations.history", json!({ "channel": bot.home.general, "limit": 2, "cursor": cursor })).await;
        seen.extend(page["messages"].as_array().unwrap().iter().map(|message| message["text"].as_str().unwrap().to_owned()));
        match page["response_metadata"]["next_cursor"].as_str() {
            Some(next) => cursor = next.to_owned(),
            None => break assert_eq!(page["has_more"], false),
        }
    }
    assert_eq!(seen, ["4", "3", "2", "1", "0"]);
    let wrong = json!({ "channel": bot.home.general, "cursor": "nonsense" });
    assert_eq!(bot.error("conversations.history", wrong).await, "invalid_cursor");
}

#[tokio::test]
async fn metadata_is_kept_and_shown_when_asked_for() {
    let bot = Bot::new().await;
    let metadata = json!({ "event_type": "hold", "event_payload": { "id": 7 } });
    bot.ok("chat.postMessage", json!({ "channel": bot.home.general, "text": "x", "metadata": metadata })).await;
    let history =
        async |all: bool| bot.ok("conversations.history", json!({ "channel": bot.home.general, "include_all_metadata": all })).await;
    assert_eq!(history(true).await["messages"][0]["metadata"], metadata);
    assert!(history(false).await["messages"][0].get("metadata").is_none());
    let wrong = json!({ "channel": bot.home.general, "text": "x", "metadata": { "event_type": "hold" } });
    assert_eq!(bot.error("chat.postMessage", wrong).await, "invalid_metadata_format");
}

#[tokio::test]
async fn a_reaction_is_added_once_and_removed_once() {
    let bot = Bot::new().await;
    let ts = bot.say("look").await;
    let about = json!({ "channel": bot.home.general, "timestamp": ts, "name": "eyes" });
    bot.ok("reactions.add", about.clone()).await;
    assert_eq!(bot.error("reactions.add", about.clone()).await, "already_reacted");
    bot.ok("reactions.remove", about.clone()).await;
    assert_eq!(bot.error("reactions.remove", about).await, "no_reaction");
    let elsewhere = json!({ "channel": bot.home.general, "timestamp": "1.000000", "name": "eyes" });
    assert_eq!(bot.error("reactions.add", elsewhere).await, "message_not_found");
}

#[tokio::test]
async fn a_channel_takes_a_message_a_second_when_asked_to() {
    let bot = Bot::with(Settings { limits: Limits { post_burst: Some(2), ..Limits::default() }, ..Settings::default() }).await;
    bot.say("one").await;
    bot.say("two").await;
    let over = bot.answer("chat.postMessage", json!({ "channel": bot.home.general, "text": "three" })).await;
    assert_eq!((over.status.as_u16(), &over.headers["retry-after"]), (429, &"1".parse().unwrap()));
    assert_eq!(over.json(), json!({ "ok": false, "error": "ratelimited" }));
    bot.ok("chat.postMessage", json!({ "channel": bot.home.ada, "text": "elsewhere" })).await;
}

#[tokio::test]
async fn a_scheduled_message_comes_when_it_is_due() {
    let bot = Bot::hurried(Times::default()).await;
    let now = bot.say("now").await.micros() / 1_000_000;
    let past = json!({ "channel": bot.home.general, "text": "x", "post_at": now - 10 });
    assert_eq!(bot.error("chat.scheduleMessage", past).await, "time_in_past");
    bot.ok("chat.scheduleMessage", json!({ "channel": bot.home.general, "text": "later", "post_at": now + 5_000 })).await;
    bot.until(|slack| slack.messages(&bot.home.general).iter().any(|message| message.text == "later")).await;
}

#[tokio::test]
async fn a_permalink_leads_into_the_thread() {
    let bot = Bot::new().await;
    let head = bot.say("head").await;
    let reply = bot.slack.reply(&bot.home.general, &bot.home.ada, head, "reply");
    let answer = bot.ok("chat.getPermalink", json!({ "channel": bot.home.general, "message_ts": reply })).await;
    let (digits, channel) = (reply.to_string().replace('.', ""), &bot.home.general);
    assert_eq!(
        answer["permalink"],
        format!("https://hatstand-works.slack.com/archives/{channel}/p{digits}?thread_ts={head}&cid={channel}")
    );
}
