//! Acting on what others have: who may, and after which question.

use crate::board::Board;
use crate::button::About;
use crate::names::Names;
use crate::rights::Act;
use crate::texts::question;
use crate::texts::refusal::{self, No};
use crate::thing::ThingId;
use hatstand_plugin::prelude::*;
use manners::code;
use turns::{Hold, Refusal, Request, Wish};

/// So many things are looked at for somebody's part in them.
const LOOKED_AT: usize = 120;

impl Board<'_> {
    /// Asks whether something is really to be taken from whoever has it. What nobody has is simply taken.
    pub fn steal(&mut self, name: &str, wish: Wish) -> Result<()> {
        let asker = self.cx.user()?;
        let Some(id) = self.find_known(name)? else { return Ok(()) };
        let Some(hold) = self.thing(id).resource().holds.first().cloned() else {
            return self.request(id, &Request::Join(wish));
        };
        if wish.reason.is_none() {
            return self.refuse_request(id, &Request::Steal { hold: hold.id, wish }, &Refusal::ReasonRequired);
        }
        if self.thing(id).resource().held_by(asker).is_some() || self.thing(id).resource().frozen.is_some() {
            return self.request(id, &Request::Join(wish));
        }
        if self.may_take(id)? {
            self.ask_before_stealing(id, &hold, wish)?;
        }
        Ok(())
    }

    /// The question was answered with yes: it is taken from the same hold, and from no other.
    pub fn steal_confirmed(&mut self, about: &About) -> Result<()> {
        let asker = self.cx.user()?;
        if !self.may_take(about.thing)? {
            return Ok(());
        }
        let confirmation = self.thing_mut(about.thing).kept.confirmations.take(asker, about.id);
        let wish = confirmation.map(|confirmation| confirmation.wish).unwrap_or_default();
        self.request(about.thing, &Request::Steal { hold: about.id, wish })
    }

    /// Lets somebody wait in front of all others.
    pub fn jump(&mut self, name: &str, wish: Wish) -> Result<()> {
        let Some(id) = self.find_known(name)? else { return Ok(()) };
        if self.may_jump() { self.request(id, &Request::Jump(wish)) } else { Ok(()) }
    }

    /// Ends the turn of whoever has something in favour of the next, who need not be who asks.
    pub fn bump(&mut self, name: &str) -> Result<()> {
        let asker = self.cx.user()?;
        let Some(id) = self.find_known(name)? else { return Ok(()) };
        let resource = self.thing(id).resource();
        let others = resource.holds.first().filter(|_| resource.held_by(asker).is_none() && self.is_manager());
        let hold = others.map(|hold| hold.id);
        self.request(id, &Request::Bump { hold })
    }

    /// Takes somebody off these things, or off everything.
    pub fn kick(&mut self, whom: &User, names: Option<&Names>) -> Result<()> {
        let Some(names) = names else { return self.kick_from_all(whom) };
        let Some(things) = self.find_all(&names.names)? else { return Ok(()) };
        self.in_lines = things.len() > 1;
        for id in things {
            let name = self.thing(id).kept.name.clone();
            if !self.refuses_more(&name) {
                self.kick_from(id, whom)?;
            }
        }
        Ok(())
    }

    /// Everything may be more than there is time for: the rest is for the next time.
    fn kick_from_all(&mut self, whom: &User) -> Result<()> {
        let parts = self.parts_of(whom, None)?;
        self.in_lines = parts.len() > 1;
        let mut kicked = 0;
        for (done, id) in parts.iter().enumerate() {
            if self.has_done_enough() || done >= LOOKED_AT {
                self.refuse(&No::Left { things: parts.len() - done });
                return Ok(());
            }
            for id in self.enter_parts(whom, [*id])? {
                self.kick_from(id, whom)?;
                kicked += 1;
            }
        }
        if kicked == 0 {
            self.refuse(&No::NobodyKicked { whom });
        }
        Ok(())
    }

    fn kick_from(&mut self, id: ThingId, whom: &User) -> Result<()> {
        let asker = self.cx.user()?;
        if asker == whom {
            return self.request(id, &Request::Retire);
        }
        let who = self.thing(id).kept.overrides.steal(&self.config);
        // To put out whoever has it is to take it from them.
        if self.thing(id).resource().held_by(whom).is_some() && !self.may(&[Act::Steal], id)? {
            return Ok(());
        }
        if who.includes(self.is_admin()) {
            return self.request(id, &Request::Kick { whom: whom.clone(), reason: None });
        }
        self.refuse(&No::NotAllowed { what: "put others out", who });
        Ok(())
    }

    fn ask_before_stealing(&mut self, id: ThingId, hold: &Hold, wish: Wish) -> Result<()> {
        let (asker, now) = (self.cx.user()?, self.cx.now());
        let until = self.thing_mut(id).kept.confirmations.expect(asker, hold.id, wish, now);
        let question = question::steal(&self.scene(id, Some(asker)), hold, until);
        self.answer(Some(id), question, "confirm");
        Ok(())
    }

    /// May who asks take this from others, and past those who wait for it? If not, they are told who may.
    fn may_take(&mut self, id: ThingId) -> Result<bool> {
        let asker = self.cx.user()?;
        if !self.may(&[Act::Take, Act::Steal], id)? {
            return Ok(false);
        }
        let who = self.thing(id).kept.overrides.steal(&self.config);
        if !who.includes(self.is_admin()) {
            self.refuse(&No::NotAllowed { what: "take things from others", who });
            return Ok(false);
        }
        let somebody_waits = self.thing(id).resource().others_waiting(asker).next().is_some();
        Ok(!somebody_waits || self.may_jump())
    }

    fn may_jump(&mut self) -> bool {
        let who = self.config.jump;
        let may = who.includes(self.is_admin());
        if !may {
            self.refuse(&No::NotAllowed { what: "go past those who wait", who });
        }
        may
    }

    pub(crate) fn refuse_request(&mut self, id: ThingId, request: &Request, why: &Refusal) -> Result<()> {
        let refusal = refusal::refusal(&self.scene(id, Some(self.cx.user()?)), request, why);
        self.answer(Some(id), refusal, code::of_refusal(why));
        Ok(())
    }
}
