//! Rights: whether a person, or a program on somebody's behalf, may do something to a plugin's things at this moment.
//!
//! The [rules](crate::permissions) are pure; this looks up everything they depend on: the account, the roles, the token, and whether the
//! person belongs to the channel. It is asked each time something is done, so that an account that was deactivated, a role that was taken
//! away or a token that was revoked meanwhile counts for timers, queues and confirmations too.

use crate::directory::{Actor, Directory};
use crate::ledger::{Ledger, Result};
use crate::model::{Membership, PluginName, WorkspaceId};
use crate::permissions::{CalledCommand, DeclaredAction, Operation, Permissions, RoleName, Ruling, Standing, Subject};
use crate::texts::{self, Help};
use crate::tokens;
use hatstand_common::declaration::AccessDefault;
use hatstand_common::message::Span;
use hatstand_common::program::Program;
use hatstand_common::value::{Channel, ChannelId, Instant, Person, PersonId};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

#[derive(Clone, Debug)]
pub struct Rights {
    pub permissions: Arc<Permissions>,
    pub directory: Arc<Directory>,
    pub ledger: Arc<dyn Ledger>,
}

/// Somebody wants to do something to a thing, or to several.
#[derive(Clone, Copy, Debug)]
pub struct Query<'a> {
    pub workspace: &'a WorkspaceId,
    pub plugin: &'a PluginName,
    pub action: &'a DeclaredAction,
    pub default: AccessDefault,
    pub person: &'a PersonId,
    /// The channel whose things these are.
    pub channel: &'a ChannelId,
    pub presence: Presence,
    /// The command that they gave; none for a button, a timer and the like.
    pub called: Option<CalledCommand<'a>>,
    pub now: Instant,
}

/// How the person stands to the channel whose things these are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// They are speaking in it.
    Here,
    /// They are speaking elsewhere, such as in a direct message.
    Elsewhere,
    /// They asked for it earlier, and it happens now.
    Earlier,
}

/// The answer, with the reason for the audit: a rule, `everybody`, or the obstacle.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    pub rule: String,
    /// For the person who may not; none if they may.
    pub refusal: Option<Vec<Span>>,
}

impl Decision {
    pub fn allows(&self) -> bool {
        self.refusal.is_none()
    }

    fn obstacle(rule: &str, sentence: impl Into<String>) -> Self {
        Self { rule: rule.to_owned(), refusal: Some(vec![Span::Markdown(sentence.into())]) }
    }
}

impl Rights {
    /// Decides about each of these subjects; all else is the query's. The `actor` of the event may be somebody of whom the event alone
    /// tells.
    pub async fn decide(&self, query: Query<'_>, actor: Option<&Person>, subjects: &[Subject]) -> Result<Vec<Decision>> {
        let Actor { person, roles, .. } = self.directory.actor(query.workspace, query.person).await;
        let person = person.or_else(|| actor.filter(|actor| actor.id == *query.person).cloned());
        if person.is_none_or(|person| !person.active) {
            let gone = Decision::obstacle("deactivated", "That account is not active, so I do nothing for it. Nothing was changed.");
            return Ok(vec![gone; subjects.len()]);
        }
        let channel = self.directory.known_channel(query.workspace, query.channel).await;
        if let Some(obstacle) = self.obstacle(query, channel.as_ref()).await? {
            return Ok(vec![obstacle; subjects.len()]);
        }
        let standing =
            Standing { rules: &self.permissions.rules, roles, channel: Some(channel.unwrap_or_else(|| nameless(query.channel))) };
        // A list may be refused line by line for one reason: the same helpers are looked up once.
        let mut helps: BTreeMap<Vec<RoleName>, Help> = BTreeMap::new();
        let mut decisions = Vec::with_capacity(subjects.len());
        for subject in subjects {
            decisions.push(self.by_rules(&standing, query, subject, &mut helps).await);
        }
        Ok(decisions)
    }

    /// Whatever is in the way before any rule is read.
    async fn obstacle(&self, query: Query<'_>, channel: Option<&Channel>) -> Result<Option<Decision>> {
        match query.person.program() {
            Some(program) if program.id() == Program::operator().id() => Ok(None),
            Some(program) => self.of_token(&program, query, channel).await,
            None => Ok(self.of_membership(query).await),
        }
    }

    /// A program may do what it may as long as its token counts, and where that is for.
    async fn of_token(&self, program: &Program<'_>, query: Query<'_>, channel: Option<&Channel>) -> Result<Option<Decision>> {
        let token = self.ledger.token_named(program.token).await?;
        let Some(token) = token.filter(|token| token.standing(query.now) == tokens::Standing::Valid) else {
            return Ok(Some(Decision::obstacle("token", "The token of that program is not valid any more. Nothing was changed.")));
        };
        let fits = channel.map_or_else(|| token.may_in(&nameless(query.channel)), |channel| token.may_in(channel));
        Ok((!fits).then(|| Decision::obstacle("token", "The token of that program is not for that channel. Nothing was changed.")))
    }

    /// People reach the channels they belong to. Where that cannot be found out, they reach none from elsewhere; something they asked for
    /// earlier goes on.
    async fn of_membership(&self, query: Query<'_>) -> Option<Decision> {
        if query.presence == Presence::Here {
            return None;
        }
        match (self.directory.belongs(query.workspace, query.channel, query.person).await, query.presence) {
            (Membership::Member, _) | (Membership::Unknown, Presence::Earlier) => None,
            (Membership::Outsider, _) => {
                Some(Decision::obstacle("not a member", "That is for members of the channel. Nothing was changed."))
            }
            (Membership::Unknown, _) => Some(Decision::obstacle(
                "membership unknown",
                "I cannot tell whether you belong to that channel: say it there. Nothing was changed.",
            )),
        }
    }

    async fn by_rules(
        &self,
        standing: &Standing<'_>,
        query: Query<'_>,
        subject: &Subject,
        helps: &mut BTreeMap<Vec<RoleName>, Help>,
    ) -> Decision {
        let Query { plugin, action, default, called, .. } = query;
        match standing.decide(Operation { plugin, action, subject, default, called }) {
            Ruling::Allowed { rule } => Decision { rule, refusal: None },
            Ruling::Denied(denial) => {
                if !helps.contains_key(&denial.roles) {
                    helps.insert(denial.roles.clone(), self.help(query.workspace, &denial.roles).await);
                }
                Decision { refusal: Some(texts::denied(&denial, &helps[&denial.roles]).text), rule: denial.rule }
            }
        }
    }

    /// The people who can help somebody who may not do what these roles may.
    pub async fn help(&self, workspace: &WorkspaceId, roles: &[RoleName]) -> Help {
        let mut members = BTreeSet::new();
        for role in roles {
            members.extend(self.directory.helpers(workspace, role).await);
        }
        Help { members: members.into_iter().collect(), admins: self.directory.admins(workspace).await }
    }
}

/// A channel of which only the id is known: no rule or token for a name fits it.
fn nameless(id: &ChannelId) -> Channel {
    Channel { id: id.clone(), name: String::new(), direct: false, archived: false }
}
