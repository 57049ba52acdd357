//! What each page of the database was when the ledger was closed, so that a page that was damaged meanwhile is found even where SQLite
//! sees nothing odd about it.

use super::file;
use sha2::{Digest, Sha256};
use std::fs::{self, File};
use std::io::{self, ErrorKind, Read};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

const PAGE: usize = 4096;

/// The first bytes of a page's hash: enough against chance.
const SUM: usize = 8;

/// How many bytes the hash at the end has, over all that is before it.
const SEAL: usize = 32;

#[derive(Debug)]
pub(super) struct Sums(Vec<u8>);

impl Sums {
    /// Those of the last close, if nothing was written into the database since: what is in the log does not count.
    pub(super) fn of(database: &Path) -> io::Result<Option<Self>> {
        match fs::read(file::beside(database, ".sums")) {
            Err(why) if why.kind() == ErrorKind::NotFound => Ok(None),
            read => Ok(unsealed(read?).map(Self)),
        }
    }

    /// There are none from now on: something may be written. Until then the next start finds what this one found.
    pub(super) fn remove(database: &Path) -> io::Result<()> {
        match fs::remove_file(file::beside(database, ".sums")) {
            Err(why) if why.kind() == ErrorKind::NotFound => Ok(()),
            removed => removed.and_then(|()| file::sync_folder(database)),
        }
    }

    /// Leaves those of a database that was closed and is not written any more.
    pub(super) fn leave(database: &Path) -> io::Result<()> {
        let mut bytes = Vec::new();
        each_page(database, |page| {
            bytes.extend_from_slice(&sum(page));
            true
        })?;
        let seal = Sha256::digest(&bytes);
        bytes.extend_from_slice(&seal);
        fs::write(file::beside(database, ".sums"), bytes)
    }

    /// What was changed since, if anything was. Stops early if it is told that nobody wants to know any more.
    pub(super) fn compare(&self, database: &Path, given_up: &AtomicBool) -> io::Result<Option<String>> {
        let (mut number, mut changed) = (0, None);
        each_page(database, |page| {
            number += 1;
            if self.0.chunks_exact(SUM).nth(number - 1) != Some(&sum(page)) {
                changed = Some(format!("page {number} is not as it was when the ledger was closed"));
            }
            changed.is_none() && !given_up.load(Ordering::Relaxed)
        })?;
        let were = self.0.len() / SUM;
        let cut = || format!("it has {number} pages, and had {were} when the ledger was closed");
        Ok(changed.or_else(|| (number < were && !given_up.load(Ordering::Relaxed)).then(cut)))
    }
}

/// None of those of which a part is missing: they say nothing about the database.
fn unsealed(mut bytes: Vec<u8>) -> Option<Vec<u8>> {
    let seal = bytes.split_off(bytes.len().checked_sub(SEAL)?);
    (Sha256::digest(&bytes)[..] == seal[..]).then_some(bytes)
}

fn sum(page: &[u8]) -> [u8; SUM] {
    Sha256::digest(page)[..SUM].try_into().expect("a hash is longer")
}

/// Goes through the pages until it is told that it is enough.
fn each_page(database: &Path, mut look: impl FnMut(&[u8]) -> bool) -> io::Result<()> {
    let mut file = File::open(database)?;
    let mut pages = vec![0; 256 * PAGE];
    loop {
        let mut filled = 0;
        while filled < pages.len() {
            match file.read(&mut pages[filled..])? {
                0 => break,
                read => filled += read,
            }
        }
        if filled == 0 || !pages[..filled].chunks(PAGE).all(&mut look) {
            return Ok(());
        }
    }
}
