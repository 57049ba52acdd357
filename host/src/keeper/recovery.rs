//! What happens to a build that fails again and again: it is taken back if the one before can serve, and left alone for a while if not.

use super::swap::Swapping;
use super::{Keeper, Life};
use crate::invocation::Item;
use crate::ledger::{self, Cause, Leaving, Measure, MeasureChange, Taken};
use crate::model::{PluginName, WorkspaceId};
use crate::plugins::{Digest, Generation};
use hatstand_common::value::{Instant, PersonId, Place};
use serde::Deserialize;
use std::collections::VecDeque;
use std::sync::PoisonError;
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

/// An invocation in which a build failed, whoever did whatever.
#[derive(Clone, Debug)]
pub struct Failed {
    plugin: PluginName,
    version: String,
    digest: Digest,
    why: String,
    reference: String,
    workspace: WorkspaceId,
    place: Option<Place>,
}

impl Failed {
    pub fn of(generation: &Generation, item: &Item, reference: &str, why: String) -> Self {
        Self {
            plugin: generation.name.clone(),
            version: generation.description.version.clone(),
            digest: generation.digest.clone(),
            why,
            reference: reference.to_owned(),
            workspace: item.event.workspace.clone(),
            place: item.event.place.clone(),
        }
    }

    /// The reason as it is told: the first line, shortened.
    fn reason(&self) -> String {
        let line = self.why.lines().next().unwrap_or_default();
        let short: String = line.chars().take(200).collect();
        format!("{short} (reference {})", self.reference)
    }
}

/// The failures of one build.
#[derive(Debug, Default)]
pub(super) struct Failures {
    of: Option<Digest>,
    at: VecDeque<Instant>,
    rests: u32,
}

impl Failures {
    /// Counts one more. Is it one too many?
    fn count(&mut self, build: &Digest, now: Instant, recovery: &Recovery) -> bool {
        if self.of.as_ref() != Some(build) {
            *self = Self { of: Some(build.clone()), ..Self::default() };
        }
        while self.at.front().is_some_and(|at| now.since(*at) > recovery.within) {
            self.at.pop_front();
        }
        if self.at.is_empty() {
            self.rests = 0;
        }
        self.at.push_back(now);
        // One that has rested is not given that many chances again.
        self.rests > 0 || self.at.len() >= recovery.failures
    }

    fn rest(&mut self) -> Duration {
        let rest = FIRST_REST.saturating_mul(1_u32.checked_shl(self.rests).unwrap_or(u32::MAX)).min(LONGEST_REST);
        self.rests += 1;
        rest
    }
}

impl Keeper {
    /// A build failed. Once that is too often, it is taken back or left alone before this returns.
    pub async fn failed(&self, failed: Failed) {
        let now = self.clock.now();
        if self.count(&failed, now) && self.stop(&failed, now).await {
            // Its file says why it does not serve.
            self.plugins.reload_one(&failed.plugin, self).await;
        }
    }

    /// True if the build does not serve any more.
    async fn stop(&self, failed: &Failed, now: Instant) -> bool {
        let _one = self.swaps.lock().await;
        if self.plugins.canary(&failed.plugin).is_some_and(|canary| canary.generation.digest == failed.digest) {
            let why = format!("it failed {} times where it was tried: {}", self.recovery.failures, failed.reason());
            self.end_trial(&failed.plugin, failed.digest.as_str(), &why, None).await;
            let Failed { plugin, version, .. } = failed;
            self.notice(failed, format!("I took *{plugin}* {version} back, because {why}. The build from before serves here again.")).await;
            return true;
        }
        if self.plugins.registry().live(&failed.plugin).is_none_or(|live| live.digest != failed.digest) {
            return false;
        }
        match self.life_of(&failed.plugin).await {
            Ok(life) if self.take_back(failed, &life, now).await => return true,
            Ok(_) => self.rest(failed, now).await,
            Err(why) => tracing::error!(plugin = %failed.plugin, %why, "nothing can be done about a build that fails"),
        }
        false
    }

    fn count(&self, failed: &Failed, now: Instant) -> bool {
        let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        failures.entry(failed.plugin.clone()).or_default().count(&failed.digest, now, &self.recovery)
    }

