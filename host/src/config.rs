//! `hatstand.toml`: one documented name for everything, and a sentence for every mistake.

mod error;
mod limits;
mod outside;
mod value;

pub use error::ConfigError;
pub use limits::{CompileConfig, LimitsConfig};
pub use outside::{DestinationConfig, HookConfig, Scheme};
pub use value::length;

use crate::backups::Backups;
use crate::keeper::Recovery;
use crate::model::PluginName;
use crate::permissions::{Permissions, RoleName, Rule};
use crate::plugins::grants::Offer;
use crate::plugins::limits::Limits;
use crate::plugins::{Policy, Strategy};
use error::refuse_tokens;
use hatstand_common::value::PersonId;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::time::Duration;
use value::{address, compilers, connections, given_roles, grants, socket_address, socket_address_or_port, workspaces, zone};

/// What an operator can set.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    pub bot: Bot,
    pub store: Store,
    pub engine: Engine,
    pub slack: Slack,
    pub terminal: Terminal,
    pub http: Http,
    pub webhooks: Webhooks,
    pub limits: LimitsConfig,
    /// What is done about a build that fails.
    pub recovery: Recovery,
    /// Who has which role, by stable id; what is given in chat comes on top.
    #[serde(deserialize_with = "given_roles")]
    pub roles: BTreeMap<RoleName, BTreeSet<PersonId>>,
    /// Who may do what; the first that matches decides.
    pub rules: Vec<Rule>,
    pub plugins: BTreeMap<String, PluginConfig>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Bot {
    /// What the bot is called in chat.
    pub name: String,
    /// The time zone of schedules that name none, as an IANA name.
    #[serde(deserialize_with = "zone")]
    pub zone: String,
    /// Who may use commands for administrators, by stable id.
    pub admins: BTreeSet<PersonId>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Store {
    /// The folder of plugins.
    pub plugins: PathBuf,
    /// The ledger's file.
    pub ledger: PathBuf,
    /// The folder of compiled plugins.
    pub cache: PathBuf,
    /// The folder of backups.
    pub backups: PathBuf,
    /// How many of the backups are kept that are made each hour. 0 makes none.
    pub backups_kept: usize,
}

impl Store {
    pub fn backups(&self) -> Backups {
        Backups { ledger: self.ledger.clone(), folder: self.backups.clone(), kept: self.backups_kept }
    }

    /// The socket over which an operator gives orders to the running bot: beside the ledger.
    pub fn console(&self) -> PathBuf {
        self.ledger.with_extension("socket")
    }
}

/// The engine that runs plugins.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Engine {
    /// What compiles them, in the order in which they are asked.
    #[serde(deserialize_with = "compilers")]
    pub compilers: Vec<Strategy>,
}

/// The connection to Slack. Its tokens are not here: see [`secrets`](crate::secrets).
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Slack {
    /// Where Slack's Web API is, without a slash at the end.
    #[serde(deserialize_with = "address")]
    pub api_url: String,
    /// How many connections are open at a time: 1-10.
    #[serde(deserialize_with = "connections")]
    pub connections: usize,
    /// How many messages a second may be posted in each channel, after a small burst. 0 is without limit: for where Slack granted more.
    pub messages_per_second: u32,
    /// The workspaces in which the app is installed, by names of the operator's own; none if there is only one.
    #[serde(deserialize_with = "workspaces")]
    pub workspaces: Vec<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Terminal {
    /// Who you are at the start.
    pub person: String,
    /// Where you are at the start.
    pub channel: String,
    /// Your time zone, as an IANA name.
    pub zone: String,
}

/// The API for programs. Encryption is not its business: put a proxy before it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Http {
    /// Where it listens; nowhere if this is not set.
    #[serde(deserialize_with = "socket_address")]
    pub listen: Option<SocketAddr>,
    /// How many requests a second each token may make, in bursts of five times as many.
    pub rate: NonZeroU32,
    /// How long a command that is left open waits for somebody to ask about it.
    #[serde(deserialize_with = "length")]
    pub grace: Duration,
    /// How long a request waits for the answer to its command, before it is told that there is none yet.
    #[serde(deserialize_with = "length")]
    pub patience: Duration,
}

