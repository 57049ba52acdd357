//! From what is in the folder to what serves: every file that changed is looked at, loaded, and brought to the threshold.

use super::folder::{Seen, Watch, list};
use super::generation::{Digest, Generation};
use super::live::Plugins;
use super::news::News;
use super::rejection::Rejection;
use super::threshold::{Candidate, Crossing, Threshold};
use crate::model::PluginName;
use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, PoisonError};
use std::time::Instant;
use tokio::io::AsyncReadExt;

/// A file larger than this is not a plugin.
const FILE_BYTES: u64 = 64 * 1024 * 1024;

/// All files of the folder, as they were last seen.
pub(super) type Files = BTreeMap<String, File>;

/// A file as it was last seen.
#[derive(Clone, Debug)]
pub(super) struct File {
    /// None if it is to be looked at again, whatever it looks like.
    seen: Option<Seen>,
    digest: Option<Digest>,
    /// The plugin that comes from this file.
    provides: Option<PluginName>,
    /// Why what is in it now does not serve. If something of it did, the build from before goes on serving.
    refused: Option<Rejection>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileState {
    Live(PluginName),
    Rejected(Rejection),
}

/// A build from a file, or why there is none; nothing if it is the one that was looked at before.
struct Loaded {
    digest: Option<Digest>,
    outcome: Result<Option<Candidate>, Rejection>,
}

impl Loaded {
    fn refused(digest: Option<Digest>, why: Rejection) -> Self {
        Self { digest, outcome: Err(why) }
    }
}

impl Plugins {
    /// Every file of the folder and what became of it.
    pub fn files(&self) -> Vec<(String, FileState)> {
        self.known_files().iter().filter_map(|(name, file)| Some((name.clone(), file.state()?))).collect()
    }

