//! Riding along on somebody's hold.

use crate::draft::Draft;
use crate::{CrewRequest, Hold, Id, Instant, Outcome, PersonId, Pool, Refusal, Rider};

impl Draft<'_> {
    pub(crate) fn join_crew(&mut self, actor: &PersonId) -> Result<(), Refusal> {
        self.refuse_in_crew(actor)?;
        let hold = self.resource.holds.first().ok_or(Refusal::Free)?;
        self.refuse_full_crew(hold)?;
        match self.policy.pool {
            Pool::Open => self.board(0, actor),
            Pool::Ask => self.ask_to_board(0, actor),
        }
        Ok(())
    }

    pub(crate) fn leave_crew(&mut self, actor: &PersonId) -> Result<(), Refusal> {
        if self.resource.ridden_by(actor).is_none() && self.resource.asked_by(actor).is_none() {
            return Err(Refusal::NotInCrew);
        }
        self.leave_crews(actor);
        Ok(())
    }

    pub(crate) fn answer_crew(&mut self, actor: &PersonId, id: Id, accept: bool) -> Result<(), Refusal> {
        let index = self.own_hold(actor, None)?;
        let hold = &self.resource.holds[index];
        let place = hold.requests.iter().position(|request| request.id == id).ok_or(Refusal::RequestClosed)?;
        if accept {
            self.refuse_full_crew(hold)?;
        }
        let CrewRequest { person, .. } = self.resource.holds[index].requests.remove(place);
        if accept {
            self.board(index, &person);
        } else {
            self.say(Outcome::CrewDeclined { person, holder: actor.clone() });
        }
        Ok(())
    }

    /// A question to the holder ends unanswered. The time in which nobody could answer does not count.
    pub(crate) fn end_crew_request(&mut self, id: Id, due: Instant) {
        let (late, until) = (self.rings_late(due), self.now + self.policy.request_period);
        let asked = |hold: &Hold| hold.requests.iter().position(|request| request.id == id);
        let Some((place, hold)) = self.resource.holds.iter_mut().find_map(|hold| Some((asked(hold)?, hold))) else { return };
        let (person, holder) = (hold.requests[place].person.clone(), hold.person.clone());
        if late {
            hold.requests[place].until = until;
            self.say(Outcome::CrewAskRenewed { request: id, person, holder, until });
        } else {
            hold.requests.remove(place);
            self.say(Outcome::CrewAskLapsed { person, holder });
        }
    }

    fn refuse_in_crew(&self, actor: &PersonId) -> Result<(), Refusal> {
        if self.resource.held_by(actor).is_some() {
            return Err(Refusal::WithYourself);
        }
        if let Some(hold) = self.resource.ridden_by(actor) {
            return Err(Refusal::AlreadyInCrew(Box::new(hold.clone())));
        }
        let asked = self.resource.holds.iter().find_map(|hold| Some((hold, hold.request_of(actor)?)));
        match asked {
            Some((hold, request)) => Err(Refusal::AlreadyAsked { request: request.id, holder: hold.person.clone(), until: request.until }),
            None => Ok(()),
        }
    }

    fn refuse_full_crew(&self, hold: &Hold) -> Result<(), Refusal> {
        match self.policy.crew_limit {
            Some(limit) if hold.crew.len() >= limit => {
                Err(Refusal::CrewFull { crew: hold.crew.iter().map(|rider| rider.person.clone()).collect(), limit })
            }
            _ => Ok(()),
        }
    }

    fn board(&mut self, index: usize, person: &PersonId) {
        let waited = self.leave_queue(person).map(|entry| self.now.since(entry.since));
        let hold = &mut self.resource.holds[index];
        hold.crew.push(Rider { person: person.clone(), since: self.now });
        let holder = hold.person.clone();
        self.say(Outcome::CrewJoined { person: person.clone(), holder, waited });
    }

    fn ask_to_board(&mut self, index: usize, person: &PersonId) {
        let request =
            CrewRequest { id: self.new_id(), person: person.clone(), since: self.now, until: self.now + self.policy.request_period };
        let hold = &mut self.resource.holds[index];
        let holder = hold.person.clone();
        let asked = Outcome::CrewAsked { request: request.id, person: person.clone(), holder, until: request.until };
        hold.requests.push(request);
        self.say(asked);
    }
}
