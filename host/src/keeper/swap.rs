//! The swap: code and data change together, between two invocations.

use super::{Keeper, Life};
use crate::capabilities::Pending;
use crate::ledger::{self, AuditEntry, Cause, Commit, Leaving, MeasureChange};
use crate::model::{Event, What, WorkspaceId};
use crate::plugins::{Candidate, Generation, Rejection};
use crate::router::{Handed, MIGRATE};
use crate::runner::{Ending, Ran, Run, reference};
use hatstand_common::value::PersonId;
use std::sync::Arc;
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
        // Another plugin may have its commands by now.
        self.plugins.registry().with(Arc::clone(&generation))?;
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
        self.runner.ledger.swap(swap).await?;
        self.forget_failures(&generation.name);
        self.warn_of_misfits(&generation).await;
        self.plugins.serve(generation, began)
    }

    /// Tells the build what it wants to know about itself, in every workspace; returns what it did.
    async fn tell(&self, generation: &Generation, life: &Life) -> Result<Vec<Commit>, Rejection> {
        let mut commits = Vec::new();
        for workspace in self.runner.directory.workspaces() {
            let mut pending = Pending::default();
            for news in news(generation, life) {
                let commit = self.tell_in(workspace, generation, news, &pending).await?;
                pending.add(&commit.effects);
                commits.push(commit);
            }
        }
        Ok(commits)
    }

    async fn tell_in(
        &self,
        workspace: &WorkspaceId,
        generation: &Generation,
        News { kind, what, handed }: News,
        pending: &Pending,
    ) -> Result<Commit, Rejection> {
        let (began, now) = (Instant::now(), self.clock.now());
        let key = format!("{kind}:{}:{}:{:016x}", generation.name, generation.digest.short(), rand::random::<u64>());
        let event = Event { workspace: workspace.clone(), key, at: now, place: None, person: None, what };
        let id = self.runner.ledger.reserve(event.clone()).await?;
        let reference = reference(&event, &generation.name);
        let seed = self.runner.chance.seed(&event, &generation.name);
        let run = Run {
            workspace: workspace.clone(),
            event: id,
            reference: reference.clone(),
            seed,
            place: None,
            person: None,
            by: None,
            now,
            handed: Arc::new(handed),
        };
        let Ran { effects, ending, recording } = self.runner.run(generation, run, pending).await;
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
            about: effects.about.clone(),
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

/// Something that a build is told about itself.
struct News {
    kind: &'static str,
    what: What,
    handed: Handed,
}

/// What there is to tell, in order. The same build again is no news.
fn news(generation: &Generation, life: &Life) -> Vec<News> {
    let plugin = generation.name.clone();
    let wants = |kind| generation.description.subscriptions.iter().any(|name| name == kind);
    let news = match &life.last {
        None => vec![News { kind: "installed", what: What::Installed { plugin }, handed: Handed::Installed }],
        Some(last) if last.digest == generation.digest.as_str() => Vec::new(),
        Some(last) => {
            let previous = last.version.clone();
            let what = What::Upgraded { plugin, previous: previous.clone() };
            let upgraded = News { kind: "upgraded", what: what.clone(), handed: Handed::Upgraded { previous } };
            migration(generation, life, what).into_iter().chain([upgraded]).collect()
        }
    };
    news.into_iter().filter(|news| wants(news.kind)).collect()
}

/// From how the plugin keeps things to how this build does.
fn migration(generation: &Generation, life: &Life, what: What) -> Option<News> {
    let (from, to) = (life.state(), generation.description.state_version());
    let payload = format!(r#"{{"from": {from}, "to": {to}}}"#);
    (from < to).then(|| News { kind: MIGRATE, what, handed: Handed::Other { name: MIGRATE.to_owned(), payload } })
}

fn failed(generation: &Generation, ending: &Ending) -> Rejection {
    let why = ending.fault().unwrap_or_else(|| format!("it answered `{}`", ending.code()));
    Rejection::FailedUpgrade { plugin: generation.name.0.clone(), version: generation.description.version.clone(), why }
}
