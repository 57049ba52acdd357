//! Recovery: a build that fails again and again is taken back if the one before can serve, and left alone for a while if not. Which failures
//! count is a question of [blame](super::blame).

use super::blame::{Blame, Source};
use super::swap::Swapping;
use super::{Keeper, Life};
use crate::invocation::Item;
use crate::ledger::{self, Cause, Leaving, Measure, MeasureChange, Recording, Taken};
use crate::model::{PluginName, WorkspaceId};
use crate::plugins::{Digest, Generation};
use hatstand_common::value::{Instant, PersonId, Place};
use serde::Deserialize;
use std::collections::VecDeque;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

/// When the host does something about a build that fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Recovery {
    /// So many failures,
    pub failures: usize,
    /// within this time.
    #[serde(deserialize_with = "crate::config::length")]
    pub within: Duration,
    /// A build that has served for longer is not taken back: it is left alone.
    #[serde(deserialize_with = "crate::config::length")]
    pub probation: Duration,
}

impl Default for Recovery {
    fn default() -> Self {
        Self { failures: 3, within: Duration::from_secs(5 * 60), probation: Duration::from_secs(24 * 3600) }
    }
}

/// How long a plugin is left alone at first; twice as long each time after that.
const FIRST_REST: Duration = Duration::from_secs(1);
const LONGEST_REST: Duration = Duration::from_secs(5 * 60);

/// How far back it is looked for a build that can serve again.
const GENERATIONS: usize = 20;

/// An invocation in which a build failed.
#[derive(Clone, Debug)]
pub struct Failed {
    pub(super) generation: Arc<Generation>,
    pub(super) recording: Box<Recording>,
    pub(super) source: Source,
    why: String,
    workspace: WorkspaceId,
    place: Option<Place>,
}

impl Failed {
    /// None if it was somebody's event of whom the host knows nothing: then the build lacked what the host should have known.
    pub fn of(generation: &Arc<Generation>, item: &Item, recording: &Recording, why: String) -> Option<Self> {
        if recording.by.is_some() && recording.person.is_none() {
            return None;
        }
        Some(Self {
            generation: Arc::clone(generation),
            recording: Box::new(recording.clone()),
            source: Source::of(&item.event),
            why,
            workspace: item.event.workspace.clone(),
            place: item.event.place.clone(),
        })
    }

    fn plugin(&self) -> &PluginName {
        &self.generation.name
    }

    fn version(&self) -> &str {
        &self.generation.description.version
    }

    /// The reason as it is told: the first line, shortened.
    fn reason(&self) -> String {
        let line = self.why.lines().next().unwrap_or_default();
        let short: String = line.chars().take(200).collect();
        format!("{short} (reference {})", self.recording.reference)
    }
}

/// The failures of one build.
#[derive(Debug, Default)]
pub(super) struct Failures {
    of: Option<Digest>,
    at: VecDeque<(Instant, Blame)>,
    rests: u32,
    rested: Option<Instant>,
}

/// What is to be done about a build.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    TakeBack,
    /// It is left alone, for longer each time.
    Rest,
    /// It is left alone for a moment: it may be that only those who made it fail are to blame.
    Pause,
}

impl Failures {
    /// Counts one more, and says what is to be done if that is one too many.
    fn count(&mut self, build: &Digest, blame: Blame, now: Instant, recovery: &Recovery) -> Option<Verdict> {
        if self.of.as_ref() != Some(build) {
            *self = Self { of: Some(build.clone()), ..Self::default() };
        }
        let is_past = |at: Instant| now.since(at) > recovery.within;
        self.at.retain(|(at, earlier)| !is_past(*at) && !blame.repeats(earlier));
        if self.at.is_empty() && self.rested.is_none_or(is_past) {
            self.rests = 0;
        }
        let is_unconditional = blame.is_unconditional();
        self.at.push_back((now, blame));
        // One that has rested is not given that many chances again.
        let most = if self.rests > 0 { 1 } else { recovery.failures };
        let count = |counts: fn(&Blame) -> bool| self.at.iter().filter(|(_, blame)| counts(blame)).count();
        if is_unconditional && count(|blame| *blame == Blame::Build) >= most {
            return Some(Verdict::TakeBack);
        }
        if is_unconditional && count(Blame::is_unconditional) >= most {
            return Some(Verdict::Rest);
        }
        (self.at.len() >= recovery.failures).then_some(Verdict::Pause)
    }

    /// It has served somebody.
    fn forgive(&mut self, build: &Digest) {
        if self.of.as_ref() == Some(build) {
            self.at.retain(|(_, blame)| !blame.is_by_person());
        }
    }

    /// How long it rests, and whether that is the first time for a while.
    fn rest(&mut self, verdict: Verdict, now: Instant) -> (Duration, bool) {
        let is_first = self.rests == 0;
        let longer = FIRST_REST.saturating_mul(1_u32.checked_shl(self.rests).unwrap_or(u32::MAX)).min(LONGEST_REST);
        self.at.clear();
        self.rests += 1;
        self.rested = Some(now);
        (if verdict == Verdict::Pause { FIRST_REST } else { longer }, is_first)
    }
}

