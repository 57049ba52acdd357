//! Backups: one an hour is made automatically, and the newest of these are kept, with the last of each of the newest days. Those that an
//! operator makes are called otherwise, and stay.

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

/// In milliseconds.
const DAY: u64 = 24 * 3_600_000;

/// What has to be free beside the backup itself, so that it takes no room that the ledger needs.
const SPARE: u64 = 128 * 1024 * 1024;

/// Where backups are, and of what.
#[derive(Clone, Debug)]
pub struct Backups {
    pub ledger: PathBuf,
    pub folder: PathBuf,
    /// How many of the automatic ones are kept.
    pub kept: usize,
    /// For how many days the last automatic one of the day is kept besides.
    pub days: usize,
}

/// Who made a backup; the name of its file tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Maker {
    Timer,
    Operator,
}

impl Maker {
    fn prefix(self) -> &'static str {
        match self {
            Maker::Timer => "hatstand-",
            Maker::Operator => "hatstand-manual-",
        }
    }
}

impl Backups {
    /// Makes one each hour, for as long as the task runs. A start is no reason for another one: it may be one of many.
    pub async fn run(self, clock: Clock) {
        if let Some((made, _)) = self.all(Maker::Timer).ok().and_then(|mut made| made.pop()) {
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

    /// Makes one now for an operator, in the folder.
    pub fn make(&self, now: Instant) -> ledger::Result<PathBuf> {
        self.make_for(Maker::Operator, now)
    }

    fn make_for(&self, maker: Maker, now: Instant) -> ledger::Result<PathBuf> {
        let file = self.folder.join(name(maker, now));
        Beside::read(&self.ledger)?.back_up(&file)?;
        Ok(file)
    }

    fn make_and_tidy(&self, now: Instant) -> ledger::Result<PathBuf> {
        self.check_room()?;
        let file = self.make_for(Maker::Timer, now)?;
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
        let made = [Maker::Timer, Maker::Operator].into_iter().filter_map(|maker| self.all(maker).ok()?.pop());
        made.max().map(|(_, file)| file)
    }

    /// Oldest first.
    fn all(&self, maker: Maker) -> io::Result<Vec<(Instant, PathBuf)>> {
        let mut backups = Vec::new();
        for file in fs::read_dir(&self.folder)? {
            let file = file?.path();
            backups.extend(made_at(maker, &file).map(|made| (made, file)));
        }
        backups.sort();
        Ok(backups)
    }

    fn tidy(&self) -> io::Result<()> {
        let mut day = None;
        let mut days = 0;
        for (number, (made, file)) in self.all(Maker::Timer)?.into_iter().rev().enumerate() {
            let is_last_of_day = day.replace(made.millis() / DAY) != Some(made.millis() / DAY);
            days += usize::from(is_last_of_day);
            if number < self.kept || (is_last_of_day && days <= self.days) {
                continue;
            }
            fs::remove_file(&file)?;
            fs::remove_file(file.with_extension("db.sha256")).or_else(|why| match why.kind() {
                io::ErrorKind::NotFound => Ok(()),
                _ => Err(why),
            })?;
        }
        Ok(())
    }
}

fn name(maker: Maker, now: Instant) -> String {
    format!("{}{}.db", maker.prefix(), stamp(now))
}

/// A moment as a part of a file's name.
pub fn stamp(now: Instant) -> String {
    let at = i64::try_from(now.millis()).ok().and_then(|at| Timestamp::from_millisecond(at).ok()).unwrap_or_default();
    at.strftime("%Y%m%dT%H%M%SZ").to_string()
}

/// When a backup was made; none for a file that is not called as this maker's are.
fn made_at(maker: Maker, file: &Path) -> Option<Instant> {
    let name = file.file_name()?.to_str()?;
    let stamp = name.strip_prefix(maker.prefix())?.strip_suffix("Z.db")?;
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

    const START: u64 = 1_767_607_200_000;

    fn hour(hour: u64) -> Instant {
        Instant(START + hour * 3_600_000)
    }

    fn backups(home: &TempDir, kept: usize, days: usize) -> (Backups, Sqlite) {
        let ledger = home.path().join("ledger.db");
        let open = Sqlite::open(&ledger).expect("it opens");
        (Backups { ledger, folder: home.path().join("backups"), kept, days }, open)
    }

    fn there(backups: &Backups) -> Vec<String> {
        let files = fs::read_dir(&backups.folder).expect("read").map(|file| file.expect("read").file_name());
        let mut names: Vec<String> = files.map(|name| name.to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    #[test]
    fn the_newest_are_kept_and_nothing_else_is_touched() {
        let home = TempDir::new().expect("a folder");
        let (backups, _open) = backups(&home, 2, 0);
        backups.make_and_tidy(hour(0)).expect("it is made");
        fs::write(backups.folder.join("hatstand-mine.db"), "").expect("written");
        for later in 1..4 {
            backups.make_and_tidy(hour(later)).expect("it is made");
        }
        let (second, third) = ("hatstand-20260105T120000Z.db", "hatstand-20260105T130000Z.db");
        assert_eq!(there(&backups), [second, &format!("{second}.sha256"), third, &format!("{third}.sha256"), "hatstand-mine.db"]);
        assert_eq!(backups.newest(), Some(backups.folder.join(third)));
        assert_eq!(made_at(Maker::Timer, Path::new(third)), Some(hour(3)));
        assert!(backups.make_and_tidy(hour(3)).is_err(), "none is written over");
    }

    #[test]
    fn a_backup_that_an_operator_made_is_not_rotated_away() {
        let home = TempDir::new().expect("a folder");
        let (backups, _open) = backups(&home, 1, 0);
        let manual = backups.make(hour(0)).expect("it is made");
        assert_eq!(backups.newest(), Some(manual.clone()));
        for later in 0..3 {
            backups.make_and_tidy(hour(later)).expect("it is made");
        }
        let automatic: Vec<_> = there(&backups).into_iter().filter(|name| !name.contains("manual")).collect();
        assert_eq!(automatic, ["hatstand-20260105T120000Z.db", "hatstand-20260105T120000Z.db.sha256"]);
        assert!(manual.exists());
        assert_eq!(backups.newest(), Some(backups.folder.join("hatstand-20260105T120000Z.db")));
    }

    #[test]
    fn the_last_of_each_day_is_kept_for_some_days() {
        let home = TempDir::new().expect("a folder");
        let (backups, _open) = backups(&home, 2, 3);
        for later in (0..120).step_by(7) {
            backups.make_and_tidy(hour(later)).expect("it is made");
        }
        let names: Vec<_> = there(&backups).into_iter().filter(|name| !name.ends_with("sha256")).collect();
        let days = ["hatstand-20260108T220000Z.db", "hatstand-20260109T190000Z.db"];
        let newest = ["hatstand-20260110T020000Z.db", "hatstand-20260110T090000Z.db"];
        assert_eq!(names, [days, newest].concat());
    }
}
