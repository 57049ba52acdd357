//! Something that people have dibs on: as it is stored, and what happened to it in one invocation.

use crate::policy::Overrides;
use crate::settings::Config;
use hatstand_plugin::prelude::*;
use manners::alarms::Standing;
use manners::confirmations::Confirmations;
use manners::programs::Programs;
use serde::{Deserialize, Serialize};
use std::fmt;
use turns::{Policy, Resource, Transition, Turn};

/// Names a thing in its channel for ever. A name can be given to another thing, and what is gone can come back under its old name;
/// a button under an old message still means what it meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ThingId(pub u64);

/// What lasts of a thing.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Kept {
    /// As whoever named it first wrote it.
    pub name: String,
    pub aliases: Vec<String>,
    /// What its log is called. It stays when the thing is renamed, and is the same when the name comes back.
    pub subject: String,
    pub approved: bool,
    /// If it is a group: the things of which any will do.
    pub members: Vec<ThingId>,
    /// The groups that it belongs to.
    pub groups: Vec<ThingId>,
    pub overrides: Overrides,
    pub resource: Resource,
    /// Who wants to be told when it is free.
    pub watchers: Vec<User>,
    pub confirmations: Confirmations,
    /// The timer of the host, for whatever will happen first.
    pub timers: Standing,
    /// The keys of the programs that have it, and those who wait for it with an open call.
    pub programs: Programs,
}

/// A thing during one invocation.
#[derive(Debug)]
pub struct Thing {
    pub kept: Kept,
    pub policy: Policy,
    /// As it is stored; none if it is new.
    pub before: Option<Kept>,
    pub happened: Vec<Transition>,
}

impl Kept {
    pub fn is_group(&self) -> bool {
        !self.members.is_empty()
    }

    /// Does it stay? What only somebody's typing made does not linger when nobody has it or waits for it. While somebody is asked
    /// whether they really want to take it from others, it does: it may be theirs in a moment.
    pub fn stays(&self) -> bool {
        self.is_there() || !self.confirmations.is_empty()
    }

    /// Is it something that people see, when they look?
    pub fn is_there(&self) -> bool {
        let configured = self.approved || self.is_group() || !self.groups.is_empty() || !self.aliases.is_empty();
        configured || self.overrides != Overrides::default() || self.resource.frozen.is_some() || self.is_in_use()
    }

    /// Does anybody have it, or wait for it or for its being free?
    pub fn is_in_use(&self) -> bool {
        !self.resource.holds.is_empty() || !self.resource.queue.is_empty() || !self.watchers.is_empty()
    }
}

impl Thing {
    pub fn new(kept: Kept, before: Option<Kept>, config: &Config, seed: u64) -> Self {
        let policy = kept.overrides.policy(config, kept.is_group(), seed);
        Self { kept, policy, before, happened: Vec::new() }
    }

    pub fn resource(&self) -> &Resource {
        &self.kept.resource
    }

    pub fn step(&mut self, turn: &Turn, actor: Option<&User>, now: Instant) {
        self.happened.extend(turn.transitions(actor, now));
        self.kept.resource = turn.resource.clone();
    }

    /// Could somebody who does not wait yet have it at once?
    pub fn is_free(&self) -> bool {
        let resource = self.resource();
        resource.frozen.is_none() && resource.available(&self.policy) > 0 && resource.next().is_none()
    }

    /// What the log has to be given.
    pub fn has_changed(&self) -> bool {
        self.before.as_ref() != Some(&self.kept)
    }
}

impl fmt::Display for ThingId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
