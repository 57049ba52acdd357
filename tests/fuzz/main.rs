//! The fuzz targets as ordinary tests: each on its seeds, on what once went wrong, and on a bounded number of inputs that are made of them.
//!
//! `cargo test --test fuzz` runs all, `cargo test --test fuzz envelope` one. The `README.md` beside this file says how they are run for hours.

mod bender;
#[path = "../support/size.rs"]
mod size;
mod targets;

use bender::Bender;
use libtest_mimic::{Arguments, Trial};
use size::Size;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// A target: its name, what it does, and how many inputs are made for it: fewer where each takes longer.
type Target = (&'static str, fn(&[u8]), u32);

const TARGETS: [Target; 8] = [
    ("component", targets::component::check, 500),
    ("config", targets::config::check, 2_000),
    ("envelope", targets::envelope::check, 10_000),
    ("label", targets::label::check, 200),
    ("line", targets::line::check, 10_000),
    ("request", targets::request::check, 10_000),
    ("usage", targets::usage::check, 20_000),
    ("webhook", targets::webhook::check, 10_000),
];

fn main() -> ExitCode {
    let size = Size::asked_for();
    let trials = TARGETS.map(|(name, check, count)| {
        Trial::test(name, move || {
            run(name, check, count * size.of(1, 100));
            Ok(())
        })
    });
    libtest_mimic::run(&Arguments::from_args(), trials.into()).exit_code()
}

fn run(name: &str, check: fn(&[u8]), count: u32) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fuzz");
    let seeds = inputs(&folder.join("seeds").join(name));
    assert!(!seeds.is_empty(), "{name} has no seeds");
    for input in &seeds {
        try_out(name, check, input);
    }
    let mut bender = Bender::new(&seeds);
    for _ in 0..count {
        try_out(name, check, &bender.next());
    }
}

/// An input that fails is kept, so that it can be looked at, and put among the seeds once it is mended.
fn try_out(name: &str, check: fn(&[u8]), input: &[u8]) {
    struct Kept<'a>(&'a str, &'a [u8]);
    impl Drop for Kept<'_> {
        fn drop(&mut self) {
            if std::thread::panicking() {
                let path = std::env::temp_dir().join(format!("hatstand-fuzz-{}", self.0));
                let kept = fs::write(&path, self.1);
                eprintln!("the input that failed: {} ({kept:?})", path.display());
            }
        }
    }
    let _kept = Kept(name, input);
    check(input);
}

fn inputs(folder: &Path) -> Vec<Vec<u8>> {
    let entries = fs::read_dir(folder).unwrap_or_else(|why| panic!("{}: {why}", folder.display()));
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("it can be read").path()).collect();
    paths.sort();
    paths.into_iter().map(|path| fs::read(path).expect("it can be read")).collect()
}
