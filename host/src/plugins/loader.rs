//! From the bytes of a file to a generation: inspected → compiled → described. Nothing of it touches what is live.

use super::cache::Cache;
use super::compiler::Compiler;
use super::contract::HatstandPluginPre;
use super::engine::Engine;
use super::generation::{Digest, Generation};
use super::grants::{Grants, Offer};
use super::inspect::inspect;
use super::instance;
use super::limits::Limits;
use super::machine::Machine;
use super::rejection::Rejection;
use super::settings;
use crate::capabilities::State;
use crate::model::PluginName;
use crate::outside::destination::is_for_the_configuration_only;
use crate::permissions::Actions;
use crate::plugins::check::check;
use hatstand_common::declaration::Description;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use wasmtime::component::Component;

/// What the operator decided for one plugin.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Policy {
    /// None leaves it to the general rule.
    pub grants: Option<BTreeSet<String>>,
    /// Not even if the general rule would give it.
    pub refused: BTreeSet<String>,
    pub settings: BTreeMap<String, String>,
    pub limits: Limits,
}

#[derive(Debug)]
pub struct Loader {
    engine: Arc<Engine>,
    compiler: Compiler,
    cache: Option<Cache>,
    /// What a plugin gets that the operator did not name.
    otherwise: Offer,
    policies: std::sync::RwLock<BTreeMap<PluginName, Policy>>,
    /// What administrators gave on top.
    granted: std::sync::RwLock<BTreeMap<PluginName, BTreeSet<String>>>,
    generations: AtomicU64,
}

impl Loader {
    pub fn new(
        engine: Arc<Engine>,
        compiler: Compiler,
        cache: Option<Cache>,
        otherwise: Offer,
        policies: BTreeMap<PluginName, Policy>,
    ) -> Self {
        Self {
            engine,
            compiler,
            cache,
            otherwise,
            policies: policies.into(),
            granted: std::sync::RwLock::default(),
            generations: AtomicU64::new(0),
        }
    }

    /// Loads a build from the very bytes whose digest it will carry.
    pub async fn load(&self, file: &str, bytes: Arc<[u8]>) -> Result<Generation, Rejection> {
        inspect(&bytes)?;
        let digest = Digest::of(&bytes);
        let size = bytes.len();
        let component = self.compile(&digest, &bytes).await?;
        let description = self.describe(&component).await?;
        self.generation(file, digest, size, component, description)
    }

    /// Native code for these bytes: from the cache, or compiled in another process.
    async fn compile(&self, digest: &Digest, bytes: &[u8]) -> Result<HatstandPluginPre<State>, Rejection> {
        let machines = self.engine.machines();
        if let Some((machine, component)) = machines.iter().find_map(|machine| Some((machine, self.revive(machine, digest)?))) {
            return link(machine, &component);
        }
        let mut refused = None;
        for machine in machines {
            match self.compile_for(machine, digest, bytes).await {
                Err(why) if why.is_up_to_the_compiler() => {
                    tracing::info!(digest = digest.short(), compiler = machine.strategy.name(), "the file {why}");
                    refused = Some(why);
                }
                done => return done,
            }
        }
        Err(refused.expect("an engine has a machine"))
    }

    async fn compile_for(&self, machine: &Machine, digest: &Digest, bytes: &[u8]) -> Result<HatstandPluginPre<State>, Rejection> {
        let native = self.compiler.compile(machine.strategy, bytes).await?;
        let component = machine.load(&native).map_err(|why| Rejection::NotRunnable(why.root_cause().to_string()))?;
        if let Some(Err(why)) = self.cache.as_ref().map(|cache| cache.keep(&cached(machine, digest), &native)) {
            tracing::warn!(%why, "a compiled plugin could not be cached; the next start compiles it again");
        }
        link(machine, &component)
    }

    /// From the cache, if it is there.
    fn revive(&self, machine: &Machine, digest: &Digest) -> Option<Component> {
        let native = self.cache.as_ref()?.load(&cached(machine, digest))?;
        let component = machine.load(&native);
        component.inspect_err(|why| tracing::warn!(%why, "a compiled plugin in the cache does not load; compiling anew")).ok()
    }

    async fn describe(&self, component: &HatstandPluginPre<State>) -> Result<Description, Rejection> {
        let described = instance::describe(&self.engine, component).await;
        let description = described.map_err(|crash| Rejection::NotDescribed(crash.to_string()))?;
        check(&description).map_err(Rejection::BadDescription)?;
        Ok(description)
    }

    fn generation(
        &self,
        file: &str,
        digest: Digest,
        bytes: usize,
        component: HatstandPluginPre<State>,
        description: Description,
    ) -> Result<Generation, Rejection> {
        let name = PluginName(description.name.clone());
        let policy = self.policies.read().expect("not poisoned").get(&name).cloned().unwrap_or_default();
        let offer = policy.grants.map_or_else(|| self.otherwise.clone(), Offer::These);
        Ok(Generation {
            grants: Arc::new(Grants::new(&description.wants, &offer, &policy.refused).and(&description.wants, &self.granted(&name))),
            actions: Arc::new(Actions::of(&description).map_err(Rejection::BadDescription)?),
            settings: Arc::new(settings::values(&description.settings, &policy.settings).map_err(Rejection::BadSettings)?),
            limits: policy.limits.bounded(),
            diary: Arc::default(),
            number: self.generations.fetch_add(1, Ordering::Relaxed) + 1,
            file: file.to_owned(),
            name,
            description,
            digest,
            bytes,
            component,
        })
    }

    /// An administrator lets a plugin do this, if it wants to; it holds from the next load on.
    pub fn grant(&self, plugin: &PluginName, grant: &str) {
        if is_for_the_configuration_only(grant) {
            tracing::warn!(%plugin, grant, "this was granted in chat once; now only the configuration can");
            return;
        }
        self.granted.write().expect("not poisoned").entry(plugin.clone()).or_default().insert(grant.to_owned());
    }

    fn granted(&self, plugin: &PluginName) -> BTreeSet<String> {
        self.granted.read().expect("not poisoned").get(plugin).cloned().unwrap_or_default()
    }

    /// Changes what the operator decided for a plugin; it holds from the next load on.
    pub fn decide(&self, plugin: PluginName, policy: Policy) {
        self.policies.write().expect("not poisoned").insert(plugin, policy);
    }

    pub fn policy(&self, plugin: &PluginName) -> Policy {
        self.policies.read().expect("not poisoned").get(plugin).cloned().unwrap_or_default()
    }
}

/// What it is called in the cache.
fn cached(machine: &Machine, digest: &Digest) -> String {
    format!("{}-{}", digest.as_str(), machine.compatibility())
}

fn link(machine: &Machine, component: &Component) -> Result<HatstandPluginPre<State>, Rejection> {
    machine.link(component).map_err(|why| Rejection::NotLinked(format!("{why:#}")))
}
