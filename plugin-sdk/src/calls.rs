//! Telling programs later what came of their commands.

use crate::bindings::hatstand::plugin::calls as wire;
use crate::host::calls as host;
use serde::Serialize;
use std::fmt;

/// Telling programs later what came of their commands. Whoever gives a command through the HTTP API gets the code and the data of its
/// [`Reply`](crate::Reply). Where that is not the end of it, the handler leaves the call open, and the handler in which the end comes gives
/// the answer. The program may wait meanwhile. For a command that a person typed this does nothing.
///
/// A program that goes away leaves its call behind: `#[on("call-abandoned")]` hears of it, with the key in
/// [`Abandoned`](crate::calls::Abandoned).
///
/// Limits: a key has 1-512 bytes, an answer at most 64 KiB of JSON.
///
/// ```
/// use hatstand_plugin::prelude::*;
///
/// /// Opens a door that takes a minute.
/// #[derive(Plugin)]
/// struct Door;
///
/// #[commands]
/// impl Door {
///     /// Open the door.
///     #[command("open <door>")]
///     fn open(cx: &mut Context, door: String) -> Result<Reply> {
///         cx.timers().set(&format!("opened:{door}"), cx.now() + Duration::from_secs(60), &())?;
///         cx.calls().open(&door)?;
///         Ok(Reply::whisper("It opens.").code("opening"))
///     }
///
///     #[timer("opened")]
///     fn opened(cx: &mut Context, timer: Timer) -> Result<Reply> {
///         cx.calls().answer(timer.rest(), "open", &())?;
///         Ok(Reply::nothing())
///     }
/// }
/// # fn main() {}
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Calls(pub(crate) ());

impl Calls {
    /// Leaves the command of this event open under a key. Several calls may be open under one key: they get the same answer.
    ///
    /// # Errors
    ///
    /// [`BadKey`](Error::BadKey).
    pub fn open(&self, key: &str) -> Result<(), Error> {
        Ok(host::open(key)?)
    }

    /// Gives the answer to the calls that are open under a key: a stable word, and something that serializes to a JSON object, or `&()`.
    /// Where none is open, or they have been answered, nothing happens.
    ///
    /// # Errors
    ///
    /// For the limits above, or if JSON cannot hold the data.
    pub fn answer<T: Serialize + ?Sized>(&self, key: &str, code: &str, data: &T) -> Result<(), Error> {
        let data = serde_json::to_string(data).map_err(Error::Unwritable)?;
        let data = if data == "null" { String::new() } else { data };
        Ok(host::answer(key, code, &data)?)
    }
}

/// What an event `call-abandoned` tells: read it with [`Other::json`](crate::Other::payload_as).
#[derive(Clone, Debug, PartialEq, Eq, serde::Deserialize)]
pub struct Abandoned {
    /// The key under which the calls were open.
    pub key: String,
}

/// Why a call was not left open or answered.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// The key is empty or too long.
    BadKey,
    /// The answer is larger than allowed.
    TooLarge,
    /// The data cannot be written as JSON.
    Unwritable(serde_json::Error),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::BadKey => write!(f, "a key of a call has 1-512 bytes"),
            Error::TooLarge => write!(f, "an answer has at most 64 KiB"),
            Error::Unwritable(_) => write!(f, "the answer to a call cannot be written as JSON"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Error::Unwritable(reason) => Some(reason),
            Error::BadKey | Error::TooLarge => None,
        }
    }
}

impl From<wire::Error> for Error {
    fn from(error: wire::Error) -> Self {
        match error {
            wire::Error::BadKey => Self::BadKey,
            wire::Error::TooLarge => Self::TooLarge,
        }
    }
}
