//! `hatstand slack`: making the bot an app of Slack's.

mod manifest;

use super::Failure;
use clap::Subcommand;

#[derive(Debug, Subcommand)]
pub enum Slack {
    /// Write the manifest of the app: what the bot and its plugins may do and hear. Says what to do with it.
    ///
    /// Examples: `hatstand slack manifest`, `hatstand slack manifest --check`
    Manifest(manifest::Manifest),
}

impl Slack {
    pub fn run(self) -> Result<(), Failure> {
        match self {
            Slack::Manifest(manifest) => manifest.run(),
        }
    }
}
