//! The real host with the real adapter, in a runtime of its own: so it can be stopped in an orderly way, or without any.

use crate::support::{FOR_EVER, compiler};
use hatstand::adapters::slack::{Settings, Slack};
use hatstand::clock::Clock;
use hatstand::host::{Host, Parts};
use hatstand::keeper::Recovery;
use hatstand::ledger::Sqlite;
use hatstand::outside::Outside;
use hatstand::permissions::Permissions;
use hatstand::plugins::grants::Offer;
use hatstand::plugins::{Cache, Engine, Loader, Plugins};
use hatstand::practice::BOT;
use hatstand::rate::Rate;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tokio::runtime::Runtime;
use tokio_util::sync::CancellationToken;

/// A running bot.
#[derive(Debug)]
pub struct Bot {
    runtime: Runtime,
    host: Host,
    ledger: Arc<Sqlite>,
    slack: Arc<Slack>,
    hung_up: CancellationToken,
}

impl Bot {
    /// Starts in this folder: its plugins are in `plugins`. Returns while the connection is still being opened.
    pub fn start(folder: &Path, settings: Settings, cache: Option<PathBuf>) -> Self {
        let runtime = Runtime::new().expect("a runtime");
        let (clock, hung_up) = (Clock::machine(), CancellationToken::new());
        let slack = Arc::new(runtime.block_on(Slack::begin(settings, clock.clone())).expect("the bot tokens are good"));
        let ledger = Arc::new(Sqlite::open(&folder.join("ledger.db")).expect("a ledger"));
        let cache = cache.map(|folder| Cache::open(&folder).expect("a cache"));
        let loader = Loader::new(engine(), compiler(), cache, Offer::All, BTreeMap::new());
        let parts = Parts {
            ledger: ledger.clone(),
            plugins: Arc::new(Plugins::new(folder.join("plugins"), loader)),
            engine: engine(),
            adapters: vec![slack.clone()],
            permissions: Permissions::default(),
            outside: Outside::default(),
            rate: Rate::UNLIMITED,
            recovery: Recovery::default(),
            clock,
            name: BOT.to_owned(),
            zone: "UTC".to_owned(),
            watch: true,
        };
        let host = runtime.block_on(Host::start(parts));
        runtime.spawn(Arc::clone(&slack).listen(host.intake.clone(), hung_up.clone()));
        Self { runtime, host, ledger, slack, hung_up }
    }

    /// Returns once Slack can send.
    pub fn connected(&self) {
        let ready = self.runtime.block_on(async { tokio::time::timeout(FOR_EVER, self.slack.ready()).await });
        ready.unwrap_or_else(|_| panic!("no connection: {:?}", self.slack.status().borrow()));
    }

    /// Returns once everything that was recorded is done, and everything that was to be said is out.
    pub fn settled(&self) {
        let settled = self.runtime.block_on(async { tokio::time::timeout(FOR_EVER, self.host.settled()).await });
        settled.expect("it comes to rest").expect("the ledger can be read");
    }

    pub fn host(&self) -> &Host {
        &self.host
    }

    /// Ends as if the process were killed: what is not on disk is lost, and nobody says goodbye.
    pub fn kill(self) {
        self.ledger.abandon();
        self.runtime.shutdown_timeout(Duration::ZERO);
    }

    /// Ends in an orderly way.
    pub fn stop(self) {
        self.hung_up.cancel();
        self.runtime.block_on(self.host.stop());
        self.runtime.shutdown_timeout(Duration::from_secs(1));
    }
}

/// One for all bots: each reserves a large part of the address space.
fn engine() -> Arc<Engine> {
    static ENGINE: OnceLock<Arc<Engine>> = OnceLock::new();
    Arc::clone(ENGINE.get_or_init(|| Arc::new(Engine::new().expect("an engine"))))
}
