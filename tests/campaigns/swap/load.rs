//! People who give commands at a steady pace, whatever happens, and what they are answered.

use crate::stand::Stand;
use hatstand::ledger::Recorded;
use hatstand::model::WorkspaceId;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval};

/// Commands a second.
pub const PACE: u32 = 100;

/// The workspaces over which they are spread: each has a lane of its own.
pub const WORKSPACES: usize = 4;

/// A command that was recorded.
#[derive(Clone, Debug)]
pub struct Given {
    pub event: i64,
    pub at: Instant,
}

/// An answer that was handed to the chat.
#[derive(Clone, Debug)]
pub struct Answer {
    pub text: String,
    pub at: Instant,
}

/// What was given and what came of it.
#[derive(Debug, Default)]
pub struct Traffic {
    pub given: Vec<Given>,
    /// By event, in the order in which they came.
    pub answers: BTreeMap<i64, Vec<Answer>>,
}

impl Traffic {
    /// Gives this command until the other thing has happened, and waits for all answers.
    pub async fn during<T>(stand: &mut Stand, command: &str, happening: impl Future<Output = T>) -> (Self, T) {
        let mut traffic = Self::default();
        let mut happening = std::pin::pin!(happening);
        let mut pace = interval(Duration::from_secs(1) / PACE);
        // Whoever waits for the bot does not hurry afterwards.
        pace.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut giving = JoinSet::new();
        let mut number = 0;
        let came = loop {
            tokio::select! {
                came = &mut happening => break came,
                _ = pace.tick() => {
                    number += 1;
                    let workspace = WorkspaceId(format!("w{}", number % WORKSPACES));
                    let event = stand.event(&workspace, command);
                    let (intake, at) = (stand.host.intake.clone(), Instant::now());
                    giving.spawn(async move { (intake.take(event).await, at) });
                }
                Some(given) = giving.join_next() => traffic.note(given.expect("it is given")),
                Some(handed) = stand.handed.recv() => traffic.answered(handed.event, Answer { text: handed.text, at: handed.at }),
            }
        };
        while let Some(given) = giving.join_next().await {
            traffic.note(given.expect("it is given"));
        }
        stand.host.settled().await.expect("the ledger can be read");
        while let Ok(handed) = stand.handed.try_recv() {
            traffic.answered(handed.event, Answer { text: handed.text, at: handed.at });
        }
        (traffic, came)
    }

    fn note(&mut self, (taken, at): (hatstand::ledger::Result<Option<Recorded>>, Instant)) {
        match taken.expect("it is recorded") {
            Some(Recorded::New(event)) => self.given.push(Given { event: event.0, at }),
            other => panic!("it is new, and somebody listens: {other:?}"),
        }
    }

    fn answered(&mut self, event: i64, answer: Answer) {
        self.answers.entry(event).or_default().push(answer);
    }

    /// How long each waited for the answer.
    pub fn waits(&self) -> Vec<Duration> {
        let wait = |given: &Given| Some(self.answers.get(&given.event)?.first()?.at.saturating_duration_since(given.at));
        self.given.iter().filter_map(wait).collect()
    }
}
