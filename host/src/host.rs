//! The host: all parts, put together, started and stopped.

use crate::adapters::Adapter;
use crate::calls;
use crate::clock::Clock;
use crate::directory::Directory;
use crate::dispatch;
use crate::installations::Installations;
use crate::intake::Intake;
use crate::invocation::Invoker;
use crate::ledger::{self, Ledger, Live};
use crate::outbox::Outbox;
use crate::plugins::{Engine, Plugins};
use crate::retention;
use crate::timers;
use hatstand_common::value::{Instant, PersonId};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// How long a stop waits for what is under way.
const DRAIN: Duration = Duration::from_secs(5);

/// Everything a host is made of.
#[derive(Debug)]
pub struct Parts {
    pub ledger: Arc<dyn Ledger>,
    pub plugins: Arc<Plugins>,
    pub engine: Arc<Engine>,
    pub adapters: Vec<Arc<dyn Adapter>>,
    pub admins: BTreeSet<PersonId>,
    pub clock: Clock,
    /// What the bot is called.
    pub name: String,
    /// Look after the folder of plugins; without it, only at the start and when told.
    pub watch: bool,
}

/// A running host.
#[derive(Debug)]
pub struct Host {
    pub intake: Intake,
    pub plugins: Arc<Plugins>,
    pub ledger: Arc<dyn Ledger>,
    pub directory: Arc<Directory>,
    pub clock: Clock,
    stop: CancellationToken,
    tasks: TaskTracker,
}

impl Host {
    /// Starts: plugins first, then what came due, then what was left unfinished; whoever has an adapter opens it afterwards.
    pub async fn start(parts: Parts) -> Self {
        let Parts { ledger, plugins, engine, adapters, admins, clock, name, watch } = parts;
        let directory = Arc::new(Directory::new(&adapters, admins));
        let (stop, tasks) = (CancellationToken::new(), TaskTracker::new());
        let news = plugins.news();
        plugins.look().await;
        let invoker = Arc::new(Invoker {
            ledger: Arc::clone(&ledger),
            plugins: Arc::clone(&plugins),
            engine,
            directory: Arc::clone(&directory),
            clock: clock.clone(),
            name,
            stop: stop.clone(),
        });
        let host = Self { intake: Intake::new(Arc::clone(&ledger), Arc::clone(&plugins)), plugins, ledger, directory, clock, stop, tasks };
        host.fire_overdue().await;
        host.spawn(host.installations().run(news));
        host.spawn(timers::run(Arc::clone(&host.ledger), host.clock.clone(), Arc::clone(&host.plugins)));
        host.spawn(dispatch::run(invoker, host.tasks.clone()));
        host.spawn(Arc::new(host.outbox()).run(host.tasks.clone()));
        host.spawn(retention::run(Arc::clone(&host.ledger), host.clock.clone()));
        if watch {
            host.spawn(Arc::clone(&host.plugins).watch());
        }
        host
    }

    /// Gives up what programs left open and have not asked about for this long.
    pub fn give_up_calls_after(&self, grace: Duration) {
        self.spawn(calls::run(Arc::clone(&self.ledger), self.clock.clone(), Arc::clone(&self.plugins), grace));
    }

    /// Runs something that ends by itself when it is told that the host stops, and is waited for then.
    pub fn attend<T: Future<Output = ()> + Send + 'static>(&self, task: impl FnOnce(CancellationToken) -> T) {
        self.tasks.spawn(task(self.stop.clone()));
    }

    fn outbox(&self) -> Outbox {
        Outbox { ledger: Arc::clone(&self.ledger), directory: Arc::clone(&self.directory), stop: self.stop.clone() }
    }

    fn installations(&self) -> Installations {
        Installations {
            ledger: Arc::clone(&self.ledger),
            intake: self.intake.clone(),
            clock: self.clock.clone(),
            workspaces: self.directory.workspaces().cloned().collect(),
        }
    }

    /// What came due while nobody was running is in the inbox before anything new can be.
    async fn fire_overdue(&self) {
        match self.ledger.fire_due(self.clock.now(), &self.live()).await {
            Ok(0) => {}
            Ok(count) => tracing::info!(count, "timers came due while I was away"),
            Err(why) => tracing::error!(%why, "overdue timers cannot be fired"),
        }
    }

    fn live(&self) -> Live {
        self.plugins.registry().present().cloned().collect()
    }

    /// Runs a loop of the host until it is stopped.
    fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        let stop = self.stop.clone();
        self.tasks.spawn(async move { stop.run_until_cancelled(task).await });
    }

    /// Returns once there is nothing left to do: all events handled, all messages out, nothing due.
    pub async fn settled(&self) -> ledger::Result<()> {
        let mut wakes = self.ledger.wakes();
        loop {
            wakes.mark_unchanged();
            if self.ledger.settled(self.clock.now(), &self.live()).await? {
                return Ok(());
            }
            if wakes.changed().await.is_err() {
                return Ok(());
            }
        }
    }

    /// Moves the clock to the next moment at which something comes due, at most to `end`. False if it is there already.
    pub async fn step(&self, end: Instant) -> ledger::Result<bool> {
        let now = self.clock.now();
        let due = self.ledger.next_due(&self.live()).await?.filter(|due| *due <= end);
        self.clock.advance(due.unwrap_or(end).since(now));
        Ok(due.is_some() || now < end)
    }

    /// Is the host about to end, because somebody asked for it or because it cannot go on?
    pub async fn stopping(&self) {
        self.stop.cancelled().await;
    }

    /// Ends in an orderly way: nothing new is begun, what is under way ends.
    pub async fn stop(self) {
        self.stop.cancel();
        self.tasks.close();
        if tokio::time::timeout(DRAIN, self.tasks.wait()).await.is_err() {
            tracing::warn!("not everything ended in time; it goes on at the next start");
        }
    }
}
