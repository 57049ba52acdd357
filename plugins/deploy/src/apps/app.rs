//! Something that is deployed.

use super::{Environment, nearest, same};
use serde::Deserialize;

/// Something that is deployed.
#[derive(Clone, Debug, PartialEq)]
pub struct App {
    pub name: String,
    /// Who does it.
    pub origin: Origin,
    /// Who knows its commits; none where refs cannot be looked up.
    pub source: Option<Origin>,
    /// What is deployed if nobody says.
    pub default_ref: String,
    /// Where it goes if nobody says.
    pub default: Option<String>,
    /// What else can be done instead of `deploy`, such as `migrate`.
    pub tasks: Vec<String>,
    /// In the order in which something passes through them.
    pub environments: Vec<Environment>,
}

/// Where something is kept or done, at a provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    pub kind: Kind,
    /// Address of the API, without a slash at its end.
    pub base: String,
    /// The repository, project or job there.
    pub what: String,
    /// Does a Jenkins want a crumb with what begins a deploy?
    pub crumb: bool,
}

/// Whose interface it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    Github,
    Gitlab,
    Jenkins,
    Generic,
}

impl App {
    pub fn environment(&self, name: &str) -> Option<&Environment> {
        let called = |environment: &&Environment| environment.names().any(|known| same(known, name));
        self.environments.iter().find(called)
    }

    /// The names that are nearest to one that is not known.
    pub fn nearest(&self, name: &str) -> Vec<&str> {
        nearest(name, self.environments.iter().flat_map(Environment::names))
    }

    /// The environment that comes before this one.
    pub fn before(&self, environment: &str) -> Option<&Environment> {
        let place = self.environments.iter().position(|known| known.name == environment)?;
        self.environments[..place].last()
    }

    pub fn task(&self, name: &str) -> Option<&str> {
        self.tasks.iter().find(|task| same(task, name)).map(String::as_str)
    }
}

impl Origin {
    /// What the provider is called in a sentence: a service of one's own like its host.
    pub fn name(&self) -> &str {
        match self.kind {
            Kind::Github => "GitHub",
            Kind::Gitlab => "GitLab",
            Kind::Jenkins => "Jenkins",
            Kind::Generic => self.base.split('/').nth(2).unwrap_or(&self.base),
        }
    }
}
