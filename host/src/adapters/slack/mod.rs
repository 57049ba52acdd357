//! Slack, over Socket Mode: no public address is needed, and nothing that Slack sends is lost.
//!
//! - [`connection`] keeps the app connected; one [`socket`] is one WebSocket, and an [`envelope`] is what comes over it.
//! - [`events`] reads what happened; [`words`] what somebody wrote.
//! - A [`team`] is a workspace with its people, channels ([`cache`]) and their members ([`roster`]); [`delivery`] says things there, at the right [`pace`].
//! - [`blocks`], [`markdown`], [`split`] and [`form`] give what is said Slack's shape.
//! - [`places`] and [`tickets`] are how things are called, and what is handed out for a short time.
//! - [`web`] is the Web API.

mod blocks;
mod cache;
pub mod connection;
mod delivery;
pub mod envelope;
pub mod events;
mod fallback;
mod form;
mod home;
mod homes;
mod label;
mod limits;
mod markdown;
mod names;
mod pace;
mod places;
mod press;
mod rich;
mod roster;
pub mod socket;
mod source;
mod spelling;
mod split;
mod team;
pub mod tickets;
pub mod times;
pub mod web;
mod words;

use super::{Abilities, Adapter, Found, Undelivered, tell_no_room};
use crate::clock::Clock;
use crate::intake::Intake;
use crate::ledger::{LedgerError, Said};
use crate::model::{Account, Membership, Say, WorkspaceId};
use crate::secrets::{SlackTokens, Token};
use async_trait::async_trait;
use connection::{Connection, State, Status};
use envelope::Envelope;
use events::Known;
use hatstand_common::value::{Channel, ChannelId, Person, PersonId};
use pace::Pace;
use socket::Receiver;
use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::sync::Arc;
use team::Team;
use times::Times;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use web::{Web, WebError};

/// How to reach Slack, and how to behave there.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where the Web API is, without a slash at the end.
    pub api_url: String,
    pub tokens: SlackTokens,
    /// How many connections are kept open.
    pub connections: usize,
    /// How many messages a second may be posted in each channel; none is without limit of our own.
    pub per_second: Option<NonZeroU32>,
    pub times: Times,
}

/// The adapter: one app, in one workspace or several.
#[derive(Debug)]
pub struct Slack {
    web: Web,
    app: Token,
    teams: BTreeMap<WorkspaceId, Team>,
    settings: Settings,
    clock: Clock,
    status: watch::Sender<Status>,
}

/// Why the adapter cannot begin.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct SetupError(pub String);

impl Slack {
    /// Finds out to which workspaces the bot tokens belong. Waits for a Slack that cannot be reached; a token that is no good is an error.
    pub async fn begin(settings: Settings, clock: Clock) -> Result<Self, SetupError> {
        let web = Web::new(&settings.api_url).map_err(|why| SetupError(why.to_string()))?;
        let mut teams = BTreeMap::new();
        for (name, token) in &settings.tokens.workspaces {
            let identity = identify(&web, name, token, &settings.times).await?;
            tracing::info!(workspace = name, team = %identity.team, "connected as @{} in {}", identity.bot_name, identity.team_name);
            let team = Team::new(web.with(token), identity, Pace::new(settings.per_second), clock.clone(), settings.times.directory);
            if let Some(other) = teams.insert(team.identity.team.clone(), team) {
                return Err(SetupError(format!("two bot tokens belong to the workspace {}; leave one out", other.identity.team_name)));
            }
        }
        let app = settings.tokens.app.clone();
        Ok(Self { web, app, teams, settings, clock, status: watch::Sender::new(Vec::new()) })
    }

    /// Hears what happens until it is told to stop, or until the connection cannot go on: then it says what to do.
    pub async fn listen(self: Arc<Self>, intake: Intake, stop: CancellationToken) -> Result<(), String> {
        let connection = Connection {
            web: self.web.clone(),
            app: self.app.clone(),
            times: self.settings.times.clone(),
            receiver: Arc::new(Inlet { slack: Arc::clone(&self), intake }),
            status: self.status.clone(),
            stop,
            open: Arc::default(),
        };
        Arc::new(connection).run(self.settings.connections).await
    }

    /// Where each connection is, as it changes.
    pub fn status(&self) -> watch::Receiver<Status> {
        self.status.subscribe()
    }

    /// Returns once Slack can send.
    pub async fn ready(&self) {
        let ready = |status: &Status| status.iter().any(|state| matches!(state, State::Ready { .. }));
        // The sender is ours: it lives as long as we do.
        let _ = self.status().wait_for(ready).await;
    }

