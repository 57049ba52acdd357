//! What an invocation can find out: from the ledger and the directory as they are, or as they were when it was recorded.
//!
//! Whatever is not the plugin's own state is noted as it is told, so that it can be told again.

use crate::directory::Directory;
use crate::ledger::recording::{Past, Told};
use crate::ledger::{Ledger, Result};
use crate::model::{Later, PluginName, WorkspaceId};
use hatstand_common::value::{Channel, ChannelId, MessageId, Person, PersonId, Place};
use std::ops::Bound;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The world as one plugin sees it in one workspace.
#[derive(Debug)]
pub struct World {
    source: Source,
    /// The person who did it: known even if the service does not show them.
    actor: Option<Person>,
    told: Mutex<Told>,
}

#[derive(Debug)]
enum Source {
    Now { ledger: Arc<dyn Ledger>, directory: Arc<Directory>, workspace: WorkspaceId, plugin: PluginName },
    Then(Box<Past>),
}

impl World {
    pub fn now(ledger: Arc<dyn Ledger>, directory: Arc<Directory>, workspace: WorkspaceId, plugin: PluginName) -> Self {
        Self { source: Source::Now { ledger, directory, workspace, plugin }, actor: None, told: Mutex::default() }
    }

    /// The same, in which this person did something.
    pub fn with_actor(self, actor: Option<Person>) -> Self {
        Self { actor, ..self }
    }

    /// As it was; what was not asked then is not known.
    pub fn then(past: Past) -> Self {
        Self { source: Source::Then(Box::new(past)), actor: None, told: Mutex::default() }
    }

    /// Does what is done in it take effect?
    pub fn is_now(&self) -> bool {
        matches!(self.source, Source::Now { .. })
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
            Source::Now { ledger, workspace, plugin, .. } => ledger.get(workspace, plugin, key).await,
            Source::Then(past) => Ok(past.kept.get(key).cloned()),
        }
    }

    /// The entries whose keys start with `prefix`, in byte order, after the key `after`.
    pub async fn scan(&self, prefix: &str, after: Option<&str>, limit: usize) -> Result<Vec<(String, Vec<u8>)>> {
        match &self.source {
            Source::Now { ledger, workspace, plugin, .. } => ledger.scan(workspace, plugin, prefix, after, limit).await,
            Source::Then(past) => {
                let from = match after {
                    Some(after) if after >= prefix => Bound::Excluded(after),
                    _ => Bound::Included(prefix),
                };
                let under = past.kept.range::<str, _>((from, Bound::Unbounded)).take_while(|(key, _)| key.starts_with(prefix));
                Ok(under.take(limit).map(|(key, value)| (key.clone(), value.clone())).collect())
            }
        }
    }

    pub async fn person(&self, id: &PersonId) -> Option<Person> {
        let person = match &self.source {
            Source::Now { .. } if self.actor.as_ref().is_some_and(|actor| actor.id == *id) => self.actor.clone(),
            Source::Now { directory, workspace, .. } => directory.person(workspace, id).await,
            Source::Then(past) => past.recording.told.people.get(id).cloned().flatten(),
        };
        self.noted().people.insert(id.clone(), person.clone());
        person
    }

    pub async fn channel(&self, id: &ChannelId) -> Option<Channel> {
        let channel = match &self.source {
            Source::Now { directory, workspace, .. } => directory.channel(workspace, id).await,
            Source::Then(past) => past.recording.told.channels.get(id).cloned().flatten(),
        };
        self.noted().channels.insert(id.clone(), channel.clone());
        channel
    }

    /// Where a message of the plugin's own is.
    pub async fn message(&self, id: &MessageId, place_of: impl FnOnce(&crate::model::How) -> Place) -> Result<Option<Place>> {
        let place = match &self.source {
            Source::Now { ledger, workspace, plugin, .. } => {
                let said = ledger.message(workspace, id).await?;
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
            Source::Now { directory, workspace, .. } => directory.has_forms(workspace),
            Source::Then(past) => past.recording.told.has_forms.unwrap_or_default(),
        };
        self.noted().has_forms = Some(has_forms);
        has_forms
    }

    /// Does something stand under this key?
    pub async fn is_set(&self, kind: Later, key: &str) -> Result<bool> {
        let is_set = match &self.source {
            Source::Now { ledger, workspace, plugin, .. } => ledger.is_set(workspace, plugin, kind, key).await?,
            Source::Then(past) => {
                past.recording.told.standing.iter().any(|(other, name, stands)| (*other, name.as_str(), *stands) == (kind, key, true))
            }
        };
        self.noted().standing.push((kind, key.to_owned(), is_set));
        Ok(is_set)
    }

    /// How many stand.
    pub async fn count(&self, kind: Later) -> Result<usize> {
        let count = match &self.source {
            Source::Now { ledger, workspace, plugin, .. } => ledger.count(workspace, plugin, kind).await?,
            Source::Then(past) => past.recording.told.counted.iter().find(|(other, _)| *other == kind).map_or(0, |(_, count)| *count),
        };
        self.noted().counted.push((kind, count));
        Ok(count)
    }
}
