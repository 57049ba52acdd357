//! Pipelines that take things, wait for them and give them back.

use crate::Dibs;
use hatstand_plugin::Program;
use hatstand_plugin::testing::{Outcome, Room};
use serde_json::Value;

const CI: Program<'_> = Program { token: "ci", acts_for: Some("pipeline 12") };
const OTHER: Program<'_> = Program { token: "ci", acts_for: Some("pipeline 13") };

/// What a program is told.
fn calls(room: &mut Room, program: Program<'_>, line: &str) -> Outcome {
    room.calls(program, line);
    room.outcome().clone()
}

fn code(room: &mut Room, program: Program<'_>, line: &str) -> String {
    calls(room, program, line).code
}

fn key(outcome: &Outcome) -> String {
    outcome.data["release_key"].as_str().expect("there is a release key").to_owned()
}

/// A room in which a program has it, and its key.
fn seized() -> (Room, String) {
    let mut room = Room::with::<Dibs>();
    let key = key(&calls(&mut room, CI, "dibs seize staging for 1 hour because https://ci.example/12"));
    room.heard();
    (room, key)
}

const WAITING: &str = "general 1 api:ci:pipeline 13";

#[test]
fn what_is_free_is_held_at_once() {
    let mut room = Room::with::<Dibs>();
    let outcome = calls(&mut room, CI, "dibs seize Staging for 1 hour because https://ci.example/12");
    let now = room.now().millis();
    assert_eq!(outcome.code, "held");
    let data = &outcome.data;
    assert_eq!((&data["resource"], &data["since"], &data["until"]), (&"Staging".into(), &now.into(), &(now + 3_600_000).into()));
    assert!(key(&outcome).starts_with("general/1/1/"));
    assert_eq!(room.heard(), ["bot> ci (pipeline 12) has *Staging* until 11:00, because https://ci.example/12."]);
}

#[test]
fn the_queue_shows_programs_by_their_names() {
    let (mut room, _) = seized();
    assert_eq!(code(&mut room, OTHER, "dibs seize staging"), "queued");
    room.heard();
    room.says("ann", "dibs q");
    assert_eq!(
        room.heard(),
        ["bot> 1 thing:\n    • *staging*: ci (pipeline 12) until 11:00, because https://ci.example/12; then ci (pipeline 13)"]
    );
}

#[test]
fn asked_again_it_tells_how_things_stand() {
    let (mut room, release) = seized();
    let again = calls(&mut room, CI, "dibs seize staging for 3 hours");
    assert_eq!((again.code.as_str(), key(&again)), ("held", release));
    assert_eq!(code(&mut room, OTHER, "dibs seize staging"), "queued");
    let queued = calls(&mut room, OTHER, "dibs seize staging");
    assert_eq!((queued.code.as_str(), &queued.data["position"]), ("queued", &1.into()));
}

#[test]
fn a_key_releases_its_own_hold_once_and_no_later_one() {
    let (mut room, first) = seized();
    let release = |key: &str| format!("dibs release {key}");
    assert_eq!(code(&mut room, CI, &release(&first)), "released");
    assert_eq!(code(&mut room, CI, &release(&first)), "already.released");
    let second = key(&calls(&mut room, CI, "dibs seize staging"));
    assert_ne!(first, second);
    assert_eq!(code(&mut room, CI, &release(&first)), "already.released");
    assert_eq!(code(&mut room, CI, "dibs status staging"), "ok");
    assert_eq!(room.outcome().data["holder"], "api:ci:pipeline 12");
    assert_eq!(code(&mut room, CI, &release(&second)), "released");
}

#[test]
fn a_key_hands_over_to_the_next() {
    let (mut room, release) = seized();
    room.says("ann", "dibs on staging");
    room.heard();
    assert_eq!(code(&mut room, CI, &format!("dibs release {release}")), "released");
    assert_eq!(room.heard(), ["bot> ci (pipeline 12) gave *staging* back after a moment. *staging* goes to @ann, after waiting a moment."]);
    assert_eq!(code(&mut room, CI, &format!("dibs release {release}")), "already.released");
    assert_eq!(room.heard(), ["bot(api_ci_pipeline_12)> That was given back already. Nothing was changed."]);
}

