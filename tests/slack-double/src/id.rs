//! Slack's identifiers, each a type of its own: none can be given where another is meant.

use std::{fmt, str::FromStr, sync::Arc};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Arc<str>);

        impl $name {
            /// The identifier as Slack writes it.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl From<&str> for $name {
            fn from(id: &str) -> Self {
                Self(id.into())
            }
        }

        impl From<String> for $name {
            fn from(id: String) -> Self {
                Self(id.into())
            }
        }

        impl std::borrow::Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer).map(Self::from)
            }
        }
    )*};
}

ids! {
    /// A workspace, `T…`.
    TeamId,
    /// An app, `A…`.
    AppId,
    /// A person or the user behind a bot, `U…`.
    UserId,
    /// The bot as the author of a message, `B…`.
    BotId,
    /// A public channel `C…`, a private one `G…`, or a direct message `D…`.
    ChannelId,
    /// A modal or a Home tab, `V…`.
    ViewId,
    /// A file, `F…`.
    FileId,
    /// One event, `Ev…`; the same in every delivery of it.
    EventId,
    /// One delivery on a socket; a retry has a new one.
    EnvelopeId,
    /// What an interaction may be exchanged for a modal with, once and soon.
    TriggerId,
}

/// One WebSocket connection, numbered from 1 in the order of opening.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct SocketId(pub u64);

/// A message's time, which is its identity within its channel: seconds, a dot, six digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ts(u64);

impl Ts {
    /// The time as microseconds since 1970.
    pub fn micros(self) -> u64 {
        self.0
    }

    pub(crate) fn from_micros(micros: u64) -> Self {
        Self(micros)
    }
}

impl fmt::Display for Ts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:06}", self.0 / 1_000_000, self.0 % 1_000_000)
    }
}

impl fmt::Debug for Ts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The text is not a message's time.
#[derive(Debug)]
pub struct NotATs;

impl FromStr for Ts {
    type Err = NotATs;

    /// Slack takes fewer than six digits after the dot, and none.
    fn from_str(text: &str) -> Result<Self, NotATs> {
        let (seconds, fraction) = text.split_once('.').unwrap_or((text, ""));
        let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if seconds.is_empty() || fraction.len() > 6 || !digits(seconds) || !digits(fraction) {
            return Err(NotATs);
        }
        let seconds: u64 = seconds.parse().map_err(|_| NotATs)?;
        let micros: u64 = format!("{fraction:0<6}").parse().map_err(|_| NotATs)?;
        seconds.checked_mul(1_000_000).and_then(|whole| whole.checked_add(micros)).map(Ts).ok_or(NotATs)
    }
}

impl Serialize for Ts {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Ts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(|NotATs| D::Error::custom("not a message's time"))
    }
}
