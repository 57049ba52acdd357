//! Why nothing changed.

use crate::{Entry, Freeze, Hold, Id, Instant, PersonId, Resource};
use std::time::Duration;

/// Why a request changed nothing, with the state that explains it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The actor has it already.
    AlreadyHolding(Box<Hold>),
    /// The actor waits already, and asked for nothing new.
    AlreadyQueued { ahead: usize, waited: Duration },
    /// The actor cannot move further to the front.
    AlreadyFirst { ahead: usize },
    /// The actor rides along already.
    AlreadyInCrew(Box<Hold>),
    /// The actor has asked to ride along already.
    AlreadyAsked { request: Id, holder: PersonId, until: Instant },
    /// The hold is already being passed to this person.
    AlreadyPassing { to: PersonId, until: Instant },
    /// The person to whom the hold should go has one.
    ReceiverHolds { to: PersonId },
    /// It is frozen already.
    AlreadyFrozen(Freeze),

    /// Others have it.
    Held { holds: Vec<Hold>, waiting: usize },
    /// It is free, but kept for those with an offer. `ahead` is the actor's place, if they wait.
    Reserved { offered: Vec<Entry>, ahead: Option<usize>, waiting: usize },
    /// The actor rides along on this hold instead.
    InCrew(Box<Hold>),
    /// Nobody gets it at the moment.
    Frozen(Freeze),

    /// Nobody has it.
    Free,
    /// The actor does not have it; these people do.
    NotHolding { holds: Vec<Hold> },
    /// The actor does not wait for it.
    NotQueued,
    /// The actor does not ride along.
    NotInCrew,
    /// Nothing is offered to the actor, or not that any more.
    NotOffered,
    /// It is not frozen.
    NotFrozen,
    /// This person has no part in it.
    NotHere { person: PersonId },
    /// Nobody waits to whom it could go.
    NobodyWaits,
    /// The hold that was meant has ended; this is how things stand.
    HoldChanged { holds: Vec<Hold> },
    /// The crew request that was meant is closed, or is not the actor's to answer.
    RequestClosed,

    /// One does not ride along with, or pass to, oneself.
    WithYourself,
    /// The crew has as many as it may.
    CrewFull { crew: Vec<PersonId>, limit: usize },
    /// There is no room for another who waits, rides along or holds, or for more of what they say.
    Crowded { waiting: usize },
    /// A duration has to be given.
    DurationRequired { max: Option<Duration> },
    /// A duration of nothing.
    NoTime,
    /// A reason has to be given.
    ReasonRequired,
    /// A hold without an end cannot be lengthened.
    NoDeadline(Box<Hold>),
    /// The new end would have passed already.
    DeadlinePassed { deadline: Instant },
    /// The hold cannot be longer.
    AtMaximum { deadline: Instant, max: Duration },
    /// The hold cannot be lengthened while these wait.
    OthersWait { queue: Vec<Entry> },
}

impl Refusal {
    pub(crate) fn held(resource: &Resource) -> Self {
        Self::Held { holds: resource.holds.clone(), waiting: resource.queue.len() }
    }

    pub(crate) fn reserved(resource: &Resource, actor: &PersonId) -> Self {
        Self::Reserved { offered: resource.offered().cloned().collect(), ahead: resource.ahead_of(actor), waiting: resource.queue.len() }
    }

    /// Why somebody cannot do what only a holder can.
    pub(crate) fn not_holding(resource: &Resource, actor: &PersonId) -> Self {
        match resource.ridden_by(actor) {
            Some(hold) => Self::InCrew(Box::new(hold.clone())),
            None if resource.holds.is_empty() => Self::Free,
            None => Self::NotHolding { holds: resource.holds.clone() },
        }
    }

    pub(crate) fn hold_changed(resource: &Resource) -> Self {
        Self::HoldChanged { holds: resource.holds.clone() }
    }
}
