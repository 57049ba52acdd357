//! Every transcript in `tests/transcripts` is a test, in the terminal and in Slack: `cargo test --test transcripts slack/host/help` runs
//! one.
//!
//! With `UPDATE_TRANSCRIPTS=1` the expectations are written instead of compared: in the terminal, and Slack has to follow. In `host/` nothing is in the folder of plugins at the
//! beginning, and what is in `tests/plugins` can be added; everywhere else the standard plugins are there.

mod support;

use hatstand::adapters::terminal::TerminalChat;
use hatstand::clock::Clock;
use hatstand::practice::Chat;
use hatstand::stage::{HostStage, Shelf};
use hatstand_common::transcript;
use libtest_mimic::{Arguments, Failed, Trial};
use std::any::Any;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use support::{Doubles, SlackChat};

fn main() -> ExitCode {
    let top = support::source().join("tests/transcripts");
    let mut trials = trials("terminal", &top, |path, shelf| play(path, shelf, TerminalChat::new));
    if std::env::var_os("UPDATE_TRANSCRIPTS").is_none() {
        trials.extend(self::trials("slack", &top, |path, shelf| play(path, shelf, SlackChat::new)));
    }
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

type Play = fn(&Path, Shelf) -> Result<(), Failed>;

/// All transcripts, in one chat.
fn trials(chat: &str, top: &Path, play: Play) -> Vec<Trial> {
    folders(top).iter().flat_map(|folder| trials_in(chat, top, folder, play)).collect()
}

fn trials_in(chat: &str, top: &Path, folder: &Path, play: Play) -> Vec<Trial> {
    let shelf = if folder.ends_with("host") { support::empty_shelf } else { support::standard_shelf };
    let trial = |path: PathBuf| {
        let name = path.strip_prefix(top).expect("it is in there").with_extension("");
        Trial::test(format!("{chat}/{}", name.display()), move || play(&path, shelf()))
    };
    transcript::files(folder).expect("the folder can be read").into_iter().map(trial).collect()
}

fn play<C: Chat>(path: &Path, shelf: Shelf, chat: fn(Clock) -> C) -> Result<(), Failed> {
    let services = fs::read_to_string(path)?.contains("outside").then(Doubles::open);
    let mut stage = HostStage::among(services, shelf, chat)?;
    catch_unwind(AssertUnwindSafe(|| transcript::run_file(path, &mut stage))).map_err(|why| words(&*why).into())
}

/// What somebody says who panics.
fn words(why: &(dyn Any + Send)) -> String {
    why.downcast_ref::<String>().cloned().unwrap_or_else(|| "it panicked".to_owned())
}
