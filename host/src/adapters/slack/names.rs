//! What the people and channels of one message are called, looked up before it is written.

use super::spelling;
use hatstand_common::message::{Block, Message, Span};
use hatstand_common::value::{ChannelId, PersonId};
use std::collections::BTreeMap;

/// Names by id. Whoever is not there is called by the id.
#[derive(Clone, Debug, Default)]
pub struct Names {
    pub people: BTreeMap<PersonId, String>,
    pub channels: BTreeMap<ChannelId, String>,
}

impl Names {
    /// Takes over what others know.
    pub fn learn(&mut self, others: Names) {
        self.people.extend(others.people);
        self.channels.extend(others.channels);
    }
}

impl spelling::Names for Names {
    fn person(&self, id: &PersonId) -> String {
        self.people.get(id).unwrap_or(&id.0).clone()
    }

    fn channel(&self, id: &ChannelId) -> String {
        self.channels.get(id).unwrap_or(&id.0).clone()
    }
}

/// Everybody who occurs in a message.
pub fn people(message: &Message) -> impl Iterator<Item = &PersonId> {
    spans(message).filter_map(|span| match span {
        Span::Name(id) | Span::Mention(id) => Some(id),
        _ => None,
    })
}

/// Every channel that occurs in a message.
pub fn channels(message: &Message) -> impl Iterator<Item = &ChannelId> {
    spans(message).filter_map(|span| match span {
        Span::Channel(id) => Some(id),
        _ => None,
    })
}

fn spans(message: &Message) -> impl Iterator<Item = &Span> {
    let fields = message.blocks.iter().flat_map(|block| match block {
        Block::Fields(fields) => fields.as_slice(),
        _ => &[],
    });
    message.text.iter().chain(fields.flat_map(|field| &field.value))
}
