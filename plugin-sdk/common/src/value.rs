//! The arguments of a command, once read, and the two measures of time.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::ops::{Add, Sub};
use std::time::Duration;

/// A moment: milliseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Instant(pub u64);

impl Instant {
    /// The time from `earlier` to this moment; zero if `earlier` is later.
    pub fn since(self, earlier: Instant) -> Duration {
        Duration::from_millis(self.0.saturating_sub(earlier.0))
    }

    /// Milliseconds since 1970-01-01T00:00:00Z.
    pub fn millis(self) -> u64 {
        self.0
    }
}

impl Add<Duration> for Instant {
    type Output = Instant;

    fn add(self, duration: Duration) -> Instant {
        Instant(self.0.saturating_add(millis(duration)))
    }
}

impl Sub<Duration> for Instant {
    type Output = Instant;

    fn sub(self, duration: Duration) -> Instant {
        Instant(self.0.saturating_sub(millis(duration)))
    }
}

/// Whole milliseconds of a duration, at most what fits.
pub fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

macro_rules! identity {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub String);

        impl $name {
            /// The identity as text, for storing.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl From<&str> for $name {
            fn from(id: &str) -> Self {
                Self(id.to_owned())
            }
        }

        impl From<String> for $name {
            fn from(id: String) -> Self {
                Self(id)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

identity!(
    /// A person's identity in a workspace. It never changes; names do. Compare people by it only.
    PersonId
);
identity!(
    /// A channel's identity in a workspace. It outlives renames.
    ChannelId
);
identity!(
    /// A message's identity, made by the host before the message is delivered.
    MessageId
);

/// Where something is said.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Place {
    pub channel: ChannelId,
    /// The thread within the channel; none is the channel itself.
    pub thread: Option<String>,
}

/// A person as the host knows them now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    pub id: PersonId,
    /// What the person is called, without a leading `@`. For showing only.
    pub name: String,
    /// Time zone, as an IANA name.
    pub zone: String,
    /// Is this an administrator of the bot?
    pub admin: bool,
    /// Is this a program rather than a human?
    pub bot: bool,
    /// False once the account was deactivated.
    pub active: bool,
}

/// A channel as the host knows it now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Channel {
    pub id: ChannelId,
    /// What the channel is called, without a leading `#`. For showing only.
    pub name: String,
    /// Is this a conversation of one person with the bot?
    pub direct: bool,
    /// True once the channel was archived or deleted.
    pub archived: bool,
}

/// An argument, read according to its [`Kind`](crate::declaration::Kind).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Value {
    Text(String),
    Integer(i64),
    Boolean(bool),
    Person(PersonId),
    Channel(ChannelId),
    Duration(Duration),
    Instant(Instant),
    /// The word as the declaration spells it.
    Choice(String),
}

/// A named argument of a command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Argument {
    pub name: String,
    pub value: Value,
}
