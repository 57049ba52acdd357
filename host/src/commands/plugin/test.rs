//! `hatstand plugin test`: transcripts against built plugins, in a real host.

use crate::adapters::terminal::TerminalChat;
use crate::builder;
use crate::commands::{Failure, failure};
use crate::plugins::Compiler;
use crate::plugins::compiler::Bounds;
use crate::stage::{HostStage, Shelf};
use clap::Args;
use hatstand_common::transcript::{self, Script};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

#[derive(Debug, Args)]
pub struct Test {
    /// Transcripts to run; all of `tests/*.txt` if none is named. `UPDATE_TRANSCRIPTS=1` writes down what came instead of comparing.
    transcripts: Vec<PathBuf>,
    /// The folder of the plugin.
    #[arg(long, value_name = "DIR", default_value = ".")]
    path: PathBuf,
}

impl Test {
    pub fn run(self) -> Result<(), Failure> {
        let target = builder::default_target(&self.path);
        let built = builder::build(&self.path, &target).map_err(failure)?;
        let standard: BTreeMap<String, PathBuf> = built.into_iter().map(|built| (built.package, built.wasm)).collect();
        let compiler = Compiler::of_this_program(Bounds::default()).map_err(failure)?;
        let shelf = Shelf { standard, cache: Some(target.join("compiled")), ..Shelf::empty(compiler) };
        let mut transcripts = self.transcripts;
        if transcripts.is_empty() {
            transcripts = transcript::files(self.path.join("tests")).map_err(failure)?;
        }
        if transcripts.is_empty() {
            return Err(failure("there is no transcript: write one as tests/hello.txt"));
        }
        let mut failed = 0;
        for path in transcripts {
            let passed = run_transcript(&path, &shelf)?;
            println!("{} {}", if passed { "ok  " } else { "FAIL" }, path.display());
            failed += usize::from(!passed);
        }
        if failed == 0 { Ok(()) } else { Err(failure(format!("{failed} failed"))) }
    }
}

fn run_transcript(path: &Path, shelf: &Shelf) -> Result<bool, Failure> {
    let text = fs::read_to_string(path).map_err(|why| failure(format!("{}: {why}", path.display())))?;
    let script = Script::parse(&text).map_err(|why| failure(format!("{}: {why}", path.display())))?.named(path.display().to_string());
    let mut stage = HostStage::new(shelf.clone(), TerminalChat::new).map_err(failure)?;
    let report = transcript::run(&script, &mut stage);
    if report.passed() {
        return Ok(true);
    }
    if std::env::var_os("UPDATE_TRANSCRIPTS").is_some() && report.stopped().is_none() {
        fs::write(path, report.blessed()).map_err(failure)?;
        return Ok(true);
    }
    println!("{report}");
    Ok(false)
}
