//! `hatstand backup`: a copy of the ledger, while the bot runs or not.

use super::{Failure, failure};
use crate::backups::Backups;
use crate::clock::Clock;
use crate::config::Config;
use crate::ledger::{Beside, LedgerError};
use clap::Args;
use std::path::PathBuf;

#[derive(Debug, Args)]
pub struct Backup {
    /// The file to make; without it, one in the folder of backups, called by the time.
    file: Option<PathBuf>,
    /// The configuration.
    #[arg(long, value_name = "FILE", default_value = "hatstand.toml", env = "HATSTAND_CONFIG")]
    config: PathBuf,
}

impl Backup {
    pub fn run(self) -> Result<(), Failure> {
        let config = Config::read(&self.config).map_err(|why| Failure::new(*why))?;
        let made = match self.file {
            Some(file) => Beside::read(&config.store.ledger).and_then(|ledger| ledger.back_up(&file)).map(|()| file),
            None => config.store.backups().make(Clock::machine().now()),
        };
        let file = made.map_err(|why| with_remedy(&config.store.backups(), why))?;
        println!("{} is made, and sound. Put it back with: hatstand restore {}", file.display(), file.display());
        Ok(())
    }
}

/// What is wrong with the ledger, and what to do where a backup helps.
pub(super) fn with_remedy(backups: &Backups, why: LedgerError) -> Failure {
    match (&why, backups.newest()) {
        (LedgerError::Damaged { .. }, Some(newest)) => {
            failure(format!("{why}. Nothing was changed. Restore the newest backup: hatstand restore {}", newest.display()))
        }
        (LedgerError::Damaged { .. }, None) => {
            let folder = backups.folder.display();
            failure(format!("{why}. Nothing was changed. There is no backup in {folder}; if you have one elsewhere: hatstand restore FILE"))
        }
        _ => failure(why),
    }
}
