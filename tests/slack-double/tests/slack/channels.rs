//! `conversations.*`, but for what was said.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use slack_double::{Channel, ChannelKind};

use crate::bot::Bot;

#[tokio::test]
async fn a_list_comes_in_pages_that_leave_nothing_out() {
    let bot = Bot::new().await;
    for number in 0..25 {
        bot.slack.add_channel(&bot.home.team, Channel::named(&format!("c{number}")));
    }
    let (mut seen, mut cursor) = (BTreeSet::new(), json!(""));
    loop {
        let page = bot.ok("conversations.list", json!({ "limit": 10, "cursor": cursor })).await;
        let channels = page["channels"].as_array().unwrap();
        assert!(channels.len() <= 10);
        seen.extend(channels.iter().map(|channel| channel["id"].to_string()));
        cursor = page["response_metadata"]["next_cursor"].clone();
        if cursor == "" {
            break;
        }
    }
    assert_eq!(seen.len(), 27);
    assert_eq!(bot.error("conversations.list", json!({ "limit": 1001 })).await, "invalid_limit");
    assert_eq!(bot.error("conversations.list", json!({ "cursor": "no" })).await, "invalid_cursor");
}

#[tokio::test]
async fn a_list_shows_the_kinds_asked_for_and_no_secrets() {
    let bot = Bot::new().await;
    let private = |name: &str, members| Channel { kind: ChannelKind::Private, members, ..Channel::named(name) };
    bot.slack.add_channel(&bot.home.team, private("ours", vec![bot.home.tokens.user.clone()]));
    bot.slack.add_channel(&bot.home.team, private("theirs", vec![bot.home.ada.clone()]));
    bot.slack.open_direct(&bot.home.app, &bot.home.ada);
    let names = async |types: &str| {
        let page = bot.ok("conversations.list", json!({ "types": types })).await;
        page["channels"]
            .as_array()
            .unwrap()
            .iter()
            .map(|channel| channel["name"].as_str().unwrap_or("im").to_owned())
            .collect::<BTreeSet<_>>()
    };
    assert_eq!(names("private_channel").await, ["ours".to_owned()].into());
    assert_eq!(names("im,private_channel").await, ["im".to_owned(), "ours".to_owned()].into());
    assert_eq!(bot.error("conversations.list", json!({ "types": "secret" })).await, "invalid_types");
}

#[tokio::test]
async fn a_secret_channel_is_not_found() {
    let bot = Bot::new().await;
    let members = vec![bot.home.ada.clone()];
    let theirs = bot.slack.add_channel(&bot.home.team, Channel { kind: ChannelKind::Private, members, ..Channel::named("theirs") });
    for method in ["conversations.info", "conversations.members", "conversations.history"] {
        assert_eq!(bot.error(method, json!({ "channel": theirs })).await, "channel_not_found");
    }
}

#[tokio::test]
async fn a_channel_is_made_filled_renamed_and_archived() {
    let bot = Bot::new().await;
    let made = bot.ok("conversations.create", json!({ "name": "ops" })).await;
    let id = made["channel"]["id"].clone();
    assert_eq!(bot.error("conversations.create", json!({ "name": "ops" })).await, "name_taken");
    assert_eq!(bot.error("conversations.create", json!({ "name": "Ops!" })).await, "invalid_name_specials");
    bot.ok("conversations.invite", json!({ "channel": id, "users": format!("{},{}", bot.home.ada, bot.home.ben) })).await;
    let members = bot.ok("conversations.members", json!({ "channel": id })).await;
    assert_eq!(members["members"].as_array().unwrap().len(), 3);
    bot.ok("conversations.kick", json!({ "channel": id, "user": bot.home.ben })).await;
    bot.ok("conversations.setTopic", json!({ "channel": id, "topic": "calm" })).await;
    let renamed = bot.ok("conversations.rename", json!({ "channel": id, "name": "operations" })).await;
    assert_eq!((&renamed["channel"]["topic"]["value"], &renamed["channel"]["previous_names"]), (&json!("calm"), &json!(["ops"])));
    bot.ok("conversations.archive", json!({ "channel": id })).await;
    assert_eq!(bot.error("conversations.archive", json!({ "channel": id })).await, "already_archived");
    assert_eq!(bot.error("conversations.invite", json!({ "channel": id, "users": bot.home.ben })).await, "is_archived");
    bot.ok("conversations.unarchive", json!({ "channel": id })).await;
}

#[tokio::test]
async fn a_bot_joins_and_leaves() {
    let bot = Bot::new().await;
    let random = json!({ "channel": bot.home.random });
    bot.ok("conversations.join", random.clone()).await;
    assert_eq!(bot.ok("conversations.join", random.clone()).await["warning"], "already_in_channel");
    bot.ok("conversations.leave", random.clone()).await;
    assert_eq!(bot.ok("conversations.leave", random).await["not_in_channel"], true);
    assert_eq!(bot.error("conversations.leave", json!({ "channel": bot.home.general })).await, "cant_leave_general");
}

#[tokio::test]
async fn direct_messages_are_opened_once() {
    let bot = Bot::new().await;
    let open = |users: Value| json!({ "users": users });
    let first = bot.ok("conversations.open", open(json!(bot.home.ada))).await;
    let second = bot.ok("conversations.open", open(json!(bot.home.ada))).await;
    assert_eq!((&first["channel"]["id"], &second["already_open"]), (&second["channel"]["id"], &json!(true)));
    let group = bot.ok("conversations.open", open(json!(format!("{},{}", bot.home.ada, bot.home.ben)))).await;
    assert!(group["channel"]["id"].as_str().unwrap().starts_with('G'));
    assert_eq!(bot.error("conversations.open", open(json!("U404"))).await, "user_not_found");
    bot.slack.change_person(&bot.home.cleo, |person| person.deleted = true);
    assert_eq!(bot.error("conversations.open", open(json!(bot.home.cleo))).await, "user_disabled");
}

#[tokio::test]
async fn each_kind_of_channel_has_its_scope() {
    let bot = Bot::new().await;
    let direct = bot.slack.open_direct(&bot.home.app, &bot.home.ada);
    bot.slack.grant(&bot.home.app, &["channels:read", "channels:history"]);
    bot.ok("conversations.history", json!({ "channel": bot.home.general })).await;
    let refused = bot.call("conversations.history", json!({ "channel": direct })).await;
    assert_eq!((&refused["error"], &refused["needed"]), (&json!("missing_scope"), &json!("im:history")));
    assert_eq!(bot.error("conversations.list", json!({ "types": "public_channel,im" })).await, "missing_scope");
}
