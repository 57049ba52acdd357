//! Keeps an app connected: as many connections as asked for, each replaced before it ends.
//!
//! ```text
//!               hello                  Slack wants another           successor ready
//! opening ────────────────▶ ready ─────────────────────────▶ retiring ─────────────▶ (closed after a farewell)
//!    ▲  │ no hello            │ cut                              └──▶ its place opens a successor at once
//!    │  ▼                     ▼
//!    └─ backing off ◀─────────┘          any ──▶ stopped(why): a token that is no good, Socket Mode switched off
//! ```

use super::envelope::Reason;
use super::socket::{self, Ending, OpenError, Receiver, Reins, Socket};
use super::times::Times;
use super::web::{Web, WebError};
use crate::secrets::Token;
use backon::{BackoffBuilder, ExponentialBackoff, ExponentialBuilder};
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// Where one place of the connection is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// Asking for a ticket, connecting, waiting for the hello.
    Opening,
    /// Slack sends; `connections` is how many this app has in all.
    Ready { connections: u64 },
    /// Slack wants another one to be opened; this one is still read.
    Retiring,
    /// Another try after a pause.
    BackingOff { why: String, pause: Duration },
    /// Nothing helps but what the sentence says.
    Stopped { why: String },
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            State::Opening => f.write_str("opening"),
            State::Ready { connections } => write!(f, "ready (connections of this app: {connections})"),
            State::Retiring => f.write_str("retiring"),
            State::BackingOff { why, pause } => write!(f, "backing off for {pause:.1?}: {why}"),
            State::Stopped { why } => write!(f, "stopped: {why}"),
        }
    }
}

/// The state of each place.
pub type Status = Vec<State>;

/// What a connection is made of.
#[derive(Debug)]
pub struct Connection {
    pub web: Web,
    pub app: Token,
    pub times: Times,
    pub receiver: Arc<dyn Receiver>,
    pub status: watch::Sender<Status>,
    pub stop: CancellationToken,
    /// How many connections of ours Slack may count, with those that retire.
    pub open: Arc<AtomicU64>,
}

impl Connection {
    /// Keeps `places` connections open until it is told to stop, or until nothing helps any more: then it says why.
    pub async fn run(self: Arc<Self>, places: usize) -> Result<(), String> {
        self.status.send_replace(vec![State::Opening; places]);
        let tasks: Vec<_> = (0..places).map(|place| tokio::spawn(Arc::clone(&self).keep(place))).collect();
        let mut ended = Ok(());
        for task in tasks {
            let kept = task.await.unwrap_or_else(|why| Err(why.to_string()));
            ended = ended.and(kept);
        }
        ended
    }

    /// Keeps one place filled.
    async fn keep(self: Arc<Self>, place: usize) -> Result<(), String> {
        let mut pauses = self.pauses();
        let mut crowded = self.crowded_pauses();
        let mut predecessor: Option<Predecessor> = None;
        loop {
            self.show(place, State::Opening);
            let began = Instant::now();
            let opened = self.stop.run_until_cancelled(socket::open(&self.web, &self.app, &self.times)).await;
            // What an attempt took is a pause too: else one that hangs would put off the next.
            let spent = began.elapsed();
            let trouble = match opened {
                None => break,
                Some(Err(why)) => Trouble::from(&why),
                Some(Ok(socket)) => {
                    (pauses, crowded) = (self.pauses(), self.crowded_pauses());
                    if let Some(old) = predecessor.take() {
                        old.leave_after(self.times.farewell);
                    }
                    self.show(place, State::Ready { connections: socket.hello.connections });
                    self.warn_of_others(socket.hello.connections);
                    match self.serve(place, socket).await {
                        Served::Successor(old) => {
                            predecessor = Some(old);
                            continue;
                        }
                        Served::Ended(Ending::Left) => break,
                        Served::Ended(ending) => Trouble::from(ending),
                    }
                }
            };
            let pause = match trouble {
                Trouble::Fatal(why) => {
                    tracing::error!(place, why, "the connection to Slack has stopped");
                    self.show(place, State::Stopped { why: why.clone() });
                    self.stop.cancel();
                    return Err(why);
                }
                Trouble::Crowded => crowded.next().unwrap_or(self.times.crowded),
                Trouble::Passing { wait, .. } => {
                    let pause = pauses.next().unwrap_or(self.times.longest_pause).saturating_sub(spent);
                    wait.unwrap_or_default().max(pause)
                }
            };
            let why = trouble.to_string();
            tracing::warn!(place, why, ?pause, "no connection to Slack; trying again");
            self.show(place, State::BackingOff { why, pause });
            if self.stop.run_until_cancelled(tokio::time::sleep(pause)).await.is_none() {
                break;
            }
        }
        if let Some(old) = predecessor {
            old.leave().await;
        }
        Ok(())
    }

