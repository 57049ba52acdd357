//! The way of a deploy through its checks, to the provider and to its end. Whatever needs the outside goes on when the answer comes, in
//! another invocation: what is known so far is in the [`Run`].
//!
//! 1. [`begin`](Journey::begin): who, where, what. Then the provider is asked which commit it is.
//! 2. [`resolved`](Journey::resolved): freeze, lock, order; CI; how much of the default ref it lacks.
//! 3. [`confirm`](Journey::confirm): somebody is asked. After a yes the second step is taken again, because the world has moved.
//! 4. [`start`](Journey::start): the lock is taken, the card is posted, the provider is to begin.
//! 5. [`news`](Journey::news): it goes on, until [`end`](Journey::end).

use crate::apps::{App, Apps, Behind, Busy, Confirm, Environment, HatPolicy, Kind, Origin};
use crate::ask::{Ask, Purpose};
use crate::checks::{self, Asker};
use crate::lock::{Spot, Standing, Waiting};
use crate::locks::{Locks, Wanted};
use crate::providers::{self, Call, Cancelling, Commit, Found, Mark, News, Progress, Provider, Started, Trouble};
use crate::run::{End, Run, RunId, Stage};
use crate::settings::Config;
use crate::shelf::{Past, Shelf};
use crate::texts::refusal::{self, No};
use crate::texts::{card, lock as lock_texts, question, trouble, view};
use crate::voice;
use hatstand_plugin::http::Error as HttpError;
use hatstand_plugin::prelude::*;
use hatstand_plugin::{HttpAnswer, NotGranted};
use serde::Serialize;
use turns::{Outcome, Refusal, Wish};

/// How long it is waited before a deploy is looked for again of which nobody knows whether it has begun.
const LOOK_AGAIN: Duration = Duration::from_secs(60);

/// So often it is looked for, at most.
const LOOKS: u32 = 60;

/// So often nothing is found until it is taken for not begun.
const NOTHING_THERE: u32 = 2;

/// So many requests are sent at once, at most: the host allows an invocation only so many.
const AT_ONCE: usize = 15;

/// What one invocation knows of what can be deployed.
#[derive(Debug)]
pub struct Journey<'a> {
    pub cx: &'a Context,
    pub config: Config,
    pub apps: Apps,
}

/// What is told to programs.
#[derive(Debug, Serialize)]
struct State<'a> {
    deploy: RunId,
    app: &'a str,
    environment: &'a str,
    #[serde(rename = "ref")]
    git_ref: &'a str,
    sha: Option<&'a str>,
}

/// The run with what it is about.
struct Setting<'a> {
    app: &'a App,
    environment: &'a Environment,
}

impl<'a> Journey<'a> {
    /// What can be deployed, as the operator has set it.
    pub fn open(cx: &'a Context) -> Result<Result<Self, No>> {
        let config: Config = cx.settings()?;
        let Some(apps) = &config.apps else { return Ok(Err(refusal::unconfigured())) };
        Ok(match Apps::read(apps) {
            Ok(apps) => Ok(Self { cx, config, apps }),
            Err(why) => Err(refusal::misconfigured(&why.0)),
        })
    }

    pub fn shelf(&self) -> Shelf<'a> {
        Shelf(self.cx)
    }

    pub fn locks(&self) -> Locks<'_> {
        Locks { cx: self.cx, config: &self.config }
    }

    /// Who asks, and where: as the directory knows it.
    pub fn known_channel(&self) -> Result<hatstand_plugin::directory::Channel> {
        let here = &self.cx.here()?.channel;
        let unknown = || hatstand_plugin::directory::Channel { id: here.clone(), name: here.to_string(), direct: false, archived: false };
        Ok(self.cx.directory().channel(here).unwrap_or_else(unknown))
    }

    fn setting(&self, run: &Run) -> Option<Setting<'_>> {
        let app = self.apps.find(&run.app)?;
        Some(Setting { app, environment: app.environment(&run.environment)? })
    }

    fn asker<'b>(&self, channel: &'b hatstand_plugin::directory::Channel) -> Result<Asker<'b>>
    where
        'a: 'b,
    {
        let person = self.cx.person().ok_or_else(|| Error::broken("no person did this"))?;
        Ok(Asker { person, channel })
    }
}

