//! Having something, waiting for it, and giving either up.

use crate::board::Board;
use crate::names::Names;
use crate::rights::Act;
use crate::texts::refusal::{No, busy, other_time};
use crate::texts::{question, typed};
use crate::thing::ThingId;
use hatstand_plugin::prelude::*;
use manners::parts::Part;
use turns::{Handoff, Hold, Request, Wish};

/// So many things are offered to choose from, at most.
const OFFERED: usize = 20;

/// What a button says has at most 1,000 bytes, with a little room for what the host puts around it.
const BUTTON_BYTES: usize = 900;

/// What somebody who says `dibs on` wants beside the thing.
#[derive(Clone, Debug, Default)]
pub struct Want {
    pub wish: Wish,
    /// Another turn after the present one.
    pub again: bool,
}

impl Board<'_> {
    /// Gives somebody each of these things, or a place in its queue; of `x + y`, all or none.
    pub fn on(&mut self, names: &Names, want: &Want) -> Result<()> {
        self.in_lines = names.names.len() > 1;
        if names.together && (!self.may_all(&[Act::Take], &names.names)? || !self.all_free(names, want)?) {
            return Ok(());
        }
        for name in &names.names {
            if let Some(id) = self.find_or_create(name)? {
                self.on_one(id, want)?;
            }
        }
        Ok(())
    }

    /// Gives each of these things back, or the place in its queue.
    pub fn off(&mut self, names: &Names, request: &Request) -> Result<()> {
        self.in_lines = names.names.len() > 1;
        for name in &names.names {
            if let Some(id) = self.find_known(name)? {
                self.off_one(id, request)?;
            }
        }
        Ok(())
    }

    /// Gives the only thing back that somebody has, or asks which one.
    pub fn off_only(&mut self) -> Result<()> {
        let asker = self.cx.user()?;
        let held = self.parts_of(asker, Some(Part::Holds))?;
        let mut held = self.enter_parts(asker, held.into_iter().take(OFFERED))?;
        held.retain(|id| self.thing(*id).resource().held_by(asker).is_some());
        match held.as_slice() {
            [] => {
                let waiting = self.parts_of(asker, Some(Part::Waits))?;
                let mut waiting = self.enter_parts(asker, waiting.into_iter().take(OFFERED))?;
                waiting.retain(|id| self.thing(*id).resource().entry(asker).is_some());
                let waiting = waiting.into_iter().map(|id| self.thing(id).kept.name.clone()).collect();
                self.refuse(&No::NothingHeld { waiting });
            }
            [only] => self.off_one(*only, &Request::Release { hold: None })?,
            several => {
                let scenes: Vec<_> = several.iter().map(|id| self.scene(*id, Some(asker))).collect();
                let which = question::which(&scenes);
                self.answer(None, which, "which");
            }
        }
        Ok(())
    }

    pub(crate) fn on_one(&mut self, id: ThingId, want: &Want) -> Result<()> {
        let asker = self.cx.user()?;
        let thing = self.thing(id);
        if thing.kept.is_group() {
            return self.on_any(id, want.wish.clone());
        }
        match thing.resource().held_by(asker) {
            Some(_) if want.again => self.request(id, &Request::Again(want.wish.clone()))?,
            Some(hold) if self.asks_otherwise(hold, &want.wish) => self.ask_for_other_time(id, &want.wish)?,
            Some(_) | None => self.request(id, &self.taking(id, asker, want.wish.clone()))?,
        }
        Ok(())
    }

    /// Who may have it now takes it; else they join.
    pub(crate) fn taking(&self, id: ThingId, asker: &User, wish: Wish) -> Request {
        let (resource, policy) = (self.thing(id).resource(), &self.thing(id).policy);
        let invited = resource.offer_to(asker).is_some() || resource.passing_to(asker).is_some();
        let is_next = policy.handoff == Handoff::Notify && resource.next().is_some_and(|entry| entry.person == *asker);
        let has_room = resource.free(policy) > 0;
        if invited || (is_next && has_room) { Request::Take(wish) } else { Request::Join(wish) }
    }

    fn asks_otherwise(&self, hold: &Hold, wish: &Wish) -> bool {
        wish.duration.is_some_and(|duration| hold.ends() != Some(self.cx.now() + duration))
    }

    /// Nothing that somebody has changes just because they ask for it once more.
    fn ask_for_other_time(&mut self, id: ThingId, wish: &Wish) -> Result<()> {
        let asker = self.cx.user()?;
        let wanted = self.cx.now() + wish.duration.unwrap_or_default();
        let scene = self.scene(id, Some(asker));
        let Some(hold) = scene.resource().held_by(asker) else { return Ok(()) };
        let question = other_time(&scene, hold, wanted);
        self.answer(Some(id), question, "already.held");
        Ok(())
    }

    fn off_one(&mut self, id: ThingId, request: &Request) -> Result<()> {
        let asker = self.cx.user()?;
        let (held, waits) = {
            let resource = self.thing(id).resource();
            (resource.held_by(asker).is_some(), resource.entry(asker).is_some())
        };
        if self.thing(id).kept.is_group() {
            return self.off_any(id);
        }
        if !held && waits && matches!(request, Request::Release { .. }) {
            return self.request(id, &Request::Leave);
        }
        self.request(id, request)?;
        let still_waits = self.thing(id).resource().entry(asker).is_some() && !self.thing(id).policy.repeat;
        if held && waits && still_waits {
            let question = question::another_turn(&self.scene(id, Some(asker)), asker);
            self.answer(Some(id), question, "released");
        }
        Ok(())
    }

    /// Is each of these things free for who asks? If not, they are told which are in the way, and nothing is taken.
    fn all_free(&mut self, names: &Names, want: &Want) -> Result<bool> {
        let asker = self.cx.user()?;
        let mut in_the_way = Vec::new();
        for name in &names.names {
            let Some(id) = self.find_or_create(name)? else { return Ok(false) };
            let thing = self.thing(id);
            if thing.kept.is_group() {
                self.refuse(&No::Group { name });
                return Ok(false);
            }
            if !thing.is_free() && thing.resource().held_by(asker).is_none() {
                in_the_way.push(id);
            }
        }
        if in_the_way.is_empty() {
            return Ok(true);
        }
        let scenes: Vec<_> = in_the_way.iter().map(|id| self.scene(*id, Some(asker))).collect();
        let refusal = busy(&scenes, line(names, &want.wish).as_deref());
        self.in_lines = false;
        self.answer(Some(in_the_way[0]), refusal, "refused.held");
        Ok(false)
    }
}

/// What somebody would say who wants each of these things by itself; none if that is too long for a button.
fn line(names: &Names, wish: &Wish) -> Option<String> {
    let names: Vec<String> = names.names.iter().map(|name| typed(name)).collect();
    let period = wish.duration.map(|period| format!(" for {} minutes", period.as_secs().div_ceil(60))).unwrap_or_default();
    let reason = wish.reason.as_ref().map(|reason| format!(" because {reason}")).unwrap_or_default();
    let line = format!("dibs on {}{period}{reason}", names.join(", "));
    (line.len() <= BUTTON_BYTES).then_some(line)
}
