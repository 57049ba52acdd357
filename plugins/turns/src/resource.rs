//! What people take turns with.

use crate::{Entry, Hold, Id, Instant, Offer, PersonId, Policy, Wish};
use serde::{Deserialize, Serialize};

/// One thing that people take turns with: who holds it, who rides along, who waits.
///
/// A stored resource of an older version can be read by a newer one: every field has a default.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default)]
pub struct Resource {
    /// The present holds, oldest first; nobody holds twice.
    pub holds: Vec<Hold>,
    /// Who waits, next one first. A person stands here once; a holder may stand here too, for a turn after this one.
    pub queue: Vec<Entry>,
    /// While this is set nobody gets the resource.
    pub frozen: Option<Freeze>,
    /// The last number given. It only grows.
    pub last_id: Id,
}

/// Who stopped the resource from being taken, and why.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Freeze {
    pub by: PersonId,
    pub since: Instant,
    #[serde(default)]
    pub reason: Option<String>,
}

impl Resource {
    /// The hold with this number, if it still stands.
    pub fn hold(&self, id: Id) -> Option<&Hold> {
        self.holds.iter().find(|hold| hold.id == id)
    }

    /// What this person holds.
    pub fn held_by(&self, person: &PersonId) -> Option<&Hold> {
        self.holds.iter().find(|hold| hold.person == *person)
    }

    /// The hold in whose crew this person is.
    pub fn ridden_by(&self, person: &PersonId) -> Option<&Hold> {
        self.holds.iter().find(|hold| hold.rider(person).is_some())
    }

    /// The hold in whose crew this person has asked to be.
    pub fn asked_by(&self, person: &PersonId) -> Option<&Hold> {
        self.holds.iter().find(|hold| hold.request_of(person).is_some())
    }

    /// The hold that is being passed to this person and waits for their answer.
    pub fn passing_to(&self, person: &PersonId) -> Option<&Hold> {
        self.holds.iter().find(|hold| hold.pass.as_ref().is_some_and(|pass| pass.to == *person))
    }

    /// This person's entry in the queue.
    pub fn entry(&self, person: &PersonId) -> Option<&Entry> {
        self.queue.iter().find(|entry| entry.person == *person)
    }

    /// Does this person hold, wait, ride along or ask to, or is to be given it?
    pub fn involves(&self, person: &PersonId) -> bool {
        let holds = [self.held_by(person), self.ridden_by(person), self.asked_by(person), self.passing_to(person)];
        holds.iter().any(Option::is_some) || self.entry(person).is_some()
    }

    /// How many wait in front of this person; none if the person does not wait.
    pub fn ahead_of(&self, person: &PersonId) -> Option<usize> {
        self.queue.iter().position(|entry| entry.person == *person)
    }

    /// The offer this person has.
    pub fn offer_to(&self, person: &PersonId) -> Option<&Offer> {
        self.entry(person)?.offer.as_ref()
    }

    /// The entries with an open offer, in the order of the queue.
    pub fn offered(&self) -> impl DoubleEndedIterator<Item = &Entry> {
        self.queue.iter().filter(|entry| entry.offer.is_some())
    }

    /// Who comes next when there is room: the first in the queue who neither holds nor has an offer already.
    pub fn next(&self) -> Option<&Entry> {
        self.queue.iter().find(|entry| self.is_eligible(entry))
    }

    /// Could this entry be given a turn now? Somebody who holds waits for a turn after that one.
    pub(crate) fn is_eligible(&self, entry: &Entry) -> bool {
        entry.offer.is_none() && self.held_by(&entry.person).is_none()
    }

    /// Everybody who waits, except this person.
    pub fn others_waiting(&self, person: &PersonId) -> impl Iterator<Item = &Entry> {
        self.queue.iter().filter(move |entry| entry.person != *person)
    }

    /// How many more could hold at the same time.
    pub fn free(&self, policy: &Policy) -> usize {
        policy.slots().saturating_sub(self.holds.len())
    }

    /// How many of the free slots are not kept for somebody with an offer.
    pub fn available(&self, policy: &Policy) -> usize {
        self.free(policy).saturating_sub(self.offered().count())
    }

    /// About how many bytes everybody who holds, rides along, asks to or waits takes up where this is kept as JSON, and a little more:
    /// what they say counts as it is escaped there, and whatever else is kept about a person fits into the rest.
    pub fn weight(&self) -> usize {
        let holds = self.holds.iter().map(|hold| {
            let riding = hold.crew.iter().map(|rider| &rider.person).chain(hold.requests.iter().map(|request| &request.person));
            let people = riding.chain(hold.pass.iter().map(|pass| &pass.to));
            weight(&hold.person, Some(&hold.wish)) + people.map(|person| weight(person, None)).sum::<usize>()
        });
        holds.chain(self.queue.iter().map(|entry| weight(&entry.person, Some(&entry.wish)))).sum()
    }
}

/// The identity is kept twice where somebody waits with an open call.
fn weight(person: &PersonId, wish: Option<&Wish>) -> usize {
    const FIXED: usize = 256;
    FIXED + 2 * person.as_str().len() + wish.map_or(0, Wish::weight)
}
