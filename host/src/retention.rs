//! How long what is done is remembered: repeats are recognised and buttons work for that long. The audit and all state stay.

use crate::clock::Clock;
use crate::ledger::Ledger;
use std::sync::Arc;
use std::time::Duration;

const KEPT: Duration = Duration::from_secs(30 * 24 * 3600);
const PERIOD: Duration = Duration::from_secs(3600);

/// Forgets what is old, now and every hour, for as long as the task runs.
pub async fn run(ledger: Arc<dyn Ledger>, clock: Clock) {
    loop {
        let now = clock.now();
        if let Err(why) = ledger.prune(now - KEPT).await {
            tracing::error!(%why, "what is old could not be forgotten");
        }
        clock.reach(now + PERIOD).await;
    }
}
