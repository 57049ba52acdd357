//! How much one invocation may use, and what is said when it wants more.

use std::time::Duration;
use wasmtime::ResourceLimiter;

/// The budget of one invocation, how often there is one, and how much all of them may keep.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Computing time. Waiting for the host is not counted.
    pub time: Duration,
    /// Bytes of memory.
    pub memory: usize,
    /// Calls of the host.
    pub host_calls: u32,
    /// Bytes that the calls of the host bring and take.
    pub moved: usize,
    /// Things said.
    pub messages: usize,
    /// Bytes of all that is said.
    pub said: usize,
    /// Bytes that are kept: of the state, with timers, and as answers for programs.
    pub written: usize,
    /// Bytes of its state in a workspace, keys and values.
    pub state: usize,
    /// Keys of its state in a workspace.
    pub state_keys: usize,
    /// Lines of the operator's log.
    pub log_lines: u32,
    /// Bytes of the operator's log.
    pub logged: usize,
    /// Streams and the like that are open at the same time.
    pub handles: usize,
    /// Invocations a second in a workspace, in bursts of a hundred times as many; 0 is without limit.
    pub invocations_per_second: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            time: Duration::from_secs(1),
            memory: 32 * MIB,
            host_calls: 1_000,
            moved: 16 * MIB,
            messages: 20,
            said: MIB,
            written: 4 * MIB,
            state: 64 * MIB,
            state_keys: 100_000,
            log_lines: 100,
            logged: 200 * KIB,
            handles: 256,
            invocations_per_second: 100,
        }
    }
}

pub const KIB: usize = 1024;
pub const MIB: usize = 1024 * KIB;

/// What one call may bring. The largest value that any of them takes is well below it, with the host's own picture of it.
pub const CALL_BYTES: usize = MIB;

impl Limits {
    /// As far as any plugin can go.
    pub fn bounded(self) -> Self {
        Self { memory: self.memory.min(MEMORY_CEILING), ..self }
    }
}

/// A limit that an invocation ran into. Most travel through the engine as the reason of a trap; of those that the contract has an error
/// for, the plugin is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum Exceeded {
    #[error("it computed for more than {0:?}")]
    Time(Duration),
    #[error("it wanted more than {} MiB of memory", .0 / MIB)]
    Memory(usize),
    #[error("it wanted more than {0} elements in a table")]
    Table(usize),
    #[error("it called the host more than {0} times")]
    HostCalls(u32),
    #[error("it brought more than {} MiB with one call of the host", .0 / MIB)]
    Brought(usize),
    #[error("its calls of the host moved more than {} KiB", .0 / KIB)]
    Moved(usize),
    #[error("it had more than {0} streams and the like open at the same time")]
    Handles(usize),
    #[error("an invocation says at most {0} things")]
    Messages(usize),
    #[error("an invocation says at most {} KiB", .0 / KIB)]
    Said(usize),
    #[error("an invocation keeps at most {} KiB", .0 / KIB)]
    Written(usize),
    #[error("its state takes at most {} KiB in a workspace", .0 / KIB)]
    State(usize),
    #[error("its state has at most {0} keys in a workspace")]
    StateKeys(usize),
    #[error("an invocation writes at most {0} lines into the log; the rest is dropped")]
    LogLines(u32),
    #[error("an invocation writes at most {} KiB into the log; the rest is dropped", .0 / KIB)]
    Logged(usize),
    #[error("it called the host while describing itself; a description must be pure")]
    Impure,
}

impl Exceeded {
    /// A stable word for the audit and the log.
    pub fn code(&self) -> &'static str {
        match self {
            Exceeded::Time(_) => "too-slow",
            Exceeded::Memory(_) => "too-big",
            Exceeded::Table(_) => "too-many-elements",
            Exceeded::HostCalls(_) => "too-busy",
            Exceeded::Brought(_) => "too-heavy",
            Exceeded::Moved(_) => "too-much-moved",
            Exceeded::Handles(_) => "too-many-handles",
            Exceeded::Messages(_) => "too-many-messages",
            Exceeded::Said(_) => "too-much-said",
            Exceeded::Written(_) => "too-much-written",
            Exceeded::State(_) => "too-much-state",
            Exceeded::StateKeys(_) => "too-many-keys",
            Exceeded::LogLines(_) => "too-many-lines",
            Exceeded::Logged(_) => "too-much-logged",
            Exceeded::Impure => "impure",
        }
    }
}

/// No memory of any plugin can be larger than this, whatever its limit says.
pub const MEMORY_CEILING: usize = 256 * MIB;

/// Elements of one table. A program has one for each function whose address it takes.
pub const TABLE_ELEMENTS: usize = 20_000;

/// What one plugin is made of at most, so that it leaves some of the engine's pool to the others.
pub const CORE_INSTANCES: u32 = 32;
pub const MEMORIES: u32 = 1;
pub const TABLES: u32 = 8;

/// Watches over what one instance allocates.
#[derive(Debug)]
pub struct Memory {
    limit: usize,
}

impl Memory {
    pub fn up_to(limit: usize) -> Self {
        Self { limit }
    }
}

/// A refusal would only make the plugin's allocator abort without a reason, so it is a trap with one.
impl ResourceLimiter for Memory {
    fn memory_growing(&mut self, _current: usize, desired: usize, _maximum: Option<usize>) -> wasmtime::Result<bool> {
        if desired > self.limit { Err(Exceeded::Memory(self.limit).into()) } else { Ok(true) }
    }

    fn table_growing(&mut self, _current: usize, desired: usize, _maximum: Option<usize>) -> wasmtime::Result<bool> {
        if desired > TABLE_ELEMENTS { Err(Exceeded::Table(TABLE_ELEMENTS).into()) } else { Ok(true) }
    }

    fn instances(&self) -> usize {
        CORE_INSTANCES as usize
    }

    fn memories(&self) -> usize {
        MEMORIES as usize
    }

    fn tables(&self) -> usize {
        TABLES as usize
    }
}
