//! Copies of the ledger that can be trusted: made while it is in use, looked through, and with a checksum beside them.

use super::{Beside, epoch, examination, file, open_error, schema};
use crate::ledger::{LedgerError, Result};
use rusqlite::Connection;
use rusqlite::backup::{Backup, StepResult};
use sha2::{Digest, Sha256};
use std::fmt::Display;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

impl Beside {
    /// Copies the ledger as it is at this moment into a new file, whole or not at all. What is done meanwhile goes on.
    pub fn back_up(&self, file: &Path) -> Result<()> {
        let failed = |why: &dyn Display| LedgerError::Backup(format!("the backup {} could not be made: {why}", file.display()));
        if file.exists() {
            return Err(failed(&"there is such a file already"));
        }
        let folder = file::folder_of(file);
        fs::create_dir_all(&folder).map_err(|why| failed(&why))?;
        let copy = tempfile::Builder::new().prefix(".hatstand-").tempfile_in(&folder).map_err(|why| failed(&why))?;
        self.copy_into(copy.path()).map_err(|why| failed(&why))?;
        copy.as_file().sync_all().map_err(|why| failed(&why))?;
        let sum = sum_of(copy.path()).map_err(|why| failed(&why))?;
        copy.persist_noclobber(file).map_err(|why| failed(&why.error))?;
        leave_sum(file, &sum).and_then(|()| file::sync_folder(file)).map_err(|why| failed(&why))
    }

    /// In one step: a backup in several begins anew whenever something was written in between.
    fn copy_into(&self, path: &Path) -> std::result::Result<(), schema::Whatever> {
        let mut copy = Connection::open(path)?;
        match Backup::new(&self.connection, &mut copy)?.step(-1)? {
            StepResult::Done => {}
            _ => return Err("the ledger is too busy".into()),
        }
        // Without a log beside it: one file is all there is.
        copy.pragma_update(None, "journal_mode", "delete")?;
        epoch::mark_as_copy(&copy, 0)?;
        examination::structure(&copy)?;
        copy.close().map_err(|(_, why)| why.into())
    }
}

/// Puts a backup in the place of the ledger at `path`, which nobody may have open. What was there is kept beside it, with this ending; says
/// where, if there was something.
pub fn restore(path: &Path, backup: &Path, ending: &str) -> Result<Option<PathBuf>> {
    let path = file::locate(path).map_err(|why| open_error(path, why))?;
    let _lock = super::Lock::take(&path)?;
    let failed = |why: &dyn Display| LedgerError::Backup(format!("{} is not restored: {why}. Nothing was changed", backup.display()));
    let copy = sound_copy(&path, backup).map_err(|why| failed(&why))?;
    mark_as_copy_of_later(&copy, &path).map_err(|why| failed(&why))?;
    let incoming = file::incoming(&path);
    copy.persist(&incoming).map_err(|why| failed(&why.error))?;
    // From here on there is no start without the backup: one that finds it here refuses.
    exchange(&path, &incoming, ending)
        .map_err(|why| LedgerError::Backup(format!("{} is not restored yet: {why}; see to that, and do it again", backup.display())))
}

/// A copy of the backup next to the ledger, which was found to be sound.
fn sound_copy(path: &Path, backup: &Path) -> std::result::Result<tempfile::NamedTempFile, schema::Whatever> {
    let is_ledger = fs::canonicalize(backup)? == *path;
    if is_ledger {
        return Err("it is the ledger itself".into());
    }
    if fs::metadata(file::beside(backup, "-wal")).is_ok_and(|log| log.len() > 0) {
        return Err("it is no backup, but a database that is in use or was left: its newest part is in the log beside it".into());
    }
    let mut copy = tempfile::Builder::new().prefix(".hatstand-").tempfile_in(file::folder_of(path))?;
    io::copy(&mut File::open(backup)?, &mut copy)?;
    copy.as_file().sync_all()?;
    let sum = sum_of(copy.path())?;
    if left_sum(backup)?.is_some_and(|left| left != sum) {
        return Err("it was changed since it was made: its checksum is another one".into());
    }
    let connection = Connection::open(copy.path())?;
    examination::structure(&connection)?;
    schema::check_not_newer(&connection)?;
    drop(connection);
    Ok(copy)
}

/// The ids that the replaced ledger gave are not given again, as far as it can be read: it may be why it is replaced that it cannot.
fn mark_as_copy_of_later(copy: &tempfile::NamedTempFile, replaced: &Path) -> std::result::Result<(), schema::Whatever> {
    let given = schema::open_reader(replaced).and_then(|replaced| epoch::highest(&replaced)).unwrap_or_default();
    let given = if (0..epoch::BEYOND).contains(&given) { given } else { 0 };
    let connection = Connection::open(copy.path())?;
    epoch::mark_as_copy(&connection, given)?;
    connection.close().map_err(|(_, why)| why)?;
    Ok(copy.as_file().sync_all()?)
}

