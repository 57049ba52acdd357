//! Workspaces, apps, installs and the tokens they come with.

use rand::RngExt;
use serde_json::json;

use super::{Refused, State, member::Member, mint, refuse};
use crate::{App, AppId, BotId, ChannelId, Person, TeamId, TokenKind, Tokens, UserId};

/// A workspace.
#[derive(Clone, Debug)]
pub(crate) struct Team {
    pub(crate) id: TeamId,
    pub(crate) name: String,
    pub(crate) domain: String,
    /// `#general`, which everyone is in.
    pub(crate) general: ChannelId,
}

/// An app, in whatever workspaces it is installed.
#[derive(Clone, Debug)]
pub(crate) struct Registered {
    pub(crate) id: AppId,
    pub(crate) app: App,
    pub(crate) token: String,
    /// How often `apps.connections.open` was answered with a URL.
    pub(crate) opens: u64,
    /// Whether events are kept back, and those that are.
    pub(crate) held: Option<Vec<super::delivery::Event>>,
    /// How many greeted sockets it had since when, over all time.
    pub(crate) gauge: Vec<(std::time::Duration, usize)>,
}

/// An app in a workspace.
#[derive(Clone, Debug)]
pub(crate) struct Install {
    pub(crate) app: AppId,
    pub(crate) team: TeamId,
    pub(crate) user: UserId,
    pub(crate) bot: BotId,
    pub(crate) token: String,
    pub(crate) active: bool,
}

/// What a token stands for.
#[derive(Clone, Debug)]
pub(crate) struct Token {
    pub(crate) kind: TokenKind,
    pub(crate) app: AppId,
    /// None for an app-level token.
    pub(crate) team: Option<TeamId>,
    pub(crate) revoked: bool,
}

/// The default install of everything: the scopes an answer's `x-oauth-scopes` names when all are granted.
pub(crate) const ALL_SCOPES: &[&str] = &[
    "app_mentions:read",
    "bookmarks:read",
    "bookmarks:write",
    "channels:history",
    "channels:join",
    "channels:manage",
    "channels:read",
    "chat:write",
    "chat:write.customize",
    "chat:write.public",
    "commands",
    "dnd:read",
    "emoji:read",
    "files:read",
    "files:write",
    "groups:history",
    "groups:read",
    "groups:write",
    "im:history",
    "im:read",
    "im:write",
    "links:read",
    "links:write",
    "metadata.message:read",
    "mpim:history",
    "mpim:read",
    "mpim:write",
    "pins:read",
    "pins:write",
    "reactions:read",
    "reactions:write",
    "team:read",
    "usergroups:read",
    "users.profile:read",
    "users:read",
    "users:read.email",
    "users:write",
];

impl Registered {
    pub(crate) fn grants(&self, scope: &str) -> bool {
        self.app.scopes.as_ref().is_none_or(|scopes| scopes.iter().any(|granted| granted == scope))
    }

    pub(crate) fn scopes(&self) -> String {
        match &self.app.scopes {
            Some(scopes) => scopes.join(","),
            None => ALL_SCOPES.join(","),
        }
    }

    pub(crate) fn subscribed(&self, event: &str) -> bool {
        self.app.events.as_ref().is_none_or(|events| events.iter().any(|subscribed| subscribed == event))
    }

    fn owns(&self, command: &str) -> bool {
        self.app.commands.as_ref().is_none_or(|commands| commands.iter().any(|owned| owned == command))
    }
}

impl State {
    pub(crate) fn add_team(&mut self, name: &str) -> TeamId {
        let id = TeamId::from(self.mint.id("T"));
        let general = ChannelId::from(self.mint.id("C"));
        let domain = name.to_lowercase().replace(|letter: char| !letter.is_ascii_alphanumeric(), "-");
        let team = Team { id: id.clone(), name: name.into(), domain, general: general.clone() };
        self.teams.insert(id.clone(), team);
        self.insert_room(general, &id, crate::Channel::named("general"));
        self.dirty = true;
        id
    }

    pub(crate) fn team(&self, id: &TeamId) -> Refused<&Team> {
        self.teams.get(id).map_or_else(|| refuse("team_not_found"), Ok)
    }

