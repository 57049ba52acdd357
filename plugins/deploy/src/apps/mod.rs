//! What can be deployed, and where: the setting `apps`, read and checked.
//!
//! ```toml
//! [plugins.deploy.settings.apps.web]
//! provider = "github"                 # or gitlab (project), jenkins (url, job), generic (url)
//! repository = "acme/web"
//! ref = "main"
//! default = "staging"                 # where `deploy web` goes
//! rooms = ["dev"]                     # whatever an environment can say may stand here for all of them
//! contexts = ["ci/build"]
//! environments = ["staging", { name = "production", aliases = ["prod"], confirm = "always", in-order = true }]
//! ```
//!
//! - [`App`], and how it is [read](read). [`Environment`] has the rules of one place to deploy to.
//! - [`Window`]: when nothing is deployed, week after week. [`period`]: lengths of time in the configuration.

mod app;
mod environment;
mod period;
mod read;
mod window;

pub use app::{App, Kind, Origin};
pub use environment::{Behind, Belongs, Busy, Confirm, Environment, HatPolicy, Unlock};
pub use read::Misconfigured;
pub use window::Window;

/// So many names are suggested, at most.
const SUGGESTED: usize = 3;

/// Everything that can be deployed, by name.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Apps(Vec<App>);

impl Apps {
    /// Reads the setting.
    ///
    /// # Errors
    ///
    /// What is wrong, and where.
    pub fn read(json: &str) -> Result<Self, Misconfigured> {
        read::apps(json).map(Self)
    }

    pub fn find(&self, name: &str) -> Option<&App> {
        self.0.iter().find(|app| same(&app.name, name))
    }

    pub fn iter(&self) -> impl Iterator<Item = &App> {
        self.0.iter()
    }

    /// The names that are nearest to one that is not known, the nearest first.
    pub fn nearest(&self, name: &str) -> Vec<&str> {
        nearest(name, self.0.iter().map(|app| app.name.as_str()))
    }

    /// The names of the environments that have this name or alias in any app, and those that other apps spell like these.
    pub fn environments(&self, name: &str) -> Vec<&str> {
        let mut names: Vec<&str> =
            self.0.iter().filter_map(|app| app.environment(name)).map(|environment| environment.name.as_str()).collect();
        names.sort_unstable();
        names.dedup_by(|one, other| same(one, other));
        names
    }
}

/// The names that are nearest to one that is not known, the nearest first.
pub fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let wanted = name.to_lowercase();
    let most = wanted.chars().count().div_ceil(3).max(1);
    let distance = |known: &str| {
        let known = known.to_lowercase();
        let apart = strsim::damerau_levenshtein(&wanted, &known);
        (apart <= most || known.starts_with(&wanted) || wanted.starts_with(&known)).then_some(apart)
    };
    let mut near: Vec<(usize, &str)> = known.into_iter().filter_map(|known| Some((distance(known)?, known))).collect();
    near.sort_unstable();
    near.into_iter().map(|(_, known)| known).take(SUGGESTED).collect()
}

/// Case does not matter in names.
pub fn same(one: &str, other: &str) -> bool {
    one.to_lowercase() == other.to_lowercase()
}
