//! What serves: one immutable picture of all plugins, exchanged as a whole; and the turns that keep a swap from happening in the middle of an
//! invocation.

use super::files::Files;
use super::generation::Generation;
use super::loader::Loader;
use super::news::News;
use super::registry::{Presence, Registry};
use super::rejection::Rejection;
use crate::model::{PluginName, WorkspaceId};
use hatstand_common::value::{ChannelId, Instant, Place};
use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex as StdMutex, PoisonError, RwLock};
use std::time;
use tokio::sync::{Mutex, OwnedRwLockReadGuard, OwnedRwLockWriteGuard, broadcast};

/// All plugins of a host.
#[derive(Debug)]
pub struct Plugins {
    folder: PathBuf,
    loader: Loader,
    picture: RwLock<Arc<Picture>>,
    turns: StdMutex<HashMap<PluginName, Arc<tokio::sync::RwLock<()>>>>,
    /// One look at the folder at a time, and so one compilation at a time.
    pub(super) files: Mutex<Files>,
    /// The same as of the last thing that became of a file: nobody who only wants to know it waits for a look.
    pub(super) files_known: RwLock<Arc<Files>>,
    news: broadcast::Sender<News>,
}

/// What serves everywhere, and what in some channels.
#[derive(Clone, Debug)]
struct Picture {
    everywhere: Arc<Registry>,
    canaries: BTreeMap<PluginName, Canary>,
    in_channels: BTreeMap<(WorkspaceId, ChannelId), Arc<Registry>>,
}

/// A build that is tried in one channel.
#[derive(Clone, Debug)]
pub struct Canary {
    pub generation: Arc<Generation>,
    pub bytes: Arc<[u8]>,
    pub workspace: WorkspaceId,
    pub channel: ChannelId,
}

/// As long as it is held, the build of a plugin is not exchanged.
pub type Turn = OwnedRwLockReadGuard<()>;

/// As long as it is held, no invocation of a plugin runs.
pub type Pause = OwnedRwLockWriteGuard<()>;

