//! Decides who is concerned with an event, from what the loaded plugins declare. Pure: no plugin is woken to be asked.

mod answer;
mod handed;

pub use answer::Answer;
pub use handed::{Answered, CALL_ABANDONED, HOME_OPENED, Handed, MIGRATE};

use crate::builtin;
use crate::ledger::{self, Asked};
use crate::model::{ActionDigest, Called, Event, PluginName, Said, What};
use crate::permissions::{Authority, Ruling};
use crate::plugins::registry::{Presence, Registry};
use hatstand_common::declaration::{Command, Kind, Schedule};
use hatstand_common::grammar::{Circumstances, Line, Match, Reading};
use hatstand_common::message::Action;
use hatstand_common::schedule::{Cron, Run};
use hatstand_common::transcript::Pressable;
use hatstand_common::value::{Argument, Instant, MessageId, Person, PersonId, Value};

/// Who is concerned, and with what.
#[derive(Clone, Debug, PartialEq)]
pub enum Route {
    /// These plugins are to be called.
    Plugins(Vec<Call>),
    /// The host answers by itself.
    Host(Answer),
    /// Nobody is.
    Nobody,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    pub plugin: PluginName,
    pub event: Handed,
    /// What allowed it, for the audit; empty where nothing had to.
    pub rule: String,
}

/// What the decision depends on besides the event.
#[derive(Clone, Copy, Debug)]
pub struct Situation<'a> {
    pub registry: &'a Registry,
    pub now: Instant,
    /// Who did it, if a person did that is known.
    pub person: Option<&'a Person>,
    /// What whoever did it may do.
    pub authority: &'a Authority<'a>,
    /// The message whose button was pressed, as it stands.
    pub pressed: Option<&'a ledger::Said>,
    /// The question that it may answer: the one that the pressed message asks, or one that this person can answer by text there.
    pub asked: Option<&'a Asked>,
}

/// Would the event wake nobody, whoever did it?
pub fn is_idle(event: &Event, registry: &Registry) -> bool {
    let silent = |kind| registry.subscribers(kind).next().is_none();
    match &event.what {
        What::Said(said) if said.addressed => false,
        What::Said(said) => overheard(registry, said, None).is_empty(),
        What::Reacted { .. } => silent("reaction"),
        What::Joined { .. } => silent("member-joined"),
        What::Left { .. } => silent("member-left"),
        What::PersonChanged(_) => silent("person-changed"),
        What::ChannelChanged(_) => silent("channel-changed"),
        What::HomeOpened => silent(HOME_OPENED),
        What::Called(_)
        | What::Pressed { .. }
        | What::FormSent { .. }
        | What::TooMuch(_)
        | What::TimerDue { .. }
        | What::QuestionExpired { .. }
        | What::ScheduleDue { .. }
        | What::Installed { .. }
        | What::Upgraded { .. }
        | What::Abandoned { .. }
        | What::Responded { .. }
        | What::Received { .. }
        | What::Notice { .. } => false,
    }
}

/// Who hears a line that is not meant for the bot, or whether this one plugin does. That needs no permission, but matching may take a while.
pub fn overheard(registry: &Registry, said: &Said, only: Option<&PluginName>) -> Vec<Call> {
    let is_asked = |plugin: &PluginName| only.is_none_or(|only| only == plugin);
    let mut calls: Vec<Call> = Vec::new();
    for (plugin, patterns) in registry.patterns().filter(|(plugin, _)| is_asked(plugin)) {
        let matching = patterns.matching(&said.line.text);
        if !matching.is_empty() {
            calls.push(hears(plugin, said, matching));
        }
    }
    for plugin in registry.subscribers("message").filter(|plugin| is_asked(plugin)) {
        if calls.iter().all(|call| call.plugin != *plugin) {
            calls.push(hears(plugin, said, Vec::new()));
        }
    }
    calls
}

