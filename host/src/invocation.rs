//! One invocation: an event, one plugin, and the transaction in which everything that the plugin wants is committed, or nothing.

use crate::builtin::{self, Answered, Asked};
use crate::capabilities::Pending;
use crate::clock::Clock;
use crate::directory::{Actor, Directory};
use crate::keeper::{Failed, Keeper};
use crate::ledger::{self, AuditEntry, Commit, Ledger, LedgerError, Recording, Said};
use crate::model::{self, Effects, Event, EventId, How, PluginName, Say, TimerId, What, WorkspaceId};
use crate::paces::Paces;
use crate::permissions::{Authority, Denial, Permissions, RoleName, Standing};
use crate::plugins::Plugins;
use crate::plugins::generation::{Failure, Generation};
use crate::router::{self, Answer, Handed, Route, Situation};
use crate::runner::{self, Ending, Ran, Run, Runner};
use crate::texts::{self, Help};
use hatstand_common::message::Message;
use hatstand_common::value::{Channel, ChannelId, Instant, MessageId, Person, PersonId, Place};
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use tracing::Instrument;

/// Runs invocations.
#[derive(Debug)]
pub struct Invoker {
    pub ledger: Arc<dyn Ledger>,
    pub plugins: Arc<Plugins>,
    pub keeper: Arc<Keeper>,
    pub runner: Runner,
    pub directory: Arc<Directory>,
    pub permissions: Arc<Permissions>,
    pub clock: Clock,
    pub paces: Paces,
    /// What the bot is called, for its texts.
    pub name: String,
    /// Ends the host when the ledger cannot keep anything any more.
    pub stop: CancellationToken,
}

/// An event in the lane of one plugin.
#[derive(Clone, Debug)]
pub struct Item {
    pub id: EventId,
    pub event: Arc<Event>,
    /// Whose lane it is: a plugin's, or the host's own.
    pub plugin: PluginName,
    /// How many lanes the event is in.
    pub concerned: usize,
}

/// What came of an invocation: what is to be committed, and what is written down about it.
#[derive(Debug, Default)]
struct Ended {
    effects: Effects,
    /// The question that was answered.
    answered: Option<TimerId>,
    /// When what was due is due again.
    again: Option<Instant>,
    build: String,
    what: String,
    outcome: String,
    detail: String,
    /// What allowed or denied it; empty where nobody had to be asked.
    rule: String,
    data: String,
    recording: Option<Box<Recording>>,
    /// What the build is to blame for.
    failed: Option<Failed>,
}

/// Invocations whose effects are committed together.
#[derive(Debug)]
struct Share {
    began: std::time::Instant,
    commits: Vec<Commit>,
    pending: Pending,
    /// What comes next may be an answer: it has to find the questions in the ledger as they stand.
    full: bool,
}

/// How long commands may keep each other waiting to share a flush: less than one takes.
const SHARED: Duration = Duration::from_millis(1);

impl Share {
    fn new() -> Self {
        Self { began: std::time::Instant::now(), commits: Vec::new(), pending: Pending::default(), full: false }
    }

    /// May this be committed with what is there?
    fn takes(&self, item: &Item) -> bool {
        self.commits.is_empty() || (shares(item) && !self.full && self.began.elapsed() < SHARED)
    }

    fn add(&mut self, item: &Item, commit: Commit) {
        self.pending.add(&commit.effects);
        let is_answer = commit.timer.is_some() && !is_from_outside(item);
        self.full |= !commit.effects.questions.is_empty() || is_answer;
        self.commits.push(commit);
    }

    /// What is to be committed now; another share begins.
    fn take(&mut self) -> Vec<Commit> {
        std::mem::replace(self, Self::new()).commits
    }
}

/// Only commands of plugins share, and what came from outside: what else happens may depend on timers, messages and decisions as they stand
/// in the ledger.
fn shares(item: &Item) -> bool {
    (matches!(item.event.what, What::Said(_) | What::Called(_)) || is_from_outside(item)) && item.plugin != PluginName::host()
}

