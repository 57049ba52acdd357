//! The clock of the machines: it moves as long as plugins run, from a thread of its own, because if all tasks are stuck it must go on.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::{self, Thread};
use std::time::Duration;
use wasmtime::EngineWeak;

/// How often a running plugin is looked at.
pub const TICK: Duration = Duration::from_millis(1);

/// After so many ticks for nobody it stands still: starting it again takes longer than a command.
const PATIENCE: u32 = 1_000;

/// How often it looks then whether there still is a machine.
const IDLE: Duration = Duration::from_secs(1);

#[derive(Clone, Debug)]
pub(super) struct Pulse {
    needed: Arc<Needed>,
    thread: Thread,
}

/// Whether it is needed, and whether it knows.
#[derive(Debug, Default)]
struct Needed {
    running: AtomicUsize,
    stands_still: AtomicBool,
}

impl Pulse {
    pub(super) fn of<'e>(engines: impl Iterator<Item = &'e wasmtime::Engine>) -> Self {
        let (engines, needed) = (engines.map(wasmtime::Engine::weak).collect::<Vec<_>>(), Arc::<Needed>::default());
        let seen = Arc::clone(&needed);
        let beat = move || {
            let mut in_vain = 0;
            while tick(&engines) {
                in_vain = if seen.is_needed() { 0 } else { in_vain + 1 };
                if in_vain < PATIENCE { thread::sleep(TICK) } else { seen.stand_still() }
            }
        };
        let thread = thread::Builder::new().name("plugin-clock".to_owned()).spawn(beat).expect("a thread can be started");
        Self { needed, thread: thread.thread().clone() }
    }

    /// It moves at least until this is dropped.
    pub(super) fn keep(&self) -> Beating {
        self.needed.running.fetch_add(1, Ordering::SeqCst);
        if self.needed.stands_still.load(Ordering::SeqCst) {
            self.thread.unpark();
        }
        Beating(Arc::clone(&self.needed))
    }
}

impl Needed {
    fn is_needed(&self) -> bool {
        self.running.load(Ordering::SeqCst) > 0
    }

    /// Whoever begins in between either sees that it is to be woken, or is seen.
    fn stand_still(&self) {
        self.stands_still.store(true, Ordering::SeqCst);
        if !self.is_needed() {
            thread::park_timeout(IDLE);
        }
        self.stands_still.store(false, Ordering::SeqCst);
    }
}

/// False if there is nothing any more that it could move for.
fn tick(engines: &[EngineWeak]) -> bool {
    let mut any = false;
    for engine in engines.iter().filter_map(EngineWeak::upgrade) {
        engine.increment_epoch();
        any = true;
    }
    any
}

/// Something runs.
#[derive(Debug)]
pub(super) struct Beating(Arc<Needed>);

impl Drop for Beating {
    fn drop(&mut self) {
        self.0.running.fetch_sub(1, Ordering::SeqCst);
    }
}
