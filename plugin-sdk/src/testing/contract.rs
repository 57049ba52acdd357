//! What crosses the contract in the other direction than in a component: here is the host.

use super::Request;
use crate::bindings::hatstand::plugin::{chat as wire_chat, events as wire_events, http as wire_http, types as wire};
use crate::chat::{Form, Input, InputKind};
use crate::contract::{all, pairs};
use hatstand_common::message::{Action, Block, Button, Choice, Field, Image, Look, Menu, Message};
use hatstand_common::value::{Instant, Person, Value, millis};

impl From<wire::Message> for Message {
    fn from(from: wire::Message) -> Self {
        Self { text: all(from.text), blocks: all(from.blocks) }
    }
}

impl From<wire::Block> for Block {
    fn from(from: wire::Block) -> Self {
        match from {
            wire::Block::Fields(fields) => Self::Fields(all(fields)),
            wire::Block::Buttons(buttons) => Self::Buttons(all(buttons)),
            wire::Block::Menu(menu) => Self::Menu(menu.into()),
            wire::Block::Image(image) => Self::Image(image.into()),
        }
    }
}

impl From<wire::Field> for Field {
    fn from(from: wire::Field) -> Self {
        Self { title: from.title, value: all(from.value) }
    }
}

impl From<wire::Button> for Button {
    fn from(from: wire::Button) -> Self {
        Self {
            label: from.label,
            action: from.action.into(),
            look: from.look.into(),
            only: from.only.map(Into::into),
            until: from.until.map(Instant),
        }
    }
}

impl From<wire::Action> for Action {
    fn from(from: wire::Action) -> Self {
        match from {
            wire::Action::Say(line) => Self::Say(line),
            wire::Action::Press(value) => Self::Press(value),
        }
    }
}

impl From<wire::Look> for Look {
    fn from(from: wire::Look) -> Self {
        match from {
            wire::Look::Normal => Self::Normal,
            wire::Look::Primary => Self::Primary,
            wire::Look::Danger => Self::Danger,
        }
    }
}

impl From<wire::Menu> for Menu {
    fn from(from: wire::Menu) -> Self {
        Self { label: from.label, choices: all(from.choices), only: from.only.map(Into::into), until: from.until.map(Instant) }
    }
}

impl From<wire::Choice> for Choice {
    fn from(from: wire::Choice) -> Self {
        Self { label: from.label, action: from.action.into() }
    }
}

impl From<wire::Image> for Image {
    fn from(from: wire::Image) -> Self {
        Self { url: from.url, alt: from.alt }
    }
}

impl From<wire_chat::Form> for Form {
    fn from(from: wire_chat::Form) -> Self {
        let inputs = from.inputs.into_iter().map(Input::from);
        inputs.fold(Self::new(from.key, from.title), Self::input)
    }
}

impl From<wire_chat::Input> for Input {
    fn from(from: wire_chat::Input) -> Self {
        let kind = match from.kind {
            wire_chat::InputKind::Line => InputKind::Line,
            wire_chat::InputKind::Paragraph => InputKind::Paragraph,
            wire_chat::InputKind::Choice(choices) => InputKind::Choice(choices),
            wire_chat::InputKind::Person => InputKind::Person,
            wire_chat::InputKind::Channel => InputKind::Channel,
        };
        Self { name: from.name, label: from.label, kind, required: from.required, initial: from.initial }
    }
}

impl From<wire_http::Request> for Request {
    fn from(from: wire_http::Request) -> Self {
        let wire_http::Request { tag, method, url, headers, body, retries, idempotency_key, .. } = from;
        Self { tag, method, url, headers: pairs(headers), body, retries, idempotency_key }
    }
}

impl From<Person> for wire::Person {
    fn from(from: Person) -> Self {
        Self { id: from.id.0, name: from.name, zone: from.zone, admin: from.admin, bot: from.bot, active: from.active }
    }
}

impl From<Value> for wire_events::Value {
    fn from(from: Value) -> Self {
        match from {
            Value::Text(text) => Self::Text(text),
            Value::Integer(number) => Self::Integer(number),
            Value::Boolean(is) => Self::Boolean(is),
            Value::Person(id) => Self::Person(id.0),
            Value::Channel(id) => Self::Channel(id.0),
            Value::Duration(duration) => Self::Duration(millis(duration)),
            Value::Instant(moment) => Self::Instant(moment.millis()),
            Value::Choice(word) => Self::Choice(word),
        }
    }
}