/// The old files go aside, then the new one takes their place.
fn exchange(path: &Path, incoming: &Path, ending: &str) -> io::Result<Option<PathBuf>> {
    let aside = file::beside(path, ending);
    let mut replaced = None;
    for companion in ["", "-wal"] {
        match fs::rename(file::beside(path, companion), file::beside(&aside, companion)) {
            Ok(()) => replaced = Some(aside.clone()),
            Err(why) if why.kind() == io::ErrorKind::NotFound => {}
            Err(why) => return Err(why),
        }
    }
    for companion in ["-shm", ".sums"] {
        match fs::remove_file(file::beside(path, companion)) {
            Err(why) if why.kind() != io::ErrorKind::NotFound => return Err(why),
            _ => {}
        }
    }
    file::sync_folder(path)?;
    fs::rename(incoming, path)?;
    file::sync_folder(path)?;
    Ok(replaced)
}

/// As `sha256sum` prints and checks it.
fn leave_sum(file: &Path, sum: &str) -> io::Result<()> {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    fs::write(file::beside(file, ".sha256"), format!("{sum}  {name}\n"))
}

fn left_sum(file: &Path) -> io::Result<Option<String>> {
    match fs::read_to_string(file::beside(file, ".sha256")) {
        Err(why) if why.kind() == io::ErrorKind::NotFound => Ok(None),
        left => left.map(|left| left.split_whitespace().next().map(str::to_owned)),
    }
}

