//! A world written down, as the program reads it from a file.

use std::{error::Error, fmt};

use serde::{Deserialize, Serialize};

use crate::{
    App, AppId, Channel, ChannelKind, Double, Person, TeamId, Tokens, UserId,
    state::{Refused, refuse},
};

/// More of a world than a double starts with.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WorldPlan {
    /// Workspaces; one that exists by that name is added to.
    pub workspaces: Vec<WorkspacePlan>,
    /// Apps.
    pub apps: Vec<AppPlan>,
}

/// A workspace with its people and channels.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WorkspacePlan {
    /// What it is called.
    pub name: String,
    /// Its people.
    pub people: Vec<Person>,
    /// Its channels.
    pub channels: Vec<ChannelPlan>,
}

/// A channel, with its members by name.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ChannelPlan {
    /// The name without `#`.
    pub name: String,
    /// Whether only its members find it.
    pub private: bool,
    /// The names of its members, bots too.
    pub members: Vec<String>,
    /// Archived from the start.
    pub archived: bool,
}

/// An app, with the workspaces it is installed in by name; everything is granted, heard and owned that is not listed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AppPlan {
    /// What it is called.
    pub name: String,
    /// The bot scopes.
    pub scopes: Option<Vec<String>>,
    /// The event types.
    pub events: Option<Vec<String>>,
    /// The slash commands.
    pub commands: Option<Vec<String>>,
    /// The workspaces.
    pub install: Vec<String>,
}

/// An app in a workspace, with what it signs with.
#[derive(Clone, Debug, Serialize)]
pub struct Installed {
    /// The app.
    pub app: AppId,
    /// What it is called.
    pub app_name: String,
    /// The workspace.
    pub team: TeamId,
    /// What that is called.
    pub team_name: String,
    /// The tokens.
    pub tokens: Tokens,
}

/// A plan that names what does not exist, or what Slack would refuse.
#[derive(Debug)]
pub struct Unbuildable(String);

impl fmt::Display for Unbuildable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the world cannot be built: {}", self.0)
    }
}

impl Error for Unbuildable {}

impl Double {
    /// Adds a plan to the world.
    pub fn build(&self, plan: &WorldPlan) -> Result<(), Unbuildable> {
        self.build_all(plan).map_err(|refusal| Unbuildable(refusal.to_string()))?;
        self.shared.state().begin();
        Ok(())
    }

    fn build_all(&self, plan: &WorldPlan) -> Refused<()> {
        for workspace in &plan.workspaces {
            let team = self.team_named(&workspace.name).unwrap_or_else(|_| self.add_workspace(&workspace.name));
            for person in &workspace.people {
                self.shared.state().add_person(&team, person.clone())?;
            }
        }
        for app in &plan.apps {
            self.build_app(app)?;
        }
        // Channels come last, so that bots can be members.
        for workspace in &plan.workspaces {
            let team = self.team_named(&workspace.name)?;
            for channel in &workspace.channels {
                self.build_channel(&team, channel)?;
            }
        }
        Ok(())
    }

    fn build_app(&self, plan: &AppPlan) -> Refused<()> {
        let (scopes, events, commands) = (plan.scopes.clone(), plan.events.clone(), plan.commands.clone());
        let app = self.add_app(App { scopes, events, commands, ..App::named(&plan.name) });
        for team in &plan.install {
            let team = self.team_named(team)?;
            self.shared.state().install(&app, &team)?;
        }
        Ok(())
    }

    fn build_channel(&self, team: &TeamId, plan: &ChannelPlan) -> Refused<()> {
        let members: Refused<Vec<UserId>> = plan.members.iter().map(|name| self.person_named(team, name)).collect();
        let kind = if plan.private { ChannelKind::Private } else { ChannelKind::Public };
        let channel = Channel { kind, members: members?, is_archived: plan.archived, ..Channel::named(&plan.name) };
        self.shared.state().add_channel(team, channel).map(drop)
    }

    fn team_named(&self, name: &str) -> Refused<TeamId> {
        let state = self.shared.state();
        state.teams.values().find(|team| team.name == name).map_or_else(|| refuse("team_not_found"), |team| Ok(team.id.clone()))
    }

    fn person_named(&self, team: &TeamId, name: &str) -> Refused<UserId> {
        let state = self.shared.state();
        let found = state.members_of(team).find(|member| member.person.name == name).map(|member| member.id.clone());
        found.map_or_else(|| refuse("user_not_found"), Ok)
    }

    /// Every app in every workspace, with its tokens.
    pub fn installs(&self) -> Vec<Installed> {
        let state = self.shared.state();
        let described = state.installs.iter().filter_map(|install| {
            let (app, team) = (state.apps.get(&install.app)?, state.teams.get(&install.team)?);
            let (user, bot_id) = (install.user.clone(), install.bot.clone());
            let tokens = Tokens { app: app.token.clone(), bot: install.token.clone(), user, bot_id };
            let (app_name, team_name) = (app.app.name.clone(), team.name.clone());
            Some(Installed { app: app.id.clone(), app_name, team: team.id.clone(), team_name, tokens })
        });
        described.collect()
    }
}
