//! However much people have stored, no invocation needs more of the host than a fixed amount, and nothing anybody types breaks anything.

use crate::Hat;
use hatstand_plugin::directory::Person;
use hatstand_plugin::testing::Room;
use hatstand_plugin::{Event, Other, Program};
use serde_json::{Value, json};

/// Of the 1,000 calls that the host allows.
const CALLS: usize = 900;

/// Of its 16 MiB.
const BYTES: usize = 8 * 1024 * 1024;

/// What looks at a hat needs much less.
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

/// The last event broke nothing, and neither did what followed from it.
#[track_caller]
fn within(room: &mut Room, calls: usize, what: &str) {
    assert_eq!(room.outcome().broken, None, "{what}");
    let usage = room.usage();
    assert!(usage.calls <= calls && usage.bytes <= BYTES, "{what}: {usage:?}");
    assert!(room.log().is_empty(), "{what}: {:?}", room.log());
}

#[track_caller]
fn bytes_of_the_hat(room: &Room) -> usize {
    let kept: Value = room.stored("hat general").expect("there is a hat");
    serde_json::to_vec(&kept).unwrap().len()
}

/// Programs act for as many as they like, under names that are as long as they like.
#[test]
fn a_queue_of_the_longest_reasons_does_not_stop_the_hat() {
    let mut room = Room::with::<Hat>();
    room.says("ann", &format!("hat on for 1 hour because {}", reason()));
    for number in 0..130 {
        let acts_for = format!("{number:03}{}", "🦀".repeat(97));
        let program = Program { token: "ci", acts_for: Some(&acts_for) };
        room.calls(program, &format!("hat seize wait 30 minutes because {}", reason()));
        within(&mut room, CALLS, "seize");
    }
    assert_eq!(room.outcome().code, "refused.crowded");
    assert!(bytes_of_the_hat(&room) < 128 * 1024, "{}", bytes_of_the_hat(&room));
    for line in ["hat who", "hat queued", "hat status", "hat extend 1 hour", "hat history", "hat stats", "hat force off", "hat info"] {
        room.says("ann", line);
        within(&mut room, CALLS, line);
    }
    room.wait("1 hour");
    within(&mut room, CALLS, "patience");
}

#[test]
fn a_queue_and_a_crew_have_an_end_and_say_so() {
    let mut room = Room::with::<Hat>();
    room.says("ann", "hat on");
    for number in 0..201 {
        room.says(&format!("p{number}"), "hat queue");
    }
    assert_eq!(room.outcome().code, "refused.crowded");
    assert_eq!(
        room.heard().last().map(String::as_str),
        Some("bot(p200)> So many people wait for the hat or ride along that there is no place left. Nothing was changed.")
    );
    room.says("p7", "hat queue for 1 hour");
    assert_eq!(room.outcome().code, "requeued");
    room.says("p200", "hat jump because of a fire");
    assert_eq!(room.outcome().code, "refused.crowded");
    room.set("pool", "open");
    for number in 0..101 {
        room.says(&format!("q{number}"), "hat pool");
        within(&mut room, CALLS, "pool");
    }
    assert_eq!(room.outcome().code, "refused.crew-full");
    room.set("pool", "ask");
    room.says("ann", "hat force off");
    within(&mut room, CALLS, "off");
}

#[test]
fn what_people_ask_of_a_wearer_has_an_end() {
    let mut room = Room::with::<Hat>();
    room.says("ann", "hat on");
    for number in 0..400 {
        room.says(&format!("p{number}"), "hat pool");
        within(&mut room, CALLS, "pool");
    }
    assert_eq!(room.outcome().code, "refused.crowded");
    assert!(bytes_of_the_hat(&room) < 128 * 1024, "{}", bytes_of_the_hat(&room));
    room.says("ann", "hat off");
    within(&mut room, CALLS, "off");
}

#[test]
fn the_hats_of_other_channels_cost_nothing() {
    let mut room = Room::with::<Hat>();
    for number in 0..300 {
        room.go_to(&format!("c{number}"));
        room.says(if number % 3 == 0 { "bob" } else { "cid" }, "hat on");
        room.says("dan", "hat queue");
        within(&mut room, LOOK, "hat queue");
    }
    for who in ["bob", "dan", "eva"] {
        room.does(who, opened());
        within(&mut room, LOOK, "home-opened");
        room.tells(who, "hat who");
        within(&mut room, LOOK, "hat who");
        for active in [true, false, true] {
            room.happens(account(who, active));
            within(&mut room, LOOK, "person-changed");
        }
    }
    room.set("channels", "c7, c59, elsewhere");
    room.tells("bob", "hat who");
    within(&mut room, 200, "channels by name");
}

#[test]
fn an_account_that_goes_is_gone_everywhere() {
    let mut room = Room::with::<Hat>();
    room.set("nag", "no");
    for number in 0..20 {
        room.go_to(&format!("c{number}"));
        room.says("ann", "hat on");
        room.says("bob", "hat queue");
    }
    room.happens(account("bob", false));
    room.happens(account("ann", false));
    room.happens(account("ann", true));
    room.wait("2 days");
    for number in 0..20 {
        room.go_to(&format!("c{number}"));
        room.says("cid", "hat who");
        assert_eq!((&room.outcome().data["holder"], &room.outcome().data["queue"]), (&json!("ann"), &json!([])));
    }
}

#[test]
fn a_log_has_an_end() {
    let mut room = Room::with::<Hat>();
    room.store("hat general", json!({ "logged": 5_300 }).to_string());
    let key = |number: u64| format!("log general 02900 {number:010}");
    let line =
        json!({ "at": 1, "actor": "bob", "outcome": { "left": { "person": "bob", "ahead": 0, "waited": { "secs": 1, "nanos": 0 } } } });
    for number in 0..5_300 {
        room.store(&key(number), line.to_string());
    }
    for _ in 0..5 {
        room.says("bob", "hat on");
        room.says("bob", "hat off");
        within(&mut room, CALLS, "prune");
    }
    let is_there = |room: &Room, number| room.stored::<Value>(&key(number)).is_some();
    assert!(!is_there(&room, 309) && is_there(&room, 310));
    room.says("bob", "hat info");
    within(&mut room, LOOK, "info");
}

#[test]
fn what_an_earlier_build_kept_is_found() {
    let mut room = Room::with::<Hat>();
    let now = room.now().millis();
    for number in 0..50 {
        let hold = json!({ "id": 1, "person": "bob", "since": now });
        let kept = json!({ "hat": { "holds": [hold], "queue": [{ "person": "cid", "since": now }], "last_id": 1 }, "logged": 1 });
        room.store(&format!("hat c{number:02}"), kept.to_string());
    }
    let entry = |number: usize| json!({ "person": format!("p{number}"), "since": now, "wish": { "reason": "🦀".repeat(500) } });
    let queue: Vec<Value> = (0..115).map(entry).collect();
    room.store("hat full", json!({ "hat": { "queue": queue, "last_id": 1 } }).to_string());
    room.happens(Event::Other(Other { name: "migrate".to_owned(), payload: json!({ "from": 0 }).to_string() }));
    within(&mut room, CALLS, "migrate");
    room.does("bob", opened());
    assert_eq!(room.heard().len(), 16);
    let full: Value = room.stored("hat full").expect("it is still there");
    assert!(full.to_string().len() < 64 * 1024);
    room.set("channels", "c49");
    room.tells("eva", "hat who");
    assert!(room.heard()[0].starts_with("bot@eva> In #c49: bob wears the hat"));
}
