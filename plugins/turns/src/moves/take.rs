//! Getting the resource now.

use crate::draft::Draft;
use crate::{Handoff, PersonId, Refusal, Start, Wish};

impl Draft<'_> {
    pub(crate) fn take(&mut self, actor: &PersonId, wish: Wish) -> Result<(), Refusal> {
        self.refuse_holder(actor)?;
        self.refuse_frozen()?;
        if self.accept_pass(actor) {
            return Ok(());
        }
        self.refuse_rider(actor)?;
        let wish = self.wish_of(actor, wish);
        self.policy.check(&wish)?;
        self.refuse_without_room(actor)?;
        let start = self.start_of_taking(actor);
        self.begin(actor, wish, start);
        Ok(())
    }

    fn refuse_rider(&self, actor: &PersonId) -> Result<(), Refusal> {
        match self.resource.ridden_by(actor) {
            Some(hold) => Err(Refusal::InCrew(Box::new(hold.clone()))),
            None => Ok(()),
        }
    }

    fn refuse_without_room(&self, actor: &PersonId) -> Result<(), Refusal> {
        let invited = self.policy.handoff == Handoff::Notify || self.resource.offer_to(actor).is_some();
        match (self.resource.free(self.policy), self.resource.available(self.policy)) {
            (0, _) => Err(Refusal::held(&self.resource)),
            (_, 0) if !invited => Err(Refusal::reserved(&self.resource, actor)),
            _ => Ok(()),
        }
    }

    fn start_of_taking(&self, actor: &PersonId) -> Start {
        if self.resource.offer_to(actor).is_some() {
            return Start::Accepted;
        }
        let ahead = self.resource.queue.iter().take_while(|entry| entry.person != *actor);
        let over = ahead.filter(|entry| self.resource.is_eligible(entry)).map(|entry| entry.person.clone());
        Start::Taken { over: over.collect() }
    }
}
