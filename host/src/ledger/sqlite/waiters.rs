//! Waiters for single events: a commit wakes those whose event it is about, and costs nothing for all others.

use crate::model::EventId;
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::sync::watch;

/// The waiters, by their event.
#[derive(Debug, Default)]
pub(super) struct Waiters(Mutex<HashMap<EventId, watch::Sender<()>>>);

impl Waiters {
    pub(super) fn join(&self, event: EventId) -> watch::Receiver<()> {
        let mut waiters = self.waiters();
        waiters.retain(|_, waiting| waiting.receiver_count() > 0);
        waiters.entry(event).or_default().subscribe()
    }

    pub(super) fn wake(&self, events: &[EventId]) {
        if events.is_empty() {
            return;
        }
        let waiters = self.waiters();
        events.iter().filter_map(|event| waiters.get(event)).for_each(|waiting| waiting.send_replace(()));
    }

    pub(super) fn wake_all(&self) {
        for waiting in self.waiters().values() {
            waiting.send_replace(());
        }
    }

    fn waiters(&self) -> MutexGuard<'_, HashMap<EventId, watch::Sender<()>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
