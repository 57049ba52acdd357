//! The folder of plugins: what is in it is live. Watched, and looked through every few seconds all the same, because links, network
//! mounts and a folder that is made anew do not tell.

use super::generation::{Digest, Generation};
use super::loader::Loader;
use super::registry::Registry;
use super::rejection::Rejection;
use crate::model::PluginName;
use notify::{RecursiveMode, Watcher};
use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant, SystemTime};
use tokio::sync::{Mutex, Notify, broadcast};

/// A file larger than this is not a plugin.
const FILE_BYTES: u64 = 64 * 1024 * 1024;
/// How long the folder must be quiet before it is looked through.
const SETTLE: Duration = Duration::from_millis(15);
/// How often it is looked through in any case.
const RESCAN: Duration = Duration::from_secs(2);

/// All plugins of a host.
#[derive(Debug)]
pub struct Plugins {
    folder: PathBuf,
    loader: Loader,
    live: RwLock<Arc<Registry>>,
    /// One look at the folder at a time, and so one compilation at a time.
    files: Mutex<BTreeMap<String, File>>,
    news: broadcast::Sender<News>,
}

/// A file as it was last seen.
#[derive(Clone, Debug)]
struct File {
    /// None if it is to be looked at again, whatever it looks like.
    seen: Option<Seen>,
    digest: Option<Digest>,
    /// The plugin that a build from this file serves.
    live: Option<PluginName>,
    /// Why what is in it now is not let in. If it was, the build from before goes on serving.
    refused: Option<Rejection>,
}

/// Enough to tell that a file was not touched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Seen {
    modified: Option<SystemTime>,
    bytes: u64,
    inode: u64,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileState {
    Live(PluginName),
    Rejected(Rejection),
}

/// What happened to a plugin, for whoever watches.
#[derive(Clone, Debug)]
pub enum News {
    Live { generation: Arc<Generation>, before: Option<Arc<Generation>>, took: Duration },
    Rejected { file: String, digest: Option<Digest>, why: Rejection, serving: Option<Arc<Generation>> },
    Gone { plugin: PluginName, file: String },
}

