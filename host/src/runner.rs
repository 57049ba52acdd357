//! One run of a build: what it is given, what came of it, and the recording from which it can be run again.

use crate::capabilities::{Circumstances, Invocation, Pending, World};
use crate::directory::Directory;
use crate::ledger::{Ledger, Past, Recording};
use crate::model::{Effects, Event, EventId, PluginName, WorkspaceId};
use crate::plugins::Engine;
use crate::plugins::generation::{Done, Failure, Generation, Outcome};
use crate::plugins::instance::Crash;
use crate::plugins::settings::{self, Values};
use crate::router::Handed;
use hatstand_common::value::{Instant, Person, PersonId, Place};
use sha2::{Digest, Sha256};
use std::sync::Arc;

/// Names an invocation in chat, log and audit. The same event for the same plugin always gives the same.
pub fn reference(event: &Event, plugin: &PluginName) -> String {
    let digest = digest(event, plugin);
    format!("{:02x}{:02x}{:02x}", digest[0], digest[1], digest[2])
}

/// Seed for chance: the same event for the same plugin always gives the same.
pub fn seed(event: &Event, plugin: &PluginName) -> u64 {
    let digest = digest(event, plugin);
    u64::from_be_bytes(digest[8..16].try_into().expect("eight bytes"))
}

fn digest(event: &Event, plugin: &PluginName) -> [u8; 32] {
    let mut hasher = Sha256::new();
    for part in [&event.workspace.0, &event.key, &plugin.0] {
        hasher.update(part.as_bytes());
        hasher.update([0]);
    }
    hasher.update(event.at.0.to_be_bytes());
    hasher.finalize().into()
}

/// What every run needs.
#[derive(Clone, Debug)]
pub struct Runner {
    pub ledger: Arc<dyn Ledger>,
    pub engine: Arc<Engine>,
    pub directory: Arc<Directory>,
}

/// What is handed to a build, and the circumstances.
#[derive(Clone, Debug)]
pub struct Run {
    pub workspace: WorkspaceId,
    pub event: EventId,
    pub reference: String,
    /// For chance.
    pub seed: u64,
    pub place: Option<Place>,
    pub person: Option<Person>,
    /// Who did it, also if that is not known as a person.
    pub by: Option<PersonId>,
    pub now: Instant,
    pub handed: Handed,
}

/// What came of it.
#[derive(Debug)]
pub struct Ran {
    /// Void unless the run ended well.
    pub effects: Effects,
    pub ending: Ending,
    pub recording: Box<Recording>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ending {
    Well(Outcome),
    /// The plugin said no.
    Failed(Failure),
    /// It did not return.
    Crashed(Crash),
}

impl Ending {
    /// A stable word for the audit.
    pub fn code(&self) -> String {
        match self {
            Ending::Well(Outcome { code, .. }) if code.is_empty() => "ok".to_owned(),
            Ending::Well(Outcome { code, .. }) => code.clone(),
            Ending::Failed(Failure::Usage(_)) => "usage".to_owned(),
            Ending::Failed(Failure::Refused(_)) => "refused".to_owned(),
            Ending::Failed(Failure::Broken(_)) => "broken".to_owned(),
            Ending::Crashed(crash) => crash.code().to_owned(),
        }
    }

