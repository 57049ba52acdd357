//! What runs the code of one compiler, with its pool of instances and all that a plugin may call: code of another does not run on it.

use super::compiler::Native;
use super::contract::HatstandPluginPre;
use super::limits::{CORE_INSTANCES, MEMORIES, MEMORY_CEILING, TABLE_ELEMENTS, TABLES};
use super::strategy::Strategy;
use crate::capabilities::{self, State};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;
use wasmtime::component::{Component, Linker};
use wasmtime::{Config, InstanceAllocationStrategy, OptLevel, PoolingAllocationConfig, RegallocAlgorithm};
use wasmtime_wasi::cli::WasiCli;
use wasmtime_wasi::p2;

/// Instances at the same time.
pub const INSTANCES: u32 = 64;

pub struct Machine {
    pub strategy: Strategy,
    inner: wasmtime::Engine,
    linker: Linker<State>,
}

impl Machine {
    pub fn new(strategy: Strategy) -> wasmtime::Result<Self> {
        let inner = pooled(strategy).or_else(|why| {
            tracing::warn!(%why, "no room for a pool of instances; going on without (is `ulimit -v` set?)");
            wasmtime::Engine::new(&config(strategy))
        })?;
        let linker = linker(&inner)?;
        Ok(Self { strategy, inner, linker })
    }

    pub fn wasmtime(&self) -> &wasmtime::Engine {
        &self.inner
    }

    /// Names everything that compiled code depends on besides the plugin: compiler, version, settings, processor.
    pub fn compatibility(&self) -> String {
        let mut hasher = DefaultHasher::new();
        self.inner.precompile_compatibility_hash().hash(&mut hasher);
        format!("{:016x}", hasher.finish())
    }

    /// Makes native code ready to be linked.
    pub fn load(&self, native: &Native) -> wasmtime::Result<Component> {
        // SAFETY: these bytes were made by `compile` below, and came here unchanged: through a pipe from a process that this host started,
        // or from the cache, which gives out only what bears its own seal. The engine itself refuses what was made with other settings.
        #[expect(unsafe_code, reason = "the engine cannot know who made the bytes; whoever makes a `Native` does")]
        unsafe {
            Component::deserialize(&self.inner, &native.0)
        }
    }

    /// Makes it ready to run.
    pub fn link(&self, component: &Component) -> wasmtime::Result<HatstandPluginPre<State>> {
        self.linker.instantiate_pre(component).and_then(HatstandPluginPre::new)
    }
}

/// Compiles a component to native code, for the machine that this very program has for it. How much that takes is up to the component.
pub fn compile(strategy: Strategy, component: &[u8]) -> Result<Vec<u8>, NotCompiled> {
    Ok(wasmtime::Engine::new(&config(strategy))?.precompile_component(component)?)
}

/// Why there is no native code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotCompiled {
    OutOfMemory,
    Refused(String),
}

impl From<wasmtime::Error> for NotCompiled {
    fn from(why: wasmtime::Error) -> Self {
        let out_of_memory = why.is::<wasmtime::OutOfMemory>()
            || why.chain().filter_map(|why| why.downcast_ref::<io::Error>()).any(|why| why.kind() == io::ErrorKind::OutOfMemory);
        if out_of_memory { Self::OutOfMemory } else { Self::Refused(why.root_cause().to_string()) }
    }
}

impl From<io::Error> for NotCompiled {
    fn from(why: io::Error) -> Self {
        if why.kind() == io::ErrorKind::OutOfMemory { Self::OutOfMemory } else { Self::Refused(why.to_string()) }
    }
}

fn config(strategy: Strategy) -> Config {
    let mut config = Config::new();
    config.strategy(strategy.into());
    config.epoch_interruption(true);
    // The ways in and out of a plugin are made by Cranelift whatever the strategy is, and people wait for them, too.
    config.cranelift_opt_level(OptLevel::None);
    config.cranelift_regalloc_algorithm(RegallocAlgorithm::SinglePass);
    config.wasm_backtrace_max_frames(std::num::NonZeroUsize::new(16));
    config
}

/// Instances from a pool of address space, so that starting one needs no system call.
fn pooled(strategy: Strategy) -> wasmtime::Result<wasmtime::Engine> {
    let mut pool = PoolingAllocationConfig::new();
    pool.total_component_instances(INSTANCES)
        .total_core_instances(INSTANCES * CORE_INSTANCES)
        .max_core_instances_per_component(CORE_INSTANCES)
        .total_memories(INSTANCES * MEMORIES)
        .max_memories_per_component(MEMORIES)
        .total_tables(INSTANCES * TABLES)
        .max_tables_per_component(TABLES)
        .table_elements(TABLE_ELEMENTS)
        .total_stacks(INSTANCES)
        .max_memory_size(MEMORY_CEILING);
    let mut config = config(strategy);
    config.allocation_strategy(InstanceAllocationStrategy::Pooling(pool));
    wasmtime::Engine::new(&config)
}

/// Our own capabilities, and as much of WASI as a Rust program needs to start: no files, no sockets, no environment.
fn linker(engine: &wasmtime::Engine) -> wasmtime::Result<Linker<State>> {
    let mut linker = Linker::new(engine);
    p2::add_to_linker_proxy_interfaces_async(&mut linker)?;
    p2::bindings::cli::environment::add_to_linker::<State, WasiCli>(&mut linker, wasmtime_wasi::cli::WasiCliView::cli)?;
    p2::bindings::cli::exit::add_to_linker::<State, WasiCli>(&mut linker, wasmtime_wasi::cli::WasiCliView::cli)?;
    p2::bindings::cli::terminal_input::add_to_linker::<State, WasiCli>(&mut linker, wasmtime_wasi::cli::WasiCliView::cli)?;
    p2::bindings::cli::terminal_output::add_to_linker::<State, WasiCli>(&mut linker, wasmtime_wasi::cli::WasiCliView::cli)?;
    p2::bindings::cli::terminal_stdin::add_to_linker::<State, WasiCli>(&mut linker, wasmtime_wasi::cli::WasiCliView::cli)?;
    p2::bindings::cli::terminal_stdout::add_to_linker::<State, WasiCli>(&mut linker, wasmtime_wasi::cli::WasiCliView::cli)?;
    p2::bindings::cli::terminal_stderr::add_to_linker::<State, WasiCli>(&mut linker, wasmtime_wasi::cli::WasiCliView::cli)?;
    capabilities::link(&mut linker)?;
    Ok(linker)
}

impl std::fmt::Debug for Machine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Machine").field("strategy", &self.strategy).finish_non_exhaustive()
    }
}