fn sum_of(file: &Path) -> io::Result<String> {
    let mut hasher = Sha256::new();
    let mut file = File::open(file)?;
    let mut bytes = vec![0; 1 << 16];
    loop {
        match io::Read::read(&mut file, &mut bytes)? {
            0 => break,
            read => hasher.update(&bytes[..read]),
        }
    }
    Ok(hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::contract::{Bench, commit, event, post, request, runtime, timer};
    use crate::ledger::sqlite::tests::Folder;
    use crate::ledger::{Commit, Ledger, Live, Recorded, RequestId, SayId, Sqlite};
    use crate::model::{Effects, EventId};
    use hatstand_common::value::Instant;
    use std::collections::BTreeSet;

    fn recorded(ledger: &Sqlite, key: &str) -> Recorded {
        runtime().block_on(ledger.record(event(key))).unwrap()
    }

    /// A ledger that was backed up after its first event of two.
    fn backed_up() -> (Folder, PathBuf) {
        let folder = Folder::default();
        let ledger = folder.open();
        recorded(&ledger, "before");
        let backup = file::beside(&folder.path(), ".backup");
        Beside::read(&folder.path()).unwrap().back_up(&backup).unwrap();
        recorded(&ledger, "after");
        (folder, backup)
    }

    fn why_not(restored: Result<Option<PathBuf>>) -> String {
        match restored {
            Err(LedgerError::Backup(why)) => why,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_backup_takes_the_place_of_the_ledger_and_that_is_kept() {
        let (folder, backup) = backed_up();
        let replaced = restore(&folder.path(), &backup, ".old").unwrap().unwrap();
        let restored = folder.open();
        assert_eq!(recorded(&restored, "before"), Recorded::Repeat);
        assert!(matches!(recorded(&restored, "after"), Recorded::New(_)));
        let old = Sqlite::open(&replaced).unwrap();
        assert_eq!(recorded(&old, "after"), Recorded::Repeat, "with its log");
    }

    /// Handles an event, and all that are left, with an effect of each kind. Returns the ids that were given: of events, of what is said,
    /// of timers and of requests.
    fn given(ledger: &Sqlite, key: &str) -> BTreeSet<(&'static str, i64)> {
        recorded(ledger, key);
        runtime().block_on(async {
            let mut given = BTreeSet::new();
            for unfinished in ledger.unfinished(EventId(0), 99).await.unwrap() {
                let id = unfinished.id;
                let (says, timers) = (vec![post(&format!("{}.hat.0", id.0), "hello")], vec![timer(&id.0.to_string(), 1)]);
                let effects = Effects { says, timers, requests: vec![request("r")], ..Effects::default() };
                ledger.commit(Commit { effects, ..commit(id) }).await.unwrap();
                given.insert(("event", id.0));
            }
            ledger.fire_due(Instant(1), &Live::from(["hat".into()])).await.unwrap();
            for unfinished in ledger.unfinished(EventId(0), 99).await.unwrap() {
                given.extend([("event", unfinished.id.0), ("timer", unfinished.event.what.timer().unwrap().0)]);
                ledger.commit(Commit { timer: unfinished.event.what.timer(), ..commit(unfinished.id) }).await.unwrap();
            }
            given.extend(ledger.unsent(SayId(0), 99).await.unwrap().iter().map(|unsent| ("say", unsent.id.0)));
            given.extend(ledger.waiting(RequestId(0), 99).await.unwrap().iter().map(|waiting| ("request", waiting.id.0)));
            given
        })
    }

    #[test]
    fn no_id_is_given_again_after_a_restore() {
        let folder = Folder::default();
        let ledger = folder.open();
        let before = given(&ledger, "before");
        recorded(&ledger, "left");
        let backup = file::beside(&folder.path(), ".backup");
        Beside::read(&folder.path()).unwrap().back_up(&backup).unwrap();
        let mut all = given(&ledger, "lost").into_iter().filter(|id| !before.contains(id)).collect::<BTreeSet<_>>();
        drop(ledger);

        let put_back: [fn(&Path, &Path); 3] = [
            |path, backup| drop(restore(path, backup, ".old").unwrap()),
            |path, backup| {
                fs::remove_file(path).unwrap();
                restore(path, backup, ".old").unwrap();
            },
            // By hand.
            |path, backup| {
                fs::remove_file(file::beside(path, ".sums")).unwrap();
                fs::copy(backup, path).unwrap();
            },
        ];
        for (time, put_back) in put_back.into_iter().enumerate() {
            put_back(&folder.path(), &backup);
            let ledger = folder.open();
            let again: BTreeSet<_> = given(&ledger, &format!("after {time}")).into_iter().filter(|id| !before.contains(id)).collect();
            assert_eq!(all.intersection(&again).collect::<Vec<_>>(), Vec::<&(&str, i64)>::new(), "{time}");
            assert!(again.iter().all(|(_, id)| *id < epoch::BEYOND), "they can be written as numbers in JSON");
            all.extend(again);
            drop(ledger);
            let next = given(&folder.open(), &format!("later {time}"));
            assert!(next.iter().max().unwrap().1 < all.iter().max().unwrap().1 + 99, "a start is no new epoch");
            all.extend(next.into_iter().filter(|id| !before.contains(id)));
        }
    }

    #[test]
    fn a_backup_is_restored_where_nothing_is() {
        let (folder, backup) = backed_up();
        fs::remove_file(folder.path()).unwrap();
        let _ = fs::remove_file(file::beside(&folder.path(), "-wal"));
        assert_eq!(restore(&folder.path(), &backup, ".old").unwrap(), None);
        assert_eq!(recorded(&folder.open(), "before"), Recorded::Repeat);
    }

    #[test]
    fn a_ledger_that_is_open_stays() {
        let (folder, backup) = backed_up();
        let ledger = folder.open();
        assert!(matches!(restore(&folder.path(), &backup, ".old"), Err(LedgerError::InUse { .. })));
        assert_eq!(recorded(&ledger, "after"), Recorded::Repeat);
    }

    #[test]
    fn what_is_no_sound_backup_is_refused() {
        let (folder, backup) = backed_up();
        let sound = fs::read(&backup).unwrap();
        let mut changed = sound.clone();
        *changed.last_mut().unwrap() ^= 1;
        fs::write(&backup, changed).unwrap();
        assert!(why_not(restore(&folder.path(), &backup, ".old")).contains("its checksum is another one"));
        fs::remove_file(file::beside(&backup, ".sha256")).unwrap();
        fs::write(&backup, &sound[..sound.len() - 4096]).unwrap();
        assert!(why_not(restore(&folder.path(), &backup, ".old")).ends_with("Nothing was changed"));
        fs::write(&backup, "Dear diary").unwrap();
        assert!(why_not(restore(&folder.path(), &backup, ".old")).contains("file is not a database"));
        Connection::open(file::beside(&backup, "2")).unwrap().execute_batch("CREATE TABLE other (a)").unwrap();
        assert!(why_not(restore(&folder.path(), &file::beside(&backup, "2"), ".old")).contains("it is no ledger"));
        assert!(why_not(restore(&folder.path(), &folder.path(), ".old")).contains("it is the ledger itself"));
        assert_eq!(recorded(&folder.open(), "after"), Recorded::Repeat);
    }

    #[test]
    fn nothing_starts_while_a_backup_is_on_its_way() {
        let (folder, backup) = backed_up();
        fs::copy(&backup, file::incoming(&folder.path())).unwrap();
        match Sqlite::open(&folder.path()) {
            Err(LedgerError::Open { why, .. }) => assert!(why.ends_with("do that again: hatstand restore"), "{why}"),
            other => panic!("{other:?}"),
        }
        restore(&folder.path(), &backup, ".old").unwrap();
        folder.open();
    }
}
