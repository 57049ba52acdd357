//! Block Kit's limits ("Blocks", "Block elements", "Composition objects").

use serde_json::{Value, json};

use crate::bot::Bot;

/// Each of these is refused, for the reason given.
fn refused() -> Vec<(Value, &'static str)> {
    let long = |length: usize| "x".repeat(length);
    let plain = |text: String| json!({ "type": "plain_text", "text": text });
    let button = |id: &str| json!({ "type": "button", "text": plain("b".into()), "action_id": id });
    let menu = |count: usize| {
        let options: Vec<Value> = (0..count).map(|value| json!({ "text": plain("o".into()), "value": value.to_string() })).collect();
        json!({ "type": "actions", "elements": [{ "type": "static_select", "action_id": "m", "options": options }] })
    };
    let buttons: Vec<Value> = (0..26).map(|id| button(&id.to_string())).collect();
    let section = |fields: Value| json!({ "type": "section", "fields": fields });
    let field = |length: usize| json!({ "type": "mrkdwn", "text": long(length) });
    vec![
        (json!([{ "type": "sections" }]), "unsupported type: sections"),
        (json!([{ "type": "section" }]), "must have one of: text, fields"),
        (json!([{ "type": "section", "text": field(3001) }]), "must be less than 3001 characters"),
        (json!([{ "type": "section", "text": field(0) }]), "must be more than 0 characters"),
        (json!([section(json!(vec![field(1); 11]))]), "no more than 10 items allowed"),
        (json!([section(json!([field(2001)]))]), "must be less than 2001 characters"),
        (json!([{ "type": "header", "text": plain(long(151)) }]), "must be less than 151 characters"),
        (json!([{ "type": "header", "text": field(1) }]), "unsupported type: mrkdwn"),
        (json!([{ "type": "actions", "elements": buttons }]), "no more than 25 items allowed"),
        (json!([{ "type": "actions", "elements": [] }]), "must have at least 1 item"),
        (json!([{ "type": "actions", "elements": [button("a"), button("a")] }]), "`action_id` already exists: a"),
        (json!([{ "type": "divider", "block_id": "b" }, { "type": "divider", "block_id": "b" }]), "`block_id` already exists: b"),
        (json!([{ "type": "divider", "block_id": long(256) }]), "must be less than 256 characters"),
        (json!([{ "type": "divider", "colour": "red" }]), "invalid additional property: colour"),
        (json!([{ "type": "context", "elements": vec![field(1); 11] }]), "no more than 10 items allowed"),
        (json!([{ "type": "image", "image_url": "https://x" }]), "missing required field: alt_text"),
        (json!([menu(101)]), "no more than 100 items allowed"),
        (json!([{ "type": "actions", "elements": [{ "type": "plain_text_input" }] }]), "unsupported type: plain_text_input"),
        (json!(vec![json!({ "type": "divider" }); 51]), "no more than 50 items allowed"),
        (json!([{ "type": "alert", "text": plain("a".into()) }]), "unsupported type: alert"),
    ]
}

#[tokio::test]
async fn what_is_too_long_too_many_or_misplaced_is_refused_with_its_place() {
    let bot = Bot::new().await;
    for (blocks, reason) in refused() {
        let answer = bot.call("chat.postMessage", json!({ "channel": bot.home.general, "blocks": blocks })).await;
        assert_eq!(answer["error"], "invalid_blocks", "{reason}");
        let messages = answer["response_metadata"]["messages"].to_string();
        assert!(messages.contains(reason) && messages.contains("[json-pointer:/blocks"), "{reason}: {messages}");
    }
}

#[tokio::test]
async fn a_button_has_its_lengths() {
    let bot = Bot::new().await;
    let with = |text: usize, value: usize| {
        let text = json!({ "type": "plain_text", "text": "x".repeat(text) });
        let button = json!({ "type": "button", "action_id": "a", "text": text, "value": "x".repeat(value) });
        json!({ "channel": bot.home.general, "blocks": [{ "type": "actions", "elements": [button] }] })
    };
    bot.ok("chat.postMessage", with(75, 2000)).await;
    assert_eq!(bot.error("chat.postMessage", with(76, 1)).await, "invalid_blocks");
    assert_eq!(bot.error("chat.postMessage", with(1, 2001)).await, "invalid_blocks");
}

#[tokio::test]
async fn all_blocks_together_have_their_length() {
    let bot = Bot::new().await;
    let sections = |count: usize| {
        let section = json!({ "type": "section", "text": { "type": "mrkdwn", "text": "x".repeat(3000) } });
        json!({ "channel": bot.home.general, "blocks": vec![section; count] })
    };
    bot.ok("chat.postMessage", sections(4)).await;
    assert_eq!(bot.error("chat.postMessage", sections(5)).await, "msg_blocks_too_long");
}

#[tokio::test]
async fn what_is_no_list_of_blocks_is_refused() {
    let bot = Bot::new().await;
    for blocks in [json!("{not json"), json!({ "type": "divider" })] {
        let error = bot.error("chat.postMessage", json!({ "channel": bot.home.general, "blocks": blocks })).await;
        assert_eq!(error, "invalid_blocks_format");
    }
}

#[tokio::test]
async fn every_kind_of_block_is_taken() {
    let bot = Bot::new().await;
    let plain = json!({ "type": "plain_text", "text": "t", "emoji": true });
    let rich = json!({ "type": "rich_text", "elements": [{ "type": "rich_text_section", "elements": [{ "type": "text", "text": "t" }] }] });
    let option = json!({ "text": plain, "value": "v" });
    let blocks = json!([
        { "type": "header", "text": plain }, { "type": "divider" }, rich,
        { "type": "section", "text": { "type": "mrkdwn", "text": "t" }, "accessory": { "type": "overflow", "action_id": "o", "options": [option] } },
        { "type": "context", "elements": [{ "type": "mrkdwn", "text": "t" }, { "type": "image", "image_url": "https://x", "alt_text": "x" }] },
        { "type": "image", "image_url": "https://x", "alt_text": "x", "title": plain },
        { "type": "actions", "elements": [{ "type": "datepicker", "action_id": "d" }, { "type": "radio_buttons", "action_id": "r", "options": [option] }] },
        { "type": "input", "label": plain, "element": { "type": "plain_text_input", "action_id": "i" } },
        { "type": "markdown", "text": "**t**" },
        { "type": "table", "rows": [[{ "type": "raw_text", "text": "t" }, rich]] },
        { "type": "video", "title": plain, "alt_text": "x", "thumbnail_url": "https://x", "video_url": "https://x" },
        { "type": "file", "external_id": "x", "source": "remote" },
        { "type": "context_actions", "elements": [{ "type": "feedback_buttons", "action_id": "f",
            "positive_button": { "text": plain, "value": "y" }, "negative_button": { "text": plain, "value": "n" } }] },
    ]);
    bot.ok("chat.postMessage", json!({ "channel": bot.home.general, "blocks": blocks })).await;
}
