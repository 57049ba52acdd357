//! What administrators want done about plugins. Each order is done when it returns; given again by the same invocation, it changes nothing.

use super::Keeper;
use super::swap::Swapping;
use crate::ledger::{self, Cause, Leaving, Measure, MeasureChange, Taken};
use crate::model::{PluginName, WorkspaceId};
use crate::plugins::{Candidate, Generation, Rejection};
use hatstand_common::value::{ChannelId, Instant, PersonId};
use std::sync::PoisonError;
use std::time;

/// Who gives an order, and in which invocation.
#[derive(Clone, Debug)]
pub struct Who {
    pub person: Option<PersonId>,
    /// What the person is called.
    pub called: String,
    pub reference: String,
}

/// What came of an order that was carried out, or why it was not.
pub type Done = Result<Outcome, NotDone>;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// This version serves now.
    Serves { version: String, before: Option<String> },
    /// It does not serve any more.
    Out,
    /// The next build is tried there, or the one that waited is now.
    Canary { serves: bool },
    /// What was tried in one channel is not any more.
    TrialEnded { version: String },
    /// It may serve again, but there is no file of it.
    Allowed,
}

#[derive(Clone, Debug, thiserror::Error)]
pub enum NotDone {
    /// There is no such plugin, and no file of it.
    #[error("there is no such plugin")]
    Unknown,
    /// What was ordered is so already.
    #[error("it is so already")]
    Already,
    #[error("there is no build before this one that can serve: {0}")]
    NothingBefore(String),
    #[error("{0}")]
    Rejected(Rejection),
    #[error("{0}")]
    Ledger(#[from] ledger::LedgerError),
}

impl From<Rejection> for NotDone {
    fn from(why: Rejection) -> Self {
        NotDone::Rejected(why)
    }
}

impl Keeper {
    /// Goes back to the build that served before, or to the last one of this version; what serves now stays out. If a build is being tried,
    /// it goes back to not trying it.
    pub async fn roll_back(&self, plugin: &PluginName, to: Option<&str>, who: &Who) -> Done {
        let file = self.plugins.file_of(plugin).map(|(file, _)| file).unwrap_or_default();
        let done = {
            let _one = self.swaps.lock().await;
            match self.plugins.canary(plugin) {
                Some(canary) if to.is_none() => {
                    let why = format!("{} ended its trial", who.called);
                    self.end_trial(plugin, canary.generation.digest.as_str(), &why, who.person.clone()).await;
                    Outcome::TrialEnded { version: canary.generation.description.version.clone() }
                }
                _ => self.go_back(plugin, to, &file, who).await?,
            }
        };
        // Its file says why what is in it does not serve.
        self.plugins.reload_one(plugin, self).await;
        Ok(done)
    }

    async fn go_back(&self, plugin: &PluginName, to: Option<&str>, file: &str, who: &Who) -> Done {
        let life = self.life_of(plugin).await?;
        let last = life.last.as_ref().ok_or(NotDone::Unknown)?;
        if last.reference == who.reference {
            return Ok(Outcome::Serves { version: last.version.clone(), before: None });
        }
        let before = match to {
            None => self.before(&life).await.ok_or_else(|| NotDone::NothingBefore(why_none(last)))?,
            Some(version) => self.of_version(last, version).await?,
        };
        let why = format!("{} rolled it back", who.called);
        let now = self.clock.now();
        let mut measures = vec![MeasureChange::Take(who.takes(plugin, Measure::out(&last.digest, &why), now))];
        if let Some(why) = life.out(&before.digest) {
            measures.push(MeasureChange::Lift { plugin: plugin.clone(), measure: Measure::out(&before.digest, why) });
        }
        let candidate = self.kept(file, &before.digest).await?;
        let swapping = Swapping {
            by: who.person.clone(),
            reference: who.reference.clone(),
            measures,
            ..Swapping::new(Cause::RolledBack, Leaving::TakenBack(why))
        };
        let from = last.version.clone();
        self.swap(candidate, swapping, &life).await?;
        Ok(Outcome::Serves { version: before.version, before: Some(from) })
    }