/// From the words to the first question at the provider.
impl Journey<'_> {
    /// Begins what somebody asks for, or says why not.
    pub fn begin(&self, ask: Ask) -> Result<Reply> {
        let channel = self.known_channel()?;
        let target = match checks::target(&self.apps, &ask, self.asker(&channel)?) {
            Ok(target) => target,
            Err(no) => return Ok(no.reply()),
        };
        let person = self.cx.person().ok_or_else(|| Error::broken("no person did this"))?;
        let id = self.shelf().next_run()?;
        let git_ref = ask.git_ref.clone().unwrap_or_else(|| target.app.default_ref.clone());
        let run = Run {
            id,
            key: format!("{id}-{:016x}{:016x}", self.cx.random().below(u64::MAX), self.cx.random().below(u64::MAX)),
            app: target.app.name.clone(),
            environment: target.environment.name.clone(),
            hosts: target.hosts,
            git_ref,
            by: person.id.clone(),
            name: person.name.clone(),
            place: self.cx.here()?.clone(),
            since: self.cx.now(),
            stage: Stage::Resolving,
            ask: Ask { task: target.task, app: target.app.name.clone(), ..ask },
            commit: None,
            before: None,
            checks: Vec::new(),
            behind: None,
            seen: None,
            confirmed: None,
            second_factor: false,
            card: None,
            started: None,
            provider_id: None,
            link: None,
            mark: Mark::default(),
            lines: Vec::new(),
            warnings: Vec::new(),
            looked: 0,
            hat: false,
            cancelled_by: None,
            ended: None,
        };
        self.cx.calls().open(&call_key(id))?;
        self.set_out(run)
    }

    /// Begins again for somebody whose turn it is, in their name.
    pub fn begin_for_turn(&self, ask: Ask) -> Result<Reply> {
        self.begin(Ask { confirmed: true, steal: false, ..ask })
    }

    fn set_out(&self, mut run: Run) -> Result<Reply> {
        let deployed = self.shelf().deployed(&run.app, &run.environment)?;
        run.before = deployed.as_ref().map(|past| past.what().to_owned());
        if run.ask.confirmed {
            run.confirmed = Some(run.by.clone());
        }
        if run.is_rollback() {
            let past = self.shelf().past(&run.app, &run.environment)?;
            let Some(before) = checks::before(&past) else {
                let no = if deployed.is_some() { refusal::nothing_before } else { refusal::nothing_deployed };
                return Ok(no(&run.app, &run.environment).reply());
            };
            run.git_ref.clone_from(&before.git_ref);
            run.commit = before.sha.clone().map(|sha| Commit { sha, url: None });
        }
        if run.ask.purpose == Purpose::Diff && deployed.is_none() {
            return Ok(refusal::nothing_deployed(&run.app, &run.environment).reply());
        }
        let run = self.resolve(run)?;
        let said = match run.stage {
            Stage::Resolving => Reply::whisper(view::checking(&run)).code("checking"),
            Stage::Over(end) => Reply::nothing().code(end.code()),
            _ => Reply::nothing().code("begun"),
        };
        Ok(said.data(&State { deploy: run.id, app: &run.app, environment: &run.environment, git_ref: &run.git_ref, sha: run.sha() }))
    }

    /// Check 7: which commit is it? What is rolled back to was looked up when it was deployed.
    fn resolve(&self, mut run: Run) -> Result<Run> {
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
}