impl Keeper {
    /// A build failed. Once that is too often, it is taken back or left alone before this returns.
    pub async fn failed(&self, failed: Failed) {
        let now = self.clock.now();
        let blame = self.blame(&failed, now).await;
        if let Some(verdict) = self.count(&failed, blame, now)
            && self.stop(&failed, verdict, now).await
        {
            // Its file says why it does not serve.
            self.plugins.reload_one(failed.plugin(), self).await;
        }
    }

    /// A build did what a person wanted.
    pub fn served(&self, generation: &Generation) {
        let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(failures) = failures.get_mut(&generation.name) {
            failures.forgive(&generation.digest);
        }
    }

    /// True if the build does not serve any more.
    async fn stop(&self, failed: &Failed, verdict: Verdict, now: Instant) -> bool {
        let _one = self.swaps.lock().await;
        let (plugin, version, digest) = (failed.plugin(), failed.version(), &failed.generation.digest);
        if self.plugins.canary(plugin).is_some_and(|canary| canary.generation.digest == *digest) {
            let why = format!("it failed {} times where it was tried: {}", self.recovery.failures, failed.reason());
            self.end_trial(plugin, digest.as_str(), &why, None).await;
            self.notice(failed, format!("I took *{plugin}* {version} back, because {why}. The build from before serves here again.")).await;
            return true;
        }
        if self.plugins.registry().live(plugin).is_none_or(|live| live.digest != *digest) {
            return false;
        }
        match self.life_of(plugin).await {
            Ok(life) if verdict == Verdict::TakeBack && self.take_back(failed, &life, now).await => return true,
            Ok(_) => self.rest(failed, verdict, now).await,
            Err(why) => tracing::error!(%plugin, %why, "nothing can be done about a build that fails"),
        }
        false
    }

    fn count(&self, failed: &Failed, blame: Blame, now: Instant) -> Option<Verdict> {
        let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        failures.entry(failed.plugin().clone()).or_default().count(&failed.generation.digest, blame, now, &self.recovery)
    }

    pub(super) fn forget_failures(&self, plugin: &PluginName) {
        self.failures.lock().unwrap_or_else(PoisonError::into_inner).remove(plugin);
    }

    /// Back to the build before. False if there is none that can serve.
    async fn take_back(&self, failed: &Failed, life: &Life, now: Instant) -> bool {
        let Some(before) = self.successor_if_taken_back(life, now).await else { return false };
        let why = format!("it failed {} times: {}", self.recovery.failures, failed.reason());
        let swapping =
            Swapping { measures: vec![out(failed, &why, now)], ..Swapping::new(Cause::RolledBack, Leaving::TakenBack(why.clone())) };
        let back = match self.kept(&failed.generation.file, &before.digest).await {
            Ok(candidate) => self.swap(candidate, swapping, life).await,
            Err(why) => Err(why),
        };
        if let Err(why) = back {
            tracing::error!(plugin = %failed.plugin(), version = before.version, "the build before cannot serve again: it {why}");
            return false;
        }
        let (plugin, version) = (failed.plugin(), failed.version());
        self.notice(failed, format!("I took *{plugin}* {version} back, because {why}. {} serves again.", before.version)).await;
        true
    }

    /// The build that serves again if the newest one is taken back; none if that is past its probation, or the only one.
    pub(super) async fn successor_if_taken_back(&self, life: &Life, now: Instant) -> Option<ledger::Generation> {
        let is_young = life.last.as_ref().is_some_and(|last| now.since(last.at) <= self.recovery.probation);
        if is_young { self.before(life).await } else { None }
    }

    /// The last build that served before this one and can do so again: not taken out, and at home with what the plugin keeps.
    pub(super) async fn before(&self, life: &Life) -> Option<ledger::Generation> {
        let last = life.last.as_ref()?;
        let generations = self.runner.ledger.generations(&last.plugin, GENERATIONS).await.ok()?;
        let fits =
            |other: &ledger::Generation| other.digest != last.digest && other.state == last.state && life.out(&other.digest).is_none();
        generations.into_iter().find(fits)
    }

    async fn rest(&self, failed: &Failed, verdict: Verdict, now: Instant) {
        let (rest, is_first) = {
            let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
            failures.entry(failed.plugin().clone()).or_default().rest(verdict, now)
        };
        self.plugins.rest(failed.plugin(), now + rest, failed.reason());
        // The first rests are short, and nobody has to know of each.
        if is_first {
            self.notice(failed, self.resting(failed, verdict)).await;
        }
    }

    fn resting(&self, failed: &Failed, verdict: Verdict) -> String {
        let (plugin, version, why) = (failed.plugin(), failed.version(), failed.reason());
        let times = self.recovery.failures;
        match verdict {
            Verdict::Pause => format!(
                "*{plugin}* {version} failed {times} times, for somebody else each time: {why}. I leave it alone for a moment. `plugins log {plugin}` tells more."
            ),
            Verdict::TakeBack | Verdict::Rest => format!(
                "*{plugin}* {version} failed {times} times: {why}. There is no build to go back to, so I leave it alone for a moment, and for longer each time it fails again. `plugins log {plugin}` tells more."
            ),
        }
    }

