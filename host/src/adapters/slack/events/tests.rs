//! Payloads as Slack's pages show them, and what they say.

use super::*;
use proptest::prelude::*;
use serde_json::json;

const NOW: Instant = Instant(1_767_607_200_000);

/// One workspace in which somebody is known.
#[derive(Debug)]
struct Acme;

impl Known for Acme {
    fn bot(&self, workspace: &WorkspaceId) -> Option<PersonId> {
        (workspace.0 == "T1").then(|| "UBOT".into())
    }

    fn person(&self, _: &WorkspaceId, id: &PersonId) -> Option<Person> {
        (id.0 == "U1").then(jane)
    }

    fn channel(&self, _: &WorkspaceId, id: &ChannelId) -> Option<Channel> {
        (id.0 == "C1").then(|| Channel { id: id.clone(), name: "dev".to_owned(), direct: false, archived: false })
    }
}

fn jane() -> Person {
    Person { id: "U1".into(), name: "jane".to_owned(), zone: "Europe/Berlin".to_owned(), admin: false, bot: false, active: true }
}

fn read_kind(kind: &str, payload: Value) -> Heard {
    read(&Envelope { id: "e1".to_owned(), kind: kind.to_owned(), payload }, &Acme, NOW)
}

#[expect(clippy::needless_pass_by_value, reason = "reads like what Slack sends")]
fn callback(event: Value) -> Heard {
    read_kind("events_api", json!({ "team_id": "T1", "event_id": "Ev1", "type": "event_callback", "event": event }))
}

fn only(heard: Heard) -> Event {
    assert_eq!(heard.events.len(), 1, "{heard:?}");
    heard.events.into_iter().next().expect("there is one")
}

#[expect(clippy::needless_pass_by_value, reason = "reads like what Slack sends")]
fn message(event: Value) -> Value {
    let mut message = json!({ "type": "message", "channel": "C1", "user": "U1", "text": "hi", "ts": "5.1", "channel_type": "channel" });
    for (key, value) in event.as_object().expect("an object") {
        message[key] = value.clone();
    }
    message
}

#[test]
fn a_mention_that_comes_twice_is_one_event() {
    let text = "<@UBOT> hat on";
    let one = only(callback(message(json!({ "text": text }))));
    let other = only(callback(message(json!({ "type": "app_mention", "text": text, "channel_type": null }))));
    assert_eq!(one, other);
    assert_eq!((one.key.as_str(), one.workspace.0.as_str(), one.at), ("C1/5.1", "T1", NOW));
    let What::Said(said) = one.what else { panic!("somebody said something") };
    assert_eq!((said.line.text.as_str(), said.addressed), ("hat on", true));
}

#[test]
fn what_is_said_where() {
    let place = |event| only(callback(message(event))).place.expect("it is somewhere");
    assert_eq!(place(json!({})).thread, None);
    assert_eq!(place(json!({ "thread_ts": "4.1" })).thread.as_deref(), Some("4.1"));
    assert_eq!(place(json!({ "thread_ts": "5.1" })).thread, None, "the beginning of a thread stands in the channel");
    let said = |event| match only(callback(message(event))).what {
        What::Said(said) => said.addressed,
        _ => panic!("somebody said something"),
    };
    assert!(!said(json!({})));
    assert!(said(json!({ "channel": "D1", "channel_type": "im" })), "in a direct conversation everything is for the bot");
}

#[test]
fn programs_edits_and_remarks_are_not_heard() {
    for ignored in [
        json!({ "user": "UBOT" }),
        json!({ "bot_id": "B1" }),
        json!({ "user": "USLACKBOT" }),
        json!({ "subtype": "message_changed" }),
        json!({ "subtype": "message_deleted" }),
        json!({ "subtype": "channel_join" }),
        json!({ "subtype": "bot_message" }),
        json!({ "hidden": true }),
        json!({ "user": null }),
    ] {
        assert!(callback(message(ignored.clone())).events.is_empty(), "{ignored}");
    }
    for heard in ["file_share", "me_message", "thread_broadcast"] {
        assert_eq!(callback(message(json!({ "subtype": heard }))).events.len(), 1, "{heard}");
    }
}

#[test]
fn each_workspace_is_told_apart() {
    let from = |payload: Value| read_kind("events_api", payload).workspace.map(|workspace| workspace.0);
    let event = message(json!({}));
    assert_eq!(from(json!({ "team_id": "T9", "event_id": "Ev1", "event": event })), None);
    let shared = json!({ "team_id": "T9", "event_id": "Ev1", "event": event, "authorizations": [{ "team_id": "T1" }] });
    assert_eq!(from(shared).as_deref(), Some("T1"), "in a shared channel, the workspace that the bot is installed in counts");
}

