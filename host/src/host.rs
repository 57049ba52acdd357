//! The host: all parts, put together, started and stopped.

use crate::adapters::Adapter;
use crate::backups::Backups;
use crate::calls;
use crate::clock::Clock;
use crate::directory::Directory;
use crate::dispatch;
use crate::intake::Intake;
use crate::invocation::Invoker;
use crate::keeper::{Keeper, Recovery};
use crate::ledger::{self, Ledger, Live, Wake};
use crate::outbox::Outbox;
use crate::outside::Outside;
use crate::outside::requests::{Gates, Requests};
use crate::paces::Paces;
use crate::permissions::{Permissions, Roles};
use crate::plugins::{Engine, Plugins};
use crate::rate::{Gate, Rate};
use crate::retention;
use crate::rights::Rights;
use crate::runner::{Chance, Runner};
use crate::schedules::Schedules;
use crate::timers;
use hatstand_common::value::Instant;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OnceCell, watch};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// How long a stop waits for what is under way.
const DRAIN: Duration = Duration::from_secs(5);

/// Stops the host when the ledger has stopped: nothing could be kept any more.
async fn stop_without(mut wakes: watch::Receiver<Wake>, stop: CancellationToken) {
    while wakes.changed().await.is_ok() {}
    tracing::error!("the ledger has stopped; so does the host, and starts again from what is on disk");
    stop.cancel();
}

/// Without the ledger's secret, chance is of this process only: no event is handled twice in that way.
async fn chance(ledger: &dyn Ledger) -> Chance {
    let secret = ledger.secret_of_chance().await;
    Chance(secret.inspect_err(|why| tracing::error!(%why, "the secret of chance cannot be read")).unwrap_or_else(|_| rand::random()))
}

/// Everything a host is made of.
#[derive(Debug)]
pub struct Parts {
    pub ledger: Arc<dyn Ledger>,
    pub plugins: Arc<Plugins>,
    pub engine: Arc<Engine>,
    pub adapters: Vec<Arc<dyn Adapter>>,
    pub permissions: Permissions,
    /// On which terms plugins meet the world outside.
    pub outside: Outside,
    /// How much is listened to.
    pub rate: Rate,
    /// When something is done about a build that fails.
    pub recovery: Recovery,
    pub clock: Clock,
    /// What the bot is called.
    pub name: String,
    /// The time zone of schedules that name none, as an IANA name.
    pub zone: String,
    /// Look after the folder of plugins; without it, only at the start and when told.
    pub watch: bool,
}

/// A running host.
#[derive(Debug)]
pub struct Host {
    pub intake: Intake,
    pub plugins: Arc<Plugins>,
    pub keeper: Arc<Keeper>,
    pub ledger: Arc<dyn Ledger>,
    pub directory: Arc<Directory>,
    pub outside: Arc<Outside>,
    pub clock: Clock,
    schedules: Arc<Schedules>,
    stop: CancellationToken,
    tasks: TaskTracker,
}

impl Host {
    /// Starts: plugins first, then what came due, then what was left unfinished; whoever has an adapter opens it afterwards.
    pub async fn start(parts: Parts) -> Self {
        let Parts { ledger, plugins, engine, adapters, permissions, outside, rate, recovery, clock, name, zone, watch } = parts;
        let roles = Roles::new(permissions.roles.clone(), Arc::clone(&ledger));
        let directory = Arc::new(Directory::new(&adapters, roles));
        let (stop, tasks) = (CancellationToken::new(), TaskTracker::new());
        let chance = chance(&*ledger).await;
        let permissions = Arc::new(permissions);
        let rights =
            Arc::new(Rights { permissions: Arc::clone(&permissions), directory: Arc::clone(&directory), ledger: Arc::clone(&ledger) });
        let runner = Runner { ledger: Arc::clone(&ledger), engine, directory: Arc::clone(&directory), rights: Arc::clone(&rights), chance };
        let keeper = Arc::new(Keeper::new(Arc::clone(&plugins), runner.clone(), clock.clone(), recovery));
        if let Err(why) = keeper.start().await {
            tracing::error!(%why, "what served before could not be read");
        }
        let invoker = Arc::new(Invoker {
            ledger: Arc::clone(&ledger),
            plugins: Arc::clone(&plugins),
            keeper: Arc::clone(&keeper),
            runner,
            directory: Arc::clone(&directory),
            rights,
            clock: clock.clone(),
            paces: Paces::default(),
            name,
            stop: stop.clone(),
        });
        let workspaces = directory.workspaces().cloned().collect();
        let schedules = Arc::new(Schedules::new(Arc::clone(&ledger), clock.clone(), workspaces, zone));
        let intake = Intake::new(Arc::clone(&ledger), Arc::clone(&plugins), Gate::new(rate, clock.clone()));
        let outside = Arc::new(outside);
        let host = Self { intake, plugins, keeper, ledger, directory, outside, clock, schedules, stop, tasks };
        host.complain(&permissions).await;
        host.fire_overdue().await;
        host.spawn(Arc::clone(&host.keeper).wake());
        host.spawn(timers::run(Arc::clone(&host.ledger), host.clock.clone(), Arc::clone(&host.plugins), Arc::clone(&host.schedules)));
        host.spawn(dispatch::run(invoker, host.tasks.clone()));
        host.spawn(Arc::new(host.outbox()).run(host.tasks.clone()));
        host.spawn(Arc::new(host.requests()).run(host.tasks.clone()));
        host.spawn(stop_without(host.ledger.wakes(), host.stop.clone()));
        host.spawn(retention::run(Arc::clone(&host.ledger), host.clock.clone()));
        if watch {
            host.spawn(Arc::clone(&host.keeper).watch());
        }
        host
    }