    fn known_files(&self) -> Arc<Files> {
        Arc::clone(&self.files_known.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn make_known_files(&self, files: &Files) {
        *self.files_known.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(files.clone());
    }

    /// The file from which a plugin comes, and why what is in it does not serve, if it does not.
    pub fn file_of(&self, plugin: &PluginName) -> Option<(String, Option<Rejection>)> {
        let files = self.known_files();
        let found = files.iter().find(|(_, file)| file.provides.as_ref() == Some(plugin));
        found.map(|(name, file)| (name.clone(), file.refused.clone()))
    }

    /// Looks through the folder once and brings whatever is new in it to the threshold. A file that cannot be let in changes nothing.
    pub async fn look(&self, threshold: &dyn Threshold) {
        let mut files = self.files.lock().await;
        let found = match list(self.folder()) {
            Ok(found) => found,
            Err(why) => {
                tracing::warn!(folder = %self.folder().display(), %why, "cannot look into the folder of plugins; going on with what is live");
                return;
            }
        };
        self.drop_missing(&mut files, &found, threshold).await;
        for (name, seen) in found {
            if files.get(&name).is_none_or(|file| file.seen != Some(seen)) {
                self.look_at(&mut files, name, seen, threshold).await;
            }
        }
    }

    /// Loads everything anew, for what was decided otherwise meanwhile.
    pub async fn reload(&self, threshold: &dyn Threshold) {
        self.files.lock().await.values_mut().for_each(File::look_again);
        self.look(threshold).await;
    }

    /// The same for the file of one plugin. False if there is none.
    pub async fn reload_one(&self, plugin: &PluginName, threshold: &dyn Threshold) -> bool {
        let found = {
            let mut files = self.files.lock().await;
            let of_plugin = files.values_mut().filter(|file| file.provides.as_ref() == Some(plugin));
            of_plugin.map(File::look_again).count() > 0
        };
        self.look(threshold).await;
        found
    }

    /// Looks into the folder whenever something happens there, for as long as the task runs.
    pub async fn watch(&self, threshold: &dyn Threshold) {
        let mut watch = Watch::new(self.folder());
        loop {
            // First, so that what comes while it is looked through is noticed.
            watch.renew(self.folder());
            self.look(threshold).await;
            watch.wait().await;
        }
    }

    async fn drop_missing(&self, files: &mut Files, found: &BTreeMap<String, Seen>, threshold: &dyn Threshold) {
        let missing: Vec<String> = files.keys().filter(|name| !found.contains_key(*name)).cloned().collect();
        for file in &missing {
            if let Some(plugin) = files.remove(file).and_then(|file| file.provides) {
                self.let_go(plugin, file, threshold).await;
            }
        }
        if !missing.is_empty() {
            self.make_known_files(files);
            // A file that was in the way of another may be gone: the other gets its chance.
            files.values_mut().filter(|file| file.waits()).for_each(File::look_again);
        }
    }

    async fn let_go(&self, plugin: PluginName, file: &str, threshold: &dyn Threshold) {
        threshold.is_gone(&plugin).await;
        if self.withdraw(&plugin) {
            self.tell(News::Gone { plugin, file: file.to_owned() });
        }
    }

    async fn look_at(&self, files: &mut Files, name: String, seen: Seen, threshold: &dyn Threshold) {
        let before = files.get(&name).cloned();
        let Loaded { digest, outcome } = self.load(&name, seen, before.as_ref()).await;
        let provided = before.as_ref().and_then(|file| file.provides.clone());
        let (provides, refused) = match outcome {
            Ok(None) => {
                files.entry(name).and_modify(|file| file.seen = Some(seen));
                return;
            }
            Err(why) => (provided, Some(why)),
            Ok(Some(candidate)) => {
                let plugin = candidate.generation.name.clone();
                let crossing = threshold.cross(self, candidate).await;
                if let Some(other) = provided.filter(|other| *other != plugin) {
                    self.let_go(other, &name, threshold).await;
                }
                let refused = match crossing {
                    Crossing::Serves => None,
                    Crossing::Waits(why) => Some(why),
                };
                (Some(plugin), refused)
            }
        };
        if let Some(why) = &refused {
            self.tell_rejected(&name, digest.clone(), why, before.as_ref(), provides.as_ref());
        }
        files.insert(name, File { seen: Some(seen), digest, provides, refused });
        self.make_known_files(files);
    }

    /// The bytes of a file of the folder, by its name there; none if the folder has no such file.
    ///
    /// # Errors
    ///
    /// If it is too large for a plugin, or cannot be read.
    pub async fn bytes_of(&self, file: &str) -> Result<Option<Arc<[u8]>>, Rejection> {
        let found = list(self.folder()).map_err(|why| Rejection::Unreadable(why.to_string()))?;
        // Only what is listed by its name is in the folder: a path is the name of nothing.
        if found.contains_key(file) { self.read(file).await.map(Some) } else { Ok(None) }
    }

    /// Whatever its size was a moment ago, no more is read than a plugin may have.
    async fn read(&self, file: &str) -> Result<Arc<[u8]>, Rejection> {
        let unreadable = |why: io::Error| Rejection::Unreadable(why.to_string());
        let file = tokio::fs::File::open(self.folder().join(file)).await.map_err(unreadable)?;
        let mut bytes = Vec::new();
        file.take(FILE_BYTES + 1).read_to_end(&mut bytes).await.map_err(unreadable)?;
        if bytes.len() as u64 > FILE_BYTES { Err(Rejection::TooLarge(FILE_BYTES)) } else { Ok(bytes.into()) }
    }

    async fn load(&self, name: &str, seen: Seen, before: Option<&File>) -> Loaded {
        let began = Instant::now();
        if seen.bytes > FILE_BYTES {
            return Loaded::refused(None, Rejection::TooLarge(FILE_BYTES));
        }
        let bytes = match self.read(name).await {
            Ok(bytes) => bytes,
            Err(why) => return Loaded::refused(None, why),
        };
        let digest = Digest::of(&bytes);
        if before.is_some_and(|file| file.digest.as_ref() == Some(&digest)) {
            return Loaded { digest: Some(digest), outcome: Ok(None) };
        }
        match self.loader().load(name, Arc::clone(&bytes)).await.and_then(|generation| self.fits(generation)) {
            Ok(generation) => Loaded { digest: Some(digest), outcome: Ok(Some(Candidate { generation, bytes, began })) },
            Err(why) => Loaded::refused(Some(digest), why),
        }
    }

    /// May it take the place of what serves?
    fn fits(&self, generation: Generation) -> Result<Arc<Generation>, Rejection> {
        let (generation, registry) = (Arc::new(generation), self.registry());
        registry.check_successor(&generation)?;
        registry.with(Arc::clone(&generation)).map(|_| generation)
    }

    fn tell_rejected(&self, file: &str, digest: Option<Digest>, why: &Rejection, before: Option<&File>, provides: Option<&PluginName>) {
        let said = before.and_then(|file| file.refused.as_ref());
        if said.is_some_and(|said| said == why || said.may_pass() && why.may_pass()) {
            return;
        }
        let serving = provides.and_then(|plugin| self.registry().live(plugin).cloned());
        self.tell(News::Rejected { file: file.to_owned(), digest, why: why.clone(), serving });
    }
}

impl File {
    fn state(&self) -> Option<FileState> {
        let refused = self.refused.clone().map(FileState::Rejected);
        refused.or_else(|| self.provides.clone().map(FileState::Live))
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