#[test]
fn a_slash_command_is_said_and_brings_a_ticket() {
    let heard = read_kind(
        "slash_commands",
        json!({ "team_id": "T1", "user_id": "U1", "channel_id": "C1", "command": "/hatstand", "text": "hat on",
                "trigger_id": "1.2.abc", "response_url": "https://hooks.slack.example/1" }),
    );
    let ticket = heard.ticket.clone().expect("there is a ticket");
    assert!(ticket.trigger.is_some() && ticket.address.is_some() && ticket.channel == Some("C1".into()));
    let event = only(heard);
    assert!(event.key.starts_with("slash/") && !event.key.contains("1.2.abc"), "the trigger is not written down: {}", event.key);
    assert!(matches!(event.what, What::Said(Said { addressed: true, line, .. }) if line.text == "hat on"));
}

#[expect(clippy::needless_pass_by_value, reason = "reads like what Slack sends")]
fn actions(container: Value) -> Heard {
    read_kind(
        "interactive",
        json!({ "type": "block_actions", "team": { "id": "T1" }, "user": { "id": "U1" }, "container": container,
                "trigger_id": "1.2.abc", "actions": [{ "block_id": "12.hat.0/0/1", "action_id": "2", "type": "button" }] }),
    )
}

#[test]
fn a_press_finds_its_message() {
    let event = only(actions(json!({ "type": "message", "channel_id": "C1", "message_ts": "6.1", "thread_ts": "5.1" })));
    assert_eq!(event.what, What::Pressed { message: "12.hat.0".into(), number: 2 });
    assert_eq!(event.place, Some(Place { channel: "C1".into(), thread: Some("5.1".to_owned()) }));
}

#[test]
fn a_press_on_the_page_shows_the_page_anew() {
    let heard = actions(json!({ "type": "view", "view_id": "V1" }));
    let places: Vec<_> = heard.events.iter().filter_map(|event| event.place.clone()).collect();
    assert_eq!(places, [places::direct_with(&"U1".into()), places::home_of(&"U1".into())]);
    assert_eq!(heard.events[1].what, What::HomeOpened);
    assert_ne!(heard.events[0].key, heard.events[1].key);
}

#[test]
fn the_directory_learns() {
    let user = |name: &str| json!({ "id": "U1", "name": "j", "tz": "Europe/Berlin", "deleted": false, "profile": { "display_name": name, "real_name": "Jane Doe" } });
    let same = callback(json!({ "type": "user_change", "user": user("jane") }));
    assert_eq!(
        (same.events.len(), same.news),
        (0, Some(News::Person(Account { person: jane(), affiliation: Affiliation::Unknown }))),
        "a new status text is no news"
    );
    let renamed = callback(json!({ "type": "user_change", "user": user("janet") }));
    assert_eq!(only(renamed).what, What::PersonChanged(Person { name: "janet".to_owned(), ..jane() }));
    let archived = callback(json!({ "type": "channel_archive", "channel": "C1" }));
    assert!(matches!(only(archived).what, What::ChannelChanged(Channel { archived: true, .. })));
    let channel = callback(json!({ "type": "channel_rename", "channel": { "id": "C1", "name": "development" } }));
    assert!(matches!(only(channel).what, What::ChannelChanged(Channel { name, .. }) if name == "development"));
}

#[expect(clippy::needless_pass_by_value, reason = "reads like what Slack sends")]
fn account(differences: Value) -> Account {
    let mut user = json!({ "id": "U2", "team_id": "T1", "name": "kim", "deleted": false, "is_bot": false, "is_admin": false,
                           "is_owner": false, "is_restricted": false, "is_ultra_restricted": false });
    for (key, value) in differences.as_object().expect("an object") {
        user[key] = value.clone();
    }
    read_account(&user, &"T1".into()).expect("it has an id")
}

#[test]
fn only_a_full_member_of_this_workspace_is_one() {
    for (differences, affiliation) in [
        (json!({}), Affiliation::Member),
        (json!({ "is_stranger": false }), Affiliation::Member),
        (json!({ "is_restricted": true }), Affiliation::Guest),
        (json!({ "is_restricted": true, "is_ultra_restricted": true }), Affiliation::SingleChannelGuest),
        (json!({ "is_stranger": true }), Affiliation::Stranger),
        (json!({ "team_id": "T2" }), Affiliation::Stranger),
        (json!({ "team_id": "T2", "is_restricted": true }), Affiliation::Stranger),
        (json!({ "team_id": "T2", "enterprise_user": { "teams": ["T3", "T1"] } }), Affiliation::Member),
        (json!({ "team_id": "T2", "enterprise_user": { "teams": ["T3"] } }), Affiliation::Stranger),
        (json!({ "team_id": null }), Affiliation::Unknown),
        (json!({ "is_restricted": null }), Affiliation::Unknown),
        (json!({ "is_ultra_restricted": null }), Affiliation::Unknown),
    ] {
        assert_eq!(account(differences.clone()).affiliation, affiliation, "{differences}");
    }
}