impl Plugins {
    pub fn new(folder: PathBuf, loader: Loader) -> Self {
        Self { folder, loader, live: RwLock::new(Arc::new(Registry::empty())), files: Mutex::default(), news: broadcast::Sender::new(256) }
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    pub fn loader(&self) -> &Loader {
        &self.loader
    }

    /// What is live now.
    pub fn registry(&self) -> Arc<Registry> {
        Arc::clone(&self.live.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// What happens to plugins from now on.
    pub fn news(&self) -> broadcast::Receiver<News> {
        self.news.subscribe()
    }

    /// Every file of the folder and what became of it.
    pub async fn files(&self) -> Vec<(String, FileState)> {
        self.files.lock().await.iter().filter_map(|(name, file)| Some((name.clone(), file.state()?))).collect()
    }

    /// Looks through the folder once and makes what is live equal to what is in it. A file that cannot be let in changes nothing.
    pub async fn look(&self) {
        let mut files = self.files.lock().await;
        let found = match list(&self.folder) {
            Ok(found) => found,
            Err(why) => {
                tracing::warn!(folder = %self.folder.display(), %why, "cannot look into the folder of plugins; going on with what is live");
                return;
            }
        };
        self.drop_missing(&mut files, &found);
        for (name, seen) in found {
            if files.get(&name).is_none_or(|file| file.seen != Some(seen)) {
                self.look_at(&mut files, name, seen).await;
            }
        }
    }

    /// Loads everything anew, for settings that have changed.
    pub async fn reload(&self) {
        self.files.lock().await.values_mut().for_each(File::look_again);
        self.look().await;
    }

    fn drop_missing(&self, files: &mut BTreeMap<String, File>, found: &BTreeMap<String, Seen>) {
        let missing: Vec<String> = files.keys().filter(|name| !found.contains_key(*name)).cloned().collect();
        for file in &missing {
            if let Some(plugin) = files.remove(file).and_then(|file| file.live) {
                self.let_go(plugin, file);
            }
        }
        if !missing.is_empty() {
            // A file that was in the way of another may be gone: the other gets its chance.
            files.values_mut().filter(|file| file.waits()).for_each(File::look_again);
        }
    }

    fn let_go(&self, plugin: PluginName, file: &str) {
        self.publish(self.registry().without(&plugin));
        self.tell(News::Gone { plugin, file: file.to_owned() });
    }

    async fn look_at(&self, files: &mut BTreeMap<String, File>, name: String, seen: Seen) {
        let began = Instant::now();
        let before = files.get(&name).cloned();
        let (digest, outcome) = self.load(&name, seen, before.as_ref()).await;
        let admitted = match outcome {
            Ok(Some(generation)) => self.admit(generation, began),
            Ok(None) => {
                files.entry(name).and_modify(|file| file.seen = Some(seen));
                return;
            }
            Err(why) => Err(why),
        };
        let was_live = before.as_ref().and_then(|file| file.live.clone());
        let (live, refused) = match admitted {
            Ok(plugin) => {
                if let Some(other) = was_live.filter(|other| *other != plugin) {
                    self.let_go(other, &name);
                }
                (Some(plugin), None)
            }
            Err(why) => {
                self.tell_rejected(&name, digest.clone(), &why, before.as_ref());
                (was_live, Some(why))
            }
        };
        files.insert(name, File { seen: Some(seen), digest, live, refused });
    }

    /// A new generation, or none if the bytes are those that were looked at before.
    async fn load(&self, name: &str, seen: Seen, before: Option<&File>) -> (Option<Digest>, Result<Option<Generation>, Rejection>) {
        if seen.bytes > FILE_BYTES {
            return (None, Err(Rejection::TooLarge(FILE_BYTES)));
        }
        let bytes: Arc<[u8]> = match tokio::fs::read(self.folder.join(name)).await {
            Ok(bytes) => bytes.into(),
            Err(why) => return (None, Err(Rejection::Unreadable(why.to_string()))),
        };
        let digest = Digest::of(&bytes);
        if before.is_some_and(|file| file.digest.as_ref() == Some(&digest)) {
            return (Some(digest), Ok(None));
        }
        let loaded = self.loader.load(name, bytes).await;
        (Some(digest), loaded.map(Some))
    }

    fn admit(&self, generation: Generation, began: Instant) -> Result<PluginName, Rejection> {
        let generation = Arc::new(generation);
        let registry = self.registry();
        let next = registry.with(Arc::clone(&generation))?;
        self.publish(next);
        let name = generation.name.clone();
        let before = registry.live(&name).cloned();
        self.tell(News::Live { generation, before, took: began.elapsed() });
        Ok(name)
    }

    /// The swap. Whoever asks from now on gets the new picture; whoever holds the old one ends with it.
    fn publish(&self, registry: Registry) {
        *self.live.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(registry);
    }

    fn tell_rejected(&self, file: &str, digest: Option<Digest>, why: &Rejection, before: Option<&File>) {
        let said = before.and_then(|file| file.refused.as_ref());
        if said.is_some_and(|said| said == why || said.may_pass() && why.may_pass()) {
            return;
        }
        let serving = before.and_then(|file| self.registry().live(file.live.as_ref()?).cloned());
        self.tell(News::Rejected { file: file.to_owned(), digest, why: why.clone(), serving });
    }

    fn tell(&self, news: News) {
        news.log();
        // Nobody may be watching.
        drop(self.news.send(news));
    }

    /// Watches the folder for as long as the task runs.
    pub async fn watch(self: Arc<Self>) {
        let touched = Arc::new(Notify::new());
        let mut watch = Watch::new(&self.folder, Arc::clone(&touched));
        loop {
            tokio::select! {
                () = touched.notified() => settle(&touched).await,
                () = tokio::time::sleep(RESCAN) => {}
            }
            self.look().await;
            watch.renew(&self.folder, &touched);
        }
    }
}

impl File {
    fn state(&self) -> Option<FileState> {
        let refused = self.refused.clone().map(FileState::Rejected);
        refused.or_else(|| self.live.clone().map(FileState::Live))
    }

    /// Is it kept out by another file only?
    fn waits(&self) -> bool {
        matches!(self.refused, Some(Rejection::NameTaken { .. } | Rejection::CommandTaken(_)))
    }

    fn look_again(&mut self) {
        self.seen = None;
        self.digest = None;
    }
}

impl News {
    fn log(&self) {
        match self {
            News::Live { generation, before, took } => {
                let before = before.as_ref().map(|before| before.build());
                tracing::info!(plugin = %generation.name, build = generation.build(), generation = generation.number, before, ?took, "plugin is live");
            }
            News::Rejected { file, digest, why, serving } => {
                let serving = serving.as_ref().map(|serving| serving.build());
                tracing::warn!(file, digest = digest.as_ref().map(Digest::short), phase = %why.phase(), serving, "plugin rejected: {file} {why}");
            }
            News::Gone { plugin, file } => tracing::info!(%plugin, file, "plugin is gone"),
        }
    }
}

/// Waits until nothing was touched for a moment.
async fn settle(touched: &Notify) {
    while tokio::time::timeout(SETTLE, touched.notified()).await.is_ok() {}
}

/// The system's notices about a folder, as long as it is the same folder.
struct Watch {
    watcher: Option<notify::RecommendedWatcher>,
    inode: u64,
}

impl Watch {
    fn new(folder: &Path, touched: Arc<Notify>) -> Self {
        Self { watcher: watcher(folder, touched), inode: inode_of(folder) }
    }

    /// Watches anew if the folder was replaced, or could not be watched before.
    fn renew(&mut self, folder: &Path, touched: &Arc<Notify>) {
        let inode = inode_of(folder);
        if self.watcher.is_none() || self.inode != inode {
            *self = Self::new(folder, Arc::clone(touched));
        }
    }
}

fn watcher(folder: &Path, touched: Arc<Notify>) -> Option<notify::RecommendedWatcher> {
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
        // Our own reading is an event too, and must not wake us.
        if !event.is_ok_and(|event| event.kind.is_access() && !closes_write(&event)) {
            touched.notify_one();
        }
    })
    .ok()?;
    watcher.watch(folder, RecursiveMode::NonRecursive).ok()?;
    Some(watcher)
}

fn closes_write(event: &notify::Event) -> bool {
    use notify::event::{AccessKind, AccessMode, EventKind};
    matches!(event.kind, EventKind::Access(AccessKind::Close(AccessMode::Write)))
}

/// The files that are meant as plugins, by name.
fn list(folder: &Path) -> io::Result<BTreeMap<String, Seen>> {
    let mut found = BTreeMap::new();
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let Ok(name) = entry.file_name().into_string() else { continue };
        // Follows links: what counts is what is read.
        let Ok(metadata) = std::fs::metadata(entry.path()) else { continue };
        if metadata.is_file() && name.ends_with(".wasm") && !name.starts_with('.') {
            found.insert(name, Seen { modified: metadata.modified().ok(), bytes: metadata.len(), inode: inode(&metadata) });
        }
    }
    Ok(found)
}

fn inode_of(path: &Path) -> u64 {
    std::fs::metadata(path).map_or(0, |metadata| inode(&metadata))
}

#[cfg(unix)]
fn inode(metadata: &std::fs::Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::ino(metadata)
}

#[cfg(not(unix))]
fn inode(_: &std::fs::Metadata) -> u64 {
    0
}
