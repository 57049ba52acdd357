//! What comes due as the clock moves.

use hatstand_common::declaration::Schedule;
use hatstand_common::schedule::Cron;
use hatstand_common::value::Instant;

/// A schedule and its next run.
#[derive(Debug)]
pub(super) struct Planned {
    pub(super) name: String,
    pub(super) cron: Cron,
    pub(super) due: Option<Instant>,
}

/// The next thing that comes due.
pub(super) enum Due {
    Timer(Instant, String),
    Question(Instant, String),
    /// By its number.
    Schedule(Instant, usize),
}

impl Due {
    pub(super) fn at(&self) -> Instant {
        match self {
            Due::Timer(at, _) | Due::Question(at, _) | Due::Schedule(at, _) => *at,
        }
    }
}

#[track_caller]
pub(super) fn plan(schedules: &[Schedule], now: Instant) -> Vec<Planned> {
    let planned = |schedule: &Schedule| {
        let cron = Cron::read(schedule).unwrap_or_else(|why| panic!("the host would refuse the schedule `{}`: {why}", schedule.name));
        Planned { name: schedule.name.clone(), due: cron.next(now), cron }
    };
    schedules.iter().map(planned).collect()
}
