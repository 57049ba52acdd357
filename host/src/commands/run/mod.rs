//! `hatstand run`: the bot for real, as `hatstand.toml` says.

use super::{Failure, failure, log};
use crate::adapters::Adapter;
use crate::adapters::terminal::Terminal;
use crate::clock::Clock;
use crate::config::Config;
use crate::host::{Host, Parts};
use crate::ledger::Sqlite;
use crate::plugins::{Cache, Engine, Loader, Plugins};
use clap::Args;
use hatstand_common::transcript::{Name, Room};
use std::path::PathBuf;
use std::sync::Arc;
use tokio::io::{AsyncBufReadExt, BufReader};

#[derive(Debug, Args)]
pub struct Run {
    /// The configuration.
    #[arg(long, value_name = "FILE", default_value = "hatstand.toml", env = "HATSTAND_CONFIG")]
    config: PathBuf,
}

impl Run {
    pub fn run(self) -> Result<(), Failure> {
        log("info");
        let config = Config::read(&self.config).map_err(|why| Failure::new(*why))?;
        tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(failure)?.block_on(serve(config))
    }
}

async fn serve(config: Config) -> Result<(), Failure> {
    std::fs::create_dir_all(&config.store.plugins).map_err(|why| failure(format!("{}: {why}", config.store.plugins.display())))?;
    let clock = Clock::machine();
    let engine = Arc::new(Engine::new().map_err(|why| failure(format!("the engine for plugins cannot start: {why}")))?);
    let cache = Cache::open(&config.store.cache).map_err(|why| failure(format!("{}: {why}", config.store.cache.display())))?;
    let loader = Loader::new(Arc::clone(&engine), Some(cache), config.otherwise(), config.policies());
    let (terminal, mut shown) = Terminal::new(&config.bot.name, clock.clone());
    let terminal = Arc::new(terminal);
    let host = Host::start(Parts {
        ledger: Arc::new(Sqlite::open(&config.store.ledger).map_err(failure)?),
        plugins: Arc::new(Plugins::new(config.store.plugins.clone(), loader)),
        engine,
        adapters: vec![Arc::clone(&terminal) as Arc<dyn Adapter>],
        admins: config.bot.admins.clone(),
        clock,
        name: config.bot.name.clone(),
        watch: true,
    })
    .await;
    let who = Name::from(config.terminal.person.as_str());
    let room = Room::Channel(Name::from(config.terminal.channel.as_str()));
    terminal.set_zone(&who, &config.terminal.zone);
    tracing::info!(plugins = host.plugins.registry().present().count(), "ready, as {who} in {room}");
    let mut lines = BufReader::new(tokio::io::stdin()).split(b'\n');
    loop {
        tokio::select! {
            line = lines.next_segment() => match line.map_err(failure)? {
                Some(line) => {
                    let event = terminal.typed(&room, &who, String::from_utf8_lossy(&line).trim_end());
                    host.intake.take(event).await.map_err(failure)?;
                }
                None => {
                    host.settled().await.map_err(failure)?;
                    break;
                }
            },
            Some(shown) = shown.recv() => shown.line.shown_in(Some(&room)).iter().for_each(|line| println!("{line}")),
            () = host.stopping() => return Err(failure("the ledger has stopped; start again: everything acknowledged is on disk")),
            _ = tokio::signal::ctrl_c() => break,
        }
    }
    while let Ok(shown) = shown.try_recv() {
        shown.line.shown_in(Some(&room)).iter().for_each(|line| println!("{line}"));
    }
    host.stop().await;
    Ok(())
}
