//! What no transcript can show: accounts that go, channels that are archived, many at once, and what programs are told.

use crate::Dibs;
use crate::thing::Kept;
use hatstand_plugin::directory::{Channel, Person};
use hatstand_plugin::testing::Room;
use hatstand_plugin::{Event, Other, Press};
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
    let mut room = Room::with::<Dibs>();
    room.admin("ann");
    room.set("nag", "no");
    for (who, line) in lines {
        room.says(who, line);
    }
    room.heard();
    room
}

#[test]
fn a_question_that_is_too_old_keeps_nothing() {
    let mut room = Room::with::<Dibs>();
    room.says("eva", "dibs on web");
    room.says("ann", "dibs steal web because of a fire");
    room.says("eva", "dibs off web");
    room.wait("2 minutes");
    room.says("ann", "dibs kick @ann");
    room.heard();
    room.says("ann", "dibs q");
    assert_eq!(room.heard(), ["bot> There is nothing here. `dibs on staging` makes a start."]);
}

#[test]
fn who_leaves_the_company_leaves_every_queue_and_later_every_hold() {
    let mut room = after(&[("bob", "dibs on web, api"), ("cid", "dibs on web, api"), ("bob", "dibs on db"), ("dan", "dibs on db, web")]);
    room.happens(account("cid", false));
    assert_eq!(
        room.heard(),
        ["bot> cid, whose account is gone, is out of the queue of *web*.\n    cid, whose account is gone, is out of the queue of *api*."]
    );
    room.happens(account("bob", false));
    room.heard();
    room.wait("1 day");
    assert_eq!(
        room.heard(),
        [
            "bot> *web* is taken back from bob, whose account is gone, after 1 d. *web* goes to @dan, after waiting 1 d.",
            "bot> *api* is taken back from bob, whose account is gone, after 1 d. It is free.",
            "bot> *db* is taken back from bob, whose account is gone, after 1 d. *db* goes to @dan, after waiting 1 d.",
        ]
    );
}

#[test]
fn who_comes_back_keeps_what_they_had() {
    let mut room = after(&[("bob", "dibs on web")]);
    room.happens(account("bob", false));
    room.happens(account("bob", true));
    room.wait("2 days");
    assert_eq!(
        room.heard(),
        ["bot> The account of bob is gone: *web* is free again tomorrow 10:00, or by `dibs steal`.", "bot> bob is back and keeps *web*."]
    );
}

#[test]
fn a_changed_name_is_no_news() {
    let mut room = after(&[("bob", "dibs on web")]);
    room.happens(account("bob", true));
    room.happens(account("cid", false));
    assert_eq!(room.heard(), NOBODY);
}

#[test]
fn the_things_of_an_archived_channel_are_frozen_until_it_is_back() {
    let mut room = after(&[("bob", "dibs on web for 1 hour"), ("cid", "dibs on web"), ("ann", "dibs freeze web")]);
    room.says("bob", "dibs on api for 1 hour");
    room.says("cid", "dibs on api");
    room.heard();
    room.happens(channel(true));
    assert_eq!(room.heard(), NOBODY);
    room.says("dan", "dibs on web");
    room.says("dan", "dibs on api");
    room.says("dan", "dibs on new");
    assert_eq!(
        room.heard(),
        [
            "bot(dan)> *web* has been frozen by ann since 10:00.",
            "bot(dan)> The channel is archived, so nobody gets anything there.",
            "bot(dan)> The channel is archived, so nobody gets anything there.",
        ]
    );
    room.wait("2 hours");
    room.heard();
    room.says("dan", "dibs q");
    assert_eq!(room.heard(), ["bot> 2 things:\n    • *web*: frozen; then cid\n    • *api*: frozen; then cid"]);
    room.happens(channel(false));
    assert_eq!(room.heard(), ["bot> The channel is back, and so is everything in it.\n    *api* goes to @cid, after waiting 2 h."]);
    room.happens(channel(false));
    assert_eq!(room.heard(), NOBODY);
}

#[test]
fn a_channel_without_things_is_left_alone() {
    let mut room = Room::with::<Dibs>();
    room.happens(channel(true));
    room.happens(channel(false));
    assert_eq!(room.heard(), NOBODY);
}

#[test]
fn of_two_hundred_one_has_it_and_the_others_have_distinct_places() {
    let mut room = Room::with::<Dibs>();
    let mut places = Vec::new();
    for number in 0..200 {
        room.says(&format!("p{number}"), "dibs on staging for 2 hours because of a long reason that everybody gives");
        match room.outcome().code.as_str() {
            "held" => assert_eq!(number, 0),
            code => {
                assert_eq!(code, "queued");
                places.push(room.outcome().data["position"].as_u64().unwrap());
            }
        }
    }
    assert_eq!(places, (1..200).collect::<Vec<_>>());
    assert_eq!(room.heard().len(), 200);
}

