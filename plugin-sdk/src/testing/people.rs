//! Who and what there is: everybody who can be named, and whoever reads a message.

use hatstand_common::transcript::{Audience, Name, Reader};
use hatstand_common::value::{Channel, ChannelId, Instant, Person, PersonId};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use std::collections::{BTreeMap, BTreeSet};

/// The bot's name.
pub(super) const BOT: &str = "hatstand";

/// What is known of people. An identity is the name, so that tests can write it down.
#[derive(Clone, Debug, Default)]
pub(super) struct People {
    pub(super) zones: BTreeMap<PersonId, String>,
    pub(super) admins: BTreeSet<PersonId>,
}

impl People {
    pub(super) fn person(&self, id: &PersonId) -> Option<Person> {
        if let Some(program) = id.program() {
            return Some(program.person());
        }
        Name::read(id.as_str())?;
        Some(Person {
            id: id.clone(),
            name: id.0.clone(),
            zone: self.zone(id).to_owned(),
            admin: self.admins.contains(id),
            bot: id.as_str() == BOT,
            active: true,
        })
    }

    pub(super) fn zone(&self, id: &PersonId) -> &str {
        self.zones.get(id).map_or("UTC", String::as_str)
    }

    /// The zone in which an audience reads: a channel has many readers, so it reads in UTC.
    pub(super) fn zone_of(&self, audience: &Audience) -> &str {
        match audience {
            Audience::Channel(_) => "UTC",
            Audience::Whisper { person, .. } | Audience::Direct(person) => self.zone(&person.as_str().into()),
        }
    }
}

/// A channel; a direct conversation is called `@ann`.
pub(super) fn channel(id: &ChannelId) -> Option<Channel> {
    let name = id.as_str();
    Name::read(name.strip_prefix('@').unwrap_or(name))?;
    Some(Channel { id: id.clone(), name: name.to_owned(), direct: name.starts_with('@'), archived: false })
}

pub(super) fn zone_offset(zone: &str, at: Instant) -> Option<i32> {
    let zone = TimeZone::get(zone).ok()?;
    let at = Timestamp::from_millisecond(i64::try_from(at.millis()).ok()?).ok()?;
    Some(zone.to_offset(at).seconds())
}

/// Who sees what is said in a channel.
pub(super) fn audience(channel: &ChannelId) -> Audience {
    match channel.as_str().strip_prefix('@') {
        Some(person) => Audience::Direct(person.into()),
        None => Audience::Channel(channel.as_str().into()),
    }
}

/// Who sees what is whispered there: in a direct conversation everything is for one person's eyes only.
pub(super) fn whisper_audience(channel: &ChannelId, person: &PersonId) -> Audience {
    match audience(channel) {
        Audience::Channel(channel) => Audience::Whisper { person: person.as_str().into(), channel },
        direct => direct,
    }
}

/// Is it for this person, too?
pub(super) fn sees(audience: &Audience, who: &str) -> bool {
    match audience {
        Audience::Channel(_) => true,
        Audience::Whisper { person, .. } | Audience::Direct(person) => person.as_str() == who,
    }
}

/// Whoever reads a message.
pub(super) struct Eyes<'a> {
    pub(super) zone: &'a str,
    pub(super) now: Instant,
}

impl Reader for Eyes<'_> {
    fn person(&self, id: &PersonId) -> String {
        id.program().map_or_else(|| id.0.clone(), |program| program.to_string())
    }

    fn channel(&self, id: &ChannelId) -> String {
        id.0.clone()
    }

    fn offset(&self, at: Instant) -> i32 {
        zone_offset(self.zone, at).unwrap_or(0)
    }

    fn now(&self) -> Instant {
        self.now
    }
}