    /// Is the build to blame, whoever did whatever? Then why.
    pub fn fault(&self) -> Option<String> {
        match self {
            Ending::Failed(Failure::Broken(why)) => Some(why.clone()),
            // Not being able to read the ledger is nobody's fault.
            Ending::Crashed(Crash::Ledger(_)) | Ending::Well(_) | Ending::Failed(_) => None,
            Ending::Crashed(Crash::Panicked(text)) => Some(one_line(text)),
            Ending::Crashed(crash) => Some(crash.to_string()),
        }
    }
}

/// A panic in one line: where, and what was said. Of anything else the first line.
pub fn one_line(text: &str) -> String {
    let mut lines = text.lines();
    let (place, why) = (lines.next().unwrap_or_default(), lines.next().unwrap_or_default());
    match place.split_once("panicked at ") {
        Some((_, place)) => format!("it panicked at {place} {why}").trim_end_matches([' ', ':']).to_owned(),
        None => place.to_owned(),
    }
}

impl Runner {
    /// Runs a build in the world as it is, as if these effects were committed.
    pub async fn run(&self, generation: &Generation, run: Run, pending: &Pending) -> Ran {
        let (ledger, directory) = (Arc::clone(&self.ledger), Arc::clone(&self.directory));
        let world = Arc::new(World::now(ledger, directory, run.workspace.clone(), generation.name.clone()).with_actor(run.person.clone()));
        let settings = self.settings(&run.workspace, generation).await;
        let invocation = invocation(generation, &run, &settings, &world).after(pending);
        let (effects, ending) = end(generation, &self.engine, invocation, run.clone()).await;
        let recording = Box::new(Recording {
            reference: run.reference,
            plugin: generation.name.clone(),
            workspace: run.workspace,
            event: run.event,
            digest: generation.digest.as_str().to_owned(),
            place: run.place,
            person: run.person,
            by: run.by,
            now: run.now,
            seed: run.seed,
            handed: run.handed,
            grants: generation.grants.given().map(str::to_owned).collect(),
            settings,
            told: world.told(),
            outcome: ending.code(),
            effects: effects.clone(),
        });
        Ran { effects, ending, recording }
    }

    /// What is set for a plugin in this workspace, in chat or by the operator.
    async fn settings(&self, workspace: &WorkspaceId, generation: &Generation) -> Arc<Values> {
        match self.ledger.settings(workspace, &generation.name).await {
            Ok(in_chat) if in_chat.is_empty() => Arc::clone(&generation.settings),
            Ok(in_chat) => Arc::new(generation.settings_with(&in_chat).0),
            Err(why) => {
                tracing::error!(plugin = %generation.name, %why, "what was set in chat cannot be read");
                Arc::clone(&generation.settings)
            }
        }
    }
}

/// Runs a build in the world as it was, with the settings of then. Nothing of it takes effect.
pub async fn again(engine: &Engine, generation: &Generation, past: &Past) -> (Effects, Ending) {
    let Recording { workspace, event, reference, seed, place, person, by, now, handed, settings, .. } = past.recording.clone();
    let run = Run { workspace, event, reference, seed, place, person, by, now, handed };
    let settings = settings::over_as_they_fit(&generation.settings, &generation.description.settings, &settings);
    let world = Arc::new(World::then(past.clone()));
    let invocation = invocation(generation, &run, &Arc::new(settings), &world);
    end(generation, engine, invocation, run).await
}

fn invocation(generation: &Generation, run: &Run, settings: &Arc<Values>, world: &Arc<World>) -> Invocation {
    Invocation::from(Circumstances {
        plugin: generation.name.clone(),
        workspace: run.workspace.clone(),
        event: run.event,
        reference: run.reference.clone(),
        place: run.place.clone(),
        person: run.by.clone(),
        now: run.now,
        grants: Arc::clone(&generation.grants),
        settings: Arc::clone(settings),
        limits: generation.limits,
        world: Arc::clone(world),
        diary: Arc::clone(&generation.diary),
    })
}

async fn end(generation: &Generation, engine: &Engine, invocation: Invocation, run: Run) -> (Effects, Ending) {
    match generation.handle(engine, invocation, run.person, run.seed, run.handed).await {
        Ok(Done { effects, returned: Ok(outcome) }) => (effects, Ending::Well(outcome)),
        Ok(Done { returned: Err(failure), .. }) => (Effects::default(), Ending::Failed(failure)),
        Err(crash) => (Effects::default(), Ending::Crashed(crash)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_told_in_one_line() {
        let text = "thread '<unnamed>' (1) panicked at src/lib.rs:16:9:\nI cannot go on\nnote: run with `RUST_BACKTRACE=1`";
        assert_eq!(one_line(text), "it panicked at src/lib.rs:16:9: I cannot go on");
        assert_eq!(one_line("thread 'main' panicked at src/lib.rs:16:9:"), "it panicked at src/lib.rs:16:9");
        assert_eq!(one_line("memory allocation failed\nand more"), "memory allocation failed");
    }
}