    pub(super) fn forget_failures(&self, plugin: &PluginName) {
        self.failures.lock().unwrap_or_else(PoisonError::into_inner).remove(plugin);
    }

    /// Back to the build before. False if there is none that can serve.
    async fn take_back(&self, failed: &Failed, life: &Life, now: Instant) -> bool {
        let young = life.last.as_ref().is_some_and(|last| now.since(last.at) <= self.recovery.probation);
        let Some(before) = self.before(life).await.filter(|_| young) else { return false };
        let why = format!("it failed {} times: {}", self.recovery.failures, failed.reason());
        let swapping =
            Swapping { measures: vec![out(failed, &why, now)], ..Swapping::new(Cause::RolledBack, Leaving::TakenBack(why.clone())) };
        let file = self.plugins.registry().live(&failed.plugin).map(|live| live.file.clone()).unwrap_or_default();
        let back = match self.kept(&file, &before.digest).await {
            Ok(candidate) => self.swap(candidate, swapping, life).await,
            Err(why) => Err(why),
        };
        if let Err(why) = back {
            tracing::error!(plugin = %failed.plugin, version = before.version, "the build before cannot serve again: it {why}");
            return false;
        }
        let Failed { plugin, version, .. } = failed;
        self.notice(failed, format!("I took *{plugin}* {version} back, because {why}. {} serves again.", before.version)).await;
        true
    }

    /// The last build that served before this one and can do so again: not taken out, and at home with what the plugin keeps.
    pub(super) async fn before(&self, life: &Life) -> Option<ledger::Generation> {
        let last = life.last.as_ref()?;
        let generations = self.runner.ledger.generations(&last.plugin, GENERATIONS).await.ok()?;
        let fits =
            |other: &ledger::Generation| other.digest != last.digest && other.state == last.state && life.out(&other.digest).is_none();
        generations.into_iter().find(fits)
    }

    async fn rest(&self, failed: &Failed, now: Instant) {
        let rest = {
            let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
            failures.entry(failed.plugin.clone()).or_default().rest()
        };
        self.plugins.rest(&failed.plugin, now + rest, failed.reason());
        // The first rests are short, and nobody has to know of each.
        if rest == FIRST_REST {
            let Failed { plugin, version, .. } = failed;
            let why = failed.reason();
            let told = format!(
                "*{plugin}* {version} failed {} times: {why}. There is no build to go back to, so I leave it alone for a moment, and for longer each time it fails again. `plugins log {plugin}` tells more.",
                self.recovery.failures
            );
            self.notice(failed, told).await;
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
        self.tell_administrators(&failed.workspace, failed.place.clone(), &failed.reference, told).await;
    }
}

fn out(failed: &Failed, why: &str, at: Instant) -> MeasureChange {
    let measure = Measure::out(failed.digest.as_str(), why);
    MeasureChange::Take(Taken { plugin: failed.plugin.clone(), measure, by: None, at })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn the_third_failure_within_the_time_is_one_too_many() {
        let (recovery, build) = (Recovery::default(), Digest::of(b"build"));
        let mut failures = Failures::default();
        let start = Instant(0);
        assert!(!failures.count(&build, start, &recovery));
        assert!(!failures.count(&build, start + SECOND, &recovery));
        assert!(!failures.count(&build, start + recovery.within + SECOND, &recovery), "the first is too long ago");
        assert!(failures.count(&build, start + recovery.within + SECOND, &recovery));
        assert!(!failures.count(&Digest::of(b"another"), start + recovery.within + SECOND, &recovery), "another build begins anew");
    }

    #[test]
    fn each_rest_is_twice_as_long_until_it_does_not_fail_for_a_while() {
        let (recovery, build) = (Recovery { failures: 1, ..Recovery::default() }, Digest::of(b"build"));
        let mut failures = Failures::default();
        let mut now = Instant(0);
        let mut rests = Vec::new();
        for _ in 0..10 {
            assert!(failures.count(&build, now, &recovery));
            rests.push(failures.rest().as_secs());
            now = now + SECOND;
        }
        assert_eq!(rests, [1, 2, 4, 8, 16, 32, 64, 128, 256, 300]);
        assert!(failures.count(&build, now + recovery.within + SECOND, &recovery));
        assert_eq!(failures.rest(), FIRST_REST);
    }
}
