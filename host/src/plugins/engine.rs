//! The engine that runs components: one for the process, with its clock and its pool of instances.

use super::aside::Aside;
use super::compiler::Native;
use super::limits::{CORE_INSTANCES, Limits, MEMORIES, TABLE_ELEMENTS, TABLES};
use super::pulse::{Beating, Pulse};
use crate::capabilities::{self, State};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;
use tokio::sync::{Semaphore, SemaphorePermit};
use wasmtime::component::{Component, Linker};
use wasmtime::{Config, InstanceAllocationStrategy, OptLevel, PoolingAllocationConfig, RegallocAlgorithm};
use wasmtime_wasi::cli::WasiCli;
use wasmtime_wasi::p2;

/// Instances at the same time. A pool that is full is an error, not a wait, so there is a semaphore in front of it.
const INSTANCES: u32 = 64;

/// No memory of any plugin can be larger than this, whatever its limit says.
const MEMORY_CEILING: usize = 256 * 1024 * 1024;

pub struct Engine {
    inner: wasmtime::Engine,
    linker: Linker<State>,
    free: Semaphore,
    pulse: Pulse,
    pub(super) aside: Aside,
}

/// Room for one instance, as long as this is there.
#[derive(Debug)]
pub struct Room<'a> {
    _place: SemaphorePermit<'a>,
    _beating: Beating,
}

impl Engine {
    pub fn new() -> wasmtime::Result<Self> {
        let inner = pooled().or_else(|why| {
            tracing::warn!(%why, "no room for a pool of instances; going on without (is `ulimit -v` set?)");
            wasmtime::Engine::new(&config())
        })?;
        let linker = linker(&inner)?;
        let pulse = Pulse::of(&inner);
        Ok(Self { inner, linker, free: Semaphore::new(INSTANCES as usize), pulse, aside: Aside::default() })
    }

    pub fn wasmtime(&self) -> &wasmtime::Engine {
        &self.inner
    }

    pub fn linker(&self) -> &Linker<State> {
        &self.linker
    }

    /// Names everything that compiled code depends on besides the plugin: engine, version, settings, processor.
    pub fn compatibility(&self) -> String {
        let mut hasher = DefaultHasher::new();
        self.inner.precompile_compatibility_hash().hash(&mut hasher);
        format!("{:016x}", hasher.finish())
    }

    /// Makes native code ready to run.
    pub fn load(&self, native: &Native) -> wasmtime::Result<Component> {
        // SAFETY: these bytes were made by `compile` below, and came here unchanged: through a pipe from a process that this host started,
        // or from the cache, which gives out only what bears its own seal. The engine itself refuses what was made with other settings.
        #[expect(unsafe_code, reason = "the engine cannot know who made the bytes; whoever makes a `Native` does")]
        unsafe {
            Component::deserialize(&self.inner, &native.0)
        }
    }

    /// Room for one instance; waits for it.
    pub async fn room(&self) -> Room<'_> {
        let place = self.free.acquire().await.expect("the semaphore is never closed");
        Room { _place: place, _beating: self.pulse.keep() }
    }

    /// Where a memory limit is bounded.
    pub fn bounded(limits: Limits) -> Limits {
        Limits { memory: limits.memory.min(MEMORY_CEILING), ..limits }
    }
}

/// Compiles a component to native code, for the engine of this very program. How much that takes is up to the component.
pub fn compile(component: &[u8]) -> Result<Vec<u8>, NotCompiled> {
    Ok(wasmtime::Engine::new(&config())?.precompile_component(component)?)
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

fn config() -> Config {
    let mut config = Config::new();
    config.epoch_interruption(true);
    // A command computes for less than a millisecond; what people wait for is the compilation of a new build.
    config.cranelift_opt_level(OptLevel::None);
    config.cranelift_regalloc_algorithm(RegallocAlgorithm::SinglePass);
    config.wasm_backtrace_max_frames(std::num::NonZeroUsize::new(16));
    config
}

/// Instances from a pool of address space, so that starting one needs no system call.
fn pooled() -> wasmtime::Result<wasmtime::Engine> {
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
    let mut config = config();
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

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Engine").field("free", &self.free.available_permits()).finish_non_exhaustive()
    }
}
