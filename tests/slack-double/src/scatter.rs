//! Deliveries as the network makes them at its worst: repeated, out of order, and broken.

use std::{ops::RangeInclusive, time::Duration};

use serde_json::Value;

use crate::{AppId, Double, EventId, SocketId, double::must};

/// What the copies of an event are called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ids {
    /// The same `event_id` in each, as a retry has.
    Same,
    /// A new `event_id` in each, as was seen in the wild.
    New,
}

/// How held events are released.
#[derive(Clone, Debug)]
pub struct Scatter {
    /// How often each event is delivered; drawn anew for each.
    pub copies: RangeInclusive<u32>,
    /// What the copies are called.
    pub ids: Ids,
    /// Whether the deliveries are shuffled; otherwise they keep the order of the acts.
    pub shuffle: bool,
}

impl Default for Scatter {
    fn default() -> Self {
        Self { copies: 1..=1, ids: Ids::Same, shuffle: false }
    }
}

/// A WebSocket message of the test's own making.
#[derive(Clone, Debug)]
pub enum Frame {
    /// A JSON text; if it has an `envelope_id`, an ack of that is expected, not required.
    Json(Value),
    /// Any text.
    Text(String),
    /// Any bytes.
    Binary(Vec<u8>),
}

/// What became of a frame.
#[derive(Clone, Debug)]
pub struct FrameHandle {
    pub(crate) double: Double,
    pub(crate) number: u64,
}

impl FrameHandle {
    /// How long after it was sent the frame's `envelope_id` was acked; `None` if it was not within `timeout`, or has none.
    pub async fn acked(&self, timeout: Duration) -> Option<Duration> {
        let look = self.double.until(timeout, |_| self.acked_now());
        look.await
    }

    /// The same, as known by now.
    pub fn acked_now(&self) -> Option<Duration> {
        self.double.shared.state().deliveries.frame_acks.get(&self.number).copied()
    }
}

impl Double {
    /// Keeps the app's events back from here on, until [`release`](Self::release).
    pub fn hold(&self, app: &AppId) {
        must(self.shared.state().app_mut(app)).held.get_or_insert_default();
    }

    /// Delivers what was held back, as told, each copy on a socket of its own choice; later events flow again. Every
    /// delivery is acked and retried on its own.
    pub fn release(&self, app: &AppId, scatter: &Scatter) -> Vec<EventId> {
        must(self.shared.state().release(app, scatter))
    }

    /// Sends a frame of the test's own making on a socket.
    pub fn send_frame(&self, socket: SocketId, frame: Frame) -> FrameHandle {
        let number = self.shared.state().send_own_frame(socket, frame);
        FrameHandle { double: self.clone(), number }
    }
}
