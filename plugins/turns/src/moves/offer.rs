//! Letting an offer go by.

use crate::draft::Draft;
use crate::{Entry, Id, Instant, Outcome, PersonId, Refusal, Removal};

impl Draft<'_> {
    pub(crate) fn decline(&mut self, actor: &PersonId, id: Option<Id>) -> Result<(), Refusal> {
        let offer = self.resource.offer_to(actor).filter(|offer| id.is_none_or(|id| offer.id == id));
        if offer.is_none() {
            return self.decline_pass(actor, id);
        }
        self.say(Outcome::Declined { person: actor.clone() });
        self.let_go_by(actor, Removal::Declined);
        Ok(())
    }

    /// An offer ends unanswered. The time in which nobody could answer does not count.
    pub(crate) fn end_offer(&mut self, id: Id, due: Instant) {
        let Some(person) = self.resource.offered().find(|entry| holds_offer(entry, id)).map(|entry| entry.person.clone()) else { return };
        if self.rings_late(due) {
            self.renew_offer(&person);
        } else {
            self.say(Outcome::Lapsed { person: person.clone() });
            self.let_go_by(&person, Removal::Lapsed);
        }
    }

    fn renew_offer(&mut self, person: &PersonId) {
        let until = self.now + self.policy.offer_period;
        let entry = self.resource.queue.iter_mut().find(|entry| entry.person == *person);
        if let Some(offer) = entry.and_then(|entry| entry.offer.as_mut()) {
            offer.until = until;
            let offer = offer.id;
            self.say(Outcome::OfferRenewed { offer, person: person.clone(), until });
        }
    }

    /// Lets the next one go first. That is possible once; and who declines with nobody to let go first wants no turn.
    fn let_go_by(&mut self, person: &PersonId, cause: Removal) {
        let Some(mut entry) = self.leave_queue(person) else { return };
        entry.offer = None;
        entry.lapses += 1;
        let place = self.resource.queue.iter().position(|other| self.resource.is_eligible(other));
        match place {
            _ if entry.lapses > 1 => self.remove(person, cause),
            None if cause == Removal::Declined => self.remove(person, cause),
            None => self.resource.queue.push(entry),
            Some(place) => {
                let behind = self.resource.queue[place].person.clone();
                self.resource.queue.insert(place + 1, entry);
                self.say(Outcome::MovedBack { person: person.clone(), behind });
            }
        }
    }

    fn remove(&mut self, person: &PersonId, cause: Removal) {
        self.say(Outcome::Removed { person: person.clone(), cause });
        if self.is_for_anybody() {
            self.say(Outcome::Unclaimed);
        }
    }
}

fn holds_offer(entry: &Entry, id: Id) -> bool {
    entry.offer.as_ref().is_some_and(|offer| offer.id == id)
}
