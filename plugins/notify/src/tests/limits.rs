//! What the plugin may, and how much of it.

use super::sent::{self, payload, with};
use crate::Notify;
use hatstand_plugin::Event;
use hatstand_plugin::directory::Channel;
use hatstand_plugin::testing::Room;
use serde_json::{Value, json};

const BUILD: &str = payload!("jenkins/build.json");
const ALERTS: &str = payload!("alertmanager/alerts.json");

fn build(number: u32) -> String {
    with(BUILD, [("/build/number", json!(number))])
}

#[test]
fn an_archived_channel_is_told_nothing_more() {
    let mut room = sent::subscribed("shop/web");
    let archived = |archived| Channel { id: "general".into(), name: "general".to_owned(), direct: false, archived };
    room.happens(Event::ChannelChanged(archived(false)));
    sent::jenkins(&mut room, &build(1));
    assert_eq!(room.heard().len(), 1, "a channel that was only renamed is told on");
    room.happens(Event::ChannelChanged(archived(true)));
    assert_eq!(room.log(), ["warn: the channel general is gone, and with it 1 subscription"]);
    sent::jenkins(&mut room, &build(2));
    assert_eq!(room.heard(), [""; 0]);
    assert_eq!(room.stored::<Value>("listener general"), None);
}

#[test]
fn a_channel_that_is_gone_is_dropped() {
    let mut room = sent::subscribed("shop/web");
    // Programs have no direct messages: nothing can be told there later.
    room.tells("api:ci", "notify subscribe shop/web");
    room.heard();
    sent::jenkins(&mut room, &build(1));
    assert_eq!(room.heard().len(), 1, "the other one is told");
    assert_eq!(room.stored::<Value>("listener @api:ci"), None);
    assert_eq!(
        room.log(),
        [
            "warn: news cannot be told in @api:ci: there is no such channel, person or message",
            "warn: the channel @api:ci is gone, and with it 1 subscription",
        ]
    );
}

#[test]
fn without_the_grant_people_can_see_why_nothing_comes() {
    let mut room = sent::subscribed("shop/web");
    room.revoke("chat:channels");
    sent::jenkins(&mut room, &build(1));
    assert_eq!(room.outcome().broken, None);
    assert_eq!(room.log(), ["warn: news cannot be told in general: the grant `chat:channels` is not given"]);
    room.says("ann", "notify subscriptions");
    let refused = "I may not speak up here by myself: for that I need the grant `chat:channels`. Whoever operates me can give it.";
    assert_eq!(room.heard(), [format!("bot> 1 subscription:\n    • `shop/web`, by ann\n    {refused}")]);
    room.grant("chat:channels");
    sent::jenkins(&mut room, &build(2));
    assert_eq!(room.heard().len(), 1);
    room.says("ann", "notify subscriptions");
    assert_eq!(room.heard(), ["bot> 1 subscription:\n    • `shop/web`, by ann"]);
}

#[test]
fn more_channels_than_messages_of_one_invocation_are_told_all_the_same() {
    let mut room = Room::with::<Notify>();
    for channel in 0..50 {
        room.go_to(&format!("team-{channel}"));
        room.says("ann", "notify subscribe shop/web");
    }
    room.heard();
    sent::jenkins(&mut room, &build(1));
    assert_eq!(room.outcome().broken, None);
    assert_eq!(room.heard().len(), 50);
    sent::jenkins(
        &mut room,
        &with(BUILD, [("/build/number", json!(1)), ("/build/phase", json!("FINALIZED")), ("/build/status", json!("FAILURE"))]),
    );
    assert_eq!(room.heard().len(), 50, "and each is edited");
}

#[test]
fn very_many_alerts_for_many_channels_are_told_all_the_same() {
    let mut room = Room::with::<Notify>();
    for channel in 0..10 {
        room.go_to(&format!("team-{channel}"));
        room.says("ann", "notify subscribe alertmanager:*");
    }
    room.heard();
    let payload: Value = serde_json::from_str(ALERTS).unwrap();
    let alerts: Vec<Value> = (0..500)
        .map(|number| {
            let mut alert = payload["alerts"][0].clone();
            alert["fingerprint"] = json!(format!("{number:016x}"));
            alert
        })
        .collect();
    sent::alertmanager(&mut room, &with(ALERTS, [("/alerts", json!(alerts))]));
    assert_eq!(room.outcome().broken, None);
    let said = room.heard();
    let count = |words: &str| said.iter().filter(|line| line.contains(words)).count();
    assert_eq!(count("Much is new at once: 100 alerts (100 need somebody)."), 20, "{said:#?}");
    assert_eq!(count("*HighLatency*: 300 more: left out of the message"), 10, "what is not read is said");
}

