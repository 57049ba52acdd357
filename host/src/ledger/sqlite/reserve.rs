//! Room that is kept for when the disk is full: a file next to the database that is given up piece by piece, so that what was begun can be
//! finished and the most urgent can still be done; taken again once there is room.

use super::file;
use super::operation::Claim;
use std::fs::{self, OpenOptions};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

const MIB: u64 = 1024 * 1024;

/// All of it.
const SIZE: u64 = 16 * MIB;

/// What is given up at a time: room for some hundred commands.
const PIECE: u64 = MIB;

/// What is left for finishing what was recorded.
const FOR_BEGUN: u64 = 8 * MIB;

/// Nothing is reserved for a ledger that is gone after a moment.
const FIRST: Duration = Duration::from_secs(1);

/// How long it is missing before the next attempt to take it again.
const PAUSE: Duration = Duration::from_secs(2);

#[derive(Debug)]
pub(super) struct Reserve {
    path: PathBuf,
    /// How much of it there is.
    size: u64,
    /// When it is worth trying to make it whole.
    next: Instant,
}

impl Reserve {
    /// As an earlier process left it.
    pub(super) fn beside(database: &Path) -> Self {
        let path = file::beside(database, ".reserve");
        let size = fs::metadata(&path).map_or(0, |file| file.len());
        Self { path, size, next: Instant::now() + FIRST }
    }

    /// Gives a piece up for somebody with this claim. False if there is nothing left for them.
    pub(super) fn give(&mut self, claim: Claim) -> bool {
        let kept = match claim {
            Claim::New => FOR_BEGUN,
            Claim::Begun => 0,
        };
        let size = self.size.saturating_sub(PIECE).max(kept);
        if size >= self.size || self.shrink_to(size).is_err() {
            return false;
        }
        self.size = size;
        self.next = Instant::now() + PAUSE;
        true
    }

    /// How long until it can be made whole; none if it is.
    pub(super) fn due(&self) -> Option<Duration> {
        (self.size < SIZE).then(|| self.next.saturating_duration_since(Instant::now()))
    }

    /// Makes it whole, if it is time and there is room; or enough at least.
    pub(super) fn take(&mut self) {
        if !self.due().is_some_and(|wait| wait.is_zero()) {
            return;
        }
        for size in [SIZE, FOR_BEGUN] {
            if size <= self.size {
                break;
            }
            match self.grow_to(size) {
                Ok(()) => {
                    self.size = size;
                    break;
                }
                Err(why) => {
                    tracing::debug!(%why, size, "there is no room for a reserve");
                    // What was taken of it is room that somebody may need.
                    let _ = self.shrink_to(self.size);
                }
            }
        }
        self.next = Instant::now() + PAUSE;
    }

    /// Is there enough of it to finish what was begun?
    pub(super) fn is_enough(&self) -> bool {
        self.size >= FOR_BEGUN
    }

    /// Written, not only made longer: a hole takes no room. Of chance, because some file systems store less of what repeats itself.
    fn grow_to(&self, size: u64) -> io::Result<()> {
        let mut file = file::open(&self.path)?;
        file.seek(SeekFrom::Start(self.size))?;
        let mut piece = vec![0; 64 * 1024];
        rand::fill(&mut piece[..]);
        let mut left = size - self.size;
        while left > 0 {
            let part = usize::try_from(left).unwrap_or(usize::MAX).min(piece.len());
            file.write_all(&piece[..part])?;
            left -= part as u64;
        }
        Ok(())
    }

    fn shrink_to(&self, size: u64) -> io::Result<()> {
        OpenOptions::new().write(true).open(&self.path)?.set_len(size)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_of_it_is_for_what_was_begun() {
        let folder = tempfile::tempdir().unwrap();
        let mut reserve = Reserve::beside(&folder.path().join("db"));
        let size = || fs::metadata(folder.path().join("db.reserve")).unwrap().len();
        assert!(!reserve.give(Claim::Begun), "there is none yet");

        reserve.next = Instant::now();
        reserve.take();
        assert_eq!((reserve.due(), size()), (None, SIZE));
        let given = |reserve: &mut Reserve, claim| std::iter::from_fn(|| reserve.give(claim).then_some(())).count();
        assert_eq!((given(&mut reserve, Claim::New), size()), (8, FOR_BEGUN));
        let mut reserve = Reserve::beside(&folder.path().join("db"));
        assert_eq!((given(&mut reserve, Claim::New), given(&mut reserve, Claim::Begun), size()), (0, 8, 0));

        reserve.take();
        assert_eq!(size(), 0, "not so soon");
        reserve.next = Instant::now();
        reserve.take();
        assert_eq!(size(), SIZE);
    }
}
