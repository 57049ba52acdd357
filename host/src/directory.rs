//! Who and what there is: the adapters' knowledge of people and channels, and the operator's of administrators.

use crate::adapters::Adapter;
use crate::model::{Line, Mention, Whom, WorkspaceId};
use hatstand_common::value::{Channel, ChannelId, Instant, Person, PersonId};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Answers for all workspaces.
#[derive(Clone, Debug, Default)]
pub struct Directory {
    adapters: BTreeMap<WorkspaceId, Arc<dyn Adapter>>,
    admins: BTreeSet<PersonId>,
}

impl Directory {
    pub fn new(adapters: &[Arc<dyn Adapter>], admins: BTreeSet<PersonId>) -> Self {
        let by_workspace =
            adapters.iter().flat_map(|adapter| adapter.workspaces().into_iter().map(move |workspace| (workspace, Arc::clone(adapter))));
        Self { adapters: by_workspace.collect(), admins }
    }

    /// The connection over which a workspace is reached.
    pub fn adapter(&self, workspace: &WorkspaceId) -> Option<&Arc<dyn Adapter>> {
        self.adapters.get(workspace)
    }

    pub fn workspaces(&self) -> impl Iterator<Item = &WorkspaceId> {
        self.adapters.keys()
    }

    pub async fn person(&self, workspace: &WorkspaceId, id: &PersonId) -> Option<Person> {
        if let Some(program) = id.program() {
            return Some(program.person());
        }
        let person = self.adapter(workspace)?.person(workspace, id).await?;
        let admin = person.admin || self.admins.contains(&person.id);
        Some(Person { admin, ..person })
    }

    pub async fn channel(&self, workspace: &WorkspaceId, id: &ChannelId) -> Option<Channel> {
        self.adapter(workspace)?.channel(workspace, id).await
    }

    /// A person who is called so, as far as the adapter knows.
    pub async fn person_called(&self, workspace: &WorkspaceId, name: &str) -> Option<PersonId> {
        self.adapter(workspace)?.person_called(workspace, name).await
    }

    /// What a channel is called, without asking anybody; empty if that is not known.
    pub fn channel_name(&self, workspace: &WorkspaceId, id: &ChannelId) -> String {
        self.adapter(workspace).and_then(|adapter| adapter.channel_name(workspace, id)).unwrap_or_default()
    }

    /// Both as they are known now, or as they were.
    pub async fn known(&self, workspace: &WorkspaceId, person: &Person, channel: &Channel) -> (Person, Channel) {
        let now = (self.person(workspace, &person.id).await, self.channel(workspace, &channel.id).await);
        (now.0.unwrap_or_else(|| person.clone()), now.1.unwrap_or_else(|| channel.clone()))
    }

    /// A line in which people and channels stand by their ids only, with their names; none if there is nothing to name.
    pub async fn named(&self, workspace: &WorkspaceId, line: &Line) -> Option<Line> {
        let mut names = BTreeMap::new();
        for Mention { range, whom } in &line.mentions {
            let (mark, id) = match whom {
                Whom::Person(id) => ('@', &id.0),
                Whom::Channel(id) => ('#', &id.0),
            };
            if line.text.get(range.clone()).and_then(|shown| shown.strip_prefix(mark)) == Some(id)
                && let Some(name) = self.name_of(workspace, whom).await.filter(|name| name != id)
            {
                names.insert(whom.clone(), format!("{mark}{name}"));
            }
        }
        (!names.is_empty()).then(|| line.with_names(|whom| names.get(whom).cloned()))
    }

    async fn name_of(&self, workspace: &WorkspaceId, whom: &Whom) -> Option<String> {
        match whom {
            Whom::Person(id) => self.person(workspace, id).await.map(|person| person.name),
            Whom::Channel(id) => self.channel(workspace, id).await.map(|channel| channel.name),
        }
    }

    /// Who can help, where only administrators may.
    pub fn admins(&self, workspace: &WorkspaceId) -> Vec<PersonId> {
        let known = self.adapter(workspace).map(|adapter| adapter.admins(workspace)).unwrap_or_default();
        self.admins.iter().cloned().chain(known).collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// Can forms be shown there?
    pub fn has_forms(&self, workspace: &WorkspaceId) -> bool {
        self.adapter(workspace).is_some_and(|adapter| adapter.abilities().forms)
    }
}

/// Seconds to add to UTC for the clock time in a zone.
pub fn zone_offset(zone: &str, at: Instant) -> Option<i32> {
    let zone = TimeZone::get(zone).ok()?;
    let at = Timestamp::from_millisecond(i64::try_from(at.0).ok()?).ok()?;
    Some(zone.to_offset(at).seconds())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_summer_time() {
        let (winter, summer) = (Instant(1_767_610_800_000), Instant(1_783_249_200_000));
        assert_eq!(zone_offset("Europe/Berlin", winter), Some(3600));
        assert_eq!(zone_offset("Europe/Berlin", summer), Some(7200));
        assert_eq!(zone_offset("Mars/Olympus", winter), None);
    }
}
