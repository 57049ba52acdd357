//! Being called back.

use crate::bindings::hatstand::plugin::timers as wire;
use crate::host::timers as host;
use hatstand_common::value::Instant;
use serde::Serialize;
use std::fmt;

/// Being called back. A timer survives restarts, swaps and downtimes, and fires once, in the place in which it was set. What came due
/// while the host was down fires at its start, in the order of the due times.
///
/// Limits: a key has 1-512 bytes, a payload at most 16 KiB of JSON; 10,000 timers for each plugin and workspace.
///
/// ```
/// use hatstand_plugin::prelude::*;
///
/// /// Boils eggs.
/// #[derive(Plugin)]
/// struct Egg;
///
/// #[commands]
/// impl Egg {
///     /// Boil an egg.
///     #[command("boil [for <time>]")]
///     fn boil(cx: &mut Context, time: Option<Duration>) -> Result<Reply> {
///         let done = cx.now() + time.unwrap_or(Duration::from_secs(300));
///         cx.timers().set("boiled", done, cx.user()?)?;
///         Ok(Reply::say(say!("Your egg is done at {done}.")))
///     }
///
///     #[timer("boiled")]
///     fn boiled(cx: &mut Context, timer: Timer) -> Result<Reply> {
///         let hungry: User = timer.payload()?;
///         Ok(Reply::say(say!("{}, your egg!", hungry.mention())))
///     }
/// }
/// # fn main() {}
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Timers(pub(crate) ());

impl Timers {
    /// Sets the timer with this key, replacing one that is there: the replaced one will not fire, even if it is due already. A moment
    /// in the past fires at once.
    ///
    /// `key` is the name of the handler `#[timer("...")]`, and optionally `:` and more, which [`Timer::rest`](crate::Timer::rest)
    /// gives back; so does [`Timer::payload`](crate::Timer::payload) with the payload, which may be `&()`.
    ///
    /// # Errors
    ///
    /// For the limits above, or if JSON cannot hold the payload.
    pub fn set<T: Serialize + ?Sized>(&self, key: &str, due: Instant, payload: &T) -> Result<(), Error> {
        let payload = serde_json::to_vec(payload).map_err(Error::Unwritable)?;
        Ok(host::set(key, due.millis(), &payload)?)
    }

    /// Takes the timer with this key away, even if it is due already; one that is not there is no error.
    ///
    /// # Errors
    ///
    /// [`BadKey`](Error::BadKey).
    pub fn cancel(&self, key: &str) -> Result<(), Error> {
        Ok(host::cancel(key)?)
    }
}

/// Why a timer was not set or cancelled.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// The key is empty or too long.
    BadKey,
    /// The payload is too large, or there are too many timers.
    TooMuch,
    /// The payload cannot be written as JSON.
    Unwritable(serde_json::Error),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::BadKey => write!(f, "a key of a timer has 1-512 bytes"),
            Error::TooMuch => write!(f, "a payload has at most 16 KiB, and a plugin at most 10,000 timers"),
            Error::Unwritable(_) => write!(f, "the payload of a timer cannot be written as JSON"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Error::Unwritable(reason) => Some(reason),
            Error::BadKey | Error::TooMuch => None,
        }
    }
}

impl From<wire::Error> for Error {
    fn from(error: wire::Error) -> Self {
        match error {
            wire::Error::BadKey => Self::BadKey,
            wire::Error::TooMuch => Self::TooMuch,
        }
    }
}