fn is_from_outside(item: &Item) -> bool {
    matches!(item.event.what, What::Responded { .. } | What::Received { .. })
}

impl Invoker {
    /// Runs what waits in a lane, one after another, each to its end, whatever that is. No build is swapped while one of its invocations
    /// is not committed.
    pub async fn run(&self, items: Vec<Item>) {
        let mut share = Share::new();
        let mut turn = None;
        for item in items {
            let wait = self.wait_for(&item);
            if !wait.is_zero() {
                self.commit(share.take()).await;
                turn = None;
                self.stop.run_until_cancelled(tokio::time::sleep(wait)).await;
            }
            if !share.takes(&item) {
                self.commit(share.take()).await;
                turn = None;
            }
            if turn.is_none() {
                turn = Some(self.plugins.turn(&item.plugin).await);
            }
            let Some((commit, failed)) = self.invoke_after(&mut share, &item).await else { continue };
            if let Some(failed) = failed {
                self.commit(share.take()).await;
                turn = None;
                self.keeper.failed(failed).await;
            }
            share.add(&item, commit);
            if !shares(&item) {
                self.commit(share.take()).await;
                turn = None;
            }
        }
        self.commit(share.take()).await;
    }

    /// How long the plugin has to wait for its next invocation.
    fn wait_for(&self, item: &Item) -> Duration {
        let registry = self.plugins.registry();
        let limit = registry.live(&item.plugin).map_or(0, |build| build.limits.invocations_per_second);
        self.paces.take(&item.event.workspace, &item.plugin, limit, std::time::Instant::now())
    }

    /// Runs one invocation, as if those of the share were committed. If it takes long, they are, and do not wait for it.
    async fn invoke_after(&self, share: &mut Share, item: &Item) -> Option<(Commit, Option<Failed>)> {
        let pending = share.pending.clone();
        let mut invocation = pin!(self.invoke(item, &pending));
        if share.commits.is_empty() {
            return Some(invocation.await);
        }
        if let Ok(ended) = tokio::time::timeout(SHARED, &mut invocation).await {
            return Some(ended);
        }
        let kept = self.commit(share.take()).await;
        let ended = invocation.await;
        // What it has seen does not hold: neither does what it did.
        kept.then_some(ended)
    }

    async fn invoke(&self, item: &Item, pending: &Pending) -> (Commit, Option<Failed>) {
        let reference = reference(item);
        let span = tracing::info_span!("invocation", reference, plugin = %item.plugin, event = item.id.0);
        async {
            let began = std::time::Instant::now();
            let now = self.clock.now();
            let actor = self.actor(&item.event).await;
            let called = actor.person.as_ref().map(|person| person.name.clone()).unwrap_or_default();
            let ended = self.end(item, actor, &reference, now, pending).await;
            let audit = AuditEntry {
                at: now,
                workspace: item.event.workspace.clone(),
                place: item.event.place.clone(),
                channel: self.channel_name(&item.event),
                person: item.event.person.clone(),
                called,
                plugin: item.plugin.clone(),
                build: ended.build,
                event: Some(item.id),
                line: AuditEntry::shortened(item.event.line()),
                what: ended.what,
                rule: ended.rule,
                outcome: ended.outcome,
                detail: ended.detail,
                data: ended.data,
                about: ended.effects.about.clone(),
                took: began.elapsed(),
                reference: reference.clone(),
            };
            tracing::info!(what = audit.what, outcome = audit.outcome, rule = audit.rule, took = ?audit.took, "done");
            let commit = Commit {
                event: item.id,
                workspace: item.event.workspace.clone(),
                plugin: item.plugin.clone(),
                concerned: item.concerned,
                effects: ended.effects,
                timer: item.event.what.timer().or(ended.answered),
                again: ended.again,
                audit,
                recording: ended.recording,
            };
            (commit, ended.failed)
        }
        .instrument(span)
        .await
    }

