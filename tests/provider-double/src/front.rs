//! What stands before a service: the book of what arrived, and the troubles that were ordered.

use std::sync::{Mutex, MutexGuard};

use tokio::sync::watch;

use crate::{
    provider::lock,
    seen::Seen,
    trouble::{Ordered, Trouble},
};

/// What stands before a service.
#[derive(Debug)]
pub(crate) struct Front {
    seen: Mutex<Vec<Seen>>,
    ordered: Mutex<Option<Ordered>>,
    slow: watch::Sender<bool>,
}

impl Default for Front {
    fn default() -> Self {
        Self { seen: Mutex::default(), ordered: Mutex::default(), slow: watch::Sender::new(false) }
    }
}

impl Front {
    pub(crate) fn seen(&self) -> MutexGuard<'_, Vec<Seen>> {
        lock(&self.seen)
    }

    /// What is to go wrong from now on, in place of what was ordered before.
    pub(crate) fn order(&self, trouble: Trouble, left: Option<u64>) {
        *lock(&self.ordered) = Some(Ordered { trouble, left });
    }

    /// Nothing is to go wrong any more.
    pub(crate) fn mend(&self) {
        *lock(&self.ordered) = None;
        self.hold(false);
    }

    /// Whether answers are held back; those that are go out when it ends.
    pub(crate) fn hold(&self, slow: bool) {
        self.slow.send_replace(slow);
    }

    /// What goes wrong with the request at hand.
    pub(crate) fn take(&self) -> Option<Trouble> {
        let mut ordered = lock(&self.ordered);
        let trouble = ordered.as_ref()?.trouble.clone();
        if let Some(left) = ordered.as_mut().and_then(|ordered| ordered.left.as_mut()) {
            *left -= 1;
            if *left == 0 {
                *ordered = None;
            }
        }
        Some(trouble)
    }

    /// Comes back when no answer is held.
    pub(crate) async fn pass(&self) {
        // The sender lives as long as this does, so waiting cannot fail.
        let mut slow = self.slow.subscribe();
        let _passed = slow.wait_for(|slow| !slow).await;
    }
}