/// Where webhooks come in. Encryption is not its business: put a proxy before it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Webhooks {
    /// Where it listens; nowhere if this is not set. A port alone is one of this machine.
    #[serde(deserialize_with = "socket_address_or_port")]
    pub listen: Option<SocketAddr>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PluginConfig {
    /// What it may do beyond its own room.
    #[serde(deserialize_with = "grants")]
    pub grants: BTreeSet<String>,
    pub settings: BTreeMap<String, toml::Value>,
    /// The terms of its destinations.
    pub http: BTreeMap<String, DestinationConfig>,
    /// How its webhooks are checked.
    pub webhooks: BTreeMap<String, HookConfig>,
    #[serde(deserialize_with = "LimitsConfig::of_one_plugin")]
    pub limits: LimitsConfig,
}

impl Default for Bot {
    fn default() -> Self {
        Self { name: "hatstand".to_owned(), zone: "UTC".to_owned(), admins: BTreeSet::new() }
    }
}

impl Default for Store {
    fn default() -> Self {
        Self {
            plugins: "plugins".into(),
            ledger: "hatstand.db".into(),
            cache: ".hatstand-cache".into(),
            backups: "backups".into(),
            backups_kept: 3,
        }
    }
}

impl Default for Engine {
    fn default() -> Self {
        Self { compilers: Strategy::ALL.to_vec() }
    }
}

impl Default for Slack {
    fn default() -> Self {
        Self { api_url: "https://slack.com/api".to_owned(), connections: 2, messages_per_second: 1, workspaces: Vec::new() }
    }
}

impl Default for Terminal {
    fn default() -> Self {
        Self { person: "ann".to_owned(), channel: "dev".to_owned(), zone: "UTC".to_owned() }
    }
}

impl Default for Http {
    fn default() -> Self {
        let (grace, patience) = (Duration::from_secs(120), Duration::from_secs(30));
        Self { listen: None, rate: NonZeroU32::new(10).expect("it is some"), grace, patience }
    }
}

/// For what is in a file but is not one: what a transcript writes there.
impl TryFrom<toml::Table> for Config {
    type Error = String;

    fn try_from(table: toml::Table) -> Result<Self, String> {
        toml::Value::Table(table).try_into().map_err(|why: toml::de::Error| why.message().to_owned())
    }
}

impl Config {
    /// Reads a file; its relative paths are relative to the file.
    pub fn read(path: &Path) -> Result<Self, Box<ConfigError>> {
        let text = std::fs::read_to_string(path).map_err(|why| ConfigError::Unreadable { path: path.to_owned(), why })?;
        let mut config = Self::parse(&path.display().to_string(), &text)?;
        let folder = path.parent().unwrap_or(Path::new("."));
        for path in [&mut config.store.plugins, &mut config.store.ledger, &mut config.store.cache, &mut config.store.backups] {
            *path = folder.join(&*path);
        }
        Ok(config)
    }

    /// Reads what is in a file of this name.
    pub fn parse(name: &str, text: &str) -> Result<Self, Box<ConfigError>> {
        // First, because every other complaint shows the line that it is about.
        refuse_tokens(name, text)?;
        toml::from_str(text).map_err(|why| Box::new(ConfigError::of(&why, name, text)))
    }

    /// Who may do what. Whom `[bot]` makes an administrator has the role of one.
    pub fn permissions(&self) -> Permissions {
        let mut roles = self.roles.clone();
        roles.entry(RoleName::admins()).or_default().extend(self.bot.admins.iter().cloned());
        Permissions { roles, rules: self.rules.clone() }
    }

