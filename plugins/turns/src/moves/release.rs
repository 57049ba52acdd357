//! Giving the resource up.

use crate::draft::Draft;
use crate::{End, Id, PersonId, Refusal};

impl Draft<'_> {
    pub(crate) fn release(&mut self, actor: &PersonId, hold: Option<Id>) -> Result<(), Refusal> {
        let index = self.own_hold(actor, hold)?;
        self.vacate(index, End::Released);
        Ok(())
    }

    pub(crate) fn retire(&mut self, actor: &PersonId) -> Result<(), Refusal> {
        if self.resource.entry(actor).is_none() {
            self.own_hold(actor, None)?;
        }
        if let Ok(index) = self.own_hold(actor, None) {
            self.vacate(index, End::Retired);
        }
        self.leave_willingly(actor);
        Ok(())
    }
}