#[test]
fn an_administrator_elsewhere_is_none_here() {
    assert!(account(json!({ "is_admin": true })).person.admin);
    assert!(account(json!({ "is_owner": true })).person.admin);
    for elsewhere in [
        json!({ "is_admin": true, "team_id": "T2" }),
        json!({ "is_owner": true, "is_stranger": true }),
        json!({ "is_admin": true, "team_id": null }),
        json!({ "is_admin": true, "is_restricted": true }),
        json!({ "is_admin": true, "team_id": "T2", "enterprise_user": { "is_admin": true, "teams": ["T1"] } }),
    ] {
        assert!(!account(elsewhere.clone()).person.admin, "{elsewhere}");
    }
}

#[test]
fn a_sender_is_shown_by_the_envelope_but_never_as_a_member() {
    let sender = |event: Value| callback(message(event)).sender.expect("somebody sent it");
    let profile = |differences: Value| {
        let mut profile = json!({ "display_name": "kim", "real_name": "Kim Lee", "name": "k", "team": "T1", "is_restricted": false,
                                  "is_ultra_restricted": false });
        differences.as_object().into_iter().flatten().for_each(|(key, value)| profile[key] = value.clone());
        json!({ "user": "U2", "user_profile": profile })
    };
    let shown = |event: Value| (sender(event.clone()).person.name, sender(event).affiliation);
    assert_eq!(shown(json!({ "user": "U2" })), ("U2".to_owned(), Affiliation::Unknown));
    assert_eq!(shown(profile(json!({}))), ("kim".to_owned(), Affiliation::Unknown));
    assert_eq!(shown(profile(json!({ "display_name": "" }))).0, "Kim Lee");
    assert_eq!(shown(profile(json!({ "is_restricted": true }))).1, Affiliation::Guest);
    assert_eq!(shown(profile(json!({ "is_ultra_restricted": true }))).1, Affiliation::SingleChannelGuest);
    assert_eq!(shown(profile(json!({ "team": "T2" }))).1, Affiliation::Stranger);
    assert_eq!(shown(json!({ "user": "U2", "user_team": "T2" })).1, Affiliation::Stranger);
    assert_eq!(shown(json!({ "user": "U2", "source_team": "T2" })).1, Affiliation::Stranger);
}

#[test]
fn reactions_and_memberships() {
    let reaction =
        json!({ "type": "reaction_added", "user": "U1", "reaction": "eyes", "item": { "type": "message", "channel": "C1", "ts": "5.1" } });
    let event = only(callback(reaction));
    assert_eq!(
        (event.key.as_str(), event.what),
        ("Ev1", What::Reacted { message: "C1/5.1".into(), emoji: "eyes".to_owned(), added: true })
    );
    let joined = callback(json!({ "type": "member_joined_channel", "user": "U1", "channel": "C1" }));
    assert_eq!(joined.news, Some(News::Member { channel: "C1".into(), person: "U1".into(), joined: true }));
    assert!(matches!(only(joined).what, What::Joined { person, .. } if person == jane()));
    assert!(callback(json!({ "type": "member_joined_channel", "user": "UBOT", "channel": "C1" })).events.is_empty());
}

#[test]
fn too_much_is_news_without_an_event_inside() {
    let heard = read_kind("events_api", json!({ "type": "app_rate_limited", "team_id": "T1", "minute_rate_limited": 1 }));
    assert_eq!(heard.news, Some(News::RateLimited));
}

/// Any JSON.
fn anything() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "[ -~]{0,12}".prop_map(Value::from),
        prop::sample::select(vec!["T1", "U1", "C1", "UBOT", "message", "block_actions", "event_callback", "5.1"]).prop_map(Value::from),
    ];
    let name = prop::sample::select(vec![
        "team_id", "event_id", "event", "type", "user", "channel", "id", "ts", "text", "actions", "view", "item",
    ]);
    leaf.prop_recursive(4, 32, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::hash_map(name.clone(), inner, 0..8)
                .prop_map(|entries| Value::Object(entries.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())),
        ]
    })
}

proptest! {
    #[test]
    fn never_panics(kind in prop::sample::select(vec!["events_api", "slash_commands", "interactive", "hello"]), payload in anything()) {
        let _ = read_kind(kind, payload);
    }
}
