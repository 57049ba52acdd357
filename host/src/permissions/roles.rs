//! Who has which role: those that the file gives, and those that were given in chat, which the ledger keeps.

use super::{RoleName, principals};
use crate::ledger::{Given, Ledger, Result};
use crate::model::WorkspaceId;
use hatstand_common::program::Program;
use hatstand_common::value::{Instant, PersonId};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

#[derive(Clone, Debug)]
pub struct Roles {
    in_file: BTreeMap<RoleName, BTreeSet<PersonId>>,
    ledger: Arc<dyn Ledger>,
}

/// Somebody who has a role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    pub role: RoleName,
    pub person: PersonId,
    pub given: How,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum How {
    /// By the file: nobody can take it away in chat.
    InFile,
    /// The chat service makes somebody an administrator.
    ByService,
    InChat {
        by: Option<PersonId>,
        at: Instant,
    },
}

impl Roles {
    pub fn new(in_file: BTreeMap<RoleName, BTreeSet<PersonId>>, ledger: Arc<dyn Ledger>) -> Self {
        Self { in_file, ledger }
    }

    /// The roles of one person.
    pub async fn of(&self, workspace: &WorkspaceId, person: &PersonId) -> Result<BTreeSet<RoleName>> {
        let ids = principals(person);
        let in_chat = self.ledger.roles_of(workspace, &ids).await?;
        // Who runs the bot could as well write the file.
        let operator = ids.contains(&Program::operator().id()).then(RoleName::admins);
        let in_file = self.in_file.iter().filter(|(_, people)| ids.iter().any(|id| people.contains(id))).map(|(role, _)| role.clone());
        Ok(in_file.chain(in_chat).chain(operator).filter(|role| role.check_giving().is_ok()).collect())
    }

    /// Everybody who has a role, by role; who has one of the file is not there again because of the chat.
    pub async fn all(&self, workspace: &WorkspaceId) -> Result<Vec<Member>> {
        let in_chat = self.ledger.roles(workspace).await?;
        let in_file = self.in_file.iter().flat_map(|(role, people)| people.iter().map(move |person| (role, person)));
        let in_file = in_file.map(|(role, person)| ((role.clone(), person.clone()), How::InFile));
        let in_chat = in_chat.into_iter().map(|Given { role, person, by, at }| ((role, person), How::InChat { by, at }));
        let all: BTreeMap<_, _> = in_chat.chain(in_file).filter(|((role, _), _)| role.check_giving().is_ok()).collect();
        Ok(all.into_iter().map(|((role, person), given)| Member { role, person, given }).collect())
    }

    /// Whoever has this role.
    pub async fn members(&self, workspace: &WorkspaceId, role: &RoleName) -> Result<Vec<PersonId>> {
        let all = self.all(workspace).await?;
        Ok(all.into_iter().filter(|member| member.role == *role).map(|member| member.person).collect())
    }
}
