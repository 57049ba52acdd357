//! What is to happen later: timers, deadlines of questions and runs of schedules are rows in the ledger, turned into events when they are
//! due.
//!
//! What a plugin waits for that is not there waits until the plugin is back.

use crate::clock::Clock;
use crate::ledger::{self, Ledger, Wake};
use crate::plugins::{Plugins, Registry};
use crate::schedules::Schedules;
use hatstand_common::value::Instant;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// How long after a failure it is tried again: the disk may have been full.
const AGAIN: Duration = Duration::from_secs(1);

/// Fires what comes due, for as long as the task runs.
pub async fn run(ledger: Arc<dyn Ledger>, clock: Clock, plugins: Arc<Plugins>, schedules: Arc<Schedules>) {
    let mut wakes = ledger.wakes();
    let mut news = plugins.news();
    loop {
        let seen = wakes.borrow_and_update().timers;
        let next = fire(&*ledger, clock.now(), &plugins.registry(), &schedules).await;
        let again = next.is_err();
        let next = next.inspect_err(|why| tracing::error!(%why, "timers cannot be fired")).ok().flatten();
        tokio::select! {
            () = clock.reach_any(next) => {}
            () = tokio::time::sleep(AGAIN), if again => {}
            _ = news.recv() => {}
            changed = changed(&mut wakes, seen) => if changed.is_err() { return },
        }
    }
}

/// Fires what is due, and says when there is more to do.
async fn fire(ledger: &dyn Ledger, now: Instant, registry: &Registry, schedules: &Schedules) -> ledger::Result<Option<Instant>> {
    // What another build declares counts before what the one before it had planned.
    schedules.follow(registry).await?;
    let live = registry.all_present();
    let next = ledger.next_due(&live).await?;
    // Nothing is written, and nobody woken, because a timer was set that is due much later.
    if next.is_none_or(|due| due > now) {
        return Ok(next);
    }
    ledger.fire_due(now, &live).await?;
    ledger.next_due(&live).await
}

/// Waits for a change of the timers, not of anything else.
async fn changed(wakes: &mut watch::Receiver<Wake>, seen: u64) -> Result<(), watch::error::RecvError> {
    wakes.wait_for(|wake| wake.timers != seen).await.map(drop)
}