    /// Tells the operator what is odd about the rules, as far as it shows by what is loaded now.
    async fn complain(&self, permissions: &Permissions) {
        let mut given = BTreeSet::new();
        for workspace in self.directory.workspaces() {
            let members = self.directory.roles.all(workspace).await.unwrap_or_default();
            given.extend(members.into_iter().map(|member| member.role));
        }
        for complaint in permissions.complaints(&self.plugins.registry(), &given) {
            tracing::warn!("{complaint}");
        }
    }

    /// Gives up what programs left open and have not asked about for this long.
    pub fn give_up_calls_after(&self, grace: Duration) {
        self.spawn(calls::run(Arc::clone(&self.ledger), self.clock.clone(), Arc::clone(&self.plugins), grace));
    }

    /// Makes a backup each hour.
    pub fn back_up(&self, backups: Backups) {
        self.spawn(backups.run(self.clock.clone()));
    }

    /// Runs something that ends by itself when it is told that the host stops, and is waited for then.
    pub fn attend<T: Future<Output = ()> + Send + 'static>(&self, task: impl FnOnce(CancellationToken) -> T) {
        self.tasks.spawn(task(self.stop.clone()));
    }

    fn outbox(&self) -> Outbox {
        Outbox { ledger: Arc::clone(&self.ledger), directory: Arc::clone(&self.directory), stop: self.stop.clone() }
    }

    fn requests(&self) -> Requests {
        Requests {
            ledger: Arc::clone(&self.ledger),
            plugins: Arc::clone(&self.plugins),
            clock: self.clock.clone(),
            outside: Arc::clone(&self.outside),
            client: OnceCell::new(),
            gates: Gates::default(),
            stop: self.stop.clone(),
        }
    }

    /// What came due while nobody was running is in the inbox before anything new can be.
    async fn fire_overdue(&self) {
        match self.fire().await {
            Ok(0) => {}
            Ok(count) => tracing::info!(count, "timers came due while I was away"),
            Err(why) => tracing::error!(%why, "overdue timers cannot be fired"),
        }
    }

    async fn fire(&self) -> ledger::Result<usize> {
        self.schedules.follow(&self.plugins.registry()).await?;
        self.ledger.fire_due(self.clock.now(), &self.live()).await
    }

    fn live(&self) -> Live {
        self.plugins.registry().all_present()
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
            self.schedules.follow(&self.plugins.registry()).await?;
            if self.ledger.settled(self.clock.now(), &self.live()).await? {
                return Ok(());
            }
            // A ledger that has stopped says so when it is read.
            if wakes.changed().await.is_err() {
                return self.ledger.settled(self.clock.now(), &self.live()).await.map(drop);
            }
        }
    }

    /// Moves the clock to the next moment at which something comes due, at most to `end`. False if it is there already.
    pub async fn step(&self, end: Instant) -> ledger::Result<bool> {
        let now = self.clock.now();
        let (timer, request) = (self.ledger.next_due(&self.live()).await?, self.ledger.next_request().await?);
        let due = timer.into_iter().chain(request).min().filter(|due| *due <= end);
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
