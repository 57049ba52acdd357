//! What happens when time passes.

use crate::draft::Draft;
use crate::{Hold, Id, Instant, Policy, Resource, Turn};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Something that will happen by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Alarm {
    pub kind: AlarmKind,
    /// The hold, offer, pass or crew request it is about.
    pub id: Id,
    pub due: Instant,
}

/// What will happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AlarmKind {
    /// The holder is warned of the end.
    Warn,
    /// The hold ends.
    Expire,
    /// The holder of a hold without an end is asked whether they still need it.
    Nag,
    /// The hold of somebody whose account is gone ends.
    OrphanRelease,
    /// An offer lapses.
    OfferEnds,
    /// A pass lapses.
    PassEnds,
    /// A request to join a crew lapses.
    CrewRequestEnds,
}

/// The alarms that should stand now, in the order in which they are due. Timers are to be made equal to this list after
/// every turn; an alarm may be due already.
pub fn alarms(resource: &Resource, policy: &Policy) -> Vec<Alarm> {
    let holds = resource.holds.iter().flat_map(|hold| hold_alarms(hold, policy));
    let offers = resource.queue.iter().filter_map(|entry| entry.offer.as_ref());
    let offers = offers.map(|offer| Alarm { kind: AlarmKind::OfferEnds, id: offer.id, due: offer.until });
    let mut alarms: Vec<_> = holds.chain(offers).collect();
    alarms.sort_by_key(|alarm| alarm.due);
    alarms
}

/// Lets an alarm happen. One that does not stand, or is not due yet, changes nothing and has no outcomes.
pub fn ring(resource: &Resource, policy: &Policy, alarm: &Alarm, now: Instant) -> Turn {
    if alarm.due > now || !alarms(resource, policy).contains(alarm) {
        return Turn { resource: resource.clone(), outcomes: Vec::new() };
    }
    let mut draft = Draft::new(resource, policy, now);
    draft.ring(alarm);
    draft.settle()
}

/// Lets everything happen that is due, one after another in the order of the due times: for the time after a downtime,
/// before anybody asks for anything.
pub fn catch_up(resource: &Resource, policy: &Policy, now: Instant) -> Turn {
    let mut turn = Turn { resource: resource.clone(), outcomes: Vec::new() };
    while let Some(alarm) = alarms(&turn.resource, policy).into_iter().find(|alarm| alarm.due <= now) {
        let step = ring(&turn.resource, policy, &alarm, now);
        turn.resource = step.resource;
        turn.outcomes.extend(step.outcomes);
    }
    turn
}

impl Alarm {
    /// The name of the timer for this alarm. It stays when the alarm moves to another time.
    pub fn key(&self) -> String {
        format!("{}-{}", self.kind, self.id)
    }
}

impl fmt::Display for AlarmKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Warn => "warn",
            Self::Expire => "expire",
            Self::Nag => "nag",
            Self::OrphanRelease => "orphan-release",
            Self::OfferEnds => "offer-ends",
            Self::PassEnds => "pass-ends",
            Self::CrewRequestEnds => "crew-request-ends",
        })
    }
}

fn hold_alarms(hold: &Hold, policy: &Policy) -> Vec<Alarm> {
    let about_hold = |kind, due| Alarm { kind, id: hold.id, due };
    let deadline = hold.deadline.as_ref();
    let warn = deadline.filter(|deadline| !deadline.warned).map(|deadline| about_hold(AlarmKind::Warn, policy.warn_at(deadline)));
    let expire = hold.ends().map(|end| about_hold(AlarmKind::Expire, end));
    let nag = nag_due(hold, policy).map(|due| about_hold(AlarmKind::Nag, due));
    let orphan = hold.orphaned.map(|since| about_hold(AlarmKind::OrphanRelease, since + policy.orphan_grace));
    let pass = hold.pass.as_ref().map(|pass| Alarm { kind: AlarmKind::PassEnds, id: pass.id, due: pass.until });
    let requests = hold.requests.iter().map(|request| Alarm { kind: AlarmKind::CrewRequestEnds, id: request.id, due: request.until });
    [warn, expire, nag, orphan, pass].into_iter().flatten().chain(requests).collect()
}

fn nag_due(hold: &Hold, policy: &Policy) -> Option<Instant> {
    let period = policy.nag_period.filter(|period| !period.is_zero() && hold.deadline.is_none())?;
    Some(hold.reminded.unwrap_or(hold.since) + period)
}

impl Draft<'_> {
    fn ring(&mut self, alarm: &Alarm) {
        match alarm.kind {
            AlarmKind::Warn => self.warn(alarm.id),
            AlarmKind::Expire => self.expire(alarm.id),
            AlarmKind::Nag => self.nag(alarm.id),
            AlarmKind::OrphanRelease => self.release_orphan(alarm.id),
            AlarmKind::OfferEnds => self.end_offer(alarm.id, alarm.due),
            AlarmKind::PassEnds => self.end_pass(alarm.id, alarm.due),
            AlarmKind::CrewRequestEnds => self.end_crew_request(alarm.id, alarm.due),
        }
    }
}
