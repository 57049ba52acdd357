//! The things of a channel in the store: one key each, so that many things, and many people with one of them, stay cheap.

use crate::names;
use crate::thing::{Kept, ThingId};
use hatstand_plugin::prelude::*;
use serde::{Deserialize, Serialize};

const SCOPE: &str = "scope ";

/// So many names stand for something in a channel, or did before it was removed: they fit into one call of the host.
pub const MOST_NAMES: u32 = 1_000;

/// So many things there are in a channel.
pub const MOST_THINGS: usize = 500;

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
    /// How much of that was removed again.
    pub pruned: u64,
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

/// The first channels where anybody ever had dibs on anything: so many that their names can be looked up.
pub fn channels(cx: &Context) -> Result<Vec<Channel>> {
    const LOOKED_UP: u32 = 100;
    Ok(cx.store().page::<Scope>(SCOPE, None, LOOKED_UP)?.into_iter().map(|(key, _)| key[SCOPE.len()..].into()).collect())
}

/// The channels that have a thing of this name: not more than anybody would want to choose from.
pub fn channels_with(cx: &Context, name: &str) -> Result<Vec<Channel>> {
    const OFFERED: u32 = 20;
    let prefix = format!("at {} ", names::encoded(name));
    let found = cx.store().page::<()>(&prefix, None, OFFERED)?;
    Ok(found.into_iter().map(|(key, ())| key[prefix.len()..].into()).collect())
}

/// Where the part is listed that somebody has in a thing.
pub fn place(channel: &Channel, id: ThingId) -> String {
    format!("{channel} {:012}", id.0)
}

/// Reads that.
pub fn read_place(place: &str) -> Option<(Channel, ThingId)> {
    let (channel, id) = place.split_once(' ')?;
    Some((channel.into(), ThingId(id.parse().ok()?)))
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

    /// Lets a name stand for something. What can be had is also found by its name alone, from elsewhere.
    pub fn set_named(self, name: &str, named: &Named) -> Result<()> {
        self.cx.store().set(&self.name_key(name), named)?;
        match named {
            Named::Thing(_) => self.cx.store().set(&self.at_key(name), &())?,
            Named::Removed { .. } => self.cx.store().delete(&self.at_key(name))?,
        }
        Ok(())
    }

    pub fn forget_name(self, name: &str) -> Result<()> {
        self.cx.store().delete(&self.name_key(name))?;
        Ok(self.cx.store().delete(&self.at_key(name))?)
    }

    /// All names, as they are compared, and what they stand for.
    pub fn names(self) -> Result<Vec<(String, Named)>> {
        let prefix = format!("name {} ", self.channel);
        let names = self.cx.store().page(&prefix, None, MOST_NAMES)?;
        Ok(names.into_iter().map(|(key, named)| (key[prefix.len()..].to_owned(), named)).collect())
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

    fn name_key(self, name: &str) -> String {
        format!("name {} {}", self.channel, names::key(name))
    }

    fn at_key(self, name: &str) -> String {
        format!("at {} {}", names::encoded(name), self.channel)
    }

    fn thing_key(self, id: ThingId) -> String {
        format!("thing {} {:012}", self.channel, id.0)
    }
}
