//! The manners of dibs, as the operator sets them for all resources.

use hatstand_plugin::prelude::*;
use manners::night::Night;
use serde::{Deserialize, Serialize};

/// What the operator can set.
#[derive(Debug, Settings)]
pub struct Config {
    /// How long people have something who do not say for how long; until they give it back if it is not set.
    pub timer: Option<Duration>,
    /// The longest that anybody may have something at a stretch; as long as they like if it is not set.
    pub max: Option<Duration>,
    /// Is somebody refused who does not say for how long?
    #[setting(default = "no")]
    pub enforce: bool,
    /// What happens when something is given back while people wait: the next one has it at once (`grant`), gets an `offer`, or is only
    /// told (`notify`).
    #[setting(default = "grant")]
    pub handoff: Handoff,
    /// How long an offer stands.
    #[setting(default = "10 minutes")]
    pub offer_period: Duration,
    /// How long before the end whoever has something is warned; the last fifth of the time, and at most half an hour, if it is not set.
    pub warn: Option<Duration>,
    /// Is somebody refused more time while others wait?
    #[setting(default = "no")]
    pub no_extend_while_waiting: bool,
    /// How many can have the same thing at the same time.
    #[setting(default = "1")]
    pub capacity: u32,
    /// Who may take something from somebody else, or put somebody out: `anyone`, administrators only (`admins`), or `never` anybody.
    #[setting(default = "anyone")]
    pub steal: Who,
    /// Who may wait in front of others: `anyone`, administrators only (`admins`), or `never` anybody.
    #[setting(default = "anyone")]
    pub jump: Who,
    /// Who may approve, set, rename, group, clear and remove things: administrators only (`admins`), or `anyone`.
    #[setting(default = "admins")]
    pub manage: Who,
    /// Is somebody who has something without an end asked now and then whether they still need it?
    #[setting(default = "yes")]
    pub nag: bool,
    /// How often they are asked.
    #[setting(default = "3 hours")]
    pub nag_period: Duration,
    /// The hour, 0-23 where the person is, from which nobody is asked.
    #[setting(default = "22")]
    pub night_begins: u8,
    /// The hour, 0-23 where the person is, until which nobody is asked.
    #[setting(default = "7")]
    pub night_ends: u8,
    /// Does each `channel` have things of its own, or are they the same in the whole `workspace`?
    #[setting(default = "channel")]
    pub scope: Scope,
    /// Where the things of the whole workspace are announced: a channel, by name or identity.
    pub home: Option<String>,
    /// The channels that have dibs, by name or identity, such as `dev, ops`; every channel if it is not set.
    pub channels: Option<String>,
}

/// What happens when something is given back while people wait.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Handoff {
    Grant,
    Offer,
    Notify,
}

/// Who may do something.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Who {
    Anyone,
    Admins,
    Never,
}

/// For whom a name means the same thing.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    Channel,
    Workspace,
}

impl Config {
    pub fn night(&self) -> Night {
        Night { begins: self.night_begins, ends: self.night_ends }
    }
}

impl Who {
    pub fn includes(self, admin: bool) -> bool {
        match self {
            Self::Anyone => true,
            Self::Admins => admin,
            Self::Never => false,
        }
    }
}

impl From<Handoff> for turns::Handoff {
    fn from(handoff: Handoff) -> Self {
        match handoff {
            Handoff::Grant => Self::Grant,
            Handoff::Offer => Self::Offer,
            Handoff::Notify => Self::Notify,
        }
    }
}
