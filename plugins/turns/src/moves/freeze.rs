//! Letting nobody have the resource for a while.

use crate::draft::Draft;
use crate::{Freeze, Outcome, PersonId, Refusal};

impl Draft<'_> {
    pub(crate) fn freeze(&mut self, actor: &PersonId, reason: Option<String>) -> Result<(), Refusal> {
        if let Some(freeze) = &self.resource.frozen {
            return Err(Refusal::AlreadyFrozen(freeze.clone()));
        }
        self.resource.frozen = Some(Freeze { by: actor.clone(), since: self.now, reason: reason.clone() });
        self.say(Outcome::Frozen { by: actor.clone(), reason });
        self.withdraw_passes();
        Ok(())
    }

    pub(crate) fn thaw(&mut self, actor: &PersonId) -> Result<(), Refusal> {
        self.resource.frozen.take().ok_or(Refusal::NotFrozen)?;
        self.say(Outcome::Thawed { by: actor.clone() });
        self.mark_freed();
        Ok(())
    }
}
