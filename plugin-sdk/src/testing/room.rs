//! The room itself: people, channels, a clock, and one plugin.

mod due;
mod happening;
mod stage;

use super::people::{People, sees};
use super::rules::{Rule, Rules};
use super::state::{CallState, State};
use crate::chat::Form;
use crate::events::{Answered, Event, HttpAnswer, HttpFailure, Other, Response, Scheduled, Submission, Upgrade, Webhook};
use crate::{Context, Plugin, Reply, Result};
use due::{Planned, plan};
use happening::{Pressed, direct};
use hatstand_common::declaration::{Action, Command, Description, Kind};
use hatstand_common::grammar::{self, Circumstances, Grammar};
use hatstand_common::program::Program;
use hatstand_common::transcript::{self, Name, Pressable, START, typed};
use hatstand_common::value::{Instant, PersonId, Place, Value};
use regex::{Regex, RegexBuilder};
use serde::de::DeserializeOwned;
use std::collections::{BTreeMap, BTreeSet};

/// A room with people, channels and one plugin.
///
/// It is Monday, 2026-01-05 10:00 UTC, until [`wait`](Room::wait) moves the clock. People are there as soon as they are named; their
/// identity is their name, `User::from("ann")`. They talk in `#general` until they [`go_to`](Room::go_to) another channel. The plugin
/// has every grant that it wants until one is [revoked](Room::revoke), and every setting has its default until it is
/// [set](Room::set). Its schedules run as the clock moves; those that name no zone are in UTC.
#[derive(Debug)]
pub struct Room {
    plugin: Description,
    handle: fn(&mut Context, Event) -> Result<Reply>,
    grammar: Grammar,
    patterns: Vec<(String, Regex)>,
    here: Name,
    now: Instant,
    people: People,
    rules: Rules,
    grants: BTreeSet<String>,
    settings: BTreeMap<String, Value>,
    state: State,
    schedules: Vec<Planned>,
    /// How many things have happened, which gives each invocation its reference and its seed.
    happened: u64,
    unheard: Vec<transcript::Line>,
    outcome: Outcome,
    log: Vec<String>,
    about: String,
    usage: Usage,
}

/// How much of the host an invocation used, which the real host limits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// Calls of the host.
    pub calls: usize,
    /// Bytes that the store brought and took.
    pub bytes: usize,
}

/// What came of the last event, for programs.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outcome {
    /// The code of the reply, `ok` if it has none; or `usage`, `refused`, `broken`, `misread`, `denied`.
    pub code: String,
    /// The data of the reply.
    pub data: serde_json::Value,
    /// Why it is broken, as the operator's log has it.
    pub broken: Option<String>,
}

/// A request that the plugin has sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The name of the handler for the response, and what comes after.
    pub tag: String,
    /// Such as `GET`.
    pub method: String,
    /// The address.
    pub url: String,
    /// Names and values.
    pub headers: Vec<(String, String)>,
    /// What is sent.
    pub body: Vec<u8>,
    /// How often the host would try again.
    pub retries: u8,
    /// By which the destination knows a repeat.
    pub idempotency_key: Option<String>,
}

impl Room {
    /// A room with this plugin, and nothing has happened yet but that it was installed.
    ///
    /// # Panics
    ///
    /// If the host would refuse the plugin: usages that cannot be told apart, patterns that are no regular expressions, defaults of
    /// settings that cannot be read, schedules that never come.
    #[track_caller]
    pub fn with<P: Plugin>() -> Self {
        let plugin = P::description();
        let mut room = Self {
            grammar: grammar(&plugin.commands),
            patterns: plugin.patterns.iter().map(|pattern| (pattern.name.clone(), regex(&pattern.expression))).collect(),
            handle: P::handle,
            here: Name::from("general"),
            now: START,
            people: People::default(),
            rules: Rules { actions: actions(&plugin), rules: Vec::new() },
            grants: plugin.wants.iter().cloned().collect(),
            settings: BTreeMap::new(),
            state: State::default(),
            schedules: plan(&plugin.schedules, START),
            happened: 0,
            unheard: Vec::new(),
            outcome: Outcome::default(),
            log: Vec::new(),
            about: String::new(),
            usage: Usage::default(),
            plugin,
        };
        room.set_defaults();
        if room.subscribes("installed") {
            room.handle(None, None, Event::Installed);
        }
        room
    }

