//! Continuous delivery: what a program wants to deploy while it is locked is held, the newest commit only, and deployed when the lock is
//! opened.

use super::Journey;
use crate::ask::{Ask, Purpose};
use crate::lock::{Kept, Spot};
use crate::run::{End, Run};
use crate::texts::lock as texts;
use crate::texts::refusal::No;
use crate::voice;
use hatstand_plugin::prelude::*;
use turns::Request;

/// After this time people are told that it still waits.
const LONG: Duration = Duration::from_secs(60 * 60);

impl Journey<'_> {
    /// Holds what a program wants to deploy, if all that is in the way is somebody who has the lock or deploys.
    pub(super) fn hold(&self, run: Run, no: No) -> Result<Run> {
        let spot = Spot::new(&run.app, &run.environment);
        let kept = self.locks().look(&spot)?.filter(|kept| !kept.resource.holds.is_empty() || !kept.resource.queue.is_empty());
        let Some(kept) = kept.filter(|_| run.ask.purpose == Purpose::Deploy && no.is_about_others()) else { return self.stop(run, no) };
        for older in programs_like(&kept, &run.by) {
            self.locks().ask(&spot, &older, Request::Leave)?;
        }
        let ask = Ask { git_ref: Some(run.what().to_owned()), ..run.ask.clone() };
        self.join_queue(&ask, &spot, &run.by, &run.place)?;
        if let Some(hold) = kept.resource.holds.first().filter(|hold| hold.person != run.by) {
            voice::direct(self.cx, None, &hold.person, texts::held_up(&spot, &run))?;
        }
        self.cx.timers().set(&format!("waits:{}", spot.carried()), self.cx.now() + LONG, &())?;
        self.whisper(&run, texts::held(&spot, &run))?;
        self.finish(run, End::Refused, "held")
    }

    /// The lock is free for a program: nobody has to be asked.
    pub fn take_held(&self, spot: &Spot) -> Result<()> {
        let Some(kept) = self.locks().look(spot)? else { return Ok(()) };
        let next = kept.resource.offered().find_map(|entry| Some((entry.person.program()?.person(), kept.asks.get(&entry.person)?)));
        let Some((person, waiting)) = next else { return Ok(()) };
        if let Err(no) = self.begin_for(waiting.ask.clone(), &person, &waiting.place)? {
            self.locks().ask(spot, &person.id, Request::Leave)?;
            voice::post(self.cx, &waiting.place, texts::not_taken(&person.id, &no.message))?;
        }
        Ok(())
    }

    /// A program has waited for long.
    pub fn waits_long(&self, spot: &Spot) -> Result<()> {
        let Some(kept) = self.locks().look(spot)? else { return Ok(()) };
        let waits = kept.resource.queue.iter().find(|entry| entry.person.program().is_some());
        let Some((entry, waiting)) = waits.and_then(|entry| Some((entry, kept.asks.get(&entry.person)?))) else { return Ok(()) };
        let owner = kept.resource.holds.first().map(|hold| &hold.person);
        voice::post(self.cx, &waiting.place, texts::waits_long(spot, entry, owner, self.cx.now())).map(drop)
    }
}

/// Those who wait with the same token: an older commit is not deployed after a newer one.
fn programs_like(kept: &Kept, program: &User) -> Vec<User> {
    let token = program.program().map(|program| program.token);
    let waiting = kept.resource.queue.iter().map(|entry| &entry.person);
    waiting.filter(|other| *other != program && other.program().is_some_and(|other| Some(other.token) == token)).cloned().collect()
}
