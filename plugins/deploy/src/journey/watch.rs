//! Watching that it goes on, and stopping it.

use super::{Journey, Setting, plain, provider, tag};
use crate::apps::Origin;
use crate::lock::Spot;
use crate::providers::{Cancelling, Progress, Trouble};
use crate::rights::Act;
use crate::run::{End, Run, RunId, Stage};
use crate::texts::refusal;
use crate::texts::{card, trouble, view};
use crate::voice;
use hatstand_plugin::HttpAnswer;
use hatstand_plugin::prelude::*;

impl Journey<'_> {
    /// Nobody has begun with it yet.
    pub fn not_picked_up(&self, id: RunId) -> Result<()> {
        let Some(run) = self.shelf().run(id)?.filter(|run| run.stage == Stage::Going(Progress::Pending)) else { return Ok(()) };
        let Some(Setting { app, environment }) = self.setting(&run) else { return Ok(()) };
        voice::direct(self.cx, Some(&run.place), &run.by, card::not_picked_up(&run, app, environment))
    }

    /// It takes longer than it may.
    pub fn over_limit(&self, id: RunId) -> Result<()> {
        let Some(run) = self.shelf().run(id)?.filter(Run::is_going) else { return Ok(()) };
        let Some(Setting { environment, .. }) = self.setting(&run) else { return Ok(()) };
        voice::post(self.cx, &run.place, card::stuck(&run, environment, self.cx.now()))?;
        self.look_at(run).map(drop)
    }

    /// It may take that long once more.
    pub fn keep_waiting(&self, id: RunId) -> Result<Reply> {
        let Some(run) = self.shelf().run(id)? else { return Ok(refusal::no_such_run(id.0).reply()) };
        if !run.is_going() {
            return Ok(refusal::over_already(&run).reply());
        }
        let Some(Setting { environment, .. }) = self.setting(&run) else { return Ok(Reply::nothing()) };
        let until = self.cx.now() + environment.limit;
        self.cx.timers().set(&format!("limit:{id}"), until, &())?;
        Ok(Reply::whisper(say!("I ask again at {until}.")).code("waiting"))
    }

    /// Somebody wants it to end.
    pub fn cancel(&self, id: RunId) -> Result<Reply> {
        let Some(mut run) = self.shelf().run(id)? else { return Ok(refusal::no_such_run(id.0).reply()) };
        if run.is_over() {
            return Ok(refusal::over_already(&run).reply());
        }
        let who = self.cx.user()?;
        let kept = self.locks().look(&Spot::new(&run.app, &run.environment))?;
        let owns = kept.is_some_and(|kept| kept.resource.held_by(who).is_some());
        if *who != run.by && !owns && !self.cx.person().is_some_and(|person| person.admin) {
            return Ok(refusal::not_yours(&run).reply());
        }
        let Some(Setting { app, environment }) = self.setting(&run) else {
            self.lost(run)?;
            return Ok(Reply::nothing());
        };
        if let Err(no) = self.may_now(Act::Cancel, app, environment)? {
            return Ok(no.reply());
        }
        let name = app.origin.name();
        run.cancelled_by = Some(who.clone());
        match (run.is_going(), run.provider_id.clone()) {
            (false, _) => {
                let reply = Reply::say(view::cancelled_early(&run)).code("cancelled");
                self.cx.questions().withdraw(&format!("confirm:{id}"))?;
                self.cx.timers().cancel(&format!("late:{id}"))?;
                self.finish(run, End::Cancelled, "cancelled")?;
                Ok(reply)
            }
            (true, None) if run.stage == Stage::Preparing => {
                self.end(run, End::Cancelled)?;
                Ok(Reply::nothing().code("cancelled"))
            }
            (true, None) => {
                self.find_later(&run)?;
                self.keep(run)?;
                Ok(Reply::say(view::cancelled_soon(id, name)).code("cancelling"))
            }
            (true, Some(at_provider)) => {
                let Some(stops) = self.stop_at_provider(&run, &app.origin, &at_provider)? else {
                    return Ok(Reply::whisper(view::cannot_cancel(&run, name)).code("refused.no-cancel"));
                };
                let reply = Reply::say(view::cancelling(&run, name, stops)).code("cancelling");
                self.show(run)?;
                Ok(reply)
            }
        }
    }

    /// Asks the provider to stop it: true if it does, false if it only writes that down. None if there is no way.
    pub(super) fn stop_at_provider(&self, run: &Run, origin: &Origin, id: &str) -> Result<Option<bool>> {
        let by = self.cx.person().map_or("hatstand", |person| person.name.as_str());
        let (call, stops) = match provider(origin).cancel(id, by) {
            Cancelling::Stops(call) => (call, true),
            Cancelling::Marks(call) => (call, false),
            Cancelling::Impossible => return Ok(None),
        };
        call.send(self.cx, tag(run.id, "cancel"))?;
        Ok(Some(stops))
    }

    pub(super) fn cancelled(&self, mut run: Run, origin: &Origin, answer: Result<HttpAnswer, Trouble>) -> Result<Run> {
        if run.is_over() {
            return Ok(run);
        }
        let stops = matches!(provider(origin).cancel("", ""), Cancelling::Stops(_) | Cancelling::Impossible);
        match answer {
            Ok(_) if !stops => {
                run.note(
                    self.cx.now(),
                    format!("{} has written down that nobody wants it any more; whoever does the work may go on", origin.name()),
                );
                self.end(run, End::Cancelled)
            }
            Ok(_) => {
                run.note(self.cx.now(), format!("{} confirms that it stops", origin.name()));
                self.line(&run)?;
                self.look_at(run).and_then(|run| self.show(run))
            }
            Err(trouble) => {
                run.note(self.cx.now(), format!("It was not cancelled. {}", plain(&trouble::sentence(origin, &trouble))));
                self.line(&run)?;
                run.cancelled_by = None;
                self.show(run)
            }
        }
    }
}