    /// Until the connection ends, or until a successor is wanted: then it goes on by itself.
    async fn serve(&self, place: usize, socket: Socket) -> Served {
        let reins = Reins { leave: self.stop.child_token(), ..Reins::default() };
        let mut serving = tokio::spawn({
            let (receiver, times, reins, open) = (Arc::clone(&self.receiver), self.times.clone(), reins.clone(), Arc::clone(&self.open));
            async move {
                let ending = socket.serve(receiver, &times, &reins).await;
                open.fetch_sub(1, Ordering::Relaxed);
                ending
            }
        });
        tokio::select! {
            biased;
            ended = &mut serving => Served::Ended(ended.unwrap_or_else(|why| Ending::Cut(why.to_string()))),
            () = reins.retiring.cancelled() => {
                self.show(place, State::Retiring);
                Served::Successor(Predecessor { serving, reins })
            }
        }
    }

    /// Slack gives each event to any one of an app's connections, whoever opened it.
    fn warn_of_others(&self, connections: u64) {
        let open = self.open.fetch_add(1, Ordering::Relaxed) + 1;
        // Those that open at the same moment may be counted before we count them.
        let ours = open.max(self.status.borrow().len() as u64);
        if connections > ours {
            tracing::warn!(
                connections,
                ours,
                "somebody else seems to run with this app token: then each gets only a part of the messages. See: hatstand doctor"
            );
        }
    }

    fn show(&self, place: usize, state: State) {
        tracing::info!(place, %state, "the connection to Slack");
        self.status.send_modify(|status| status[place] = state);
    }

    fn pauses(&self) -> ExponentialBackoff {
        pauses(self.times.first_pause, self.times.longest_pause)
    }

    fn crowded_pauses(&self) -> ExponentialBackoff {
        pauses(self.times.crowded, self.times.crowded * 10)
    }
}

/// Each pause is up to twice as long by chance, so that bots that fell together do not come back together; and none is longer than the
/// longest.
pub fn pauses(first: Duration, longest: Duration) -> ExponentialBackoff {
    ExponentialBuilder::new().with_min_delay(first).with_max_delay(longest / 2).with_jitter().without_max_times().build()
}

enum Served {
    Successor(Predecessor),
    Ended(Ending),
}

/// A connection that Slack retires. It is read until Slack closes it, or until its successor has been ready for a while.
struct Predecessor {
    serving: JoinHandle<Ending>,
    reins: Reins,
}

impl Predecessor {
    fn leave_after(self, farewell: Duration) {
        tokio::spawn(async move {
            tokio::time::sleep(farewell).await;
            self.leave().await;
        });
    }

    async fn leave(self) {
        self.reins.leave.cancel();
        let _ = self.serving.await;
    }
}

/// What keeps a place empty.
enum Trouble {
    Fatal(String),
    Crowded,
    Passing { why: String, wait: Option<Duration> },
}

impl From<&OpenError> for Trouble {
    fn from(why: &OpenError) -> Self {
        match why {
            OpenError::Ticket(error) if error.is_about_the_token() => {
                Trouble::Fatal(format!("{error}. Check SLACK_APP_TOKEN with: hatstand doctor"))
            }
            OpenError::Ticket(WebError::TooFast { wait, .. }) => Trouble::Passing { why: why.to_string(), wait: Some(*wait) },
            OpenError::Ticket(error @ WebError::Refused { code, .. }) if FATAL.contains(&code.as_str()) => {
                Trouble::Fatal(format!("{error}. Check the app's settings with: hatstand doctor"))
            }
            OpenError::Disconnected(Reason::Disabled) => Trouble::disabled(),
            OpenError::Disconnected(Reason::Crowded) => Trouble::Crowded,
            _ => Trouble::Passing { why: why.to_string(), wait: None },
        }
    }
}

/// From the errors on the page of `apps.connections.open`: trying again does not help.
const FATAL: [&str; 4] = ["forbidden_team", "missing_scope", "no_permission", "org_login_required"];

impl From<Ending> for Trouble {
    fn from(ending: Ending) -> Self {
        match ending {
            Ending::Disabled => Trouble::disabled(),
            Ending::Crowded => Trouble::Crowded,
            Ending::Cut(why) => Trouble::Passing { why, wait: None },
            Ending::Left => Trouble::Passing { why: "it was left".to_owned(), wait: None },
        }
    }
}

impl Trouble {
    fn disabled() -> Self {
        Trouble::Fatal(
            "Socket Mode is switched off for this app: switch it on at https://api.slack.com/apps, page Socket Mode, then start again"
                .to_owned(),
        )
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Trouble::Fatal(why) | Trouble::Passing { why, .. } => f.write_str(why),
            Trouble::Crowded => f.write_str("Slack says that this app has too many connections: does somebody else run with its token?"),
        }
    }
}
