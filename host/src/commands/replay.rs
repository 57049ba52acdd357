//! `hatstand replay`: one invocation of the audit again, with the event, the state and the build of then, or with another build.

use super::moment::stamp;
use super::{Failure, failure, one_line};
use crate::config::Config;
use crate::ledger::{Beside, Past, Recording};
use crate::plugins::{Cache, Compiler, Engine, Generation, Loader};
use crate::replay::Replay as Again;
use clap::Args;
use std::path::{Path, PathBuf};
use std::sync::Arc;

#[derive(Debug, Args)]
pub struct Replay {
    /// The reference of the invocation, as `hatstand audit` and apologies in chat tell it.
    reference: String,
    /// Of several invocations with this reference, that of this event; `hatstand audit --json` tells its number.
    #[arg(long, value_name = "NUMBER")]
    event: Option<i64>,
    /// Run this build instead of the one that ran.
    #[arg(long, value_name = "FILE")]
    with: Option<PathBuf>,
    /// The configuration.
    #[arg(long, value_name = "FILE", default_value = "hatstand.toml", env = "HATSTAND_CONFIG")]
    config: PathBuf,
}

impl Replay {
    pub fn run(self) -> Result<(), Failure> {
        let config = Config::read(&self.config).map_err(|why| Failure::new(*why))?;
        let ledger = Beside::read(&config.store.ledger).map_err(failure)?;
        let past = self.find(ledger.recordings(&self.reference).map_err(failure)?)?;
        let (file, bytes) = self.build(&ledger, &past.recording)?;
        let runtime = tokio::runtime::Runtime::new().map_err(failure)?;
        let engine = Arc::new(Engine::with(&config.engine.compilers).map_err(|why| failure(why.to_string()))?);
        let compiler = Compiler::of_this_program(config.limits.compile.into()).map_err(failure)?;
        // Another user's cache may not be there for us; it only saves time.
        let loader =
            Loader::new(Arc::clone(&engine), compiler, Cache::open(&config.store.cache).ok(), config.otherwise(), config.policies());
        past.recording.grants.iter().for_each(|grant| loader.grant(&past.recording.plugin, grant));
        let generation = runtime.block_on(loader.load(&file, bytes.into())).map_err(|why| failure(format!("{file} {why}")))?;
        let replay = runtime.block_on(Again::of(&engine, &generation, past));
        tell(&replay, &generation);
        match replay.is_same() {
            true => Ok(()),
            false => Err(failure("it is not the same")),
        }
    }

    /// The one that is meant. A reference has six digits: among as many invocations as are kept, two often have the same.
    fn find(&self, mut recorded: Vec<Past>) -> Result<Past, Failure> {
        recorded.retain(|past| self.event.is_none_or(|event| past.recording.event.0 == event));
        match recorded.as_slice() {
            [] => Err(failure(format!(
                "nothing is recorded of {}: either no plugin ran, or it is longer ago than what is kept for replay (30 days, and the last 10,000)",
                self.called()
            ))),
            [_] => Ok(recorded.swap_remove(0)),
            several => {
                let told: Vec<String> = several.iter().map(|past| told(&past.recording)).collect();
                Err(failure(format!("{} invocations have the reference {}: name one\n{}", told.len(), self.called(), told.join("\n"))))
            }
        }
    }

    fn called(&self) -> String {
        let event = self.event.map(|event| format!(" of event {event}")).unwrap_or_default();
        format!("{}{event}", self.reference)
    }

    fn build(&self, ledger: &Beside, recording: &Recording) -> Result<(String, Vec<u8>), Failure> {
        match &self.with {
            Some(file) => {
                let name = file.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
                Ok((name, read(file)?))
            }
            None => {
                let bytes = ledger.build(&recording.digest).map_err(failure)?;
                let gone = || failure("the build that ran is not kept any more: name one with --with");
                Ok((format!("{}.wasm", recording.plugin), bytes.ok_or_else(gone)?))
            }
        }
    }
}

/// When, what and of whom, with what it takes to name it.
fn told(recording: &Recording) -> String {
    let who = recording.person.as_ref().map(|person| format!(" by {}", one_line(&person.name))).unwrap_or_default();
    let (at, what) = (stamp(recording.now), recording.handed.what());
    format!("--event {}: {at}, {what} of *{}*{who}", recording.event.0, recording.plugin)
}

fn read(file: &Path) -> Result<Vec<u8>, Failure> {
    std::fs::read(file).map_err(|why| failure(format!("{}: {why}", file.display())))
}

fn tell(replay: &Again, generation: &Generation) {
    let Past { recording, kept } = &replay.past;
    let then: String = recording.digest.chars().take(12).collect();
    println!(
        "{}: {} of *{}* with {} (then {then}), {} values kept",
        recording.reference,
        recording.handed.what(),
        recording.plugin,
        generation.build(),
        kept.len()
    );
    if let Some(fault) = replay.ending.fault() {
        println!("it failed: {}", one_line(&fault));
    }
    replay.lines().iter().for_each(|line| println!("{}", one_line(&line.to_string())));
    match replay.different().len() {
        0 => println!("the same"),
        lines => println!("{lines} lines are different: - then, + now"),
    }
}