/// The checks that need the provider, and those between them.
impl Journey<'_> {
    fn resolved(&self, mut run: Run, source: &Origin, answer: Result<HttpAnswer, Trouble>) -> Result<Run> {
        let commit = match answer.and_then(|answer| provider(source).commit(&answer)) {
            Ok(commit) => commit,
            Err(Trouble::Missing | Trouble::Refused(_)) => {
                let no = refusal::git_ref(&run.git_ref, source);
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
            Some(no) => {
                let no = if run.seen.is_some() { refusal::meanwhile(&run, no) } else { no };
                self.stop(run, no)
            }
            None => self.check(run, 0),
        }
    }

    /// What is in the way: a freeze, another deploy, a lock, the hat, or the order of the environments.
    fn obstacle(&self, run: &Run) -> Result<Option<No>> {
        let Some(Setting { app, environment }) = self.setting(run) else { return Ok(Some(refusal::app(&run.app, &[]))) };
        if let Some(no) = self.frozen(environment)? {
            return Ok(Some(no));
        }
        if let Some(going) = self.shelf().going(&run.app, &run.environment)? {
            return self.busy(run, &going, environment).map(Some);
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

    /// The same deploy runs already, or another one.
    fn busy(&self, run: &Run, going: &Run, environment: &Environment) -> Result<No> {
        if going.what() == run.what() && going.ask.task == run.ask.task {
            return Ok(refusal::running(run, going));
        }
        if environment.when_busy == Busy::Queue && run.by != going.by {
            let joined = self.join_queue(&run.ask, &Spot::new(&run.app, &run.environment), &run.by, &run.place)?;
            return Ok(joined);
        }
        Ok(refusal::busy(run, going))
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
    fn check(&self, mut run: Run, page: usize) -> Result<Run> {
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

    fn checked(&self, mut run: Run, source: &Origin, page: usize, answer: Result<HttpAnswer, Trouble>) -> Result<Run> {
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

    fn compared(&self, mut run: Run, source: &Origin, answer: Result<HttpAnswer, Trouble>) -> Result<Run> {
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
    fn difference(&self, run: &Run) -> Option<String> {
        let source = self.apps.find(&run.app)?.source.as_ref()?;
        let before = run.before.as_deref().filter(|before| *before != run.what())?;
        provider(source).difference(before, run.sha()?)
    }
}

/// Asking people.
impl Journey<'_> {
    /// Checks 13 and 14: whoever has said yes is not asked again.
    fn confirm(&self, mut run: Run) -> Result<Run> {
        let Some(Setting { environment, .. }) = self.setting(&run) else { return self.lost(run) };
        let policy = environment.confirm;
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
            && !checks::may(environment, person)
        {
            return Ok(refusal::person(&app.name, Some(environment)).reply());
        }
        self.confirmed(id, &person.id, yes)?;
        let word = if yes { "yes" } else { "no" };
        Ok(Reply::say(say!("{} says {word} to deploy {id}.", person.id)).code(if yes { "approved" } else { "rejected" }))
    }

    /// Somebody whose turn it is says whether they still want to deploy.
    pub fn take_turn(&self, spot: &Spot, answered: &Answered) -> Result<Reply> {
        let who = self.cx.user()?;
        let kept = self.locks().look(spot)?;
        let waiting = kept.and_then(|kept| kept.resource.offer_to(who).and(kept.asks.get(who)).cloned());
        match (answered, waiting) {
            // The offer lapses by itself, at the same moment.
            (Answered::Expired, _) => Ok(Reply::nothing()),
            (_, None) => Ok(Reply::whisper(lock_texts::not_waiting(spot)).code("refused.not-offered")),
            (Answered::Chosen(choice), Some(waiting)) if choice == "yes" => self.begin_for_turn(waiting.ask),
            (_, Some(_)) => {
                // Who does not want it waits no longer.
                self.locks().ask(spot, who, turns::Request::Leave)?;
                Ok(Reply::whisper(lock_texts::turn_declined(spot)).code("declined"))
            }
        }
    }

    /// Does the provider let the bot in?
    pub fn verify(&self, name: &str) -> Result<Reply> {
        let Some(app) = self.apps.find(name) else { return Ok(refusal::app(name, &self.apps.nearest(name)).reply()) };
        provider(&app.origin).verify().send(self.cx, format!("verify:{} {}", app.name, self.cx.user()?))?;
        Ok(Reply::whisper(view::verifying(&app.origin)).code("checking"))
    }

    pub fn verified(&self, name: &str, who: &User, response: Response) -> Result<()> {
        let Some(app) = self.apps.find(name) else { return Ok(()) };
        let message = match Trouble::check(response) {
            Ok(_) => view::verified(&app.origin),
            Err(trouble) => trouble::sentence(&app.origin, &trouble),
        };
        voice::whisper(self.cx, self.cx.here()?, who, message)
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
        match self.obstacle(&run)? {
            Some(no) => {
                let no = refusal::meanwhile(&run, no);
                self.stop(run, no).map(drop)
            }
            None => self.start(run).map(drop),
        }
    }
}

/// At the provider.
impl Journey<'_> {
    /// Takes the lock and the hat, shows the card and lets the provider begin.
    fn start(&self, mut run: Run) -> Result<Run> {
        let Some(Setting { app, environment }) = self.setting(&run) else { return self.lost(run) };
        // Between the check and this moment others may have come first.
        if let Some(going) = self.shelf().going(&run.app, &run.environment)? {
            let no = self.busy(&run, &going, environment)?;
            return self.stop(run, no);
        }
        match self.locks().take(&run, environment)? {
            Wanted::Done(_) => {}
            _ => {
                let no = self.locked(&run, environment)?.unwrap_or_else(|| refusal::unreadable_lock(&run.app, &run.environment));
                let no = refusal::meanwhile(&run, no);
                return self.stop(run, no);
            }
        }
        if environment.hat == HatPolicy::Auto {
            let wears = self.locks().wearer(&run.place.channel)?;
            if wears.as_ref() != Some(&run.by) {
                if !self.locks().put_on_hat(&run.place.channel, &run.by)? {
                    self.locks().give_back(&run)?;
                    return self.stop(run, refusal::hat(wears.as_ref()));
                }
                run.hat = true;
            }
        }
        run.started = Some(self.cx.now());
        run.stage = Stage::Preparing;
        run.card = voice::post(self.cx, &run.place, self.card(&run, app))?;
        self.cx.timers().set(&format!("limit:{}", run.id), self.cx.now() + environment.limit, &())?;
        match provider(&app.origin).prepare() {
            Some(call) => self.send(run, &app.origin, call, "prepare"),
            None => self.order(run, &[]),
        }
    }

    fn prepared(&self, run: Run, origin: &Origin, answer: Result<HttpAnswer, Trouble>) -> Result<Run> {
        match answer.and_then(|answer| provider(origin).prepared(&answer)) {
            Ok(headers) => self.order(run, &headers),
            // A Jenkins without crumbs has no issuer of them.
            Err(Trouble::Missing) => self.order(run, &[]),
            Err(trouble) => self.fail(run, origin, &trouble),
        }
    }

    fn order(&self, mut run: Run, headers: &[(String, String)]) -> Result<Run> {
        let Some(Setting { app, .. }) = self.setting(&run) else { return self.lost(run) };
        let mut call = provider(&app.origin).start(&run.order(&app.default_ref));
        call.headers.extend_from_slice(headers);
        run.stage = Stage::Starting;
        self.send(run, &app.origin, call, "start")
    }

    fn begun(&self, run: Run, origin: &Origin, answer: Result<HttpAnswer, Trouble>) -> Result<Run> {
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
        let Some(Setting { app, environment }) = self.setting(&run) else { return self.lost(run) };
        let Started { id, link, sha } = started;
        run.provider_id.get_or_insert_with(|| id.clone());
        run.link = run.link.or(link);
        let is_other = sha.filter(|sha| !run.order(&app.default_ref).is_for_commit() && run.sha().is_some_and(|own| own != sha));
        if let Some(sha) = is_other {
            let why = refusal::taken_otherwise(&run, &sha);
            run.note(self.cx.now(), plain(&why));
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
    fn find(&self, mut run: Run, origin: &Origin) -> Result<Run> {
        let Some(Setting { app, .. }) = self.setting(&run) else { return self.lost(run) };
        let Some(call) = provider(origin).find(&run.order(&app.default_ref)) else { return self.give_up(run) };
        run.stage = Stage::Finding { candidates: Vec::new() };
        run.looked += 1;
        let run = self.send(run, origin, call, "find")?;
        if run.is_over() { Ok(run) } else { self.show(run) }
    }

    fn found(&self, mut run: Run, origin: &Origin, answer: Result<HttpAnswer, Trouble>) -> Result<Run> {
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

    fn recognized(&self, mut run: Run, origin: &Origin, answer: Result<HttpAnswer, Trouble>) -> Result<Run> {
        let Some(Setting { app, .. }) = self.setting(&run) else { return self.lost(run) };
        let Stage::Finding { candidates } = &mut run.stage else { return Ok(run) };
        if candidates.is_empty() {
            return self.not_there(run, origin);
        }
        let id = candidates.remove(0);
        match answer.and_then(|answer| provider(origin).recognized(&answer, &run.order(&app.default_ref))) {
            Ok(true) => self.accepted(run, origin, Started { id, link: None, sha: None }),
            Ok(false) => self.recognize(run, origin),
            Err(trouble) => self.look_again(run, origin, &trouble),
        }
    }

    /// It is not at the provider; what was sent a moment ago may be there a moment later.
    fn not_there(&self, run: Run, origin: &Origin) -> Result<Run> {
        if run.looked < NOTHING_THERE {
            return self.wait_to_look(run);
        }
        let mut run = run;
        run.note(self.cx.now(), format!("{} knows nothing of it: it has not begun", origin.name()));
        self.end(run, End::Failed)
    }

    fn look_again(&self, mut run: Run, origin: &Origin, trouble: &Trouble) -> Result<Run> {
        run.note(self.cx.now(), plain(&trouble::sentence(origin, trouble)));
        if run.looked < LOOKS { self.wait_to_look(run) } else { self.give_up(run) }
    }

    fn wait_to_look(&self, mut run: Run) -> Result<Run> {
        run.stage = Stage::Finding { candidates: Vec::new() };
        self.cx.timers().set(&format!("read:{}", run.id), self.cx.now() + LOOK_AGAIN, &())?;
        self.show(run)
    }

    fn give_up(&self, run: Run) -> Result<Run> {
        self.end(run, End::Unknown)
    }

    /// The provider said no.
    fn fail(&self, mut run: Run, origin: &Origin, trouble: &Trouble) -> Result<Run> {
        run.note(self.cx.now(), plain(&trouble::sentence(origin, trouble)));
        self.end(run, End::Failed)
    }
}

/// What the provider says.
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
            run.note(now, text);
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

    fn read(&self, run: Run, origin: &Origin, answer: Result<HttpAnswer, Trouble>) -> Result<Run> {
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

    fn look_at(&self, run: Run) -> Result<Run> {
        let Some(Setting { app, .. }) = self.setting(&run) else { return self.lost(run) };
        match &run.stage {
            Stage::Finding { .. } => self.find(run, &app.origin),
            Stage::Going(_) => match run.provider_id.as_deref().and_then(|id| provider(&app.origin).read(id)) {
                Some(call) => self.send(run, &app.origin, call, "read"),
                None => Ok(run),
            },
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

    fn read_later(&self, run: &Run, origin: &Origin) -> Result<()> {
        let due = self.cx.now() + provider(origin).patience();
        Ok(self.cx.timers().set(&format!("read:{}", run.id), due, &())?)
    }
}

/// Watching.
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
        let Some(Setting { app, .. }) = self.setting(&run) else {
            self.lost(run)?;
            return Ok(Reply::nothing());
        };
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
            (true, None) => {
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
    fn stop_at_provider(&self, run: &Run, origin: &Origin, id: &str) -> Result<Option<bool>> {
        let by = self.cx.person().map_or("hatstand", |person| person.name.as_str());
        let (call, stops) = match provider(origin).cancel(id, by) {
            Cancelling::Stops(call) => (call, true),
            Cancelling::Marks(call) => (call, false),
            Cancelling::Impossible => return Ok(None),
        };
        call.send(self.cx, tag(run.id, "cancel"))?;
        Ok(Some(stops))
    }

    fn cancelled(&self, mut run: Run, origin: &Origin, answer: Result<HttpAnswer, Trouble>) -> Result<Run> {
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

/// The end.
impl Journey<'_> {
    /// It does not begin. Nothing was changed.
    fn stop(&self, run: Run, no: No) -> Result<Run> {
        let No { message, code } = no;
        self.whisper(&run, message)?;
        self.finish(run, End::Refused, code)
    }

    /// It is over: what is there now, who has the lock, and who is told.
    fn end(&self, mut run: Run, end: End) -> Result<Run> {
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

    fn remember(&self, run: &Run, end: End) -> Result<()> {
        let Run { id, git_ref, by, .. } = run;
        let entry = Past {
            run: *id,
            git_ref: git_ref.clone(),
            sha: run.sha().map(str::to_owned),
            by: by.clone(),
            at: run.ended.unwrap_or(self.cx.now()),
            end,
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
            (false, false) if !run.is_rollback() => self.whisper(run, card::offer_lock(run)),
            (true, true) => self.whisper(run, card::offer_unlock(run)),
            _ => Ok(()),
        }
    }

    /// The last word, for programs, and nothing more is to come.
    fn finish(&self, mut run: Run, end: End, code: &str) -> Result<Run> {
        run.stage = Stage::Over(end);
        run.ended.get_or_insert(self.cx.now());
        let state = State { deploy: run.id, app: &run.app, environment: &run.environment, git_ref: &run.git_ref, sha: run.sha() };
        self.cx.calls().answer(&call_key(run.id), code, &state)?;
        self.keep(run)
    }

    /// Its app or environment is not configured any more.
    fn lost(&self, run: Run) -> Result<Run> {
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

    fn keep(&self, run: Run) -> Result<Run> {
        self.cx.log().about(format_args!("deploy {}", run.id));
        self.shelf().set_run(&run)?;
        Ok(run)
    }

    /// Keeps it and shows its card anew.
    fn show(&self, run: Run) -> Result<Run> {
        if let (Some(card), Some(Setting { app, .. })) = (&run.card, self.setting(&run)) {
            voice::edit(self.cx, card, self.card(&run, app))?;
        }
        self.keep(run)
    }

    fn card(&self, run: &Run, app: &App) -> Message {
        card::card(run, app, self.difference(run).as_deref(), self.cx.now())
    }

    /// Says the last line in the thread, if there is one; else it is on the card.
    fn line(&self, run: &Run) -> Result<()> {
        match run.lines.last().filter(|_| run.place.thread.is_some()) {
            Some(line) => voice::post(self.cx, &run.place, say!("{}", line.text)).map(drop),
            None => Ok(()),
        }
    }

    fn whisper(&self, run: &Run, message: Message) -> Result<()> {
        voice::whisper(self.cx, &run.place, &run.by, message)
    }

    /// Sends a request; whoever is not there to be refused is told where the grant is missing.
    fn send(&self, run: Run, origin: &Origin, call: Call, step: &str) -> Result<Run> {
        match call.send(self.cx, tag(run.id, step)) {
            Err(HttpError::NotGranted(NotGranted(grant))) => {
                let trouble = Trouble::NotGranted(grant);
                if run.card.is_some() { self.fail(run, origin, &trouble) } else { self.stop(run, trouble::refusal(origin, &trouble)) }
            }
            sent => {
                sent?;
                self.keep(run)
            }
        }
    }
}

/// Waiting for a lock.
impl Journey<'_> {
    /// Lets somebody wait for a lock with what they are going to deploy.
    pub fn join_queue(&self, ask: &Ask, spot: &Spot, who: &User, place: &Place) -> Result<No> {
        let wish = Wish { reason: ask.reason.clone(), note: ask.git_ref.clone(), ..Wish::default() };
        let waiting = Waiting { ask: Ask { steal: false, ..ask.clone() }, place: place.clone() };
        let (message, code) = match self.locks().wait(spot, who, wish, waiting)? {
            Wanted::Done(outcomes) => match outcomes.iter().find_map(ahead) {
                Some(ahead) => (lock_texts::queued(spot, ahead), "queued"),
                None => (lock_texts::locked(spot, who, None, None), "held"),
            },
            Wanted::Refused(Refusal::AlreadyQueued { ahead, .. }) => (lock_texts::queued_already(spot, ahead), "already.queued"),
            Wanted::Refused(_) => (lock_texts::not_waiting(spot), "refused.held"),
            Wanted::Unreadable => (lock_texts::unreadable(spot), "refused.locked"),
        };
        Ok(No { message, code })
    }
}

fn ahead(outcome: &Outcome) -> Option<usize> {
    match outcome {
        Outcome::Queued { ahead, .. } | Outcome::Rewished { ahead, .. } => Some(*ahead),
        _ => None,
    }
}

fn provider(origin: &Origin) -> Box<dyn Provider + '_> {
    providers::of(origin)
}

fn tag(id: RunId, step: &str) -> String {
    format!("run:{id} {step}")
}

/// Under which the call of a program stays open.
fn call_key(id: RunId) -> String {
    format!("run {id}")
}

/// A sentence as the line of a card.
fn plain(message: &Message) -> String {
    let text = message.text.iter().map(|span| match span {
        Span::Markdown(text) | Span::Plain(text) => text.as_str(),
        Span::Mention(person) | Span::Name(person) => person.as_str(),
        _ => "",
    });
    text.collect::<String>().replace(['*', '`'], "")
}
