//! The way of a deploy through its checks, to the provider and to its end. Whatever needs the outside goes on when the answer comes, in
//! another invocation: what is known so far is in the [`Run`].
//!
//! 1. [`begin`](Journey::begin): who, where, what. Then the provider is asked which commit it is.
//! 2. [`admission`]: freeze, lock, order; CI; how much of the default ref it lacks.
//! 3. [`consent`]: somebody is asked. After a yes the second step is taken again, because the world has moved.
//! 4. [`order`]: the lock is taken, the card is posted, the provider is to begin.
//! 5. [`news`]: it goes on, under [`watch`], until its [`ending`].
//!
//! [`waiting`] is for those who find it locked, [`holding`] for programs that do, [`credential`] for those who wonder whether the provider
//! lets the bot in.

mod admission;
mod consent;
mod credential;
mod ending;
mod holding;
mod news;
mod order;
mod waiting;
mod watch;

use crate::apps::{App, Apps, Environment, Origin};
use crate::ask::{Ask, Purpose};
use crate::checks::{self, Asker, Target};
use crate::locks::Locks;
use crate::providers::{self, Call, Commit, Provider, Trouble};
use crate::rights::Act;
use crate::run::{Run, RunId, Stage};
use crate::settings::Config;
use crate::shelf::Shelf;
use crate::texts::refusal::{self, No};
use crate::texts::{card, trouble, view};
use crate::voice;
use hatstand_plugin::NotGranted;
use hatstand_plugin::directory::{Channel as KnownChannel, Person};
use hatstand_plugin::http::Error as HttpError;
use hatstand_plugin::prelude::*;
use serde::Serialize;
use std::cell::Cell;

/// What one invocation knows of what can be deployed.
#[derive(Debug)]
pub struct Journey<'a> {
    pub cx: &'a Context,
    pub config: Config,
    pub apps: Apps,
    /// What came of it last, in a word for programs and for the trail.
    came: Cell<&'static str>,
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
            Ok(apps) => Ok(Self { cx, config, apps, came: Cell::default() }),
            Err(why) => Err(refusal::misconfigured(&why.0)),
        })
    }

    /// What came of it, if a deploy came to its end or to a halt.
    pub fn came(&self) -> Reply {
        Reply::nothing().code(self.came.get())
    }

    pub fn shelf(&self) -> Shelf<'a> {
        Shelf(self.cx)
    }

    pub fn locks(&self) -> Locks<'_> {
        Locks { cx: self.cx, config: &self.config }
    }

    fn channel(&self, id: &Channel) -> KnownChannel {
        let unknown = || KnownChannel { id: id.clone(), name: id.to_string(), direct: false, archived: false };
        self.cx.directory().channel(id).unwrap_or_else(unknown)
    }

    fn setting(&self, run: &Run) -> Option<Setting<'_>> {
        let app = self.apps.find(&run.app)?;
        Some(Setting { app, environment: app.environment(&run.environment)? })
    }
}