    /// False if nothing of it was kept.
    async fn commit(&self, commits: Vec<Commit>) -> bool {
        if commits.is_empty() {
            return true;
        }
        let references: Vec<String> = commits.iter().map(|commit| commit.audit.reference.clone()).collect();
        match self.ledger.commit_all(commits).await {
            Ok(_) => return true,
            Err(LedgerError::Stopped(why)) => {
                tracing::error!(why, "the ledger has stopped; so does the host, and starts again from what is on disk");
                self.stop.cancel();
            }
            Err(why) => {
                tracing::error!(?references, %why, "nothing of these invocations was kept; the events are tried again at the next start");
            }
        }
        false
    }

    /// Who did it, as known now.
    async fn actor(&self, event: &Event) -> Actor {
        match &event.person {
            Some(id) => self.directory.actor(&event.workspace, id).await,
            None => Actor::default(),
        }
    }

    /// What the channel is called now.
    fn channel_name(&self, event: &Event) -> String {
        event.place.as_ref().map(|place| self.directory.channel_name(&event.workspace, &place.channel)).unwrap_or_default()
    }

    /// Routes the event as things stand now, and lets whoever is concerned answer.
    async fn end(&self, item: &Item, actor: Actor, reference: &str, now: Instant, pending: &Pending) -> Ended {
        let Actor { person, roles } = actor;
        self.keeper.wake_rested(now);
        let registry = self.plugins.registry_at(&item.event.workspace, item.event.place.as_ref());
        let pressed = self.pressed(&item.event).await;
        let event = self.as_known_now(&item.event).await;
        let authority = self.authority(&event, roles).await;
        let situation =
            Situation { registry: &registry, now, person: person.as_ref(), authority: &authority, pressed: pressed.as_ref(), asked: None };
        match self.route(&event, now, situation).await {
            Route::Host(answer) => self.answer(item, person.as_ref(), &authority, answer).await,
            Route::Nobody => Ended { what: "heard".to_owned(), outcome: "nobody".to_owned(), ..Ended::default() },
            Route::Plugins(calls) => match calls.into_iter().find(|call| call.plugin == item.plugin) {
                Some(call) => match registry.live(&call.plugin) {
                    Some(generation) => {
                        let run = run(item, call.event, person, reference, now);
                        let ended = self.call(item, generation, run, pending).await;
                        Ended { rule: call.rule, ..ended }
                    }
                    None => self.gone(item, &call.event),
                },
                // A swap between the two routings gave the event to somebody else.
                None => self.host_says(item, texts::changed_meanwhile(), "changed-meanwhile"),
            },
        }
    }

    /// Administrators are told directly, and everybody where it happened.
    async fn notice(&self, item: &Item, text: &str) -> Ended {
        let admins = self.directory.admins(&item.event.workspace).await;
        let here = item.event.place.clone().map(|to| How::Post { to, message: texts::markdown(text) });
        let each = admins.into_iter().map(|to| How::Direct { to, message: texts::markdown(text) });
        let says = here.into_iter().chain(each).enumerate();
        let says = says.map(|(number, how)| Say { id: MessageId(format!("{}.{}.{number}", item.id.0, item.plugin)), how, question: None });
        Ended {
            effects: Effects { says: says.collect(), ..Effects::default() },
            what: "notice".to_owned(),
            outcome: "ok".to_owned(),
            detail: text.to_owned(),
            ..Ended::default()
        }
    }

    /// Who is concerned, if it happens at this moment. The questions that stand are looked up only for what the host would answer by itself:
    /// a command is no answer.
    pub async fn route(&self, event: &Event, at: Instant, situation: Situation<'_>) -> Route {
        let route = router::route(event, situation);
        if !matches!(route, Route::Host(_)) {
            return route;
        }
        match self.asked(event, at).await {
            Some(asked) => router::route(event, Situation { asked: Some(&asked), ..situation }),
            None => route,
        }
    }

