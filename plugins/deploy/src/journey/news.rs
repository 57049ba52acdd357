//! What the provider says, by itself or when it is asked.

use super::{Journey, Setting, plain, provider};
use crate::apps::{App, Kind, Origin};
use crate::providers::{self, Mark, News, Progress, Trouble};
use crate::run::{End, Run, RunId, Stage};
use crate::texts::{card, trouble};
use crate::voice;
use hatstand_plugin::HttpAnswer;
use hatstand_plugin::prelude::*;

/// So many requests are sent at once, at most: the host allows an invocation only so many.
const AT_ONCE: usize = 15;

impl Journey<'_> {
    /// An answer to what a run has asked; what it asked before and does not wait for any more is passed over.
    pub fn answered(&self, id: RunId, step: &str, response: Response) -> Result<()> {
        let Some(run) = self.shelf().run(id)? else { return Ok(()) };
        let Some(Setting { app, .. }) = self.setting(&run) else { return self.lost(run).map(drop) };
        let (origin, source) = (&app.origin, app.source.as_ref().unwrap_or(&app.origin));
        let answer = Trouble::check(response);
        let went_on = match (step, run.stage.clone()) {
            ("resolve", Stage::Resolving) => self.resolved(run, source, answer),
            ("check", Stage::Checking { page }) => self.checked(run, source, page, answer),
            ("compare", Stage::Comparing) => self.compared(run, source, answer),
            ("prepare", Stage::Preparing) => self.prepared(run, origin, answer),
            ("start", Stage::Starting | Stage::Going(_)) => self.begun(run, origin, answer),
            ("find", Stage::Finding { .. }) => self.found(run, origin, answer),
            ("recognize", Stage::Finding { .. }) => self.recognized(run, origin, answer),
            ("read", Stage::Going(_)) => self.read(run, origin, answer),
            ("cancel", _) => self.cancelled(run, origin, answer),
            _ => return Ok(()),
        };
        went_on.map(drop)
    }

    /// A webhook says something about a deploy; of somebody else's deploys nothing is known here.
    pub fn heard(&self, kind: Kind, webhook: &Webhook) -> Result<()> {
        if let Some(merged) = providers::merged(kind, webhook) {
            return self.unlock_merged(&merged);
        }
        let Some(news) = providers::heard(kind, webhook) else { return Ok(()) };
        let of_kind = |run: &Run| self.setting(run).is_some_and(|setting| setting.app.origin.kind == kind);
        let mut known = match &news.key {
            Some(key) => self.shelf().run_by_key(key)?.filter(|run| of_kind(run)),
            None => None,
        };
        // A build of Jenkins has its number within its job only, and what a service counts is its own.
        let is_unique = matches!(kind, Kind::Github | Kind::Gitlab);
        for app in self.apps.iter().filter(|app| known.is_none() && is_unique && app.origin.kind == kind).collect::<Vec<_>>() {
            if let (None, Some(id)) = (&known, &news.id) {
                known = self.shelf().run_by_provider(&app.name, id)?;
            }
        }
        match known {
            Some(run) => self.news(run, news).map(drop),
            None => Ok(()),
        }
    }

    /// How far it has come. What comes late or twice says nothing new.
    fn news(&self, mut run: Run, news: News) -> Result<Run> {
        let is_new = news.mark > run.mark || (run.mark == Mark::default() && !run.is_over());
        if !is_new || matches!(run.stage, Stage::Over(End::Refused | End::Planned)) {
            return Ok(run);
        }
        let Some(Setting { app, .. }) = self.setting(&run) else { return self.lost(run) };
        let now = self.cx.now();
        run.mark = news.mark;
        run.provider_id = news.id.or(run.provider_id);
        run.link = news.link.or(run.link);
        let before = run.stage.clone();
        if let Some(text) = news.text.filter(|_| !run.is_over()) {
            run.hear(now, &text);
            self.line(&run)?;
        }
        match (before, Stage::from(news.progress)) {
            (Stage::Over(ended), Stage::Over(end)) if ended != end && run.cancelled_by.is_none() => self.correct(run, app, end),
            (Stage::Over(_), _) => self.keep(run),
            (_, Stage::Over(end)) => self.end(run, end),
            (before, stage) => {
                let has_moved = before != stage;
                run.stage = stage;
                if has_moved && news.progress == Progress::Running {
                    run.note(now, "It runs");
                    self.line(&run)?;
                }
                self.read_later(&run, &app.origin)?;
                self.show(run)
            }
        }
    }

    pub(super) fn read(&self, run: Run, origin: &Origin, answer: Result<HttpAnswer, Trouble>) -> Result<Run> {
        let id = run.provider_id.clone().unwrap_or_default();
        match answer.and_then(|answer| provider(origin).news(&answer, &id)) {
            Ok(news) => {
                self.read_later(&run, origin)?;
                self.news(run, news)
            }
            Err(Trouble::Missing) => {
                let mut run = run;
                run.note(self.cx.now(), format!("{} does not know it any more", origin.name()));
                self.end(run, End::Unknown)
            }
            // It goes on, or does not, whether or not it can be asked: it is asked again.
            Err(trouble) => {
                let mut run = run;
                run.note(self.cx.now(), plain(&trouble::sentence(origin, &trouble)));
                self.read_later(&run, origin)?;
                self.show(run)
            }
        }
    }

    /// It has ended otherwise than was said.
    fn correct(&self, mut run: Run, app: &App, end: End) -> Result<Run> {
        run.stage = Stage::Over(end);
        self.remember(&run, end)?;
        voice::post(self.cx, &run.place, card::corrected(&run, end, app.origin.name()))?;
        self.show(run)
    }

    /// Asks the provider how far it has come, or looks for what was lost.
    pub fn look(&self, id: RunId) -> Result<()> {
        let Some(run) = self.shelf().run(id)? else { return Ok(()) };
        self.look_at(run).map(drop)
    }

    pub(super) fn look_at(&self, run: Run) -> Result<Run> {
        let Some(Setting { app, .. }) = self.setting(&run) else { return self.lost(run) };
        match &run.stage {
            Stage::Finding { .. } => self.find(run, &app.origin),
            Stage::Going(_) => match run.provider_id.as_deref().and_then(|id| provider(&app.origin).read(id)) {
                Some(call) => self.send(run, &app.origin, call, "read"),
                None => Ok(run),
            },
            // An answer that was due long ago does not come any more.
            Stage::Preparing => self.never_begun(run, &app.origin),
            Stage::Starting => self.find(run, &app.origin),
            _ => Ok(run),
        }
    }

    /// Every run that goes on is looked at: another build may have slept through what was said. Of very many the rest is looked at when
    /// its time comes.
    pub fn look_at_all(&self) -> Result<()> {
        let open = self.shelf().open_runs()?.into_iter();
        let going = open.filter(|run| matches!(run.stage, Stage::Going(_))).take(AT_ONCE);
        going.map(|run| self.look_at(run)).try_for_each(|looked| looked.map(drop))
    }

    pub(super) fn read_later(&self, run: &Run, origin: &Origin) -> Result<()> {
        let due = self.cx.now() + provider(origin).patience();
        Ok(self.cx.timers().set(&format!("read:{}", run.id), due, &())?)
    }
}
