//! Changing whose turn comes first.

use crate::draft::Draft;
use crate::{End, Entry, Handoff, Id, Outcome, PersonId, Refusal, Start, Wish};

impl Draft<'_> {
    pub(crate) fn bump(&mut self, actor: &PersonId, id: Option<Id>) -> Result<(), Refusal> {
        let index = match id {
            Some(id) => self.any_hold(id)?,
            None => self.own_hold(actor, None)?,
        };
        self.refuse_frozen()?;
        self.draw_for_handing();
        let next = self.next_in_line()?;
        let holder = self.resource.holds[index].person.clone();
        self.dismiss(index, End::Bumped { by: actor.clone() });
        self.let_go_first(&holder, &next);
        self.hand_to_next();
        Ok(())
    }

    pub(crate) fn yield_turn(&mut self, actor: &PersonId) -> Result<(), Refusal> {
        let index = self.own_hold(actor, None)?;
        self.refuse_frozen()?;
        self.draw_for_handing();
        let next = self.next_in_line()?;
        let entry = self.place_for_rest(index);
        self.dismiss(index, End::Yielded);
        self.leave_queue(actor);
        self.place_behind(&next, entry);
        self.hand_to_next();
        let ahead = self.resource.ahead_of(actor).unwrap_or_default();
        self.say(Outcome::Queued { person: actor.clone(), ahead });
        Ok(())
    }

    pub(crate) fn jump(&mut self, actor: &PersonId, wish: Wish) -> Result<(), Refusal> {
        self.refuse_holder(actor)?;
        self.refuse_frozen()?;
        if wish.reason.is_none() {
            return Err(Refusal::ReasonRequired);
        }
        let wish = self.wish_of(actor, wish);
        self.policy.check(&wish)?;
        if self.is_for_anybody() && self.resource.offer_to(actor).is_none() {
            self.begin(actor, wish, Start::Joined);
            return Ok(());
        }
        self.jump_to_front(actor, wish)
    }

    /// Nobody is moved ahead of an open offer: what has been promised is kept.
    fn jump_to_front(&mut self, actor: &PersonId, wish: Wish) -> Result<(), Refusal> {
        let front = self.resource.queue.iter().rposition(|entry| entry.offer.is_some()).map_or(0, |last| last + 1);
        let place = self.resource.ahead_of(actor);
        if let Some(ahead) = place.filter(|place| *place <= front) {
            return Err(Refusal::AlreadyFirst { ahead });
        }
        let entry = match self.leave_queue(actor) {
            Some(entry) => Entry { wish, ..entry },
            None => Entry::new(actor.clone(), self.now, wish),
        };
        let passed = &self.resource.queue[front..place.unwrap_or(self.resource.queue.len())];
        let over = passed.iter().map(|entry| entry.person.clone()).collect();
        self.resource.queue.insert(front, entry);
        self.say(Outcome::Jumped { person: actor.clone(), ahead: front, over });
        Ok(())
    }

    /// Who gets the hold that ends in their favour.
    fn next_in_line(&self) -> Result<PersonId, Refusal> {
        self.resource.next().map(|entry| entry.person.clone()).ok_or(Refusal::NobodyWaits)
    }

    /// A turn that is given to somebody does not come back at once through the giver's own place for another turn.
    fn let_go_first(&mut self, person: &PersonId, next: &PersonId) {
        if self.resource.ahead_of(person) < self.resource.ahead_of(next)
            && let Some(entry) = self.leave_queue(person)
        {
            self.place_behind(next, entry);
        }
    }

    fn place_behind(&mut self, next: &PersonId, entry: Entry) {
        let place = self.resource.ahead_of(next).map_or(0, |place| place + 1);
        self.resource.queue.insert(place, entry);
    }

    /// With offers the draw is left to the step's end, where the offer is made.
    fn draw_for_handing(&mut self) {
        if self.policy.handoff != Handoff::Offer {
            self.draw_next();
        }
    }

    /// With offers the next one is asked when the turn settles; else they hold at once, also where a release would only
    /// have named them.
    fn hand_to_next(&mut self) {
        if self.policy.handoff != Handoff::Offer {
            self.grant_next();
        }
    }

    /// Who yields waits for what is left of their time.
    fn place_for_rest(&self, index: usize) -> Entry {
        let hold = &self.resource.holds[index];
        let rest = hold.ends().map(|end| end.since(self.now)).filter(|rest| !rest.is_zero());
        Entry::new(hold.person.clone(), self.now, Wish { duration: rest, ..hold.wish.clone() })
    }
}
