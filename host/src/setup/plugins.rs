//! The configured folder of plugins, loaded once as a host would, for whoever wants to know what is in it.

use super::needs::Needs;
use crate::config::Config;
use crate::permissions::Permissions;
use crate::plugins::{Cache, Compiler, Engine, FileState, Loader, Open, Plugins, Rejection};
use std::collections::BTreeSet;
use std::fs;
use std::sync::Arc;

/// Everything in the folder, with the grants of the configuration.
#[derive(Debug)]
pub struct Loaded {
    plugins: Plugins,
    files: Vec<(String, FileState)>,
}

impl Loaded {
    /// Looks through the folder; a file that cannot be let in is part of the answer, a folder that cannot be read is an error.
    pub async fn from(config: &Config) -> Result<Self, String> {
        let folder = &config.store.plugins;
        fs::read_dir(folder).map_err(|why| format!("{} cannot be read: {why}", folder.display()))?;
        let engine = Engine::with(&config.engine.compilers).map_err(|why| format!("the engine for plugins cannot start: {why}"))?;
        let compiler = Compiler::of_this_program(config.limits.compile.into()).map_err(|why| format!("where is this program? {why}"))?;
        // Without one, everything is compiled anew.
        let cache = Cache::open(&config.store.cache).ok();
        let loader = Loader::new(Arc::new(engine), compiler, cache, config.otherwise(), config.policies());
        let plugins = Plugins::new(folder.clone(), loader);
        plugins.look(&Open).await;
        let files = plugins.files();
        Ok(Self { plugins, files })
    }

    /// What all that was let in needs from Slack.
    pub fn needs(&self) -> Needs {
        let registry = self.plugins.registry();
        Needs::of(registry.entries().map(|entry| (&entry.generation.description, &*entry.generation.grants)))
    }

    /// What is odd about the rules. Which roles were given in chat is not known here.
    pub fn complaints(&self, permissions: &Permissions) -> Vec<String> {
        permissions.complaints(&self.plugins.registry(), &BTreeSet::new())
    }

    /// Name and version of what was let in, and what it wants but was not granted.
    pub fn live(&self) -> Vec<(String, Vec<String>)> {
        let registry = self.plugins.registry();
        let told = registry.entries().map(|entry| {
            let generation = &entry.generation;
            let missing = generation.grants.missing(&generation.description.wants);
            (format!("{} {}", generation.name, generation.description.version), missing.into_iter().map(str::to_owned).collect())
        });
        told.collect()
    }

    /// The files that were not let in, and why.
    pub fn rejected(&self) -> impl Iterator<Item = (&str, &Rejection)> {
        self.files.iter().filter_map(|(file, state)| match state {
            FileState::Rejected(why) => Some((file.as_str(), why)),
            FileState::Live(_) => None,
        })
    }
}
