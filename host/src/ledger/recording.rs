//! What an invocation was given and what it did, so that it can be run again: by the same build, or by another.

use crate::model::{Effects, EventId, Later, PluginName, WorkspaceId};
use crate::permissions::Subject;
use crate::plugins::settings::Values;
use crate::rights::{Decision, Query};
use crate::router::Handed;
use hatstand_common::declaration::AccessDefault;
use hatstand_common::value::{Channel, ChannelId, Instant, MessageId, Person, PersonId, Place};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::iter;
use std::ops::Bound;
use std::sync::Arc;

/// One invocation that was committed: everything that it depended on besides what the plugin kept, and what came of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Recording {
    pub reference: String,
    pub plugin: PluginName,
    pub workspace: WorkspaceId,
    pub event: EventId,
    /// Of the build that ran.
    pub digest: String,
    pub place: Option<Place>,
    pub person: Option<Person>,
    /// Who did it, if that was not known as a person.
    pub by: Option<PersonId>,
    pub now: Instant,
    pub seed: u64,
    pub handed: Handed,
    pub grants: Vec<String>,
    pub settings: Arc<Values>,
    pub told: Told,
    /// A stable word.
    pub outcome: String,
    pub effects: Effects,
}

/// What the host answered when the plugin asked for something else than what it keeps.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Told {
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub people: BTreeMap<PersonId, Option<Person>>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub channels: BTreeMap<ChannelId, Option<Channel>>,
    /// Where each of its own messages is.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub messages: BTreeMap<MessageId, Option<Place>>,
    /// What stood, and how many.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub standing: Vec<(Later, String, bool)>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub counted: Vec<(Later, usize)>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub has_forms: Option<bool>,
    /// What people might do, and why.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub rights: Vec<Decided>,
}

impl Told {
    /// The answers about rights, in a few words each: `take prod-1: rule 2 (deployers)`, `not steal prod-1: admins`. Lists are left out.
    pub fn answers(&self) -> impl Iterator<Item = String> {
        let single =
            self.rights.iter().filter_map(|Decided { asked, decisions }| match (asked.subjects.as_slice(), decisions.as_slice()) {
                ([subject], [decision]) => Some((asked, subject, decision)),
                _ => None,
            });
        single.map(|(asked, subject, decision)| {
            let not = if decision.allows() { "" } else { "not " };
            let named = subject.first().map(|(_, value)| format!(" {value}")).unwrap_or_default();
            format!("{not}{}{named}: {}", asked.action, decision.rule)
        })
    }
}

/// An answer about rights, for each subject it was asked about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decided {
    pub asked: Deciding,
    pub decisions: Vec<Decision>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deciding {
    pub action: String,
    pub person: PersonId,
    pub channel: ChannelId,
    pub default: AccessDefault,
    pub subjects: Vec<Subject>,
}

impl Deciding {
    pub fn new(query: &Query<'_>, subjects: &[Subject]) -> Self {
        Self {
            action: query.action.name.clone(),
            person: query.person.clone(),
            channel: query.channel.clone(),
            default: query.default,
            subjects: subjects.to_vec(),
        }
    }
}

/// What a plugin kept when an invocation began: what it keeps now, which all recordings share, and what was changed since.
#[derive(Clone, Debug, Default)]
pub struct Kept {
    now: Arc<BTreeMap<String, Vec<u8>>>,
    /// The values of then; none where there was none.
    then: BTreeMap<String, Option<Arc<[u8]>>>,
}

impl Kept {
    pub fn new(now: impl IntoIterator<Item = (String, Vec<u8>)>) -> Self {
        Self { now: Arc::new(now.into_iter().collect()), then: BTreeMap::new() }
    }

    /// Goes back to before a change of this key.
    pub fn take_back(&mut self, key: String, before: Option<Vec<u8>>) {
        self.then.insert(key, before.map(Into::into));
    }

    pub fn get(&self, key: &str) -> Option<&[u8]> {
        match self.then.get(key) {
            Some(then) => then.as_deref(),
            None => self.now.get(key).map(Vec::as_slice),
        }
    }

    /// The entries with these keys, in byte order.
    pub fn range<'k>(&'k self, keys: (Bound<&'k str>, Bound<&'k str>)) -> impl Iterator<Item = (&'k str, &'k [u8])> {
        let unchanged = self.now.range::<str, _>(keys).filter(|(key, _)| !self.then.contains_key(*key));
        let mut unchanged = unchanged.map(|(key, value)| (key.as_str(), value.as_slice())).peekable();
        let changed = self.then.range::<str, _>(keys);
        let mut changed = changed.filter_map(|(key, value)| Some((key.as_str(), value.as_deref()?))).peekable();
        iter::from_fn(move || match (unchanged.peek(), changed.peek()) {
            (Some((one, _)), Some((other, _))) if other < one => changed.next(),
            (Some(_), _) => unchanged.next(),
            (None, _) => changed.next(),
        })
    }

    /// All of them.
    pub fn entries(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.range((Bound::Unbounded, Bound::Unbounded))
    }
}

impl PartialEq for Kept {
    fn eq(&self, other: &Self) -> bool {
        self.entries().eq(other.entries())
    }
}

/// A recording, with what the plugin kept at that moment.
#[derive(Clone, Debug, PartialEq)]
pub struct Past {
    pub recording: Recording,
    pub kept: Kept,
}
