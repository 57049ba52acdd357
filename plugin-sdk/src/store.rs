//! Values that last.

use crate::bindings::hatstand::plugin::store as wire;
use crate::host::store as host;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fmt;

/// The host gives at most so many entries at once.
const PAGE: u32 = 1_000;

/// Values that last: the plugin's own space in this workspace, kept as JSON under keys.
///
/// Reads see the state as it was when the invocation began, plus its own writes. Nobody else writes meanwhile: invocations of a plugin
/// in a workspace run one after another.
///
/// Limits: a key has 1-512 bytes, a value at most 256 KiB of JSON, an invocation writes at most 4 MiB.
///
/// ```
/// use hatstand_plugin::prelude::*;
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Serialize, Deserialize)]
/// struct Hold {
///     holder: User,
///     until: Instant,
/// }
///
/// fn take(cx: &mut Context, thing: String) -> Result<Reply> {
///     let key = format!("hold/{thing}");
///     if let Some(hold) = cx.store().get::<Hold>(&key)? {
///         return Err(Error::refused(say!("{} has it until {}.", hold.holder, hold.until)));
///     }
///     cx.store().set(&key, &Hold { holder: cx.user()?.clone(), until: cx.now() + Duration::from_secs(3600) })?;
///     Ok(Reply::say(say!("*{thing}* is yours.")))
/// }
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Store(pub(crate) ());

impl Store {
    /// The value of a key; none if it was never set or was deleted.
    ///
    /// # Errors
    ///
    /// [`Unreadable`](Error::Unreadable) if what is there is no `T`: give fields that a later version adds a `#[serde(default)]`.
    pub fn get<T: DeserializeOwned>(&self, key: &str) -> Result<Option<T>, Error> {
        host::get(key)?.map(|value| read(key, &value)).transpose()
    }

    /// Sets a key, replacing what was there.
    ///
    /// # Errors
    ///
    /// [`BadKey`](Error::BadKey) and [`TooLarge`](Error::TooLarge), for the limits above; [`Unwritable`](Error::Unwritable) for a value
    /// that JSON cannot hold, such as a map whose keys are no text.
    pub fn set<T: Serialize + ?Sized>(&self, key: &str, value: &T) -> Result<(), Error> {
        let value = serde_json::to_vec(value).map_err(|reason| Error::Unwritable { key: key.to_owned(), reason })?;
        Ok(host::set(key, &value)?)
    }

    /// Removes a key; one that is not there is no error.
    ///
    /// # Errors
    ///
    /// [`BadKey`](Error::BadKey).
    pub fn delete(&self, key: &str) -> Result<(), Error> {
        Ok(host::delete(key)?)
    }

    /// Gives the value of one key to another, whatever it is, and removes the first; a key that is not there is no error.
    ///
    /// # Errors
    ///
    /// As for [`set`](Store::set).
    pub fn rename(&self, from: &str, to: &str) -> Result<(), Error> {
        if let Some(value) = host::get(from)? {
            host::set(to, &value)?;
            host::delete(from)?;
        }
        Ok(())
    }

    /// At most `limit` of the entries whose keys start with `prefix`, in the byte order of keys, beginning after the key `after` if one is
    /// given. Fewer than `limit` means that there are no more; the host gives at most 1,000 at once.
    ///
    /// Prefer this to [`scan`](Store::scan) where people decide how many entries there are.
    ///
    /// # Errors
    ///
    /// As for [`get`](Store::get).
    pub fn page<T: DeserializeOwned>(&self, prefix: &str, after: Option<&str>, limit: u32) -> Result<Vec<(String, T)>, Error> {
        let entries = host::scan(prefix, after, limit)?.into_iter();
        entries.map(|entry| read(&entry.key, &entry.value).map(|value| (entry.key, value))).collect()
    }

    /// All entries whose keys start with `prefix`, in the byte order of keys.
    ///
    /// # Errors
    ///
    /// As for [`get`](Store::get).
    pub fn scan<T: DeserializeOwned>(&self, prefix: &str) -> Result<Vec<(String, T)>, Error> {
        let mut found = Vec::new();
        let mut after: Option<String> = None;
        loop {
            let page = self.page(prefix, after.as_deref(), PAGE)?;
            let more = page.len() == PAGE as usize;
            found.extend(page);
            match found.last() {
                Some((last, _)) if more => after = Some(last.clone()),
                _ => return Ok(found),
            }
        }
    }
}

fn read<T: DeserializeOwned>(key: &str, value: &[u8]) -> Result<T, Error> {
    serde_json::from_slice(value).map_err(|reason| Error::Unreadable { key: key.to_owned(), reason })
}

/// Why the store did not do it.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// The key is empty or has more than 512 bytes.
    BadKey,
    /// The value, or all writes of this invocation together, are larger than allowed.
    TooLarge,
    /// What is stored under this key is of another type.
    Unreadable {
        /// The key.
        key: String,
        /// What does not fit.
        reason: serde_json::Error,
    },
    /// The value cannot be written as JSON.
    Unwritable {
        /// The key.
        key: String,
        /// What JSON cannot hold.
        reason: serde_json::Error,
    },
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::BadKey => write!(f, "a key of the store has 1-512 bytes"),
            Error::TooLarge => write!(f, "a value has at most 256 KiB, and an invocation writes at most 4 MiB"),
            Error::Unreadable { key, .. } => write!(f, "the value of `{key}` is of another type"),
            Error::Unwritable { key, .. } => write!(f, "the value for `{key}` cannot be written as JSON"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Error::Unreadable { reason, .. } | Error::Unwritable { reason, .. } => Some(reason),
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
