//! Where events enter: recorded first, and only then acknowledged to the service.

use crate::ledger::{self, Ledger, Recorded};
use crate::model::{Event, What};
use crate::plugins::Plugins;
use crate::rate::{Gate, Verdict};
use crate::router;
use std::sync::Arc;
use tokio::sync::Mutex;

/// What an adapter hands its events to.
#[derive(Clone, Debug)]
pub struct Intake {
    ledger: Arc<dyn Ledger>,
    plugins: Arc<Plugins>,
    gate: Arc<Gate>,
    matching: Arc<Mutex<()>>,
}

impl Intake {
    pub fn new(ledger: Arc<dyn Ledger>, plugins: Arc<Plugins>, gate: Gate) -> Self {
        Self { ledger, plugins, gate: Arc::new(gate), matching: Arc::default() }
    }

    /// Once this returns `Ok`, the event is on disk, or nobody wants to know of it or it is too much (none), and may be acknowledged. A
    /// repeat changes nothing. After an error it must not be acknowledged: the service will send it again. Unless there is
    /// [no room](ledger::LedgerError::Full), and the person was [told](crate::adapters::tell_no_room) to say it again.
    pub async fn take(&self, event: Event) -> ledger::Result<Option<Recorded>> {
        // What people say to each other is most of what happens in a channel; what nobody listens to is not written down.
        if self.is_idle(&event).await {
            tracing::trace!(key = event.key, "nobody listens");
            return Ok(None);
        }
        match self.gate.pass(&event) {
            Verdict::Listen => self.record(event).await.map(Some),
            Verdict::Refuse(much) => {
                let refused = Event { what: What::TooMuch(much), ..event };
                let recorded = self.record(refused.clone()).await;
                if !matches!(recorded, Ok(Recorded::New(_))) {
                    self.gate.was_not_told(&refused);
                }
                recorded.map(Some)
            }
            Verdict::Drop => Ok(None),
        }
    }

    /// The patterns of a plugin may take long to match: the connection to the service does not wait for them, and one message at a time is
    /// matched.
    async fn is_idle(&self, event: &Event) -> bool {
        let registry = self.plugins.registry_at(&event.workspace, event.place.as_ref());
        if event.what.overheard().is_none() || registry.patterns().next().is_none() {
            return router::is_idle(event, &registry);
        }
        let _one = self.matching.lock().await;
        let event = event.clone();
        tokio::task::spawn_blocking(move || router::is_idle(&event, &registry)).await.unwrap_or(true)
    }

    async fn record(&self, event: Event) -> ledger::Result<Recorded> {
        let key = event.key.clone();
        let recorded = self.ledger.record(event).await;
        match &recorded {
            Ok(Recorded::New(id)) => tracing::debug!(event = id.0, key, "recorded"),
            Ok(Recorded::Repeat) => tracing::debug!(key, "a repeat"),
            Err(why) => tracing::error!(key, %why, "an event could not be recorded; it was not acknowledged"),
        }
        recorded
    }
}
