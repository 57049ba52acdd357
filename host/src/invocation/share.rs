//! Invocations of a lane that share a flush: what one does, the next sees before it is on disk.

use super::{Invoker, Item};
use crate::capabilities::Pending;
use crate::keeper::Failed;
use crate::ledger::{Commit, LedgerError};
use crate::model::{PluginName, What};
use crate::plugins::live::Turn;
use std::pin::pin;
use std::time::Duration;

/// Invocations whose effects are committed together.
#[derive(Debug)]
struct Share {
    began: std::time::Instant,
    commits: Vec<Commit>,
    pending: Pending,
    /// What comes next may be an answer: it has to find the questions in the ledger as they stand.
    full: bool,
    /// No build is exchanged while one of its invocations is not committed.
    turn: Option<Turn>,
}

/// How long commands may keep each other waiting to share a flush: less than one takes.
const SHARED: Duration = Duration::from_millis(1);

impl Share {
    fn new() -> Self {
        Self { began: std::time::Instant::now(), commits: Vec::new(), pending: Pending::default(), full: false, turn: None }
    }

    /// May this be committed with what is there?
    fn takes(&self, item: &Item) -> bool {
        self.commits.is_empty() || (shares(item) && !self.full && self.began.elapsed() < SHARED)
    }

    fn add(&mut self, item: &Item, commit: Commit) {
        self.pending.add(&commit.effects);
        let is_answer = commit.timer.is_some() && !is_from_outside(item);
        self.full |= !commit.effects.questions.is_empty() || is_answer;
        self.commits.push(commit);
    }

    /// What is to be committed now; another share begins in the same turn.
    fn take(&mut self) -> Vec<Commit> {
        let next = Self { turn: self.turn.take(), ..Self::new() };
        std::mem::replace(self, next).commits
    }
}

/// Only commands of plugins share, and what came from outside: what else happens may depend on timers, messages and decisions as they stand
/// in the ledger.
fn shares(item: &Item) -> bool {
    (matches!(item.event.what, What::Said(_) | What::Called(_)) || is_from_outside(item)) && item.plugin != PluginName::host()
}

fn is_from_outside(item: &Item) -> bool {
    matches!(item.event.what, What::Responded { .. } | What::Received { .. })
}

impl Invoker {
    /// Runs what waits in a lane, one after another, each to its end, whatever that is.
    pub async fn run(&self, items: Vec<Item>) {
        let mut share = Share::new();
        for item in items {
            let wait = self.wait_for(&item);
            if !wait.is_zero() {
                self.close(&mut share).await;
                self.stop.run_until_cancelled(tokio::time::sleep(wait)).await;
            }
            if !share.takes(&item) {
                self.close(&mut share).await;
            }
            if share.turn.is_none() {
                share.turn = Some(self.plugins.turn(&item.plugin).await);
            }
            let Some((commit, failed)) = self.invoke_after(&mut share, &item).await else { continue };
            if let Some(failed) = failed {
                self.close(&mut share).await;
                self.keeper.failed(failed).await;
            }
            share.add(&item, commit);
            if !shares(&item) {
                self.close(&mut share).await;
            }
        }
        self.close(&mut share).await;
    }

    /// How long the plugin has to wait for its next invocation.
    fn wait_for(&self, item: &Item) -> Duration {
        let registry = self.plugins.registry();
        let limit = registry.live(&item.plugin).map_or(0, |build| build.limits.invocations_per_second);
        self.paces.take(&item.event.workspace, &item.plugin, limit, std::time::Instant::now())
    }

    /// Runs one invocation, as if those of the share were committed. If it takes long, they are, and do not wait for it.
    async fn invoke_after(&self, share: &mut Share, item: &Item) -> Option<(Commit, Option<Failed>)> {
        let pending = share.pending.clone();
        let mut invocation = pin!(self.invoke(item, &pending));
        if share.commits.is_empty() {
            return Some(invocation.await);
        }
        if let Ok(ended) = tokio::time::timeout(SHARED, &mut invocation).await {
            return Some(ended);
        }
        let kept = self.commit(share.take()).await;
        let ended = invocation.await;
        // What it has seen does not hold: neither does what it did.
        kept.then_some(ended)
    }

    /// Commits what waits for it, and lets the build be exchanged.
    async fn close(&self, share: &mut Share) {
        self.commit(share.take()).await;
        share.turn = None;
    }

    /// False if nothing of it was kept.
    async fn commit(&self, commits: Vec<Commit>) -> bool {
        if commits.is_empty() {
            return true;
        }
        let references: Vec<String> = commits.iter().map(|commit| commit.audit.reference.clone()).collect();
        match self.ledger.commit_all(commits).await {
            Ok(_) => return true,
            Err(LedgerError::Stopped(why)) => {
                tracing::error!(why, "the ledger has stopped; so does the host, and starts again from what is on disk");
                self.stop.cancel();
            }
            Err(why) => {
                tracing::error!(?references, %why, "nothing of these invocations was kept; the events are tried again at the next start");
            }
        }
        false
    }
}
