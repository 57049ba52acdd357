//! Handing it to the provider. An order of which nobody knows whether it arrived is looked for, and never given twice.

use super::{Journey, Setting, plain, provider};
use crate::apps::{HatPolicy, Origin};
use crate::locks::Wanted;
use crate::providers::{Found, Progress, Started, Trouble};
use crate::run::{End, Run, Stage};
use crate::texts::refusal;
use crate::texts::trouble;
use crate::voice;
use hatstand_plugin::HttpAnswer;
use hatstand_plugin::prelude::*;

/// How long it is waited before a deploy is looked for again of which nobody knows whether it has begun.
const LOOK_AGAIN: Duration = Duration::from_secs(60);

/// So often it is looked for, at most.
const LOOKS: u32 = 60;

/// So often nothing is found until it is taken for not begun.
const NOTHING_THERE: u32 = 2;

impl Journey<'_> {
    /// Takes the lock and the hat, shows the card and lets the provider begin.
    pub(super) fn start(&self, mut run: Run) -> Result<Run> {
        let Some(Setting { app, environment }) = self.setting(&run) else { return self.lost(run) };
        if let Err(no) = self.may_still(&run)? {
            return self.stop(run, no);
        }
        // Between the checks and this moment others may have come first.
        if let Some(no) = self.obstacle(&run)? {
            return self.turn_away(run, no);
        }
        let wearer = self.locks().wearer(&run.place.channel)?.filter(|_| environment.hat == HatPolicy::Auto);
        if wearer.as_ref().is_some_and(|wearer| *wearer != run.by) {
            return self.turn_away(run, refusal::hat(wearer.as_ref()));
        }
        if !matches!(self.locks().take(&run, environment)?, Wanted::Done(_)) {
            let no = refusal::unreadable_lock(&run.app, &run.environment);
            return self.stop(run, no);
        }
        run.hat = environment.hat == HatPolicy::Auto && wearer.is_none() && self.locks().put_on_hat(&run.place.channel, &run.by)?;
        run.started = Some(self.cx.now());
        run.stage = Stage::Preparing;
        run.card = voice::post(self.cx, &run.place, self.card(&run, app))?;
        self.cx.timers().set(&format!("limit:{}", run.id), self.cx.now() + environment.limit, &())?;
        match provider(&app.origin).prepare() {
            Some(call) => self.send(run, &app.origin, call, "prepare"),
            None => self.order(run, &[]),
        }
    }

    pub(super) fn prepared(&self, run: Run, origin: &Origin, answer: Result<HttpAnswer, Trouble>) -> Result<Run> {
        match answer.and_then(|answer| provider(origin).prepared(&answer)) {
            Ok(headers) => self.order(run, &headers),
            // A Jenkins without crumbs has no issuer of them.
            Err(Trouble::Missing) => self.order(run, &[]),
            Err(trouble) => self.fail(run, origin, &trouble),
        }
    }

    pub(super) fn order(&self, mut run: Run, headers: &[(String, String)]) -> Result<Run> {
        let Some(Setting { app, .. }) = self.setting(&run) else { return self.lost(run) };
        let mut call = provider(&app.origin).start(&run.order(&app.default_ref));
        call.headers.extend_from_slice(headers);
        run.stage = Stage::Starting;
        self.send(run, &app.origin, call, "start")
    }

    pub(super) fn begun(&self, run: Run, origin: &Origin, answer: Result<HttpAnswer, Trouble>) -> Result<Run> {
        match answer.and_then(|answer| provider(origin).started(&answer)) {
            Ok(started) => self.accepted(run, origin, started),
            // A webhook was faster than the answer, and has said that it began.
            Err(_) if matches!(run.stage, Stage::Going(_)) => Ok(run),
            Err(trouble) if trouble.leaves_open() => self.find(run, origin),
            Err(trouble) => self.fail(run, origin, &trouble),
        }
    }

    /// The provider has it.
    fn accepted(&self, mut run: Run, origin: &Origin, started: Started) -> Result<Run> {
        let Some(Setting { environment, .. }) = self.setting(&run) else { return self.lost(run) };
        let Started { id, link, sha } = started;
        run.provider_id.get_or_insert_with(|| id.clone());
        run.link = run.link.or(link);
        let is_other = sha.filter(|sha| !run.is_for_commit() && run.sha().is_some_and(|own| own != sha));
        if let Some(sha) = is_other {
            let why = refusal::taken_otherwise(&run, &sha);
            run.why = Some(plain(&why));
            self.stop_at_provider(&run, origin, &id)?;
            return self.end(run, End::Failed);
        }
        if !run.is_over() && !matches!(run.stage, Stage::Going(_)) {
            run.stage = Stage::Going(Progress::Pending);
        }
        let pickup = self.cx.now() + environment.pickup;
        self.cx.timers().set(&format!("pickup:{}", run.id), pickup, &())?;
        self.read_later(&run, origin)?;
        if run.cancelled_by.is_some() {
            self.stop_at_provider(&run, origin, &id)?;
        }
        self.show(run)
    }

    /// Nobody knows whether it has begun: it is looked for, and never begun twice.
    pub(super) fn find(&self, mut run: Run, origin: &Origin) -> Result<Run> {
        let Some(Setting { app, .. }) = self.setting(&run) else { return self.lost(run) };
        let Some(call) = provider(origin).find(&run.order(&app.default_ref)) else { return self.give_up(run) };
        run.stage = Stage::Finding { candidates: Vec::new() };
        run.looked += 1;
        let run = self.send(run, origin, call, "find")?;
        if run.is_over() { Ok(run) } else { self.show(run) }
    }

    pub(super) fn found(&self, mut run: Run, origin: &Origin, answer: Result<HttpAnswer, Trouble>) -> Result<Run> {
        let Some(Setting { app, .. }) = self.setting(&run) else { return self.lost(run) };
        match answer.and_then(|answer| provider(origin).found(&answer, &run.order(&app.default_ref))) {
            Ok(Found::Started(started)) => self.accepted(run, origin, started),
            Ok(Found::Among(candidates)) => {
                run.stage = Stage::Finding { candidates };
                self.recognize(run, origin)
            }
            Ok(Found::Nothing) => self.not_there(run, origin),
            Err(trouble) if trouble.leaves_open() || matches!(trouble, Trouble::Down | Trouble::Limited) => {
                self.look_again(run, origin, &trouble)
            }
            Err(trouble) => self.fail(run, origin, &trouble),
        }
    }

    /// Asks the next candidate whether it is the one.
    fn recognize(&self, run: Run, origin: &Origin) -> Result<Run> {
        let Stage::Finding { candidates } = &run.stage else { return Ok(run) };
        match candidates.first().and_then(|id| provider(origin).recognize(id)) {
            Some(call) => self.send(run, origin, call, "recognize"),
            None => self.not_there(run, origin),
        }
    }

    pub(super) fn recognized(&self, mut run: Run, origin: &Origin, answer: Result<HttpAnswer, Trouble>) -> Result<Run> {
        let Some(Setting { app, .. }) = self.setting(&run) else { return self.lost(run) };
        let Stage::Finding { candidates } = &mut run.stage else { return Ok(run) };
        if candidates.is_empty() {
            return self.not_there(run, origin);
        }
        let id = candidates.remove(0);
        match answer.and_then(|answer| provider(origin).recognized(&answer, &run.order(&app.default_ref), &id)) {
            Ok(Some(started)) => self.accepted(run, origin, started),
            Ok(None) => self.recognize(run, origin),
            Err(trouble) => self.look_again(run, origin, &trouble),
        }
    }

    /// It is not at the provider; what was sent a moment ago may be there a moment later.
    fn not_there(&self, run: Run, origin: &Origin) -> Result<Run> {
        if run.looked < NOTHING_THERE {
            return self.wait_to_look(run);
        }
        let mut run = run;
        run.why = Some(format!("{} knows nothing of it, so it has not begun.", origin.name()));
        let end = if run.cancelled_by.is_some() { End::Cancelled } else { End::Failed };
        self.end(run, end)
    }

    /// The provider was not asked to begin yet, and did not answer what was asked before that.
    pub(super) fn never_begun(&self, mut run: Run, origin: &Origin) -> Result<Run> {
        run.why = Some(format!("{} did not answer, so it has not begun.", origin.name()));
        self.end(run, End::Failed)
    }

    /// The answer to the order may be lost: then it is looked for in a while.
    pub(super) fn find_later(&self, run: &Run) -> Result<()> {
        Ok(self.cx.timers().set(&format!("read:{}", run.id), self.cx.now() + LOOK_AGAIN, &())?)
    }

    fn look_again(&self, mut run: Run, origin: &Origin, trouble: &Trouble) -> Result<Run> {
        run.note(self.cx.now(), plain(&trouble::sentence(origin, trouble)));
        if run.looked < LOOKS { self.wait_to_look(run) } else { self.give_up(run) }
    }

    fn wait_to_look(&self, mut run: Run) -> Result<Run> {
        run.stage = Stage::Finding { candidates: Vec::new() };
        self.find_later(&run)?;
        self.show(run)
    }

    fn give_up(&self, run: Run) -> Result<Run> {
        self.end(run, End::Unknown)
    }

    /// The provider said no.
    pub(super) fn fail(&self, mut run: Run, origin: &Origin, trouble: &Trouble) -> Result<Run> {
        run.why = Some(plain(&trouble::sentence(origin, trouble)));
        self.end(run, End::Failed)
    }
}
