//! Counts panics in the whole process: one in a task of the bot ends that task only, and nobody would hear of it.

use std::panic;
use std::sync::atomic::{AtomicU64, Ordering};

static PANICS: AtomicU64 = AtomicU64::new(0);

/// Counts from here on.
pub fn count() {
    let before = panic::take_hook();
    panic::set_hook(Box::new(move |why| {
        PANICS.fetch_add(1, Ordering::Relaxed);
        before(why);
    }));
}

/// How many there were so far.
pub fn so_far() -> u64 {
    PANICS.load(Ordering::Relaxed)
}
