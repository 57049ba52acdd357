//! One invocation: an event, one plugin, and the transaction in which everything that the plugin wants is committed, or nothing.
//!
//! Those of one lane [share](share) their commits. Each is routed in the [situation] that its event meets; what no plugin says, the host
//! [answers](answer).

mod answer;
mod share;
mod situation;

use crate::capabilities::Pending;
use crate::clock::Clock;
use crate::directory::{Actor, Directory};
use crate::keeper::{Failed, Keeper};
use crate::ledger::{Again, AuditEntry, Commit, Ledger, Recording};
use crate::model::{Effects, Event, EventId, PluginName, TimerId, What};
use crate::paces::Paces;
use crate::plugins::Plugins;
use crate::plugins::generation::{Failure, Generation};
use crate::rights::Rights;
use crate::router::{self, Handed, Route, Situation};
use crate::runner::{self, Ending, Ran, Run, Runner};
use crate::texts;
use answer::{failed_text, said};
use hatstand_common::value::{Instant, Person, Place};
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
    pub rights: Arc<Rights>,
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
    again: Option<Again>,
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

impl Invoker {
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
        let route = match event.what.overheard() {
            // Nobody else's patterns are matched in this lane.
            Some(said) => router::called_or_nobody(self.overheard(&event, said, Some(&item.plugin)).await),
            None => self.route(&event, now, situation).await,
        };
        match route {
            Route::Host(answer) => self.answer(item, person.as_ref(), &authority, answer).await,
            Route::Nobody => Ended { what: "heard".to_owned(), outcome: "nobody".to_owned(), ..Ended::default() },
            Route::Plugins(calls) => match calls.into_iter().find(|call| call.plugin == item.plugin) {
                Some(call) => match registry.live(&call.plugin) {
                    Some(generation) => {
                        let seed = self.runner.chance.seed(&item.event, &item.plugin);
                        let run = run(item, call.event, person, reference, (now, seed));
                        let ended = self.call(item, generation, run, pending).await;
                        Ended { rule: rules(call.rule, ended.recording.as_deref()), ..ended }
                    }
                    None => self.gone(item, &call.event),
                },
                // A swap between the two routings gave the event to somebody else.
                None => self.host_says(item, texts::changed_meanwhile(), "changed-meanwhile"),
            },
        }
    }

    /// For a plugin whose file is gone: what was due is set again, and waits until the plugin is back; a person is told.
    fn gone(&self, item: &Item, event: &Handed) -> Ended {
        let due = match &item.event.what {
            What::TimerDue { due, .. } | What::ScheduleDue { due, .. } => Some(*due),
            What::QuestionExpired { question, .. } => Some(question.deadline),
            What::Responded { .. } | What::Received { .. } => Some(item.event.at),
            _ => None,
        };
        if due.is_none() && item.event.person.is_some() {
            return self.host_says(item, texts::not_loaded(&item.plugin), "not-loaded");
        }
        Ended { again: due.map(Again::Due), what: event.what(), outcome: "not-loaded".to_owned(), ..Ended::default() }
    }

    async fn call(&self, item: &Item, generation: &Arc<Generation>, run: Run, pending: &Pending) -> Ended {
        let what = run.handed.what();
        let build = generation.build();
        if self.is_stale(item, generation, &run.handed).await {
            return Ended { build, what, outcome: "stale".to_owned(), ..Ended::default() };
        }
        let usage = usage_of(generation, &run.handed);
        let (answered, again) = ends(&run.handed);
        let now = run.now;
        let Ran { effects, ending, recording } = self.runner.run(generation, run, pending).await;
        let failed = ending.fault().and_then(|why| Failed::of(generation, item, &recording, why));
        if ending.fault().is_none() && item.event.person.is_some() {
            self.keeper.served(generation);
        }
        let ended = Ended { again, build, what, outcome: ending.code(), recording: Some(recording), failed, ..Ended::default() };
        if let Some(detail) = ending.breakdown()
            && let Some(timer) = awaited(&item.event.what)
        {
            if self.is_first_attempt(timer).await {
                return Ended { again: Some(Again::Retry(now + RETRY)), detail, ..ended };
            }
            self.tell_lost(item).await;
        }
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

    /// As long as the ledger cannot be read, there is another one.
    async fn is_first_attempt(&self, timer: TimerId) -> bool {
        !self.ledger.is_retry(timer).await.unwrap_or(false)
    }

    /// Something that was due failed for good: that is said where it was to happen, and to administrators; once an hour is enough.
    async fn tell_lost(&self, item: &Item) {
        let Event { workspace, place, at, .. } = &*item.event;
        let channel = place.as_ref().map_or("", |place| place.channel.as_str());
        let once = format!("lost:{}:{channel}:{}", item.plugin, at.0 / HOUR.as_millis() as u64);
        let text = texts::lost(&item.plugin, &reference(item));
        self.keeper.tell_administrators(workspace, place.clone(), &once, text).await;
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

/// What nobody does again if it is not done. A schedule has its next run.
fn awaited(what: &What) -> Option<TimerId> {
    what.timer().filter(|_| !matches!(what, What::ScheduleDue { .. }))
}

/// How long after a failure what was due is tried once more: whatever was in its way may be gone by then.
const RETRY: Duration = Duration::from_secs(30);

const HOUR: Duration = Duration::from_secs(60 * 60);

fn run(item: &Item, handed: Handed, person: Option<Person>, reference: &str, (now, seed): (Instant, u64)) -> Run {
    Run {
        workspace: item.event.workspace.clone(),
        event: item.id,
        reference: reference.to_owned(),
        seed,
        place: place_of(item, &handed),
        person,
        by: item.event.person.clone(),
        now,
        handed: Arc::new(handed),
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
fn ends(event: &Handed) -> (Option<TimerId>, Option<Again>) {
    match event {
        Handed::Answer { id, .. } => (Some(*id), None),
        Handed::Schedule { next, .. } => (None, next.map(Again::Due)),
        _ => (None, None),
    }
}

fn reference(item: &Item) -> String {
    runner::reference(&item.event, &item.plugin)
}

/// More answers about rights are not written into the audit for one invocation.
const RULES: usize = 8;

/// Everything that allowed it, or didn't: the rule of the command, and the answers that the plugin got about rights.
fn rules(of_command: String, recording: Option<&Recording>) -> String {
    let asked = recording.into_iter().flat_map(|recording| recording.told.answers());
    Some(of_command).filter(|rule| !rule.is_empty()).into_iter().chain(asked.take(RULES)).collect::<Vec<_>>().join("; ")
}

/// For the operator.
fn detail(failure: &Failure) -> String {
    match failure {
        Failure::Usage(why) | Failure::Broken(why) => why.clone(),
        Failure::Refused(_) => String::new(),
        Failure::Full(limit) => limit.to_string(),
    }
}

fn usage_of(generation: &Generation, event: &Handed) -> Option<String> {
    let Handed::Command { command, .. } = event else { return None };
    let command = generation.description.commands.iter().find(|declared| declared.name == *command)?;
    Some(command.shown_usage())
}
