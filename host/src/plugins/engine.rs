//! The engine that runs components: one for the process, with a machine for each compiler, its clock, and room for so many instances.

use super::aside::Aside;
use super::machine::{INSTANCES, Machine};
use super::pulse::{Beating, Pulse};
use super::strategy::Strategy;
use tokio::sync::{Semaphore, SemaphorePermit};

#[derive(Debug)]
pub struct Engine {
    machines: Vec<Machine>,
    /// A pool that is full is an error, not a wait, so there is a semaphore in front of it.
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
        Self::with(Strategy::ALL)
    }

    /// With these compilers only, at least one, in the order in which they are asked.
    pub fn with(compilers: &[Strategy]) -> wasmtime::Result<Self> {
        let machines: Vec<Machine> = compilers.iter().copied().map(Machine::new).collect::<wasmtime::Result<_>>()?;
        let pulse = Pulse::of(machines.iter().map(Machine::wasmtime));
        Ok(Self { machines, free: Semaphore::new(INSTANCES as usize), pulse, aside: Aside::default() })
    }

    /// In the order in which their compilers are asked.
    pub fn machines(&self) -> &[Machine] {
        &self.machines
    }

    /// Room for one instance on any of the machines; waits for it.
    pub async fn room(&self) -> Room<'_> {
        let place = self.free.acquire().await.expect("the semaphore is never closed");
        Room { _place: place, _beating: self.pulse.keep() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn what_one_machine_keeps_is_not_found_by_another() {
        let engine = Engine::new().expect("an engine");
        let names: BTreeSet<String> = engine.machines().iter().map(Machine::compatibility).collect();
        assert_eq!(names.len(), Strategy::ALL.len());
    }
}
