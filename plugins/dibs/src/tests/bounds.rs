//! However much people have stored, no invocation needs more of the host than a fixed amount, and nothing anybody types breaks anything.

use crate::Dibs;
use crate::thing::Kept;
use hatstand_plugin::directory::{Channel, Person};
use hatstand_plugin::testing::Room;
use hatstand_plugin::{Event, Other, Program};
use serde_json::json;

/// Of the 1,000 calls that the host allows.
const CALLS: usize = 900;

/// Of its 16 MiB.
const BYTES: usize = 8 * 1024 * 1024;

/// What looks at things needs much less.
const LOOK: usize = 150;

/// The longest reason there is: 250 letters of four bytes each.
fn reason() -> String {
    "🦀".repeat(250)
}

fn opened() -> Event {
    Event::Other(Other { name: "home-opened".to_owned(), payload: "{}".to_owned() })
}

fn account(who: &str, active: bool) -> Event {
    Event::PersonChanged(Person { id: who.into(), name: who.to_owned(), zone: "UTC".to_owned(), admin: false, bot: false, active })
}

fn channel(archived: bool) -> Event {
    Event::ChannelChanged(Channel { id: "general".into(), name: "general".to_owned(), direct: false, archived })
}

/// `a 0`, `a 1` and so on.
fn names(prefix: &str, numbers: std::ops::Range<usize>) -> String {
    numbers.map(|number| format!("{prefix}{number}")).collect::<Vec<_>>().join(", ")
}

/// Somebody has so many things here.
fn take(room: &mut Room, who: &str, prefix: &str, number: usize) {
    for first in (0..number).step_by(20) {
        room.says(who, &format!("dibs on {}", names(prefix, first..number.min(first + 20))));
        within(room, CALLS, "dibs on");
    }
}

/// The last event broke nothing, and neither did what followed from it.
#[track_caller]
fn within(room: &mut Room, calls: usize, what: &str) {
    assert_eq!(room.outcome().broken, None, "{what}");
    let usage = room.usage();
    assert!(usage.calls <= calls && usage.bytes <= BYTES, "{what}: {usage:?}");
    assert!(room.log().is_empty(), "{what}: {:?}", room.log());
}

/// A room in which ann may everything, and bob has 260 things without an end.
fn full() -> Room {
    let mut room = Room::with::<Dibs>();
    room.admin("ann");
    take(&mut room, "bob", "a", 260);
    room.heard();
    room
}

#[test]
fn hundreds_of_open_ended_things_do_not_stop_dibs() {
    let mut room = full();
    for line in ["dibs q", "dibs q", "dibs q", "dibs mine", "dibs off", "dibs free", "dibs", "dibs status", "dibs on new", "dibs q nothing"]
    {
        room.says("bob", line);
        within(&mut room, LOOK, line);
    }
    room.heard();
    room.calls(Program { token: "ci", acts_for: None }, "dibs status page 13");
    assert_eq!(room.outcome().data["resources"].as_array().map(Vec::len), Some(20));
    room.heard();
    room.says("cid", "dibs q page 13");
    assert_eq!(room.heard()[0].lines().last(), Some("    … and 1 more: say `dibs q page 14`"));
    room.says("cid", "dibs q page 15");
    assert_eq!(room.heard(), ["bot> There is nothing on page 15."]);
    room.does("bob", opened());
    within(&mut room, LOOK, "home-opened");
    assert_eq!(room.heard().len(), 16);
    room.wait("3 hours");
    within(&mut room, LOOK, "timers");
}

