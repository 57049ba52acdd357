//! `hatstand init`: a folder with a commented configuration and a place for plugins.

use super::{Failure, failure, standard};
use clap::Args;
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

const CONFIG: &str = include_str!("init/hatstand.toml");
const SECRETS: &str = include_str!("init/env.example");
const IGNORED: &str = "hatstand.db*\n.hatstand-cache/\nbackups/\n.env\n";

#[derive(Debug, Args)]
pub struct Init {
    /// The folder to make.
    #[arg(default_value = ".")]
    folder: PathBuf,
}

impl Init {
    pub fn run(self) -> Result<(), Failure> {
        let folder = &self.folder;
        fs::create_dir_all(folder).map_err(|why| failure(format!("{}: {why}", folder.display())))?;
        write_new(&folder.join("hatstand.toml"), CONFIG)?;
        write_new(&folder.join(".env.example"), SECRETS)?;
        write_new(&folder.join(".gitignore"), IGNORED)?;
        standard::put_into(&folder.join("plugins"))?;
        println!("{} is ready: hatstand.toml, .env.example, and plugins in {}.", folder.display(), folder.join("plugins").display());
        println!("Next: {}", next(folder));
        Ok(())
    }
}

/// The way to Slack; and the way to try the bot without.
fn next(folder: &Path) -> String {
    let enter = if folder == Path::new(".") { String::new() } else { format!("cd {} && ", folder.display()) };
    format!("{enter}hatstand slack manifest\nWithout Slack, on this terminal: {enter}hatstand run")
}

/// Writes a file, but never over one that is there.
fn write_new(path: &Path, text: &str) -> Result<(), Failure> {
    let written = OpenOptions::new().write(true).create_new(true).open(path).and_then(|mut file| file.write_all(text.as_bytes()));
    written.map_err(|why| match why.kind() {
        io::ErrorKind::AlreadyExists => failure(format!("{} is there already; nothing was changed", path.display())),
        _ => failure(format!("{}: {why}", path.display())),
    })
}
