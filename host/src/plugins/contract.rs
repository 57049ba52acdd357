//! The contract as the engine sees it, and the way between its types and the host's own words.
//!
//! Mechanical on purpose: nothing is decided here.

use super::generation::{Failure, Outcome};
use crate::model::{Form, HttpAnswer, HttpFailure, Input, InputKind};
use crate::router::{Answered, Handed};
use hatstand_common::declaration::{Access, Command, Description, Kind, Parameter, Pattern, Schedule, Setting};
use hatstand_common::message::{Action, Block, Button, Choice, Field, Image, Look, Menu, Message, Span};
use hatstand_common::value::{Argument, Channel, Instant, Person, Place, Value, millis};
use std::time::Duration;

mod generated {
    wasmtime::component::bindgen!({
        path: "../wit",
        world: "hatstand-plugin",
        imports: { default: async | trappable },
        exports: { default: async },
    });
}

pub use generated::HatstandPluginPre;
pub use generated::exports::hatstand::plugin::plugin::{Failure as WireFailure, Outcome as WireOutcome};
pub use generated::hatstand::plugin::{calls, chat, directory, events, http, log, questions, rights, settings, store, timers, types};

use generated::hatstand::plugin::description;

pub fn description(from: description::Description) -> Description {
    Description {
        name: from.name,
        version: from.version,
        summary: from.summary,
        commands: from.commands.into_iter().map(command).collect(),
        patterns: from.patterns.into_iter().map(|p| Pattern { name: p.name, expression: p.expression }).collect(),
        subscriptions: from.subscriptions,
        schedules: from.schedules.into_iter().map(|s| Schedule { name: s.name, cron: s.cron, zone: s.zone }).collect(),
        webhooks: from.webhooks,
        wants: from.wants,
        settings: from.settings.into_iter().map(setting).collect(),
        more: more(from.more),
    }
}

fn command(from: description::Command) -> Command {
    Command {
        name: from.name,
        usages: from.usages,
        parameters: from.parameters.into_iter().map(|p| Parameter { name: p.name, kind: kind(p.kind) }).collect(),
        summary: from.summary,
        help: from.help,
        hidden: from.hidden,
        access: match from.access {
            description::Access::Everybody => Access::Everybody,
            description::Access::Admins => Access::Admins,
        },
        more: more(from.more),
    }
}

fn kind(from: description::Kind) -> Kind {
    match from {
        description::Kind::Text => Kind::Text,
        description::Kind::Integer => Kind::Integer,
        description::Kind::Boolean => Kind::Boolean,
        description::Kind::Person => Kind::Person,
        description::Kind::Channel => Kind::Channel,
        description::Kind::Duration => Kind::Duration,
        description::Kind::Instant => Kind::Instant,
        description::Kind::Choice(words) => Kind::Choice(words),
    }
}

fn setting(from: description::Setting) -> Setting {
    Setting { name: from.name, kind: kind(from.kind), default: from.default, summary: from.summary }
}

fn more(from: Vec<types::NamedValue>) -> Vec<(String, String)> {
    from.into_iter().map(|value| (value.name, value.value)).collect()
}

pub fn outcome(from: WireOutcome) -> Outcome {
    Outcome { code: from.code, data: from.data }
}

pub fn failure(from: WireFailure) -> Failure {
    match from {
        WireFailure::Usage(why) => Failure::Usage(why),
        WireFailure::Refused(text) => Failure::Refused(message(text)),
        WireFailure::Broken(why) => Failure::Broken(why),
    }
}

pub fn message(from: types::Message) -> Message {
    Message { text: from.text.into_iter().map(span).collect(), blocks: from.blocks.into_iter().map(block).collect() }
}

fn span(from: types::Span) -> Span {
    match from {
        types::Span::Markdown(text) => Span::Markdown(text),
        types::Span::Plain(text) => Span::Plain(text),
        types::Span::Mention(person) => Span::Mention(person.into()),
        types::Span::Name(person) => Span::Name(person.into()),
        types::Span::Channel(channel) => Span::Channel(channel.into()),
        types::Span::Time(at) => Span::Time(Instant(at)),
        types::Span::Everybody => Span::Everybody,
    }
}

pub fn to_span(span: Span) -> types::Span {
    match span {
        Span::Markdown(text) => types::Span::Markdown(text),
        Span::Plain(text) => types::Span::Plain(text),
        Span::Mention(person) => types::Span::Mention(person.0),
        Span::Name(person) => types::Span::Name(person.0),
        Span::Channel(channel) => types::Span::Channel(channel.0),
        Span::Time(at) => types::Span::Time(at.0),
        Span::Everybody => types::Span::Everybody,
    }
}

fn block(from: types::Block) -> Block {
    match from {
        types::Block::Fields(fields) => Block::Fields(fields.into_iter().map(field).collect()),
        types::Block::Buttons(buttons) => Block::Buttons(buttons.into_iter().map(button).collect()),
        types::Block::Menu(from) => Block::Menu(menu(from)),
        types::Block::Image(image) => Block::Image(Image { url: image.url, alt: image.alt }),
    }
}

fn field(from: types::Field) -> Field {
    Field { title: from.title, value: from.value.into_iter().map(span).collect() }
}

fn button(from: types::Button) -> Button {
    Button {
        label: from.label,
        action: action(from.action),
        look: match from.look {
            types::Look::Normal => Look::Normal,
            types::Look::Primary => Look::Primary,
            types::Look::Danger => Look::Danger,
        },
        only: from.only.map(Into::into),
        until: from.until.map(Instant),
    }
}

fn action(from: types::Action) -> Action {
    match from {
        types::Action::Say(line) => Action::Say(line),
        types::Action::Press(value) => Action::Press(value),
    }
}

