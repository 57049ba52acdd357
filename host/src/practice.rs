//! A host of one's own in a chat to practise in: what the practice room and the transcripts are made of.
//!
//! It owns its runtime, so that it can be stopped in an orderly way, or without any. The chat outlives the host, as chats do.

use crate::adapters::Adapter;
use crate::clock::Clock;
use crate::config;
use crate::host::{Host, Parts};
use crate::intake::Intake;
use crate::keeper::Recovery;
use crate::ledger::{LedgerError, Sqlite};
use crate::model::PluginName;
use crate::outside::Outside;
use crate::outside::webhooks::Webhooks;
use crate::permissions::Permissions;
use crate::plugins::grants::Offer;
use crate::plugins::{Cache, Compiler, Engine, Loader, Plugins, Policy};
use crate::rate::Rate;
use async_trait::async_trait;
use hatstand_common::transcript::{Line, Name, Room};
use hatstand_common::value::PersonId;
use std::collections::BTreeMap;
use std::fmt::Debug;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::Runtime;
use tokio_util::sync::CancellationToken;

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
    pub compiler: Compiler,
    pub clock: Clock,
    pub permissions: Permissions,
    pub outside: Outside,
    pub rate: Rate,
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
    Chat(String),
    #[error("{0}")]
    Io(#[from] io::Error),
}

/// A chat to practise in.
#[async_trait]
pub trait Chat: Debug {
    /// The connection to it, for a host that is about to start.
    async fn adapter(&mut self) -> Result<Arc<dyn Adapter>, String>;

    /// The host has started: what happens goes to this intake from now on, until `stop`.
    async fn connect(&mut self, intake: &Intake, stop: &CancellationToken) -> Result<(), String>;

    /// The host has ended: nothing of it may be kept.
    fn disconnect(&mut self);

    /// Somebody types something. Returns once the host has recorded it.
    async fn type_in(&mut self, room: &Room, who: &Name, text: &str) -> Result<(), String>;

    /// What the bot has said since the last look, in the order of the commits.
    fn said(&mut self) -> Vec<Line>;

    /// Whom the chat calls so.
    fn identity(&mut self, who: &Name) -> PersonId;

    /// Makes somebody an administrator.
    async fn make_admin(&mut self, who: &Name) -> Result<(), String>;

    /// Says in which time zone somebody is.
    async fn set_zone(&mut self, who: &Name, zone: &str) -> Result<(), String>;
}

/// What an operator decides in the configuration.
#[derive(Clone, Debug)]
pub struct Decided {
    pub permissions: Permissions,
    pub outside: Outside,
    pub rate: Rate,
    /// Of the plugins that are named.
    pub policies: BTreeMap<PluginName, Policy>,
}

/// A host in a chat.
#[derive(Debug)]
pub struct Practice<C: Chat> {
    setup: Setup,
    engine: Arc<Engine>,
    chat: C,
    policies: BTreeMap<PluginName, Policy>,
    /// None only while it is being started anew.
    running: Option<Running>,
}

#[derive(Debug)]
struct Running {
    runtime: Runtime,
    host: Host,
    ledger: Arc<Sqlite>,
    /// Where webhooks come in, if any are taken.
    hooks: Option<SocketAddr>,
    /// Ends what the chat has running for this host.
    hung_up: CancellationToken,
}

impl<C: Chat> Practice<C> {
    pub fn open(setup: Setup, chat: C) -> Result<Self, PracticeError> {
        let engine = Arc::new(Engine::new().map_err(|why| PracticeError::Engine(why.to_string()))?);
        let mut practice = Self { setup, engine, chat, policies: BTreeMap::new(), running: None };
        practice.start()?;
        Ok(practice)
    }

    fn start(&mut self) -> Result<(), PracticeError> {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        let ledger = Arc::new(Sqlite::open_by(&self.setup.ledger, self.setup.clock.clone())?);
        let cache = self.setup.cache.as_deref().map(Cache::open).transpose()?;
        let loader = Loader::new(Arc::clone(&self.engine), self.setup.compiler.clone(), cache, Offer::All, self.policies.clone());
        let parts = Parts {
            ledger: ledger.clone(),
            plugins: Arc::new(Plugins::new(self.setup.plugins.clone(), loader)),
            engine: Arc::clone(&self.engine),
            adapters: vec![runtime.block_on(self.chat.adapter()).map_err(PracticeError::Chat)?],
            permissions: self.setup.permissions.clone(),
            outside: self.setup.outside.clone(),
            rate: self.setup.rate,
            recovery: Recovery::default(),
            clock: self.setup.clock.clone(),
            name: BOT.to_owned(),
            zone: "UTC".to_owned(),
            watch: self.setup.watch,
        };
        let host = runtime.block_on(Host::start(parts));
        let hung_up = CancellationToken::new();
        runtime.block_on(self.chat.connect(&host.intake, &hung_up)).map_err(PracticeError::Chat)?;
        let hooks = match self.setup.outside.hooks.is_empty() {
            true => None,
            false => {
                Some(runtime.block_on(Webhooks::open(&host, config::Webhooks::default().bounds(), (Ipv4Addr::LOCALHOST, 0).into()))?)
            }
        };
        self.running = Some(Running { runtime, host, ledger, hooks, hung_up });
        Ok(())
    }

