//! Whether it is really to be done: whoever has to say so is asked.

use super::{Journey, Setting};
use crate::apps::{Confirm, Environment, HatPolicy};
use crate::ask::Purpose;
use crate::rights::Act;
use crate::run::{End, Run, RunId, Stage};
use crate::texts::refusal;
use crate::texts::{question, view};
use crate::voice;
use hatstand_plugin::prelude::*;

impl Journey<'_> {
    /// Checks 13 and 14: whoever has said yes is not asked again.
    pub(super) fn confirm(&self, mut run: Run) -> Result<Run> {
        let Some(Setting { environment, .. }) = self.setting(&run) else { return self.lost(run) };
        // A program cannot answer a question: somebody else has to say yes to what it wants.
        let policy = if run.is_by_program() && environment.confirm == Confirm::Always { Confirm::Another } else { environment.confirm };
        let is_asked = match policy {
            Confirm::Off => false,
            Confirm::Ambiguous => run.ask.environment.is_none(),
            Confirm::Always | Confirm::Another => true,
        };
        self.warn_of_hat(&mut run, environment)?;
        if run.ask.purpose == Purpose::Plan {
            return self.planned(run, is_asked.then_some(" Whoever deploys is asked first."));
        }
        let is_confirmed = match policy {
            Confirm::Another => run.confirmed.as_ref().is_some_and(|who| *who != run.by),
            _ => run.confirmed.is_some(),
        };
        if !is_asked || is_confirmed {
            return self.prove(run);
        }
        let until = self.cx.now() + self.config.confirm_period;
        run.stage = Stage::Asking { until };
        run.seen = Some(run.seen_now());
        let difference = self.difference(&run);
        if policy == Confirm::Another {
            self.cx.timers().set(&format!("late:{}", run.id), until, &())?;
            voice::post(self.cx, &run.place, question::approve(&run, difference.as_deref(), until))?;
        } else if !voice::ask(self.cx, question::confirm(&run, difference.as_deref(), until))? {
            let no = refusal::late(&run);
            return self.stop(run, no);
        }
        self.keep(run)
    }

    fn planned(&self, run: Run, asks: Option<&'static str>) -> Result<Run> {
        let difference = self.difference(&run);
        self.whisper(&run, view::plan(&run, difference.as_deref(), asks))?;
        self.finish(run, End::Planned, "planned")
    }

    fn warn_of_hat(&self, run: &mut Run, environment: &Environment) -> Result<()> {
        if environment.hat == HatPolicy::Warn && self.locks().wearer(&run.place.channel)?.as_ref() != Some(&run.by) {
            let warning = format!("{} does not wear the deploy hat.", run.name);
            if !run.warnings.contains(&warning) {
                run.warnings.push(warning);
            }
        }
        Ok(())
    }

    /// Somebody has said yes or no to it.
    pub fn confirmed(&self, id: RunId, by: &User, yes: bool) -> Result<()> {
        let Some(mut run) = self.shelf().run(id)?.filter(|run| matches!(run.stage, Stage::Asking { .. })) else { return Ok(()) };
        self.cx.timers().cancel(&format!("late:{id}"))?;
        if !yes {
            let no = refusal::declined(&run);
            return self.stop(run, no).map(drop);
        }
        run.confirmed = Some(by.clone());
        run.warnings.clear();
        self.resolve(run).map(drop)
    }

    /// Somebody else has said yes or no to it.
    pub fn approve(&self, id: RunId, yes: bool) -> Result<Reply> {
        let Some(run) = self.shelf().run(id)? else { return Ok(refusal::no_such_run(id.0).reply()) };
        if !matches!(run.stage, Stage::Asking { .. }) {
            return Ok(refusal::settled(&run).reply());
        }
        let person = self.cx.person().ok_or_else(|| Error::broken("no person did this"))?;
        if person.id == run.by && yes {
            return Ok(refusal::own_approval().reply());
        }
        if let Some(Setting { app, environment }) = self.setting(&run)
            && let Err(no) = self.may(Act::Approve, app, environment, person, &run.place.channel)?
        {
            return Ok(no.reply());
        }
        self.confirmed(id, &person.id, yes)?;
        let word = if yes { "yes" } else { "no" };
        Ok(Reply::say(say!("{} says {word} to deploy {id}.", person.id)).code(if yes { "approved" } else { "rejected" }))
    }

    /// Nobody has.
    pub fn unconfirmed(&self, id: RunId) -> Result<()> {
        match self.shelf().run(id)?.filter(|run| matches!(run.stage, Stage::Asking { .. } | Stage::Proving { .. })) {
            Some(run) => {
                let no = refusal::late(&run);
                self.stop(run, no).map(drop)
            }
            None => Ok(()),
        }
    }

    /// Check 15: the same person again, in direct messages.
    fn prove(&self, mut run: Run) -> Result<Run> {
        let Some(Setting { environment, .. }) = self.setting(&run) else { return self.lost(run) };
        if !environment.second_factor || run.second_factor {
            return self.start(run);
        }
        let until = self.cx.now() + self.config.confirm_period;
        run.stage = Stage::Proving { until };
        self.cx.timers().set(&format!("late:{}", run.id), until, &())?;
        voice::direct(self.cx, Some(&run.place), &run.by, question::prove(&run, environment, until))?;
        self.keep(run)
    }

    /// The person says in direct messages that it is them, or not.
    pub fn proved(&self, id: RunId, yes: bool) -> Result<()> {
        let Some(mut run) = self.shelf().run(id)?.filter(|run| matches!(run.stage, Stage::Proving { .. })) else { return Ok(()) };
        self.cx.timers().cancel(&format!("late:{id}"))?;
        if !yes {
            let no = refusal::declined(&run);
            return self.stop(run, no).map(drop);
        }
        run.second_factor = true;
        self.start(run).map(drop)
    }
}
