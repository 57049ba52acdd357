//! Publishing to message queues.

use crate::bindings::hatstand::plugin::queue as wire;
use crate::error::NotGranted;
use crate::host::queue as host;
use serde::Serialize;
use std::fmt;

/// Publishing to message queues that the operator configured. Each needs a grant, such as `queue:builds`. What is published leaves
/// after the handler has returned ok, at least once.
///
/// ```
/// # use hatstand_plugin::prelude::*;
/// # fn example(cx: &Context) -> Result<()> {
/// cx.queue().publish("builds", "web@main")?;
/// cx.queue().publish_json("builds", &["web", "main"])?;
/// # Ok(()) }
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Queue(pub(crate) ());

impl Queue {
    /// Publishes a body of at most 256 KiB.
    ///
    /// # Errors
    ///
    /// [`NotGranted`](Error::NotGranted), [`Unknown`](Error::Unknown), [`TooLarge`](Error::TooLarge).
    pub fn publish(&self, queue: &str, body: impl AsRef<[u8]>) -> Result<(), Error> {
        Ok(host::publish(queue, body.as_ref())?)
    }

    /// Publishes a body as JSON.
    ///
    /// # Errors
    ///
    /// As for [`publish`](Queue::publish), or [`Unwritable`](Error::Unwritable).
    pub fn publish_json(&self, queue: &str, body: &(impl Serialize + ?Sized)) -> Result<(), Error> {
        self.publish(queue, serde_json::to_vec(body).map_err(Error::Unwritable)?)
    }
}

/// Why nothing was published.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// The operator has not granted this queue. As the error of a handler it is a refusal that names the grant.
    NotGranted(NotGranted),
    /// There is no such queue.
    Unknown,
    /// The body has more than 256 KiB.
    TooLarge,
    /// The body cannot be written as JSON.
    Unwritable(serde_json::Error),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::NotGranted(_) => write!(f, "the plugin may not publish this"),
            Error::Unknown => write!(f, "there is no such queue"),
            Error::TooLarge => write!(f, "what is published has at most 256 KiB"),
            Error::Unwritable(_) => write!(f, "what is published cannot be written as JSON"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Error::NotGranted(grant) => Some(grant),
            Error::Unwritable(reason) => Some(reason),
            Error::Unknown | Error::TooLarge => None,
        }
    }
}

impl From<wire::Error> for Error {
    fn from(error: wire::Error) -> Self {
        match error {
            wire::Error::NotGranted(grant) => Self::NotGranted(NotGranted(grant)),
            wire::Error::Unknown => Self::Unknown,
            wire::Error::TooLarge => Self::TooLarge,
        }
    }
}