/// From the words to the first question at the provider.
impl Journey<'_> {
    /// Begins what somebody asks for, or says why not.
    pub fn begin(&self, ask: Ask) -> Result<Reply> {
        let person = self.cx.person().ok_or_else(|| Error::broken("no person did this"))?;
        let run = match self.begin_for(ask, person, self.cx.here()?)? {
            Ok(run) => run,
            Err(no) => return Ok(no.reply()),
        };
        let said = match run.stage {
            Stage::Resolving => Reply::whisper(view::checking(&run)).code("checking"),
            Stage::Over(end) => Reply::nothing().code(end.code()),
            _ => Reply::nothing().code("begun"),
        };
        Ok(said.data(&State { deploy: run.id, app: &run.app, environment: &run.environment, git_ref: &run.git_ref, sha: run.sha() }))
    }

    /// Begins again for somebody whose turn it is, in their name.
    pub fn begin_for_turn(&self, ask: Ask) -> Result<Reply> {
        self.begin(Ask { confirmed: true, steal: false, ..ask })
    }

    fn begin_for(&self, ask: Ask, person: &Person, place: &Place) -> Result<Result<Run, No>> {
        let channel = self.channel(&place.channel);
        let target = match checks::target(&self.apps, &ask, Asker { person, channel: &channel }) {
            Ok(target) => target,
            Err(no) => return Ok(Err(no)),
        };
        if let Err(no) = self.may_begin(&ask, &target, person, place)? {
            return Ok(Err(no));
        }
        let id = self.shelf().next_run()?;
        let key = format!("{id}-{:016x}{:016x}", self.cx.random().below(u64::MAX), self.cx.random().below(u64::MAX));
        let run = Run::new(id, key, target, ask, person, place, self.cx.now());
        self.cx.calls().open(&call_key(id))?;
        self.set_out(run)
    }

    /// May they do all that the deploy is about?
    fn may_begin(&self, ask: &Ask, target: &Target<'_>, person: &Person, place: &Place) -> Result<Result<(), No>> {
        let git_ref = ask.git_ref.as_deref().unwrap_or(&target.app.default_ref);
        for act in acts(ask) {
            let more = more(git_ref, target.task.as_deref());
            if let Err(no) = self.may_with(act, target.app, target.environment, person, &place.channel, &more)? {
                return Ok(Err(no));
            }
        }
        Ok(Ok(()))
    }

    /// Whoever began it may still do it, now that it is about to be done.
    pub(super) fn may_still(&self, run: &Run) -> Result<Result<(), No>> {
        let Some(Setting { app, environment }) = self.setting(run) else { return Ok(Ok(())) };
        let Some(person) = self.cx.directory().person(&run.by) else { return Ok(Err(refusal::person(&app.name, Some(environment)))) };
        for act in acts(&run.ask) {
            let more = more(&run.git_ref, run.ask.task.as_deref());
            if let Err(no) = self.may_with(act, app, environment, &person, &run.place.channel, &more)? {
                return Ok(Err(no));
            }
        }
        Ok(Ok(()))
    }

    fn set_out(&self, mut run: Run) -> Result<Result<Run, No>> {
        let deployed = self.shelf().deployed(&run.app, &run.environment)?;
        run.before = deployed.as_ref().map(|past| past.what().to_owned());
        if run.ask.confirmed {
            run.confirmed = Some(run.by.clone());
        }
        if run.is_rollback() {
            let past = self.shelf().past(&run.app, &run.environment)?;
            let Some(before) = checks::before(&past) else {
                let no = if deployed.is_some() { refusal::nothing_before } else { refusal::nothing_deployed };
                return Ok(Err(no(&run.app, &run.environment)));
            };
            run.git_ref.clone_from(&before.git_ref);
            run.commit = before.sha.clone().map(|sha| Commit { sha, url: None });
        }
        if run.ask.purpose == Purpose::Diff && deployed.is_none() {
            return Ok(Err(refusal::nothing_deployed(&run.app, &run.environment)));
        }
        self.resolve(run).map(Ok)
    }
}

/// What every step needs.
impl Journey<'_> {
    fn keep(&self, run: Run) -> Result<Run> {
        self.cx.log().about(format_args!("deploy {}", run.id));
        self.shelf().set_run(&run)?;
        Ok(run)
    }

    /// Keeps it and shows its card anew, if there is something new on it.
    fn show(&self, mut run: Run) -> Result<Run> {
        if let (Some(id), Some(Setting { app, .. })) = (&run.card, self.setting(&run)) {
            let card = self.card(&run, app);
            let mark = card::mark(&card);
            if run.shown != mark {
                voice::edit(self.cx, id, card)?;
                run.shown = mark;
            }
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

/// What a rule may be about besides app and environment.
fn more<'a>(git_ref: &'a str, task: Option<&'a str>) -> Vec<(&'a str, &'a str)> {
    std::iter::once(("ref", git_ref)).chain(task.map(|task| ("task", task))).collect()
}

/// The rights that somebody needs who asks for this.
fn acts(ask: &Ask) -> Vec<Act> {
    match ask.purpose {
        Purpose::Plan | Purpose::Diff => vec![Act::Plan],
        Purpose::Deploy | Purpose::Rollback => {
            let also = [(ask.force, Act::Force), (ask.steal, Act::Steal), (ask.task.is_some(), Act::Task)];
            std::iter::once(Act::Deploy).chain(also.into_iter().filter_map(|(wanted, act)| wanted.then_some(act))).collect()
        }
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
