//! Putting the hold into another person's hands.

use crate::draft::Draft;
use crate::{End, Handoff, Hold, Id, Instant, Outcome, Pass, PersonId, Refusal, Start};

impl Draft<'_> {
    pub(crate) fn pass(&mut self, actor: &PersonId, to: &PersonId) -> Result<(), Refusal> {
        let index = self.own_hold(actor, None)?;
        self.refuse_frozen()?;
        self.refuse_receiver(index, to)?;
        match self.policy.handoff {
            Handoff::Offer => self.offer_pass(index, to),
            Handoff::Notify | Handoff::Grant => self.hand_to(index, to),
        }
        Ok(())
    }

    /// Takes what is being passed to the actor; false if nothing is.
    pub(crate) fn accept_pass(&mut self, actor: &PersonId) -> bool {
        let is_meant = |hold: &Hold| hold.pass.as_ref().is_some_and(|pass| pass.to == *actor);
        let Some(index) = self.resource.holds.iter().position(is_meant) else { return false };
        self.hand_to(index, actor);
        true
    }

    pub(crate) fn decline_pass(&mut self, actor: &PersonId, id: Option<Id>) -> Result<(), Refusal> {
        let (_, hold) = self.take_pass(|pass| pass.to == *actor && id.is_none_or(|id| pass.id == id)).ok_or(Refusal::NotOffered)?;
        let from = hold.person.clone();
        self.say(Outcome::PassDeclined { from, to: actor.clone() });
        Ok(())
    }

    /// A pass ends unanswered. The time in which nobody could answer does not count.
    pub(crate) fn end_pass(&mut self, id: Id, due: Instant) {
        let (late, until) = (self.rings_late(due), self.now + self.policy.offer_period);
        let Some((pass, hold)) = self.take_pass(|pass| pass.id == id) else { return };
        let (from, to) = (hold.person.clone(), pass.to.clone());
        if late {
            hold.pass = Some(Pass { until, ..pass });
            self.say(Outcome::PassRenewed { pass: id, from, to, until });
        } else {
            self.say(Outcome::PassLapsed { from, to });
        }
    }

    /// Takes a pass out of its hold.
    fn take_pass(&mut self, meant: impl Fn(&Pass) -> bool) -> Option<(Pass, &mut Hold)> {
        self.resource.holds.iter_mut().find_map(|hold| Some((hold.pass.take_if(|pass| meant(pass))?, hold)))
    }

    fn refuse_receiver(&self, index: usize, to: &PersonId) -> Result<(), Refusal> {
        let hold = &self.resource.holds[index];
        match &hold.pass {
            _ if hold.person == *to => Err(Refusal::WithYourself),
            _ if self.resource.held_by(to).is_some() => Err(Refusal::ReceiverHolds { to: to.clone() }),
            Some(pass) if pass.to == *to => Err(Refusal::AlreadyPassing { to: to.clone(), until: pass.until }),
            _ => Ok(()),
        }
    }

    fn offer_pass(&mut self, index: usize, to: &PersonId) {
        let pass = Pass { id: self.new_id(), to: to.clone(), until: self.now + self.policy.offer_period };
        let hold = &mut self.resource.holds[index];
        let from = hold.person.clone();
        let offered = Outcome::PassOffered { pass: pass.id, from: from.clone(), to: to.clone(), until: pass.until };
        if let Some(earlier) = hold.pass.replace(pass) {
            self.say(Outcome::PassWithdrawn { from, to: earlier.to });
        }
        self.say(offered);
    }

    fn hand_to(&mut self, index: usize, to: &PersonId) {
        let hold = &mut self.resource.holds[index];
        let from = hold.person.clone();
        // Accepted, so it does not count as withdrawn when the hold ends.
        hold.pass.take_if(|pass| pass.to == *to);
        self.transfer(index, to, End::Passed { to: to.clone() }, Start::Passed { from });
    }
}