    /// What was decided for each plugin.
    pub fn policies(&self) -> BTreeMap<PluginName, Policy> {
        self.plugins.iter().map(|(name, plugin)| (PluginName(name.clone()), self.policy(plugin))).collect()
    }

    fn policy(&self, plugin: &PluginConfig) -> Policy {
        Policy {
            grants: Some(plugin.grants.clone()),
            refused: BTreeSet::new(),
            settings: plugin.settings.iter().map(|(name, value)| (name.clone(), as_typed(value))).collect(),
            limits: plugin.limits.over(self.limits.over(Limits::default())),
        }
    }

    /// What a plugin gets that is not named: nothing beyond its own room.
    pub fn otherwise(&self) -> Offer {
        Offer::These(BTreeSet::new())
    }
}

/// A setting as a person would type it; what has a structure, as JSON.
fn as_typed(value: &toml::Value) -> String {
    match value {
        toml::Value::String(text) => text.clone(),
        toml::Value::Table(_) | toml::Value::Array(_) => serde_json::json!(value).to_string(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plugins::compiler::Bounds;

    #[test]
    fn reads_what_is_documented() {
        let config = Config::parse(
            "hatstand.toml",
            r#"
            [bot]
            admins = ["ann"]
            zone = "Europe/Berlin"
            [slack]
            api_url = "http://127.0.0.1:9/api/"
            workspaces = ["acme", "beta"]
            [engine]
            compilers = ["cranelift"]
            [http]
            listen = "127.0.0.1:8080"
            grace = "5 minutes"
            patience = "20s"
            [limits]
            time = "2s"
            logged = 64
            compile = { time = "20s", memory = 1024 }
            [plugins.hat]
            grants = ["chat:direct"]
            settings = { handoff = "notify", stacking = 3 }
            limits = { memory = 64, said = 8, handles = 9 }
            "#,
        )
        .expect("it is right");
        let policy = &config.policies()[&PluginName::from("hat")];
        assert_eq!(policy.settings["stacking"], "3");
        let expected = Limits {
            time: Duration::from_secs(2),
            memory: 64 * 1024 * 1024,
            said: 8 * 1024,
            logged: 64 * 1024,
            handles: 9,
            ..Limits::default()
        };
        assert_eq!(policy.limits, expected);
        assert_eq!(Bounds::from(config.limits.compile), Bounds { time: Duration::from_secs(20), memory: 1024 * 1024 * 1024 });
        assert_eq!(config.engine.compilers, [Strategy::Cranelift]);
        assert_eq!(config.otherwise(), Offer::These(BTreeSet::new()));
        assert_eq!((config.bot.zone.as_str(), Bot::default().zone.as_str()), ("Europe/Berlin", "UTC"));
        assert_eq!((config.http.listen, config.http.grace), ("127.0.0.1:8080".parse().ok(), Duration::from_secs(300)));
        assert_eq!(config.http.patience, Duration::from_secs(20));
        assert_eq!((config.slack.api_url.as_str(), config.slack.connections), ("http://127.0.0.1:9/api", 2));
    }

    /// Everything that is said about a file that is wrong.
    fn complaint(text: &str) -> String {
        let error = Config::parse("hatstand.toml", text).expect_err("it is wrong");
        format!("{:?}", miette::Report::new(*error))
    }

    #[test]
    fn a_token_in_it_is_refused_and_not_shown() {
        for text in
            ["[slack]\nbot_token = \"xoxb-1-canary\"", "# xapp-1-A1-canary\n= what", "[slack]\nworkspaces = [\"xoxe.xoxb-1-canary\"]"]
        {
            let complaint = complaint(text);
            assert!(complaint.contains("a token does not belong in this file"), "{complaint}");
            assert!(complaint.contains("SLACK_BOT_TOKEN_FILE"), "{complaint}");
            assert!(!complaint.contains("canary"), "{complaint}");
        }
    }

    #[test]
    fn what_cannot_be_is_refused() {
        let wrong = [
            ("[http]\nlisten = \"8080\"", "`8080` is no address to listen at"),
            ("[http]\nrate = 0", "nonzero"),
            ("[http]\ngrace = \"soon\"", "`soon` is not a length of time"),
            ("connections = 11", "1-10 connections, not 11"),
            ("api_url = \"slack.com/api\"", "an address begins with https://"),
            ("workspaces = [\"Acme Inc\"]", "`Acme Inc` is no name for a workspace"),
            ("workspaces = [\"acme-file\"]", "`acme-file` is no name for a workspace"),
            ("workspaces = [\"acme\", \"acme\"]", "the workspace `acme` is there twice"),
        ];
        for (setting, why) in wrong {
            let complaint = complaint(&format!("[slack]\n{setting}"));
            assert!(complaint.contains(why), "{complaint}");
        }
        let elsewhere = [
            ("[bot]\nzone = \"Berlin\"", "`Berlin` is no time zone"),
            ("[engine]\ncompilers = []", "at least one compiler"),
            ("[engine]\ncompilers = [\"gcc\"]", "unknown variant `gcc`, expected `winch` or `cranelift`"),
        ];
        for (text, why) in elsewhere {
            let complaint = complaint(text);
            assert!(complaint.contains(why), "{complaint}");
        }
    }

    #[test]
    fn rules_and_roles_that_cannot_be_are_refused() {
        let wrong = [
            ("[[rules]]\ncomand = \"hat on\"\nallow = [\"admins\"]", "did you mean `command`?"),
            ("[[rules]]\ncommand = \"hat [now]\"\nallow = [\"admins\"]", "`[now]` is not how a command begins"),
            ("[[rules]]\ncommand = \"\"\nallow = [\"admins\"]", "a rule says which command it is about"),
            ("[[rules]]\ncommand = \"hat on\"\nallow = []", "a rule allows somebody"),
            ("[[rules]]\ncommand = \"hat on\"\nallow = [\"nobody\", \"ops\"]", "`nobody` stands alone"),
            ("[[rules]]\ncommand = \"hat on\"\nallow = [\"The Ops\"]", "`The Ops` is no role"),
            ("[[rules]]\ncommand = \"hat on\"\nallow = [\"ops\"]\narguments = { who = \"[\" }", "`[` is no pattern"),
            ("[roles]\neverybody = [\"U1\"]", "no roles that can be given"),
            ("[roles]\nmembers = [\"U1\"]", "every full member of the workspace has the role `members`"),
            ("[limits.rate]\nperiod = \"soon\"", "`soon` is not a length of time"),
            ("[plugins.hat.limits.rate]\nperson = 5", "under [limits.rate]"),
            ("[plugins.hat.limits.compile]\nmemory = 5", "under [limits.compile]"),
        ];
        for (text, why) in wrong {
            let complaint = complaint(text).split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(complaint.contains(why), "{complaint}");
        }
    }

    #[test]
    fn whoever_the_bot_is_told_to_obey_has_the_role_of_an_administrator() {
        let config = Config::parse("hatstand.toml", "[bot]\nadmins = [\"ann\"]\n[roles]\nadmins = [\"bob\"]\nops = [\"api:ci\"]");
        let roles = config.expect("it is right").permissions().roles;
        assert_eq!(roles[&RoleName::admins()], ["ann".into(), "bob".into()].into());
    }

    #[test]
    fn an_unknown_name_is_refused_with_the_nearest_one() {
        let error = Config::parse("hatstand.toml", "[store]\nplugin = \"x\"").expect_err("it is wrong");
        let ConfigError::Wrong { why, help, at, .. } = *error else { panic!("of another kind") };
        assert!(why.starts_with("unknown field `plugin`"), "{why}");
        assert_eq!(help.as_deref(), Some("did you mean `plugins`?"));
        assert!(at.is_some());
    }
}
