//! What exists at Slack: workspaces, apps, people and channels.

use serde::{Deserialize, Serialize};

use crate::{AppId, BotId, ChannelId, Double, TeamId, UserId, double::must};

/// What an installed app signs its calls with.
#[derive(Clone, Debug, Serialize)]
pub struct Tokens {
    /// The app-level token, `xapp-1-…`: opens sockets, for every workspace of the app.
    pub app: String,
    /// The bot token, `xoxb-…`: everything else, for one workspace.
    pub bot: String,
    /// The user behind the bot.
    pub user: UserId,
    /// The bot as an author.
    pub bot_id: BotId,
}

/// An app as its owner configured it.
#[derive(Clone, Debug)]
pub struct App {
    /// What it is called; its bot user is called the same in lower case.
    pub name: String,
    /// The bot scopes that an install grants; everything if `None`.
    pub scopes: Option<Vec<String>>,
    /// The event types it subscribed to (`app_mention`, `message.channels`, …); everything if `None`.
    pub events: Option<Vec<String>>,
    /// The slash commands that are its, each with the slash; every command if `None`.
    pub commands: Option<Vec<String>>,
    /// Whether Socket Mode is switched on.
    pub socket_mode: bool,
}

impl App {
    /// An app that may do, and hears, everything.
    pub fn named(name: &str) -> Self {
        Self { name: name.into(), scopes: None, events: None, commands: None, socket_mode: true }
    }
}

/// A person as Slack knows them. Every value is as good as any other, so the fields are open.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default)]
pub struct Person {
    /// The handle, as in `@name`.
    pub name: String,
    /// The name on the door; the handle if empty.
    pub real_name: String,
    /// The name the person chose to be shown by; may be empty.
    pub display_name: String,
    /// The address.
    pub email: String,
    /// The zone's name, `Europe/Berlin`.
    pub tz: String,
    /// Seconds east of UTC.
    pub tz_offset: i32,
    /// Runs the workspace.
    pub is_admin: bool,
    /// Deactivated.
    pub deleted: bool,
    /// Is a bot's user.
    pub is_bot: bool,
    /// A guest in several channels.
    pub is_restricted: bool,
    /// A guest in one channel.
    pub is_ultra_restricted: bool,
    /// Not shown to apps: `users.info` answers `user_not_visible`.
    pub is_hidden: bool,
}

impl Default for Person {
    fn default() -> Self {
        Self {
            name: String::new(),
            real_name: String::new(),
            display_name: String::new(),
            email: String::new(),
            tz: "Europe/Amsterdam".into(),
            tz_offset: 3600,
            is_admin: false,
            deleted: false,
            is_bot: false,
            is_restricted: false,
            is_ultra_restricted: false,
            is_hidden: false,
        }
    }
}

impl Person {
    /// A full member of that name.
    pub fn named(name: &str) -> Self {
        Self { name: name.into(), ..Self::default() }
    }
}

/// Who can find a channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChannelKind {
    /// Everyone.
    Public,
    /// Its members.
    Private,
    /// One person and one bot or person.
    Direct,
    /// A handful of people, unnamed.
    Group,
}

/// A channel as it is to be made.
#[derive(Clone, Debug)]
pub struct Channel {
    /// The name without `#`.
    pub name: String,
    /// Who can find it.
    pub kind: ChannelKind,
    /// Who is in it.
    pub members: Vec<UserId>,
    /// Shared with another company's workspace.
    pub is_ext_shared: bool,
    /// Archived from the start.
    pub is_archived: bool,
}

impl Channel {
    /// A public channel without members.
    pub fn named(name: &str) -> Self {
        Self { name: name.into(), kind: ChannelKind::Public, members: Vec::new(), is_ext_shared: false, is_archived: false }
    }
}

