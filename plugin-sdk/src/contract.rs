//! The way between the contract's types and the words of this crate. Mechanical on purpose: nothing is decided here.

use crate::bindings::hatstand::plugin::{description as wire_description, events as wire_events, types as wire};
use hatstand_common::declaration::{Access, Command, Description, Kind, Parameter, Pattern, Schedule, Setting};
use hatstand_common::message::{Action, Block, Button, Choice, Field, Image, Look, Menu, Message, Span};
use hatstand_common::value::{Argument, Channel, ChannelId, Instant, Person, Place, Value};
use std::time::Duration;

/// Converts each element.
pub(crate) fn all<A: Into<B>, B>(from: Vec<A>) -> Vec<B> {
    from.into_iter().map(Into::into).collect()
}

/// Named values, which the contract has as records and this crate as pairs.
pub(crate) fn pairs(from: Vec<wire::NamedValue>) -> Vec<(String, String)> {
    from.into_iter().map(|pair| (pair.name, pair.value)).collect()
}

pub(crate) fn named_values(from: Vec<(String, String)>) -> Vec<wire::NamedValue> {
    from.into_iter().map(|(name, value)| wire::NamedValue { name, value }).collect()
}

impl From<wire::Place> for Place {
    fn from(from: wire::Place) -> Self {
        Self { channel: ChannelId(from.channel), thread: from.thread }
    }
}

impl From<&Place> for wire::Place {
    fn from(from: &Place) -> Self {
        Self { channel: from.channel.0.clone(), thread: from.thread.clone() }
    }
}

impl From<wire::Person> for Person {
    fn from(from: wire::Person) -> Self {
        Self { id: from.id.into(), name: from.name, zone: from.zone, admin: from.admin, bot: from.bot, active: from.active }
    }
}

impl From<wire::Channel> for Channel {
    fn from(from: wire::Channel) -> Self {
        Self { id: from.id.into(), name: from.name, direct: from.direct, archived: from.archived }
    }
}

impl From<Message> for wire::Message {
    fn from(from: Message) -> Self {
        Self { text: all(from.text), blocks: all(from.blocks) }
    }
}

impl From<Span> for wire::Span {
    fn from(from: Span) -> Self {
        match from {
            Span::Markdown(text) => Self::Markdown(text),
            Span::Plain(text) => Self::Plain(text),
            Span::Mention(person) => Self::Mention(person.0),
            Span::Name(person) => Self::Name(person.0),
            Span::Channel(channel) => Self::Channel(channel.0),
            Span::Time(moment) => Self::Time(moment.0),
            Span::Everybody => Self::Everybody,
        }
    }
}

impl From<wire::Span> for Span {
    fn from(from: wire::Span) -> Self {
        match from {
            wire::Span::Markdown(text) => Self::Markdown(text),
            wire::Span::Plain(text) => Self::Plain(text),
            wire::Span::Mention(person) => Self::Mention(person.into()),
            wire::Span::Name(person) => Self::Name(person.into()),
            wire::Span::Channel(channel) => Self::Channel(channel.into()),
            wire::Span::Time(moment) => Self::Time(Instant(moment)),
            wire::Span::Everybody => Self::Everybody,
        }
    }
}

impl From<Block> for wire::Block {
    fn from(from: Block) -> Self {
        match from {
            Block::Fields(fields) => Self::Fields(all(fields)),
            Block::Buttons(buttons) => Self::Buttons(all(buttons)),
            Block::Menu(menu) => Self::Menu(menu.into()),
            Block::Image(image) => Self::Image(image.into()),
        }
    }
}

impl From<Field> for wire::Field {
    fn from(from: Field) -> Self {
        Self { title: from.title, value: all(from.value) }
    }
}

impl From<Button> for wire::Button {
    fn from(from: Button) -> Self {
        Self {
            label: from.label,
            action: from.action.into(),
            look: from.look.into(),
            only: from.only.map(|person| person.0),
            until: from.until.map(Instant::millis),
        }
    }
}