    /// Everybody goes to another channel, written without `#`.
    pub fn go_to(&mut self, channel: &str) {
        self.here = channel.into();
    }

    /// Somebody says this to the bot, in the channel. `@jane` mentions a person, `#dev` a channel.
    pub fn says(&mut self, who: &str, line: &str) {
        let place = self.here();
        let line = typed(line);
        self.command(place, &who.into(), &line);
    }

    /// Somebody says this to the bot in a thread of the channel.
    pub fn says_in_thread(&mut self, who: &str, thread: &str, line: &str) {
        let place = Place { thread: Some(thread.to_owned()), ..self.here() };
        let line = typed(line);
        self.command(place, &who.into(), &line);
    }

    /// Somebody says this in the channel, and not to the bot.
    pub fn mutters(&mut self, who: &str, text: &str) {
        let place = self.here();
        self.overhear(place, &who.into(), text);
    }

    /// Somebody says this to the bot in direct messages.
    pub fn tells(&mut self, who: &str, line: &str) {
        let place = direct(who);
        let line = typed(line);
        self.command(place, &who.into(), &line);
    }

    /// A program says this to the bot, through the HTTP API, in the channel.
    pub fn calls(&mut self, program: Program<'_>, line: &str) {
        let place = self.here();
        let line = typed(line);
        self.command(place, &program.id(), &line);
    }

    /// What came of the commands of programs that were left open under a key: none while they are.
    ///
    /// # Panics
    ///
    /// If no command was left open under this key.
    #[track_caller]
    pub fn answered(&self, key: &str) -> Option<Outcome> {
        match self.state.calls.get(key) {
            Some(CallState::Open) => None,
            Some(CallState::Answered { code, data }) => {
                Some(Outcome { code: code.clone(), data: serde_json::from_str(data).unwrap_or_default(), broken: None })
            }
            None => panic!("no command was left open under `{key}`"),
        }
    }

    /// Nobody asks any more what came of the commands that were left open under a key.
    pub fn abandons(&mut self, key: &str) {
        let payload = serde_json::json!({ "key": key }).to_string();
        self.handle(None, None, Event::Other(Other { name: "call-abandoned".to_owned(), payload }));
    }

    /// Somebody presses a button, or chooses from a menu: the newest one with this label that the person sees, wherever it is.
    ///
    /// # Panics
    ///
    /// If there is none.
    #[track_caller]
    pub fn presses(&mut self, who: &str, label: &str) {
        let newest = self.state.posts.iter().rev().filter(|post| sees(&post.audience, who));
        let found = newest.flat_map(|post| Pressable::all(&post.message).into_iter().map(move |pressable| (post, pressable)));
        let Some((post, pressable)) = found.into_iter().find(|(_, pressable)| pressable.label == label) else {
            panic!("there is nothing called `{label}` that {who} could press");
        };
        let pressed = Pressed::new(post, &pressable);
        self.press(&who.into(), pressed);
    }

    /// Time passes, written as people write it: `2 hours`, `1h30m`. What comes due on the way happens at its moment.
    ///
    /// # Panics
    ///
    /// If this is no length of time.
    #[track_caller]
    pub fn wait(&mut self, time: &str) {
        let Value::Duration(time) = self.read(&Kind::Duration, time).unwrap_or_else(|why| panic!("{why}")) else {
            unreachable!("a length of time was asked for");
        };
        self.pass(time);
    }

    /// What the bot did since the last look, as a transcript shows it: `bot> text` in the channel, `bot(ann)> text` for the eyes of ann
    /// only, `bot@ann> text` in direct messages, `bot#ops> text` in another channel; `bot edits>` and `bot reacts>`.
    pub fn heard(&mut self) -> Vec<String> {
        let here = transcript::Room::Channel(self.here.clone());
        self.unheard.drain(..).map(|line| line.shown_in(Some(&here)).join("\n")).collect()
    }

