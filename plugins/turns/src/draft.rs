//! A turn in the making: the few steps of which every request and every alarm is made.

use crate::{
    Began, CrewRequest, Deadline, End, Ended, Entry, Handoff, Hold, Id, Instant, Offer, Outcome, PersonId, Policy, Refusal, Resource,
    Start, Turn, Wish,
};
use std::time::Duration;

/// A copy of a resource that is being changed. It is thrown away when the request turns out to be refused.
#[derive(Debug)]
pub(crate) struct Draft<'a> {
    pub(crate) resource: Resource,
    pub(crate) policy: &'a Policy,
    pub(crate) now: Instant,
    outcomes: Vec<Outcome>,
    /// Has something become free in this turn? Then the next in line is named, if the policy says so.
    freed: bool,
}

impl<'a> Draft<'a> {
    pub(crate) fn new(resource: &Resource, policy: &'a Policy, now: Instant) -> Self {
        Self { resource: resource.clone(), policy, now, outcomes: Vec::new(), freed: false }
    }

    /// Gives what is free to whoever waits; then the draft is a turn.
    pub(crate) fn settle(mut self) -> Turn {
        self.withdraw_void_offers();
        if self.resource.frozen.is_none() {
            self.hand_over();
        }
        Turn { resource: self.resource, outcomes: self.outcomes }
    }

    pub(crate) fn say(&mut self, outcome: Outcome) {
        self.outcomes.push(outcome);
    }

    pub(crate) fn new_id(&mut self) -> Id {
        self.resource.last_id.0 += 1;
        self.resource.last_id
    }

    /// Remembers that there is room for the next in line.
    pub(crate) fn mark_freed(&mut self) {
        self.freed = true;
    }
}

/// Holds.
impl Draft<'_> {
    /// Gives a hold to somebody who holds nothing. What they had before - a place, a seat, a question - is over.
    pub(crate) fn begin(&mut self, person: &PersonId, wish: Wish, start: Start) {
        let term = self.policy.term(wish.duration);
        let mut hold = Hold::new(self.new_id(), person.clone(), self.now, wish);
        hold.deadline = term.duration.map(|duration| Deadline::new(self.now + duration, self.now));
        self.install(hold, start, term.capped);
    }

    /// Gives a hold to somebody who waited elsewhere.
    pub(crate) fn admit(&mut self, entry: Entry) {
        let person = entry.person.clone();
        let wish = entry.wish.clone();
        self.resource.queue.insert(0, entry);
        self.begin(&person, wish, Start::Granted);
    }

    /// Lets somebody go on with a hold: its deadline, what it is for and its crew stay.
    pub(crate) fn transfer(&mut self, index: usize, to: &PersonId, end: End, start: Start) {
        let old = self.end(index, end);
        let mut hold = Hold::new(self.new_id(), to.clone(), self.now, old.wish);
        hold.deadline = old.deadline.map(|deadline| Deadline::new(deadline.at, self.now));
        hold.crew = old.crew;
        hold.crew.retain(|rider| rider.person != *to);
        self.install(hold, start, None);
    }

    fn install(&mut self, hold: Hold, start: Start, capped: Option<Duration>) {
        let waited = self.leave_queue(&hold.person).map(|entry| self.now.since(entry.since));
        self.leave_crews(&hold.person);
        self.withdraw_passes_to(&hold.person);
        self.say(Outcome::Began(Began { hold: hold.id, person: hold.person.clone(), start, deadline: hold.ends(), capped, waited }));
        self.resource.holds.push(hold);
    }

    /// Ends a hold as its holder would: the first of the crew inherits it. While the resource is frozen nobody does.
    pub(crate) fn vacate(&mut self, index: usize, end: End) {
        let hold = &self.resource.holds[index];
        match hold.crew.first().filter(|_| self.resource.frozen.is_none()) {
            Some(heir) => {
                let (heir, from) = (heir.person.clone(), hold.person.clone());
                self.transfer(index, &heir, end, Start::Inherited { from });
            }
            None => self.dismiss(index, end),
        }
    }

    /// Ends a hold, and its crew with it.
    pub(crate) fn dismiss(&mut self, index: usize, end: End) {
        let hold = self.end(index, end);
        if !hold.crew.is_empty() {
            let crew = hold.crew.into_iter().map(|rider| rider.person).collect();
            self.say(Outcome::CrewDismissed { crew, holder: hold.person });
        }
    }

    /// Ends a hold and the open questions about it. The crew is left to the caller.
    fn end(&mut self, index: usize, end: End) -> Hold {
        let mut hold = self.resource.holds.remove(index);
        let ends_a_round = matches!(end, End::Released | End::Expired { .. } | End::Bumped { .. });
        self.freed = true;
        self.say(Outcome::Ended(self.ended(&hold, end)));
        for CrewRequest { person, .. } in hold.requests.drain(..) {
            self.say(Outcome::CrewAskWithdrawn { person, holder: hold.person.clone() });
        }
        if let Some(pass) = hold.pass.take() {
            self.say(Outcome::PassWithdrawn { from: hold.person.clone(), to: pass.to });
        }
        let repeats = self.policy.repeat || hold.wish.repeat;
        if ends_a_round && repeats && hold.orphaned.is_none() {
            self.rejoin(&hold);
        }
        hold
    }

    /// Whose turn is over waits for the next one, at the end of the queue.
    fn rejoin(&mut self, hold: &Hold) {
        if self.resource.entry(&hold.person).is_some() {
            return;
        }
        let ahead = self.resource.queue.len();
        self.resource.queue.push(Entry::new(hold.person.clone(), self.now, hold.wish.clone()));
        self.say(Outcome::Rejoined { person: hold.person.clone(), ahead });
    }

    fn ended(&self, hold: &Hold, end: End) -> Ended {
        let until = match end {
            End::Expired { late_by } => self.now - late_by,
            _ => self.now,
        };
        Ended { hold: hold.id, person: hold.person.clone(), since: hold.since, until, end }
    }
}