    /// What somebody with these roles may do where it happened.
    async fn authority(&self, event: &Event, roles: BTreeSet<RoleName>) -> Authority<'_> {
        let rules = self.permissions.rules.as_slice();
        let channel = match &event.place {
            Some(place) if rules.iter().any(|rule| rule.channel.is_some()) => Some(self.channel(&event.workspace, &place.channel).await),
            _ => None,
        };
        Authority::Of(Standing { rules, roles, channel })
    }

    /// A channel as it is known, or by no more than its id.
    async fn channel(&self, workspace: &WorkspaceId, id: &ChannelId) -> Channel {
        let known = self.directory.channel(workspace, id).await;
        known.unwrap_or_else(|| Channel { id: id.clone(), name: id.0.clone(), direct: false, archived: false })
    }

    /// The event with what the adapter did not wait for: the names of who came and went and of what changed, and which message of the bot
    /// is meant.
    async fn as_known_now<'e>(&self, event: &'e Event) -> Cow<'e, Event> {
        let workspace = &event.workspace;
        let what = match &event.what {
            What::Said(said) => match self.directory.named(workspace, &said.line).await {
                Some(line) => What::Said(model::Said { line, ..said.clone() }),
                None => return Cow::Borrowed(event),
            },
            What::Joined { person, channel } => {
                let (person, channel) = self.directory.known(workspace, person, channel).await;
                What::Joined { person, channel }
            }
            What::Left { person, channel } => {
                let (person, channel) = self.directory.known(workspace, person, channel).await;
                What::Left { person, channel }
            }
            What::ChannelChanged(channel) if channel.name == channel.id.0 => match self.directory.channel(workspace, &channel.id).await {
                Some(known) => What::ChannelChanged(Channel { archived: channel.archived, ..known }),
                None => return Cow::Borrowed(event),
            },
            What::Reacted { message, emoji, added } => match self.ledger.called(workspace, &message.0).await {
                Ok(Some(message)) => What::Reacted { message, emoji: emoji.clone(), added: *added },
                _ => return Cow::Borrowed(event),
            },
            _ => return Cow::Borrowed(event),
        };
        Cow::Owned(Event { what, ..event.clone() })
    }

    /// The message whose button was pressed.
    pub async fn pressed(&self, event: &Event) -> Option<Said> {
        let What::Pressed { message, .. } = &event.what else { return None };
        let said = self.ledger.message(&event.workspace, message).await;
        said.inspect_err(|why| tracing::error!(%why, "a message cannot be read")).ok().flatten()
    }

    /// The question that a press or a line may answer: the one that the message asks; or the newest that this person can answer by text,
    /// of those asked in that channel, or of all in the direct conversation.
    async fn asked(&self, event: &Event, now: Instant) -> Option<ledger::Asked> {
        let asked = match (&event.what, &event.person, &event.place) {
            (What::Pressed { message, .. }, ..) => self.ledger.question(&event.workspace, message).await,
            (What::Said(said), Some(person), Some(place)) if said.addressed => self.asked_at(&event.workspace, person, place, now).await,
            _ => return None,
        };
        asked.inspect_err(|why| tracing::error!(%why, "questions cannot be read")).ok().flatten()
    }

    async fn asked_at(
        &self,
        workspace: &WorkspaceId,
        person: &PersonId,
        place: &Place,
        now: Instant,
    ) -> ledger::Result<Option<ledger::Asked>> {
        let mut asked = self.ledger.questions_to(workspace, person).await?;
        asked.retain(|asked| asked.question.deadline >= now);
        if asked.is_empty() {
            return Ok(None);
        }
        let direct = self.directory.channel(workspace, &place.channel).await.is_some_and(|channel| channel.direct);
        Ok(asked.into_iter().find(|asked| direct || asked.question.at.channel == place.channel))
    }

    async fn answer(&self, item: &Item, person: Option<&Person>, authority: &Authority<'_>, answer: Answer) -> Ended {
        match answer {
            Answer::Own { command, arguments, rule } => {
                let workspace = &item.event.workspace;
                let reference = reference(item);
                let place = item.event.place.as_ref();
                let asked = Asked {
                    command: &command,
                    arguments: &arguments,
                    workspace,
                    place,
                    reference: &reference,
                    person,
                    authority,
                    host: self,
                };
                let ended = self.own(item, asked).await;
                Ended { what: command, rule, ..ended }
            }
            Answer::Denied(denial) => {
                let help = self.help(&item.event.workspace, &denial).await;
                let ended = self.host_says(item, texts::denied(&denial, &help), "denied");
                Ended { what: denial.command, rule: denial.rule, ..ended }
            }
            Answer::Notice(text) => self.notice(item, &text).await,
            other => {
                let code = other.code();
                self.host_says(item, texts::answer(other, &self.name), code)
            }
        }
    }

    /// One of the host's own commands.
    async fn own(&self, item: &Item, asked: Asked<'_>) -> Ended {
        match builtin::answer(asked).await {
            Ok(Answered { message, effects, outcome, detail }) => {
                let says = whisper(item, message).into_iter().chain(effects.says).collect();
                Ended { effects: Effects { says, ..effects }, outcome: outcome.to_owned(), detail, ..Ended::default() }
            }
            Err(why) => {
                tracing::error!(%why, "a command of mine failed");
                let ended = self.host_says(item, texts::apology(&PluginName::host(), &reference(item), None), "broken");
                Ended { detail: why.to_string(), ..ended }
            }
        }
    }

    /// Who can help somebody who may not do this.
    async fn help(&self, workspace: &WorkspaceId, denial: &Denial) -> Help {
        let mut members = BTreeSet::new();
        for role in &denial.roles {
            members.extend(self.directory.helpers(workspace, role).await);
        }
        Help { members: members.into_iter().collect(), admins: self.directory.admins(workspace).await }
    }

    /// For a plugin whose file is gone: what was due is set again, and waits until the plugin is back; a person is told.
    fn gone(&self, item: &Item, event: &Handed) -> Ended {
        let again = match &item.event.what {
            What::TimerDue { due, .. } | What::ScheduleDue { due, .. } => Some(*due),
            What::QuestionExpired { question, .. } => Some(question.deadline),
            What::Responded { .. } | What::Received { .. } => Some(item.event.at),
            _ => None,
        };
        if again.is_none() && item.event.person.is_some() {
            return self.host_says(item, texts::not_loaded(&item.plugin), "not-loaded");
        }
        Ended { again, what: event.what(), outcome: "not-loaded".to_owned(), ..Ended::default() }
    }

    /// The host speaks to the person of the event, for that person's eyes only.
    fn host_says(&self, item: &Item, message: Message, outcome: &str) -> Ended {
        Ended { effects: said(item, message), what: what_asked(&item.event), outcome: outcome.to_owned(), ..Ended::default() }
    }

    async fn call(&self, item: &Item, generation: &Arc<Generation>, run: Run, pending: &Pending) -> Ended {
        let what = run.handed.what();
        let build = generation.build();
        if self.is_stale(item, generation, &run.handed).await {
            return Ended { build, what, outcome: "stale".to_owned(), ..Ended::default() };
        }
        let usage = usage_of(generation, &run.handed);
        let (answered, again) = ends(&run.handed);
        let Ran { effects, ending, recording } = self.runner.run(generation, run, pending).await;
        let failed = ending.fault().map(|why| Failed::of(generation, item, &recording.reference, why));
        let ended = Ended { again, build, what, outcome: ending.code(), recording: Some(recording), failed, ..Ended::default() };
        match ending {
            Ending::Well(outcome) => Ended { effects, answered, data: outcome.data, ..ended },
            // Nothing was changed: a question stands, and can be answered again.
            Ending::Failed(failure) => {
                Ended { detail: detail(&failure), effects: said(item, failed_text(item, failure, usage.as_deref())), ..ended }
            }
            Ending::Crashed(crash) => {
                tracing::error!(why = %crash, "the plugin stopped");
                let apology = texts::apology(&item.plugin, &reference(item), Some(&crash));
                Ended { detail: crash.to_string(), effects: said(item, apology), ..ended }
            }
        }
    }

    /// What was replaced, cancelled or answered after it came due never happened; nor did what the build that serves now does not declare.
    async fn is_stale(&self, item: &Item, generation: &Generation, event: &Handed) -> bool {
        if let Handed::Schedule { name, .. } = event
            && generation.description.schedules.iter().all(|schedule| schedule.name != *name)
        {
            return true;
        }
        match item.event.what.timer() {
            Some(timer) => matches!(self.ledger.timer_stands(timer).await, Ok(false)),
            None => false,
        }
    }
}

