//! Whether a build may serve.

use super::swap::Swapping;
use super::{Keeper, Life};
use crate::ledger::{Cause, Leaving, Measure, MeasureChange, Taken};
use crate::model::WorkspaceId;
use crate::outside::destination::is_for_the_configuration_only;
use crate::plugins::{Canary, Candidate, Generation, Rejection};
use hatstand_common::value::ChannelId;
use std::sync::Arc;
use std::time;

impl Keeper {
    /// Lets a build serve, if it may. Whatever served before serves until it does; of what never served the commands are known.
    pub(super) async fn enter(&self, candidate: Candidate) -> Result<(), Rejection> {
        let generation = Arc::clone(&candidate.generation);
        let entered = self.admit(candidate).await;
        if entered.is_err() {
            self.plugins.make_known(generation);
        }
        entered
    }

    async fn admit(&self, candidate: Candidate) -> Result<(), Rejection> {
        let generation = &*candidate.generation;
        let life = self.life_of(&generation.name).await?;
        life.refuse_disabled(generation)?;
        self.bring_back(&life, generation).await;
        life.refuse(generation)?;
        if life.serves(generation) {
            self.warn_of_misfits(generation).await;
            return self.plugins.serve(candidate.generation, candidate.began);
        }
        self.refuse_wanting_more(generation)?;
        if !self.insists(&generation.name) {
            self.rehearse(generation).await?;
        }
        match life.canary() {
            Some(canary) => self.try_out(candidate, &life, canary).await,
            None => self.swap(candidate, Swapping::new(life.cause(), Leaving::Replaced), &life).await,
        }
    }

    /// After a start nothing serves yet: what did before serves again, until something newer has passed.
    async fn bring_back(&self, life: &Life, next: &Generation) {
        let Some(served) = life.last.as_ref().filter(|last| last.left.is_none() && last.digest != next.digest.as_str()) else { return };
        if self.plugins.registry().presence(&next.name).is_some() {
            return;
        }
        let began = time::Instant::now();
        let served = match self.kept(&next.file, &served.digest).await {
            Ok(candidate) => self.plugins.serve(candidate.generation, began),
            Err(why) => Err(why),
        };
        if let Err(why) = served {
            tracing::warn!(plugin = %next.name, "what served before cannot be brought back: it {why}");
        }
    }

    /// A build that the ledger keeps, loaded as if it came from this file.
    pub(super) async fn kept(&self, file: &str, digest: &str) -> Result<Candidate, Rejection> {
        let began = time::Instant::now();
        let bytes = self.runner.ledger.build(digest).await?;
        let bytes = bytes.ok_or_else(|| Rejection::Unreadable("the ledger does not keep it any more".to_owned()))?;
        let bytes: Arc<[u8]> = bytes.into();
        let generation = self.plugins.loader().load(file, Arc::clone(&bytes)).await?;
        Ok(Candidate { generation: Arc::new(generation), bytes, began })
    }

    /// An upgrade that wants more than what serves needs an administrator's yes.
    fn refuse_wanting_more(&self, next: &Generation) -> Result<(), Rejection> {
        let registry = self.plugins.registry();
        let Some(live) = registry.entries().find(|entry| entry.generation.name == next.name && entry.presence.is_back_by_itself()) else {
            return Ok(());
        };
        let before = &live.generation.description.wants;
        let more = next.description.wants.iter().filter(|grant| !before.contains(grant) && !next.grants.allow(grant));
        let (barred, wants): (Vec<String>, Vec<String>) = more.cloned().partition(|grant| is_for_the_configuration_only(grant));
        let (plugin, version) = (next.name.0.clone(), next.description.version.clone());
        if !barred.is_empty() {
            return Err(Rejection::WantsFromConfiguration { plugin, version, wants: barred });
        }
        if wants.is_empty() { Ok(()) } else { Err(Rejection::WantsMore { plugin, version, wants }) }
    }

    async fn try_out(&self, candidate: Candidate, life: &Life, at: (WorkspaceId, ChannelId)) -> Result<(), Rejection> {
        let generation = Arc::clone(&candidate.generation);
        let version = generation.description.version.clone();
        let no = |why: &str| Rejection::NoCanary { plugin: generation.name.0.clone(), version: version.clone(), why: why.to_owned() };
        match life.last.as_ref().filter(|last| last.left.is_none()) {
            None => return Err(no("no other build of it serves elsewhere")),
            Some(served) if served.state != generation.description.state_version() => {
                return Err(no("it keeps things in another way than the build that serves elsewhere, and both would work on the same"));
            }
            Some(_) => {}
        }
        let (workspace, channel) = at;
        let called = match self.runner.directory.channel_name(&workspace, &channel) {
            name if name.is_empty() => channel.0.clone(),
            name => name,
        };
        let canary = Canary { generation, bytes: candidate.bytes, workspace: workspace.clone(), channel: channel.clone() };
        self.plugins.try_out(canary, &called)
    }
}

impl Life {
    fn refuse_disabled(&self, next: &Generation) -> Result<(), Rejection> {
        let disabled = self.measures.iter().find_map(|taken| match &taken.measure {
            Measure::Disabled { why } => Some(why.clone()),
            _ => None,
        });
        match disabled {
            Some(why) => Err(Rejection::Disabled { plugin: next.name.0.clone(), why }),
            None => Ok(()),
        }
    }

    /// What was taken out, and what is behind what it would work on.
    fn refuse(&self, next: &Generation) -> Result<(), Rejection> {
        let (plugin, version) = (next.name.0.clone(), next.description.version.clone());
        if let Some(why) = self.out(next.digest.as_str()) {
            return Err(Rejection::Out { plugin, version, why: why.to_owned() });
        }
        let (theirs, ours) = (next.description.state_version(), self.state());
        if theirs < ours { Err(Rejection::StateTooNew { plugin, version, theirs, ours }) } else { Ok(()) }
    }

    /// Why this build does not serve, if somebody decided so.
    pub(super) fn out(&self, build: &str) -> Option<&str> {
        self.measures.iter().find_map(|taken| match &taken.measure {
            Measure::Out { digest, why } if digest == build => Some(why.as_str()),
            _ => None,
        })
    }

    /// What ends those measures that are such.
    pub(super) fn lifting(&self, is_such: impl Fn(&Measure) -> bool) -> Vec<MeasureChange> {
        let such = self.measures.iter().filter(|taken| is_such(&taken.measure)).cloned();
        such.map(|Taken { plugin, measure, .. }| MeasureChange::Lift { plugin, measure }).collect()
    }

    /// The version of what the plugin keeps.
    pub(super) fn state(&self) -> u32 {
        self.last.as_ref().map_or(0, |last| last.state)
    }

    /// Is it the very build that serves, or served until its file was removed?
    fn serves(&self, next: &Generation) -> bool {
        self.last.as_ref().is_some_and(|last| last.left.is_none() && last.digest == next.digest.as_str())
    }

    fn cause(&self) -> Cause {
        if self.last.is_none() { Cause::Installed } else { Cause::Upgraded }
    }

    /// Where builds that come are to be tried, if they are not to serve everywhere.
    fn canary(&self) -> Option<(WorkspaceId, ChannelId)> {
        self.measures.iter().find_map(|taken| match &taken.measure {
            Measure::Canary { workspace, channel } => Some((workspace.clone(), channel.clone())),
            _ => None,
        })
    }
}