/// The queue.
impl Draft<'_> {
    pub(crate) fn leave_queue(&mut self, person: &PersonId) -> Option<Entry> {
        let place = self.resource.ahead_of(person)?;
        Some(self.resource.queue.remove(place))
    }

    /// What the person wants, with what they wanted when they queued.
    pub(crate) fn wish_of(&self, person: &PersonId, wish: Wish) -> Wish {
        match self.resource.entry(person) {
            Some(entry) => wish.or(&entry.wish),
            None => wish,
        }
    }

    /// Makes the next in line the holder at once, whatever the policy says.
    pub(crate) fn grant_next(&mut self) {
        let Some(Entry { person, wish, .. }) = self.resource.next().cloned() else { return };
        self.begin(&person, wish, Start::Granted);
    }

    /// Brings whoever is drawn in front of all others who could come next.
    pub(crate) fn draw_next(&mut self) {
        let Some(seed) = self.policy.draw else { return };
        let eligible = |(_, entry): &(usize, &Entry)| self.resource.is_eligible(entry);
        let places: Vec<usize> = self.resource.queue.iter().enumerate().filter(eligible).map(|(place, _)| place).collect();
        let Some(first) = places.first().copied().filter(|_| places.len() > 1) else { return };
        let drawn = self.resource.queue.remove(places[chance(seed, self.resource.last_id, places.len())]);
        self.say(Outcome::Drawn { person: drawn.person.clone(), among: places.len(), seed });
        self.resource.queue.insert(first, drawn);
    }

    fn hand_over(&mut self) {
        match self.policy.handoff {
            Handoff::Notify => self.name_next(),
            Handoff::Offer => self.offer_available(),
            Handoff::Grant => self.grant_available(),
        }
    }

    fn name_next(&mut self) {
        if !self.freed || self.resource.free(self.policy) == 0 {
            return;
        }
        self.draw_next();
        if let Some(person) = self.resource.next().map(|entry| entry.person.clone()) {
            self.say(Outcome::Next { person });
        }
    }

    fn offer_available(&mut self) {
        for _ in 0..self.resource.available(self.policy) {
            self.draw_next();
            let Some(person) = self.resource.next().map(|entry| entry.person.clone()) else { return };
            let offer = Offer { id: self.new_id(), until: self.now + self.policy.offer_period };
            self.say(Outcome::Offered { offer: offer.id, person: person.clone(), until: offer.until });
            self.set_offer(&person, offer);
        }
    }

    fn set_offer(&mut self, person: &PersonId, offer: Offer) {
        if let Some(entry) = self.resource.queue.iter_mut().find(|entry| entry.person == *person) {
            entry.offer = Some(offer);
        }
    }

    fn grant_available(&mut self) {
        for _ in 0..self.resource.free(self.policy) {
            self.draw_next();
            self.grant_next();
        }
    }

    /// Takes back the offers for which there is no room, the last one first.
    fn withdraw_void_offers(&mut self) {
        let room = match (self.policy.handoff, &self.resource.frozen) {
            (Handoff::Offer, None) => self.resource.free(self.policy),
            _ => 0,
        };
        let surplus = self.resource.offered().count().saturating_sub(room);
        for entry in self.resource.queue.iter_mut().rev().filter(|entry| entry.offer.is_some()).take(surplus) {
            entry.offer = None;
            self.outcomes.push(Outcome::OfferWithdrawn { person: entry.person.clone() });
        }
    }
}