    async fn of_version(&self, last: &ledger::Generation, version: &str) -> Result<ledger::Generation, NotDone> {
        let generations = self.runner.ledger.generations(&last.plugin, 100).await?;
        let found = generations.into_iter().find(|other| other.version == version && other.digest != last.digest);
        match found {
            Some(found) if found.state != last.state => Err(NotDone::NothingBefore(why_none(last))),
            Some(found) => Ok(found),
            None => Err(NotDone::NothingBefore(format!("no other build of version {version} served"))),
        }
    }

    /// Takes a plugin out until somebody loads it, or there is another build of it.
    pub async fn unload(&self, plugin: &PluginName, who: &Who) -> Done {
        let measure = {
            let _one = self.swaps.lock().await;
            let life = self.life_of(plugin).await?;
            let last = life.last.ok_or(NotDone::Unknown)?;
            let served = Some(last).filter(|last| last.left.is_none()).ok_or(NotDone::Already)?;
            Measure::out(&served.digest, &format!("{} unloaded it", who.called))
        };
        self.take_out(plugin, measure, Leaving::Unloaded, who).await
    }

    /// No build of the plugin serves until it is enabled.
    pub async fn disable(&self, plugin: &PluginName, why: &str, who: &Who) -> Done {
        let life = self.life_of(plugin).await?;
        if life.measures.iter().any(|taken| matches!(taken.measure, Measure::Disabled { .. })) {
            return Err(NotDone::Already);
        }
        if life.last.is_none() && self.plugins.file_of(plugin).is_none() {
            return Err(NotDone::Unknown);
        }
        let why = if why.is_empty() { format!("by {}", who.called) } else { format!("by {}: {why}", who.called) };
        self.take_out(plugin, Measure::Disabled { why }, Leaving::Unloaded, who).await
    }

    async fn take_out(&self, plugin: &PluginName, measure: Measure, leaving: Leaving, who: &Who) -> Done {
        {
            let _one = self.swaps.lock().await;
            let _pause = self.plugins.pause(plugin).await;
            let now = self.clock.now();
            self.runner.ledger.change_measures(vec![MeasureChange::Take(who.takes(plugin, measure, now))]).await?;
            self.runner.ledger.leave(plugin, now, leaving).await?;
            self.plugins.withdraw(plugin);
        }
        // Its file says why it does not serve.
        self.plugins.reload_one(plugin, self).await;
        Ok(Outcome::Out)
    }

    pub async fn enable(&self, plugin: &PluginName) -> Done {
        let life = self.life_of(plugin).await?;
        let lifted = life.lifting(|measure| matches!(measure, Measure::Disabled { .. }));
        if lifted.is_empty() {
            return Err(NotDone::Already);
        }
        self.runner.ledger.change_measures(lifted).await?;
        self.load_again(plugin).await
    }

    /// Lets in what is in the plugin's file, with what it wants, whatever was decided about it before.
    pub async fn load(&self, plugin: &PluginName, who: &Who) -> Done {
        // Somebody may have put it there this very moment.
        self.look().await;
        let Some((_, refused)) = self.plugins.file_of(plugin) else { return Err(NotDone::Unknown) };
        let life = self.life_of(plugin).await?;
        let changes: Vec<MeasureChange> = match refused {
            None => return Err(NotDone::Already),
            Some(Rejection::WantsMore { wants, .. }) => {
                let now = self.clock.now();
                wants.iter().for_each(|grant| self.plugins.loader().grant(plugin, grant));
                wants.into_iter().map(|grant| MeasureChange::Take(who.takes(plugin, Measure::Granted { grant }, now))).collect()
            }
            Some(Rejection::Out { .. }) => life.lifting(|measure| matches!(measure, Measure::Out { .. })),
            Some(why @ Rejection::Disabled { .. }) => return Err(why.into()),
            Some(_) => Vec::new(),
        };
        self.runner.ledger.change_measures(changes).await?;
        self.insisted.lock().unwrap_or_else(PoisonError::into_inner).insert(plugin.clone());
        let loaded = self.load_again(plugin).await;
        self.insisted.lock().unwrap_or_else(PoisonError::into_inner).remove(plugin);
        loaded
    }