fn run(item: &Item, handed: Handed, person: Option<Person>, reference: &str, now: Instant) -> Run {
    Run {
        workspace: item.event.workspace.clone(),
        event: item.id,
        reference: reference.to_owned(),
        seed: runner::seed(&item.event, &item.plugin),
        place: place_of(item, &handed),
        person,
        by: item.event.person.clone(),
        now,
        handed,
    }
}

/// Where it happens for the plugin: an answer where the question was asked, wherever it was given.
fn place_of(item: &Item, event: &Handed) -> Option<Place> {
    match event {
        Handed::Answer { at, .. } => Some(at.clone()),
        _ => item.event.place.clone(),
    }
}

/// The question that the event ends, and when what was due is due again.
fn ends(event: &Handed) -> (Option<TimerId>, Option<Instant>) {
    match event {
        Handed::Answer { id, .. } => (Some(*id), None),
        Handed::Schedule { next, .. } => (None, *next),
        _ => (None, None),
    }
}

fn reference(item: &Item) -> String {
    runner::reference(&item.event, &item.plugin)
}

/// Something for the eyes of the person of the event, if there is one.
fn whisper(item: &Item, message: Message) -> Option<Say> {
    let person = item.event.person.clone()?;
    let how = match item.event.place.clone() {
        Some(to) => How::Whisper { to, person, message },
        None => How::Direct { to: person, message },
    };
    Some(Say { id: MessageId(format!("{}.{}.host", item.id.0, item.plugin)), how, question: None })
}

