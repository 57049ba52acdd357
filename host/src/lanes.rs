//! Work in lanes: within a lane one after another in the order in which it came, different lanes side by side.
//!
//! Invocations run in a lane for each plugin and workspace; messages leave in a lane for each channel.

use std::collections::HashMap;
use std::fmt;
use std::future::Future;
use std::hash::Hash;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::mpsc;
use tokio_util::task::TaskTracker;

/// How much is taken out of a lane at once at most.
const AT_ONCE: usize = 32;

type Work<T> = Arc<dyn Fn(Vec<T>) -> Pin<Box<dyn Future<Output = ()> + Send>> + Send + Sync>;

/// Lanes with keys `K`, in which items `T` wait for their turn.
pub struct Lanes<K, T> {
    work: Work<T>,
    /// A lane is here as long as there is something in it, and is taken away by its own task.
    open: Arc<Mutex<HashMap<K, mpsc::UnboundedSender<T>>>>,
    tasks: TaskTracker,
}

impl<K, T> Lanes<K, T>
where
    K: Clone + Eq + Hash + Send + 'static,
    T: Send + 'static,
{
    /// The work is given what waits in a lane, in order, and goes on until all of it is done.
    pub fn new<F, W>(tasks: TaskTracker, work: W) -> Self
    where
        W: Fn(Vec<T>) -> F + Send + Sync + 'static,
        F: Future<Output = ()> + Send + 'static,
    {
        Self { work: Arc::new(move |items| Box::pin(work(items))), open: Arc::default(), tasks }
    }

    /// Puts an item at the end of a lane.
    pub fn add(&self, key: K, item: T) {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let item = match open.get(&key) {
            // The receiver lives until it has taken its lane out of the map, under the same lock.
            Some(lane) => match lane.send(item) {
                Ok(()) => return,
                Err(mpsc::error::SendError(item)) => item,
            },
            None => item,
        };
        let (lane, waiting) = mpsc::unbounded_channel();
        let _ = lane.send(item);
        open.insert(key.clone(), lane);
        self.tasks.spawn(drive(Arc::clone(&self.work), Arc::clone(&self.open), key, waiting));
    }
}

async fn drive<K, T>(work: Work<T>, open: Arc<Mutex<HashMap<K, mpsc::UnboundedSender<T>>>>, key: K, mut waiting: mpsc::UnboundedReceiver<T>)
where
    K: Eq + Hash,
{
    loop {
        loop {
            let items: Vec<T> = std::iter::from_fn(|| waiting.try_recv().ok()).take(AT_ONCE).collect();
            if items.is_empty() {
                break;
            }
            work(items).await;
        }
        let mut open = open.lock().unwrap_or_else(PoisonError::into_inner);
        if waiting.is_empty() {
            open.remove(&key);
            return;
        }
    }
}

impl<K, T> fmt::Debug for Lanes<K, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lanes").field("tasks", &self.tasks).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::sync::Notify;

    #[tokio::test]
    async fn keeps_the_order_within_a_lane_and_does_not_wait_across_lanes() {
        let seen = Arc::new(Mutex::new(Vec::new()));
        let gate = Arc::new(Notify::new());
        let tasks = TaskTracker::new();
        let lanes = Lanes::new(tasks.clone(), {
            let (seen, gate) = (Arc::clone(&seen), Arc::clone(&gate));
            move |items: Vec<(&'static str, u32)>| {
                let (seen, gate) = (Arc::clone(&seen), Arc::clone(&gate));
                async move {
                    for item in items {
                        if item == ("slow", 0) {
                            gate.notified().await;
                        }
                        seen.lock().expect("not poisoned").push(item);
                        if item == ("fast", 1) {
                            gate.notify_one();
                        }
                    }
                }
            }
        });
        for number in 0..2 {
            lanes.add("slow", ("slow", number));
            lanes.add("fast", ("fast", number));
        }
        tasks.close();
        tasks.wait().await;
        assert_eq!(*seen.lock().expect("not poisoned"), [("fast", 0), ("fast", 1), ("slow", 0), ("slow", 1)]);
        assert!(lanes.open.lock().expect("not poisoned").is_empty());
    }
}
