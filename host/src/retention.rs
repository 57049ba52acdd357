//! Retention: what bounds each table of the ledger, and what is forgotten by age.
//!
//! | Table | Bound |
//! |---|---|
//! | `inbox`, `done` | 30 days after an event is finished; how many come is bounded by the [rate limit](crate::rate) |
//! | `outbox` | 30 days after a message is out or failed, unless its question stands |
//! | `state` | `state` and `state_keys` in `[limits]`, per plugin and workspace, checked before the commit |
//! | `timers` | 10,000 timers and 1,000 questions per plugin and workspace; the declared schedules; 10,000 webhooks or 256 MiB of each webhook |
//! | `requests` | 1,000 per plugin and workspace, with the responses that wait |
//! | `received` | 30 days, one row per fingerprint of a webhook |
//! | `calls` | 30 days |
//! | `outcomes` | as long as its event |
//! | `recordings`, `undone` | 2,000 or 32 MiB per plugin, at each commit; 10,000 in all and 30 days, hourly |
//! | `builds` | those of a plugin's last 10 generations, and of recordings |
//! | `generations` | the last 1,000 of each plugin |
//! | `state_sizes`, `webhook_backlogs`, `recording_sizes` | one row per plugin, workspace and webhook |
//! | `roles`, `settings`, `measures`, `tokens` | one row per decision of an administrator or the operator |
//! | `audit` | none: its chain shows that no row is missing |
//!
//! Outside the ledger, the [cache](crate::plugins::Cache) keeps the 256 compiled builds that were loaded last, for 30 days;
//! [`backups`](crate::backups) removes its own.

use crate::clock::Clock;
use crate::ledger::Ledger;
use std::sync::Arc;
use std::time::Duration;

/// For so long repeats are recognised and buttons work.
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
