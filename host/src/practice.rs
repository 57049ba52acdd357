//! A host of one's own with a terminal, for trying things out: what the practice room and the transcripts are made of.
//!
//! It owns its runtime, so that it can be stopped in an orderly way, or without any.

use crate::adapters::Adapter;
use crate::adapters::terminal::{Shown, Terminal};
use crate::clock::Clock;
use crate::host::{Host, Parts};
use crate::ledger::{LedgerError, Sqlite};
use crate::model::PluginName;
use crate::plugins::grants::Offer;
use crate::plugins::{Cache, Engine, Loader, Plugins, Policy};
use hatstand_common::transcript::{Line, Name, Room};
use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::Runtime;
use tokio::sync::mpsc;

/// What the bot is called in practice and in transcripts.
pub const BOT: &str = "hatstand";

/// Where everything is, and who decides what.
#[derive(Clone, Debug)]
pub struct Setup {
    /// The folder of plugins.
    pub plugins: PathBuf,
    /// The ledger's file.
    pub ledger: PathBuf,
    /// The folder of compiled plugins; none compiles at every start.
    pub cache: Option<PathBuf>,
    pub clock: Clock,
    /// Look after the folder by itself.
    pub watch: bool,
}

#[derive(Debug, thiserror::Error)]
pub enum PracticeError {
    #[error("{0}")]
    Ledger(#[from] LedgerError),
    #[error("the engine for plugins cannot start: {0}")]
    Engine(String),
    #[error("{0}")]
    Io(#[from] io::Error),
}

#[derive(Debug)]
pub struct Practice {
    setup: Setup,
    engine: Arc<Engine>,
    terminal: Arc<Terminal>,
    stream: mpsc::UnboundedReceiver<Shown>,
    policies: BTreeMap<PluginName, Policy>,
    /// None only while it is being started anew.
    running: Option<Running>,
}

#[derive(Debug)]
struct Running {
    runtime: Runtime,
    host: Host,
    ledger: Arc<Sqlite>,
}

impl Practice {
    pub fn open(setup: Setup) -> Result<Self, PracticeError> {
        let engine = Arc::new(Engine::new().map_err(|why| PracticeError::Engine(why.to_string()))?);
        let (terminal, stream) = Terminal::new(BOT, setup.clock.clone());
        let mut practice = Self { setup, engine, terminal: Arc::new(terminal), stream, policies: BTreeMap::new(), running: None };
        practice.start()?;
        Ok(practice)
    }

    fn start(&mut self) -> Result<(), PracticeError> {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        let ledger = Arc::new(Sqlite::open(&self.setup.ledger)?);
        let cache = self.setup.cache.as_deref().map(Cache::open).transpose()?;
        let loader = Loader::new(Arc::clone(&self.engine), cache, Offer::All, self.policies.clone());
        let parts = Parts {
            ledger: ledger.clone(),
            plugins: Arc::new(Plugins::new(self.setup.plugins.clone(), loader)),
            engine: Arc::clone(&self.engine),
            adapters: vec![Arc::clone(&self.terminal) as Arc<dyn Adapter>],
            admins: [].into(),
            clock: self.setup.clock.clone(),
            name: BOT.to_owned(),
            watch: self.setup.watch,
        };
        let host = runtime.block_on(Host::start(parts));
        self.running = Some(Running { runtime, host, ledger });
        Ok(())
    }

    /// Stops in an orderly way.
    pub fn stop(&mut self) {
        if let Some(Running { runtime, host, ledger }) = self.running.take() {
            runtime.block_on(host.stop());
            runtime.shutdown_timeout(Duration::from_secs(1));
            drop(ledger);
        }
    }

    /// Ends as if the process were killed: what is not on disk is lost.
    fn kill(&mut self) {
        if let Some(Running { runtime, host, ledger }) = self.running.take() {
            ledger.abandon();
            runtime.shutdown_timeout(Duration::ZERO);
            drop(host);
        }
    }

    /// Stops and starts, that much later.
    pub fn restart(&mut self, after: Duration) -> Result<Vec<Line>, PracticeError> {
        self.stop();
        self.setup.clock.advance(after);
        self.start()?;
        self.settle()
    }

    /// Is killed and starts, that much later.
    pub fn restart_killed(&mut self, after: Duration) -> Result<Vec<Line>, PracticeError> {
        self.kill();
        self.setup.clock.advance(after);
        self.start()?;
        self.settle()
    }

    /// Somebody types something; returns what the bot says until it has nothing left to do.
    pub fn say(&mut self, room: &Room, who: &Name, text: &str) -> Result<Vec<Line>, PracticeError> {
        let event = self.terminal.typed(room, who, text);
        let Running { runtime, host, .. } = self.running();
        runtime.block_on(host.intake.take(event))?;
        self.settle()
    }

    /// Time passes; what comes due on the way happens at its moment.
    pub fn pass(&mut self, time: Duration) -> Result<Vec<Line>, PracticeError> {
        let Running { runtime, host, .. } = self.running();
        runtime.block_on(host.pass(time))?;
        Ok(self.said())
    }

    /// The folder of plugins has changed.
    pub fn look(&mut self) -> Result<Vec<Line>, PracticeError> {
        let Running { runtime, host, .. } = self.running();
        runtime.block_on(host.plugins.look());
        self.settle()
    }

    /// What was decided about a plugin changes, and holds at once.
    pub fn decide(&mut self, plugin: &PluginName, change: impl FnOnce(&mut Policy)) -> Result<Vec<Line>, PracticeError> {
        let policy = self.policies.entry(plugin.clone()).or_default();
        change(policy);
        let policy = policy.clone();
        let Running { runtime, host, .. } = self.running();
        host.plugins.loader().decide(plugin.clone(), policy);
        runtime.block_on(host.plugins.reload());
        self.settle()
    }

    /// What the bot says by itself, until it has nothing left to do.
    pub fn settle(&mut self) -> Result<Vec<Line>, PracticeError> {
        let Running { runtime, host, .. } = self.running();
        runtime.block_on(host.settled())?;
        Ok(self.said())
    }

    /// What the bot has said since the last look, in the order of the commits.
    fn said(&mut self) -> Vec<Line> {
        let mut said = Vec::new();
        while let Ok(shown) = self.stream.try_recv() {
            said.push(shown);
        }
        said.sort_by(|one, other| one.order.cmp(&other.order));
        said.into_iter().map(|shown| shown.line).collect()
    }

    pub fn plugins(&self) -> &Arc<Plugins> {
        &self.running().host.plugins
    }

    pub fn host(&self) -> &Host {
        &self.running().host
    }

    pub fn runtime(&self) -> &Runtime {
        &self.running().runtime
    }

    pub fn terminal(&self) -> &Arc<Terminal> {
        &self.terminal
    }

    pub fn folder(&self) -> &Path {
        &self.setup.plugins
    }

    /// What the bot says, as it comes, instead of with each call.
    pub fn take_stream(&mut self) -> mpsc::UnboundedReceiver<Shown> {
        let (_, empty) = mpsc::unbounded_channel();
        std::mem::replace(&mut self.stream, empty)
    }

    fn running(&self) -> &Running {
        self.running.as_ref().expect("it runs, except within a restart")
    }
}

impl Drop for Practice {
    fn drop(&mut self) {
        self.stop();
    }
}
