//! What hat and dibs do about an event.

use crate::flaw::Flaw;
use crate::ledger::{Command, Event};
use crate::manners::Manners;
use turns::{Alarm, AlarmKind, Deadline, Instant, Policy, Resource, Turn};

/// Everything that one invocation wants changed.
#[derive(Clone, Debug)]
pub struct Effects {
    pub resource: Resource,
    /// What the timers are to be.
    pub alarms: Vec<Alarm>,
    /// Somebody is to be told something.
    pub says: bool,
}

/// One invocation: what is due happens first, then what was asked.
pub fn handle(manners: &Manners, resource: &Resource, event: &Event, now: Instant, flaw: Option<Flaw>) -> Effects {
    let policy = &manners.policy;
    let (turn, answers) = match event {
        Event::Said(command) => (asked(resource, policy, command, now), true),
        Event::TimerDue { alarm, .. } if flaw == Some(Flaw::TrustsTimers) => (trusted(resource, policy, alarm, now), false),
        Event::TimerDue { stands: true, .. } => (turns::catch_up(resource, policy, now), false),
        Event::TimerDue { stands: false, .. } => (Turn { resource: resource.clone(), outcomes: Vec::new() }, false),
    };
    Effects { alarms: turns::alarms(&turn.resource, policy), says: answers || !turn.outcomes.is_empty(), resource: turn.resource }
}

/// A refusal is an answer too.
fn asked(resource: &Resource, policy: &Policy, command: &Command, now: Instant) -> Turn {
    let Turn { resource, outcomes } = turns::catch_up(resource, policy, now);
    turns::apply(&resource, policy, &command.who, command.request.clone(), now).unwrap_or(Turn { resource, outcomes })
}

/// What a careless plugin does: the time of a hold is up, so it ends a hold.
fn trusted(resource: &Resource, policy: &Policy, alarm: &Alarm, now: Instant) -> Turn {
    let mut resource = resource.clone();
    match resource.holds.first_mut() {
        Some(hold) if alarm.kind == AlarmKind::Expire => {
            hold.deadline = Some(Deadline { at: now, set: now, warned: true });
            let alarm = Alarm { kind: AlarmKind::Expire, id: hold.id, due: now };
            turns::ring(&resource, policy, &alarm, now)
        }
        _ => turns::ring(&resource, policy, alarm, now),
    }
}