#[test]
fn a_key_that_is_made_up_or_somebody_elses_does_nothing() {
    let (mut room, release) = seized();
    let guessed = format!("{}/0123456789abcdef", release.rsplit_once('/').unwrap().0);
    for foreign in ["nonsense", "general/1/9/0", "general/7/1/0", guessed.as_str()] {
        assert_eq!(code(&mut room, CI, &format!("dibs release {foreign}")), "refused.foreign-key", "{foreign}");
        assert_eq!(code(&mut room, CI, &format!("dibs extend hold {foreign} 1h")), "refused.foreign-key", "{foreign}");
    }
    assert_eq!(code(&mut room, OTHER, &format!("dibs release {release}")), "refused.foreign-key");
    room.says("ann", &format!("dibs release {release}"));
    assert_eq!(room.outcome().code, "refused.foreign-key");
    assert_eq!(code(&mut room, CI, &format!("dibs release {release}")), "released");
}

#[test]
fn a_hold_may_expire_and_its_key_with_it() {
    let (mut room, release) = seized();
    room.wait("2 hours");
    assert_eq!(code(&mut room, CI, &format!("dibs release {release}")), "already.released");
    assert_eq!(code(&mut room, CI, &format!("dibs extend hold {release} 1h")), "refused.changed");
}

#[test]
fn a_key_extends_its_hold() {
    let (mut room, release) = seized();
    let outcome = calls(&mut room, CI, &format!("dibs extend hold {release} 1h"));
    assert_eq!((outcome.code.as_str(), &outcome.data["until"]), ("extended", &(room.now().millis() + 7_200_000).into()));
    assert_eq!(code(&mut room, CI, &format!("dibs extend hold {release} banana")), "misread");
}

#[test]
fn the_waiting_form_is_held_when_the_turn_comes() {
    let (mut room, release) = seized();
    assert_eq!(code(&mut room, OTHER, "dibs seize staging for 30 minutes wait 10 minutes"), "queued");
    assert_eq!(room.answered(WAITING), None);
    room.wait("9 minutes");
    room.calls(CI, &format!("dibs release {release}"));
    let answer = room.answered(WAITING).expect("the turn has come");
    assert_eq!((answer.code.as_str(), &answer.data["resource"]), ("held", &Value::from("staging")));
    assert_eq!(code(&mut room, OTHER, &format!("dibs release {}", key(&answer))), "released");
}

#[test]
fn the_waiting_form_leaves_the_queue_when_the_time_is_up() {
    let (mut room, release) = seized();
    room.calls(OTHER, "dibs seize staging wait 10 minutes");
    room.heard();
    room.wait("10 minutes");
    assert_eq!(room.answered(WAITING).map(|answer| answer.code).as_deref(), Some("timeout"));
    assert_eq!(room.heard(), ["bot> ci (pipeline 13) gave up place 1 for *staging* after waiting 10 min."]);
    room.calls(CI, &format!("dibs release {release}"));
    assert_eq!(room.heard(), ["bot> ci (pipeline 12) gave *staging* back after 10 min. It is free."]);
}

#[test]
fn the_waiting_form_is_cancelled_when_the_place_is_taken_away() {
    for (who, line) in [("ann", "dibs kick @nobody"), ("ann", "dibs clear staging"), ("ann", "dibs remove staging")] {
        let (mut room, _) = seized();
        room.admin("ann");
        room.calls(OTHER, "dibs seize staging wait 10 minutes");
        room.says(who, line);
        let answer = room.answered(WAITING).map(|answer| answer.code);
        assert_eq!(answer.as_deref(), (line != "dibs kick @nobody").then_some("cancelled"), "{line}");
    }
    let (mut room, _) = seized();
    room.admin("ann");
    room.calls(OTHER, "dibs seize staging wait 10 minutes");
    room.says("ann", "dibs nuke");
    room.presses("ann", "Remove everything");
    assert_eq!(room.answered(WAITING).map(|answer| answer.code).as_deref(), Some("cancelled"));
}

