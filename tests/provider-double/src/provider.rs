//! What one outside system is: its state, its API, its words.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::{
    Router,
    http::header,
    response::{IntoResponse, Response},
};
use jiff::Timestamp;

use crate::{
    delivery::{Delivery, Sending},
    front::Front,
    phrase::Phrase,
    trouble::Overload,
};

/// What time it is, as the caller has it.
pub(crate) type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// One outside system.
pub(crate) trait Provider: Default + Send + 'static {
    /// As lines call it.
    const NAME: &'static str;
    /// What a request has to carry.
    const TOKEN: &'static str;

    /// What it signs its webhooks with now.
    fn secret(&self) -> &'static str;

    /// Its API; nothing for who only sends.
    fn routes(_shared: &Arc<Shared<Self>>) -> Option<Router> {
        None
    }

    /// Its own words, beside those that all have.
    fn phrases() -> &'static [Phrase<Self>];

    /// How it says that it cannot answer now.
    fn overloaded(overload: &Overload, _now: Timestamp) -> Response {
        plain_overload(overload)
    }
}

/// What the tasks of one outside system share.
pub(crate) struct Shared<P> {
    state: Mutex<P>,
    clock: Clock,
    pub(crate) front: Front,
    sent: Mutex<Vec<(Sending, Delivery)>>,
}

impl<P: Provider> Shared<P> {
    pub(crate) fn new(clock: Clock) -> Self {
        Self { state: Mutex::default(), clock, front: Front::default(), sent: Mutex::default() }
    }

    pub(crate) fn now(&self) -> Timestamp {
        (self.clock)()
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, P> {
        lock(&self.state)
    }

    /// All that was sent, the oldest first.
    pub(crate) fn sent(&self) -> MutexGuard<'_, Vec<(Sending, Delivery)>> {
        lock(&self.sent)
    }
}

pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A status with a few words, and when to come again.
pub(crate) fn plain_overload(overload: &Overload) -> Response {
    let words = overload.status.canonical_reason().unwrap_or("Refused");
    with_retry_after((overload.status, words).into_response(), overload)
}

/// `Retry-After`, if it was asked for.
pub(crate) fn with_retry_after(mut response: Response, overload: &Overload) -> Response {
    if let Some(seconds) = overload.retry_after {
        response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
    }
    response
}
