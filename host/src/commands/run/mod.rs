//! `hatstand run`: the bot for real, as `hatstand.toml` says.

mod slack;
mod terminal;

use super::backup::with_remedy;
use super::{Failure, failure, log};
use crate::adapters::Adapter;
use crate::api::Api;
use crate::clock::Clock;
use crate::config::Config;
use crate::host::{Host, Parts};
use crate::ledger::Sqlite;
use crate::outside::webhooks::Webhooks;
use crate::plugins::{Cache, Compiler, Engine, Loader, Plugins};
use crate::process;
use crate::secrets::{self, Environment};
use clap::Args;
use std::path::PathBuf;
use std::sync::Arc;

#[derive(Debug, Args)]
pub struct Run {
    /// The configuration.
    #[arg(long, value_name = "FILE", default_value = "hatstand.toml", env = "HATSTAND_CONFIG")]
    config: PathBuf,
    /// Talk on this terminal, also if there are tokens for Slack.
    #[arg(long)]
    terminal: bool,
}

impl Run {
    pub fn run(self) -> Result<(), Failure> {
        log("info");
        process::raise_descriptor_limit();
        let config = Config::read(&self.config).map_err(|why| Failure::new(*why))?;
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(failure)?;
        let ended = runtime.block_on(self.serve(config));
        // A terminal that is being read cannot be told to stop, and is not waited for.
        runtime.shutdown_background();
        ended
    }

    async fn serve(self, config: Config) -> Result<(), Failure> {
        if self.terminal {
            return terminal::serve(config).await;
        }
        match secrets::slack(&config.slack, &Environment::of_this_process()) {
            Ok(tokens) => {
                tokens.warnings.iter().for_each(|warning| tracing::warn!("{warning}"));
                slack::serve(config, tokens).await
            }
            // Nobody tried to connect Slack; one token without the others would be a mistake.
            Err(problems) if problems.nothing_is_set() => {
                tracing::warn!("{problems}");
                terminal::serve(config).await
            }
            Err(problems) => Err(failure(problems)),
        }
    }
}

/// A host with this connection, as the configuration says.
async fn start(config: &Config, adapter: Arc<dyn Adapter>, clock: Clock) -> Result<Host, Failure> {
    std::fs::create_dir_all(&config.store.plugins).map_err(|why| failure(format!("{}: {why}", config.store.plugins.display())))?;
    let engine =
        Arc::new(Engine::with(&config.engine.compilers).map_err(|why| failure(format!("the engine for plugins cannot start: {why}")))?);
    let cache = Cache::open(&config.store.cache).map_err(|why| failure(format!("{}: {why}", config.store.cache.display())))?;
    let compiler =
        Compiler::of_this_program(config.limits.compile.into()).map_err(|why| failure(format!("where is this program? {why}")))?;
    let loader = Loader::new(Arc::clone(&engine), compiler, Some(cache), config.otherwise(), config.policies());
    let parts = Parts {
        ledger: Arc::new(Sqlite::open_by(&config.store.ledger, clock.clone()).map_err(|why| with_remedy(&config.store.backups(), why))?),
        plugins: Arc::new(Plugins::new(config.store.plugins.clone(), loader)),
        engine,
        adapters: vec![adapter],
        permissions: config.permissions(),
        outside: config.outside(&Environment::of_this_process()).map_err(|problems| failure(problems.join("\n")))?,
        rate: config.limits.rate,
        recovery: config.recovery,
        clock,
        name: config.bot.name.clone(),
        zone: config.bot.zone.clone(),
        watch: true,
    };
    let host = Host::start(parts).await;
    host.give_up_calls_after(config.http.grace);
    if config.store.backups_kept > 0 {
        host.back_up(config.store.backups());
    }
    warn_of_few_descriptors();
    listen(config, &host).await?;
    take_webhooks(config, &host).await?;
    #[cfg(unix)]
    open_console(config, &host);
    Ok(host)
}

/// Without it the bot does all else: orders can be given in chat.
#[cfg(unix)]
fn open_console(config: &Config, host: &Host) {
    let path = config.store.console();
    if let Err(why) = Api::open_console(host, &config.http, &path) {
        tracing::warn!(path = %path.display(), %why, "`hatstand plugins` cannot reach this bot");
    }
}

/// The listeners are bounded so that everything else keeps its descriptors: with few there is little for them.
fn warn_of_few_descriptors() {
    let descriptors = process::descriptors();
    if descriptors < process::ENOUGH_DESCRIPTORS {
        let most = process::descriptors_per_listener();
        tracing::warn!(descriptors, "few files can be open at a time, so API and webhooks serve at most {most} connections each");
    }
}

/// Opens the API for programs, if it is wanted.
async fn listen(config: &Config, host: &Host) -> Result<(), Failure> {
    let Some(address) = config.http.listen else { return Ok(()) };
    let opened = Api::open(host, &config.http, address).await;
    let address =
        opened.map_err(|why| failure(format!("{address} cannot be listened at: {why}; see [http] listen, and hatstand doctor")))?;
    if !address.ip().is_loopback() {
        tracing::warn!(%address, "other machines can reach the API, and tokens pass over it in the clear: put a proxy with TLS before it");
    }
    tracing::info!(%address, "programs can give commands");
    Ok(())
}

/// Takes webhooks, if that is wanted.
async fn take_webhooks(config: &Config, host: &Host) -> Result<(), Failure> {
    let Some(address) = config.webhooks.listen else {
        if !host.outside.hooks.is_empty() {
            tracing::warn!("webhooks are configured, but nobody listens for them: see [webhooks] listen");
        }
        return Ok(());
    };
    let opened = Webhooks::open(host, config.webhooks.bounds(), address).await;
    let address = opened.map_err(|why| failure(format!("{address} cannot be listened at: {why}; see [webhooks] listen")))?;
    tracing::info!(%address, "webhooks come in at /hooks/<plugin>/<name>");
    Ok(())
}

/// The host has ended by itself.
fn stopped() -> Failure {
    failure("the ledger has stopped; start again: everything acknowledged is on disk")
}

/// Somebody wants the process to end: Ctrl-C, or what a service manager sends.
async fn asked_to_end() {
    let interrupted = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        let Ok(mut terminated) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) else {
            let _ = interrupted.await;
            return;
        };
        tokio::select! {
            _ = interrupted => {}
            _ = terminated.recv() => {}
        }
    }
    #[cfg(not(unix))]
    let _ = interrupted.await;
}
