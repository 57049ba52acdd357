//! What an app is told of, and what not ("Events reference").

use serde_json::{Value, json};
use slack_double::{App, Channel, ChannelKind, Person};

use crate::bot::Bot;

#[tokio::test]
async fn a_mention_comes_twice_with_one_ts() {
    let bot = Bot::new().await;
    let mut line = bot.open().await;
    let ts = bot.slack.post(&bot.home.general, &bot.home.ada, "hey @hatstand!");
    let (first, second) = (line.next().await, line.next().await);
    let kinds = [&first, &second].map(|envelope| envelope["payload"]["event"]["type"].clone());
    assert_eq!(kinds, [json!("message"), json!("app_mention")]);
    assert_ne!(first["payload"]["event_id"], second["payload"]["event_id"]);
    assert!([&first, &second].iter().all(|envelope| envelope["payload"]["event"]["ts"] == json!(ts)));
    assert_eq!(first["payload"]["event"]["text"], format!("hey <@{}>!", bot.home.tokens.user));
}

#[tokio::test]
async fn what_a_person_types_is_encoded() {
    let bot = Bot::new().await;
    let ts = bot.slack.post(&bot.home.general, &bot.home.ada, "1 < 2 & 3 > 2, #random, @ben: https://a.b/?c&d @here");
    let text = bot.slack.message(&bot.home.general, ts).unwrap().text;
    let (random, ben) = (&bot.home.random, &bot.home.ben);
    assert_eq!(text, format!("1 &lt; 2 &amp; 3 &gt; 2, <#{random}|random>, <@{ben}>: <https://a.b/?c&amp;d> <!here>"));
}

#[tokio::test]
async fn a_direct_message_is_an_im() {
    let bot = Bot::new().await;
    let mut line = bot.open().await;
    let direct = bot.slack.open_direct(&bot.home.app, &bot.home.ada);
    bot.slack.post(&direct, &bot.home.ada, "psst");
    let event = line.event("message").await;
    assert_eq!((&event["channel_type"], &event["channel"]), (&json!("im"), &json!(direct)));
}

#[tokio::test]
async fn where_its_bot_is_not_an_app_hears_nothing() {
    let bot = Bot::new().await;
    let mut line = bot.open().await;
    bot.slack.post(&bot.home.random, &bot.home.ada, "@hatstand behind your back");
    bot.slack.post(&bot.home.general, &bot.home.ada, "before you");
    assert_eq!(line.event("message").await["text"], "before you");
}

#[tokio::test]
async fn an_app_hears_what_it_subscribed_to_and_may_read() {
    let bot = Bot::new().await;
    let mut line = bot.open().await;
    bot.slack.subscribe(&bot.home.app, &["app_mention", "message.channels"]);
    bot.slack.grant(&bot.home.app, &["app_mentions:read"]);
    bot.slack.post(&bot.home.general, &bot.home.ada, "@hatstand hi");
    assert_eq!(line.next().await["payload"]["event"]["type"], "app_mention");
    assert_eq!(bot.slack.counts().sent, 1);
}

#[tokio::test]
async fn a_bot_hears_itself_as_a_bot() {
    let bot = Bot::new().await;
    let mut line = bot.open().await;
    bot.say("it is me").await;
    let event = line.event("message").await;
    assert_eq!((&event["bot_id"], &event["app_id"]), (&json!(bot.home.tokens.bot_id), &json!(bot.home.app)));
    assert_eq!((&event["user"], &event["bot_profile"]["name"]), (&json!(bot.home.tokens.user), &json!("Hatstand")));
}

#[tokio::test]
async fn an_old_integration_has_no_user() {
    let bot = Bot::new().await;
    let mut line = bot.open().await;
    bot.slack.post_as_bot(&bot.home.general, "jenkins", "red");
    let event = line.event("message").await;
    assert_eq!((&event["subtype"], event.get("user"), &event["username"]), (&json!("bot_message"), None, &json!("jenkins")));
}

#[tokio::test]
async fn an_edit_holds_both_versions() {
    let bot = Bot::new().await;
    let ts = bot.slack.post(&bot.home.general, &bot.home.ada, "teh");
    let mut line = bot.open().await;
    line.event("message").await;
    bot.slack.edit(&bot.home.general, ts, "the");
    let event = line.event("message").await;
    assert_eq!((&event["subtype"], &event["hidden"]), (&json!("message_changed"), &json!(true)));
    assert_eq!((&event["message"]["text"], &event["previous_message"]["text"]), (&json!("the"), &json!("teh")));
    assert_eq!(event["message"]["edited"]["user"], json!(bot.home.ada));
}