/// A route to these, if there are any.
pub fn called_or_nobody(calls: Vec<Call>) -> Route {
    if calls.is_empty() { Route::Nobody } else { Route::Plugins(calls) }
}

pub fn route(event: &Event, situation: Situation<'_>) -> Route {
    let one = |plugin: &PluginName, event| Route::Plugins(vec![call(plugin, event)]);
    match &event.what {
        What::TooMuch(much) => Route::Host(Answer::TooMuch(*much)),
        What::Said(Said { addressed: true, .. }) | What::Pressed { .. } | What::FormSent { .. } if situation.is_by_nobody() => {
            Route::Host(Answer::Deactivated)
        }
        What::Said(said) if said.addressed => situation.command(&said.line),
        What::Said(said) => called_or_nobody(overheard(situation.registry, said, None)),
        What::Called(called) => situation.called(called),
        What::Pressed { message, number, seen } => situation.pressed(event.person.as_ref(), message, (*number, seen.as_ref())),
        What::FormSent { plugin, key, values } => one(plugin, Handed::Form { key: key.clone(), values: values.clone() }),
        What::TimerDue { plugin, key, payload, due, .. } => {
            one(plugin, Handed::Timer { key: key.clone(), payload: payload.clone(), due: *due })
        }
        What::QuestionExpired { plugin, timer, question } => {
            let (at, key) = (question.at.clone(), question.key.clone());
            one(plugin, Handed::Answer { id: *timer, at, key, answered: Answered::Expired })
        }
        What::ScheduleDue { plugin, schedule, due, .. } => one(plugin, scheduled(schedule, *due, situation.now)),
        What::Responded { plugin, response, .. } => one(plugin, Handed::Response(response.clone())),
        What::Received { plugin, webhook, .. } => one(plugin, Handed::Webhook(webhook.clone())),
        What::Installed { plugin } => one(plugin, Handed::Installed),
        What::Upgraded { plugin, previous } => one(plugin, Handed::Upgraded { previous: previous.clone() }),
        What::Reacted { message, emoji, added } => {
            situation.subscribed("reaction", &Handed::Reaction { message: message.clone(), emoji: emoji.clone(), added: *added })
        }
        What::Joined { person, channel } => {
            situation.subscribed("member-joined", &Handed::Joined { person: person.clone(), channel: channel.clone() })
        }
        What::Left { person, channel } => {
            situation.subscribed("member-left", &Handed::Left { person: person.clone(), channel: channel.clone() })
        }
        What::PersonChanged(person) => situation.subscribed("person-changed", &Handed::PersonChanged(person.clone())),
        What::HomeOpened => {
            let event = Handed::Other { name: HOME_OPENED.to_owned(), payload: "{}".to_owned() };
            situation.subscribed(HOME_OPENED, &event)
        }
        What::ChannelChanged(channel) => situation.subscribed("channel-changed", &Handed::ChannelChanged(channel.clone())),
        What::Abandoned { plugin, key } => situation.abandoned(plugin, key),
        What::Notice { text } => Route::Host(Answer::Notice(text.clone())),
    }
}

/// A command with its arguments, and whose it is.
#[derive(Clone, Debug, PartialEq)]
pub struct Meant<'a> {
    pub plugin: &'a PluginName,
    pub command: &'a Command,
    pub arguments: Vec<Argument>,
}