/// Crews and passes.
impl Draft<'_> {
    /// Takes somebody out of every crew, and takes back their questions to be in one.
    pub(crate) fn leave_crews(&mut self, person: &PersonId) {
        for hold in &mut self.resource.holds {
            let holder = &hold.person;
            self.outcomes.extend(
                hold.crew
                    .extract_if(.., |rider| rider.person == *person)
                    .map(|rider| Outcome::CrewLeft { person: rider.person, holder: holder.clone() }),
            );
            self.outcomes.extend(
                hold.requests
                    .extract_if(.., |request| request.person == *person)
                    .map(|request| Outcome::CrewAskWithdrawn { person: request.person, holder: holder.clone() }),
            );
        }
    }

    pub(crate) fn withdraw_passes_to(&mut self, person: &PersonId) {
        for hold in &mut self.resource.holds {
            if let Some(pass) = hold.pass.take_if(|pass| pass.to == *person) {
                self.outcomes.push(Outcome::PassWithdrawn { from: hold.person.clone(), to: pass.to });
            }
        }
    }

    pub(crate) fn withdraw_passes(&mut self) {
        for hold in &mut self.resource.holds {
            if let Some(pass) = hold.pass.take() {
                self.outcomes.push(Outcome::PassWithdrawn { from: hold.person.clone(), to: pass.to });
            }
        }
    }
}

/// What more than one request asks first.
impl Draft<'_> {
    pub(crate) fn refuse_holder(&self, actor: &PersonId) -> Result<(), Refusal> {
        match self.resource.held_by(actor) {
            Some(hold) => Err(Refusal::AlreadyHolding(Box::new(hold.clone()))),
            None => Ok(()),
        }
    }

    /// What is too large already, by other limits than today's, may stay as it is and become smaller.
    pub(crate) fn refuse_without_space(&self, before: &Resource) -> Result<(), Refusal> {
        let (now, policy) = (&self.resource, self.policy);
        let exceeds = |limit: Option<usize>, before: usize, now: usize| limit.is_some_and(|limit| now > limit && now > before);
        let is_crowded = exceeds(policy.queue_limit, before.queue.len(), now.queue.len())
            || (policy.weight_limit.is_some() && exceeds(policy.weight_limit, before.weight(), now.weight()));
        if is_crowded { Err(Refusal::Crowded { waiting: before.queue.len() }) } else { Ok(()) }
    }

    pub(crate) fn refuse_frozen(&self) -> Result<(), Refusal> {
        match &self.resource.frozen {
            Some(freeze) => Err(Refusal::Frozen(freeze.clone())),
            None => Ok(()),
        }
    }

    /// Where the actor's hold is; with a number, only if it is that hold.
    pub(crate) fn own_hold(&self, actor: &PersonId, id: Option<Id>) -> Result<usize, Refusal> {
        let own = self.resource.holds.iter().position(|hold| hold.person == *actor && id.is_none_or(|id| hold.id == id));
        own.ok_or_else(|| match id {
            Some(_) => Refusal::hold_changed(&self.resource),
            None => Refusal::not_holding(&self.resource, actor),
        })
    }

    /// Where this hold is, whoever has it.
    pub(crate) fn any_hold(&self, id: Id) -> Result<usize, Refusal> {
        self.resource.holds.iter().position(|hold| hold.id == id).ok_or_else(|| Refusal::hold_changed(&self.resource))
    }

    /// Does an alarm come so late that nobody could answer before it?
    pub(crate) fn rings_late(&self, due: Instant) -> bool {
        self.now.since(due) > self.policy.tolerance
    }

    /// Could somebody who does not wait yet hold at once without passing anybody?
    pub(crate) fn is_for_anybody(&self) -> bool {
        self.resource.available(self.policy) > 0 && self.resource.next().is_none()
    }
}

/// One of so many, by a seed that serves a whole step: the number of the step's last hold tells its draws apart.
fn chance(seed: u64, last: Id, among: usize) -> usize {
    let mixed = (seed ^ last.0.wrapping_mul(0x9e37_79b9_7f4a_7c15)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 31)).wrapping_mul(0x94d0_49bb_1331_11eb);
    ((u128::from(mixed ^ (mixed >> 29)) * among as u128) >> 64) as usize
}