/// Nothing but this, for the eyes of the person of the event.
fn said(item: &Item, message: Message) -> Effects {
    Effects { says: whisper(item, message).into_iter().collect(), ..Effects::default() }
}

/// The plugin said no: its wishes are dropped, the person is told why.
fn failed_text(item: &Item, failure: Failure, usage: Option<&str>) -> Message {
    match failure {
        Failure::Usage(why) => texts::bad_usage(&why, usage),
        Failure::Refused(message) => message,
        Failure::Broken(why) => {
            tracing::error!(why, "the plugin is broken");
            texts::apology(&item.plugin, &reference(item), None)
        }
    }
}

/// For the operator.
fn detail(failure: &Failure) -> String {
    match failure {
        Failure::Usage(why) | Failure::Broken(why) => why.clone(),
        Failure::Refused(_) => String::new(),
    }
}

fn usage_of(generation: &Generation, event: &Handed) -> Option<String> {
    let Handed::Command { command, .. } = event else { return None };
    let command = generation.description.commands.iter().find(|declared| declared.name == *command)?;
    Some(command.shown_usage())
}

/// What was asked, shortly, where no plugin was called.
fn what_asked(event: &Event) -> String {
    match &event.what {
        What::Said(_) => "said".to_owned(),
        What::Called(called) => called.command.clone(),
        What::Pressed { .. } => "press".to_owned(),
        other => format!("{other:?}").split([' ', '(', '{']).next().unwrap_or_default().to_lowercase(),
    }
}