/// What a line asks for, whoever may do that; or what to answer instead. Only commands that are `shown` are suggested.
pub fn meant<'a>(line: &Line, situation: Situation<'a>, shown: impl Fn(&PluginName, &Command) -> bool) -> Result<Meant<'a>, Answer> {
    let Situation { registry, now, person, asked, .. } = situation;
    let shown = |command| {
        let (plugin, command) = registry.owned(command);
        shown(plugin, command)
    };
    let zone = person.map_or("UTC", |person| person.zone.as_str()).to_owned();
    match registry.grammar().read(line, &Circumstances { now, zone }, shown) {
        Reading::Matched(Match { command, arguments }) => {
            let (plugin, command) = registry.owned(command);
            Ok(Meant { plugin, command, arguments })
        }
        // It may be an answer.
        Reading::Unknown(unknown) if asked.is_some() => Err(Answer::Unknown(unknown)),
        Reading::Misread(_) | Reading::Unknown(_) if let Some(topic) = asks_for_help(&line.text) => Err(help(Some(topic))),
        Reading::Misread(misread) => Err(Answer::Misread(misread)),
        Reading::Unknown(unknown) => Err(Answer::Unknown(unknown)),
        // Whoever only calls the bot is told what it can do.
        Reading::Empty => Err(help(None)),
        Reading::TooLong { limit, .. } => Err(Answer::TooLong { limit }),
    }
}

impl Situation<'_> {
    /// A line that is meant for the bot.
    fn command(self, line: &Line) -> Route {
        match meant(line, self, |plugin, command| self.authority.could(plugin, command)) {
            Ok(meant) => self.matched(meant, &line.text),
            Err(Answer::Unknown(_)) if let Some(asked) = self.asked => answer(asked, Answered::Said(line.text.clone())),
            Err(answer) => Route::Host(answer),
        }
    }

    /// A command of a program, as it was read.
    fn called(self, called: &Called) -> Route {
        let declared = self.registry.commands().iter().find(|(plugin, command)| *plugin == called.plugin && command.name == called.command);
        match declared {
            Some((plugin, command)) if takes(command, &called.arguments) => {
                self.matched(Meant { plugin, command, arguments: called.arguments.clone() }, &called.line)
            }
            _ => Route::Host(Answer::Changed),
        }
    }

    /// Why a plugin cannot be called.
    fn not_loaded(self, plugin: &PluginName) -> Answer {
        match self.registry.presence(plugin) {
            Some(Presence::Resting { until }) => Answer::Resting { plugin: plugin.clone(), left: until.since(self.now) },
            _ => Answer::NotLoaded { plugin: plugin.clone() },
        }
    }

    /// Was it done with an account that is nobody's any more?
    fn is_by_nobody(self) -> bool {
        self.person.is_some_and(|person| !person.active)
    }

    fn matched(self, Meant { plugin, command, arguments }: Meant<'_>, line: &str) -> Route {
        let rule = match self.authority.ruling(plugin, command, &arguments) {
            Ruling::Allowed { rule } => rule,
            Ruling::Denied(denial) => return Route::Host(Answer::Denied(denial)),
        };
        if *plugin == PluginName::host() {
            return Route::Host(Answer::Own { command: command.name.clone(), arguments, rule });
        }
        if self.registry.live(plugin).is_none() {
            return Route::Host(self.not_loaded(plugin));
        }
        let event = Handed::Command { command: command.name.clone(), arguments, line: line.to_owned() };
        Route::Plugins(vec![Call { plugin: plugin.clone(), event, rule }])
    }

    fn pressed(self, by: Option<&PersonId>, message: &MessageId, (number, seen): (usize, Option<&ActionDigest>)) -> Route {
        let Some(said) = self.pressed else { return Route::Host(Answer::NoSuchButton) };
        let choices = said.say.how.message().map(Pressable::all).unwrap_or_default();
        let Some(choice) = choices.get(number) else {
            return Route::Host(Answer::NoSuchButton);
        };
        if seen.is_some_and(|seen| *seen != ActionDigest::of(choice.action)) {
            return Route::Host(Answer::Outdated);
        }
        let only = choice.only.or(said.say.how.only_seen_by());
        if let Some(only) = only.filter(|only| by != Some(*only)) {
            return Route::Host(Answer::NotYours { only: only.clone() });
        }
        if let Some(until) = choice.until.filter(|until| *until < self.now) {
            return Route::Host(Answer::TooLate { until });
        }
        if said.say.question.is_some() {
            return self.chosen(choice.action);
        }
        match choice.action {
            Action::Say(line) => self.command(&Line { text: line.clone(), mentions: Vec::new() }),
            Action::Press(value) => {
                let event = Handed::Press { value: value.clone(), message: message.clone() };
                Route::Plugins(vec![call(&said.plugin, event)])
            }
        }
    }

    fn chosen(self, choice: &Action) -> Route {
        let (Action::Press(value) | Action::Say(value)) = choice;
        match self.asked {
            Some(asked) => answer(asked, Answered::Chosen(value.clone())),
            None => Route::Host(Answer::Settled),
        }
    }

    /// A plugin that does not want to know is left alone.
    fn abandoned(self, plugin: &PluginName, key: &str) -> Route {
        if !self.registry.subscribers(CALL_ABANDONED).any(|subscriber| subscriber == plugin) {
            return Route::Nobody;
        }
        let payload = serde_json::json!({ "key": key }).to_string();
        let event = Handed::Other { name: CALL_ABANDONED.to_owned(), payload };
        Route::Plugins(vec![call(plugin, event)])
    }

    fn subscribed(self, kind: &str, event: &Handed) -> Route {
        called_or_nobody(self.registry.subscribers(kind).map(|plugin| call(plugin, event.clone())).collect())
    }
}

