//! The self-check: a build is run with what its plugin was given last, in the world as it was then. Nothing of it takes effect.

use super::Keeper;
use crate::plugins::{Digest, Generation, Rejection};
use crate::replay::{Line, Replay};
use crate::router::{Handed, MIGRATE};
use std::sync::PoisonError;
use std::time::{Duration, Instant};

/// How many of the last invocations are run again.
const INVOCATIONS: usize = 20;

/// A swap does not wait longer for the rehearsal than it takes for the invocation at which this is over.
const TIME: Duration = Duration::from_millis(300);

/// What came of a rehearsal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rehearsal {
    pub digest: Digest,
    pub tried: usize,
    /// The invocations in which this build does something else than the one that ran then.
    pub different: Vec<String>,
    /// What is different in the first of them.
    pub first: Vec<Line>,
}

impl Keeper {
    /// A run that fails in a way in which it did not then keeps the build out. The newest come first: there may not be time for all.
    pub(super) async fn rehearse(&self, generation: &Generation) -> Result<(), Rejection> {
        let began = Instant::now();
        let last = self.runner.ledger.last_recordings(&generation.name, INVOCATIONS).await?;
        let mut rehearsal = Rehearsal { digest: generation.digest.clone(), tried: 0, different: Vec::new(), first: Vec::new() };
        for past in last.into_iter().filter(|past| takes(generation, &past.recording.handed)) {
            if began.elapsed() > TIME {
                break;
            }
            let reference = past.recording.reference.clone();
            let replay = Replay::of(&self.runner.engine, generation, past).await;
            if let Some(why) = replay.new_fault() {
                let (plugin, version) = (generation.name.0.clone(), generation.description.version.clone());
                return Err(Rejection::FailedRehearsal { plugin, version, why, reference });
            }
            rehearsal.tried += 1;
            let different = replay.different();
            if !different.is_empty() {
                rehearsal.first = different;
                rehearsal.different.insert(0, reference);
            }
        }
        tracing::info!(plugin = %generation.name, tried = rehearsal.tried, different = ?rehearsal.different, took = ?began.elapsed(), "rehearsed");
        self.rehearsals.lock().unwrap_or_else(PoisonError::into_inner).insert(generation.name.clone(), rehearsal);
        Ok(())
    }

    /// How the build of a plugin that was let in last did.
    pub fn rehearsal(&self, plugin: &crate::model::PluginName) -> Option<Rehearsal> {
        self.rehearsals.lock().unwrap_or_else(PoisonError::into_inner).get(plugin).cloned()
    }
}

/// Would it be given this at all? What it is told of itself is not for trying out.
pub(super) fn takes(generation: &Generation, handed: &Handed) -> bool {
    match handed {
        Handed::Command { command, .. } => generation.description.commands.iter().any(|declared| declared.name == *command),
        Handed::Schedule { name, .. } => generation.description.schedules.iter().any(|declared| declared.name == *name),
        Handed::Installed | Handed::Upgraded { .. } => false,
        Handed::Other { name, .. } if name == MIGRATE => false,
        _ => true,
    }
}
