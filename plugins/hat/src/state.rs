//! How things stand, for programs.

use hatstand_plugin::prelude::*;
use manners::programs::ReleaseKey;
use serde::Serialize;
use turns::{Hold, Resource};

/// The data of every reply about a hat.
#[derive(Debug, Serialize)]
pub struct State<'a> {
    channel: &'a Channel,
    holder: Option<&'a User>,
    since: Option<Instant>,
    until: Option<Instant>,
    reason: Option<&'a str>,
    crew: Vec<&'a User>,
    /// Next one first.
    queue: Vec<&'a User>,
    /// Who alone may take it now.
    offered: Option<&'a User>,
    frozen: bool,
    /// The place of whoever asks, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    position: Option<usize>,
    /// For the program that wears it.
    #[serde(skip_serializing_if = "Option::is_none")]
    release_key: Option<ReleaseKey>,
}

impl<'a> State<'a> {
    /// As this person may know it; `key` is that of whoever wears the hat.
    pub fn of(channel: &'a Channel, hat: &'a Resource, person: Option<&User>, key: Option<ReleaseKey>) -> Self {
        let hold = hat.holds.first();
        Self {
            channel,
            holder: hold.map(|hold| &hold.person),
            since: hold.map(|hold| hold.since),
            until: hold.and_then(Hold::ends),
            reason: hold.and_then(Hold::reason),
            crew: hold.iter().flat_map(|hold| &hold.crew).map(|rider| &rider.person).collect(),
            queue: hat.queue.iter().map(|entry| &entry.person).collect(),
            offered: hat.offered().next().map(|entry| &entry.person),
            frozen: hat.frozen.is_some(),
            position: person.and_then(|person| hat.ahead_of(person)).map(|ahead| ahead + 1),
            release_key: key.filter(|_| hold.map(|hold| &hold.person) == person),
        }
    }
}
