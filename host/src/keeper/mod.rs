//! Keeps the plugins: which build of each serves, by the folder, by what administrators decided, and by how the builds do.
//!
//! # The life of a build
//!
//! ```text
//! folder ▶ loaded ▶ admitted ▶ rehearsed ▶ told ──▶ serves ──▶ replaced · taken back · unloaded · removed
//!             │         │           │        │        │
//!          rejected   waits      rejected  rejected   └▶ rests, and serves again
//! ```
//!
//! 1. A build that was loaded is [admitted](entrance) unless an administrator took it out, or it wants more than the one that serves.
//! 2. It is [rehearsed](rehearsal) with what came in last, as it was then, and nothing of it takes effect.
//! 3. The [swap] waits for the invocations under way, tells the build that it is installed or an upgrade, and commits what it did with the
//!    fact that it serves: code and data change together, or not at all. The one before serves until then.
//! 4. A build that [fails](recovery) again and again, and is to [blame](blame) for it, is taken back or left alone for a while;
//!    administrators are [told](notice).
//!
//! Administrators give [orders]. Everything is in the ledger, so that a restart goes on where things were.

mod blame;
mod entrance;
mod notice;
pub mod orders;
mod recovery;
mod rehearsal;
mod swap;

pub use recovery::{Failed, Recovery};
pub use rehearsal::Rehearsal;

use crate::clock::Clock;
use crate::ledger::{self, Generation, Leaving, Measure, Taken};
use crate::model::PluginName;
use crate::plugins::settings::Misfit;
use crate::plugins::{Candidate, Crossing, Plugins, Threshold};
use crate::runner::Runner;
use async_trait::async_trait;
use hatstand_common::value::Instant;
use recovery::Failures;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex as StdMutex};
use tokio::sync::Mutex;

/// Keeps the plugins of a host.
#[derive(Debug)]
pub struct Keeper {
    plugins: Arc<Plugins>,
    runner: Runner,
    clock: Clock,
    recovery: Recovery,
    /// One change of what serves at a time.
    swaps: Mutex<()>,
    failures: StdMutex<BTreeMap<PluginName, Failures>>,
    rehearsals: StdMutex<BTreeMap<PluginName, Rehearsal>>,
    /// The build against which a failure was tried last.
    predecessor: StdMutex<Option<Arc<crate::plugins::Generation>>>,
    /// What an administrator wants let in, whatever comes of its rehearsal.
    insisted: StdMutex<BTreeSet<PluginName>>,
}

/// What the ledger knows of a plugin.
#[derive(Clone, Debug)]
struct Life {
    measures: Vec<Taken>,
    /// The newest generation, whether it serves or not.
    last: Option<Generation>,
}

impl Keeper {
    pub fn new(plugins: Arc<Plugins>, runner: Runner, clock: Clock, recovery: Recovery) -> Self {
        let (failures, rehearsals, insisted, predecessor) =
            (StdMutex::default(), StdMutex::default(), StdMutex::default(), StdMutex::default());
        Self { plugins, runner, clock, recovery, swaps: Mutex::default(), failures, rehearsals, insisted, predecessor }
    }

    /// The first look into the folder: what served before serves again, unless there is something newer that may.
    pub async fn start(&self) -> ledger::Result<()> {
        for Taken { plugin, measure, .. } in self.runner.ledger.measures().await? {
            if let Measure::Granted { grant } = measure {
                self.plugins.loader().grant(&plugin, &grant);
            }
        }
        self.look().await;
        let registry = self.plugins.registry();
        for served in self.runner.ledger.serving().await? {
            if registry.presence(&served.plugin).is_none() && self.plugins.file_of(&served.plugin).is_none() {
                tracing::warn!(plugin = %served.plugin, version = served.version, "it served before, but its file is not there any more");
                self.runner.ledger.leave(&served.plugin, self.clock.now(), Leaving::Removed).await?;
            }
        }
        Ok(())
    }

    /// Looks into the folder once.
    pub async fn look(&self) {
        self.plugins.look(self).await;
    }

    /// Loads everything anew, for what was decided otherwise meanwhile.
    pub async fn reload_all(&self) {
        self.plugins.reload(self).await;
    }

    /// Looks into the folder whenever something happens there, for as long as the task runs.
    pub async fn watch(self: Arc<Self>) {
        self.plugins.watch(&*self).await;
    }

    /// Wakes whoever has rested, for as long as the task runs.
    pub async fn wake(self: Arc<Self>) {
        let mut news = self.plugins.news();
        loop {
            let next = self.plugins.registry().next_rested();
            tokio::select! {
                () = self.clock.reach_any(next) => self.wake_rested(self.clock.now()),
                told = news.recv() => if matches!(told, Err(tokio::sync::broadcast::error::RecvError::Closed)) { return },
            }
        }
    }

    /// Whoever has rested long enough serves again.
    pub fn wake_rested(&self, now: Instant) {
        self.plugins.wake_rested(now);
    }

    async fn life_of(&self, plugin: &PluginName) -> ledger::Result<Life> {
        let measures = self.runner.ledger.measures().await?;
        let measures = measures.into_iter().filter(|taken| taken.plugin == *plugin).collect();
        Ok(Life { measures, last: self.runner.ledger.generations(plugin, 1).await?.into_iter().next() })
    }

    /// What was set in chat for another build and is not what this one takes.
    async fn warn_of_misfits(&self, generation: &crate::plugins::Generation) {
        for workspace in self.runner.directory.workspaces() {
            let in_chat = self.runner.ledger.settings(workspace, &generation.name).await.unwrap_or_default();
            for misfit in generation.settings_with(&in_chat).1 {
                let Misfit { setting, value, why } = misfit;
                tracing::warn!(plugin = %generation.name, %workspace, setting, value, why, "what was set in chat does not fit and is not applied");
            }
        }
    }
}

#[async_trait]
impl Threshold for Keeper {
    async fn cross(&self, _: &Plugins, candidate: Candidate) -> Crossing {
        let _one = self.swaps.lock().await;
        self.enter(candidate).await.map_or_else(Crossing::Waits, |()| Crossing::Serves)
    }

    async fn is_gone(&self, plugin: &PluginName) {
        let _one = self.swaps.lock().await;
        if let Err(why) = self.runner.ledger.leave(plugin, self.clock.now(), Leaving::Removed).await {
            tracing::error!(%plugin, %why, "its file is gone, but that could not be written down");
        }
    }
}
