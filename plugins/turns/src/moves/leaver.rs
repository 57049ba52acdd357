//! People whose account is gone.

use crate::draft::Draft;
use crate::{End, Hold, Id, Outcome, PersonId, Refusal, Removal};

impl Draft<'_> {
    /// The places are given up at once; a hold is kept for a while, because it may still stand for something.
    pub(crate) fn gone(&mut self, person: &PersonId) -> Result<(), Refusal> {
        if !self.resource.involves(person) {
            return Err(Refusal::NotHere { person: person.clone() });
        }
        self.clear_places(person, Removal::Gone);
        self.orphan(person);
        Ok(())
    }

    pub(crate) fn back(&mut self, person: &PersonId) -> Result<(), Refusal> {
        let hold = self.held_mut(person).filter(|hold| hold.orphaned.is_some());
        let hold = hold.ok_or_else(|| Refusal::NotHere { person: person.clone() })?;
        hold.orphaned = None;
        let returned = Outcome::Returned { hold: hold.id, person: person.clone() };
        self.say(returned);
        Ok(())
    }

    pub(crate) fn release_orphan(&mut self, id: Id) {
        if let Ok(index) = self.any_hold(id) {
            self.vacate(index, End::Orphaned);
        }
    }

    fn orphan(&mut self, person: &PersonId) {
        let (now, grace) = (self.now, self.policy.orphan_grace);
        let Some(hold) = self.held_mut(person).filter(|hold| hold.orphaned.is_none()) else { return };
        hold.orphaned = Some(now);
        let orphaned = Outcome::Orphaned { hold: hold.id, person: person.clone(), until: now + grace };
        self.say(orphaned);
    }

    fn held_mut(&mut self, person: &PersonId) -> Option<&mut Hold> {
        self.resource.holds.iter_mut().find(|hold| hold.person == *person)
    }
}
