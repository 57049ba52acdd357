//! `hatstand restore`: a backup in the place of the ledger, while the bot does not run.

use super::{Failure, failure};
use crate::backups::stamp;
use crate::clock::Clock;
use crate::config::Config;
use crate::ledger::{self, LedgerError};
use clap::Args;
use std::path::PathBuf;

#[derive(Debug, Args)]
pub struct Restore {
    /// The backup.
    file: PathBuf,
    /// The configuration.
    #[arg(long, value_name = "FILE", default_value = "hatstand.toml", env = "HATSTAND_CONFIG")]
    config: PathBuf,
}

impl Restore {
    pub fn run(self) -> Result<(), Failure> {
        let config = Config::read(&self.config).map_err(|why| Failure::new(*why))?;
        let ending = format!(".replaced-{}", stamp(Clock::machine().now()));
        let replaced = ledger::restore(&config.store.ledger, &self.file, &ending).map_err(|why| match why {
            LedgerError::InUse { .. } => failure(format!("{why}: stop the bot first. Nothing was changed")),
            why => failure(why),
        })?;
        println!("The ledger is {} now. What happened since it was made is not in it.", self.file.display());
        println!("Buttons that the bot posted since then do nothing any more, and say so.");
        if let Some(replaced) = replaced {
            println!("What it replaces is kept: {}", replaced.display());
        }
        Ok(())
    }
}