impl From<Action> for wire::Action {
    fn from(from: Action) -> Self {
        match from {
            Action::Say(line) => Self::Say(line),
            Action::Press(value) => Self::Press(value),
        }
    }
}

impl From<Look> for wire::Look {
    fn from(from: Look) -> Self {
        match from {
            Look::Normal => Self::Normal,
            Look::Primary => Self::Primary,
            Look::Danger => Self::Danger,
        }
    }
}

impl From<Menu> for wire::Menu {
    fn from(from: Menu) -> Self {
        Self {
            label: from.label,
            choices: all(from.choices),
            only: from.only.map(|person| person.0),
            until: from.until.map(Instant::millis),
        }
    }
}

impl From<Choice> for wire::Choice {
    fn from(from: Choice) -> Self {
        Self { label: from.label, action: from.action.into() }
    }
}

impl From<Image> for wire::Image {
    fn from(from: Image) -> Self {
        Self { url: from.url, alt: from.alt }
    }
}

impl From<wire_events::Argument> for Argument {
    fn from(from: wire_events::Argument) -> Self {
        Self { name: from.name, value: from.value.into() }
    }
}

impl From<wire_events::Value> for Value {
    fn from(from: wire_events::Value) -> Self {
        use wire_events::Value as Wire;
        match from {
            Wire::Text(text) => Self::Text(text),
            Wire::Integer(number) => Self::Integer(number),
            Wire::Boolean(is) => Self::Boolean(is),
            Wire::Person(id) => Self::Person(id.into()),
            Wire::Channel(id) => Self::Channel(id.into()),
            Wire::Duration(millis) => Self::Duration(Duration::from_millis(millis)),
            Wire::Instant(millis) => Self::Instant(Instant(millis)),
            Wire::Choice(word) => Self::Choice(word),
        }
    }
}

impl From<Description> for wire_description::Description {
    fn from(from: Description) -> Self {
        Self {
            name: from.name,
            version: from.version,
            summary: from.summary,
            commands: all(from.commands),
            patterns: all(from.patterns),
            subscriptions: from.subscriptions,
            schedules: all(from.schedules),
            webhooks: from.webhooks,
            wants: from.wants,
            settings: all(from.settings),
            more: named_values(from.more),
        }
    }
}

impl From<Command> for wire_description::Command {
    fn from(from: Command) -> Self {
        Self {
            name: from.name,
            usages: from.usages,
            parameters: all(from.parameters),
            summary: from.summary,
            help: from.help,
            hidden: from.hidden,
            access: from.access.into(),
            more: named_values(from.more),
        }
    }
}

impl From<Access> for wire_description::Access {
    fn from(from: Access) -> Self {
        match from {
            Access::Everybody => Self::Everybody,
            Access::Admins => Self::Admins,
        }
    }
}

impl From<Parameter> for wire_description::Parameter {
    fn from(from: Parameter) -> Self {
        Self { name: from.name, kind: from.kind.into() }
    }
}

impl From<Kind> for wire_description::Kind {
    fn from(from: Kind) -> Self {
        match from {
            Kind::Text => Self::Text,
            Kind::Integer => Self::Integer,
            Kind::Boolean => Self::Boolean,
            Kind::Person => Self::Person,
            Kind::Channel => Self::Channel,
            Kind::Duration => Self::Duration,
            Kind::Instant => Self::Instant,
            Kind::Choice(words) => Self::Choice(words),
        }
    }
}

impl From<Pattern> for wire_description::Pattern {
    fn from(from: Pattern) -> Self {
        Self { name: from.name, expression: from.expression }
    }
}

impl From<Schedule> for wire_description::Schedule {
    fn from(from: Schedule) -> Self {
        Self { name: from.name, cron: from.cron, zone: from.zone }
    }
}

impl From<Setting> for wire_description::Setting {
    fn from(from: Setting) -> Self {
        Self { name: from.name, kind: from.kind.into(), default: from.default, summary: from.summary }
    }
}