#[test]
fn a_queue_has_an_end() {
    let mut room = Room::with::<Dibs>();
    for number in 0..302 {
        room.says(&format!("p{number}"), "dibs on staging");
    }
    assert_eq!(room.outcome().code, "refused.crowded");
    assert_eq!(
        room.heard().last().map(String::as_str),
        Some("bot(p301)> So many people wait for *staging* that there is no place left. Nothing was changed.")
    );
    room.says("p7", "dibs on staging for 1 hour");
    assert_eq!(room.outcome().code, "requeued");
}

#[test]
fn the_longest_queue_fits_into_one_value() {
    let entry = |number| {
        let reason = "x".repeat(500);
        json!({ "person": format!("U0123456789{number}"), "since": 0, "wish": { "duration": null, "reason": reason }, "lapses": 0, "offer": null })
    };
    let queue: Vec<serde_json::Value> = (0..300).map(entry).collect();
    let kept: Kept = serde_json::from_value(json!({ "resource": { "queue": queue } })).unwrap();
    let bytes = serde_json::to_vec(&kept).unwrap().len();
    assert!(bytes < 240 * 1024, "{bytes}");
}

#[test]
fn many_things_are_listed_in_part_and_removed_at_once() {
    let mut room = after(&[]);
    for ten in 0..5 {
        let names: Vec<String> = (0..10).map(|one| format!("thing {ten}{one}")).collect();
        room.says("bob", &format!("dibs on {}", names.join(", ")));
    }
    room.heard();
    room.says("bob", "dibs q");
    assert!(room.heard()[0].ends_with("… and 30 more: say `dibs q page 2`"));
    room.says("ann", "dibs kick @bob");
    let told = room.heard();
    assert!(told[0].ends_with("… and 21 more"), "{}", told[0]);
    assert_eq!(told.len(), 13, "letters have an end, too");
    room.says("ann", "dibs q");
    assert_eq!(room.heard(), ["bot> There is nothing here. `dibs on staging` makes a start."]);
}

#[test]
fn programs_are_told_in_stable_words() {
    let mut room = after(&[]);
    for (who, line, code) in [
        ("bob", "dibs off staging", "refused.unknown"),
        ("bob", "dibs on staging for 1 hour", "held"),
        ("bob", "dibs on staging", "already.held"),
        ("cid", "dibs on staging", "queued"),
        ("cid", "dibs on staging", "already.queued"),
        ("cid", "dibs on staging for 1 hour", "requeued"),
        ("cid", "dibs on staging, web", "several"),
        ("dan", "dibs on api, db", "held"),
        ("cid", "dibs on api + db", "refused.held"),
        ("cid", "dibs off staging", "dequeued"),
        ("bob", "dibs extend staging 1h", "extended"),
        ("bob", "dibs bump staging", "refused.nobody-waits"),
        ("cid", "dibs steal staging", "refused.reason-required"),
        ("cid", "dibs steal staging because of a fire", "confirm"),
        ("cid", "dibs watch staging", "watched"),
        ("cid", "dibs q", "ok"),
        ("cid", "dibs approve x", "refused.not-allowed"),
        ("ann", "dibs approve x", "approved"),
        ("ann", "dibs set x capacity 2", "set"),
        ("cid", "dibs on y", "refused.unknown"),
        ("bob", "dibs off staging", "released"),
        ("ann", "dibs remove x", "removed"),
        ("bob", "dibs on x", "refused.removed"),
    ] {
        room.says(who, line);
        assert_eq!(room.outcome().code, code, "{who}: {line}");
    }
}

#[test]
fn programs_are_told_how_things_stand() {
    let mut room = after(&[("bob", "dibs on Staging for 1 hour because of *this*"), ("cid", "dibs on staging")]);
    room.says("dan", "dibs on staging");
    let now = room.now().millis();
    let hold = json!({ "person": "bob", "since": now, "until": now + 3_600_000, "reason": "of *this*" });
    assert_eq!(
        room.outcome().data,
        json!({
            "channel": "general", "resource": "Staging", "code": "queued", "holder": "bob", "since": now, "until": now + 3_600_000,
            "reason": "of *this*", "holders": [hold], "capacity": 1, "queue": ["cid", "dan"], "waiting": 2, "position": 2, "frozen": false,
        })
    );
    room.says("dan", "dibs off web, staging");
    assert_eq!(room.outcome().data["resource"], "Staging");
    room.says("bob", "dibs q");
    assert_eq!(room.outcome().data["resource"], "Staging");
    room.says("bob", "dibs on a, b");
    assert_eq!(room.outcome().data["resources"][1]["resource"], "b");
}

#[test]
fn programs_are_told_no_secrets() {
    let mut room = after(&[("ann", "dibs set room secret"), ("bob", "dibs on room because of an interview"), ("cid", "dibs on room")]);
    room.says("cid", "dibs q room");
    let data = room.outcome().data.clone();
    assert_eq!((&data["holder"], &data["queue"], &data["waiting"]), (&json!(null), &json!(["cid"]), &json!(1)));
    assert!(!data.to_string().contains("bob") && !data.to_string().contains("interview"));
}

