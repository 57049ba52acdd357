//! How often each plugin is run: one that sets itself going again and again, or is set going from outside, waits for its turns, and the others
//! do not notice.

use crate::model::{PluginName, WorkspaceId};
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// So many seconds' worth may come at once: everything that came due during a long downtime.
const BURST: u32 = 100;

/// When each plugin has used up what it has had so far, by workspace: the theoretical arrival time of ITU-T I.371.
#[derive(Debug, Default)]
pub struct Paces(Mutex<HashMap<(WorkspaceId, PluginName), Instant>>);

impl Paces {
    /// How long to wait before it is run once more; none are counted for 0 a second.
    pub fn take(&self, workspace: &WorkspaceId, plugin: &PluginName, per_second: u32, now: Instant) -> Duration {
        let Some(each) = Duration::from_secs(1).checked_div(per_second) else { return Duration::ZERO };
        let mut used_up = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let used_up = used_up.entry((workspace.clone(), plugin.clone())).or_insert(now);
        *used_up = (*used_up).max(now) + each;
        used_up.saturating_duration_since(now + each * per_second * BURST)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bursts_pass_and_what_goes_on_and_on_waits() {
        let (paces, here, hat) = (Paces::default(), WorkspaceId::from("here"), PluginName::from("hat"));
        let began = Instant::now();
        let take = |plugin: &PluginName, now| paces.take(&here, plugin, 10, now);
        assert!((0..1_000).all(|_| take(&hat, began) == Duration::ZERO), "a hundred seconds' worth");
        assert_eq!(take(&hat, began), Duration::from_millis(100));
        assert_eq!(take(&hat, began), Duration::from_millis(200));
        assert_eq!(take(&PluginName::from("dibs"), began), Duration::ZERO, "the others do not notice");
        assert_eq!(take(&hat, began + Duration::from_secs(1)), Duration::ZERO, "it has waited");
        assert_eq!(paces.take(&here, &hat, 0, began), Duration::ZERO, "there is no limit");
    }
}
