//! The end: what is there now, who has the lock, and who is told.

use super::{Journey, Setting, State, call_key};
use crate::apps::{App, Environment};
use crate::lock::Spot;
use crate::run::{End, Run, Stage};
use crate::shelf::Past;
use crate::texts::card;
use crate::texts::refusal::No;
use crate::voice;
use hatstand_plugin::prelude::*;

impl Journey<'_> {
    /// It does not begin. Nothing was changed.
    pub(super) fn stop(&self, run: Run, no: No) -> Result<Run> {
        let No { message, code } = no;
        self.whisper(&run, message)?;
        self.finish(run, End::Refused, code)
    }

    /// It is over: what is there now, who has the lock, and who is told.
    pub(super) fn end(&self, mut run: Run, end: End) -> Result<Run> {
        let Some(Setting { app, environment }) = self.setting(&run) else { return self.lost(run) };
        run.ended = Some(self.cx.now());
        run.stage = Stage::Over(end);
        for timer in ["pickup", "limit", "read"] {
            self.cx.timers().cancel(&format!("{timer}:{}", run.id))?;
        }
        self.remember(&run, end)?;
        voice::post(self.cx, &run.place, card::ended(&run, end, app.origin.name()))?;
        let run = self.show(run)?;
        if end == End::Succeeded {
            self.offer_lock(&run, app, environment)?;
        }
        self.locks().give_back(&run)?;
        if run.hat {
            self.locks().ask(&Spot::hat(&run.place.channel), &run.by, turns::Request::Release { hold: None })?;
        }
        self.finish(run, end, end.code())
    }

    pub(super) fn remember(&self, run: &Run, end: End) -> Result<()> {
        let Run { id, git_ref, by, .. } = run;
        let entry = Past {
            run: *id,
            git_ref: git_ref.clone(),
            sha: run.sha().map(str::to_owned),
            by: by.clone(),
            at: run.ended.unwrap_or(self.cx.now()),
            end,
            begun: run.provider_id.is_some(),
            task: run.ask.task.clone(),
            reason: run.ask.reason.clone(),
        };
        self.shelf().remember(&run.app, &run.environment, entry)
    }

    /// What is not the default ref is easily deployed over; once that is back, nobody needs the lock.
    fn offer_lock(&self, run: &Run, app: &App, environment: &Environment) -> Result<()> {
        if environment.sticky || run.ask.task.is_some() {
            return Ok(());
        }
        let is_default = run.git_ref == app.default_ref;
        let kept = self.locks().look(&Spot::new(&run.app, &run.environment))?;
        let has_own_lock = kept.is_some_and(|kept| kept.resource.held_by(&run.by).is_some() && kept.run != Some(run.id));
        match (is_default, has_own_lock) {
            (false, false) if !run.is_rollback() && !run.is_for_commit() => self.whisper(run, card::offer_lock(run)),
            (true, true) => self.whisper(run, card::offer_unlock(run)),
            _ => Ok(()),
        }
    }

    /// The last word, for programs, and nothing more is to come.
    pub(super) fn finish(&self, mut run: Run, end: End, code: &'static str) -> Result<Run> {
        self.came.set(code);
        run.stage = Stage::Over(end);
        run.ended.get_or_insert(self.cx.now());
        let state = State { deploy: run.id, app: &run.app, environment: &run.environment, git_ref: &run.git_ref, sha: run.sha() };
        self.cx.calls().answer(&call_key(run.id), code, &state)?;
        self.keep(run)
    }

    /// Its app or environment is not configured any more.
    pub(super) fn lost(&self, run: Run) -> Result<Run> {
        if run.is_over() {
            return Ok(run);
        }
        let message = say!(
            "Deploy {}: *{}* has no *{}* any more, so I let it be. What the provider has begun goes on there.",
            run.id,
            run.app,
            run.environment
        );
        self.whisper(&run, message)?;
        self.locks().give_back(&run)?;
        self.finish(run, End::Unknown, "unknown")
    }
}
