//! The folder of plugins: what is in it, and when to look again. Watched, and looked through every few seconds all the same, because links,
//! network mounts and a folder that is made anew do not tell.

use notify::{RecursiveMode, Watcher};
use std::collections::BTreeMap;
use std::fs::{DirEntry, Metadata};
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use tokio::sync::Notify;

/// How long the folder must be quiet before it is looked through.
const SETTLE: Duration = Duration::from_millis(15);
/// How often it is looked through in any case.
const RESCAN: Duration = Duration::from_secs(2);

/// Enough to tell that a file was not touched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Seen {
    modified: Option<SystemTime>,
    pub bytes: u64,
    inode: u64,
}

/// Waits until nothing was touched for a moment.
async fn settle(touched: &Notify) {
    while tokio::time::timeout(SETTLE, touched.notified()).await.is_ok() {}
}

/// The system's notices about a folder, as long as it is the same folder.
pub(super) struct Watch {
    touched: Arc<Notify>,
    renamed: Arc<Notify>,
    watcher: Option<notify::RecommendedWatcher>,
    inode: u64,
}

impl Watch {
    pub(super) fn new(folder: &Path) -> Self {
        let (touched, renamed) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        Self { watcher: watcher(folder, Arc::clone(&touched), Arc::clone(&renamed)), touched, renamed, inode: inode_of(folder) }
    }

    /// Waits until it is time to look into the folder.
    pub(super) async fn wait(&self) {
        tokio::select! {
            // What comes by its name is whole.
            () = self.renamed.notified() => {}
            () = self.touched.notified() => settle(&self.touched).await,
            () = tokio::time::sleep(RESCAN) => {}
        }
    }

    /// Watches anew if the folder was replaced, or could not be watched before.
    pub(super) fn renew(&mut self, folder: &Path) {
        let inode = inode_of(folder);
        if self.watcher.is_none() || self.inode != inode {
            self.watcher = watcher(folder, Arc::clone(&self.touched), Arc::clone(&self.renamed));
            self.inode = inode;
        }
    }
}

fn watcher(folder: &Path, touched: Arc<Notify>, renamed: Arc<Notify>) -> Option<notify::RecommendedWatcher> {
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| match event {
        Ok(event) if is_rename(&event) => renamed.notify_one(),
        // Our own reading is an event too, and must not wake us.
        Ok(event) if event.kind.is_access() && !closes_write(&event) => {}
        _ => touched.notify_one(),
    })
    .ok()?;
    watcher.watch(folder, RecursiveMode::NonRecursive).ok()?;
    Some(watcher)
}

/// Into the folder, or within it.
fn is_rename(event: &notify::Event) -> bool {
    use notify::event::{EventKind, ModifyKind, RenameMode};
    matches!(event.kind, EventKind::Modify(ModifyKind::Name(RenameMode::To | RenameMode::Both)))
}

fn closes_write(event: &notify::Event) -> bool {
    use notify::event::{AccessKind, AccessMode, EventKind};
    matches!(event.kind, EventKind::Access(AccessKind::Close(AccessMode::Write)))
}

/// The files that are meant as plugins, by name. An error while another folder is put in its place: nothing of this one is missing then.
pub(super) fn list(folder: &Path) -> io::Result<BTreeMap<String, Seen>> {
    let opened = inode_of(folder);
    let mut found = BTreeMap::new();
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let Ok(name) = entry.file_name().into_string() else { continue };
        let Some(metadata) = metadata_of(&entry) else { continue };
        if metadata.is_file() && name.ends_with(".wasm") && !name.starts_with('.') {
            found.insert(name, Seen { modified: metadata.modified().ok(), bytes: metadata.len(), inode: inode(&metadata) });
        }
    }
    // What is linked to by name was asked for by its path, which may not be in the folder that was opened.
    if inode_of(folder) != opened {
        return Err(io::Error::other("it was replaced meanwhile"));
    }
    Ok(found)
}

/// Of a file in the folder that was opened, wherever that is by now; or of what it links to by name, for what counts is what is read.
fn metadata_of(entry: &DirEntry) -> Option<Metadata> {
    let own = entry.metadata().ok()?;
    if own.is_symlink() { std::fs::metadata(entry.path()).ok() } else { Some(own) }
}

fn inode_of(path: &Path) -> u64 {
    std::fs::metadata(path).map_or(0, |metadata| inode(&metadata))
}

#[cfg(unix)]
fn inode(metadata: &Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::ino(metadata)
}

#[cfg(not(unix))]
fn inode(_: &Metadata) -> u64 {
    0
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::sync::atomic::{AtomicBool, Ordering};

    /// Whoever replaces the folder as a whole moves the old one away first.
    #[test]
    fn what_is_moved_away_with_the_folder_is_not_missing() {
        let home = tempfile::tempdir().expect("a folder");
        let [folder, one, other] = ["plugins", "one", "other"].map(|name| home.path().join(name));
        for folder in [&folder, &other] {
            fs::create_dir(folder).and_then(|()| fs::write(folder.join("hat.wasm"), "")).expect("made");
        }
        let done = AtomicBool::new(false);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                while !done.load(Ordering::Relaxed) {
                    fs::rename(&folder, &one).and_then(|()| fs::rename(&other, &folder)).expect("replaced");
                    fs::rename(&one, &other).expect("kept for the next time");
                }
            });
            let looked: Vec<_> = (0..20_000).filter_map(|_| list(&folder).ok()).collect();
            done.store(true, Ordering::Relaxed);
            let missing = looked.iter().filter(|found| !found.contains_key("hat.wasm")).count();
            assert_eq!(missing, 0, "of {} times", looked.len());
            assert!(!looked.is_empty());
        });
    }
}
