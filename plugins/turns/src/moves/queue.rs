//! Waiting for the resource.

use crate::draft::Draft;
use crate::{Entry, Outcome, PersonId, Refusal, Start, Wish};

impl Draft<'_> {
    pub(crate) fn join(&mut self, actor: &PersonId, wish: Wish) -> Result<(), Refusal> {
        self.refuse_holder(actor)?;
        self.refuse_frozen()?;
        if let Some(place) = self.resource.ahead_of(actor) {
            return self.rewish(place, wish);
        }
        self.policy.check(&wish)?;
        if self.is_for_anybody() {
            self.begin(actor, wish, Start::Joined);
        } else {
            self.enqueue(actor, wish);
        }
        Ok(())
    }

    pub(crate) fn again(&mut self, actor: &PersonId, wish: Wish) -> Result<(), Refusal> {
        self.own_hold(actor, None)?;
        self.refuse_frozen()?;
        if let Some(place) = self.resource.ahead_of(actor) {
            return self.rewish(place, wish);
        }
        self.policy.check(&wish)?;
        self.enqueue(actor, wish);
        Ok(())
    }

    pub(crate) fn leave(&mut self, actor: &PersonId) -> Result<(), Refusal> {
        if self.leave_willingly(actor) { Ok(()) } else { Err(Refusal::NotQueued) }
    }

    /// Gives a place up; false if there is none.
    pub(crate) fn leave_willingly(&mut self, actor: &PersonId) -> bool {
        let ahead = self.resource.ahead_of(actor).unwrap_or_default();
        let Some(entry) = self.leave_queue(actor) else { return false };
        self.say(Outcome::Left { person: entry.person, ahead, waited: self.now.since(entry.since) });
        true
    }

    fn enqueue(&mut self, person: &PersonId, wish: Wish) {
        let ahead = self.resource.queue.len();
        self.resource.queue.push(Entry::new(person.clone(), self.now, wish));
        self.say(Outcome::Queued { person: person.clone(), ahead });
    }

    fn rewish(&mut self, place: usize, wish: Wish) -> Result<(), Refusal> {
        let entry = &mut self.resource.queue[place];
        let waited = self.now.since(entry.since);
        let wish = wish.or(&entry.wish);
        if wish == entry.wish {
            return Err(Refusal::AlreadyQueued { ahead: place, waited });
        }
        self.policy.check(&wish)?;
        entry.wish = wish;
        let person = entry.person.clone();
        self.say(Outcome::Rewished { person, ahead: place, waited });
        Ok(())
    }
}
