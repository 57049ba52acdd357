//! The engine's clock: it moves as long as a plugin runs, from a thread of its own, because if all tasks are stuck it must go on.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::{self, Thread};
use std::time::Duration;

/// How often a running plugin is looked at.
pub const TICK: Duration = Duration::from_millis(1);

/// How often somebody looks whether the engine is still there, when nothing runs.
const IDLE: Duration = Duration::from_secs(1);

#[derive(Clone, Debug)]
pub(super) struct Pulse {
    running: Arc<AtomicUsize>,
    thread: Thread,
}

impl Pulse {
    pub(super) fn of(engine: &wasmtime::Engine) -> Self {
        let (engine, running) = (engine.weak(), Arc::<AtomicUsize>::default());
        let seen = Arc::clone(&running);
        let beat = move || {
            while let Some(engine) = engine.upgrade() {
                engine.increment_epoch();
                drop(engine);
                match seen.load(Ordering::SeqCst) {
                    0 => thread::park_timeout(IDLE),
                    _ => thread::sleep(TICK),
                }
            }
        };
        let thread = thread::Builder::new().name("plugin-clock".to_owned()).spawn(beat).expect("a thread can be started");
        Self { running, thread: thread.thread().clone() }
    }

    /// It moves at least until this is dropped.
    pub(super) fn keep(&self) -> Beating {
        if self.running.fetch_add(1, Ordering::SeqCst) == 0 {
            self.thread.unpark();
        }
        Beating(Arc::clone(&self.running))
    }
}

/// Something runs.
#[derive(Debug)]
pub(super) struct Beating(Arc<AtomicUsize>);

impl Drop for Beating {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}
