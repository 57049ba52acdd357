//! What no transcript can show: accounts that go, channels that are archived, and what programs are told.

use crate::Hat;
use hatstand_plugin::directory::{Channel, Person};
use hatstand_plugin::testing::Room;
use hatstand_plugin::{Description, Event, Other, Plugin};
use serde_json::json;

const NOBODY: [&str; 0] = [];

fn account(who: &str, active: bool) -> Event {
    Event::PersonChanged(Person { id: who.into(), name: who.to_owned(), zone: "UTC".to_owned(), admin: false, bot: false, active })
}

fn channel(archived: bool) -> Event {
    Event::ChannelChanged(Channel { id: "general".into(), name: "general".to_owned(), direct: false, archived })
}

/// A room in which these have said something already.
fn after(lines: &[(&str, &str)]) -> Room {
    let mut room = Room::with::<Hat>();
    for (who, line) in lines {
        room.says(who, line);
    }
    room.heard();
    room
}

#[test]
fn who_leaves_the_company_leaves_the_queue_at_once() {
    let mut room = after(&[("ann", "hat on"), ("bob", "hat queue")]);
    room.happens(account("bob", false));
    assert_eq!(room.heard(), ["bot> bob, whose account is gone, is out of the queue."]);
}

#[test]
fn the_hat_of_who_leaves_the_company_comes_off_after_a_day() {
    let mut room = after(&[("ann", "hat on"), ("bob", "hat queue")]);
    room.set("nag", "no");
    room.happens(account("ann", false));
    assert_eq!(room.heard(), ["bot> The account of ann is gone: the hat comes off tomorrow 10:00, or by `hat force off`."]);
    room.wait("1 day");
    assert_eq!(
        room.heard(),
        [
            "bot> The hat of ann, whose account is gone, comes off after 1 d. @bob has until 10:10 to take the hat.\n    [1] Take it  [2] Not now"
        ]
    );
}

#[test]
fn who_comes_back_keeps_the_hat() {
    let mut room = after(&[("ann", "hat on")]);
    room.set("nag", "no");
    room.happens(account("ann", false));
    room.happens(account("ann", true));
    room.wait("2 days");
    assert_eq!(room.heard().last().map(String::as_str), Some("bot> ann is back and keeps the hat."));
}

#[test]
fn a_changed_name_is_no_news() {
    let mut room = after(&[("ann", "hat on")]);
    room.happens(account("ann", true));
    room.happens(account("dan", false));
    assert_eq!(room.heard(), NOBODY);
}

#[test]
fn the_hat_of_an_archived_channel_is_frozen_until_the_channel_is_back() {
    let mut room = after(&[("ann", "hat on"), ("ann", "hat off")]);
    room.happens(channel(true));
    room.says("ann", "hat on");
    assert_eq!(room.heard(), ["bot(ann)> The channel is archived, so nobody gets its hat."]);
    room.happens(channel(false));
    assert_eq!(room.heard(), ["bot> The channel is back, and so is its hat. The hat is free."]);
}

#[test]
fn a_channel_that_never_had_a_hat_is_left_alone() {
    let mut room = Room::with::<Hat>();
    room.happens(channel(true));
    room.happens(channel(false));
    assert_eq!(room.heard(), NOBODY);
}

#[test]
fn an_administrators_freeze_outlives_the_archive() {
    let mut room = Room::with::<Hat>();
    room.admin("ann");
    room.says("ann", "hat freeze");
    room.happens(channel(true));
    room.happens(channel(false));
    room.says("bob", "hat on");
    assert_eq!(room.outcome().code, "refused.frozen");
}