    pub(crate) fn app(&self, id: &AppId) -> Refused<&Registered> {
        self.apps.get(id).map_or_else(|| refuse("app_not_found"), Ok)
    }

    pub(crate) fn app_mut(&mut self, id: &AppId) -> Refused<&mut Registered> {
        self.dirty = true;
        self.apps.get_mut(id).map_or_else(|| refuse("app_not_found"), Ok)
    }

    pub(crate) fn add_app(&mut self, app: App) -> AppId {
        let id = AppId::from(self.mint.id("A"));
        let digits: u64 = self.random.random_range(1_000_000_000_000..9_999_999_999_999);
        let token = format!("xapp-1-{id}-{digits}-{}{}", mint::secret(&mut self.random, 32), mint::secret(&mut self.random, 32));
        self.tokens.insert(token.clone(), Token { kind: TokenKind::App, app: id.clone(), team: None, revoked: false });
        let registered = Registered { id: id.clone(), app, token, opens: 0, held: None, gauge: Vec::new() };
        self.apps.insert(id.clone(), registered);
        id
    }

    pub(crate) fn install(&mut self, app: &AppId, team: &TeamId) -> Refused<Tokens> {
        self.team(team)?;
        let app_token = self.app(app)?.token.clone();
        if self.install_of(app, team).is_none() {
            self.install_anew(app, team)?;
        }
        let Some(install) = self.installs.iter_mut().find(|install| install.app == *app && install.team == *team) else {
            return refuse("app_not_found");
        };
        install.active = true;
        Ok(Tokens { app: app_token, bot: install.token.clone(), user: install.user.clone(), bot_id: install.bot.clone() })
    }

    fn install_anew(&mut self, app: &AppId, team: &TeamId) -> Refused<()> {
        let name = self.app(app)?.app.name.clone();
        let (user, bot) = (UserId::from(self.mint.id("U")), BotId::from(self.mint.id("B")));
        let mut digits = || self.random.random_range(1_000_000_000_000_u64..9_999_999_999_999);
        let token = format!("xoxb-{}-{}-", digits(), digits()) + &mint::secret(&mut self.random, 24);
        let known = Token { kind: TokenKind::Bot, app: app.clone(), team: Some(team.clone()), revoked: false };
        self.tokens.insert(token.clone(), known);
        let person = Person { name: name.to_lowercase(), real_name: name, is_bot: true, ..Person::default() };
        self.insert_member(Member::new(user.clone(), team.clone(), person).with_bot(bot.clone(), app.clone()));
        self.installs.push(Install { app: app.clone(), team: team.clone(), user, bot, token, active: true });
        Ok(())
    }

    pub(crate) fn uninstall(&mut self, app: &AppId, team: &TeamId) -> Refused<()> {
        self.announce_to(app, team, "app_uninstalled", json!({ "type": "app_uninstalled" }));
        self.dirty = true;
        let install = self.installs.iter_mut().find(|install| install.app == *app && install.team == *team);
        install.map_or_else(
            || refuse("app_not_found"),
            |install| {
                install.active = false;
                Ok(())
            },
        )
    }

    /// The app's install in the workspace, in force or not.
    pub(crate) fn install_of(&self, app: &AppId, team: &TeamId) -> Option<&Install> {
        self.installs.iter().find(|install| install.app == *app && install.team == *team)
    }

    pub(crate) fn bot_user(&self, app: &AppId, team: &TeamId) -> Refused<UserId> {
        self.install_of(app, team).map_or_else(|| refuse("app_not_found"), |install| Ok(install.user.clone()))
    }

    /// The app that takes a slash command in a workspace: the first that names it, then the first that takes every one.
    pub(crate) fn owner_of(&self, command: &str, team: &TeamId) -> Option<AppId> {
        let here = || self.installs.iter().filter(|install| install.active && install.team == *team);
        let mut owners = here().filter_map(|install| self.apps.get(&install.app)).filter(|app| app.owns(command));
        let all: Vec<&Registered> = owners.by_ref().collect();
        all.iter().find(|app| app.app.commands.is_some()).or(all.first()).map(|app| app.id.clone())
    }
}
