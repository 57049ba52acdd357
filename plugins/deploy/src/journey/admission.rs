//! Whether it may be done: which commit it is, and what stands in its way.

use super::{Journey, Setting, provider};
use crate::apps::{Behind, Busy, Environment, HatPolicy, Origin};
use crate::ask::Purpose;
use crate::checks;
use crate::lock::{Spot, Standing};
use crate::providers::Trouble;
use crate::run::{End, Run, Stage};
use crate::texts::refusal::{self, No};
use crate::texts::{trouble, view};
use hatstand_plugin::HttpAnswer;
use hatstand_plugin::prelude::*;

impl Journey<'_> {
    /// Check 7: which commit is it? What is rolled back to was looked up when it was deployed.
    pub(super) fn resolve(&self, mut run: Run) -> Result<Run> {
        let Some(Setting { app, .. }) = self.setting(&run) else { return self.lost(run) };
        let source = app.source.as_ref();
        let call =
            source.filter(|_| !(run.is_rollback() && run.commit.is_some())).and_then(|source| provider(source).resolve(&run.git_ref));
        match (call, source) {
            (Some(call), Some(source)) => {
                run.stage = Stage::Resolving;
                self.send(run, source, call, "resolve")
            }
            _ => self.admissible(run),
        }
    }

    pub(super) fn resolved(&self, mut run: Run, source: &Origin, answer: Result<HttpAnswer, Trouble>) -> Result<Run> {
        let commit = match answer.and_then(|answer| provider(source).commit(&answer)) {
            Ok(commit) => commit,
            Err(trouble @ (Trouble::Missing | Trouble::Refused(_))) => {
                let no = refusal::git_ref(&run.git_ref, source, trouble == Trouble::Missing);
                return self.stop(run, no);
            }
            Err(trouble) => return self.stop(run, trouble::refusal(source, &trouble)),
        };
        run.commit = Some(commit);
        match &run.seen {
            Some(seen) if seen.sha.as_deref() != run.sha() => {
                let no = refusal::moved(&run, seen.sha.as_deref());
                self.stop(run, no)
            }
            _ => self.admissible(run),
        }
    }

    /// The checks 8 to 10.
    fn admissible(&self, run: Run) -> Result<Run> {
        if run.ask.purpose == Purpose::Diff {
            return self.compare(run);
        }
        match self.obstacle(&run)? {
            Some(no) => self.turn_away(run, no),
            None => self.check(run, 0),
        }
    }

    /// Something is in the way: programs wait for others, and so do people where the operator wants it; else they are told.
    pub(super) fn turn_away(&self, run: Run, no: No) -> Result<Run> {
        if run.is_by_program() {
            return self.hold(run, no);
        }
        if no.code == refusal::BUSY && self.waits_by_itself(&run)? {
            let joined = self.join_queue(&run.ask, &Spot::new(&run.app, &run.environment), &run.by, &run.place)?;
            return self.stop(run, joined);
        }
        let no = if run.seen.is_some() { refusal::meanwhile(&run, no) } else { no };
        self.stop(run, no)
    }

    /// What is in the way: a freeze, another deploy, a lock, the hat, or the order of the environments.
    pub(super) fn obstacle(&self, run: &Run) -> Result<Option<No>> {
        let Some(Setting { app, environment }) = self.setting(run) else { return Ok(Some(refusal::app(&run.app, &[]))) };
        if let Some(no) = self.frozen(environment)? {
            return Ok(Some(no));
        }
        if let Some(going) = self.shelf().going(&run.app, &run.environment)? {
            let is_same = going.what() == run.what() && going.ask.task == run.ask.task;
            return Ok(Some(if is_same { refusal::running(run, &going) } else { refusal::busy(run, &going) }));
        }
        if let Some(no) = self.locked(run, environment)? {
            return Ok(Some(no));
        }
        if environment.hat == HatPolicy::Require
            && let wearer = self.locks().wearer(&run.place.channel)?
            && wearer.as_ref() != Some(&run.by)
        {
            return Ok(Some(refusal::hat(wearer.as_ref())));
        }
        let before = app.before(&environment.name).filter(|_| environment.in_order && !run.is_rollback());
        if let Some(before) = before
            && !checks::has_been(&self.shelf().past(&run.app, &before.name)?, run.what())
        {
            return Ok(Some(refusal::order(run, before)));
        }
        Ok(None)
    }

    /// Does whoever deploys wait for the deploy of somebody else without being asked?
    fn waits_by_itself(&self, run: &Run) -> Result<bool> {
        let wants = self.setting(run).is_some_and(|setting| setting.environment.when_busy == Busy::Queue);
        let going = self.shelf().going(&run.app, &run.environment)?;
        Ok(wants && run.ask.purpose != Purpose::Plan && going.is_some_and(|going| going.by != run.by))
    }

    /// Check 8.
    fn frozen(&self, environment: &Environment) -> Result<Option<No>> {
        if let Some(freeze) = self.shelf().freeze(&environment.name)? {
            return Ok(Some(refusal::frozen(&environment.name, &freeze)));
        }
        let now = self.cx.now();
        let over = environment.freeze.iter().find_map(|window| {
            let offset = self.cx.directory().zone_offset(&window.zone, now).unwrap_or_default();
            Some((window.over(now, offset)?, window))
        });
        Ok(over.map(|(over, window)| refusal::window(&environment.name, over, window.why.as_deref())))
    }

    /// Check 9.
    fn locked(&self, run: &Run, environment: &Environment) -> Result<Option<No>> {
        let Some((spot, standing)) = self.locks().standing(run, environment)? else {
            return Ok(Some(refusal::unreadable_lock(&run.app, &run.environment)));
        };
        let is_stolen = run.ask.steal && !spot.is_everything() && matches!(standing, Standing::Theirs(_));
        if is_stolen || matches!(standing, Standing::Free | Standing::Mine) {
            return Ok(None);
        }
        let waits = self.locks().look(&spot)?.map_or(0, |kept| kept.resource.queue.len());
        Ok(Some(refusal::locked(run, &spot, &standing, waits, self.cx.now())))
    }

    /// Check 11, page by page.
    pub(super) fn check(&self, mut run: Run, page: usize) -> Result<Run> {
        let Some(Setting { app, environment }) = self.setting(&run) else { return self.lost(run) };
        let is_wanted = !environment.contexts.is_empty() && !run.ask.force && !run.is_rollback();
        let Some(source) = app.source.as_ref().filter(|_| is_wanted) else { return self.compare(run) };
        if page == 0 {
            run.checks.clear();
        }
        if checks::has_passed(&environment.contexts, &run.checks) {
            return self.compare(run);
        }
        match provider(source).checks(run.what(), page) {
            Some(call) => {
                run.stage = Stage::Checking { page };
                self.send(run, source, call, "check")
            }
            None => {
                let seen = run.seen.is_some();
                let no = if seen { refusal::ci_changed } else { refusal::ci }(&run, &environment.contexts, &run.checks);
                self.stop(run, no)
            }
        }
    }

    pub(super) fn checked(&self, mut run: Run, source: &Origin, page: usize, answer: Result<HttpAnswer, Trouble>) -> Result<Run> {
        match answer.and_then(|answer| provider(source).verdicts(&answer, page)) {
            Ok(found) => {
                run.checks.extend(found);
                self.check(run, page + 1)
            }
            Err(trouble) => self.stop(run, trouble::refusal(source, &trouble)),
        }
    }

    /// Check 12; and what a diff is for.
    fn compare(&self, mut run: Run) -> Result<Run> {
        let Some(Setting { app, environment }) = self.setting(&run) else { return self.lost(run) };
        let (base, head) = match run.ask.purpose {
            Purpose::Diff => (run.what().to_owned(), run.before.clone().unwrap_or_default()),
            _ => (app.default_ref.clone(), run.what().to_owned()),
        };
        let is_diff = run.ask.purpose == Purpose::Diff;
        let is_wanted = environment.behind != Behind::Off && !run.is_rollback() && run.git_ref != app.default_ref;
        let is_wanted = if is_diff { base != head } else { is_wanted };
        let call = app.source.as_ref().filter(|_| is_wanted).and_then(|source| Some((source, provider(source).compare(&base, &head)?)));
        match call {
            Some((source, call)) => {
                run.stage = Stage::Comparing;
                self.send(run, source, call, "compare")
            }
            None if is_diff => self.differ(run, None),
            None => self.confirm(run),
        }
    }

    pub(super) fn compared(&self, mut run: Run, source: &Origin, answer: Result<HttpAnswer, Trouble>) -> Result<Run> {
        let Some(Setting { app, environment }) = self.setting(&run) else { return self.lost(run) };
        let commits = match answer.and_then(|answer| provider(source).behind(&answer)) {
            Ok(commits) => commits,
            Err(trouble) => return self.stop(run, trouble::refusal(source, &trouble)),
        };
        if run.ask.purpose == Purpose::Diff {
            return self.differ(run, Some(commits));
        }
        run.behind = Some(commits);
        if commits > 0 {
            let lacks = format!("It lacks {} of {}.", refusal::commits_in_words(commits), app.default_ref);
            if environment.behind == Behind::Refuse {
                let difference = provider(source).difference(run.what(), &app.default_ref);
                let no = refusal::behind(&run, &app.default_ref, commits, difference.as_deref());
                return self.stop(run, no);
            }
            run.warnings.push(lacks);
        }
        self.confirm(run)
    }

    fn differ(&self, run: Run, commits: Option<u64>) -> Result<Run> {
        let Some(deployed) = self.shelf().deployed(&run.app, &run.environment)? else { return self.lost(run) };
        let url = self.difference(&run);
        let message = view::difference(&run, &deployed, commits, url.as_deref());
        self.whisper(&run, message)?;
        self.finish(run, End::Planned, "planned")
    }

    /// Where people see what a run changes.
    pub(super) fn difference(&self, run: &Run) -> Option<String> {
        let source = self.apps.find(&run.app)?.source.as_ref()?;
        let before = run.before.as_deref().filter(|before| *before != run.what())?;
        provider(source).difference(before, run.sha()?)
    }
}