    /// What came of the last event, for programs.
    pub fn outcome(&self) -> &Outcome {
        &self.outcome
    }

    /// The most that any one invocation used of the host since the last look: those of timers and of whatever else followed count, too.
    pub fn usage(&mut self) -> Usage {
        std::mem::take(&mut self.usage)
    }

    /// The value that the plugin has stored under a key.
    ///
    /// # Panics
    ///
    /// If it is no `T`.
    #[track_caller]
    pub fn stored<T: DeserializeOwned>(&self, key: &str) -> Option<T> {
        let value = self.state.store.get(key)?;
        Some(serde_json::from_slice(value).unwrap_or_else(|why| panic!("`{key}` is of another type: {why}")))
    }

    /// The lines of the operator's log.
    pub fn log(&self) -> &[String] {
        &self.log
    }

    /// What the last event was about, as the plugin said.
    pub fn about(&self) -> &str {
        &self.about
    }

    /// The time.
    pub fn now(&self) -> Instant {
        self.now
    }

    /// The operator sets something, as it is typed.
    ///
    /// # Panics
    ///
    /// If the plugin has no such setting, or this cannot be its value.
    #[track_caller]
    pub fn set(&mut self, setting: &str, value: &str) {
        self.try_set(setting, value).unwrap_or_else(|why| panic!("{why}"));
    }

    /// The operator gives a grant, such as `chat:direct`.
    pub fn grant(&mut self, grant: &str) {
        self.grants.insert(grant.to_owned());
    }

    /// The operator takes a grant back.
    pub fn revoke(&mut self, grant: &str) {
        self.grants.remove(grant);
    }

    /// Somebody is an administrator of the bot from here on.
    pub fn admin(&mut self, who: &str) {
        self.people.admins.insert(who.into());
    }

    /// A rule of the operator from here on: everybody may do this, by the name of the action, to whatever it is.
    pub fn allow(&mut self, action: &str) {
        self.rules.rules.push(Rule { action: action.to_owned(), value: None, person: None, allow: true });
    }

    /// A rule of the operator from here on: somebody may not do this to a subject that has a part of this value.
    pub fn deny(&mut self, who: &str, action: &str, value: &str) {
        self.rules.rules.push(Rule { action: action.to_owned(), value: Some(value.to_owned()), person: Some(who.into()), allow: false });
    }

    /// Somebody's time zone from here on, such as `Europe/Berlin`.
    pub fn zone(&mut self, who: &str, zone: &str) {
        self.people.zones.insert(who.into(), zone.to_owned());
    }

    /// The requests that the plugin has sent so far.
    pub fn requests(&self) -> &[Request] {
        &self.state.requests
    }

    /// The request with this tag has an answer.
    pub fn responds(&mut self, tag: &str, status: u16, body: impl Into<Vec<u8>>) {
        let answer = HttpAnswer { status, headers: Vec::new(), body: body.into() };
        self.happens(Event::Response(Response { tag: tag.to_owned(), outcome: Ok(answer) }));
    }

    /// The request with this tag has an answer with headers.
    pub fn responds_with(&mut self, tag: &str, answer: HttpAnswer) {
        self.happens(Event::Response(Response { tag: tag.to_owned(), outcome: Ok(answer) }));
    }

    /// The request with this tag has no answer.
    pub fn fails(&mut self, tag: &str, failure: HttpFailure) {
        self.happens(Event::Response(Response { tag: tag.to_owned(), outcome: Err(failure) }));
    }

    /// A webhook comes in under this name, its signature checked: it happens in no place, and no person did it.
    pub fn webhook(&mut self, name: &str, headers: &[(&str, &str)], body: impl Into<Vec<u8>>) {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        self.handle(None, None, Event::Webhook(Webhook { name: name.to_owned(), headers, body: body.into() }));
    }

    /// Something stands in the plugin's store, as another build of it or a fault may have left it.
    pub fn store(&mut self, key: &str, value: impl Into<Vec<u8>>) {
        self.state.store.insert(key.to_owned(), value.into());
    }

    /// Queues and bodies of what the plugin has published so far.
    pub fn published(&self) -> &[(String, Vec<u8>)] {
        &self.state.published
    }