/// The world. Every change to it after an app was installed tells that app what Slack would: `team_join`, `user_change`,
/// `channel_created`, …
///
/// These functions, and the people's acts, panic when told of a workspace, person or channel that does not exist: that is a
/// mistake in the test.
impl Double {
    /// Opens a workspace.
    pub fn add_workspace(&self, name: &str) -> TeamId {
        self.shared.state().add_team(name)
    }

    /// Registers an app, in no workspace yet.
    pub fn add_app(&self, app: App) -> AppId {
        self.shared.state().add_app(app)
    }

    /// Installs the app in the workspace, or renews its install: the tokens stay the same, the grants are the app's.
    pub fn install(&self, app: &AppId, team: &TeamId) -> Tokens {
        must(self.shared.state().install(app, team))
    }

    /// Takes the app out of the workspace: `app_uninstalled`, and its bot token is `account_inactive` from here on.
    pub fn uninstall(&self, app: &AppId, team: &TeamId) {
        must(self.shared.state().uninstall(app, team));
    }

    /// Sets the scopes that the app's bot tokens carry, at once and without a new install.
    pub fn grant(&self, app: &AppId, scopes: &[&str]) {
        must(self.shared.state().app_mut(app)).app.scopes = Some(owned(scopes));
    }

    /// Sets the event types that the app hears.
    pub fn subscribe(&self, app: &AppId, events: &[&str]) {
        must(self.shared.state().app_mut(app)).app.events = Some(owned(events));
    }

    /// Sets the slash commands that are the app's.
    pub fn set_commands(&self, app: &AppId, commands: &[&str]) {
        must(self.shared.state().app_mut(app)).app.commands = Some(owned(commands));
    }

    /// Revokes a token: every later call with it is `token_revoked`.
    pub fn revoke(&self, token: &str) {
        if let Some(token) = self.shared.state().tokens.get_mut(token) {
            token.revoked = true;
        }
    }

    /// Adds a person; everyone is in `#general`.
    pub fn add_person(&self, team: &TeamId, person: Person) -> UserId {
        must(self.shared.state().add_person(team, person))
    }

    /// A person as they are now.
    pub fn person(&self, user: &UserId) -> Person {
        must(self.shared.state().member(user)).person.clone()
    }

    /// The workspace that a person, or a bot's user, belongs to.
    pub fn team_of(&self, user: &UserId) -> TeamId {
        must(self.shared.state().member(user)).team.clone()
    }

    /// Changes a person: a new name, a new zone, deactivation (`deleted`), a guest's standing.
    pub fn change_person(&self, user: &UserId, change: impl FnOnce(&mut Person)) {
        must(self.shared.state().change_person(user, change));
    }

    /// Adds a channel.
    pub fn add_channel(&self, team: &TeamId, channel: Channel) -> ChannelId {
        must(self.shared.state().add_channel(team, channel))
    }

    /// The direct messages between a person and the app's bot, opened if they were not.
    pub fn open_direct(&self, app: &AppId, user: &UserId) -> ChannelId {
        must(self.shared.state().open_direct(app, user))
    }

    /// Who is in the channel.
    pub fn members(&self, channel: &ChannelId) -> Vec<UserId> {
        must(self.shared.state().room(channel)).members.iter().cloned().collect()
    }

    /// Renames a channel.
    pub fn rename_channel(&self, channel: &ChannelId, name: &str) {
        must(self.shared.state().rename_channel(channel, name));
    }

    /// Archives a channel, in the person's name.
    pub fn archive(&self, channel: &ChannelId, user: &UserId) {
        must(self.shared.state().set_archived(channel, user, true));
    }

    /// Opens an archived channel again.
    pub fn unarchive(&self, channel: &ChannelId, user: &UserId) {
        must(self.shared.state().set_archived(channel, user, false));
    }

    /// Deletes a channel with all it holds.
    pub fn delete_channel(&self, channel: &ChannelId, user: &UserId) {
        must(self.shared.state().delete_channel(channel, user));
    }
}

fn owned(names: &[&str]) -> Vec<String> {
    names.iter().map(ToString::to_string).collect()
}