fn menu(from: types::Menu) -> Menu {
    Menu {
        label: from.label,
        choices: from.choices.into_iter().map(|c| Choice { label: c.label, action: action(c.action) }).collect(),
        only: from.only.map(Into::into),
        until: from.until.map(Instant),
    }
}

pub fn form(from: chat::Form) -> Form {
    Form { key: from.key, title: from.title, inputs: from.inputs.into_iter().map(input).collect() }
}

fn input(from: chat::Input) -> Input {
    Input {
        name: from.name,
        label: from.label,
        kind: match from.kind {
            chat::InputKind::Line => InputKind::Line,
            chat::InputKind::Paragraph => InputKind::Paragraph,
            chat::InputKind::Choice(words) => InputKind::Choice(words),
            chat::InputKind::Person => InputKind::Person,
            chat::InputKind::Channel => InputKind::Channel,
        },
        required: from.required,
        initial: from.initial,
    }
}

pub fn place(from: types::Place) -> Place {
    Place { channel: from.channel.into(), thread: from.thread }
}

pub fn to_place(place: &Place) -> types::Place {
    types::Place { channel: place.channel.0.clone(), thread: place.thread.clone() }
}

pub fn to_person(person: Person) -> types::Person {
    types::Person { id: person.id.0, name: person.name, zone: person.zone, admin: person.admin, bot: person.bot, active: person.active }
}

pub fn to_channel(channel: Channel) -> types::Channel {
    types::Channel { id: channel.id.0, name: channel.name, direct: channel.direct, archived: channel.archived }
}

pub fn to_argument(argument: Argument) -> events::Argument {
    events::Argument { name: argument.name, value: to_value(argument.value) }
}

pub fn to_value(value: Value) -> events::Value {
    match value {
        Value::Text(text) => events::Value::Text(text),
        Value::Integer(number) => events::Value::Integer(number),
        Value::Boolean(flag) => events::Value::Boolean(flag),
        Value::Person(person) => events::Value::Person(person.0),
        Value::Channel(channel) => events::Value::Channel(channel.0),
        Value::Duration(duration) => events::Value::Duration(millis(duration)),
        Value::Instant(at) => events::Value::Instant(at.0),
        Value::Choice(word) => events::Value::Choice(word),
    }
}

pub fn to_named_values(values: Vec<(String, String)>) -> Vec<types::NamedValue> {
    values.into_iter().map(|(name, value)| types::NamedValue { name, value }).collect()
}

/// The moment as WASI's clocks tell it.
pub fn since_epoch(at: Instant) -> Duration {
    Duration::from_millis(at.0)
}

pub fn to_event(handed: Handed) -> events::Event {
    match handed {
        Handed::Command { command, arguments, line } => {
            events::Event::Command(events::CommandCall { command, arguments: arguments.into_iter().map(to_argument).collect(), line })
        }
        Handed::Heard { id, text, patterns } => events::Event::Message(events::MessageHeard { id: id.0, text, patterns }),
        Handed::Reaction { message, emoji, added } => events::Event::Reaction(events::Reaction { message: message.0, emoji, added }),
        Handed::Press { value, message } => events::Event::Press(events::Press { value, message: message.0 }),
        Handed::Form { key, values } => events::Event::Form(events::FormSubmission { key, values: to_named_values(values) }),
        Handed::Timer { key, payload, due } => events::Event::Timer(events::Timer { key, payload, due: due.0 }),
        Handed::Answer { key, answered, .. } => events::Event::Answer(events::Answer { key, answered: to_answered(answered) }),
        Handed::Schedule { name, run, .. } => events::Event::Schedule(events::Schedule { name, due: run.due.0, missed: run.missed }),
        Handed::Response(response) => {
            let outcome = response.outcome.map(to_answer).map_err(to_failure);
            events::Event::HttpResponse(events::HttpResponse { tag: response.tag, outcome })
        }
        Handed::Webhook(webhook) => {
            let headers = to_named_values(webhook.headers);
            events::Event::Webhook(events::Webhook { name: webhook.name, headers, body: webhook.body })
        }
        Handed::Joined { person, channel } => events::Event::MemberJoined(membership(person, channel)),
        Handed::Left { person, channel } => events::Event::MemberLeft(membership(person, channel)),
        Handed::PersonChanged(person) => events::Event::PersonChanged(to_person(person)),
        Handed::ChannelChanged(channel) => events::Event::ChannelChanged(to_channel(channel)),
        Handed::Other { name, payload } => events::Event::Other(events::Other { name, payload }),
        Handed::Installed => events::Event::Installed,
        Handed::Upgraded { previous } => events::Event::Upgraded(events::Upgrade { previous }),
    }
}

fn to_answered(answered: Answered) -> events::Answered {
    match answered {
        Answered::Chosen(value) => events::Answered::Chosen(value),
        Answered::Said(text) => events::Answered::Said(text),
        Answered::Expired => events::Answered::Expired,
    }
}

fn to_answer(answer: HttpAnswer) -> events::HttpAnswer {
    events::HttpAnswer { status: answer.status, headers: to_named_values(answer.headers), body: answer.body }
}

fn to_failure(failure: HttpFailure) -> events::HttpFailure {
    match failure {
        HttpFailure::Timeout => events::HttpFailure::Timeout,
        HttpFailure::Connection(why) => events::HttpFailure::Connection(why),
        HttpFailure::TooLarge => events::HttpFailure::TooLarge,
        HttpFailure::NotGranted(grant) => events::HttpFailure::NotGranted(grant),
    }
}

fn membership(person: Person, channel: Channel) -> events::Membership {
    events::Membership { person: to_person(person), channel: to_channel(channel) }
}
