//! Invocations of a lane that share a flush: what one does, the next sees before it is on disk.

use super::answer::said;
use super::{Invoker, Item, reference};
use crate::capabilities::Pending;
use crate::keeper::Failed;
use crate::ledger::{AuditEntry, Commit, LedgerError};
use crate::model::{PluginName, What};
use crate::plugins::live::Turn;
use crate::texts;
use std::pin::pin;
use std::time::Duration;

/// Invocations whose effects are committed together.
#[derive(Debug)]
struct Share {
    began: std::time::Instant,
    items: Vec<Item>,
    /// One for each item.
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
        Self {
            began: std::time::Instant::now(),
            items: Vec::new(),
            commits: Vec::new(),
            pending: Pending::default(),
            full: false,
            turn: None,
        }
    }

    /// May this be committed with what is there?
    fn takes(&self, item: &Item) -> bool {
        self.commits.is_empty() || (shares(item) && !self.full && self.began.elapsed() < SHARED)
    }

    fn add(&mut self, item: Item, commit: Commit) {
        self.pending.add(&commit.effects);
        let is_answer = commit.timer.is_some() && !is_from_outside(&item);
        self.full |= !commit.effects.questions.is_empty() || is_answer;
        self.items.push(item);
        self.commits.push(commit);
    }

    /// What is to be committed now; another share begins in the same turn.
    fn take(&mut self) -> (Vec<Item>, Vec<Commit>) {
        let next = Self { turn: self.turn.take(), ..Self::new() };
        let Self { items, commits, .. } = std::mem::replace(self, next);
        (items, commits)
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
            let (commit, failed) = self.invoke_after(&mut share, &item).await;
            if let Some(failed) = failed {
                self.close(&mut share).await;
                self.keeper.failed(failed).await;
            }
            let is_last = !shares(&item);
            share.add(item, commit);
            if is_last {
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
    async fn invoke_after(&self, share: &mut Share, item: &Item) -> (Commit, Option<Failed>) {
        let pending = share.pending.clone();
        let mut invocation = pin!(self.invoke(item, &pending));
        if share.commits.is_empty() {
            return invocation.await;
        }
        if let Ok(ended) = tokio::time::timeout(SHARED, &mut invocation).await {
            return ended;
        }
        let as_seen = self.commit(share.take()).await;
        let ended = invocation.await;
        // If what it has seen does not hold, neither does what it did.
        if as_seen { ended } else { self.invoke(item, &Pending::default()).await }
    }

    /// Commits what waits for it, and lets the build be exchanged.
    async fn close(&self, share: &mut Share) {
        self.commit(share.take()).await;
        share.turn = None;
    }

    /// False if it was not kept as it was seen.
    async fn commit(&self, (items, commits): (Vec<Item>, Vec<Commit>)) -> bool {
        if commits.is_empty() {
            return true;
        }
        let Err(why) = self.ledger.commit_all(commits).await else { return true };
        if !self.has_stopped(&why) {
            tracing::warn!(%why, "invocations that shared a commit are run again, one by one");
            for item in &items {
                self.redo(item).await;
            }
        }
        false
    }

    /// Runs and commits an invocation on its own, before anything that came after it. If the ledger refuses that, it would refuse it after a
    /// restart as well: the event ends without effects, and the person gets an apology.
    async fn redo(&self, item: &Item) {
        let (commit, _) = self.invoke(item, &Pending::default()).await;
        let instead = Commit {
            effects: said(item, texts::apology(&item.plugin, &reference(item), None)),
            timer: item.event.what.timer(),
            audit: AuditEntry { outcome: "ledger".to_owned(), data: String::new(), about: String::new(), ..commit.audit.clone() },
            recording: None,
            ..commit.clone()
        };
        let Err(why) = self.ledger.commit(commit).await else { return };
        if self.has_stopped(&why) {
            return;
        }
        tracing::error!(reference = instead.audit.reference, %why, "the ledger refuses the effects of an invocation");
        let instead = Commit { audit: AuditEntry { detail: why.to_string(), ..instead.audit }, ..instead };
        if let Err(why) = self.ledger.commit(instead).await
            && !self.has_stopped(&why)
        {
            tracing::error!(event = item.id.0, %why, "an event cannot be finished; it is tried again at the next start");
        }
    }

    /// Stops the host if the ledger has stopped: the next start finds these events unfinished, in the same order.
    fn has_stopped(&self, why: &LedgerError) -> bool {
        let has_stopped = matches!(why, LedgerError::Stopped(_));
        if has_stopped {
            tracing::error!(%why, "so does the host, and starts again from what is on disk");
            self.stop.cancel();
        }
        has_stopped
    }
}