#[test]
fn what_is_looked_at_in_one_channel_does_not_depend_on_all_others() {
    let mut room = Room::with::<Dibs>();
    room.admin("ann");
    for number in 0..60 {
        room.go_to(&format!("c{number}"));
        take(&mut room, "bob", "a", 40);
    }
    for line in ["dibs q", "dibs mine", "dibs off", "dibs free", "dibs", "dibs q a7"] {
        room.says("bob", line);
        within(&mut room, LOOK, line);
        room.tells("bob", line);
        within(&mut room, LOOK, line);
        room.tells("cid", line);
        within(&mut room, LOOK, line);
    }
    room.does("bob", opened());
    within(&mut room, LOOK, "home-opened");
    for active in [true, false, true] {
        room.happens(account("bob", active));
        within(&mut room, CALLS, "person-changed");
    }
    room.set("channels", "c7, c59, elsewhere");
    room.tells("bob", "dibs q a7");
    within(&mut room, 200, "channels by name");
}

#[test]
fn an_account_that_goes_is_gone_everywhere() {
    let mut room = Room::with::<Dibs>();
    room.set("nag", "no");
    for number in 0..3 {
        room.go_to(&format!("c{number}"));
        take(&mut room, "bob", "a", 130);
        room.says("cid", "dibs on a0, a129");
    }
    room.happens(account("cid", false));
    room.happens(account("bob", false));
    within(&mut room, CALLS, "person-changed");
    for number in 0..3 {
        room.go_to(&format!("c{number}"));
        room.says("dan", "dibs q a129");
        assert_eq!(room.outcome().data["waiting"], 0);
    }
    room.happens(account("bob", true));
    room.wait("2 days");
    room.says("dan", "dibs q a129");
    assert_eq!(room.outcome().data["holder"], "bob");
    room.happens(account("bob", false));
    room.wait("2 days");
    room.says("dan", "dibs q");
    assert!(room.heard().last().unwrap().contains("There is nothing here."));
}

#[test]
fn many_things_are_put_away_a_part_at_a_time() {
    let mut room = full();
    room.says("ann", "dibs kick @bob");
    within(&mut room, CALLS, "kick");
    let said = room.heard().join("\n");
    assert!(said.contains("That was a lot at once, and there is more: say it again for the other 179."), "{said}");
    room.says("ann", "dibs nuke");
    within(&mut room, LOOK, "nuke");
    room.presses("ann", "Remove everything");
    within(&mut room, CALLS, "nuke");
    let said = room.heard().join("\n");
    assert!(said.contains("removed 40 things, as many as go at once: 139 are left, and `dibs nuke` removes more."), "{said}");
}

#[test]
fn a_channel_that_comes_back_thaws_a_part_at_a_time() {
    let mut room = full();
    for first in (0..260).step_by(20) {
        room.says("cid", &format!("dibs on {}", names("a", first..first + 20)));
    }
    within(&mut room, CALLS, "dibs on");
    room.happens(channel(true));
    within(&mut room, LOOK, "archived");
    for first in (0..260).step_by(20) {
        room.says("bob", &format!("dibs off {}", names("a", first..first + 20)));
    }
    room.says("dan", "dibs q a259");
    assert_eq!((&room.outcome().data["holder"], &room.outcome().data["waiting"]), (&json!(null), &json!(1)));
    room.happens(channel(false));
    within(&mut room, CALLS, "back");
    room.says("dan", "dibs q a259");
    assert_eq!(room.outcome().data["holder"], "cid");
}

#[test]
fn a_channel_has_room_for_so_many_things_and_says_so() {
    let mut room = Room::with::<Dibs>();
    take(&mut room, "bob", "a", 510);
    assert_eq!(room.outcome().code, "refused.full");
    assert!(room.heard().last().unwrap().contains("There are 500 things or 1000 names here, and more I do not keep. Nothing was changed."));
    room.says("bob", "dibs q a500");
    assert_eq!(room.outcome().code, "refused.unknown");
    room.says("cid", "dibs on a499");
    assert_eq!(room.outcome().code, "queued");
    room.says("bob", "dibs off a3");
    room.says("cid", "dibs on b");
    assert_eq!(room.outcome().code, "held");
}

