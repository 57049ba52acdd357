//! Dibs for programs: a pipeline takes something by the way of the HTTP API, waits for its turn, and gives it back with a key.

use crate::board::Board;
use crate::rights::{Act, needed};
use crate::state::State;
use crate::texts::refusal::No;
use crate::texts::{program, view};
use crate::thing::ThingId;
use hatstand_plugin::prelude::*;
use manners::programs::{ReleaseKey, Verdict};
use turns::{Origin, Refusal, Request, Wish};

/// What a key says of whom it belongs to.
#[derive(Clone, Debug)]
pub struct Held {
    pub channel: Channel,
    pub thing: ThingId,
    pub key: ReleaseKey,
}

impl Held {
    /// Reads a key; none if it cannot be one of dibs.
    pub fn read(text: &str) -> Option<Self> {
        let key = ReleaseKey::read(text)?;
        let (channel, thing) = key.subject.rsplit_once('/')?;
        Some(Self { channel: channel.into(), thing: ThingId(thing.parse().ok()?), key })
    }
}

/// What has to be known of a call that was left open: who waits for what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    pub channel: Channel,
    pub thing: ThingId,
    pub person: User,
}

impl Waiting {
    pub fn key(&self) -> String {
        format!("{} {} {}", self.channel, self.thing, self.person)
    }

    pub fn read(key: &str) -> Option<Self> {
        let mut parts = key.splitn(3, ' ');
        let (channel, thing, person) = (parts.next()?, parts.next()?.parse().ok()?, parts.next()?);
        Some(Self { channel: channel.into(), thing: ThingId(thing), person: person.into() })
    }
}

