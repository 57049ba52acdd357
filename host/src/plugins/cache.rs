//! Compiled plugins, kept between starts.
//!
//! The engine trusts what it loads from here as native code, so the folder is the host's own, readable by nobody else, and every file
//! carries a seal made with a key from the same folder: what was damaged or planted is not loaded but compiled anew.

use super::compiler::Native;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

type Seal = Hmac<Sha256>;
const SEAL_BYTES: usize = 32;

#[derive(Debug)]
pub struct Cache {
    folder: PathBuf,
    key: Vec<u8>,
}

impl Cache {
    /// Opens the cache, making the folder and the key if they are not there.
    pub fn open(folder: &Path) -> io::Result<Self> {
        create_private(folder)?;
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
        Some(Native(sealed))
    }

    /// Keeps native code; the file is whole or not there.
    pub fn keep(&self, name: &str, native: &Native) -> io::Result<()> {
        let body = native.0.as_slice();
        let mut file = tempfile::NamedTempFile::new_in(&self.folder)?;
        file.write_all(body)?;
        file.write_all(&self.seal(name, body).finalize().into_bytes())?;
        file.persist(self.path(name))?;
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

fn create_private(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// The key, or a new one. Two hosts that start at once agree on the one that is there first.
fn key(path: &Path) -> io::Result<Vec<u8>> {
    if !path.exists() {
        let mut file = tempfile::NamedTempFile::new_in(path.parent().unwrap_or(Path::new(".")))?;
        file.write_all(&rand::random::<[u8; 32]>())?;
        // Somebody else's key is as good.
        drop(file.persist_noclobber(path));
    }
    fs::read(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gives_back_only_what_it_kept_itself() {
        let folder = tempfile::tempdir().expect("a folder");
        let cache = Cache::open(folder.path()).expect("a cache");
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
}
