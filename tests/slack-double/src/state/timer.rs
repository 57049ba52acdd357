//! What is due later: one queue for the whole double, worked off by one task.

use std::{collections::BTreeMap, sync::Arc};

use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;

use super::{Shared, State, delivery::Event};
use crate::{EnvelopeId, Reason, SocketId};

/// Something that is due.
#[derive(Clone, Debug)]
pub(crate) enum Due {
    /// The ack of an envelope.
    Ack(EnvelopeId),
    /// The next delivery of an event.
    Retry(Event, u32),
    /// The `hello` of a connection.
    Hello(SocketId),
    /// A ping on a connection.
    Ping(SocketId),
    /// A word to a connection that it has to go.
    Refresh(SocketId, Reason),
    /// The end of a connection that was told to go.
    Close(SocketId),
    /// The posting of scheduled messages.
    Scheduled,
}

/// Which timer, to cancel it by.
pub(crate) type Key = (Instant, u64);

#[derive(Debug, Default)]
pub(crate) struct Timers {
    queue: BTreeMap<Key, Due>,
    count: u64,
    sooner: bool,
}

impl Timers {
    pub(crate) fn set(&mut self, at: Instant, due: Due) -> Key {
        self.count += 1;
        let key = (at, self.count);
        self.sooner |= self.queue.first_key_value().is_none_or(|(first, _)| key < *first);
        self.queue.insert(key, due);
        key
    }

    pub(crate) fn cancel(&mut self, key: Key) {
        self.queue.remove(&key);
    }

    /// Whether something was set that is due before all that was set earlier.
    pub(crate) fn take_sooner(&mut self) -> bool {
        std::mem::take(&mut self.sooner)
    }

    fn pop(&mut self, now: Instant) -> Option<Due> {
        let first = self.queue.first_entry()?;
        (first.key().0 <= now).then(|| first.remove())
    }

    fn next(&self) -> Option<Instant> {
        self.queue.first_key_value().map(|(key, _)| key.0)
    }
}

/// Works the queue off until the double ends.
pub(crate) async fn run(shared: Arc<Shared>, end: CancellationToken) {
    while !end.is_cancelled() {
        let next = shared.state().run_due();
        let far = Instant::now() + std::time::Duration::from_secs(3600);
        tokio::select! {
            () = end.cancelled() => {}
            () = shared.wake.notified() => {}
            () = sleep_until(next.unwrap_or(far)) => {}
        }
    }
}

impl State {
    /// Does what is due and says when to come back.
    fn run_due(&mut self) -> Option<Instant> {
        let now = Instant::now();
        while let Some(due) = self.timers.pop(now) {
            self.do_due(due);
        }
        self.timers.next()
    }

    fn do_due(&mut self, due: Due) {
        match due {
            Due::Ack(envelope) => self.miss_ack(&envelope),
            Due::Retry(event, attempt) => self.send_event(event, attempt),
            Due::Hello(socket) => self.greet(socket),
            Due::Ping(socket) => self.ping(socket),
            Due::Refresh(socket, reason) => self.refresh_on_time(socket, &reason),
            Due::Close(socket) => self.close_socket(socket),
            Due::Scheduled => self.post_scheduled(),
        }
    }
}