    /// Does an administrator want the plugin let in, whatever comes of its rehearsal?
    pub(super) fn insists(&self, plugin: &PluginName) -> bool {
        self.insisted.lock().unwrap_or_else(PoisonError::into_inner).contains(plugin)
    }

    /// Loads the plugin's file anew.
    pub async fn reload(&self, plugin: &PluginName) -> Done {
        self.load_again(plugin).await
    }

    async fn load_again(&self, plugin: &PluginName) -> Done {
        if !self.plugins.reload_one(plugin, self).await {
            return Ok(Outcome::Allowed);
        }
        match self.plugins.file_of(plugin) {
            Some((_, Some(why))) => Err(why.into()),
            _ => match self.plugins.registry().live(plugin) {
                Some(live) => Ok(Outcome::Serves { version: live.description.version.clone(), before: None }),
                None => Ok(Outcome::Allowed),
            },
        }
    }

    /// The next build of the plugin, or the one that waits, serves in this channel only; what serves now serves elsewhere.
    pub async fn canary(&self, plugin: &PluginName, workspace: &WorkspaceId, channel: &ChannelId, who: &Who) -> Done {
        let life = self.life_of(plugin).await?;
        if life.last.as_ref().is_none_or(|last| last.left.is_some()) {
            return Err(NotDone::Unknown);
        }
        let waits = matches!(self.plugins.file_of(plugin), Some((_, Some(Rejection::Out { .. }))));
        let mut changes = self.lifted_canaries(plugin).await;
        if waits {
            changes.extend(life.lifting(|measure| matches!(measure, Measure::Out { .. })));
        }
        let measure = Measure::Canary { workspace: workspace.clone(), channel: channel.clone() };
        changes.push(MeasureChange::Take(who.takes(plugin, measure, self.clock.now())));
        self.plugins.end_trial(plugin);
        self.runner.ledger.change_measures(changes).await?;
        if waits {
            self.plugins.reload_one(plugin, self).await;
        } else {
            self.look().await;
        }
        Ok(Outcome::Canary { serves: self.plugins.canary(plugin).is_some() })
    }

    /// What is tried in one channel serves everywhere.
    pub async fn promote(&self, plugin: &PluginName, who: &Who) -> Done {
        let _one = self.swaps.lock().await;
        let life = self.life_of(plugin).await?;
        let last = life.last.as_ref().ok_or(NotDone::Unknown)?;
        if last.reference == who.reference {
            return Ok(Outcome::Serves { version: last.version.clone(), before: None });
        }
        let canary = self.plugins.canary(plugin).ok_or(NotDone::Already)?;
        let before = last.version.clone();
        let version = canary.generation.description.version.clone();
        let swapping = Swapping {
            by: who.person.clone(),
            reference: who.reference.clone(),
            measures: self.lifted_canaries(plugin).await,
            ..Swapping::new(Cause::Promoted, Leaving::Replaced)
        };
        let candidate = Candidate { generation: canary.generation, bytes: canary.bytes, began: time::Instant::now() };
        self.swap(candidate, swapping, &life).await?;
        Ok(Outcome::Serves { version, before: Some(before) })
    }
}

impl Keeper {
    /// What is in a plugin's file, or in a file of that name, loaded without letting it in; none if there is no such file.
    pub async fn candidate(&self, plugin: &PluginName) -> Result<Option<Generation>, Rejection> {
        let file = self.plugins.file_of(plugin).map_or_else(|| format!("{plugin}.wasm"), |(file, _)| file);
        match self.plugins.bytes_of(&file).await? {
            Some(bytes) => self.plugins.loader().load(&file, bytes).await.map(Some),
            None => Ok(None),
        }
    }
}

impl Who {
    fn takes(&self, plugin: &PluginName, measure: Measure, at: Instant) -> Taken {
        Taken { plugin: plugin.clone(), measure, by: self.person.clone(), at }
    }
}

fn why_none(last: &ledger::Generation) -> String {
    match last.state {
        0 => "no other build of it served that was not taken out".to_owned(),
        state => format!("{} keeps things as of version {state}, which those before it do not know", last.version),
    }
}
