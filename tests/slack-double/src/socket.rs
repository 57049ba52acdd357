//! Socket Mode: the connections, and what a test can do to them.

use std::time::Duration;

use serde::{Serialize, Serializer};

use crate::{AppId, Double, SocketId, double::must, record::seconds};

/// A connection as it is now.
#[derive(Clone, Debug, Serialize)]
pub struct SocketInfo {
    /// Which one.
    pub id: SocketId,
    /// Whose it is.
    pub app: AppId,
    /// How it is.
    pub state: SocketState,
    /// When it was opened, since the double's start.
    #[serde(serialize_with = "seconds")]
    pub opened: Duration,
    /// Whether its URL asked for `debug_reconnects`.
    pub debug_reconnects: bool,
    /// Envelopes sent on it.
    pub sent: u64,
    /// Acks received on it.
    pub acked: u64,
}

/// How a connection is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SocketState {
    /// Connected, `hello` not sent yet.
    Connected,
    /// Greeted: takes envelopes.
    Open,
    /// Greeted, and told to go; takes envelopes until it does.
    Retiring,
    /// Half-open: the double neither reads nor writes, but the connection stands.
    Silent,
    /// Gone.
    Closed,
}

/// Why Slack tells a connection to go ("Using Socket Mode", and Slack's own SDKs for the last).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// It will be refreshed in about 10 seconds.
    Warning,
    /// It is refreshed now.
    RefreshRequested,
    /// Socket Mode was switched off for the app: `apps.connections.open` is refused from here on.
    LinkDisabled,
    /// The app holds more connections than it may.
    TooManyWebsockets,
    /// Anything else, also what Slack may yet invent.
    Other(String),
}

/// How well an app's connections covered a stretch of time.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Coverage {
    /// How long no greeted socket was open, in total.
    #[serde(serialize_with = "seconds")]
    pub without: Duration,
    /// Each such gap: when it began since the double's start, and how long it lasted.
    #[serde(serialize_with = "gaps_in_seconds")]
    pub gaps: Vec<(Duration, Duration)>,
    /// The most sockets open at once.
    pub most: usize,
    /// The fewest sockets open at once.
    pub fewest: usize,
}

impl Reason {
    /// As the `disconnect` frame says it.
    pub(crate) fn as_str(&self) -> &str {
        match self {
            Self::Warning => "warning",
            Self::RefreshRequested => "refresh_requested",
            Self::LinkDisabled => "link_disabled",
            Self::TooManyWebsockets => "too_many_websockets",
            Self::Other(reason) => reason,
        }
    }

    /// The reason of that name.
    pub(crate) fn named(name: &str) -> Self {
        match name {
            "warning" => Self::Warning,
            "refresh_requested" => Self::RefreshRequested,
            "link_disabled" => Self::LinkDisabled,
            "too_many_websockets" => Self::TooManyWebsockets,
            other => Self::Other(other.into()),
        }
    }
}

impl Coverage {
    /// Reads a gauge, which says how many sockets there were from when on.
    pub(crate) fn of(gauge: &[(Duration, usize)], since: Duration, now: Duration) -> Self {
        let before = gauge.iter().rev().find(|(at, _)| *at <= since).map_or(0, |(_, count)| *count);
        let steps: Vec<(Duration, usize)> =
            std::iter::once((since, before)).chain(gauge.iter().copied().filter(|(at, _)| *at > since && *at <= now)).collect();
        let ends = steps.iter().skip(1).map(|(at, _)| *at).chain([now]);
        let mut coverage = Self { most: before, fewest: before, ..Self::default() };
        for (&(at, count), end) in steps.iter().zip(ends) {
            coverage.most = coverage.most.max(count);
            coverage.fewest = coverage.fewest.min(count);
            if count == 0 && end > at {
                coverage.without += end - at;
                coverage.add_gap(at, end);
            }
        }
        coverage
    }

    /// A gap that begins where the last one ended is the same gap.
    fn add_gap(&mut self, at: Duration, end: Duration) {
        match self.gaps.last_mut() {
            Some((began, lasted)) if *began + *lasted == at => *lasted += end - at,
            _ => self.gaps.push((at, end - at)),
        }
    }
}

impl Double {
    /// The app's connections that stand, oldest first.
    pub fn sockets(&self, app: &AppId) -> Vec<SocketInfo> {
        self.shared.state().sockets_of(app)
    }

    /// Tells a connection to go, and closes it after `then` if the client has not; it stays if `None`.
    #[expect(clippy::needless_pass_by_value, reason = "a call reads better without a borrow of what is made for it")]
    pub fn refresh(&self, socket: SocketId, reason: Reason, then: Option<Duration>) {
        self.shared.state().refresh(socket, &reason, then);
    }

    /// Drops the TCP connection, both halves, without a word.
    pub fn cut(&self, socket: SocketId) {
        self.shared.state().cut_socket(socket);
    }

    /// Makes the connection half-open: the double stops reading, writing and answering pings, and envelopes still go to it.
    pub fn silence(&self, socket: SocketId) {
        self.shared.state().silence(socket, true);
    }

    /// Lets a silenced connection go on where it stopped.
    pub fn revive(&self, socket: SocketId) {
        self.shared.state().silence(socket, false);
    }

    /// Whether new sockets are refused with a 503 at the upgrade.
    pub fn refuse_connections(&self, refuse: bool) {
        self.shared.state().gate.refuses = refuse;
    }

    /// How many new sockets are left without a `hello`.
    pub fn withhold_hello(&self, times: usize) {
        self.shared.state().gate.without_hello = times;
    }

    /// Switches the app's Socket Mode off or on. Off: every socket is told `link_disabled` and closed, and none can be opened.
    pub fn set_socket_mode(&self, app: &AppId, on: bool) {
        must(self.shared.state().set_socket_mode(app, on));
    }

    /// How often `apps.connections.open` was answered with a URL.
    pub fn opens(&self, app: &AppId) -> u64 {
        must(self.shared.state().app(app)).opens
    }

    /// How well the app's connections covered the time from `since` (since the double's start, see [`Double::now`]) to now.
    pub fn coverage(&self, app: &AppId, since: Duration) -> Coverage {
        let state = self.shared.state();
        Coverage::of(&must(state.app(app)).gauge, since, state.clock.elapsed())
    }
}

fn gaps_in_seconds<S: Serializer>(gaps: &[(Duration, Duration)], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(gaps.iter().map(|(at, lasted)| (at.as_secs_f64(), lasted.as_secs_f64())))
}
