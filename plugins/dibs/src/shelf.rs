//! The things of a channel in the store: one key each, so that many things, and many people with one of them, stay cheap.

use crate::names;
use crate::thing::{Kept, ThingId};
use hatstand_plugin::prelude::*;
use serde::{Deserialize, Serialize};

const SCOPE: &str = "scope ";

/// What is counted for all things of a channel.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Scope {
    /// The last number that was given to a thing.
    pub last: u64,
    /// How many things are approved; if any is, only those that are known can be had.
    pub approved: u32,
    /// How much was ever logged.
    pub logged: u64,
    /// Nobody gets anything in an archived channel.
    pub archived: bool,
}

/// What a name stands for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Named {
    Thing(ThingId),
    /// Somebody took it away, so it does not come back by being asked for.
    Removed {
        by: User,
        at: Instant,
        name: String,
    },
}

/// The channels where anybody ever had dibs on anything.
pub fn channels(cx: &Context) -> Result<Vec<Channel>> {
    Ok(cx.store().scan::<Scope>(SCOPE)?.into_iter().map(|(key, _)| key[SCOPE.len()..].into()).collect())
}

/// The things of one channel.
#[derive(Clone, Copy, Debug)]
pub struct Shelf<'a> {
    pub cx: &'a Context,
    pub channel: &'a Channel,
}

impl Shelf<'_> {
    pub fn scope(self) -> Result<Scope> {
        Ok(self.cx.store().get(&format!("{SCOPE}{}", self.channel))?.unwrap_or_default())
    }

    pub fn set_scope(self, scope: &Scope) -> Result<()> {
        Ok(self.cx.store().set(&format!("{SCOPE}{}", self.channel), scope)?)
    }

    pub fn named(self, name: &str) -> Result<Option<Named>> {
        Ok(self.cx.store().get(&self.name_key(name))?)
    }

    pub fn set_named(self, name: &str, named: &Named) -> Result<()> {
        Ok(self.cx.store().set(&self.name_key(name), named)?)
    }

    pub fn forget_name(self, name: &str) -> Result<()> {
        Ok(self.cx.store().delete(&self.name_key(name))?)
    }

    pub fn thing(self, id: ThingId) -> Result<Option<Kept>> {
        Ok(self.cx.store().get(&self.thing_key(id))?)
    }

    pub fn set_thing(self, id: ThingId, kept: &Kept) -> Result<()> {
        Ok(self.cx.store().set(&self.thing_key(id), kept)?)
    }

    pub fn forget_thing(self, id: ThingId) -> Result<()> {
        Ok(self.cx.store().delete(&self.thing_key(id))?)
    }

    /// All things, in the order in which they were named first.
    pub fn things(self) -> Result<Vec<(ThingId, Kept)>> {
        let prefix = format!("thing {} ", self.channel);
        let things = self.cx.store().scan(&prefix)?.into_iter();
        Ok(things.filter_map(|(key, kept)| Some((ThingId(key[prefix.len()..].parse().ok()?), kept))).collect())
    }

    fn name_key(self, name: &str) -> String {
        format!("name {} {}", self.channel, names::key(name))
    }

    fn thing_key(self, id: ThingId) -> String {
        format!("thing {} {:012}", self.channel, id.0)
    }
}
