//! The manners of a resource.

use crate::{Deadline, Instant, Refusal, Wish};
use serde::{Deserialize, Serialize};
use std::num::NonZeroUsize;
use std::time::Duration;

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(60 * 60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// How turns are taken with a resource. The default is the hat's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Policy {
    /// What happens when the resource gets free and somebody waits.
    pub handoff: Handoff,
    /// May people join a crew as they like?
    pub pool: Pool,
    /// How many can be in one crew; none is any number.
    pub crew_limit: Option<usize>,
    /// How many can wait; none is any number.
    pub queue_limit: Option<usize>,
    /// How much the people of one resource can take up in all, as [`Resource::weight`](crate::Resource::weight) counts it; none is any
    /// amount.
    pub weight_limit: Option<usize>,
    /// How many can hold at the same time.
    pub capacity: NonZeroUsize,
    /// Nobody holds this one: people wait here for any of several others, and [`serve`](crate::serve) gives them one.
    pub waiting_only: bool,
    /// Who gives it up, or whose time is up, waits again at the end of the queue.
    pub repeat: bool,
    /// Whose turn comes is drawn from all who wait, with this seed. The caller gives a new one to every step.
    pub draw: Option<u64>,
    /// How long a hold lasts when its holder does not say.
    pub default_duration: Option<Duration>,
    /// How long a hold can last in all. Who asks for more gets this much and is told.
    pub max_duration: Option<Duration>,
    /// Refuse whoever gives no duration, unless there is a default one.
    pub enforce_duration: bool,
    /// Refuse to lengthen a hold while others wait.
    pub no_extend_while_waiting: bool,
    /// How long an offer or a pass stands.
    pub offer_period: Duration,
    /// How long a request to join a crew stands.
    pub request_period: Duration,
    /// The warning comes this share of the time before the end, in percent...
    pub warn_percent: u32,
    /// ...but at most this long before it.
    pub warn_at_most: Duration,
    /// How often a holder without a deadline is asked whether they still need it; none is never.
    pub nag_period: Option<Duration>,
    /// How long the hold of somebody whose account is gone is kept.
    pub orphan_grace: Duration,
    /// An alarm that rings later than this rings late: nobody could answer in the meantime.
    pub tolerance: Duration,
}

/// What happens when the resource gets free and somebody waits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Handoff {
    /// The next one is named; anybody may take.
    Notify,
    /// The next one gets an offer; when it is not taken, the one after.
    #[default]
    Offer,
    /// The next one holds at once.
    Grant,
}

/// How a crew is joined.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Pool {
    /// By joining.
    Open,
    /// By asking the holder.
    #[default]
    Ask,
}

/// How long a hold will last.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Term {
    /// None is until it is given up.
    pub duration: Option<Duration>,
    /// What was asked for, if that was more than the maximum.
    pub capped: Option<Duration>,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            handoff: Handoff::default(),
            pool: Pool::default(),
            crew_limit: None,
            queue_limit: None,
            weight_limit: None,
            capacity: NonZeroUsize::MIN,
            waiting_only: false,
            repeat: false,
            draw: None,
            default_duration: None,
            max_duration: None,
            enforce_duration: false,
            no_extend_while_waiting: false,
            offer_period: 10 * MINUTE,
            request_period: 10 * MINUTE,
            warn_percent: 20,
            warn_at_most: 30 * MINUTE,
            nag_period: Some(3 * HOUR),
            orphan_grace: DAY,
            tolerance: MINUTE,
        }
    }
}

impl Policy {
    /// The manners of the original Hat Man.
    pub fn classic() -> Self {
        Self { handoff: Handoff::Notify, pool: Pool::Open, ..Self::default() }
    }

    /// How many can hold at the same time, or none.
    pub(crate) fn slots(&self) -> usize {
        if self.waiting_only { 0 } else { self.capacity.get() }
    }

    /// How long a hold lasts for which this much was asked. Not saying is no way around the maximum.
    pub fn term(&self, asked: Option<Duration>) -> Term {
        match (asked.or(self.default_duration), self.max_duration) {
            (Some(wanted), Some(max)) if wanted > max => Term { duration: Some(max), capped: asked },
            (wanted, max) => Term { duration: wanted.or(max), capped: None },
        }
    }

    /// When to warn of this deadline.
    pub fn warn_at(&self, deadline: &Deadline) -> Instant {
        deadline.at - self.warning(deadline)
    }

    /// How long before this deadline the warning comes.
    pub(crate) fn warning(&self, deadline: &Deadline) -> Duration {
        let share = deadline.at.since(deadline.set).saturating_mul(self.warn_percent) / 100;
        share.min(self.warn_at_most)
    }

    /// Refuses durations that make no hold.
    pub(crate) fn check(&self, wish: &Wish) -> Result<(), Refusal> {
        match wish.duration.or(self.default_duration) {
            Some(duration) if duration.is_zero() => Err(Refusal::NoTime),
            None if self.enforce_duration => Err(Refusal::DurationRequired { max: self.max_duration }),
            _ => Ok(()),
        }
    }
}
