//! What has to hold of every resource, and of every step that it takes, wherever it is kept.

use std::collections::BTreeSet;
use std::time::Duration;
use turns::{Entry, Handoff, Hold, Id, Instant, PersonId, Policy, Request, Resource};

/// A hold, or an offer of one.
#[derive(Debug)]
pub enum Turn<'a> {
    Held(&'a Hold),
    Offered(&'a Entry),
}

impl Turn<'_> {
    /// Is its own time up?
    pub fn is_over(&self, now: Instant) -> bool {
        let end = match self {
            Self::Held(hold) => hold.ends(),
            Self::Offered(entry) => entry.offer.as_ref().map(|offer| offer.until),
        };
        end.is_some_and(|end| end <= now)
    }

    fn person(&self) -> &PersonId {
        match self {
            Self::Held(hold) => &hold.person,
            Self::Offered(entry) => &entry.person,
        }
    }
}

/// The turns that were there before and are not there after.
pub fn lost_turns<'a>(before: &'a Resource, after: &'a Resource) -> impl Iterator<Item = Turn<'a>> {
    let held = before.holds.iter().filter(|hold| after.hold(hold.id).is_none()).map(Turn::Held);
    let stands = |entry: &&Entry| after.offered().any(|other| offer(other) == offer(entry));
    let offered: Vec<_> = before.offered().filter(|entry| !stands(entry)).map(Turn::Offered).collect();
    held.chain(offered)
}

fn offer(entry: &Entry) -> Option<Id> {
    entry.offer.as_ref().map(|offer| offer.id)
}

/// By whoever has the turn, by force, or by whoever was to get it.
pub fn asked_for(who: &PersonId, request: &Request, turn: &Turn<'_>) -> bool {
    match (request, turn) {
        _ if who == turn.person() => true,
        (Request::Evict { hold: meant, .. } | Request::Steal { hold: meant, .. }, Turn::Held(hold)) => *meant == hold.id,
        (Request::Kick { whom, .. }, _) => whom == turn.person(),
        (Request::Take(_), Turn::Held(hold)) => hold.pass.as_ref().is_some_and(|pass| pass.to == *who),
        _ => false,
    }
}

/// Nobody holds twice or waits twice.
pub fn no_doubles(resource: &Resource) -> bool {
    let holding: BTreeSet<_> = resource.holds.iter().map(|hold| &hold.person).collect();
    let waiting: BTreeSet<_> = resource.queue.iter().map(|entry| &entry.person).collect();
    holding.len() == resource.holds.len() && waiting.len() == resource.queue.len()
}

/// Where the next one gets it at once, somebody has it as long as somebody waits; with offers it is promised to somebody.
pub fn is_kept_for_whoever_waits(resource: &Resource, policy: &Policy) -> bool {
    let kept = match policy.handoff {
        Handoff::Grant => resource.free(policy),
        Handoff::Offer => resource.available(policy),
        Handoff::Notify => 0,
    };
    kept == 0 || resource.next().is_none()
}

/// Ending a hold ends that hold, and doing it again changes nothing.
pub fn ends_once(resource: &Resource, policy: &Policy, now: Instant) -> bool {
    resource.holds.iter().all(|hold| {
        let who = PersonId::from("dan");
        let evict = || Request::Evict { hold: hold.id, reason: None };
        let once = turns::apply(resource, policy, &who, evict(), now);
        once.is_ok_and(|once| once.resource.hold(hold.id).is_none() && turns::apply(&once.resource, policy, &who, evict(), now).is_err())
    })
}

/// From here on nobody says anything new, time passes, and whoever has it gives it up: then everybody who waits has it or is offered it,
/// sooner or later.
pub fn all_get_a_turn(resource: &Resource, policy: &Policy, now: Instant) -> bool {
    let (mut resource, mut now) = (resource.clone(), now);
    let mut waiting: BTreeSet<PersonId> = resource.queue.iter().map(|entry| entry.person.clone()).collect();
    // Each of some people holds, rides along and waits at most once, and lets at most two offers go by.
    for _ in 0..50 {
        waiting.retain(|person| {
            resource.offer_to(person).is_none() && !(resource.held_by(person).is_some() && resource.entry(person).is_none())
        });
        if waiting.is_empty() {
            return true;
        }
        let Some((later, then)) = go_on(&resource, policy, now) else { return false };
        (resource, now) = (later, then);
    }
    false
}

/// Whoever has held the longest gives it up; if nobody holds, the next alarm rings.
fn go_on(resource: &Resource, policy: &Policy, now: Instant) -> Option<(Resource, Instant)> {
    let soon = now + Duration::from_secs(1);
    if let Some(hold) = resource.holds.first() {
        let turn = turns::apply(resource, policy, &hold.person, Request::Release { hold: Some(hold.id) }, soon).ok()?;
        return Some((turn.resource, soon));
    }
    let alarm = turns::alarms(resource, policy).into_iter().next()?;
    let due = alarm.due.max(now);
    Some((turns::ring(resource, policy, &alarm, due).resource, due))
}