#[test]
fn names_groups_and_watchers_have_a_limit() {
    let mut room = Room::with::<Dibs>();
    room.admin("ann");
    room.says("bob", "dibs on web");
    for number in 0..6 {
        room.says("ann", &format!("dibs alias w{number} = web"));
        room.says("ann", &format!("dibs group g{number} = web"));
    }
    for number in 0..51 {
        room.says(&format!("p{number}"), "dibs watch web");
    }
    let said = room.heard().join("\n");
    for refused in [
        "*web* has 5 other names already, and more I do not keep. Nothing was changed.",
        "*web* belongs to 5 groups already, and more I do not keep. Nothing was changed.",
        "So many people watch *web* already that I cannot tell one more. Nothing was changed.",
    ] {
        assert_eq!(said.matches(refused).count(), 1, "{refused}");
    }
}

#[test]
fn what_many_wait_for_is_done_for_one_thing_after_another() {
    let mut room = Room::with::<Dibs>();
    room.admin("ann");
    room.says("bob", "dibs on a, b");
    for number in 0..200 {
        room.says(&format!("p{number}"), "dibs on a, b");
    }
    room.says("ann", "dibs clear a, b");
    within(&mut room, CALLS, "clear");
    room.says("bob", "dibs on a, b");
    for number in 0..200 {
        room.says(&format!("p{number}"), "dibs on a, b");
    }
    room.heard();
    room.says("ann", "dibs clear b");
    room.says("ann", "dibs set a capacity 100");
    within(&mut room, CALLS, "set");
    room.heard();
    room.says("ann", "dibs set c, d capacity 2");
    let many = format!("dibs on a, b, {}", names("c", 0..18));
    room.says("p7", &many);
    within(&mut room, CALLS, "on");
}

#[test]
fn a_list_for_which_there_is_no_time_is_done_in_part() {
    let mut room = Room::with::<Dibs>();
    room.admin("ann");
    room.says("bob", "dibs on a, b");
    for number in 0..180 {
        room.says(&format!("p{number}"), "dibs on a, b");
    }
    room.heard();
    room.says("ann", "dibs clear a, b");
    within(&mut room, CALLS, "clear");
    assert_eq!(room.heard().last().unwrap(), "bot(ann)> That was a lot at once, so I left *b* as it was: say it again for the rest.");
    room.says("ann", "dibs q b");
    assert_eq!(room.outcome().data["waiting"], 180);
}

/// Programs act for as many as they like, under names that are as long as they like.
#[test]
fn the_longest_contents_fit_into_one_value_whatever_is_said_of_them() {
    let mut room = Room::with::<Dibs>();
    room.admin("ann");
    room.says("ann", "dibs set web capacity 100");
    let longest = |number: usize| format!("{number:03}{}", "🦀".repeat(97));
    for number in 0..400 {
        let acts_for = longest(number);
        let program = Program { token: "ci", acts_for: Some(&acts_for) };
        room.calls(program, &format!("dibs seize web wait 1 hour because {}", reason()));
        within(&mut room, CALLS, "seize");
    }
    assert_eq!(room.outcome().code, "refused.crowded");
    for number in 0..60 {
        room.says(&format!("p{number}"), "dibs watch web");
    }
    for number in 0..15 {
        room.says(&format!("p{number}"), &format!("dibs steal web because {}", reason()));
    }
    let kept: Kept = room.stored("thing general 000000000001").unwrap();
    let bytes = serde_json::to_vec(&kept).unwrap().len();
    assert!(bytes < 160 * 1024, "{bytes}");
    let lines = [
        "dibs q",
        "dibs q web",
        "dibs info web",
        "dibs status web",
        "dibs extend web 1 hour",
        "dibs off web",
        "dibs on web + api",
        "dibs set web secret",
        "dibs q web",
        "dibs set web secret no",
        "dibs history web",
        "dibs stats web",
        "dibs set web capacity 1",
        "dibs set web handoff offer",
        "dibs rename web to api",
        "dibs freeze api because of it",
        "dibs thaw api",
        "dibs clear api",
    ];
    for line in lines {
        room.says("ann", line);
        within(&mut room, CALLS, line);
    }
    room.wait("2 hours");
    within(&mut room, CALLS, "patience");
}

