//! The manners of the hat, as the operator sets them.

use hatstand_plugin::prelude::*;
use manners::limits;
use manners::night::Night;
use std::num::NonZeroUsize;
use turns::Policy;

/// So many ride along with a wearer, whatever the operator sets.
const CREW: usize = 100;

/// What the operator can set.
#[derive(Debug, Settings)]
pub struct Config {
    /// Whose manners the hat has: `standard`, or `classic` for those of the original Hat Man, which are `handoff = notify` and
    /// `pool = open`.
    #[setting(default = "standard")]
    profile: Profile,
    /// What happens when the hat comes off while people wait: the next one gets an `offer`, is only told (`notify`), or wears it at
    /// once (`grant`). Unset, it is `offer`, in the classic profile `notify`.
    handoff: Option<Handoff>,
    /// How people join a crew: they `ask` the wearer, or it is `open` to all. Unset, it is `ask`, in the classic profile `open`.
    pool: Option<Pool>,
    /// How long an offer of the hat stands.
    #[setting(default = "10 minutes")]
    offer_period: Duration,
    /// How long a wearer has to answer somebody who asks to ride along.
    #[setting(default = "10 minutes")]
    request_period: Duration,
    /// The longest that anybody may wear the hat at a stretch; as long as they like if it is not set.
    max_duration: Option<Duration>,
    /// How long people wear the hat who do not say for how long; until they take it off if it is not set.
    default_duration: Option<Duration>,
    /// How many can ride along with a wearer, at most 100; 100 if it is not set.
    crew_limit: Option<u32>,
    /// Who may take the hat off somebody else: `anyone`, the `crew` and administrators, administrators only (`admins`), or `never`
    /// anybody.
    #[setting(default = "anyone")]
    force: Force,
    /// Is a wearer refused more time while others wait?
    #[setting(default = "no")]
    no_extend_while_waiting: bool,
    /// How many tips one person may give on one day.
    #[setting(default = "5")]
    tips_per_day: u32,
    /// Is somebody who wears the hat without an end asked now and then whether they still need it?
    #[setting(default = "yes")]
    nag: bool,
    /// How often they are asked.
    #[setting(default = "3 hours")]
    nag_period: Duration,
    /// The hour, 0-23 where the wearer is, from which nobody is asked.
    #[setting(default = "22")]
    night_begins: u8,
    /// The hour, 0-23 where the wearer is, until which nobody is asked.
    #[setting(default = "7")]
    night_ends: u8,
    /// The channels that have a hat, by name or identity, such as `dev, ops`; every channel if it is not set.
    channels: Option<String>,
}

#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq)]
enum Profile {
    Standard,
    Classic,
}

#[derive(Choice, Clone, Copy, Debug)]
enum Handoff {
    Offer,
    Notify,
    Grant,
}

#[derive(Choice, Clone, Copy, Debug)]
enum Pool {
    Ask,
    Open,
}

/// Who may take the hat off somebody else.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Force {
    Anyone,
    Crew,
    Admins,
    Never,
}

impl Config {
    /// What the engine has to know.
    pub fn policy(&self) -> Policy {
        let profile = match self.profile {
            Profile::Standard => Policy::default(),
            Profile::Classic => Policy::classic(),
        };
        Policy {
            handoff: self.handoff.map_or(profile.handoff, Into::into),
            pool: self.pool.map_or(profile.pool, Into::into),
            crew_limit: Some(self.crew_limit.map_or(CREW, |limit| CREW.min(limit as usize))),
            queue_limit: Some(limits::WAITING),
            weight_limit: Some(limits::WEIGHT),
            capacity: NonZeroUsize::MIN,
            default_duration: self.default_duration,
            max_duration: self.max_duration,
            no_extend_while_waiting: self.no_extend_while_waiting,
            offer_period: self.offer_period,
            request_period: self.request_period,
            nag_period: self.nag.then_some(self.nag_period),
            ..profile
        }
    }

    pub fn force(&self) -> Force {
        self.force
    }

    pub fn tips_per_day(&self) -> u32 {
        self.tips_per_day
    }

    pub fn night(&self) -> Night {
        Night { begins: self.night_begins, ends: self.night_ends }
    }

    /// The channels that have a hat, as the operator wrote them; none is all.
    pub fn channels(&self) -> Option<&str> {
        self.channels.as_deref()
    }
}

impl From<Handoff> for turns::Handoff {
    fn from(handoff: Handoff) -> Self {
        match handoff {
            Handoff::Offer => Self::Offer,
            Handoff::Notify => Self::Notify,
            Handoff::Grant => Self::Grant,
        }
    }
}

impl From<Pool> for turns::Pool {
    fn from(pool: Pool) -> Self {
        match pool {
            Pool::Ask => Self::Ask,
            Pool::Open => Self::Open,
        }
    }
}
