//! Locking, unlocking, freezing and wearing the deploy hat, as people say it.

use crate::apps::{App, Environment, Unlock, same};
use crate::checks;
use crate::journey::Journey;
use crate::lock::{Kept, Spot};
use crate::locks::Wanted;
use crate::providers::Merged;
use crate::rights::Act;
use crate::shelf::Freeze;
use crate::texts::lock as texts;
use crate::texts::refusal::{self, No};
use crate::voice;
use hatstand_plugin::prelude::*;
use turns::{End, Hold, Outcome, Refusal, Request, Wish};

impl Journey<'_> {
    /// The lock of this environment of this app, if the person may do this there.
    pub fn spot(&self, right: Act, app: &str, environment: &str) -> Result<Result<(Spot, &Environment), No>> {
        let Some(app) = self.apps.find(app) else { return Ok(Err(refusal::app(app, &self.apps.nearest(app)))) };
        let environment = match checks::environment(app, Some(environment)) {
            Ok(environment) => environment,
            Err(no) => return Ok(Err(no)),
        };
        let may = self.may_now(right, app, environment)?;
        Ok(may.map(|()| (Spot::new(&app.name, &environment.name), environment)))
    }

    /// Everything of an app, or simply everything.
    pub fn everything(&self, app: Option<&str>) -> Result<Spot, No> {
        let known = |name: &str| self.apps.find(name).ok_or_else(|| refusal::app(name, &self.apps.nearest(name)));
        app.map(known).transpose().map(|app| Spot::everything(app.map(|app| app.name.as_str())))
    }

    /// Locks it, or says whose it is. A new reason takes the place of an old one.
    pub fn lock(&self, spot: &Spot, duration: Option<Duration>, reason: Option<String>, steal: bool) -> Result<Reply> {
        let who = self.cx.user()?;
        let wish = Wish { duration, reason: reason.clone(), ..Wish::default() };
        let hold = self.locks().look(spot)?.and_then(|kept| kept.resource.holds.first().cloned());
        let request = match &hold {
            Some(hold) if steal && hold.person != *who => Request::Steal { hold: hold.id, wish },
            _ => Request::Take(wish),
        };
        match self.locks().ask(spot, who, request)? {
            Wanted::Done(outcomes) => Ok(self.locked_now(spot, who, &outcomes, reason.as_deref())),
            Wanted::Unreadable => Ok(Reply::whisper(texts::unreadable(spot)).code("refused.locked")),
            Wanted::Refused(Refusal::AlreadyHolding(hold)) => {
                let explained = reason.is_some();
                self.locks().confirm(spot, who, reason)?;
                Ok(Reply::whisper(texts::yours_already(spot, &hold, explained)).code("already.held"))
            }
            Wanted::Refused(refusal) => Ok(self.refused(spot, &refusal, hold.as_ref())),
        }
    }

    fn locked_now(&self, spot: &Spot, who: &User, outcomes: &[Outcome], reason: Option<&str>) -> Reply {
        let end = outcomes.iter().find_map(|outcome| match outcome {
            Outcome::Began(began) => Some(began.deadline),
            _ => None,
        });
        let stolen = outcomes.iter().find_map(|outcome| match outcome {
            Outcome::Ended(ended) if matches!(ended.end, End::Stolen { .. }) => Some(&ended.person),
            _ => None,
        });
        match stolen {
            Some(from) => Reply::say(texts::stolen(spot, who, from, reason)).code("stolen"),
            None => Reply::say(texts::locked(spot, who, end.flatten(), reason)).code("held"),
        }
    }

    fn refused(&self, spot: &Spot, refusal: &Refusal, hold: Option<&Hold>) -> Reply {
        let message = match (refusal, hold) {
            (Refusal::Reserved { offered, .. }, _) => {
                let promised = offered.first().and_then(|entry| Some((&entry.person, entry.offer.as_ref()?.until)));
                promised.map_or_else(|| texts::not_locked(spot), |(to, until)| texts::promised(spot, to, until))
            }
            (_, Some(hold)) => texts::theirs(spot, hold, self.cx.now()),
            (_, None) => texts::not_locked(spot),
        };
        Reply::whisper(message).code(manners::code::of_refusal(refusal))
    }

    /// Opens a lock, one's own or, as far as that is allowed, somebody else's.
    pub fn unlock(&self, spot: &Spot, policy: Unlock) -> Result<Reply> {
        let (who, admin) = (self.cx.user()?, self.cx.person().is_some_and(|person| person.admin));
        let Some(kept) = self.locks().look(spot)? else {
            if !admin {
                return Ok(Reply::whisper(texts::unreadable(spot)).code("refused.locked"));
            }
            self.shelf().forget_lock(spot)?;
            return Ok(Reply::say(texts::forgotten(spot)).code("unlocked"));
        };
        let Some(hold) = kept.resource.holds.first() else {
            return Ok(Reply::whisper(texts::not_locked(spot)).code("refused.free"));
        };
        if hold.person == *who {
            self.locks().ask(spot, who, Request::Release { hold: None })?;
            return Ok(Reply::say(texts::unlocked(std::slice::from_ref(spot), who)).code("unlocked"));
        }
        let may = match policy {
            Unlock::Anyone => true,
            Unlock::Admins => admin,
            Unlock::Never => false,
        };
        if !may {
            return Ok(Reply::whisper(texts::not_yours(spot, hold, policy == Unlock::Admins)).code("refused.not-yours"));
        }
        if let Err(no) = self.may_everywhere(Act::Unlock, spot)? {
            return Ok(no.reply());
        }
        self.locks().ask(spot, who, Request::Evict { hold: hold.id, reason: None })?;
        Ok(Reply::say(texts::unlocked_others(spot, who, &hold.person)).code("unlocked"))
    }

    /// Opens every lock that somebody has.
    pub fn unlock_all(&self) -> Result<Reply> {
        let who = self.cx.user()?;
        let own: Vec<Spot> =
            self.locks().all()?.into_iter().filter(|(_, kept)| kept.resource.held_by(who).is_some()).map(|(spot, _)| spot).collect();
        if own.is_empty() {
            return Ok(Reply::whisper(texts::nothing_of_yours()).code("refused.free"));
        }
        for spot in &own {
            self.locks().ask(spot, who, Request::Release { hold: None })?;
        }
        Ok(Reply::say(texts::unlocked(&own, who)).code("unlocked"))
    }

    /// Opens the locks for a branch that was merged, where the operator wants that.
    pub fn unlock_merged(&self, merged: &Merged) -> Result<()> {
        let is_about = |app: &&App| app.source.as_ref().is_some_and(|source| same(&source.what, &merged.repository));
        for app in self.apps.iter().filter(is_about) {
            for environment in app.environments.iter().filter(|environment| environment.unlock_on_merge) {
                self.unlock_branch(&Spot::new(&app.name, &environment.name), &merged.branch)?;
            }
        }
        Ok(())
    }

    fn unlock_branch(&self, spot: &Spot, branch: &str) -> Result<()> {
        let holder = self.locks().look(spot)?.and_then(|kept| kept.resource.holds.first().cloned());
        let holder = holder.filter(|hold| hold.wish.note.as_deref() == Some(branch)).map(|hold| hold.person);
        if let Some(holder) = holder {
            self.locks().ask(spot, &holder, Request::Release { hold: None })?;
            voice::direct(self.cx, None, &holder, texts::merged(spot, branch))?;
        }
        Ok(())
    }

    /// Lets somebody wait no longer.
    pub fn leave_queue(&self, spot: &Spot) -> Result<Reply> {
        Ok(match self.locks().ask(spot, self.cx.user()?, Request::Leave)? {
            Wanted::Done(_) => {
                self.cx.questions().withdraw(&format!("turn:{}", spot.carried()))?;
                Reply::whisper(texts::left_queue(spot)).code("dequeued")
            }
            _ => Reply::whisper(texts::not_waiting(spot)).code("refused.not-queued"),
        })
    }

    /// Stops all deploys to an environment for a time, of every app that has one of this name or alias.
    pub fn freeze(&self, environment: &str, until: Instant, reason: String) -> Result<Reply> {
        let names = match self.environments(Act::Freeze, environment)? {
            Ok(names) => names,
            Err(no) => return Ok(no.reply()),
        };
        let freeze = Freeze { by: self.cx.user()?.clone(), until, reason };
        for name in &names {
            self.shelf().set_freeze(name, Some(&freeze))?;
        }
        Ok(Reply::say(texts::frozen(&names, &freeze)).code("frozen"))
    }

    /// Lets people deploy there again.
    pub fn thaw(&self, environment: &str) -> Result<Reply> {
        let names = match self.environments(Act::Thaw, environment)? {
            Ok(names) => names,
            Err(no) => return Ok(no.reply()),
        };
        let mut thawed = Vec::new();
        for name in names.iter().copied() {
            if self.shelf().freeze(name)?.is_some() {
                self.shelf().set_freeze(name, None)?;
                thawed.push(name);
            }
        }
        if thawed.is_empty() {
            return Ok(Reply::whisper(texts::not_frozen(names[0])).code("refused.not-frozen"));
        }
        Ok(Reply::say(texts::thawed(&thawed, self.cx.user()?)).code("thawed"))
    }

    /// The names of the environments that this name or alias means in any app, if the person may do this to all of them.
    fn environments(&self, right: Act, name: &str) -> Result<Result<Vec<&str>, No>> {
        let names = self.apps.environments(name);
        if names.is_empty() {
            return Ok(Err(self.no_environment(name)));
        }
        Ok(self.may_all(right, &names)?.map(|()| names))
    }

    /// The locks that the person may see.
    pub fn visible_locks(&self) -> Result<Vec<(Spot, Kept)>> {
        let all = self.locks().all()?;
        let visible = self.visible(&all.iter().map(|(spot, _)| (spot.app.as_str(), spot.environment.as_str())).collect::<Vec<_>>())?;
        Ok(all.into_iter().zip(visible).filter_map(|(lock, visible)| visible.then_some(lock)).collect())
    }

    /// Puts the deploy hat of the channel on, or takes it off.
    pub fn hat(&self, on: bool) -> Result<Reply> {
        let (channel, who) = (&self.cx.here()?.channel, self.cx.user()?);
        let spot = Spot::hat(channel);
        if on {
            if let Some(wearer) = self.locks().wearer(channel)? {
                return Ok(Reply::whisper(texts::hat_on(&wearer)).code("refused.held"));
            }
            self.locks().put_on_hat(channel, who)?;
            return Ok(Reply::say(texts::hat_on(who)).code("held"));
        }
        Ok(match self.locks().ask(&spot, who, Request::Release { hold: None })? {
            Wanted::Done(_) => Reply::say(texts::hat_off(who)).code("released"),
            _ => Reply::whisper(texts::hat_not_yours()).code("refused.not-holding"),
        })
    }

    fn no_environment(&self, name: &str) -> No {
        let known = self.apps.iter().flat_map(|app| app.environments.iter().map(|environment| environment.name.as_str()));
        let near = crate::apps::nearest(name, known);
        refusal::environment_of_any(name, &near)
    }
}
