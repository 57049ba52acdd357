//! What happens in a room: each thing is read as the host would read it, handed to the plugin, and shown to whom it is for.

use super::due::Due;
use super::{Outcome, Room, Usage};
use crate::Context;
use crate::events::{Answer, Answered, Call, Event, Heard, Press, Scheduled, Timer};
use crate::message::{Action, Message};
use crate::testing::invocation::Invocation;
use crate::testing::people::{Eyes, whisper_audience};
use crate::testing::state::{Asked, Post, Shown};
use crate::testing::texts;
use hatstand_common::declaration::{Access, Command};
use hatstand_common::grammar::{Circumstances, Line, Reading};
use hatstand_common::schedule::Run;
use hatstand_common::transcript::{self, Act, Pressable, render, typed};
use hatstand_common::value::{Instant, MessageId, PersonId, Place};
use std::time::Duration;

impl Room {
    pub(super) fn pass(&mut self, time: Duration) {
        let end = self.now + time;
        while let Some(due) = self.next_due(end) {
            self.now = self.now.max(due.at());
            self.fire(due);
        }
        self.now = end;
    }

    pub(super) fn command(&mut self, place: Place, who: &PersonId, line: &Line) {
        let admin = self.people.admins.contains(who);
        let circumstances = Circumstances { now: self.now, zone: self.people.zone(who).to_owned() };
        let may = |command: &Command| admin || command.access == Access::Everybody;
        let reading = self.grammar.read(line, &circumstances, |command| may(&self.grammar.commands()[command]));
        if let (Reading::Unknown(_), Some(key)) = (&reading, self.asked(&place, who)) {
            return self.answer(&key, Answered::Said(line.text.clone()));
        }
        if let Some(instead) = texts::instead(&reading) {
            self.answer_instead(&place, who, instead, "misread");
        }
        let Reading::Matched(found) = reading else {
            return;
        };
        let command = &self.grammar.commands()[found.command];
        if !may(command) {
            let denied = texts::denied(&command.shown_words(), &self.people.admins.iter().cloned().collect::<Vec<_>>());
            return self.answer_instead(&place, who, denied, "denied");
        }
        let call = Call { command: command.name.clone(), arguments: found.arguments, line: line.text.clone() };
        self.handle(Some(place), Some(who.clone()), Event::Command(call));
    }

    pub(super) fn overhear(&mut self, place: Place, who: &PersonId, text: &str) {
        if !self.grants.contains("hear") {
            return;
        }
        let matching = self.patterns.iter().filter(|(_, expression)| expression.is_match(text));
        let patterns: Vec<String> = matching.map(|(name, _)| name.clone()).collect();
        if patterns.is_empty() && !self.subscribes("message") {
            return;
        }
        let id = MessageId(format!("said.{}", self.happened));
        self.handle(Some(place), Some(who.clone()), Event::Message(Heard { id, text: text.to_owned(), patterns }));
    }

    pub(super) fn press(&mut self, who: &PersonId, pressed: Pressed) {
        let Pressed { message, place, action, only, until, question } = pressed;
        if let Some(only) = only.filter(|only| only != who) {
            return self.answer_instead(&place, who, texts::not_yours(only), "not-yours");
        }
        if let Some(until) = until.filter(|until| *until < self.now) {
            return self.answer_instead(&place, who, texts::too_late(until), "too-late");
        }
        match (action, question) {
            (Action::Press(value), Some(key)) if self.is_asked_by(&key, &message) => self.answer(&key, Answered::Chosen(value)),
            (_, Some(_)) => self.answer_instead(&place, who, texts::settled(), "settled"),
            (Action::Press(value), None) => self.handle(Some(place), Some(who.clone()), Event::Press(Press { value, message })),
            (Action::Say(line), None) => self.command(place, who, &typed(&line)),
        }
    }

    /// The newest question that this person can answer by text: of those asked in that channel, or of all in the direct conversation.
    pub(super) fn asked(&self, place: &Place, who: &PersonId) -> Option<String> {
        let there = |asked: &Asked| *place == direct(who.as_str()) || asked.at.channel == place.channel;
        let stands = |asked: &Asked| asked.text && asked.to == *who && asked.deadline >= self.now && there(asked);
        let asked = self.state.questions.iter().filter(|(_, asked)| stands(asked));
        asked.max_by_key(|(_, asked)| asked.order).map(|(key, _)| key.clone())
    }

    /// Does the message ask the question that stands under this key, and not one before it?
    fn is_asked_by(&self, key: &str, message: &MessageId) -> bool {
        self.state.questions.get(key).is_some_and(|asked| asked.message == *message)
    }

    /// If the handler fails, the question stands; but a deadline passes only once.
    pub(super) fn answer(&mut self, key: &str, answered: Answered) {
        let Some(asked) = self.state.questions.remove(key) else {
            return;
        };
        let expired = answered == Answered::Expired;
        let event = Event::Answer(Answer { key: key.to_owned(), answered });
        let went_well = self.invoke(Some(asked.at.clone()), Some(asked.to.clone()), event);
        if !expired && !went_well {
            self.state.questions.insert(key.to_owned(), asked);
        }
        self.catch_up();
    }

    fn next_due(&self, end: Instant) -> Option<Due> {
        let timers = self.state.timers.iter().map(|(key, timer)| Due::Timer(timer.due, key.clone()));
        let questions = self.state.questions.iter().map(|(key, asked)| Due::Question(asked.deadline, key.clone()));
        let schedules = self.schedules.iter().enumerate();
        let schedules = schedules.filter_map(|(number, planned)| Some(Due::Schedule(planned.due?, number)));
        timers.chain(questions).chain(schedules).filter(|due| due.at() <= end).min_by_key(Due::at)
    }

