//! Backups that are made by themselves: one an hour, and the newest of them are kept.

use crate::clock::Clock;
use crate::ledger::{self, Beside, LedgerError};
use hatstand_common::value::Instant;
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::task::spawn_blocking;

const PERIOD: Duration = Duration::from_secs(3600);

/// What has to be free beside the backup itself, so that it takes no room that the ledger needs.
const SPARE: u64 = 128 * 1024 * 1024;

/// Where backups are, and of what.
#[derive(Clone, Debug)]
pub struct Backups {
    pub ledger: PathBuf,
    pub folder: PathBuf,
    /// How many are kept of those that are made by themselves.
    pub kept: usize,
}

impl Backups {
    /// Makes one each hour, for as long as the task runs. A start is no reason for another one: it may be one of many.
    pub async fn run(self, clock: Clock) {
        if let Some(made) = self.newest().as_deref().and_then(made_at) {
            clock.reach(made + PERIOD).await;
        }
        loop {
            let (backups, now) = (self.clone(), clock.now());
            match spawn_blocking(move || backups.make_and_tidy(now)).await.map_err(|why| why.to_string()) {
                Ok(Ok(file)) => tracing::info!(file = %file.display(), "a backup was made"),
                Ok(Err(why)) => tracing::error!(%why, "there is no new backup"),
                Err(why) => tracing::error!(why, "there is no new backup"),
            }
            clock.reach(now + PERIOD).await;
        }
    }

    /// Makes one now, in the folder.
    pub fn make(&self, now: Instant) -> ledger::Result<PathBuf> {
        let file = self.folder.join(name(now));
        Beside::read(&self.ledger)?.back_up(&file)?;
        Ok(file)
    }

    fn make_and_tidy(&self, now: Instant) -> ledger::Result<PathBuf> {
        self.check_room()?;
        let file = self.make(now)?;
        if let Err(why) = self.tidy() {
            tracing::warn!(%why, "old backups cannot be removed");
        }
        Ok(file)
    }

    fn check_room(&self) -> ledger::Result<()> {
        let size = fs::metadata(&self.ledger).map_or(0, |ledger| ledger.len());
        let folder = self.folder.ancestors().find(|folder| folder.exists()).unwrap_or(Path::new("."));
        match free(folder) {
            Some(free) if free < size + SPARE => Err(LedgerError::Backup(format!(
                "{} MiB are free in {}, and a backup would leave too little",
                free >> 20,
                folder.display()
            ))),
            _ => Ok(()),
        }
    }

    /// The newest that is there, whoever made it.
    pub fn newest(&self) -> Option<PathBuf> {
        self.all().ok()?.pop()
    }

    /// Oldest first.
    fn all(&self) -> io::Result<Vec<PathBuf>> {
        let files = fs::read_dir(&self.folder)?.map(|file| file.map(|file| file.path())).collect::<io::Result<Vec<_>>>()?;
        let mut backups: Vec<PathBuf> = files.into_iter().filter(|file| made_at(file).is_some()).collect();
        backups.sort();
        Ok(backups)
    }

    fn tidy(&self) -> io::Result<()> {
        let backups = self.all()?;
        for file in backups.iter().take(backups.len().saturating_sub(self.kept)) {
            fs::remove_file(file)?;
            fs::remove_file(file.with_extension("db.sha256")).or_else(|why| match why.kind() {
                io::ErrorKind::NotFound => Ok(()),
                _ => Err(why),
            })?;
        }
        Ok(())
    }
}

/// Sorts as time does.
fn name(now: Instant) -> String {
    format!("hatstand-{}.db", stamp(now))
}

/// A moment as a part of a file's name.
pub fn stamp(now: Instant) -> String {
    let at = i64::try_from(now.millis()).ok().and_then(|at| Timestamp::from_millisecond(at).ok()).unwrap_or_default();
    at.strftime("%Y%m%dT%H%M%SZ").to_string()
}

/// When a backup was made; none for a file that is not called as those are that are made here.
fn made_at(file: &Path) -> Option<Instant> {
    let name = file.file_name()?.to_str()?;
    let stamp = name.strip_prefix("hatstand-")?.strip_suffix("Z.db")?;
    let at = DateTime::strptime("%Y%m%dT%H%M%S", stamp).ok()?.to_zoned(TimeZone::UTC).ok()?;
    u64::try_from(at.timestamp().as_millisecond()).ok().map(Instant)
}

/// How many bytes are free where this folder is; none where the system does not tell.
#[cfg(unix)]
pub fn free(folder: &Path) -> Option<u64> {
    let told = rustix::fs::statvfs(folder).ok()?;
    told.f_bavail.checked_mul(told.f_frsize)
}

#[cfg(not(unix))]
pub fn free(_: &Path) -> Option<u64> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::Sqlite;
    use tempfile::TempDir;

    #[test]
    fn the_newest_are_kept_and_nothing_else_is_touched() {
        let home = TempDir::new().expect("a folder");
        let ledger = home.path().join("ledger.db");
        let _open = Sqlite::open(&ledger).expect("it opens");
        let backups = Backups { ledger, folder: home.path().join("backups"), kept: 2 };
        let hour = |hour: u64| Instant(1_767_607_200_000 + hour * 3_600_000);
        backups.make(hour(0)).expect("it is made");
        fs::write(backups.folder.join("hatstand-mine.db"), "").expect("written");
        for later in 1..4 {
            backups.make_and_tidy(hour(later)).expect("it is made");
        }
        let mut names: Vec<_> = fs::read_dir(&backups.folder).expect("read").map(|file| file.expect("read").file_name()).collect();
        names.sort();
        let (second, third) = ("hatstand-20260105T120000Z.db", "hatstand-20260105T130000Z.db");
        assert_eq!(names, [second, &format!("{second}.sha256"), third, &format!("{third}.sha256"), "hatstand-mine.db"]);
        assert_eq!(backups.newest(), Some(backups.folder.join(third)));
        assert_eq!(made_at(Path::new(third)), Some(hour(3)));
        assert!(backups.make(hour(3)).is_err(), "none is written over");
    }
}
