//! How much is listened to: of one person, in one channel, in one workspace. What is more than that is not done, and said so once.

use crate::clock::Clock;
use crate::config;
use crate::model::{Event, Said, What, WorkspaceId};
use crate::permissions::principals;
use governor::middleware::NoOpMiddleware;
use governor::state::keyed::HashMapStateStore;
use governor::{NotUntil, Quota, RateLimiter, clock};
use hatstand_common::value::{ChannelId, PersonId};
use serde::{Deserialize, Serialize};
use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::hash::Hash;
use std::num::NonZeroU32;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How many commands and presses may follow each other at once; in each period, as many come back. 0 is without limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Rate {
    pub person: u32,
    pub channel: u32,
    pub workspace: u32,
    #[serde(deserialize_with = "config::length")]
    pub period: Duration,
}

impl Default for Rate {
    fn default() -> Self {
        Self { person: 20, channel: 300, workspace: 1_000, period: Duration::from_secs(10) }
    }
}

impl Rate {
    /// For where much is said at one moment of a clock that stands still.
    pub const UNLIMITED: Self = Self { person: 0, channel: 0, workspace: 0, period: Duration::from_secs(10) };
}

/// Which limit was reached, and when there is room again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TooMuch {
    pub of: Whose,
    pub limit: u32,
    pub period: Duration,
    pub wait: Duration,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Whose {
    Person,
    Channel,
    Workspace,
}

/// What is done with something that was said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Listen,
    /// It is not done; whoever it was has to be told.
    Refuse(TooMuch),
    /// It is not done, and whoever it was knows why.
    Drop,
}

/// Counts what comes in.
pub struct Gate {
    clock: Clock,
    people: Limiter<(WorkspaceId, PersonId)>,
    channels: Limiter<(WorkspaceId, ChannelId)>,
    workspaces: Limiter<WorkspaceId>,
    memory: Mutex<Memory>,
}

/// Whoever was told that it was too much is not told again so soon, and neither is the operator.
const QUIET: Duration = Duration::from_secs(60);

/// Services deliver again what they believe to be lost for so long, at most.
const REDELIVERED: Duration = Duration::from_secs(15 * 60);

/// So many things that came in are known again when they are delivered again.
const REMEMBERED: usize = 20_000;

impl Gate {
    pub fn new(rate: Rate, clock: Clock) -> Self {
        Self {
            people: Limiter::new(Whose::Person, rate.person, rate.period, &clock),
            channels: Limiter::new(Whose::Channel, rate.channel, rate.period, &clock),
            workspaces: Limiter::new(Whose::Workspace, rate.workspace, rate.period, &clock),
            memory: Mutex::default(),
            clock,
        }
    }

    /// What is to be done with this event. Only what people ask of the bot counts.
    pub fn pass(&self, event: &Event) -> Verdict {
        if !matches!(event.what, What::Said(Said { addressed: true, .. }) | What::Pressed { .. }) {
            return Verdict::Listen;
        }
        let now = self.clock.elapsed();
        self.sweep(now);
        if let Some(verdict) = self.memory().verdict_on(event) {
            return verdict;
        }
        match self.count(event) {
            Ok(()) => self.memory().remember(event, Verdict::Listen, now),
            Err(much) => self.memory().refuse(event, much, now),
        }
    }

    /// The refusal could not be told after all: the next one will be.
    pub fn was_not_told(&self, event: &Event) {
        self.memory().told.remove(&who(event));
    }

    /// What one person may not do is not counted for the others.
    fn count(&self, event: &Event) -> Result<(), TooMuch> {
        let workspace = &event.workspace;
        if let (_, Some(person)) = who(event) {
            self.people.count(&(workspace.clone(), person))?;
        }
        if let Some(place) = &event.place {
            self.channels.count(&(workspace.clone(), place.channel.clone()))?;
        }
        self.workspaces.count(workspace)
    }

    /// Forgets whoever was quiet for a while, and reports what was refused.
    fn sweep(&self, now: Duration) {
        let mut memory = self.memory();
        if now.saturating_sub(memory.swept) < QUIET {
            return;
        }
        memory.sweep(now);
        drop(memory);
        self.people.forget_idle();
        self.channels.forget_idle();
        self.workspaces.forget_idle();
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Gate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gate").field("clock", &self.clock).finish_non_exhaustive()
    }
}

