//! Compiled plugins, kept between starts.
//!
//! The engine trusts what it loads from here as native code, so the folder and its key belong to the host's own account and are open to
//! nobody else, which every start checks. Every file carries a seal made with the key: what was damaged or planted is not loaded but
//! compiled anew.

use super::compiler::Native;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use std::fs;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

type Seal = Hmac<Sha256>;
const SEAL_BYTES: usize = 32;
const KEY_BYTES: usize = 32;

/// How many compiled plugins are kept, and for how long without being loaded.
const KEPT: usize = 256;
const UNUSED: Duration = Duration::from_secs(30 * 24 * 3600);

#[derive(Debug)]
pub struct Cache {
    folder: PathBuf,
    key: Vec<u8>,
}

impl Cache {
    /// Opens the cache, making the folder and the key if they are not there.
    ///
    /// # Errors
    ///
    /// If others could have planted something there, or the key is none. The reason says what to do.
    pub fn open(folder: &Path) -> io::Result<Self> {
        create_private(folder)?;
        check_private(folder, "700")?;
        let key = key(&folder.join("key"))?;
        Ok(Self { folder: folder.to_owned(), key })
    }

    /// What was kept under this name, if it is as it was.
    pub fn load(&self, name: &str) -> Option<Native> {
        let mut sealed = fs::read(self.path(name)).ok()?;
        let body = sealed.len().checked_sub(SEAL_BYTES)?;
        let seal = sealed.split_off(body);
        if self.seal(name, &sealed).verify_slice(&seal).is_err() {
            tracing::warn!(file = %self.path(name).display(), "a compiled plugin in the cache was changed; compiling anew");
            return None;
        }
        // The order in which they were loaded only decides which one goes first.
        let _ = fs::File::options().append(true).open(self.path(name)).and_then(|file| file.set_modified(SystemTime::now()));
        Some(Native(sealed))
    }

    /// Keeps native code; the file is whole or not there. Room for it is made by whatever was not loaded for longest.
    pub fn keep(&self, name: &str, native: &Native) -> io::Result<()> {
        self.prune(SystemTime::now())?;
        let body = native.0.as_slice();
        let mut file = tempfile::NamedTempFile::new_in(&self.folder)?;
        file.write_all(body)?;
        file.write_all(&self.seal(name, body).finalize().into_bytes())?;
        file.persist(self.path(name))?;
        Ok(())
    }

    /// Leaves room for one more among those that are kept.
    fn prune(&self, now: SystemTime) -> io::Result<()> {
        let mut files: Vec<(SystemTime, PathBuf)> = Vec::new();
        for file in fs::read_dir(&self.folder)? {
            let file = file?;
            if file.path().extension().is_some_and(|extension| extension == "compiled") {
                files.push((file.metadata()?.modified()?, file.path()));
            }
        }
        files.sort();
        let too_many = (files.len() + 1).saturating_sub(KEPT);
        for (number, (loaded, file)) in files.into_iter().enumerate() {
            let is_old = now.duration_since(loaded).is_ok_and(|since| since > UNUSED);
            if number < too_many || is_old {
                remove(&file)?;
            }
        }
        Ok(())
    }

    fn seal(&self, name: &str, body: &[u8]) -> Seal {
        let mut seal = Seal::new_from_slice(&self.key).expect("a key of any length will do");
        seal.update(name.as_bytes());
        seal.update(b"\0");
        seal.update(body);
        seal
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.join(format!("{name}.compiled"))
    }
}

/// Another host with the same cache may have removed it first.
fn remove(file: &Path) -> io::Result<()> {
    fs::remove_file(file).or_else(|why| if why.kind() == io::ErrorKind::NotFound { Ok(()) } else { Err(why) })
}

