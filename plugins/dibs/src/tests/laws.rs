//! What is true after whatever people do.

use crate::Dibs;
use crate::shelf::Named;
use crate::thing::Kept;
use hatstand_plugin::Choice;
use hatstand_plugin::testing::Room;
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};

const PEOPLE: [&str; 5] = ["ann", "bob", "cid", "dan", "eva"];
const NAMES: [&str; 6] = ["web", "Web ", "api", "c++", "table for two", "any"];

#[derive(Clone, Debug)]
enum Step {
    Says(&'static str, String),
    Presses(&'static str, &'static str),
    Waits(u64),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let anybody = || prop::sample::select(&PEOPLE[..]);
    let label = prop::sample::select(
        &["Take it", "Not now", "Queue again", "Give it back", "Extend", "Shorten", "1 h more", "Remove everything"][..],
    );
    let step = prop_oneof![
        12 => (anybody(), lines()).prop_map(|(who, line)| Step::Says(who, line)),
        2 => (anybody(), label).prop_map(|(who, label)| Step::Presses(who, label)),
        2 => (1u64..200).prop_map(Step::Waits),
    ];
    prop::collection::vec(step, 1..30)
}

fn lines() -> impl Strategy<Value = String> {
    let name = || prop::sample::select(&NAMES[..]);
    let term = prop::sample::select(&["", " for 1 hour", " for 30 minutes because of tests", " because", " again", " repeat"][..]);
    let aspect = prop::sample::select(
        &[
            "repeat",
            "random",
            "secret",
            "repeat no",
            "capacity 2",
            "capacity 1",
            "max 1h",
            "handoff offer",
            "handoff notify",
            "handoff grant",
        ][..],
    );
    let anybody = || prop::sample::select(&PEOPLE[..]);
    prop_oneof![
        8 => (name(), term).prop_map(|(name, term)| format!("dibs on {name}{term}")),
        2 => (name(), name()).prop_map(|(one, other)| format!("dibs on {one}, {other}")),
        1 => (name(), name()).prop_map(|(one, other)| format!("dibs on {one} + {other}")),
        1 => Just("dibs on any builders".to_owned()),
        1 => Just("dibs off builders".to_owned()),
        5 => name().prop_map(|name| format!("dibs off {name}")),
        1 => name().prop_map(|name| format!("dibs off {name} for good")),
        1 => Just("dibs off".to_owned()),
        1 => name().prop_map(|name| format!("dibs extend {name} 1h")),
        1 => name().prop_map(|name| format!("dibs bump {name}")),
        1 => name().prop_map(|name| format!("dibs yield {name}")),
        1 => (name(), anybody()).prop_map(|(name, who)| format!("dibs give {name} @{who}")),
        1 => name().prop_map(|name| format!("dibs jump {name} because of a fire")),
        2 => name().prop_map(|name| format!("dibs steal {name} because of a fire")),
        1 => anybody().prop_map(|who| format!("dibs kick @{who}")),
        1 => name().prop_map(|name| format!("dibs watch {name}")),
        1 => (name(), aspect).prop_map(|(name, aspect)| format!("dibs set {name} {aspect}")),
        1 => (name(), name()).prop_map(|(old, new)| format!("dibs rename {old} to {new}")),
        1 => (name(), name()).prop_map(|(alias, name)| format!("dibs alias {alias} = {name}")),
        1 => Just("dibs group builders = web, api".to_owned()),
        1 => name().prop_map(|name| format!("dibs approve {name}")),
        1 => name().prop_map(|name| format!("dibs unapprove {name}")),
        1 => name().prop_map(|name| format!("dibs clear {name}")),
        1 => name().prop_map(|name| format!("dibs remove {name}")),
        1 => name().prop_map(|name| format!("dibs freeze {name}")),
        1 => name().prop_map(|name| format!("dibs thaw {name}")),
        1 => Just("dibs nuke".to_owned()),
        1 => Just("dibs q".to_owned()),
    ]
}

/// A room in which one may everything, and the others what anybody may.
fn room() -> Room {
    let mut room = Room::with::<Dibs>();
    room.admin("ann");
    room
}

fn play(room: &mut Room, step: &Step) {
    match step {
        Step::Says(who, line) => room.says(who, line),
        Step::Presses(who, label) => {
            // Nobody presses what is not there.
            let _ = catch_unwind(AssertUnwindSafe(|| room.presses(who, label)));
        }
        Step::Waits(minutes) => room.wait(&format!("{minutes} minutes")),
    }
}

fn things(room: &Room) -> Vec<(u64, Kept)> {
    (0..200).filter_map(|id| Some((id, room.stored(&format!("thing general {id:012}"))?))).collect()
}

fn check(room: &Room) -> Result<(), TestCaseError> {
    prop_assert_eq!(&room.outcome().broken, &None);
    let things = things(room);
    for (id, kept) in &things {
        let resource = &kept.resource;
        let holders: BTreeSet<_> = resource.holds.iter().map(|hold| &hold.person).collect();
        let waiting: BTreeSet<_> = resource.queue.iter().map(|entry| &entry.person).collect();
        prop_assert_eq!(holders.len(), resource.holds.len(), "nobody holds twice");
        prop_assert_eq!(waiting.len(), resource.queue.len(), "nobody waits twice");
        prop_assert!(!kept.is_group() || resource.holds.is_empty(), "nobody has a group");
        let grants = kept.overrides.handoff.is_none_or(|handoff| handoff.word() == "grant");
        let could_hold = resource.queue.iter().any(|entry| !holders.contains(&entry.person));
        let is_free = resource.holds.is_empty() && resource.frozen.is_none() && !kept.is_group();
        prop_assert!(!(grants && is_free && could_hold), "free with a queue: {:?}", kept);
        for name in kept.aliases.iter().chain([&kept.name]) {
            let named: Option<Named> = room.stored(&format!("name general {}", crate::names::key(name)));
            prop_assert!(matches!(named, Some(Named::Thing(other)) if other.0 == *id), "{} does not round-trip: {:?}", name, named);
        }
        for member in &kept.members {
            prop_assert!(things.iter().any(|(other, kept)| *other == member.0 && kept.groups.iter().any(|group| group.0 == *id)));
        }
        prop_assert!(kept.stays(), "it lingers: {:?}", kept);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn the_laws_hold_whatever_people_do(steps in steps()) {
        let mut room = room();
        for step in &steps {
            play(&mut room, step);
            check(&room)?;
        }
    }

    #[test]
    fn every_command_gets_an_answer(steps in steps()) {
        let mut room = room();
        for step in &steps {
            let Step::Says(who, line) = step else { continue };
            room.heard();
            room.says(who, line);
            prop_assert!(!room.heard().is_empty(), "{who}: {line}");
        }
    }
}