#[test]
fn a_reason_has_an_end() {
    let mut room = Room::with::<Dibs>();
    room.says("bob", &format!("dibs on web because {}", "x".repeat(501)));
    assert_eq!(room.outcome().code, "usage");
    room.says("bob", &format!("dibs on web because {}", "é".repeat(500)));
    assert_eq!(room.outcome().code, "held");
}

#[test]
fn one_timer_stands_for_what_comes_first_and_no_longer() {
    let mut room = after(&[("bob", "dibs on web for 1 hour"), ("bob", "dibs off web"), ("cid", "dibs on web for 2 hours")]);
    room.wait("70 minutes");
    assert_eq!(room.heard(), NOBODY);
    room.wait("1 hour");
    assert_eq!(room.heard().len(), 2);
    room.wait("1 week");
    assert_eq!(room.heard(), NOBODY);
}

#[test]
fn a_timer_of_what_is_gone_means_nothing_to_what_came_later() {
    let mut room = after(&[("bob", "dibs on web for 1 hour"), ("bob", "dibs off web"), ("cid", "dibs on web for 3 hours")]);
    room.wait("1 hour");
    room.says("cid", "dibs mine");
    assert_eq!(room.heard(), ["bot(cid)> You have *web* until 13:00."]);
}

#[test]
fn a_button_of_what_is_gone_means_nothing_to_what_came_later() {
    let mut room = after(&[("bob", "dibs on web for 1 hour")]);
    room.wait("50 minutes");
    room.says("bob", "dibs off web");
    room.says("bob", "dibs on web for 1 hour");
    room.heard();
    room.presses("bob", "Give it back");
    assert_eq!(room.heard(), ["bot@bob> That is over: nobody has it or waits for it any more. Nothing was changed."]);
    room.says("bob", "dibs mine");
    assert_eq!(room.outcome().code, "ok");
}

#[test]
fn the_button_of_an_offer_that_went_on_takes_nothing() {
    let mut room = after(&[("ann", "dibs set web handoff offer"), ("bob", "dibs on web"), ("cid", "dibs on web"), ("dan", "dibs on web")]);
    room.says("bob", "dibs off web");
    room.says("cid", "dibs decline web");
    room.heard();
    room.does("cid", Event::Press(Press { value: "take:general 1 2".to_owned(), message: "m".into() }));
    assert_eq!(room.heard(), ["bot(cid)> *web* is offered to dan until 10:10. You wait: 1 person in front."]);
}

#[test]
fn nobody_is_mentioned_in_a_list() {
    let mut room = after(&[("bob", "dibs on web"), ("cid", "dibs on web"), ("dan", "dibs on web")]);
    for line in ["dibs", "dibs q", "dibs q web", "dibs mine", "dibs free", "dibs info web", "dibs history web", "dibs stats web week"] {
        room.says("dan", line);
    }
    let said = room.heard().join("\n");
    assert!(!said.contains('@'), "{said}");
}

#[test]
fn a_draw_is_logged_with_its_seed() {
    let mut room = after(&[("ann", "dibs set lunch random")]);
    for who in ["bob", "cid", "dan", "eva"] {
        room.says(who, "dibs on lunch");
    }
    room.says("bob", "dibs off lunch");
    let log: Vec<serde_json::Value> = (0..9).filter_map(|number| room.stored(&format!("log general 02922 lunch {number:010}"))).collect();
    let drawn = log.iter().find_map(|transition| transition["outcome"].get("drawn"));
    assert!(drawn.is_some_and(|drawn| drawn["among"] == 3 && drawn["seed"].is_u64()), "{log:?}");
}

#[test]
fn the_page_shows_what_somebody_has_and_waits_for() {
    let opened = || Event::Other(Other { name: "home-opened".to_owned(), payload: "{}".to_owned() });
    let mut room = after(&[("bob", "dibs on web for 1 hour"), ("cid", "dibs on web, api"), ("ann", "dibs set lab handoff offer")]);
    for (who, line) in [("bob", "dibs on lab"), ("dan", "dibs on lab"), ("bob", "dibs off lab")] {
        room.says(who, line);
    }
    room.heard();
    room.does("eva", opened());
    assert_eq!(room.heard(), ["bot> You have dibs on nothing, and you wait for nothing."]);
    room.does("bob", opened());
    assert_eq!(room.heard(), ["bot> In #general: You have *web* since 10:00 until 11:00.\n    [1] Give it back"]);
    room.does("cid", opened());
    assert_eq!(
        room.heard(),
        [
            "bot> In #general: You wait for *web*: next in line.\n    [1] Give the place up",
            "bot> In #general: You have *api* since 10:00.\n    [1] Give it back"
        ]
    );
    room.does("dan", opened());
    assert_eq!(room.heard(), ["bot> In #general: You wait for *lab*: next in line.\n    [1] Not now"]);
}