#[test]
fn programs_are_told_in_stable_words() {
    let mut room = Room::with::<Hat>();
    for (who, line, code) in [
        ("ann", "hat off", "refused.free"),
        ("ann", "hat on", "held"),
        ("ann", "hat on", "already.held"),
        ("bob", "hat on", "refused.held"),
        ("bob", "hat queue", "queued"),
        ("bob", "hat queue", "already.queued"),
        ("bob", "hat queue for 1 hour", "requeued"),
        ("cid", "hat pool", "asked"),
        ("cid", "hat force off", "confirm"),
        ("ann", "hat extend 1 hour", "refused.no-end"),
        ("ann", "hat extend until 17:30", "extended"),
        ("ann", "hat who", "ok"),
        ("ann", "hat off", "released"),
        ("cid", "hat on", "refused.offered"),
        ("bob", "hat decline", "declined"),
        ("bob", "hat tip @ann", "tipped"),
        ("bob", "hat tip @bob", "refused.yourself"),
    ] {
        room.says(who, line);
        assert_eq!(room.outcome().code, code, "{who}: {line}");
    }
}

#[test]
fn programs_are_told_how_things_stand() {
    let mut room = after(&[("ann", "hat on for 1 hour because of *this*"), ("bob", "hat queue")]);
    room.says("cid", "hat on");
    let now = room.now().millis();
    assert_eq!(
        room.outcome().data,
        json!({
            "channel": "general", "holder": "ann", "since": now, "until": now + 3_600_000, "reason": "of *this*",
            "crew": [], "queue": ["bob"], "offered": null, "frozen": false,
        })
    );
}

#[test]
fn a_reason_has_an_end() {
    let mut room = Room::with::<Hat>();
    room.says("ann", &format!("hat on because {}", "x".repeat(501)));
    assert_eq!(room.outcome().code, "usage");
    room.says("ann", &format!("hat on because {}", "é".repeat(500)));
    assert_eq!(room.outcome().code, "held");
}

#[test]
fn a_long_queue_is_listed_in_part() {
    let mut room = Room::with::<Hat>();
    for number in 0..30 {
        room.says(&format!("person{number}"), &format!("hat queue because {}", "x".repeat(500)));
    }
    room.heard();
    room.says("ann", "hat queued");
    let lines = room.heard().remove(0);
    assert_eq!(lines.lines().count(), 22);
    assert!(lines.ends_with("… and 9 more"), "{lines}");
}

#[test]
fn timers_stand_for_what_is_to_come_and_no_longer() {
    let mut room = after(&[("ann", "hat on for 1 hour"), ("ann", "hat off"), ("bob", "hat on for 2 hours")]);
    room.wait("70 minutes");
    assert_eq!(room.heard(), NOBODY);
    room.wait("1 hour");
    assert_eq!(room.heard().len(), 2);
    room.wait("1 week");
    assert_eq!(room.heard(), NOBODY);
}

#[test]
fn nobody_is_mentioned_in_a_list() {
    let mut room = after(&[("ann", "hat on"), ("bob", "hat queue"), ("cid", "hat queue")]);
    for line in ["hat who", "hat queued", "hat stats", "hat history", "hat info @bob"] {
        room.says("dan", line);
    }
    let said = room.heard().join("\n");
    assert!(!said.contains('@'), "{said}");
}

#[test]
fn every_command_is_also_typed_bare() {
    let Description { commands, .. } = Hat::description();
    for usage in commands.iter().filter(|command| !command.hidden).flat_map(|command| &command.usages) {
        assert!(usage.starts_with("[hat] "), "{usage}");
    }
}

#[test]
fn the_page_shows_what_somebody_has_to_do_with_hats() {
    let opened = || Event::Other(Other { name: "home-opened".to_owned(), payload: "{}".to_owned() });
    let mut room = after(&[("ann", "hat on"), ("bob", "hat queue")]);
    room.does("cid", opened());
    assert_eq!(room.heard(), ["bot> You wear no hat, and you wait for none."]);
    room.does("ann", opened());
    assert_eq!(room.heard(), ["bot> In #general: you are wearing it since 10:00.\n    [1] Take it off"]);
    room.says("ann", "hat off");
    room.heard();
    room.does("bob", opened());
    assert_eq!(
        room.heard(),
        ["bot> In #general: you are waiting, next in line.\n    Your turn: say `hat on` in #general until 10:10\n    [1] Not now"]
    );
}