/// Whose event it is; all that goes by one token of a program is one.
fn who(event: &Event) -> (WorkspaceId, Option<PersonId>) {
    let person = event.person.as_ref().and_then(|person| principals(person).pop());
    (event.workspace.clone(), person)
}

/// What the gate remembers of what came.
#[derive(Default)]
struct Memory {
    /// When somebody was told.
    told: HashMap<(WorkspaceId, Option<PersonId>), Duration>,
    /// What came, oldest first: delivered again, it is not counted again, and what was dropped is not let in later.
    judged: VecDeque<(Duration, Key)>,
    verdicts: HashMap<Key, Verdict>,
    /// Since the last sweep.
    refused: u64,
    swept: Duration,
}

type Key = (WorkspaceId, String);

impl Memory {
    fn verdict_on(&self, event: &Event) -> Option<Verdict> {
        self.verdicts.get(&key(event)).copied()
    }

    fn remember(&mut self, event: &Event, verdict: Verdict, now: Duration) -> Verdict {
        self.judged.push_back((now, key(event)));
        self.verdicts.insert(key(event), verdict);
        if self.judged.len() > REMEMBERED {
            self.forget_oldest();
        }
        verdict
    }

    fn refuse(&mut self, event: &Event, much: TooMuch, now: Duration) -> Verdict {
        self.refused += 1;
        let who = who(event);
        if self.told.get(&who).is_none_or(|told| now.saturating_sub(*told) >= QUIET) {
            tracing::warn!(person = ?event.person, place = ?event.place, of = ?much.of, limit = much.limit, "too much is asked; it is not done");
            self.told.insert(who, now);
            return Verdict::Refuse(much);
        }
        self.remember(event, Verdict::Drop, now)
    }

    fn forget_oldest(&mut self) {
        if let Some((_, key)) = self.judged.pop_front() {
            self.verdicts.remove(&key);
        }
    }

    fn sweep(&mut self, now: Duration) {
        if self.refused > 0 {
            tracing::warn!(refused = self.refused, "commands and presses that were too much and were not done, since I last said so");
        }
        self.refused = 0;
        self.swept = now;
        self.told.retain(|_, told| now.saturating_sub(*told) < QUIET);
        while self.judged.front().is_some_and(|(at, _)| now.saturating_sub(*at) >= REDELIVERED) {
            self.forget_oldest();
        }
    }
}

fn key(event: &Event) -> Key {
    (event.workspace.clone(), event.key.clone())
}

/// One of the limits.
struct Limiter<K: Clone + Eq + Hash> {
    of: Whose,
    limit: u32,
    period: Duration,
    clock: Clock,
    /// None is without limit.
    limiter: Option<RateLimiter<K, HashMapStateStore<K>, Clock, NoOpMiddleware<Duration>>>,
}

impl<K: Clone + Eq + Hash> Limiter<K> {
    fn new(of: Whose, limit: u32, period: Duration, clock: &Clock) -> Self {
        let quota = NonZeroU32::new(limit).and_then(|burst| Some(Quota::with_period(period / limit)?.allow_burst(burst)));
        let limiter = quota.map(|quota| RateLimiter::new(quota, HashMapStateStore::default(), clock.clone()));
        Self { of, limit, period, clock: clock.clone(), limiter }
    }

    fn count(&self, key: &K) -> Result<(), TooMuch> {
        let counted = self.limiter.as_ref().map_or(Ok(()), |limiter| limiter.check_key(key));
        counted.map_err(|early: NotUntil<Duration>| {
            let wait = early.wait_time_from(self.clock.elapsed());
            TooMuch { of: self.of, limit: self.limit, period: self.period, wait }
        })
    }

    fn forget_idle(&self) {
        if let Some(limiter) = &self.limiter {
            limiter.retain_recent();
            limiter.shrink_to_fit();
        }
    }
}

/// Limits follow the host's clock, which the practice room and the transcripts move.
impl clock::Clock for Clock {
    type Instant = Duration;

