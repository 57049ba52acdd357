//! Every transcript in `tests/transcripts` is a test: `cargo test --test transcripts host/help` runs one.
//!
//! With `UPDATE_TRANSCRIPTS=1` the expectations are written instead of compared. In `host/` nothing is in the folder of plugins at the
//! beginning, and what is in `tests/plugins` can be added; everywhere else the standard plugins are there.

mod support;

use hatstand::stage::{HostStage, Shelf};
use hatstand_common::transcript;
use libtest_mimic::{Arguments, Failed, Trial};
use std::any::Any;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

fn main() -> ExitCode {
    let trials = folders().iter().flat_map(|folder| trials(folder)).collect();
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

fn folders() -> Vec<PathBuf> {
    let entries = fs::read_dir(support::source().join("tests/transcripts")).expect("the folder of transcripts is there");
    let mut folders: Vec<PathBuf> = entries.map(|entry| entry.expect("it can be read").path()).filter(|path| path.is_dir()).collect();
    folders.sort();
    folders
}

fn trials(folder: &Path) -> Vec<Trial> {
    let of = folder.file_name().expect("it has a name").to_string_lossy().into_owned();
    let shelf = if of == "host" { support::empty_shelf } else { support::standard_shelf };
    let files = transcript::files(folder).expect("the folder can be read");
    let trial = |path: PathBuf| {
        let name = format!("{of}/{}", path.file_stem().expect("it has a name").to_string_lossy());
        Trial::test(name, move || play(&path, shelf()))
    };
    files.into_iter().map(trial).collect()
}

fn play(path: &Path, shelf: Shelf) -> Result<(), Failed> {
    let mut stage = HostStage::new(shelf)?;
    catch_unwind(AssertUnwindSafe(|| transcript::run_file(path, &mut stage))).map_err(|why| words(&*why).into())
}

/// What somebody says who panics.
fn words(why: &(dyn Any + Send)) -> String {
    why.downcast_ref::<String>().cloned().unwrap_or_else(|| "it panicked".to_owned())
}