fn create_private(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Refuses what is open to others, or belongs to them.
#[cfg(unix)]
fn check_private(path: &Path, mode: &str) -> io::Result<()> {
    use std::os::unix::fs::MetadataExt;
    let metadata = fs::metadata(path)?;
    let shown = path.display();
    if metadata.uid() != rustix::process::geteuid().as_raw() {
        return Err(refused(format!("{shown} belongs to another account. Remove it, or name another folder for compiled plugins")));
    }
    if metadata.mode() & 0o077 != 0 {
        return Err(refused(format!("{shown} is open to other accounts: chmod {mode} {shown}")));
    }
    Ok(())
}

#[cfg(not(unix))]
fn check_private(_: &Path, _: &str) -> io::Result<()> {
    Ok(())
}

fn refused(why: String) -> io::Error {
    io::Error::new(io::ErrorKind::PermissionDenied, why)
}

/// The key, or a new one. Two hosts that start at once agree on the one that is there first.
fn key(path: &Path) -> io::Result<Vec<u8>> {
    if !path.exists() {
        let mut file = tempfile::NamedTempFile::new_in(path.parent().unwrap_or(Path::new(".")))?;
        file.write_all(&rand::random::<[u8; KEY_BYTES]>())?;
        // Somebody else's key is as good.
        drop(file.persist_noclobber(path));
    }
    check_private(path, "600")?;
    let mut key = Vec::new();
    fs::File::open(path)?.take(KEY_BYTES as u64 + 1).read_to_end(&mut key)?;
    match key.len() {
        KEY_BYTES => Ok(key),
        _ => Err(refused(format!("{0} is not a key of {KEY_BYTES} bytes. Remove it: plugins are compiled anew then", path.display()))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn a_folder_or_key_that_others_can_write_is_refused() {
        use std::os::unix::fs::PermissionsExt;
        let home = tempfile::tempdir().expect("a folder");
        let folder = home.path().join("cache");
        let open_to = |path: &Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("changed");
        let why = || Cache::open(&folder).map(drop).expect_err("it is refused").to_string();
        Cache::open(&folder).expect("a cache");

        open_to(&folder, 0o770);
        assert_eq!(why(), format!("{0} is open to other accounts: chmod 700 {0}", folder.display()));
        open_to(&folder, 0o700);

        let key = folder.join("key");
        open_to(&key, 0o644);
        assert_eq!(why(), format!("{0} is open to other accounts: chmod 600 {0}", key.display()));
        open_to(&key, 0o600);
        for planted in [&b""[..], &[0; 31], &[0; 33]] {
            fs::write(&key, planted).expect("written");
            assert_eq!(why(), format!("{} is not a key of 32 bytes. Remove it: plugins are compiled anew then", key.display()));
        }
        fs::remove_file(&key).expect("removed");
        Cache::open(&folder).expect("with a key of its own");
    }

    #[test]
    fn gives_back_only_what_it_kept_itself() {
        let folder = tempfile::tempdir().expect("a folder");
        let cache = Cache::open(&folder.path().join("cache")).expect("a cache");
        let load = |name| cache.load(name).map(|native| native.0);
        cache.keep("hat", &Native(b"code".to_vec())).expect("kept");
        assert_eq!(load("hat").as_deref(), Some(&b"code"[..]));
        assert_eq!(load("dibs"), None);

        fs::copy(cache.path("hat"), cache.path("dibs")).expect("copied");
        assert_eq!(load("dibs"), None, "another name's file");

        let mut bytes = fs::read(cache.path("hat")).expect("read");
        bytes[0] ^= 1;
        fs::write(cache.path("hat"), bytes).expect("written");
        assert_eq!(load("hat"), None, "a changed file");
    }

    #[test]
    fn forgets_builds_that_were_not_loaded_for_longest() {
        let home = tempfile::tempdir().expect("a folder");
        let folder = home.path().join("cache");
        let cache = Cache::open(&folder).expect("a cache");
        let now = SystemTime::now();
        let keep = |name: &str, days: u64| {
            cache.keep(name, &Native(b"code".to_vec())).expect("kept");
            let file = fs::File::options().append(true).open(cache.path(name)).expect("it is there");
            file.set_modified(now - Duration::from_secs(days * 24 * 3600)).expect("it is as old as that");
        };
        keep("old", 31);
        keep("loaded", 29);
        for number in 0..255 {
            keep(&format!("build{number:03}"), 2);
        }
        assert!(cache.load("old").is_none());
        assert!(cache.load("loaded").is_some(), "it counts as used from now on");
        keep("one", 0);
        keep("two", 0);
        let there = |name: &str| cache.path(name).exists();
        let all = ["loaded", "one", "two", "build000", "build001", "build002", "build254"].map(there);
        assert_eq!(all, [true, true, true, false, false, true, true]);
        assert!(folder.join("key").exists());
    }
}