impl Board<'_> {
    /// Gives a program something, or a place in its queue. With `wait` the call stays open until the turn has come.
    pub fn seize(&mut self, name: &str, wish: Wish, wait: Option<Duration>) -> Result<()> {
        let asker = self.cx.user()?;
        let Some(id) = self.find_or_create(name)? else { return Ok(()) };
        if self.thing(id).kept.is_group() {
            self.refuse(&No::Group { name });
            return Ok(());
        }
        // Asked again, a program is told how things stand.
        let request = self.taking(id, asker, Wish { origin: Origin::Api, ..wish });
        if !self.may(needed(&request), id)? {
            return Ok(());
        }
        match self.ask(id, asker, &request) {
            Ok(()) | Err(Refusal::AlreadyHolding(_) | Refusal::AlreadyQueued { .. }) => self.tell_seized(id, wait),
            Err(why) => self.refuse_request(id, &request, &why),
        }
    }

    /// Gives back what a key belongs to. Given back already, that is no error.
    pub fn release(&mut self, held: &Held) -> Result<()> {
        match self.judge(held)? {
            Verdict::Current(hold) => self.request(held.thing, &Request::Release { hold: Some(hold) }),
            Verdict::Over => {
                self.answer(None, program::released_already(), "already.released");
                Ok(())
            }
            Verdict::Foreign => {
                self.refuse(&No::ForeignKey);
                Ok(())
            }
        }
    }

    /// Lengthens the hold that a key belongs to.
    pub fn extend_held(&mut self, held: &Held, by: Duration) -> Result<()> {
        match self.judge(held)? {
            Verdict::Current(hold) => self.request(held.thing, &Request::Extend { hold: Some(hold), by }),
            Verdict::Over if self.is_entered(held.thing) => self.request(held.thing, &Request::Extend { hold: Some(held.key.hold), by }),
            Verdict::Over => {
                self.refuse(&No::Gone);
                Ok(())
            }
            Verdict::Foreign => {
                self.refuse(&No::ForeignKey);
                Ok(())
            }
        }
    }

    /// Takes something from whoever has had it the longest. Programs may if their token does; of people, those who manage things.
    pub fn force_release(&mut self, name: &str) -> Result<()> {
        let is_program = self.cx.user()?.program().is_some();
        if !is_program && !self.may_manage("release what others have") {
            return Ok(());
        }
        let Some(id) = self.find_known(name)? else { return Ok(()) };
        match self.thing(id).resource().holds.first().map(|hold| hold.id) {
            Some(hold) => self.request(id, &Request::Evict { hold, reason: None }),
            None => self.refuse_request(id, &Request::Release { hold: None }, &Refusal::Free),
        }
    }

    /// How a thing stands, or a page of all of them.
    pub fn status(&mut self, name: Option<&str>, page: usize) -> Result<Option<Message>> {
        let Some(name) = name else { return self.show_all(page).map(Some) };
        let Some(id) = self.find_known(name)? else { return Ok(None) };
        if !self.may(&[Act::Read], id)? {
            return Ok(None);
        }
        self.see(id);
        Ok(Some(view::queue(&self.scene(id, Some(self.cx.user()?)))))
    }

    /// A program went away that waited for its turn.
    pub fn abandon(&mut self, waiting: &Waiting) -> Result<()> {
        if self.enter(waiting.thing)? && self.thing_mut(waiting.thing).kept.programs.stop_waiting(&waiting.person) {
            // The place may be gone by itself.
            let _ = self.ask(waiting.thing, &waiting.person, &Request::Leave);
        }
        Ok(())
    }

    /// The patience of a program is at its end: it gives up its place, and is told.
    pub(crate) fn end_wait(&mut self, id: ThingId, person: &User) -> Result<()> {
        self.thing_mut(id).kept.programs.stop_waiting(person);
        let thing = self.thing(id);
        if let Ok(turn) = turns::apply(thing.resource(), &thing.policy, person, Request::Leave, self.cx.now()) {
            self.happen(id, turn, None);
        }
        self.answer_call(id, person, "timeout")
    }

    /// Tells the programs whose waiting is over what came of it. Those who are asked to take it do.
    pub(crate) fn tell_programs(&mut self) -> Result<()> {
        for id in self.entered() {
            while let Some(person) = self.thing(id).kept.programs.invited(self.thing(id).resource()) {
                let Ok(()) = self.ask(id, &person, &Request::Take(Wish::default())) else { break };
            }
            let thing = self.thing_mut(id);
            for (person, came) in thing.kept.programs.come(&thing.kept.resource) {
                self.answer_call(id, &person, came.code())?;
            }
        }
        Ok(())
    }

    fn tell_seized(&mut self, id: ThingId, wait: Option<Duration>) -> Result<()> {
        let asker = self.cx.user()?;
        if let Some(hold) = self.thing(id).resource().held_by(asker) {
            let key = self.thing(id).kept.programs.key(&self.subject(id), hold);
            let told = program::held(&self.scene(id, Some(asker)), key.as_ref());
            self.conclude(id, told, "held");
            return Ok(());
        }
        if let Some(wait) = wait {
            let until = self.cx.now() + wait;
            self.thing_mut(id).kept.programs.wait(asker, until);
            self.cx.calls().open(&self.waiting(id, asker).key())?;
        }
        let ahead = self.thing(id).resource().ahead_of(asker).unwrap_or_default();
        let told = program::queued(&self.scene(id, Some(asker)), ahead);
        self.conclude(id, told, "queued");
        Ok(())
    }

    fn judge(&mut self, held: &Held) -> Result<Verdict> {
        let asker = self.cx.user()?;
        if self.enter(held.thing)? {
            let kept = &self.thing(held.thing).kept;
            return Ok(kept.programs.judge(&kept.resource, &held.key, asker));
        }
        // It went with the last who had it.
        Ok(if held.thing.0 <= self.scope.last { Verdict::Over } else { Verdict::Foreign })
    }

    fn answer_call(&self, id: ThingId, person: &User, code: &'static str) -> Result<()> {
        let state = State::of(self, id, Some(person), code);
        Ok(self.cx.calls().answer(&self.waiting(id, person).key(), code, &state)?)
    }

    fn waiting(&self, id: ThingId, person: &User) -> Waiting {
        Waiting { channel: self.channel.clone(), thing: id, person: person.clone() }
    }

    /// What the keys of a thing are about.
    pub(crate) fn subject(&self, id: ThingId) -> String {
        format!("{}/{id}", self.channel)
    }

    /// Whatever was asked before: this came of it. A program reads that from the data, and has no eyes for a sentence.
    fn conclude(&mut self, id: ThingId, told: Message, code: &'static str) {
        self.forget_answers();
        let is_program = self.cx.person().is_some_and(|person| person.id.program().is_some());
        if is_program { self.result(id, code) } else { self.answer(Some(id), told, code) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_knows_who_waits_for_what() {
        let waiting = Waiting { channel: "C1".into(), thing: ThingId(7), person: "api:ci:pipeline 12".into() };
        assert_eq!(Waiting::read(&waiting.key()), Some(waiting));
        assert_eq!(Waiting::read("C1 7"), None);
    }
}
