//! Commands that programs left open: as long as somebody asks what came of one, it stays; after that its plugin is told, once.
//!
//! A call of a plugin that is not there waits until the plugin is back.

use crate::clock::Clock;
use crate::ledger::{self, Ledger, Live};
use crate::plugins::Plugins;
use hatstand_common::value::Instant;
use std::sync::Arc;
use std::time::Duration;

/// How long after a failure it is tried again: the disk may have been full.
const AGAIN: Duration = Duration::from_secs(1);

/// Gives up what nobody asked about for this long, for as long as the task runs. Nobody could ask before it began, so that does not count.
pub async fn run(ledger: Arc<dyn Ledger>, clock: Clock, plugins: Arc<Plugins>, grace: Duration) {
    let mut wakes = ledger.wakes();
    let mut news = plugins.news();
    let began = clock.now();
    loop {
        let seen = wakes.borrow_and_update().calls;
        let live = plugins.registry().all_present();
        let next = look(&*ledger, clock.now(), began, grace, &live).await;
        let again = next.is_err();
        let next = next.inspect_err(|why| tracing::error!(%why, "calls cannot be given up")).ok().flatten();
        tokio::select! {
            () = clock.reach_any(next) => {}
            () = tokio::time::sleep(AGAIN), if again => {}
            _ = news.recv() => {}
            changed = wakes.wait_for(|wake| wake.calls != seen) => if changed.is_err() { return },
        }
    }
}

/// Gives up what is to be given up, and says when there is more to do.
async fn look(ledger: &dyn Ledger, now: Instant, began: Instant, grace: Duration, live: &Live) -> ledger::Result<Option<Instant>> {
    if now >= began + grace {
        let count = ledger.give_up_calls(now - grace, now, live).await?;
        if count > 0 {
            tracing::info!(count, "nobody asks any more what came of these calls");
        }
    }
    Ok(ledger.longest_unasked(live).await?.map(|asked| asked.max(began) + grace))
}
