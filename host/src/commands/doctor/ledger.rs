//! Can the ledger be opened and written, and does nobody else have it?

use super::limit::limited;
use crate::ledger::{LedgerError, Sqlite};
use crate::setup::Finding;
use std::path::{Path, PathBuf};
use tokio::task::spawn_blocking;

const AREA: &str = "ledger";

/// Who has the ledger at the moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holder {
    Nobody,
    /// A bot that runs.
    Hatstand,
}

/// Opens it as a start does, which also brings it up to date. One that is not there yet is not made.
pub async fn open(path: &Path) -> (Holder, Finding) {
    let (path, shown) = (path.to_owned(), path.display().to_string());
    let late = || (Holder::Nobody, Finding::failure(AREA, format!("{shown} cannot be opened in time"), "check the disk that it is on"));
    let opened = spawn_blocking(move || if path.exists() { try_open(&path) } else { try_to_make(&path) });
    limited(opened).await.and_then(Result::ok).unwrap_or_else(late)
}

fn try_open(path: &Path) -> (Holder, Finding) {
    let shown = path.display();
    match Sqlite::open(path).and_then(Sqlite::close) {
        Ok(()) => (Holder::Nobody, Finding::ok(AREA, format!("{shown} opens, is sound and can be written"))),
        Err(LedgerError::InUse { pid, .. }) => {
            (Holder::Hatstand, Finding::ok(AREA, format!("{shown} is in use by the bot that runs, process {pid}")))
        }
        Err(why @ LedgerError::Damaged { .. }) => {
            (Holder::Nobody, Finding::failure(AREA, why.to_string(), "put the newest backup in its place: hatstand restore FILE"))
        }
        Err(why) => (Holder::Nobody, Finding::failure(AREA, why.to_string(), "see whose file it is and whether its disk is well")),
    }
}

fn try_to_make(path: &Path) -> (Holder, Finding) {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).map_or(PathBuf::from("."), Path::to_owned);
    let shown = path.display();
    let finding = match tempfile::tempfile_in(&folder) {
        Ok(_) => Finding::ok(AREA, format!("{shown} will be made at the first start")),
        Err(why) => {
            let fix = format!("let the bot's account write to {}, or set [store] ledger in the configuration", folder.display());
            Finding::failure(AREA, format!("{shown} cannot be made: {why}"), fix)
        }
    };
    (Holder::Nobody, finding)
}
