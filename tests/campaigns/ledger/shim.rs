//! What stands between a process and its disk and clock.

use crate::support::{source, target};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// The disk and the clock of one process, and how they fail.
#[derive(Clone, Debug)]
pub struct Shim {
    /// Only the files in this folder are meant.
    pub folder: PathBuf,
    /// Where it is written what fails.
    controls: PathBuf,
}

impl Shim {
    /// Nothing fails yet.
    pub fn over(folder: &Path, controls: &Path) -> Self {
        fs::create_dir_all(controls).expect("a folder");
        Self { folder: folder.to_owned(), controls: controls.to_owned() }
    }

    pub fn apply(&self, command: &mut Command) {
        command.env("LD_PRELOAD", library()).env("SHIM_FOLDER", &self.folder);
        for (variable, file) in [("SHIM_COUNT", "count"), ("SHIM_BROKEN", "broken"), ("SHIM_ROOM", "room"), ("SHIM_LEAP", "leap")] {
            command.env(variable, self.controls.join(file));
        }
    }

    /// Every flush fails from now on.
    pub fn break_flushes(&self) {
        self.set("broken", "");
    }

    /// There is no room for more than there is.
    pub fn fill(&self) {
        let files = fs::read_dir(&self.folder).expect("a folder").map(|file| file.and_then(|file| file.metadata()));
        // One that is gone meanwhile takes no room.
        let used: u64 = files.filter_map(|file| file.ok().map(|file| file.len())).sum();
        self.set("room", &used.to_string());
    }

    /// There is room again.
    pub fn free(&self) {
        fs::remove_file(self.controls.join("room")).expect("it was full");
    }

    /// The machine's clock is wrong by so many seconds.
    pub fn leap(&self, seconds: i64) {
        self.set("leap", &seconds.to_string());
    }

    /// How many calls there were until the process ended.
    pub fn calls(&self) -> u64 {
        fs::read_to_string(self.controls.join("count")).expect("it has ended by itself").parse().expect("a number")
    }

    /// Whoever reads it sees all of it or what was before.
    fn set(&self, control: &str, value: &str) {
        let new = self.controls.join("new");
        fs::write(&new, value).expect("written");
        fs::rename(new, self.controls.join(control)).expect("renamed");
    }
}

/// The library, made once.
fn library() -> &'static Path {
    static LIBRARY: OnceLock<PathBuf> = OnceLock::new();
    LIBRARY.get_or_init(|| {
        fs::create_dir_all(target()).expect("a folder");
        let library = target().join("ledger-shim.so");
        let compiler = std::env::var("CC").unwrap_or_else(|_| "cc".to_owned());
        let mut command = Command::new(compiler);
        command.args(["-O1", "-Wall", "-shared", "-fPIC", "-o"]).arg(&library);
        command.arg(source().join("tests/campaigns/ledger/shim.c")).arg("-ldl");
        assert!(command.status().expect("there is a C compiler").success(), "the shim cannot be made");
        library
    })
}
