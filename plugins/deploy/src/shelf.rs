//! Where everything is kept, each in one key: runs, locks, freezes, and what was deployed.

use crate::lock::{Kept, Spot};
use crate::run::{End, Run, RunId};
use hatstand_plugin::prelude::*;
use hatstand_plugin::store::Error as StoreError;
use serde::{Deserialize, Serialize};

/// So many runs can be looked up by their number.
const RUNS: u64 = 1_000;

/// So much is known of the past of an environment.
const PAST: usize = 100;

/// What was deployed, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Past {
    pub run: RunId,
    pub git_ref: String,
    /// None where nobody knows commits.
    pub sha: Option<String>,
    pub by: User,
    pub at: Instant,
    pub end: End,
    /// Did the provider have it at all? If not, nothing was changed there.
    pub begun: bool,
    #[serde(default)]
    pub task: Option<String>,
    #[serde(default)]
    pub reason: Option<String>,
}

impl Past {
    /// What was deployed: the commit, or where nobody knows commits the ref.
    pub fn what(&self) -> &str {
        self.sha.as_deref().unwrap_or(&self.git_ref)
    }

    /// Was it deployed, rather than some task done?
    pub fn is_deployed(&self) -> bool {
        self.end == End::Succeeded && self.task.is_none()
    }
}

/// Somebody has stopped all deploys to an environment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Freeze {
    pub by: User,
    pub until: Instant,
    pub reason: String,
}

/// A lock as it is kept.
#[derive(Debug)]
pub enum Stored {
    Readable(Box<Kept>),
    /// What is there is no lock that this build knows: it counts as one.
    Unreadable,
}

/// The store of the plugin.
#[derive(Clone, Copy, Debug)]
pub struct Shelf<'a>(pub &'a Context);

impl Shelf<'_> {
    /// The number of the next run. What is too old is forgotten.
    pub fn next_run(self) -> Result<RunId> {
        let next = self.0.store().get::<u64>("runs")?.unwrap_or_default() + 1;
        self.0.store().set("runs", &next)?;
        if let Some(old) = next.checked_sub(RUNS)
            && self.run(RunId(old))?.is_some_and(|run| run.is_over())
        {
            self.0.store().delete(&run_key(RunId(old)))?;
        }
        Ok(RunId(next))
    }

    pub fn run(self, id: RunId) -> Result<Option<Run>> {
        Ok(self.0.store().get(&run_key(id))?)
    }

    pub fn set_run(self, run: &Run) -> Result<()> {
        self.0.store().set(&run_key(run.id), run)?;
        let open = format!("open {:010}", run.id.0);
        match run.is_over() {
            true => self.0.store().delete(&open)?,
            false => self.0.store().set(&open, &run.id)?,
        }
        if let Some(id) = &run.provider_id {
            self.0.store().set(&known_key(&run.app, id), &run.id)?;
        }
        Ok(())
    }

    /// The runs that are not over, in the order of their numbers.
    pub fn open_runs(self) -> Result<Vec<Run>> {
        let open: Vec<(String, RunId)> = self.0.store().scan("open ")?;
        open.into_iter().filter_map(|(_, id)| self.run(id).transpose()).collect()
    }

    /// The run that goes on at an environment.
    pub fn going(self, app: &str, environment: &str) -> Result<Option<Run>> {
        let open = self.open_runs()?;
        Ok(open.into_iter().find(|run| run.app == app && run.environment == environment && run.is_going()))
    }

    /// The run with this key.
    pub fn run_by_key(self, key: &str) -> Result<Option<Run>> {
        let Some(id) = key.split('-').next().and_then(|number| number.parse().ok()) else { return Ok(None) };
        Ok(self.run(RunId(id))?.filter(|run| run.key == key))
    }

    /// The run that the provider of an app calls this.
    pub fn run_by_provider(self, app: &str, id: &str) -> Result<Option<Run>> {
        match self.0.store().get(&known_key(app, id))? {
            Some(id) => self.run(id),
            None => Ok(None),
        }
    }

    pub fn past(self, app: &str, environment: &str) -> Result<Vec<Past>> {
        Ok(self.0.store().get(&past_key(app, environment))?.unwrap_or_default())
    }

    /// What is there: the last of what was deployed well.
    pub fn deployed(self, app: &str, environment: &str) -> Result<Option<Past>> {
        Ok(self.past(app, environment)?.into_iter().rfind(Past::is_deployed))
    }

    /// Writes into the past what became of a run, in place of what was there of it.
    pub fn remember(self, app: &str, environment: &str, entry: Past) -> Result<()> {
        let mut past = self.past(app, environment)?;
        past.retain(|known| known.run != entry.run);
        past.push(entry);
        past.drain(..past.len().saturating_sub(PAST));
        Ok(self.0.store().set(&past_key(app, environment), &past)?)
    }

    pub fn lock(self, spot: &Spot) -> Result<Stored> {
        match self.0.store().get(&spot.key()) {
            Ok(kept) => Ok(Stored::Readable(Box::new(kept.unwrap_or_default()))),
            Err(StoreError::Unreadable { .. }) => Ok(Stored::Unreadable),
            Err(error) => Err(error.into()),
        }
    }

    pub fn set_lock(self, spot: &Spot, kept: &Kept) -> Result<()> {
        Ok(self.0.store().set(&spot.key(), kept)?)
    }

    /// Forgets a lock that nobody can read.
    pub fn forget_lock(self, spot: &Spot) -> Result<()> {
        Ok(self.0.store().delete(&spot.key())?)
    }

    /// A freeze that stands, of every environment that is called so, in any case.
    pub fn freeze(self, environment: &str) -> Result<Option<Freeze>> {
        let stands = |freeze: &Freeze| freeze.until > self.0.now();
        let freeze: Option<Freeze> = self.0.store().get(&freeze_key(environment))?;
        match freeze.filter(stands) {
            Some(freeze) => Ok(Some(freeze)),
            // An earlier build kept it under the name as the operator spells it.
            None => Ok(self.0.store().get(&format!("freeze {environment}"))?.filter(stands)),
        }
    }

    pub fn set_freeze(self, environment: &str, freeze: Option<&Freeze>) -> Result<()> {
        match freeze {
            Some(freeze) => self.0.store().set(&freeze_key(environment), freeze)?,
            None => {
                self.0.store().delete(&freeze_key(environment))?;
                self.0.store().delete(&format!("freeze {environment}"))?;
            }
        }
        Ok(())
    }
}

fn run_key(id: RunId) -> String {
    format!("run {:010}", id.0)
}

fn known_key(app: &str, id: &str) -> String {
    format!("known {app} {id}")
}

fn past_key(app: &str, environment: &str) -> String {
    format!("past {app} {environment}")
}

fn freeze_key(environment: &str) -> String {
    format!("freeze {}", environment.to_lowercase())
}
