//! Somewhere to deploy to, and the rules there.

use super::Window;
use super::period::{period, some_period};
use serde::Deserialize;
use std::time::Duration;

/// Somewhere to deploy to, and the rules there.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Environment {
    pub name: String,
    #[serde(default)]
    pub aliases: Vec<String>,
    #[serde(default)]
    pub hosts: Vec<String>,
    /// The channels from which it is deployed, by name or identity; empty is any.
    #[serde(default)]
    pub rooms: Vec<String>,
    /// Who may deploy, by identity, or `admins`; empty is everybody whom the operator's rules let.
    #[serde(default)]
    pub deployers: Vec<String>,
    /// The CI contexts that must have succeeded.
    #[serde(default)]
    pub contexts: Vec<String>,
    #[serde(default)]
    pub confirm: Confirm,
    /// Does whoever deploys have to confirm once more, in direct messages?
    #[serde(default)]
    pub second_factor: bool,
    /// Does the lock stay with whoever deployed?
    #[serde(default)]
    pub sticky: bool,
    /// How long a lock lasts if nobody says.
    #[serde(default, deserialize_with = "some_period")]
    pub lock_for: Option<Duration>,
    /// Does a lock end when its branch is merged?
    #[serde(default)]
    pub unlock_on_merge: bool,
    #[serde(default)]
    pub lock_belongs_to: Belongs,
    #[serde(default)]
    pub unlock: Unlock,
    #[serde(default)]
    pub when_busy: Busy,
    #[serde(default)]
    pub behind: Behind,
    /// Must a commit have been deployed to the environment before?
    #[serde(default)]
    pub in_order: bool,
    /// Must the environment be said, even if it is the default?
    #[serde(default)]
    pub say_it: bool,
    #[serde(default)]
    pub freeze: Vec<Window>,
    #[serde(default)]
    pub hat: HatPolicy,
    /// Within this time somebody picks a deploy up.
    #[serde(default = "half_a_minute", deserialize_with = "period")]
    pub pickup: Duration,
    /// Within this time a deploy ends.
    #[serde(default = "half_an_hour", deserialize_with = "period")]
    pub limit: Duration,
}

/// When whoever deploys is asked once more.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Confirm {
    #[default]
    Off,
    Always,
    /// When the environment was left to be guessed.
    Ambiguous,
    /// Somebody else confirms.
    Another,
}

/// To what a lock belongs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Belongs {
    /// To the person with this ref: with another ref the same person is refused.
    #[default]
    Change,
    Person,
}

/// Who may open the lock of somebody else.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Unlock {
    #[default]
    Anyone,
    Admins,
    Never,
}

/// What happens to a deploy while another one runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Busy {
    #[default]
    Refuse,
    Queue,
}

/// What happens if a commit lacks what is in the default ref.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Behind {
    #[default]
    Off,
    Warn,
    Refuse,
}

/// What whoever deploys has to do with the deploy hat of the channel. That is a hat of this plugin's own, `deploy hat`: what another plugin
/// keeps, such as `hat`, no plugin can see.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HatPolicy {
    #[default]
    Off,
    /// Whoever does not wear it is told so.
    Warn,
    /// Whoever does not wear it is refused.
    Require,
    /// It is put on at the start, and taken off at the end.
    Auto,
}

impl Environment {
    /// Its name, and those that mean the same.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        std::iter::once(&self.name).chain(&self.aliases).map(String::as_str)
    }
}

fn half_a_minute() -> Duration {
    Duration::from_secs(30)
}

fn half_an_hour() -> Duration {
    Duration::from_secs(30 * 60)
}