    /// The forms that were opened so far, and for whom.
    pub fn forms(&self) -> impl Iterator<Item = (&PersonId, &Form)> {
        self.state.forms.iter().map(|(person, form)| (person, form))
    }

    /// Somebody sends in a form.
    pub fn submits(&mut self, who: &str, key: &str, values: &[(&str, &str)]) {
        let values = values.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let place = self.here();
        self.handle(Some(place), Some(who.into()), Event::Form(Submission { key: key.to_owned(), values }));
    }

    /// Somebody answers the question that was asked last, in text.
    ///
    /// # Panics
    ///
    /// If no question that takes text was asked.
    #[track_caller]
    pub fn answers(&mut self, who: &str, text: &str) {
        let Some(key) = self.asked(&direct(who), &who.into()) else {
            panic!("{who} was asked nothing that takes text");
        };
        self.answer(&key, Answered::Said(text.to_owned()));
    }

    /// A schedule is due now, by the name of its handler, besides its own times.
    pub fn schedule(&mut self, name: &str) {
        let due = self.now;
        self.handle(None, None, Event::Schedule(Scheduled { name: name.to_owned(), due, missed: 0 }));
    }

    /// Another build of the plugin takes over from one of this version.
    pub fn upgrade_from(&mut self, previous: &str) {
        self.handle(None, None, Event::Upgraded(Upgrade { previous: previous.to_owned() }));
    }

    /// Anything else happens, in the channel, and no person did it.
    pub fn happens(&mut self, event: Event) {
        let place = self.here();
        self.handle(Some(place), None, event);
    }

    /// Anything else happens, in the channel, and this person did it.
    pub fn does(&mut self, who: &str, event: Event) {
        let place = self.here();
        self.handle(Some(place), Some(who.into()), event);
    }

    fn here(&self) -> Place {
        Place { channel: self.here.as_str().into(), thread: None }
    }

    fn try_set(&mut self, setting: &str, value: &str) -> std::result::Result<(), String> {
        let declared = self.plugin.settings.iter().find(|declared| declared.name == setting);
        let kind = declared.map(|declared| declared.kind.clone()).ok_or_else(|| format!("there is no setting `{setting}`"))?;
        let value = self.read(&kind, value)?;
        self.settings.insert(setting.to_owned(), value);
        Ok(())
    }

    #[track_caller]
    fn set_defaults(&mut self) {
        for setting in self.plugin.settings.clone() {
            if !setting.default.is_empty() {
                self.try_set(&setting.name, &setting.default).unwrap_or_else(|why| panic!("the default of `{}`: {why}", setting.name));
            }
        }
    }

    fn read(&self, kind: &Kind, text: &str) -> std::result::Result<Value, String> {
        let circumstances = Circumstances { now: self.now, zone: "UTC".to_owned() };
        grammar::read(kind, &typed(text), &circumstances).map_err(|unreadable| unreadable.sentence())
    }
}

#[track_caller]
fn grammar(commands: &[Command]) -> Grammar {
    let checked = hatstand_common::usage::check(commands).and_then(|()| Grammar::new(commands));
    checked.unwrap_or_else(|problems| {
        let problems: Vec<String> = problems.iter().map(ToString::to_string).collect();
        panic!("the host would refuse these commands:\n{}", problems.join("\n"))
    })
}

#[track_caller]
fn actions(plugin: &Description) -> Vec<Action> {
    let json = plugin.actions().unwrap_or("[]");
    let actions: Vec<Action> = serde_json::from_str(json).unwrap_or_else(|why| panic!("the actions of `{}`: {why}", plugin.name));
    for (action, name) in actions.iter().flat_map(|action| action.commands.iter().map(move |name| (action, name))) {
        let exists = plugin.commands.iter().any(|command| command.name == *name);
        assert!(exists, "the action `{}` names the command `{name}`, which `{}` does not have", action.name, plugin.name);
    }
    actions
}

#[track_caller]
fn regex(expression: &str) -> Regex {
    let regex = RegexBuilder::new(expression).case_insensitive(true).build();
    regex.unwrap_or_else(|why| panic!("`{expression}` is no regular expression: {why}"))
}