#[test]
fn a_program_that_waits_takes_what_it_is_offered() {
    let (mut room, release) = seized();
    room.admin("ann");
    room.says("ann", "dibs set staging handoff offer");
    room.calls(OTHER, "dibs seize staging wait 10 minutes");
    room.calls(CI, &format!("dibs release {release}"));
    assert_eq!(room.answered(WAITING).map(|answer| answer.code).as_deref(), Some("held"));
}

#[test]
fn a_program_that_does_not_wait_takes_what_it_is_offered_when_it_asks_again() {
    let (mut room, release) = seized();
    room.admin("ann");
    room.says("ann", "dibs set staging handoff offer");
    room.calls(OTHER, "dibs seize staging");
    room.calls(CI, &format!("dibs release {release}"));
    assert_eq!(code(&mut room, OTHER, "dibs seize staging"), "held");
}

#[test]
fn a_program_that_went_away_gives_up_its_place() {
    let (mut room, _) = seized();
    room.calls(OTHER, "dibs seize staging wait 1 hour");
    room.heard();
    room.abandons(WAITING);
    assert_eq!(room.heard(), ["bot> ci (pipeline 13) gave up place 1 for *staging* after waiting a moment."]);
    room.abandons(WAITING);
    assert!(room.heard().is_empty());
}

#[test]
fn a_program_may_leave_the_queue_itself() {
    let (mut room, _) = seized();
    room.calls(OTHER, "dibs seize staging wait 1 hour");
    assert_eq!(code(&mut room, OTHER, "dibs leave staging"), "dequeued");
    assert_eq!(room.answered(WAITING).map(|answer| answer.code).as_deref(), Some("cancelled"));
    assert_eq!(code(&mut room, OTHER, "dibs leave staging"), "refused.not-queued");
}

#[test]
fn whoever_has_it_can_be_made_to_release_it() {
    let mut room = Room::with::<Dibs>();
    room.says("ann", "dibs on staging");
    room.says("bob", "dibs force release staging");
    assert_eq!(room.outcome().code, "refused.not-allowed");
    room.heard();
    assert_eq!(code(&mut room, CI, "dibs force release staging"), "evicted");
    assert_eq!(
        room.heard(),
        [
            "bot> ci (pipeline 12) took *staging* from ann after a moment. It is free.",
            "bot@ann> ci (pipeline 12) took *staging* in #general from you after a moment.\n    [1] Queue again"
        ]
    );
    assert_eq!(code(&mut room, CI, "dibs force release staging"), "refused.unknown");
    room.admin("ann");
    room.says("ann", "dibs approve staging");
    assert_eq!(code(&mut room, CI, "dibs force release staging"), "refused.free");
}

#[test]
fn bad_calls_change_nothing() {
    let (mut room, _) = seized();
    room.admin("ann");
    room.says("ann", "dibs group builders = web-1, web-2");
    for (line, refused) in [
        ("dibs seize staging for 0 minutes", "misread"),
        ("dibs seize staging wait 0 minutes", "misread"),
        ("dibs seize", "misread"),
        ("dibs seize builders", "refused.group"),
        ("dibs status printer", "refused.unknown"),
        ("dibs leave printer", "refused.unknown"),
        ("dibs force release printer", "refused.unknown"),
    ] {
        assert_eq!(code(&mut room, OTHER, line), refused, "{line}");
    }
    assert_eq!(calls(&mut room, OTHER, "dibs status staging").data["waiting"], 0);
}

#[test]
fn a_person_who_seizes_is_told_the_key() {
    let mut room = Room::with::<Dibs>();
    room.says("ann", "dibs seize staging");
    let told = room.heard();
    assert!(told[1].starts_with("bot(ann)> You have *staging*. `dibs release general/1/1/"), "{told:?}");
    room.says("bob", "dibs seize staging");
    assert_eq!(room.heard().last().map(String::as_str), Some("bot(bob)> You wait for *staging*: next in line."));
}
