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
    let top = support::source().join("tests/transcripts");
    let trials = folders(&top).iter().flat_map(|folder| trials(&top, folder)).collect();
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

/// The folder of transcripts, and those in it.
fn folders(top: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(top).expect("the folder of transcripts is there");
    let mut folders: Vec<PathBuf> = entries.map(|entry| entry.expect("it can be read").path()).filter(|path| path.is_dir()).collect();
    folders.push(top.to_owned());
    folders.sort();
    folders
}

fn trials(top: &Path, folder: &Path) -> Vec<Trial> {
    let shelf = if folder.ends_with("host") { support::empty_shelf } else { support::standard_shelf };
    let trial = |path: PathBuf| {
        let name = path.strip_prefix(top).expect("it is in there").with_extension("");
        Trial::test(name.to_string_lossy(), move || play(&path, shelf()))
    };
    transcript::files(folder).expect("the folder can be read").into_iter().map(trial).collect()
}

fn play(path: &Path, shelf: Shelf) -> Result<(), Failed> {
    let mut stage = HostStage::new(shelf)?;
    catch_unwind(AssertUnwindSafe(|| transcript::run_file(path, &mut stage))).map_err(|why| words(&*why).into())
}

/// What somebody says who panics.
fn words(why: &(dyn Any + Send)) -> String {
    why.downcast_ref::<String>().cloned().unwrap_or_else(|| "it panicked".to_owned())
}