fn answer(asked: &Asked, answered: Answered) -> Route {
    let Asked { id, plugin, question } = asked;
    let event = Handed::Answer { id: *id, at: question.at.clone(), key: question.key.clone(), answered };
    Route::Plugins(vec![call(plugin, event)])
}

/// One run for all that are due by now.
fn scheduled(schedule: &Schedule, due: Instant, now: Instant) -> Handed {
    let name = schedule.name.clone();
    // It was read before, when it was planned.
    match Cron::read(schedule) {
        Ok(cron) => Handed::Schedule { name, run: cron.run(due, now), next: cron.next(now) },
        Err(_) => Handed::Schedule { name, run: Run { due, missed: 0 }, next: None },
    }
}

/// Are these arguments that the command declares?
fn takes(command: &Command, arguments: &[Argument]) -> bool {
    let fits = |argument: &Argument| {
        command.parameters.iter().any(|parameter| parameter.name == argument.name && is_of(&argument.value, &parameter.kind))
    };
    arguments.iter().all(fits)
}

fn is_of(value: &Value, kind: &Kind) -> bool {
    match (value, kind) {
        (Value::Text(_), Kind::Text)
        | (Value::Integer(_), Kind::Integer)
        | (Value::Boolean(_), Kind::Boolean)
        | (Value::Person(_), Kind::Person)
        | (Value::Channel(_), Kind::Channel)
        | (Value::Duration(_), Kind::Duration)
        | (Value::Instant(_), Kind::Instant) => true,
        (Value::Choice(word), Kind::Choice(words)) => words.contains(word),
        _ => false,
    }
}

/// `hat help` asks for help about `hat`, although no plugin declares that.
fn asks_for_help(line: &str) -> Option<&str> {
    let (topic, last) = line.trim().rsplit_once(char::is_whitespace)?;
    last.eq_ignore_ascii_case(builtin::HELP).then_some(topic.trim())
}

fn help(topic: Option<&str>) -> Answer {
    let topic = topic.map(|topic| Argument { name: builtin::TOPIC.to_owned(), value: Value::Text(topic.to_owned()) });
    // Whoever needs help gets it: what may be used is decided for each thing that it shows.
    Answer::Own { command: builtin::HELP.to_owned(), arguments: topic.into_iter().collect(), rule: "everybody".to_owned() }
}

/// A call that needs no permission.
fn call(plugin: &PluginName, event: Handed) -> Call {
    Call { plugin: plugin.clone(), event, rule: String::new() }
}

fn hears(plugin: &PluginName, said: &Said, patterns: Vec<String>) -> Call {
    let event = Handed::Heard { id: said.message.clone(), text: said.line.text.clone(), patterns };
    call(plugin, event)
}