    fn team(&self, workspace: &WorkspaceId) -> Result<&Team, Undelivered> {
        self.teams.get(workspace).ok_or_else(|| Undelivered::Never(format!("no bot token belongs to {workspace}")))
    }
}

/// Asks until there is an answer.
async fn identify(web: &Web, name: &str, token: &Token, times: &Times) -> Result<web::Identity, SetupError> {
    let mut pauses = connection::pauses(times.first_pause, times.longest_pause);
    loop {
        match web.identity(token).await {
            Ok(identity) => return Ok(identity),
            Err(why @ WebError::Refused { .. }) => {
                return Err(SetupError(format!("the bot token of {name} does not work: {why}. Check it with: hatstand doctor")));
            }
            Err(why) => {
                tracing::warn!(%why, workspace = name, "Slack does not answer yet; trying again");
                tokio::time::sleep(pauses.next().unwrap_or(times.longest_pause)).await;
            }
        }
    }
}

#[async_trait]
impl Adapter for Slack {
    fn workspaces(&self) -> Vec<WorkspaceId> {
        self.teams.keys().cloned().collect()
    }

    fn abilities(&self) -> Abilities {
        Abilities { forms: true }
    }

    async fn deliver(&self, workspace: &WorkspaceId, say: &Say, original: Option<&Said>) -> Result<Option<String>, Undelivered> {
        self.team(workspace)?.say(say, original).await
    }

    async fn find(&self, workspace: &WorkspaceId, say: &Say) -> Result<Option<Found>, Undelivered> {
        self.team(workspace)?.find(say).await
    }

    async fn account(&self, workspace: &WorkspaceId, id: &PersonId) -> Option<Account> {
        self.teams.get(workspace)?.account(id).await
    }

    async fn channel(&self, workspace: &WorkspaceId, id: &ChannelId) -> Option<Channel> {
        self.teams.get(workspace)?.channel(id).await
    }

    async fn known_channel(&self, workspace: &WorkspaceId, id: &ChannelId) -> Option<Channel> {
        self.teams.get(workspace)?.known_channel(id).await
    }

    async fn belongs(&self, workspace: &WorkspaceId, channel: &ChannelId, person: &PersonId) -> Membership {
        match self.teams.get(workspace) {
            Some(team) => team.belongs(channel, person).await,
            None => Membership::Unknown,
        }
    }

    async fn person_called(&self, workspace: &WorkspaceId, name: &str) -> Option<PersonId> {
        self.teams.get(workspace)?.person_called(name)
    }

    fn channel_name(&self, workspace: &WorkspaceId, id: &ChannelId) -> Option<String> {
        self.teams.get(workspace)?.channel_last_known(id).map(|channel| channel.name)
    }

    /// Whoever administers the workspace, as far as they were seen.
    fn admins(&self, workspace: &WorkspaceId) -> Vec<PersonId> {
        self.teams.get(workspace).map(Team::admins).unwrap_or_default()
    }
}

impl Known for Slack {
    fn bot(&self, workspace: &WorkspaceId) -> Option<PersonId> {
        self.teams.get(workspace).map(|team| team.identity.bot_user.as_str().into())
    }

    fn person(&self, workspace: &WorkspaceId, id: &PersonId) -> Option<Person> {
        self.teams.get(workspace)?.person_last_known(id)
    }

    fn channel(&self, workspace: &WorkspaceId, id: &ChannelId) -> Option<Channel> {
        self.teams.get(workspace)?.channel_last_known(id)
    }
}

/// What comes from Slack, on its way to intake.
#[derive(Debug)]
struct Inlet {
    slack: Arc<Slack>,
    intake: Intake,
}

#[async_trait]
impl Receiver for Inlet {
    async fn receive(&self, envelope: Envelope) -> bool {
        let heard = events::read(&envelope, &*self.slack, self.slack.clock.now());
        let Some(team) = heard.workspace.as_ref().and_then(|workspace| self.slack.teams.get(workspace)) else {
            tracing::warn!(kind = envelope.kind, "something came from a workspace without a bot token");
            return true;
        };
        if let Some(ticket) = heard.ticket {
            team.tickets.keep(ticket);
        }
        if let Some(sender) = heard.sender {
            team.meet(sender);
        }
        if let Some(news) = &heard.news {
            team.learn(news);
        }
        for event in heard.events {
            let safe = match self.intake.take(event.clone()).await {
                Ok(_) => true,
                Err(LedgerError::Full) => tell_no_room(&*self.slack, &event).await,
                Err(_) => false,
            };
            if !safe {
                return false;
            }
        }
        true
    }
}