    /// Stops in an orderly way.
    pub fn stop(&mut self) {
        if let Some(Running { runtime, host, ledger, hung_up, .. }) = self.running.take() {
            hung_up.cancel();
            self.chat.disconnect();
            runtime.block_on(host.stop());
            runtime.shutdown_timeout(Duration::from_secs(1));
            drop(ledger);
        }
    }

    /// Ends as if the process were killed: what is not on disk is lost.
    fn kill(&mut self) {
        if let Some(Running { runtime, host, ledger, .. }) = self.running.take() {
            ledger.abandon();
            self.chat.disconnect();
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

    /// Starts anew, and the operator has decided otherwise meanwhile. People go by their names.
    pub fn configure(&mut self, decided: Decided) -> Result<Vec<Line>, PracticeError> {
        let Decided { mut permissions, outside, rate, policies } = decided;
        for people in permissions.roles.values_mut() {
            *people = people.iter().map(|person| self.chat.identity(&Name::from(person.as_str()))).collect();
        }
        self.setup.permissions = permissions;
        self.setup.outside = outside;
        self.setup.rate = rate;
        for (plugin, policy) in policies {
            let refused = self.policies.remove(&plugin).unwrap_or_default().refused;
            self.policies.insert(plugin, Policy { refused, ..policy });
        }
        self.restart(Duration::ZERO)
    }

    /// Somebody types something; returns what the bot says until it has nothing left to do.
    pub fn say(&mut self, room: &Room, who: &Name, text: &str) -> Result<Vec<Line>, PracticeError> {
        self.in_chat(|chat| chat.type_in(room, who, text))?;
        self.settle()
    }

    pub fn make_admin(&mut self, who: &Name) -> Result<Vec<Line>, PracticeError> {
        self.in_chat(|chat| chat.make_admin(who))?;
        self.settle()
    }

    pub fn set_zone(&mut self, who: &Name, zone: &str) -> Result<Vec<Line>, PracticeError> {
        self.in_chat(|chat| chat.set_zone(who, zone))?;
        self.settle()
    }

    fn in_chat<'c, T: Future<Output = Result<(), String>>>(&'c mut self, act: impl FnOnce(&'c mut C) -> T) -> Result<(), PracticeError> {
        let Self { chat, running, .. } = self;
        let running = running.as_ref().expect("it runs, except within a restart");
        running.runtime.block_on(act(chat)).map_err(PracticeError::Chat)
    }

    /// Time passes; what comes due on the way happens at its moment.
    pub fn pass(&mut self, time: Duration) -> Result<Vec<Line>, PracticeError> {
        let end = self.setup.clock.now() + time;
        let mut said = self.settle()?;
        loop {
            let Running { runtime, host, .. } = self.running();
            if !runtime.block_on(host.step(end))? {
                return Ok(said);
            }
            said.extend(self.settle()?);
        }
    }

    /// The folder of plugins has changed.
    pub fn look(&mut self) -> Result<Vec<Line>, PracticeError> {
        let Running { runtime, host, .. } = self.running();
        runtime.block_on(host.keeper.look());
        self.settle()
    }

    /// What was decided about a plugin changes, and holds at once.
    pub fn decide(&mut self, plugin: &PluginName, change: impl FnOnce(&mut Policy)) -> Result<Vec<Line>, PracticeError> {
        let policy = self.policies.entry(plugin.clone()).or_default();
        change(policy);
        let policy = policy.clone();
        let Running { runtime, host, .. } = self.running();
        host.plugins.loader().decide(plugin.clone(), policy);
        runtime.block_on(host.keeper.reload_all());
        self.settle()
    }

    /// What the bot says by itself, until it has nothing left to do.
    pub fn settle(&mut self) -> Result<Vec<Line>, PracticeError> {
        let Running { runtime, host, .. } = self.running();
        runtime.block_on(host.settled())?;
        Ok(self.chat.said())
    }

    /// Where webhooks come in, if any are taken.
    pub fn hooks(&self) -> Option<SocketAddr> {
        self.running().hooks
    }

    /// How often the ledger was read so far.
    pub fn reads(&self) -> u64 {
        self.running().ledger.reads()
    }

    pub fn plugins(&self) -> &Arc<Plugins> {
        &self.running().host.plugins
    }

    pub fn ledger(&self) -> &Arc<Sqlite> {
        &self.running().ledger
    }

    pub fn host(&self) -> &Host {
        &self.running().host
    }

    pub fn runtime(&self) -> &Runtime {
        &self.running().runtime
    }

    pub fn chat(&self) -> &C {
        &self.chat
    }

    pub fn chat_mut(&mut self) -> &mut C {
        &mut self.chat
    }

    pub fn folder(&self) -> &Path {
        &self.setup.plugins
    }

    fn running(&self) -> &Running {
        self.running.as_ref().expect("it runs, except within a restart")
    }
}

impl<C: Chat> Drop for Practice<C> {
    fn drop(&mut self) {
        self.stop();
    }
}
