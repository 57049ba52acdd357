//! What the host says by itself, in the words of the real one.

use crate::Error;
use crate::message::{Message, Span};
use hatstand_common::grammar::Reading;
use hatstand_common::value::{Instant, PersonId};

/// What the host says instead of calling the plugin; nothing if the line is a command.
pub(super) fn instead(reading: &Reading) -> Option<Message> {
    match reading {
        Reading::Matched(_) => None,
        Reading::Empty => Some(Message::markdown("Say `@hatstand help` to see what I can do.")),
        Reading::Unknown(unknown) if unknown.suggestions.is_empty() => {
            Some(Message::markdown(format!("{} Say `@hatstand help` to see what I can do.", unknown.sentence())))
        }
        reading => reading.sentence().map(Message::markdown),
    }
}

pub(super) fn denied(usage: &str) -> Message {
    Message::markdown(format!("Only administrators may use `{usage}`."))
}

pub(super) fn too_late(until: Instant) -> Message {
    let mut text = Message::markdown("Too late: that button worked until ").text;
    text.extend([Span::Time(until), Span::Markdown(". Nothing was changed.".to_owned())]);
    Message { text, blocks: Vec::new() }
}

pub(super) fn not_yours(only: PersonId) -> Message {
    let mut text = Message::markdown("Only ").text;
    text.extend([Span::Name(only), Span::Markdown(" can press that. Nothing was changed.".to_owned())]);
    Message { text, blocks: Vec::new() }
}

/// What the person is told of a handler that failed.
pub(super) fn failure(error: Error, plugin: &str, usage: Option<&str>, reference: &str) -> Message {
    match (error, usage) {
        (Error::Usage(why), Some(usage)) => Message::markdown(format!("{why}\nUsage: `{usage}`")),
        (Error::Usage(why), None) => Message::markdown(why),
        (Error::Refused(message), _) => message,
        (Error::Broken(_), _) => {
            Message::markdown(format!("Sorry: `{plugin}` stopped working on that (ref {reference}). Nothing was changed."))
        }
    }
}