#[test]
fn a_list_with_the_longest_reason_is_told_in_part() {
    let mut room = Room::with::<Dibs>();
    let line = |word: &str| format!("dibs on {} because {}", names("a", 0..20).replace(", ", word), reason());
    for (who, line) in [("bob", line(", ")), ("cid", line(" + ")), ("cid", line(", "))] {
        room.says(who, &line);
        within(&mut room, CALLS, &line);
    }
    for line in ["dibs q", "dibs mine", "dibs"] {
        room.says("cid", line);
        within(&mut room, LOOK, line);
    }
    room.says("bob", &format!("dibs off {}", names("a", 0..20)));
    within(&mut room, CALLS, "off");
}

#[test]
fn a_reason_takes_so_many_bytes() {
    let mut room = Room::with::<Dibs>();
    room.says("bob", &format!("dibs on web because {}", reason()));
    assert_eq!(room.outcome().code, "held");
    room.says("cid", &format!("dibs on web because {}🦀", reason()));
    assert_eq!(room.outcome().code, "usage");
    assert!(room.heard().last().unwrap().contains("A reason takes at most 1000 bytes"));
}

#[test]
fn a_log_has_an_end() {
    let mut room = Room::with::<Dibs>();
    room.store("scope general", json!({ "last": 1, "logged": 5_300 }).to_string());
    let key = |number: u64| format!("log general 02900 web {number:010}");
    let line =
        json!({ "at": 1, "actor": "bob", "outcome": { "left": { "person": "bob", "ahead": 0, "waited": { "secs": 1, "nanos": 0 } } } });
    for number in 0..5_300 {
        room.store(&key(number), line.to_string());
    }
    for _ in 0..5 {
        room.says("bob", "dibs on web");
        room.says("bob", "dibs off web");
        within(&mut room, CALLS, "prune");
    }
    let is_there = |room: &Room, number| room.stored::<serde_json::Value>(&key(number)).is_some();
    assert!(!is_there(&room, 309) && is_there(&room, 310));
    room.says("bob", "dibs history web");
    within(&mut room, 250, "history");
}

/// As the builds before this one kept it.
#[test]
fn what_an_earlier_build_kept_is_found() {
    let mut room = Room::with::<Dibs>();
    let now = room.now().millis();
    let hold = |person: &str| json!({ "id": 1, "person": person, "since": now });
    for id in 1..=130 {
        let resource = json!({ "holds": [hold("bob")], "queue": [{ "person": "cid", "since": now }], "last_id": 1 });
        let kept = json!({ "name": format!("Web {id}"), "subject": format!("dev/web%20{id}"), "resource": resource });
        room.store(&format!("thing dev {id:012}"), kept.to_string());
        room.store(&format!("name dev web {id}"), json!({ "thing": id }).to_string());
    }
    room.store("scope dev", json!({ "last": 130, "logged": 400 }).to_string());
    let began = json!({ "at": now, "actor": "bob", "outcome": { "began": { "hold": 1, "person": "bob" } } });
    for number in 0..400 {
        room.store(&format!("log dev/web%20{} {:05} {number:010}", 1 + number % 130, now / 604_800_000), began.to_string());
    }
    room.happens(Event::Other(Other { name: "migrate".to_owned(), payload: json!({ "from": 0 }).to_string() }));
    within(&mut room, CALLS, "migrate");
    room.tells("bob", "dibs mine");
    assert!(room.heard()[0].contains("*Web 1*"));
    room.tells("dan", "dibs q web 7");
    assert_eq!(room.outcome().data["holder"], "bob");
    room.tells("dan", "dibs history web 130");
    assert!(room.heard().last().unwrap().contains("bob, since 10:00"));
    room.tells("cid", "dibs mine page 7");
    assert!(room.heard()[0].contains("You wait for *Web 121* (next in line)"));
}
