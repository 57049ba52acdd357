//! One invocation: an event, one plugin, and the transaction in which everything that the plugin wants is committed, or nothing.

use crate::builtin::{self, Answered, Asked};
use crate::capabilities::{Circumstances, Invocation, Pending};
use crate::clock::Clock;
use crate::directory::{Actor, Directory};
use crate::ledger::{self, AuditEntry, Commit, Ledger, LedgerError, Said};
use crate::model::{self, Effects, Event, EventId, How, PluginName, Say, TimerId, What, WorkspaceId};
use crate::permissions::{Authority, Denial, Permissions, RoleName, Standing};
use crate::plugins::generation::{Done, Failure, Generation};
use crate::plugins::instance::Crash;
use crate::plugins::settings::Values;
use crate::plugins::{Engine, Plugins};
use crate::router::{self, Answer, Handed, Route, Situation};
use crate::texts::{self, Help};
use hatstand_common::message::Message;
use hatstand_common::value::{Channel, ChannelId, Instant, MessageId, Person, PersonId, Place};
use sha2::{Digest, Sha256};
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
    pub engine: Arc<Engine>,
    pub directory: Arc<Directory>,
    pub permissions: Arc<Permissions>,
    pub clock: Clock,
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

    fn add(&mut self, commit: Commit) {
        self.pending.add(&commit.effects);
        self.full |= !commit.effects.questions.is_empty() || commit.timer.is_some();
        self.commits.push(commit);
    }

    /// What is to be committed now; another share begins.
    fn take(&mut self) -> Vec<Commit> {
        std::mem::replace(self, Self::new()).commits
    }
}

/// Only commands of plugins share: what else happens may depend on timers, messages and decisions as they stand in the ledger.
fn shares(item: &Item) -> bool {
    matches!(item.event.what, What::Said(_) | What::Called(_)) && item.plugin != PluginName::host()
}

impl Invoker {
    /// Runs what waits in a lane, one after another, each to its end, whatever that is.
    pub async fn run(&self, items: Vec<Item>) {
        let mut share = Share::new();
        for item in items {
            if !share.takes(&item) {
                self.commit(share.take()).await;
            }
            let Some(commit) = self.invoke_after(&mut share, &item).await else { continue };
            share.add(commit);
            if !shares(&item) {
                self.commit(share.take()).await;
            }
        }
        self.commit(share.take()).await;
    }

    /// Runs one invocation, as if those of the share were committed. If it takes long, they are, and do not wait for it.
    async fn invoke_after(&self, share: &mut Share, item: &Item) -> Option<Commit> {
        let pending = share.pending.clone();
        let mut invocation = pin!(self.invoke(item, &pending));
        if share.commits.is_empty() {
            return Some(invocation.await);
        }
        if let Ok(commit) = tokio::time::timeout(SHARED, &mut invocation).await {
            return Some(commit);
        }
        let kept = self.commit(share.take()).await;
        let commit = invocation.await;
        // What it has seen does not hold: neither does what it did.
        kept.then_some(commit)
    }

