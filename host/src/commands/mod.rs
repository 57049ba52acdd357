//! The command line.

mod audit;
mod backup;
mod compile;
mod demo;
mod doctor;
mod init;
mod moment;
mod plugin;
mod plugins;
mod replay;
mod restore;
mod run;
mod slack;
mod standard;
mod token;

use clap::{Parser, Subcommand};
use hatstand_common::visible::{visible, visible_line as one_line};
use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;
use tracing::{Level, Metadata};
use tracing_subscriber::filter::{FilterExt, filter_fn};
use tracing_subscriber::layer::{Layer, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, fmt};

/// A chat bot that never has to leave the room.
#[derive(Debug, Parser)]
#[command(name = "hatstand", version, arg_required_else_help = false)]
struct Cli {
    #[command(subcommand)]
    verb: Option<Verb>,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Try it: a practice room with the standard plugins. Nothing leaves this terminal. This is also what happens without a verb.
    ///
    /// Examples: `hatstand demo`, `printf '@hatstand help\n' | hatstand demo`
    Demo(demo::Demo),
    /// Set up a bot: a configuration, a folder for plugins.
    ///
    /// Examples: `hatstand init`, `hatstand init ops-bot`
    Init(init::Init),
    /// Make the bot an app of Slack's.
    #[command(subcommand)]
    Slack(slack::Slack),
    /// Look at everything that may stand in the way of the bot, and say what to do about it.
    ///
    /// Examples: `hatstand doctor`, `hatstand doctor --json`
    Doctor(doctor::Doctor),
    /// Run the bot for real, as hatstand.toml says.
    ///
    /// Examples: `hatstand run`, `hatstand run --config /etc/hatstand.toml`
    Run(run::Run),
    /// See who did what, and what came of it; also while the bot runs.
    ///
    /// Examples: `hatstand audit --since 2h --user andre`, `hatstand audit --verify`
    Audit(audit::Audit),
    /// Copy the ledger, also while the bot runs.
    ///
    /// Examples: `hatstand backup`, `hatstand backup /mnt/safe/monday.db`
    Backup(backup::Backup),
    /// Put a backup in the place of the ledger; what was there is kept beside it.
    ///
    /// Example: `hatstand restore backups/hatstand-20260105T100000Z.db`
    Restore(restore::Restore),
    /// Run something that the bot did once more, with the same event and state: nothing of it takes effect.
    ///
    /// Examples: `hatstand replay 7f3a01`, `hatstand replay 7f3a01 --with target/plugins/dibs.wasm`
    Replay(replay::Replay),
    /// See and change which plugins serve, on the running bot: the words are those that administrators use in chat.
    ///
    /// Examples: `hatstand plugins`, `hatstand plugins rollback dibs`, `hatstand plugins help`
    Plugins(plugins::Plugins),
    /// Let programs give commands.
    #[command(subcommand)]
    Token(token::Token),
    /// Write, build, test and inspect plugins.
    #[command(subcommand)]
    Plugin(plugin::Plugin),
    /// What the bot calls itself to compile a plugin.
    #[command(hide = true)]
    Compile(compile::Compile),
}

/// What went wrong, for whoever typed the command.
pub type Failure = miette::Report;

/// Reads the command line and does what it says.
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    let done = match cli.verb.unwrap_or_else(|| Verb::Demo(demo::Demo::default())) {
        Verb::Demo(demo) => demo.run(),
        Verb::Init(init) => init.run(),
        Verb::Slack(slack) => slack.run(),
        Verb::Doctor(doctor) => doctor.run(),
        Verb::Run(run) => run.run(),
        Verb::Audit(audit) => audit.run(),
        Verb::Backup(backup) => backup.run(),
        Verb::Restore(restore) => restore.run(),
        Verb::Replay(replay) => replay.run(),
        Verb::Plugins(plugins) => plugins.run(),
        Verb::Token(token) => token.run(),
        Verb::Plugin(plugin) => plugin.run(),
        Verb::Compile(compile) => return compile.run(),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("{why:?}");
            ExitCode::FAILURE
        }
    }
}

/// Writes the log to standard error: what `RUST_LOG` says, else what is given here.
fn log(otherwise: &str) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(otherwise));
    let colour = io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    let written = fmt::layer().with_writer(|| Visible(io::stderr())).with_ansi(colour);
    tracing_subscriber::registry().with(written.with_filter(filter.and(filter_fn(is_discreet)))).init();
}

/// Below a warning these libraries write down addresses, headers and frames, and with them tokens and tickets.
const INDISCREET: [&str; 7] = ["h2", "hyper", "hyper_util", "rustls", "slack_morphism", "tokio_tungstenite", "tungstenite"];

/// Whatever `RUST_LOG` says.
fn is_discreet(metadata: &Metadata<'_>) -> bool {
    let library = metadata.target().split("::").next().unwrap_or_default();
    *metadata.level() <= Level::WARN || !INDISCREET.contains(&library)
}

/// Any error, for whoever typed the command.
fn failure(why: impl std::fmt::Display) -> Failure {
    miette::miette!("{why}")
}

/// Standard error, to which nothing is written that a reader would not see. Control characters are the formatter's business: it escapes
/// them in what it is given, and colours with its own.
struct Visible<W>(W);

impl<W: Write> Write for Visible<W> {
    /// The formatter writes a whole line at once.
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match std::str::from_utf8(bytes) {
            Ok(text) => self.0.write_all(visible(text).as_bytes())?,
            Err(_) => self.0.write_all(bytes)?,
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}
