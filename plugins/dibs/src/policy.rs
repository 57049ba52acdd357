//! The manners of one resource: those of all, and what is set for this one.

use crate::settings::{Config, Handoff, Who};
use hatstand_plugin::prelude::*;
use manners::limits;
use serde::{Deserialize, Serialize};
use std::num::NonZeroUsize;
use turns::Policy;

/// What is set for one resource; where it is not, what the operator has set for all of them holds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Overrides {
    pub capacity: Option<u32>,
    pub timer: Option<Duration>,
    pub max: Option<Duration>,
    pub warn: Option<Duration>,
    pub handoff: Option<Handoff>,
    pub steal: Option<Who>,
    pub enforce: Option<bool>,
    /// Whose turn is over waits again.
    pub repeat: bool,
    /// Whose turn comes is drawn.
    pub random: bool,
    /// Nobody is told who has it and who waits.
    pub secret: bool,
}

/// Something that can be set, and unset again.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aspect {
    Capacity,
    Timer,
    Max,
    Warn,
    Handoff,
    Steal,
    Enforce,
    Repeat,
    Random,
    Secret,
}

/// Something that is or is not so.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flag {
    Repeat,
    Random,
    Secret,
    Enforce,
}

/// A length of time that can be set.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Period {
    Timer,
    Max,
    Warn,
}

impl Overrides {
    pub fn set_flag(&mut self, flag: Flag, state: bool) {
        match flag {
            Flag::Repeat => self.repeat = state,
            Flag::Random => self.random = state,
            Flag::Secret => self.secret = state,
            Flag::Enforce => self.enforce = Some(state),
        }
    }

    pub fn set_period(&mut self, which: Period, period: Duration) {
        let set = match which {
            Period::Timer => &mut self.timer,
            Period::Max => &mut self.max,
            Period::Warn => &mut self.warn,
        };
        *set = Some(period);
    }

    pub fn unset(&mut self, aspect: Aspect) {
        match aspect {
            Aspect::Capacity => self.capacity = None,
            Aspect::Timer => self.timer = None,
            Aspect::Max => self.max = None,
            Aspect::Warn => self.warn = None,
            Aspect::Handoff => self.handoff = None,
            Aspect::Steal => self.steal = None,
            Aspect::Enforce => self.enforce = None,
            Aspect::Repeat => self.repeat = false,
            Aspect::Random => self.random = false,
            Aspect::Secret => self.secret = false,
        }
    }

    /// What the engine has to know. `seed` is that of this invocation.
    pub fn policy(&self, config: &Config, is_group: bool, seed: u64) -> Policy {
        let capacity = self.capacity.unwrap_or(config.capacity);
        let base = Policy::default();
        let warn = self.warn.or(config.warn);
        Policy {
            handoff: self.handoff.unwrap_or(config.handoff).into(),
            capacity: usize::try_from(capacity).ok().and_then(NonZeroUsize::new).unwrap_or(NonZeroUsize::MIN),
            waiting_only: is_group,
            queue_limit: Some(limits::WAITING),
            weight_limit: Some(limits::WEIGHT),
            repeat: self.repeat,
            draw: self.random.then_some(seed),
            default_duration: self.timer.or(config.timer),
            max_duration: self.max.or(config.max),
            enforce_duration: self.enforce.unwrap_or(config.enforce),
            no_extend_while_waiting: config.no_extend_while_waiting,
            offer_period: config.offer_period,
            // Who asks for less time than that is not warned at the beginning.
            warn_percent: if warn.is_some() { 50 } else { base.warn_percent },
            warn_at_most: warn.unwrap_or(base.warn_at_most),
            nag_period: config.nag.then_some(config.nag_period),
            ..base
        }
    }

    pub fn steal(&self, config: &Config) -> Who {
        self.steal.unwrap_or(config.steal)
    }
}
