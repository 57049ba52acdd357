//! What was said, as text for a program: names for ids, moments in UTC, and nothing to press.

use super::Api;
use crate::model::WorkspaceId;
use hatstand_common::message::{Block, Message, Span};
use hatstand_common::transcript::{Reader, render};
use hatstand_common::value::{ChannelId, Instant, PersonId};
use std::collections::BTreeMap;

impl Api {
    pub(super) async fn plain(&self, workspace: &WorkspaceId, message: &Message) -> String {
        let message = without_choices(message);
        let mut names = Names { people: BTreeMap::new(), channels: BTreeMap::new(), now: self.clock.now() };
        for span in spans(&message) {
            match span {
                Span::Mention(id) | Span::Name(id) => {
                    let name = self.directory.person(workspace, id).await.map(|person| person.name);
                    names.people.extend(name.map(|name| (id.clone(), name)));
                }
                Span::Channel(id) => {
                    let name = self.directory.channel(workspace, id).await.map(|channel| channel.name);
                    names.channels.extend(name.map(|name| (id.clone(), name)));
                }
                _ => {}
            }
        }
        render(&message, &names).join("\n")
    }
}

fn without_choices(message: &Message) -> Message {
    let blocks = message.blocks.iter().filter(|block| !matches!(block, Block::Buttons(_) | Block::Menu(_)));
    Message { text: message.text.clone(), blocks: blocks.cloned().collect() }
}

fn spans(message: &Message) -> impl Iterator<Item = &Span> {
    let fields = message.blocks.iter().flat_map(|block| match block {
        Block::Fields(fields) => fields.as_slice(),
        _ => &[],
    });
    message.text.iter().chain(fields.flat_map(|field| &field.value))
}

/// Whoever is not there is called by the id.
struct Names {
    people: BTreeMap<PersonId, String>,
    channels: BTreeMap<ChannelId, String>,
    now: Instant,
}

impl Reader for Names {
    fn person(&self, id: &PersonId) -> String {
        self.people.get(id).unwrap_or(&id.0).clone()
    }

    fn channel(&self, id: &ChannelId) -> String {
        self.channels.get(id).unwrap_or(&id.0).clone()
    }

    fn offset(&self, _: Instant) -> i32 {
        0
    }

    fn now(&self) -> Instant {
        self.now
    }
}
