//! What an invocation can find out: from the ledger and the directory as they are, or as they were when it was recorded.
//!
//! Whatever is not the plugin's own state is noted as it is told, so that it can be told again.

use crate::ledger::recording::{Decided, Deciding, Past, Told};
use crate::ledger::{Result, StateSize};
use crate::model::{Later, PluginName, WorkspaceId};
use crate::permissions::Subject;
use crate::rights::{Decision, Query, Rights};
use hatstand_common::value::{Channel, ChannelId, MessageId, Person, PersonId, Place};
use std::ops::Bound;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The world as one plugin sees it in one workspace.
#[derive(Debug)]
pub struct World {
    source: Source,
    purpose: Purpose,
    /// The person who did it: known even if the service does not show them.
    actor: Option<Person>,
    told: Mutex<Told>,
}

#[derive(Debug)]
enum Source {
    Now { rights: Arc<Rights>, workspace: WorkspaceId, plugin: PluginName },
    Then(Box<Past>),
}

/// Does anything of an invocation take effect?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    Effect,
    /// Only its ending counts.
    Trial,
}

impl World {
    pub fn now(rights: Arc<Rights>, workspace: WorkspaceId, plugin: PluginName, purpose: Purpose) -> Self {
        Self { source: Source::Now { rights, workspace, plugin }, purpose, actor: None, told: Mutex::default() }
    }

    /// The same, in which this person did something.
    pub fn with_actor(self, actor: Option<Person>) -> Self {
        Self { actor, ..self }
    }

    /// As it was; what was not asked then is not known.
    pub fn then(past: Past) -> Self {
        Self { source: Source::Then(Box::new(past)), purpose: Purpose::Trial, actor: None, told: Mutex::default() }
    }

    /// Does what is done in it take effect?
    pub fn takes_effect(&self) -> bool {
        self.purpose == Purpose::Effect
    }

    /// What was told so far.
    pub fn told(&self) -> Told {
        self.noted().clone()
    }

    fn noted(&self) -> MutexGuard<'_, Told> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A value that the plugin keeps.
    pub async fn get(&self, key: &str) -> Result<Option<Vec<u8>>> {
        match &self.source {
            Source::Now { rights, workspace, plugin } => rights.ledger.get(workspace, plugin, key).await,
            Source::Then(past) => Ok(past.kept.get(key).map(<[u8]>::to_vec)),
        }
    }

    /// The entries whose keys start with `prefix`, in byte order, after the key `after`.
    pub async fn scan(&self, prefix: &str, after: Option<&str>, limit: usize) -> Result<Vec<(String, Vec<u8>)>> {
        match &self.source {
            Source::Now { rights, workspace, plugin } => rights.ledger.scan(workspace, plugin, prefix, after, limit).await,
            Source::Then(past) => {
                let from = match after {
                    Some(after) if after >= prefix => Bound::Excluded(after),
                    _ => Bound::Included(prefix),
                };
                let under = past.kept.range((from, Bound::Unbounded)).take_while(|(key, _)| key.starts_with(prefix));
                Ok(under.take(limit).map(|(key, value)| (key.to_owned(), value.to_vec())).collect())
            }
        }
    }

    /// How much the plugin keeps; none in the past, where nothing is kept.
    pub async fn state_size(&self) -> Result<Option<StateSize>> {
        match &self.source {
            Source::Now { rights, workspace, plugin } => rights.ledger.state_size(workspace, plugin).await.map(Some),
            Source::Then(_) => Ok(None),
        }
    }

    pub async fn person(&self, id: &PersonId) -> Option<Person> {
        let person = match &self.source {
            Source::Now { .. } if self.actor.as_ref().is_some_and(|actor| actor.id == *id) => self.actor.clone(),
            Source::Now { rights, workspace, .. } => rights.directory.person(workspace, id).await,
            Source::Then(past) => past.recording.told.people.get(id).cloned().flatten(),
        };
        self.noted().people.insert(id.clone(), person.clone());
        person
    }

    pub async fn channel(&self, id: &ChannelId) -> Option<Channel> {
        let channel = match &self.source {
            Source::Now { rights, workspace, .. } => rights.directory.channel(workspace, id).await,
            Source::Then(past) => past.recording.told.channels.get(id).cloned().flatten(),
        };
        self.noted().channels.insert(id.clone(), channel.clone());
        channel
    }

    /// Where a message of the plugin's own is.
    pub async fn message(&self, id: &MessageId, place_of: impl FnOnce(&crate::model::How) -> Place) -> Result<Option<Place>> {
        let place = match &self.source {
            Source::Now { rights, workspace, plugin } => {
                let said = rights.ledger.message(workspace, id).await?;
                said.filter(|said| said.plugin == *plugin).map(|said| place_of(&said.say.how))
            }
            Source::Then(past) => past.recording.told.messages.get(id).cloned().flatten(),
        };
        self.note_message(id, place.clone());
        Ok(place)
    }

    /// The place of a message was known without asking.
    pub fn note_message(&self, id: &MessageId, place: Option<Place>) {
        self.noted().messages.insert(id.clone(), place);
    }

    /// Can forms be shown?
    pub fn has_forms(&self) -> bool {
        let has_forms = match &self.source {
            Source::Now { rights, workspace, .. } => rights.directory.has_forms(workspace),
            Source::Then(past) => past.recording.told.has_forms.unwrap_or_default(),
        };
        self.noted().has_forms = Some(has_forms);
        has_forms
    }

    /// Does something stand under this key?
    pub async fn is_set(&self, kind: Later, key: &str) -> Result<bool> {
        let is_set = match &self.source {
            Source::Now { rights, workspace, plugin } => rights.ledger.is_set(workspace, plugin, kind, key).await?,
            Source::Then(past) => {
                past.recording.told.standing.iter().any(|(other, name, stands)| (*other, name.as_str(), *stands) == (kind, key, true))
            }
        };
        self.noted().standing.push((kind, key.to_owned(), is_set));
        Ok(is_set)
    }

    /// May this be done to each of these subjects? A replay hears what was answered then; what was not asked then is allowed, because nothing
    /// of a replay takes effect.
    pub async fn decide(&self, query: Query<'_>, subjects: &[Subject]) -> Result<Vec<Decision>> {
        let asked = Deciding::new(&query, subjects);
        let decisions = match &self.source {
            Source::Now { rights, .. } => rights.decide(query, self.actor.as_ref(), subjects).await?,
            Source::Then(past) => {
                let then = past.recording.told.rights.iter().find(|then| then.asked == asked);
                then.map_or_else(|| vec![Decision::default(); subjects.len()], |then| then.decisions.clone())
            }
        };
        self.noted().rights.push(Decided { asked, decisions: decisions.clone() });
        Ok(decisions)
    }

    /// How many stand.
    pub async fn count(&self, kind: Later) -> Result<usize> {
        let count = match &self.source {
            Source::Now { rights, workspace, plugin } => rights.ledger.count(workspace, plugin, kind).await?,
            Source::Then(past) => past.recording.told.counted.iter().find(|(other, _)| *other == kind).map_or(0, |(_, count)| *count),
        };
        self.noted().counted.push((kind, count));
        Ok(count)
    }
}