    fn fire(&mut self, due: Due) {
        match due {
            Due::Question(_, key) => self.answer(&key, Answered::Expired),
            Due::Schedule(due, number) => {
                let planned = &mut self.schedules[number];
                let Run { due, missed } = planned.cron.run(due, self.now);
                planned.due = planned.cron.next(self.now);
                let event = Scheduled { name: planned.name.clone(), due, missed };
                self.handle(None, None, Event::Schedule(event));
            }
            Due::Timer(due, key) => {
                let timer = self.state.timers.remove(&key).expect("it was found there");
                self.handle(timer.place, None, Event::Timer(Timer::new(key, due, timer.payload)));
            }
        }
    }

    pub(super) fn handle(&mut self, place: Option<Place>, person: Option<PersonId>, event: Event) {
        self.invoke(place, person, event);
        self.catch_up();
    }

    /// What was set for a moment that has passed happens at once.
    fn catch_up(&mut self) {
        if let Some(due) = self.next_due(self.now) {
            self.fire(due);
        }
    }

    /// One invocation: all of it, or nothing, which is false.
    fn invoke(&mut self, place: Option<Place>, person: Option<PersonId>, event: Event) -> bool {
        self.happened += 1;
        let reference = format!("{:06x}", self.happened);
        let usage = self.usage_of(&event);
        let mut cx = self.context(&reference, place.clone(), person.as_ref());
        cx.note(&event);
        let invocation = self.invocation(&reference, place.clone(), person.clone());
        let handle = self.handle;
        let (invocation, returned) = invocation.run(|| handle(&mut cx, event).and_then(|reply| reply.deliver(&cx)));
        self.log.extend(invocation.log);
        self.about = invocation.about;
        self.usage.calls = self.usage.calls.max(invocation.usage.calls);
        self.usage.bytes = self.usage.bytes.max(invocation.usage.bytes);
        let went_well = returned.is_ok();
        match returned {
            Ok(outcome) => {
                self.state = invocation.state;
                let code = if outcome.code.is_empty() { "ok".to_owned() } else { outcome.code };
                let data = serde_json::from_str(&outcome.data).unwrap_or_default();
                self.outcome = Outcome { code, data, broken: None };
                invocation.shown.into_iter().for_each(|shown| self.show(&shown));
            }
            Err(error) => self.fail(error, place, person, usage.as_deref(), &reference),
        }
        went_well
    }

    fn fail(&mut self, error: crate::Error, place: Option<Place>, person: Option<PersonId>, usage: Option<&str>, reference: &str) {
        let (code, broken) = match &error {
            crate::Error::Usage(_) => ("usage", None),
            crate::Error::Refused(_) => ("refused", None),
            crate::Error::Broken(why) => ("broken", Some(why.clone())),
        };
        if let Some(why) = &broken {
            // Shown where the test fails, which it will.
            eprintln!("broken (ref {reference}): {why}");
        }
        let message = texts::failure(error, &self.plugin.name, usage, reference);
        if let (Some(place), Some(person)) = (place, person) {
            self.answer_instead(&place, &person, message, code);
        }
        self.outcome = Outcome { code: code.to_owned(), data: serde_json::Value::Null, broken };
    }

    /// The host speaks to one person, for their eyes only.
    fn answer_instead(&mut self, place: &Place, who: &PersonId, message: Message, code: &str) {
        self.outcome = Outcome { code: code.to_owned(), ..Outcome::default() };
        self.show(&Shown { audience: whisper_audience(&place.channel, who), act: Act::Says, message });
    }

    fn show(&mut self, shown: &Shown) {
        let eyes = Eyes { zone: self.people.zone_of(&shown.audience), now: self.now };
        let text = render(&shown.message, &eyes);
        self.unheard.push(transcript::Line::new(shown.audience.clone(), shown.act, text));
    }
}

/// What is needed for that.
impl Room {
    pub(super) fn subscribes(&self, to: &str) -> bool {
        self.plugin.subscriptions.iter().any(|subscription| subscription == to)
    }

    fn usage_of(&self, event: &Event) -> Option<String> {
        let Event::Command(call) = event else {
            return None;
        };
        let command = self.plugin.commands.iter().find(|command| command.name == call.command)?;
        Some(command.shown_usage())
    }

    fn context(&self, reference: &str, place: Option<Place>, person: Option<&PersonId>) -> Context {
        let person = person.and_then(|id| self.people.person(id));
        Context::new(reference.to_owned(), "test".to_owned(), place, person, self.now, self.happened)
    }

    fn invocation(&self, reference: &str, place: Option<Place>, person: Option<PersonId>) -> Invocation {
        Invocation {
            reference: reference.to_owned(),
            place,
            person,
            grants: self.grants.clone(),
            settings: self.settings.clone(),
            people: self.people.clone(),
            rules: self.rules.clone(),
            state: self.state.clone(),
            shown: Vec::new(),
            log: Vec::new(),
            about: String::new(),
            written: 0,
            usage: Usage::default(),
        }
    }
}

/// What was pressed, and what limits it.
pub(super) struct Pressed {
    message: MessageId,
    place: Place,
    action: Action,
    only: Option<PersonId>,
    until: Option<Instant>,
    question: Option<String>,
}

impl Pressed {
    pub(super) fn new(post: &Post, pressable: &Pressable<'_>) -> Self {
        Self {
            message: post.id.clone(),
            place: post.place.clone(),
            action: pressable.action.clone(),
            only: pressable.only.cloned(),
            until: pressable.until,
            question: post.question.clone(),
        }
    }
}

pub(super) fn direct(who: &str) -> Place {
    Place { channel: format!("@{who}").into(), thread: None }
}
