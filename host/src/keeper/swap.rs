//! The swap: code and data change together, between two invocations.

use super::{Keeper, Life, not_kept};
use crate::capabilities::Pending;
use crate::ledger::{self, AuditEntry, Cause, Commit, Leaving, MeasureChange};
use crate::model::{Event, What, WorkspaceId};
use crate::plugins::{Candidate, Generation, Rejection};
use crate::router::Handed;
use crate::runner::{Ending, Ran, Run, reference, seed};
use hatstand_common::value::PersonId;
use std::time::Instant;

/// Why there is a swap, and what is decided with it.
#[derive(Clone, Debug)]
pub(super) struct Swapping {
    pub cause: Cause,
    /// Why the build before stops serving.
    pub before: Leaving,
    pub by: Option<PersonId>,
    /// The invocation that wants it.
    pub reference: String,
    pub measures: Vec<MeasureChange>,
}

impl Swapping {
    pub(super) fn new(cause: Cause, before: Leaving) -> Self {
        Self { cause, before, by: None, reference: String::new(), measures: Vec::new() }
    }
}

impl Keeper {
    /// From when this returns, the candidate serves, and nothing that the one before did comes after it. If it fails, nothing has changed.
    pub(super) async fn swap(&self, candidate: Candidate, swapping: Swapping, life: &Life) -> Result<(), Rejection> {
        let Candidate { generation, bytes, began } = candidate;
        let Swapping { cause, before, by, reference, measures } = swapping;
        let _pause = self.plugins.pause(&generation.name).await;
        let told = self.tell(&generation, life).await?;
        let served = ledger::Generation {
            plugin: generation.name.clone(),
            version: generation.description.version.clone(),
            digest: generation.digest.as_str().to_owned(),
            state: generation.description.state_version(),
            at: self.clock.now(),
            cause,
            by,
            reference,
            left: None,
        };
        let swap = ledger::Swap { generation: served, bytes, before, told, measures };
        self.runner.ledger.swap(swap).await.map_err(not_kept)?;
        self.forget_failures(&generation.name);
        self.warn_of_misfits(&generation).await;
        self.plugins.serve(generation, began)
    }

    /// Tells the build that it is new, or that another one was there before, if it wants to know; returns what it did.
    async fn tell(&self, generation: &Generation, life: &Life) -> Result<Vec<Commit>, Rejection> {
        let Some((kind, what)) = news(generation, life) else { return Ok(Vec::new()) };
        if !generation.description.subscriptions.iter().any(|name| name == kind) {
            return Ok(Vec::new());
        }
        let mut commits = Vec::new();
        for workspace in self.runner.directory.workspaces() {
            commits.push(self.tell_in(workspace, generation, kind, what.clone()).await?);
        }
        Ok(commits)
    }

    async fn tell_in(&self, workspace: &WorkspaceId, generation: &Generation, kind: &str, what: What) -> Result<Commit, Rejection> {
        let (began, now) = (Instant::now(), self.clock.now());
        let key = format!("{kind}:{}:{}:{:016x}", generation.name, generation.digest.short(), rand::random::<u64>());
        let event = Event { workspace: workspace.clone(), key, at: now, place: None, person: None, what };
        let handed = match &event.what {
            What::Upgraded { previous, .. } => Handed::Upgraded { previous: previous.clone() },
            _ => Handed::Installed,
        };
        let id = self.runner.ledger.reserve(event.clone()).await.map_err(not_kept)?;
        let reference = reference(&event, &generation.name);
        let seed = seed(&event, &generation.name);
        let run = Run {
            workspace: workspace.clone(),
            event: id,
            reference: reference.clone(),
            seed,
            place: None,
            person: None,
            by: None,
            now,
            handed,
        };
        let Ran { effects, ending, recording } = self.runner.run(generation, run, &Pending::default()).await;
        let outcome = ending.code();
        let data = match ending {
            Ending::Well(outcome) => outcome.data,
            ending => return Err(failed(generation, &ending)),
        };
        let audit = AuditEntry {
            reference,
            at: now,
            workspace: workspace.clone(),
            place: None,
            channel: String::new(),
            person: None,
            called: String::new(),
            plugin: generation.name.clone(),
            build: generation.build(),
            event: Some(id),
            line: String::new(),
            what: kind.to_owned(),
            rule: String::new(),
            outcome,
            detail: String::new(),
            data,
            took: began.elapsed(),
        };
        Ok(Commit {
            event: id,
            workspace: workspace.clone(),
            plugin: generation.name.clone(),
            concerned: 1,
            effects,
            timer: None,
            again: None,
            audit,
            recording: Some(recording),
        })
    }
}

/// What there is to tell. The same build again is no news.
fn news(generation: &Generation, life: &Life) -> Option<(&'static str, What)> {
    let plugin = generation.name.clone();
    match &life.last {
        None => Some(("installed", What::Installed { plugin })),
        Some(last) if last.digest == generation.digest.as_str() => None,
        Some(last) => Some(("upgraded", What::Upgraded { plugin, previous: last.version.clone() })),
    }
}

fn failed(generation: &Generation, ending: &Ending) -> Rejection {
    let why = ending.fault().unwrap_or_else(|| format!("it answered `{}`", ending.code()));
    Rejection::FailedUpgrade { plugin: generation.name.0.clone(), version: generation.description.version.clone(), why }
}
