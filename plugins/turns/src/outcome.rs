//! What came of a request or of an alarm.

use crate::{Id, Instant, PersonId};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// One thing that happened. A turn tells them in the order in which they happened.
///
/// Outcomes are kept in logs: new ones may be added, and a new field needs a default.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Somebody holds now.
    Began(Began),
    /// Somebody holds no longer.
    Ended(Ended),
    /// A deadline was set or moved. `capped` is the one asked for, if it was beyond the maximum.
    Retimed { hold: Id, person: PersonId, before: Option<Instant>, deadline: Instant, capped: Option<Instant> },
    /// The holder is to be told that the end is near. `missed` is the deadline that passed while nobody could be warned,
    /// in whose place there is a new one.
    Warned { hold: Id, person: PersonId, deadline: Instant, missed: Option<Instant> },
    /// The holder is to be asked whether they still need it.
    Nagged { hold: Id, person: PersonId, since: Instant },
    /// The holder's account is gone; the hold ends then.
    Orphaned { hold: Id, person: PersonId, until: Instant },
    /// The holder's account is back; the hold stays.
    Returned { hold: Id, person: PersonId },

    /// Somebody waits now, behind this many.
    Queued { person: PersonId, ahead: usize },
    /// Somebody whose turn is over waits again, behind this many.
    Rejoined { person: PersonId, ahead: usize },
    /// This person, one of so many who could have been, was drawn to come next.
    Drawn { person: PersonId, among: usize, seed: u64 },
    /// Somebody who waits wants something else now, in the same place.
    Rewished { person: PersonId, ahead: usize, waited: Duration },
    /// Somebody waits no longer because they said so, behind this many.
    Left {
        person: PersonId,
        #[serde(default)]
        ahead: usize,
        waited: Duration,
    },
    /// Somebody was taken out of the queue.
    Removed { person: PersonId, cause: Removal },
    /// Somebody moved to the front, past these people.
    Jumped { person: PersonId, ahead: usize, over: Vec<PersonId> },
    /// It is free and this person is the next in line; anybody may take it.
    Next { person: PersonId },

    /// This person, and nobody else, may take it until then.
    Offered { offer: Id, person: PersonId, until: Instant },
    /// The offer would have ended while nobody could answer it, and stands longer.
    OfferRenewed { offer: Id, person: PersonId, until: Instant },
    /// An offer was not wanted.
    Declined { person: PersonId },
    /// An offer was not answered.
    Lapsed { person: PersonId },
    /// Who let an offer go by waits behind this person now.
    MovedBack { person: PersonId, behind: PersonId },
    /// The offer is void because nobody can get the resource at the moment; the place in the queue stays.
    OfferWithdrawn { person: PersonId },
    /// Everybody who waited let it go by: it is free.
    Unclaimed,

    /// A holder wants to pass the hold on and this person has to accept it.
    PassOffered { pass: Id, from: PersonId, to: PersonId, until: Instant },
    /// The pass would have ended while nobody could answer it, and stands longer.
    PassRenewed { pass: Id, from: PersonId, to: PersonId, until: Instant },
    /// The receiver does not want it; the holder keeps it.
    PassDeclined { from: PersonId, to: PersonId },
    /// The receiver did not answer; the holder keeps it.
    PassLapsed { from: PersonId, to: PersonId },
    /// The pass is void, because the hold or the receiver went another way.
    PassWithdrawn { from: PersonId, to: PersonId },

    /// The holder has to say whether this person may ride along.
    CrewAsked { request: Id, person: PersonId, holder: PersonId, until: Instant },
    /// The question would have ended while nobody could answer it, and stands longer.
    CrewAskRenewed { request: Id, person: PersonId, holder: PersonId, until: Instant },
    /// Somebody rides along; `waited` is the time in the queue, if they left it for this.
    CrewJoined { person: PersonId, holder: PersonId, waited: Option<Duration> },
    /// The holder rides alone.
    CrewDeclined { person: PersonId, holder: PersonId },
    /// The holder did not answer.
    CrewAskLapsed { person: PersonId, holder: PersonId },
    /// The question is void, because the hold or the asker went another way.
    CrewAskWithdrawn { person: PersonId, holder: PersonId },
    /// Somebody rides along no longer.
    CrewLeft { person: PersonId, holder: PersonId },
    /// A hold ended and nobody took its crew on.
    CrewDismissed { crew: Vec<PersonId>, holder: PersonId },

    /// Nobody gets it from now on.
    Frozen { by: PersonId, reason: Option<String> },
    /// It can be had again.
    Thawed { by: PersonId },
}

/// The beginning of a hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Began {
    pub hold: Id,
    pub person: PersonId,
    pub start: Start,
    pub deadline: Option<Instant>,
    /// The duration asked for, if it was more than the maximum.
    pub capped: Option<Duration>,
    /// The time in the queue, if the person waited.
    pub waited: Option<Duration>,
}

/// How a hold began.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Start {
    /// It was free. `over` are those who waited in front.
    Taken { over: Vec<PersonId> },
    /// By joining while it was free and nobody waited.
    Joined,
    /// By an offer.
    Accepted,
    /// The turn came and nothing had to be done for it.
    Granted,
    /// As the first of the crew.
    Inherited { from: PersonId },
    /// From the holder's hands.
    Passed { from: PersonId },
    /// Against the holder's will.
    Stolen { from: PersonId },
}

/// The end of a hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ended {
    pub hold: Id,
    pub person: PersonId,
    pub since: Instant,
    /// For an expired hold its deadline, even if the end was noticed later.
    pub until: Instant,
    pub end: End,
}

/// How a hold ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum End {
    Released,
    Retired,
    Passed { to: PersonId },
    Bumped { by: PersonId },
    Yielded,
    Evicted { by: PersonId, reason: Option<String> },
    Stolen { by: PersonId, reason: Option<String> },
    Kicked { by: PersonId, reason: Option<String> },
    Expired { late_by: Duration },
    Orphaned,
}

/// Why somebody was taken out of the queue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Removal {
    Declined,
    Lapsed,
    Kicked { by: PersonId, reason: Option<String> },
    Gone,
}

impl Ended {
    /// How long the hold lasted.
    pub fn held_for(&self) -> Duration {
        self.until.since(self.since)
    }
}
