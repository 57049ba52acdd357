//! Who sees what the bot says.

use super::{Name, Room};

/// Who sees what the bot says.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Audience {
    /// `bot#dev>`: everybody in a channel.
    Channel(Name),
    /// `bot(jane)#dev>`: one person in a channel, and nobody else there.
    Whisper { person: Name, channel: Name },
    /// `bot@jane>`: one person, in direct messages.
    Direct(Name),
}

impl Audience {
    /// Reads what stands between `bot` and `>`, where people talk in `room`.
    pub(super) fn read(mark: &str, room: Option<&Room>) -> Result<Audience, String> {
        if let Some(person) = mark.strip_prefix('@') {
            return name(person).map(Audience::Direct);
        }
        let (person, channel) = match mark.strip_prefix('(') {
            Some(rest) => rest.split_once(')').map(|(person, channel)| (Some(person), channel)).ok_or("`(` is not closed")?,
            None => (None, mark),
        };
        let channel = read_channel(channel, room)?;
        match person {
            Some(person) => Ok(Audience::Whisper { person: name(person)?, channel }),
            None => Ok(Audience::Channel(channel)),
        }
    }

    /// Does this person see it there?
    pub fn is_seen_by(&self, who: &Name, room: &Room) -> bool {
        match (self, room) {
            (Audience::Channel(channel), Room::Channel(here)) => channel == here,
            (Audience::Whisper { person, channel }, Room::Channel(here)) => channel == here && person == who,
            (Audience::Direct(person), Room::Direct) => person == who,
            _ => false,
        }
    }

    /// What stands between `bot` and `>`, where people talk in `room`.
    pub(super) fn mark(&self, room: Option<&Room>) -> String {
        let elsewhere = |channel: &Name| match room {
            Some(Room::Channel(here)) if here == channel => String::new(),
            _ => format!("#{channel}"),
        };
        match self {
            Audience::Channel(channel) => elsewhere(channel),
            Audience::Whisper { person, channel } => format!("({person}){}", elsewhere(channel)),
            Audience::Direct(person) => format!("@{person}"),
        }
    }
}

fn read_channel(mark: &str, room: Option<&Room>) -> Result<Name, String> {
    match (mark.strip_prefix('#'), room) {
        (Some(channel), _) => name(channel),
        (None, _) if !mark.is_empty() => Err(format!("after `bot` comes `(person)`, `@person` or `#channel`, not `{mark}`")),
        (None, Some(Room::Channel(here))) => Ok(here.clone()),
        (None, Some(Room::Direct)) => Err("in direct messages, say to whom the bot speaks: `bot@jane>`".to_owned()),
        (None, None) => Err("nobody is in a channel yet: say which with a line like `#dev`".to_owned()),
    }
}

fn name(text: &str) -> Result<Name, String> {
    Name::read(text).ok_or_else(|| format!("`{text}` is no name: one word of letters, digits and `_-./`"))
}