impl Plugins {
    pub fn new(folder: PathBuf, loader: Loader) -> Self {
        let picture = Picture { everywhere: Arc::new(Registry::empty()), canaries: BTreeMap::new(), in_channels: BTreeMap::new() };
        Self {
            folder,
            loader,
            picture: RwLock::new(Arc::new(picture)),
            turns: StdMutex::default(),
            files: Mutex::default(),
            files_known: RwLock::default(),
            news: broadcast::Sender::new(256),
        }
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    pub fn loader(&self) -> &Loader {
        &self.loader
    }

    /// What happens to plugins from now on.
    pub fn news(&self) -> broadcast::Receiver<News> {
        self.news.subscribe()
    }

    pub(super) fn tell(&self, news: News) {
        news.log();
        // Nobody may be watching.
        drop(self.news.send(news));
    }

    /// What serves now, but for channels in which something is tried.
    pub fn registry(&self) -> Arc<Registry> {
        Arc::clone(&self.picture().everywhere)
    }

    /// What serves now in a place.
    pub fn registry_at(&self, workspace: &WorkspaceId, place: Option<&Place>) -> Arc<Registry> {
        let picture = self.picture();
        let there = place.filter(|_| !picture.in_channels.is_empty());
        let tried = there.and_then(|place| picture.in_channels.get(&(workspace.clone(), place.channel.clone())));
        Arc::clone(tried.unwrap_or(&picture.everywhere))
    }

    /// The build of a plugin that is tried in a channel.
    pub fn canary(&self, plugin: &PluginName) -> Option<Canary> {
        self.picture().canaries.get(plugin).cloned()
    }

    fn picture(&self) -> Arc<Picture> {
        Arc::clone(&self.picture.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Waits until no build of the plugin is being exchanged.
    pub async fn turn(&self, plugin: &PluginName) -> Turn {
        self.lock_of(plugin).read_owned().await
    }

    /// Waits until no invocation of the plugin runs. Whoever comes after that waits in turn.
    pub async fn pause(&self, plugin: &PluginName) -> Pause {
        self.lock_of(plugin).write_owned().await
    }

    fn lock_of(&self, plugin: &PluginName) -> Arc<tokio::sync::RwLock<()>> {
        let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(turns.entry(plugin.clone()).or_default())
    }

    /// The swap: whoever asks from now on gets this build, whoever holds the one before ends with it.
    pub fn serve(&self, generation: Arc<Generation>, began: time::Instant) -> Result<(), Rejection> {
        let before = self.registry().live(&generation.name).cloned();
        self.change(|picture| {
            picture.canaries.remove(&generation.name);
            picture.everywhere = Arc::new(picture.everywhere.with(Arc::clone(&generation))?);
            Ok(())
        })?;
        self.tell(News::Live { generation, before, took: began.elapsed() });
        Ok(())
    }

    /// The commands of a build that does not serve can be answered for, if no build of it ever did.
    pub fn make_known(&self, generation: Arc<Generation>) {
        let plugin = generation.name.clone();
        let known = self.change(|picture| {
            if picture.everywhere.presence(&plugin).is_none() {
                picture.everywhere = Arc::new(picture.everywhere.with(generation)?.with_presence(&plugin, Presence::Gone));
            }
            Ok(())
        });
        if let Err(why) = known {
            tracing::debug!(%plugin, "its commands are not known: it {why}");
        }
    }

    /// Tries a build in one channel.
    pub fn try_out(&self, canary: Canary, called: &str) -> Result<(), Rejection> {
        let generation = Arc::clone(&canary.generation);
        self.change(|picture| {
            picture.canaries.insert(canary.generation.name.clone(), canary);
            Ok(())
        })?;
        self.tell(News::Canary { generation, channel: called.to_owned() });
        Ok(())
    }

    /// What was tried is not any more. False if nothing was.
    pub fn end_trial(&self, plugin: &PluginName) -> bool {
        self.canary(plugin).is_some()
            && self
                .change(|picture| {
                    picture.canaries.remove(plugin);
                    Ok(())
                })
                .is_ok()
    }

    /// No build of the plugin serves any more, but what it declared is known, so that it can be answered for. False if none did.
    pub fn withdraw(&self, plugin: &PluginName) -> bool {
        self.end_trial(plugin);
        let served = self.registry().live(plugin).is_some() || self.registry().presence(plugin).is_some_and(Presence::is_back_by_itself);
        self.set_presence(plugin, Presence::Gone);
        served
    }

    /// It is left alone until then.
    pub fn rest(&self, plugin: &PluginName, until: Instant, why: String) {
        self.set_presence(plugin, Presence::Resting { until });
        self.tell(News::Resting { plugin: plugin.clone(), until, why });
    }

    /// Whoever has rested long enough serves again.
    pub fn wake_rested(&self, now: Instant) {
        for plugin in self.registry().rested(now) {
            self.set_presence(&plugin, Presence::Live);
            self.tell(News::Rested { plugin });
        }
    }

    fn set_presence(&self, plugin: &PluginName, presence: Presence) {
        let changed = self.change(|picture| {
            picture.everywhere = Arc::new(picture.everywhere.with_presence(plugin, presence));
            Ok(())
        });
        changed.expect("what did not clash before does not clash now");
    }

    fn change(&self, change: impl FnOnce(&mut Picture) -> Result<(), Rejection>) -> Result<(), Rejection> {
        let mut published = self.picture.write().unwrap_or_else(PoisonError::into_inner);
        let mut picture = Picture::clone(&published);
        change(&mut picture)?;
        picture.in_channels = in_channels(&picture)?;
        *published = Arc::new(picture);
        Ok(())
    }
}

/// What serves in each channel in which something is tried.
fn in_channels(picture: &Picture) -> Result<BTreeMap<(WorkspaceId, ChannelId), Arc<Registry>>, Rejection> {
    let mut channels: BTreeMap<_, Arc<Registry>> = BTreeMap::new();
    for Canary { generation, workspace, channel, .. } in picture.canaries.values() {
        let there = channels.entry((workspace.clone(), channel.clone())).or_insert_with(|| Arc::clone(&picture.everywhere));
        *there = Arc::new(there.with(Arc::clone(generation))?);
    }
    Ok(channels)
}
