//! Where people talk.

use super::Name;
use std::fmt;

/// Where people talk: said by a line of its own in a transcript.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Room {
    /// `#dev`: a channel, or a thread in it.
    Channel(Name),
    /// `@hatstand`: each person's direct messages with the bot.
    Direct,
}

impl fmt::Display for Room {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Room::Channel(name) => write!(f, "#{name}"),
            Room::Direct => f.write_str("@hatstand"),
        }
    }
}