    async fn invoke(&self, item: &Item, pending: &Pending) -> Commit {
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
                took: began.elapsed(),
                reference: reference.clone(),
            };
            tracing::info!(what = audit.what, outcome = audit.outcome, rule = audit.rule, took = ?audit.took, "done");
            Commit {
                event: item.id,
                workspace: item.event.workspace.clone(),
                plugin: item.plugin.clone(),
                concerned: item.concerned,
                effects: ended.effects,
                timer: item.event.what.timer().or(ended.answered),
                again: ended.again,
                audit,
            }
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
        let registry = self.plugins.registry();
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
                        let settings = self.settings(&item.event.workspace, generation).await;
                        let invocation = self.invocation(item, generation, &call.event, settings, reference, now).after(pending);
                        let ended = self.call(item, generation, call.event, person, invocation).await;
                        Ended { rule: call.rule, ..ended }
                    }
                    None => self.gone(item, &call.event),
                },
                // A swap between the two routings gave the event to somebody else.
                None => self.host_says(item, texts::changed_meanwhile(), "changed-meanwhile"),
            },
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
                let asked = Asked { command: &command, arguments: &arguments, workspace, person, authority, host: self };
                let ended = self.own(item, asked).await;
                Ended { what: command, rule, ..ended }
            }
            Answer::Denied(denial) => {
                let help = self.help(&item.event.workspace, &denial).await;
                let ended = self.host_says(item, texts::denied(&denial, &help), "denied");
                Ended { what: denial.command, rule: denial.rule, ..ended }
            }
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

    /// What is set for a plugin in this workspace, in chat or by the operator.
    async fn settings(&self, workspace: &WorkspaceId, generation: &Generation) -> Arc<Values> {
        match self.ledger.settings(workspace, &generation.name).await {
            Ok(in_chat) if in_chat.is_empty() => Arc::clone(&generation.settings),
            Ok(in_chat) => Arc::new(generation.settings_with(&in_chat).0),
            Err(why) => {
                tracing::error!(plugin = %generation.name, %why, "what was set in chat cannot be read");
                Arc::clone(&generation.settings)
            }
        }
    }

    /// For a plugin whose file is gone: what was due is set again, and waits until the plugin is back; a person is told.
    fn gone(&self, item: &Item, event: &Handed) -> Ended {
        let again = match &item.event.what {
            What::TimerDue { due, .. } | What::ScheduleDue { due, .. } => Some(*due),
            What::QuestionExpired { question, .. } => Some(question.deadline),
            _ => None,
        };
        if again.is_none() && item.event.person.is_some() {
            return self.host_says(item, texts::not_loaded(&item.plugin), "not-loaded");
        }
        Ended { again, what: event.what(), outcome: "not-loaded".to_owned(), ..Ended::default() }
    }

    /// The host speaks to the person of the event, for that person's eyes only.
    fn host_says(&self, item: &Item, message: Message, outcome: &str) -> Ended {
        let effects = Effects { says: whisper(item, message).into_iter().collect(), ..Effects::default() };
        Ended { effects, what: what_asked(&item.event), outcome: outcome.to_owned(), ..Ended::default() }
    }

    async fn call(
        &self,
        item: &Item,
        generation: &Arc<Generation>,
        event: Handed,
        person: Option<Person>,
        invocation: Invocation,
    ) -> Ended {
        let what = event.what();
        let build = generation.build();
        if self.is_stale(item, generation, &event).await {
            return Ended { build, what, outcome: "stale".to_owned(), ..Ended::default() };
        }
        let usage = usage_of(generation, &event);
        let reference = invocation.reference.clone();
        let (answers, again) = ends(&event);
        let (effects, outcome, detail) = match generation.handle(&self.engine, invocation, person, seed(item), event).await {
            Ok(Done { effects, returned: Ok(outcome) }) => {
                let (outcome, data) = (outcome_code(&outcome.code), outcome.data);
                return Ended { effects, answered: answers, again, build, what, outcome, data, ..Ended::default() };
            }
            Ok(Done { returned: Err(failure), .. }) => failed(item, failure, usage.as_deref(), &reference),
            Err(crash) => crashed(item, &crash, &reference),
        };
        // Nothing was changed: the question stands, and can be answered again.
        Ended { effects, again, build, what, outcome, detail, ..Ended::default() }
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

    fn invocation(
        &self,
        item: &Item,
        generation: &Generation,
        event: &Handed,
        settings: Arc<Values>,
        reference: &str,
        now: Instant,
    ) -> Invocation {
        Invocation::from(Circumstances {
            plugin: generation.name.clone(),
            workspace: item.event.workspace.clone(),
            event: item.id,
            reference: reference.to_owned(),
            place: place_of(item, event),
            person: item.event.person.clone(),
            now,
            grants: Arc::clone(&generation.grants),
            settings,
            limits: generation.limits,
            ledger: Arc::clone(&self.ledger),
            directory: Arc::clone(&self.directory),
        })
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

/// Names an invocation in chat, log and audit. The same event for the same plugin always gives the same.
fn reference(item: &Item) -> String {
    let digest = digest(item);
    format!("{:02x}{:02x}{:02x}", digest[0], digest[1], digest[2])
}

/// Seed for chance: the same event for the same plugin always gives the same.
fn seed(item: &Item) -> u64 {
    let digest = digest(item);
    u64::from_be_bytes(digest[8..16].try_into().expect("eight bytes"))
}

fn digest(item: &Item) -> [u8; 32] {
    let mut hasher = Sha256::new();
    for part in [&item.event.workspace.0, &item.event.key, &item.plugin.0] {
        hasher.update(part.as_bytes());
        hasher.update([0]);
    }
    hasher.update(item.event.at.0.to_be_bytes());
    hasher.finalize().into()
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

fn outcome_code(code: &str) -> String {
    if code.is_empty() { "ok".to_owned() } else { code.to_owned() }
}

/// The plugin said no: its wishes are dropped, the person is told why.
fn failed(item: &Item, failure: Failure, usage: Option<&str>, reference: &str) -> (Effects, String, String) {
    let (message, outcome, detail) = match failure {
        Failure::Usage(why) => (texts::bad_usage(&why, usage), "usage", why),
        Failure::Refused(message) => (message, "refused", String::new()),
        Failure::Broken(why) => {
            tracing::error!(why, "the plugin is broken");
            (texts::apology(&item.plugin, reference, None), "broken", why)
        }
    };
    let says = whisper(item, message).into_iter().collect();
    (Effects { says, ..Effects::default() }, outcome.to_owned(), detail)
}

/// The plugin did not return: the person gets an apology, the operator the reason.
fn crashed(item: &Item, crash: &Crash, reference: &str) -> (Effects, String, String) {
    tracing::error!(why = %crash, "the plugin stopped");
    let says = whisper(item, texts::apology(&item.plugin, reference, Some(crash))).into_iter().collect();
    (Effects { says, ..Effects::default() }, crash.code().to_owned(), crash.to_string())
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
