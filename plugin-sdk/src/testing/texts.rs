//! What the host says by itself, in the words of the real one.

use crate::Error;
use crate::message::Message;
use hatstand_common::grammar::Reading;
use hatstand_common::texts::{apology, bad_usage, markdown, unknown};
pub(super) use hatstand_common::texts::{denied, not_yours, settled, too_late};

use super::people::BOT;

/// What the host says instead of calling the plugin; nothing if the line is a command.
pub(super) fn instead(reading: &Reading) -> Option<Message> {
    match reading {
        Reading::Matched(_) => None,
        Reading::Empty => Some(markdown(format!("Say `@{BOT} help` to see what I can do."))),
        Reading::Unknown(word) => Some(unknown(word, BOT)),
        reading => reading.sentence().map(markdown),
    }
}

/// What the person is told of a handler that failed.
pub(super) fn failure(error: Error, plugin: &str, usage: Option<&str>, reference: &str) -> Message {
    match error {
        Error::Usage(why) => bad_usage(&why, usage),
        Error::Refused(message) => message,
        Error::Broken(_) => apology(plugin, "stopped working", reference),
    }
}
