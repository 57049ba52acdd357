//! `hatstand demo`: the practice room.

mod prompt;
mod session;

use super::{Failure, failure, log, standard};
use crate::adapters::terminal::TerminalChat;
use crate::clock::Clock;
use crate::outside::Outside;
use crate::permissions::Permissions;
use crate::plugins::Compiler;
use crate::plugins::compiler::Bounds;
use crate::practice::{Practice, Setup};
use crate::rate::Rate;
use clap::Args;
use hatstand_common::transcript::START;
use hatstand_common::value::{Instant, millis};
use session::Session;
use std::io::{self, BufRead, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

#[derive(Debug, Default, Args)]
pub struct Demo {
    /// Keep everything in this folder, and go on from there the next time.
    #[arg(long, value_name = "DIR")]
    keep: Option<PathBuf>,
    /// Use this folder of plugins instead of the standard ones.
    #[arg(long, value_name = "DIR")]
    plugins: Option<PathBuf>,
    /// Begin at this time (UTC) and let the clock stand still, except for `/wait`. Piped input begins at 2026-01-05T10:00:00Z.
    #[arg(long, value_name = "TIME")]
    at: Option<jiff::Timestamp>,
}

impl Demo {
    pub fn run(self) -> Result<(), Failure> {
        log("off");
        let temporary = tempfile::tempdir().map_err(failure)?;
        let home = self.keep.clone().unwrap_or_else(|| temporary.path().to_owned());
        let plugins = self.plugins.clone().unwrap_or_else(|| home.join("plugins"));
        if self.plugins.is_none() {
            standard::put_into(&plugins)?;
        }
        let piped = !io::stdin().is_terminal();
        let setup = Setup {
            ledger: home.join("ledger.db"),
            cache: Some(cache(&home)),
            compiler: Compiler::of_this_program(Bounds::default()).map_err(failure)?,
            clock: self.clock(piped, &home)?,
            outside: Outside::default(),
            permissions: Permissions::default(),
            rate: Rate::UNLIMITED,
            watch: true,
            plugins,
        };
        let chat = TerminalChat::new(setup.clock.clone());
        let practice = Practice::open(setup, chat).map_err(failure)?;
        if self.keep.is_some() {
            practice.chat().terminal().begin_session(&Clock::machine().now().0.to_string());
        }
        let session = Session::new(practice, self.keep.as_ref().map(|home| home.join("clock")));
        if piped { read(session) } else { prompt::run(session) }
    }

    /// The machine's clock for people, one that stands still for scripts; both go on where a kept room was left.
    fn clock(&self, piped: bool, home: &Path) -> Result<Clock, Failure> {
        let clock = match self.at {
            Some(at) => Clock::still(Instant(u64::try_from(at.as_millisecond()).map_err(failure)?)),
            None if piped => Clock::still(START),
            None => Clock::machine(),
        };
        if self.at.is_none()
            && let Some(left) = session::left_at(&home.join("clock"))
        {
            clock.advance(Duration::from_millis(millis(left.since(clock.now()))));
        }
        Ok(clock)
    }
}

/// Compiled plugins are shared by all practice rooms of a person.
fn cache(home: &Path) -> PathBuf {
    let base = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
    let base = base.or_else(|| std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".cache")));
    base.map_or_else(|| home.join("cache"), |base| base.join("hatstand").join("compiled"))
}

/// Reads a script, one message a line, and prints the conversation as a transcript.
fn read(mut session: Session) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    print(&mut out, &session.greeting())?;
    print(&mut out, &session.arrive())?;
    print(&mut out, &session.opening())?;
    for line in io::stdin().lock().split(b'\n') {
        let line = line.map_err(failure)?;
        let entered = session.enter(&String::from_utf8_lossy(&line));
        print(&mut out, &entered.lines)?;
        if entered.quit {
            break;
        }
    }
    Ok(())
}

fn print(out: &mut impl Write, lines: &[String]) -> Result<(), Failure> {
    let written = lines.iter().try_for_each(|line| writeln!(out, "{line}")).and_then(|()| out.flush());
    match written {
        // Whoever reads has read enough.
        Err(why) if why.kind() == io::ErrorKind::BrokenPipe => std::process::exit(0),
        written => written.map_err(failure),
    }
}
