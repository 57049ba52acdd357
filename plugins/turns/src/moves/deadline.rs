//! The end of a hold: moving it, warning of it, reaching it.

use crate::draft::Draft;
use crate::{Deadline, End, Hold, Id, Instant, Outcome, PersonId, Refusal};
use std::time::Duration;

impl Draft<'_> {
    pub(crate) fn extend(&mut self, actor: &PersonId, id: Option<Id>, by: Duration) -> Result<(), Refusal> {
        let index = self.own_hold(actor, id)?;
        let hold = &self.resource.holds[index];
        let deadline = hold.ends().ok_or_else(|| Refusal::NoDeadline(Box::new(hold.clone())))?;
        refuse_nothing(by)?;
        self.retime_to(index, deadline + by)
    }

    pub(crate) fn retime(&mut self, actor: &PersonId, id: Option<Id>, duration: Duration) -> Result<(), Refusal> {
        let index = self.own_hold(actor, id)?;
        refuse_nothing(duration)?;
        self.retime_to(index, self.resource.holds[index].since + duration)
    }

    /// The holder is to be told of the end; or of a later one, if this one has passed untold.
    pub(crate) fn warn(&mut self, id: Id) {
        let Some((index, deadline)) = self.deadline_of(id) else { return };
        if deadline.at <= self.now {
            return self.reach_deadline(index, deadline);
        }
        self.warn_of(index, Deadline { warned: true, ..deadline }, None);
    }

    pub(crate) fn expire(&mut self, id: Id) {
        let Some((index, deadline)) = self.deadline_of(id) else { return };
        self.reach_deadline(index, deadline);
    }

    pub(crate) fn nag(&mut self, id: Id) {
        let Some(hold) = self.resource.holds.iter_mut().find(|hold| hold.id == id) else { return };
        hold.reminded = Some(self.now);
        let (person, since) = (hold.person.clone(), hold.since);
        self.say(Outcome::Nagged { hold: id, person, since });
    }

    /// Nobody loses a hold unwarned unless somebody else waits for it.
    fn reach_deadline(&mut self, index: usize, deadline: Deadline) {
        let hold = &self.resource.holds[index];
        let somebody_waits = self.resource.others_waiting(&hold.person).next().is_some();
        if deadline.warned || somebody_waits {
            self.dismiss(index, End::Expired { late_by: self.now.since(deadline.at) });
        } else {
            let later = Deadline { at: self.now + self.policy.warning(&deadline), set: self.now, warned: true };
            self.warn_of(index, later, Some(deadline.at));
        }
    }

    fn warn_of(&mut self, index: usize, deadline: Deadline, missed: Option<Instant>) {
        let hold = &mut self.resource.holds[index];
        hold.deadline = Some(deadline);
        let (hold, person) = (hold.id, hold.person.clone());
        self.say(Outcome::Warned { hold, person, deadline: deadline.at, missed });
    }

    fn retime_to(&mut self, index: usize, wanted: Instant) -> Result<(), Refusal> {
        let hold = &self.resource.holds[index];
        let (id, person, before) = (hold.id, hold.person.clone(), hold.ends());
        let deadline = self.within_maximum(hold, wanted)?;
        self.refuse_deadline(hold, deadline)?;
        let capped = (deadline < wanted).then_some(wanted);
        self.resource.holds[index].deadline = Some(Deadline::new(deadline, self.now));
        self.say(Outcome::Retimed { hold: id, person, before, deadline, capped });
        Ok(())
    }

    /// The wanted end, or the latest one. To ask for a later end never makes it an earlier one.
    fn within_maximum(&self, hold: &Hold, wanted: Instant) -> Result<Instant, Refusal> {
        let Some(max) = self.policy.max_duration else { return Ok(wanted) };
        let latest = hold.since + max;
        match hold.ends() {
            Some(deadline) if wanted > deadline && latest <= deadline => Err(Refusal::AtMaximum { deadline, max }),
            _ => Ok(wanted.min(latest)),
        }
    }

    fn refuse_deadline(&self, hold: &Hold, deadline: Instant) -> Result<(), Refusal> {
        let queue: Vec<_> = self.resource.others_waiting(&hold.person).cloned().collect();
        let lengthens = hold.ends().is_some_and(|before| deadline > before);
        match hold.ends() {
            Some(before) if deadline == before => Err(Refusal::AlreadyHolding(Box::new(hold.clone()))),
            _ if deadline <= self.now => Err(Refusal::DeadlinePassed { deadline }),
            _ if lengthens && self.policy.no_extend_while_waiting && !queue.is_empty() => Err(Refusal::OthersWait { queue }),
            _ => Ok(()),
        }
    }

    fn deadline_of(&self, id: Id) -> Option<(usize, Deadline)> {
        let index = self.any_hold(id).ok()?;
        Some((index, self.resource.holds[index].deadline?))
    }
}

fn refuse_nothing(duration: Duration) -> Result<(), Refusal> {
    if duration.is_zero() { Err(Refusal::NoTime) } else { Ok(()) }
}
