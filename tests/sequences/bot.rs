//! The real host, with a wall to speak to, in a runtime of its own: so it can be stopped in an orderly way, or without any.

use crate::support::{FOR_EVER, compiled, compiler};
use crate::wall::{Wall, Wire};
use hatstand::clock::Clock;
use hatstand::host::{Host, Parts};
use hatstand::keeper::Recovery;
use hatstand::ledger::{Ledger, Sqlite};
use hatstand::model::PluginName;
use hatstand::outside::Outside;
use hatstand::permissions::Permissions;
use hatstand::plugins::grants::Offer;
use hatstand::plugins::{Cache, Engine, Loader, Plugins, Policy};
use hatstand::practice::BOT;
use hatstand::rate::Rate;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tokio::runtime::Runtime;

/// What stands between the host and the ledger: nothing, or something that makes mistakes.
pub type Door = fn(Arc<Sqlite>) -> Arc<dyn Ledger>;

/// How the plugins are set.
pub type Policies = BTreeMap<PluginName, Policy>;

/// A running bot.
#[derive(Debug)]
pub struct Bot {
    runtime: Runtime,
    host: Host,
    ledger: Arc<Sqlite>,
    wire: Arc<Wire>,
}

impl Bot {
    /// Starts in this folder: its plugins are in `plugins`.
    pub fn start(folder: &Path, clock: Clock, wall: &Arc<Wall>, door: Door, policies: Policies) -> Self {
        let runtime = Runtime::new().expect("a runtime");
        let ledger = Arc::new(Sqlite::open(&folder.join("ledger.db")).expect("a ledger"));
        let cache = Cache::open(&compiled()).expect("a cache");
        let loader = Loader::new(engine(), compiler(), Some(cache), Offer::All, policies);
        let wire = wall.wire();
        let parts = Parts {
            ledger: door(Arc::clone(&ledger)),
            plugins: Arc::new(Plugins::new(folder.join("plugins"), loader)),
            engine: engine(),
            adapters: vec![wire.clone()],
            permissions: Permissions::default(),
            outside: Outside::default(),
            rate: Rate::UNLIMITED,
            recovery: Recovery::default(),
            clock,
            name: BOT.to_owned(),
            zone: "UTC".to_owned(),
            watch: false,
        };
        let host = runtime.block_on(Host::start(parts));
        Self { runtime, host, ledger, wire }
    }

    /// Returns once everything that was recorded is done, everything that was to be said is out, and nothing is due.
    pub fn settled(&self) {
        let settled = self.runtime.block_on(async { tokio::time::timeout(FOR_EVER, self.host.settled()).await });
        settled.expect("it comes to rest").expect("the ledger can be read");
    }

    pub fn host(&self) -> &Host {
        &self.host
    }

    pub fn runtime(&self) -> &Runtime {
        &self.runtime
    }

    /// Ends as if the process were killed: what is not on disk is lost.
    pub fn kill(self) {
        self.ledger.abandon();
        self.wire.cut();
        self.runtime.shutdown_timeout(Duration::ZERO);
    }

    /// Ends in an orderly way.
    pub fn stop(self) {
        self.runtime.block_on(self.host.stop());
        self.wire.cut();
        self.runtime.shutdown_timeout(Duration::from_secs(1));
    }
}

/// One for all bots: each reserves a large part of the address space.
fn engine() -> Arc<Engine> {
    static ENGINE: OnceLock<Arc<Engine>> = OnceLock::new();
    Arc::clone(ENGINE.get_or_init(|| Arc::new(Engine::new().expect("an engine"))))
}