#[tokio::test]
async fn a_deletion_names_what_is_gone() {
    let bot = Bot::new().await;
    let ts = bot.slack.post(&bot.home.general, &bot.home.ada, "oops");
    let mut line = bot.open().await;
    line.event("message").await;
    bot.slack.delete(&bot.home.general, ts);
    let event = line.event("message").await;
    assert_eq!((&event["subtype"], &event["deleted_ts"]), (&json!("message_deleted"), &json!(ts)));
    assert!(bot.slack.message(&bot.home.general, ts).unwrap().deleted);
}

#[tokio::test]
async fn reactions_name_the_message_and_its_author() {
    let bot = Bot::new().await;
    let mut line = bot.open().await;
    let ts = bot.slack.post(&bot.home.general, &bot.home.ada, "good");
    bot.slack.react(&bot.home.general, ts, &bot.home.ben, "tada");
    let event = line.event("reaction_added").await;
    assert_eq!((&event["user"], &event["reaction"], &event["item_user"]), (&json!(bot.home.ben), &json!("tada"), &json!(bot.home.ada)));
    assert_eq!(event["item"], json!({ "type": "message", "channel": bot.home.general, "ts": ts }));
    bot.slack.unreact(&bot.home.general, ts, &bot.home.ben, "tada");
    line.event("reaction_removed").await;
}

#[tokio::test]
async fn comings_and_goings_are_told() {
    let bot = Bot::new().await;
    let mut line = bot.open().await;
    bot.slack.join(&bot.home.random, &bot.home.tokens.user);
    assert_eq!(line.event("member_joined_channel").await["user"], json!(bot.home.tokens.user));
    bot.slack.leave(&bot.home.random, &bot.home.ada);
    assert_eq!(line.event("member_left_channel").await["user"], json!(bot.home.ada));
}

#[tokio::test]
async fn the_fate_of_a_channel_is_told() {
    let bot = Bot::new().await;
    let mut line = bot.open().await;
    let channel = bot.slack.add_channel(&bot.home.team, Channel::named("ops"));
    line.event("channel_created").await;
    bot.slack.rename_channel(&channel, "operations");
    assert_eq!(line.event("channel_rename").await["channel"]["name"], "operations");
    bot.slack.archive(&channel, &bot.home.ada);
    line.event("channel_archive").await;
    bot.slack.unarchive(&channel, &bot.home.ada);
    line.event("channel_unarchive").await;
    bot.slack.delete_channel(&channel, &bot.home.ada);
    assert_eq!(line.event("channel_deleted").await["channel"], json!(channel));
}

#[tokio::test]
async fn a_private_channel_is_told_of_to_its_members_alone() {
    let bot = Bot::new().await;
    let mut line = bot.open().await;
    let members = vec![bot.home.ada.clone()];
    let secret = bot.slack.add_channel(&bot.home.team, Channel { kind: ChannelKind::Private, members, ..Channel::named("secret") });
    bot.slack.rename_channel(&secret, "secreter");
    bot.slack.join(&secret, &bot.home.tokens.user);
    bot.slack.rename_channel(&secret, "secretest");
    assert_eq!(line.event("group_rename").await["channel"]["name"], "secretest");
}

#[tokio::test]
async fn the_fate_of_a_person_is_told() {
    let bot = Bot::new().await;
    let mut line = bot.open().await;
    let dan = bot.slack.add_person(&bot.home.team, Person::named("dan"));
    assert_eq!(line.event("team_join").await["user"]["id"], json!(dan));
    bot.slack.change_person(&dan, |person| person.deleted = true);
    assert_eq!(line.event("user_change").await["user"]["deleted"], true);
}

#[tokio::test]
async fn each_app_hears_for_itself() {
    let bot = Bot::new().await;
    let mut line = bot.open().await;
    let other = bot.slack.add_app(App::named("Other"));
    let tokens = bot.slack.install(&other, &bot.home.team);
    bot.slack.join(&bot.home.general, &tokens.user);
    assert_eq!(line.event("message").await["subtype"], "channel_join");
    let mention = format!("<@{}> hi", tokens.user);
    bot.slack.post_raw(&bot.home.general, &bot.home.ada, &mention, None);
    let event: Value = line.event("message").await;
    assert_eq!(event["text"], json!(mention));
    let for_other: Vec<_> = bot.slack.deliveries().into_iter().filter(|delivery| delivery.app == other).collect();
    assert!(for_other.is_empty());
    assert!(bot.slack.counts().waiting >= 2);
}