    fn now(&self) -> Duration {
        self.elapsed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hatstand_common::value::{Instant, MessageId, Place};

    fn gate(rate: Rate) -> (Gate, Clock) {
        let clock = Clock::still(Instant(0));
        (Gate::new(rate, clock.clone()), clock)
    }

    fn said(person: &str, channel: &str, key: u64) -> Event {
        let said = Said { line: "hat on".into(), addressed: true, message: MessageId::from("m") };
        Event {
            workspace: "w".into(),
            key: key.to_string(),
            at: Instant(0),
            place: Some(Place { channel: channel.into(), thread: None }),
            person: Some(person.into()),
            what: What::Said(said),
        }
    }

    fn too_much(verdict: Verdict) -> Whose {
        match verdict {
            Verdict::Refuse(much) => much.of,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn each_limit_holds_for_its_own() {
        let (gate, _) = gate(Rate { person: 2, channel: 3, workspace: 4, ..Rate::default() });
        assert_eq!([1, 2].map(|key| gate.pass(&said("jane", "dev", key))), [Verdict::Listen; 2]);
        assert_eq!(too_much(gate.pass(&said("jane", "ops", 3))), Whose::Person);
        assert_eq!(gate.pass(&said("ed", "dev", 4)), Verdict::Listen, "what jane may not do takes nothing from ed");
        assert_eq!(too_much(gate.pass(&said("ed", "dev", 5))), Whose::Channel);
        assert_eq!(gate.pass(&said("dana", "ops", 6)), Verdict::Listen);
        assert_eq!(too_much(gate.pass(&said("dana", "random", 7))), Whose::Workspace);
    }

    #[test]
    fn room_comes_back_with_time() {
        let (gate, clock) = gate(Rate { person: 2, ..Rate::UNLIMITED });
        for key in [1, 2] {
            gate.pass(&said("jane", "dev", key));
        }
        let Verdict::Refuse(much) = gate.pass(&said("jane", "dev", 3)) else { panic!("it is too much") };
        assert_eq!(much.wait, Duration::from_secs(5));
        clock.advance(much.wait);
        assert_eq!(gate.pass(&said("jane", "dev", 4)), Verdict::Listen);
        assert_eq!(gate.pass(&said("jane", "dev", 5)), Verdict::Drop, "she knows");
        clock.advance(QUIET);
        for key in [6, 7] {
            gate.pass(&said("jane", "dev", key));
        }
        assert_eq!(too_much(gate.pass(&said("jane", "dev", 8))), Whose::Person, "she is told again");
    }

    #[test]
    fn what_is_delivered_again_is_not_counted_again() {
        let (gate, _) = gate(Rate { person: 2, ..Rate::UNLIMITED });
        for key in [1, 1, 1, 2, 2] {
            assert_eq!(gate.pass(&said("jane", "dev", key)), Verdict::Listen);
        }
        assert_eq!(too_much(gate.pass(&said("jane", "dev", 3))), Whose::Person);
    }

    #[test]
    fn what_was_dropped_stays_dropped_when_it_is_delivered_again() {
        let (gate, clock) = gate(Rate { person: 1, ..Rate::UNLIMITED });
        for key in [1, 2, 3] {
            gate.pass(&said("jane", "dev", key));
        }
        clock.advance(REDELIVERED - QUIET);
        assert_eq!(gate.pass(&said("jane", "dev", 3)), Verdict::Drop);
        assert_eq!(gate.pass(&said("jane", "dev", 4)), Verdict::Listen);
    }

    #[test]
    fn all_that_goes_by_one_token_is_one() {
        let (gate, _) = gate(Rate { person: 1, ..Rate::UNLIMITED });
        assert_eq!(gate.pass(&said("api:ci:pipeline 1", "dev", 1)), Verdict::Listen);
        assert_eq!(too_much(gate.pass(&said("api:ci:pipeline 2", "dev", 2))), Whose::Person);
    }

    #[test]
    fn whoever_is_quiet_is_forgotten() {
        let (gate, clock) = gate(Rate { person: 1, ..Rate::default() });
        for key in 0..2 * REMEMBERED as u64 {
            gate.pass(&said(&format!("p{}", key % 100), "dev", key));
        }
        let memory = gate.memory();
        assert_eq!((memory.judged.len(), memory.verdicts.len()), (REMEMBERED, REMEMBERED));
        drop(memory);
        clock.advance(REDELIVERED);
        gate.pass(&said("jane", "ops", 0));
        let memory = gate.memory();
        let people = gate.people.limiter.as_ref().map_or(0, RateLimiter::len);
        assert_eq!((memory.told.len(), memory.judged.len(), memory.verdicts.len(), people), (0, 1, 1, 1), "only what came just now");
    }

    #[test]
    fn without_a_limit_everything_is_listened_to() {
        let (gate, _) = gate(Rate::UNLIMITED);
        assert!((0..1_000).all(|key| gate.pass(&said("jane", "dev", key)) == Verdict::Listen));
    }
}
