//! Giving the resource up.

use crate::draft::Draft;
use crate::{End, Id, PersonId, Refusal};

impl Draft<'_> {
    pub(crate) fn release(&mut self, actor: &PersonId, hold: Option<Id>) -> Result<(), Refusal> {
        let index = self.own_hold(actor, hold)?;
        self.vacate(index, End::Released);
        Ok(())
    }
}
