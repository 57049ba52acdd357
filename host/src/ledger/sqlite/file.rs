//! Where the database is, and who may read it.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

/// The one name of the database, whatever links lead to it: the lock is next to it. Creates the folder, not the file.
///
/// It must not open the file: closing it would take away the locks that SQLite holds on it in this process.
pub(super) fn locate(path: &Path) -> io::Result<PathBuf> {
    match fs::canonicalize(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        found => return found,
    }
    let name = path.file_name().ok_or(ErrorKind::InvalidInput)?;
    let folder = folder_of(path);
    fs::create_dir_all(&folder)?;
    Ok(fs::canonicalize(folder)?.join(name))
}

/// In which folder a file is.
pub(super) fn folder_of(path: &Path) -> PathBuf {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new(".")).to_owned()
}

/// A file next to another one, called like it with something at the end.
pub(super) fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut beside = OsString::from(path);
    beside.push(ending);
    beside.into()
}

/// A backup on its way into the place of the database. As long as there is one, what is in that place is not the ledger.
pub(super) fn incoming(path: &Path) -> PathBuf {
    beside(path, ".incoming")
}

/// What was renamed or removed in the folder of this file is so after a power cut, too.
pub(super) fn sync_folder(path: &Path) -> io::Result<()> {
    #[cfg(unix)]
    File::open(folder_of(path))?.sync_all()?;
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}

/// Creates an empty database for SQLite to open, unless there is one. Its companions get the same permissions from SQLite.
pub(super) fn create(path: &Path) -> io::Result<()> {
    match private().create_new(true).open(path) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        created => created.map(drop),
    }
}

/// Opens a file next to the database, or creates it.
pub(super) fn open(path: &Path) -> io::Result<File> {
    private().create(true).truncate(false).open(path)
}

/// Chat is private: what is created here, only the bot's own account may read.
fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}
