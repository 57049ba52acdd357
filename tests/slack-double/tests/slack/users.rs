//! `users.*`, `bots.info` and `team.info`.

use serde_json::json;
use slack_double::Person;

use crate::bot::Bot;

#[tokio::test]
async fn a_person_is_described_with_their_zone_and_standing() {
    let bot = Bot::new().await;
    let guest = Person { tz: "Asia/Tokyo".into(), tz_offset: 32_400, is_restricted: true, ..Person::named("dan") };
    let dan = bot.slack.add_person(&bot.home.team, guest);
    let user = bot.ok("users.info", json!({ "user": dan })).await["user"].clone();
    assert_eq!((&user["name"], &user["tz"], &user["tz_offset"]), (&json!("dan"), &json!("Asia/Tokyo"), &json!(32_400)));
    assert_eq!((&user["is_restricted"], &user["deleted"], &user["is_bot"]), (&json!(true), &json!(false), &json!(false)));
    assert_eq!(bot.error("users.info", json!({ "user": "U404" })).await, "user_not_found");
}

#[tokio::test]
async fn an_address_is_shown_to_those_who_may_see_it() {
    let bot = Bot::new().await;
    assert_eq!(bot.ok("users.info", json!({ "user": bot.home.ada })).await["user"]["profile"]["email"], "ada@example.com");
    assert_eq!(bot.ok("users.lookupByEmail", json!({ "email": "ada@example.com" })).await["user"]["id"], json!(bot.home.ada));
    assert_eq!(bot.error("users.lookupByEmail", json!({ "email": "no@example.com" })).await, "users_not_found");
    bot.slack.grant(&bot.home.app, &["users:read"]);
    assert!(bot.ok("users.info", json!({ "user": bot.home.ada })).await["user"]["profile"].get("email").is_none());
}

#[tokio::test]
async fn everyone_is_listed_bots_too() {
    let bot = Bot::new().await;
    let all = bot.ok("users.list", json!({})).await;
    assert_eq!((all["members"].as_array().unwrap().len(), &all["response_metadata"]["next_cursor"]), (4, &json!("")));
    let some = bot.ok("users.list", json!({ "limit": 3 })).await;
    let rest = bot.ok("users.list", json!({ "limit": 3, "cursor": some["response_metadata"]["next_cursor"] })).await;
    assert_eq!((some["members"].as_array().unwrap().len(), rest["members"].as_array().unwrap().len()), (3, 1));
}

#[tokio::test]
async fn a_bot_knows_itself() {
    let bot = Bot::new().await;
    let test = bot.ok("auth.test", json!({})).await;
    assert_eq!((&test["user_id"], &test["team_id"]), (&json!(bot.home.tokens.user), &json!(bot.home.team)));
    let info = bot.ok("bots.info", json!({ "bot": test["bot_id"] })).await;
    assert_eq!((&info["bot"]["user_id"], &info["bot"]["app_id"]), (&test["user_id"], &json!(bot.home.app)));
    assert_eq!(bot.error("bots.info", json!({ "bot": "B404" })).await, "bot_not_found");
}

#[tokio::test]
async fn workspaces_do_not_see_each_other() {
    let bot = Bot::new().await;
    let second = bot.slack.add_workspace("Second");
    let eve = bot.slack.add_person(&second, Person::named("eve"));
    assert_eq!(bot.error("users.info", json!({ "user": eve })).await, "user_not_visible");
    let tokens = bot.slack.install(&bot.home.app, &second);
    assert_eq!(tokens.app, bot.home.tokens.app);
    assert_ne!(tokens.bot, bot.home.tokens.bot);
}
