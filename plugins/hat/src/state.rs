//! How things stand, for programs.

use hatstand_plugin::prelude::*;
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
}

impl<'a> State<'a> {
    pub fn of(channel: &'a Channel, hat: &'a Resource) -> Self {
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
        }
    }
}