#[test]
fn long_texts_are_cut() {
    let mut room = sent::subscribed("*");
    let long = json!("é".repeat(100_000));
    sent::jenkins(&mut room, &with(BUILD, [("/url", json!(format!("job/{}/", "x".repeat(10_000)))), ("/build/scm/branch", long)]));
    assert_eq!(room.outcome().broken, None);
    let said = room.heard().join("");
    assert!(said.starts_with("bot> ✅ *xxx") && said.chars().count() < 600, "{said}");
}

#[test]
fn a_channel_has_only_so_many_subscriptions_and_mutes() {
    let mut room = Room::with::<Notify>();
    for number in 0..50 {
        room.says("ann", &format!("notify subscribe shop/{number}"));
        room.says("ann", &format!("notify mute shop/{number}"));
    }
    room.heard();
    room.says("ann", "notify subscribe shop/web");
    room.says("ann", "notify mute shop/web");
    assert_eq!(
        room.heard(),
        [
            "bot(ann)> A channel has at most 50 subscriptions. A pattern such as `acme/*` stands for many.",
            "bot(ann)> At most 50 things are muted in a channel. `notify unmute everything` takes them away.",
        ]
    );
    room.says("ann", "notify subscribe shop/7 builds");
    assert_eq!(room.outcome().code, "subscribed", "what is there can be changed");
}

#[test]
fn the_most_and_longest_of_everything_can_be_kept() {
    let long = "𝄞".repeat(300);
    let mut room = Room::with::<Notify>();
    for channel in 0..20 {
        room.go_to(&format!("team-{channel}"));
        room.says("ann", "notify subscribe * tests, alerts mention @bob");
    }
    for number in 0..70 {
        let changes = [
            ("/check_run/name", json!(format!("{number} {long}"))),
            ("/check_run/output/title", json!(long)),
            ("/check_run/html_url", json!(format!("https://ci.example/{}", "x".repeat(5_000)))),
        ];
        sent::github(&mut room, "check_run", &with(payload!("github/check_run.json"), changes));
        assert_eq!(room.outcome().broken, None);
    }
    let labels: serde_json::Map<String, Value> = (0..40).map(|label| (format!("{label}"), json!(long))).collect();
    let payload: Value = serde_json::from_str(ALERTS).unwrap();
    let alerts: Vec<Value> = (0..200)
        .map(|number| {
            let mut alert = payload["alerts"][0].clone();
            alert["labels"] = json!(labels);
            alert["fingerprint"] = json!(number.to_string());
            alert
        })
        .collect();
    sent::alertmanager(&mut room, &with(ALERTS, [("/alerts", json!(alerts))]));
    assert_eq!(room.outcome().broken, None);
}

#[test]
fn the_longest_texts_fit_into_a_message() {
    let long = || "𝄞".repeat(300);
    let mut room = sent::subscribed("acme/web tests");
    for number in 0..20 {
        let (name, title) = (format!("{number} {}", long()), long());
        let page = format!("https://ci.example/{}", "x".repeat(380));
        let changes = [
            ("/check_run/name", json!(name)),
            ("/check_run/output/title", json!(title)),
            ("/check_run/html_url", json!(page)),
            ("/check_run/check_suite/head_branch", json!(long())),
        ];
        sent::github(&mut room, "check_run", &with(payload!("github/check_run.json"), changes));
    }
    assert_eq!(room.log(), [""; 0]);
    assert_eq!(room.heard().len(), 20);
}

#[test]
fn what_others_write_cannot_format_or_call() {
    let mut room = sent::subscribed("*");
    let page = json!("https://ci.example/1) [x](https://evil.example/");
    sent::jenkins(&mut room, &with(BUILD, [("/build/scm/culprits", json!(["<!channel>", "@ann"])), ("/build/full_url", page)]));
    let said = room.heard().join("");
    assert!(said.ends_with("([details](https://ci.example/1%29%20%5Bx%5D%28https://evil.example/))"), "{said}");
}

#[test]
fn what_is_not_touched_is_forgotten() {
    let mut room = sent::subscribed("shop/web");
    let (rest, long) = ("story jenkins shop/web build 1", "story jenkins shop/web build 2");
    let series = "series jenkins shop/web build main";
    sent::jenkins(&mut room, &build(1));
    sent::jenkins(&mut room, &with(&build(2), [("/build/phase", json!("STARTED"))]));
    room.wait("10 days");
    sent::jenkins(&mut room, &build(2));
    room.wait("6 days");
    assert_eq!(room.stored::<Value>(rest), None);
    assert!(room.stored::<Value>(long).is_some(), "there was more news of it");
    room.wait("20 days");
    assert_eq!(room.stored::<Value>(long), None);
    assert!(room.stored::<Value>(series).is_some(), "how it went is remembered for longer");
    room.wait("100 days");
    assert_eq!(room.stored::<Value>(series), None);
    assert!(room.stored::<Value>("listener general").is_some(), "subscriptions are not forgotten");
}
