//! How much one invocation may use, and what is said when it wants more.

use std::time::Duration;
use wasmtime::ResourceLimiter;

/// The budget of one invocation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Computing time. Waiting for the host is not counted.
    pub time: Duration,
    /// Bytes of memory.
    pub memory: usize,
    /// Calls of the host.
    pub host_calls: u32,
    /// Things said.
    pub messages: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { time: Duration::from_secs(1), memory: 32 * 1024 * 1024, host_calls: 1_000, messages: 20 }
    }
}

/// A limit that an instance ran into; travels through the engine as the reason of the trap.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Exceeded {
    #[error("it computed for more than {0:?}")]
    Time(Duration),
    #[error("it wanted more than {} MiB of memory", .0 / (1024 * 1024))]
    Memory(usize),
    #[error("it called the host more than {0} times")]
    HostCalls(u32),
    #[error("it called the host while describing itself; a description must be pure")]
    Impure,
}

/// Elements of all tables of one instance.
const TABLE_ELEMENTS: usize = 20_000;

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

impl ResourceLimiter for Memory {
    /// A refusal would only make the plugin's allocator abort without a reason, so it is a trap with one.
    fn memory_growing(&mut self, _current: usize, desired: usize, _maximum: Option<usize>) -> wasmtime::Result<bool> {
        if desired > self.limit { Err(Exceeded::Memory(self.limit).into()) } else { Ok(true) }
    }

    fn table_growing(&mut self, _current: usize, desired: usize, _maximum: Option<usize>) -> wasmtime::Result<bool> {
        Ok(desired <= TABLE_ELEMENTS)
    }
}
