//! Pipelines that wear the hat.

use crate::Hat;
use hatstand_plugin::Program;
use hatstand_plugin::testing::{Outcome, Room};

const CI: Program<'_> = Program { token: "ci", acts_for: Some("pipeline 12") };
const OTHER: Program<'_> = Program { token: "ci", acts_for: Some("pipeline 13") };
const WAITING: &str = "general api:ci:pipeline 13";

fn calls(room: &mut Room, program: Program<'_>, line: &str) -> Outcome {
    room.calls(program, line);
    room.outcome().clone()
}

fn key(outcome: &Outcome) -> String {
    outcome.data["release_key"].as_str().expect("there is a release key").to_owned()
}

#[test]
fn a_key_takes_the_hat_off_once_and_no_later_turn() {
    let mut room = Room::with::<Hat>();
    let held = calls(&mut room, CI, "hat seize for 1 hour because https://ci.example/12");
    assert_eq!(held.code, "held");
    assert_eq!(calls(&mut room, CI, "hat seize").data, held.data);
    let first = key(&held);
    assert_eq!(calls(&mut room, OTHER, &format!("hat release {first}")).code, "refused.foreign-key");
    assert_eq!(calls(&mut room, CI, "hat release nonsense").code, "refused.foreign-key");
    assert_eq!(calls(&mut room, CI, &format!("hat release {first}")).code, "released");
    assert_eq!(calls(&mut room, CI, "hat seize").code, "held");
    assert_eq!(calls(&mut room, CI, &format!("hat release {first}")).code, "already.released");
    assert_eq!(calls(&mut room, OTHER, "hat status").data["holder"], "api:ci:pipeline 12");
}

#[test]
fn who_waits_takes_what_is_offered_and_is_told() {
    let mut room = Room::with::<Hat>();
    room.says("ann", "hat on");
    let queued = calls(&mut room, OTHER, "hat seize wait 10 minutes");
    assert_eq!((queued.code.as_str(), &queued.data["position"]), ("queued", &1.into()));
    room.says("ann", "hat off");
    let held = room.answered(WAITING).expect("the turn has come");
    assert_eq!(held.code, "held");
    assert_eq!(calls(&mut room, OTHER, &format!("hat release {}", key(&held))).code, "released");
}

#[test]
fn patience_has_an_end() {
    let mut room = Room::with::<Hat>();
    room.says("ann", "hat on");
    room.calls(OTHER, "hat seize wait 10 minutes");
    room.heard();
    room.wait("10 minutes");
    assert_eq!(room.answered(WAITING).map(|answer| answer.code).as_deref(), Some("timeout"));
    assert_eq!(room.heard(), ["bot> ci (pipeline 13) left the queue after waiting 10 min."]);
}

#[test]
fn a_place_that_others_take_away_or_that_is_abandoned_is_gone() {
    let mut room = Room::with::<Hat>();
    room.says("ann", "hat on");
    room.calls(OTHER, "hat seize wait 10 minutes");
    room.abandons(WAITING);
    room.says("bob", "hat queued");
    assert_eq!(room.heard().last().map(String::as_str), Some("bot> Nobody waits for the hat."));
    room.abandons(WAITING);
    assert_eq!(calls(&mut room, CI, "hat seize wait 0 minutes").code, "misread");
}
