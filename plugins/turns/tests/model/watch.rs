//! What has to hold, whatever happens.

use crate::laws::{Turn, all_get_a_turn, asked_for, ends_once, is_kept_for_whoever_waits, lost_turns, no_doubles};
use crate::ledger::Event;
use crate::plugin::Effects;
use crate::scene::{Scene, Scenes};
use stateright::Property;
use std::collections::BTreeSet;
use turns::{Instant, Resource};

pub const ONCE: &str = "an event takes effect once";
pub const KEPT: &str = "nothing that was acknowledged is lost";
pub const ANNOUNCED: &str = "every effect is announced once";
pub const HEAD: &str = "a turn ends only by who has it, by force, or when its own time is up";
pub const STALE: &str = "a timer of the past changes nothing";
const NO_DOUBLES: &str = "nobody waits twice, or holds twice";
const CAPACITY: &str = "no more hold than can";
const NEVER_FREE: &str = "it is never free while somebody waits";
const EVICTION: &str = "a hold is ended once, however often it is asked for";
const HEAD_IN_THE_END: &str = "everybody who waits gets a turn";

/// What an onlooker has noted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Seen {
    /// How often each command took effect.
    effects: [u8; 8],
    /// How many effects nobody has heard of yet.
    owed: i8,
    /// What went wrong when something was committed.
    pub faults: BTreeSet<Fault>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fault {
    /// A turn ended before its time, and nobody who may had asked for that.
    TurnTaken,
    /// A timer acted that had been replaced or cancelled.
    StaleTimerActed,
}

impl Seen {
    pub fn committed(&mut self, before: &Resource, event: &Event, effects: &Effects, now: Instant) {
        if let Event::Said(command) = event {
            self.effects[usize::from(command.id)] += 1;
        }
        self.owed += i8::from(effects.says);
        let after = &effects.resource;
        if matches!(event, Event::TimerDue { stands: false, .. }) && before != after {
            self.faults.insert(Fault::StaleTimerActed);
        }
        if lost_turns(before, after).any(|turn| !turn.is_over(now) && !is_asked_for(event, &turn)) {
            self.faults.insert(Fault::TurnTaken);
        }
    }

    pub fn heard(&mut self) {
        self.owed -= 1;
    }
}

fn is_asked_for(event: &Event, turn: &Turn<'_>) -> bool {
    matches!(event, Event::Said(command) if asked_for(&command.who, &command.request, turn))
}

pub fn properties() -> Vec<Property<Scenes>> {
    vec![
        Property::always(ONCE, |_, scene: &Scene| scene.seen.effects.iter().all(|effects| *effects <= 1)),
        Property::always(KEPT, |_, scene: &Scene| !scene.rests() || handled(scene) == scene.said()),
        Property::always(ANNOUNCED, |_, scene: &Scene| scene.seen.owed >= 0 && (!scene.ledger.outbox.is_empty() || scene.seen.owed == 0)),
        Property::always(HEAD, |_, scene: &Scene| !scene.seen.faults.contains(&Fault::TurnTaken)),
        Property::always(STALE, |_, scene: &Scene| !scene.seen.faults.contains(&Fault::StaleTimerActed)),
        Property::always(NO_DOUBLES, |_, scene: &Scene| no_doubles(&scene.ledger.resource)),
        Property::always(CAPACITY, |scenes, scene: &Scene| scene.ledger.resource.holds.len() <= scenes.manners.policy.capacity.get()),
        Property::always(NEVER_FREE, |scenes, scene: &Scene| is_kept_for_whoever_waits(&scene.ledger.resource, &scenes.manners.policy)),
        Property::always(EVICTION, |scenes, scene: &Scene| ends_once(&scene.ledger.resource, &scenes.manners.policy, scene.now)),
        Property::always(HEAD_IN_THE_END, |scenes, scene: &Scene| {
            !scene.rests() || all_get_a_turn(&scene.ledger.resource, &scenes.manners.policy, scene.now)
        }),
        // What has to be possible, or little was tried.
        Property::sometimes("a timer fires and is cancelled before it is handled", |_, scene: &Scene| {
            scene.ledger.inbox.iter().any(|event| matches!(event, Event::TimerDue { stands: false, .. }))
        }),
        Property::sometimes("the process ends after it has said something and before it has noted that", |_, scene: &Scene| {
            scene.is_unsure()
        }),
        Property::sometimes("a hold is taken over while others wait", |_, scene: &Scene| {
            let resource = &scene.ledger.resource;
            resource.holds.iter().any(|hold| hold.id.0 > 3) && !resource.queue.is_empty()
        }),
    ]
}

fn handled(scene: &Scene) -> u8 {
    scene.seen.effects.iter().sum()
}
