//! Who and what there is: the adapters' knowledge of people and channels, and who of them has which role.

use crate::adapters::Adapter;
use crate::ledger;
use crate::model::{Account, Line, Membership, Mention, Whom, WorkspaceId};
use crate::permissions::{How, Member, RoleName, Roles};
use hatstand_common::value::{Channel, ChannelId, Instant, Person, PersonId};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Somebody as they are known now, with the roles that they have.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Actor {
    pub person: Option<Person>,
    pub roles: BTreeSet<RoleName>,
}

/// Answers for all workspaces.
#[derive(Clone, Debug)]
pub struct Directory {
    adapters: BTreeMap<WorkspaceId, Arc<dyn Adapter>>,
    pub roles: Roles,
}

impl Directory {
    pub fn new(adapters: &[Arc<dyn Adapter>], roles: Roles) -> Self {
        let by_workspace =
            adapters.iter().flat_map(|adapter| adapter.workspaces().into_iter().map(move |workspace| (workspace, Arc::clone(adapter))));
        Self { adapters: by_workspace.collect(), roles }
    }

    /// The connection over which a workspace is reached.
    pub fn adapter(&self, workspace: &WorkspaceId) -> Option<&Arc<dyn Adapter>> {
        self.adapters.get(workspace)
    }

    pub fn workspaces(&self) -> impl Iterator<Item = &WorkspaceId> {
        self.adapters.keys()
    }

    /// The workspace that is named, if the bot is in it; or the only one there is.
    pub fn workspace(&self, named: Option<&WorkspaceId>) -> Option<&WorkspaceId> {
        let mut served = self.workspaces();
        match named {
            Some(named) => served.find(|served| *served == named),
            None => served.next().filter(|_| served.next().is_none()),
        }
    }

    pub async fn person(&self, workspace: &WorkspaceId, id: &PersonId) -> Option<Person> {
        self.look_up(workspace, id).await.person
    }

    /// The person who did something. They exist, even where the service does not show them.
    pub async fn actor(&self, workspace: &WorkspaceId, id: &PersonId) -> Actor {
        let Actor { person, roles } = self.look_up(workspace, id).await;
        Actor { person: Some(person.unwrap_or_else(|| Account::bare(id).person)), roles }
    }

    /// It makes no difference whether the service or a role makes somebody an administrator.
    async fn look_up(&self, workspace: &WorkspaceId, id: &PersonId) -> Actor {
        let mut roles = self.roles_of(workspace, id).await;
        if let Some(program) = id.program() {
            return Actor { person: Some(program.person()), roles };
        }
        let account = match self.adapter(workspace) {
            Some(adapter) => adapter.account(workspace, id).await,
            None => None,
        };
        roles.extend(account.as_ref().filter(|account| account.is_member()).map(|_| RoleName::members()));
        let person = account.map(|Account { mut person, .. }| {
            roles.extend(person.admin.then(RoleName::admins));
            person.admin = roles.contains(&RoleName::admins());
            person
        });
        Actor { person, roles }
    }

    /// The roles of somebody, whoever it is. Whoever cannot be looked up has none: nothing is allowed by mistake.
    async fn roles_of(&self, workspace: &WorkspaceId, id: &PersonId) -> BTreeSet<RoleName> {
        self.roles.of(workspace, id).await.unwrap_or_else(|why| {
            tracing::error!(person = %id, %why, "the roles of a person cannot be read");
            BTreeSet::new()
        })
    }

    pub async fn channel(&self, workspace: &WorkspaceId, id: &ChannelId) -> Option<Channel> {
        self.adapter(workspace)?.channel(workspace, id).await
    }

    /// A channel of which the name is known; none if nobody can say what it is called. Decide by this, and deny for none.
    pub async fn known_channel(&self, workspace: &WorkspaceId, id: &ChannelId) -> Option<Channel> {
        self.adapter(workspace)?.known_channel(workspace, id).await
    }

    /// Whether a person belongs to a channel, and so may see what is kept about it. Programs belong to none.
    pub async fn belongs(&self, workspace: &WorkspaceId, channel: &ChannelId, person: &PersonId) -> Membership {
        match self.adapter(workspace) {
            None => Membership::Unknown,
            Some(_) if person.program().is_some() => Membership::Outsider,
            Some(adapter) => adapter.belongs(workspace, channel, person).await,
        }
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
    pub async fn admins(&self, workspace: &WorkspaceId) -> Vec<PersonId> {
        let known = self.adapter(workspace).map(|adapter| adapter.admins(workspace)).unwrap_or_default();
        let given = self.members(workspace, &RoleName::admins()).await;
        given.into_iter().chain(known).collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// Everybody who has a role, by role; administrators also those that the service makes so.
    pub async fn with_roles(&self, workspace: &WorkspaceId) -> ledger::Result<Vec<Member>> {
        let mut members = self.roles.all(workspace).await?;
        let known = self.adapter(workspace).map(|adapter| adapter.admins(workspace)).unwrap_or_default();
        for person in known {
            if members.iter().all(|member| member.role != RoleName::admins() || member.person != person) {
                members.push(Member { role: RoleName::admins(), person, given: How::ByService });
            }
        }
        members.sort_by(|one, other| (&one.role, &one.person).cmp(&(&other.role, &other.person)));
        Ok(members)
    }

    /// Who can help, where only those may who have this role: people who are there, not programs.
    pub async fn helpers(&self, workspace: &WorkspaceId, role: &RoleName) -> Vec<PersonId> {
        if *role == RoleName::admins() {
            return self.admins(workspace).await;
        }
        let mut helpers = Vec::new();
        for id in self.members(workspace, role).await {
            if self.person(workspace, &id).await.is_some_and(|person| person.active && !person.bot) {
                helpers.push(id);
            }
        }
        helpers
    }

    async fn members(&self, workspace: &WorkspaceId, role: &RoleName) -> Vec<PersonId> {
        let members = self.roles.members(workspace, role).await;
        members.inspect_err(|why| tracing::error!(%role, %why, "whoever has a role cannot be read")).unwrap_or_default()
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