    /// What was tried is out, and so is whatever else would be tried.
    pub(super) async fn end_trial(&self, plugin: &PluginName, digest: &str, why: &str, by: Option<PersonId>) {
        self.plugins.end_trial(plugin);
        let measure = Measure::out(digest, why);
        let mut changes = vec![MeasureChange::Take(Taken { plugin: plugin.clone(), measure, by, at: self.clock.now() })];
        changes.extend(self.lifted_canaries(plugin).await);
        if let Err(why) = self.runner.ledger.change_measures(changes).await {
            tracing::error!(%plugin, %why, "a trial has ended, but that could not be written down");
        }
    }

    /// Ends every trial of a plugin.
    pub(super) async fn lifted_canaries(&self, plugin: &PluginName) -> Vec<MeasureChange> {
        let life = self.life_of(plugin).await;
        life.map(|life| life.lifting(|measure| matches!(measure, Measure::Canary { .. }))).unwrap_or_default()
    }

    /// Administrators are told, and whoever was there.
    async fn notice(&self, failed: &Failed, told: String) {
        self.tell_administrators(&failed.workspace, failed.place.clone(), &failed.recording.reference, told).await;
    }
}

fn out(failed: &Failed, why: &str, at: Instant) -> MeasureChange {
    let measure = Measure::out(failed.generation.digest.as_str(), why);
    MeasureChange::Take(Taken { plugin: failed.plugin().clone(), measure, by: None, at })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn by(person: &str) -> Blame {
        Blame::Source(Source::Person("here".into(), person.into()))
    }

    #[test]
    fn the_third_failure_within_the_time_is_one_too_many() {
        let (recovery, build) = (Recovery::default(), Digest::of(b"build"));
        let mut failures = Failures::default();
        let mut count = |build: &Digest, now| failures.count(build, Blame::Build, now, &recovery);
        let start = Instant(0);
        assert_eq!(count(&build, start), None);
        assert_eq!(count(&build, start + SECOND), None);
        assert_eq!(count(&build, start + recovery.within + SECOND), None, "the first is too long ago");
        assert_eq!(count(&build, start + recovery.within + SECOND), Some(Verdict::TakeBack));
        assert_eq!(count(&Digest::of(b"another"), start + recovery.within + SECOND), None, "another build begins anew");
    }

    #[test]
    fn each_rest_is_twice_as_long_until_it_does_not_fail_for_a_while() {
        let (recovery, build) = (Recovery { failures: 1, ..Recovery::default() }, Digest::of(b"build"));
        let host = Blame::Source(Source::Host);
        let mut failures = Failures::default();
        let mut now = Instant(0);
        let mut rests = Vec::new();
        for _ in 0..10 {
            assert_eq!(failures.count(&build, host.clone(), now, &recovery), Some(Verdict::Rest));
            rests.push(failures.rest(Verdict::Rest, now).0.as_secs());
            now = now + SECOND;
        }
        assert_eq!(rests, [1, 2, 4, 8, 16, 32, 64, 128, 256, 300]);
        assert_eq!(failures.count(&build, host, now + recovery.within + SECOND, &recovery), Some(Verdict::Rest));
        assert_eq!(failures.rest(Verdict::Rest, now), (FIRST_REST, true));
    }

    #[test]
    fn one_person_who_makes_it_fail_takes_it_from_nobody() {
        let (recovery, build) = (Recovery::default(), Digest::of(b"build"));
        let mut failures = Failures::default();
        let mut count = |person: &str| failures.count(&build, by(person), Instant(0), &recovery);
        assert!((0..100).all(|_| count("mallory").is_none()));
        assert_eq!(count("bob"), None);
        assert_eq!(count("carl"), Some(Verdict::Pause), "three people are not one person");
    }

    #[test]
    fn several_people_who_make_it_fail_pause_it_for_a_moment_each_time_anew() {
        let (recovery, build) = (Recovery::default(), Digest::of(b"build"));
        let mut failures = Failures::default();
        for round in 0..20 {
            let verdicts = ["ann", "bob", "carl"].map(|person| failures.count(&build, by(person), Instant(round), &recovery));
            assert_eq!(verdicts, [None, None, Some(Verdict::Pause)]);
            assert_eq!(failures.rest(Verdict::Pause, Instant(round)), (FIRST_REST, round == 0));
        }
    }

    #[test]
    fn a_build_that_serves_somebody_is_not_paused_for_what_others_do_to_it() {
        let (recovery, build) = (Recovery::default(), Digest::of(b"build"));
        let mut failures = Failures::default();
        for person in ["ann", "bob", "carl", "dana", "ed"] {
            assert_eq!(failures.count(&build, by(person), Instant(0), &recovery), None);
            failures.forgive(&build);
        }
    }
}
