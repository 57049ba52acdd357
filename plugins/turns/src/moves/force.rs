//! Acting on what somebody else has. Whether the actor may is judged before.

use crate::draft::Draft;
use crate::{End, Id, Outcome, PersonId, Refusal, Removal, Start, Wish};

impl Draft<'_> {
    pub(crate) fn evict(&mut self, actor: &PersonId, id: Id, reason: Option<String>) -> Result<(), Refusal> {
        let index = self.any_hold(id)?;
        if self.resource.holds[index].person == *actor {
            self.vacate(index, End::Released);
        } else {
            self.dismiss(index, End::Evicted { by: actor.clone(), reason });
        }
        Ok(())
    }

    pub(crate) fn steal(&mut self, actor: &PersonId, id: Id, wish: Wish) -> Result<(), Refusal> {
        self.refuse_holder(actor)?;
        self.refuse_frozen()?;
        let wish = self.wish_of(actor, wish);
        self.policy.check(&wish)?;
        match self.any_hold(id) {
            Ok(index) => self.seize(actor, index, wish),
            Err(_) if self.is_for_anybody() => self.begin(actor, wish, Start::Taken { over: Vec::new() }),
            Err(changed) => return Err(changed),
        }
        Ok(())
    }

    pub(crate) fn kick(&mut self, actor: &PersonId, whom: &PersonId, reason: Option<String>) -> Result<(), Refusal> {
        if !self.resource.involves(whom) {
            return Err(Refusal::NotHere { person: whom.clone() });
        }
        if actor == whom {
            self.step_off(actor);
            return Ok(());
        }
        let by = actor.clone();
        if let Ok(index) = self.own_hold(whom, None) {
            self.dismiss(index, End::Kicked { by: by.clone(), reason: reason.clone() });
        }
        self.clear_places(whom, Removal::Kicked { by, reason });
        Ok(())
    }

    /// Takes somebody off everything but a hold.
    pub(crate) fn clear_places(&mut self, person: &PersonId, cause: Removal) {
        if self.leave_queue(person).is_some() {
            self.say(Outcome::Removed { person: person.clone(), cause });
        }
        self.leave_crews(person);
        self.withdraw_passes_to(person);
    }

    fn seize(&mut self, actor: &PersonId, index: usize, wish: Wish) {
        let from = self.resource.holds[index].person.clone();
        // The thief leaves the victim's crew as a holder, not as one who lost a seat.
        self.resource.holds[index].crew.retain(|rider| rider.person != *actor);
        self.dismiss(index, End::Stolen { by: actor.clone(), reason: wish.reason.clone() });
        self.begin(actor, wish, Start::Stolen { from });
    }

    /// Who kicks themselves gives everything up.
    fn step_off(&mut self, actor: &PersonId) {
        if let Ok(index) = self.own_hold(actor, None) {
            self.vacate(index, End::Released);
        }
        self.leave_willingly(actor);
        self.leave_crews(actor);
        self.withdraw_passes_to(actor);
    }
}
