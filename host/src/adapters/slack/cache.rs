//! What Slack said about people and channels, for as long as it may be believed.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// So many entries at most; what was learned longest ago goes first.
const ENTRIES: usize = 20_000;

/// Values by stable id, and when each was learned.
#[derive(Debug)]
pub struct Cache<K, V> {
    entries: Mutex<HashMap<K, (V, Instant)>>,
    /// For how long.
    fresh: Duration,
}

/// What is known of a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Known<V> {
    Fresh(V),
    /// Better than nothing, if nothing newer can be had.
    Stale(V),
    No,
}

impl<V> Known<V> {
    /// What is known, however old.
    pub fn any(self) -> Option<V> {
        match self {
            Known::Fresh(value) | Known::Stale(value) => Some(value),
            Known::No => None,
        }
    }
}

impl<K: Clone + Eq + Hash, V: Clone> Cache<K, V> {
    pub fn new(fresh: Duration) -> Self {
        Self { entries: Mutex::default(), fresh }
    }

    pub fn get(&self, key: &K) -> Known<V> {
        match self.entries().get(key) {
            Some((value, learned)) if learned.elapsed() < self.fresh => Known::Fresh(value.clone()),
            Some((value, _)) => Known::Stale(value.clone()),
            None => Known::No,
        }
    }

    /// Whatever is known, however old.
    pub fn last(&self, key: &K) -> Option<V> {
        self.entries().get(key).map(|(value, _)| value.clone())
    }

    pub fn put(&self, key: K, value: V) {
        let mut entries = self.entries();
        if entries.len() >= ENTRIES && !entries.contains_key(&key) {
            drop_oldest(&mut entries);
        }
        entries.insert(key, (value, Instant::now()));
    }

    pub fn forget(&self, key: &K) {
        self.entries().remove(key);
    }

    pub fn values(&self) -> Vec<V> {
        self.entries().values().map(|(value, _)| value.clone()).collect()
    }

    fn entries(&self) -> MutexGuard<'_, HashMap<K, (V, Instant)>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A tenth at a time, so that it is rare.
fn drop_oldest<K: Eq + Hash, V>(entries: &mut HashMap<K, (V, Instant)>) {
    let mut learned: Vec<Instant> = entries.values().map(|(_, learned)| *learned).collect();
    let tenth = learned.len() / 10;
    let (_, limit, _) = learned.select_nth_unstable(tenth);
    let limit = *limit;
    entries.retain(|_, (_, learned)| *learned > limit);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_never_grows_beyond_its_limit() {
        let cache = Cache::new(Duration::MAX);
        for key in 0..ENTRIES + 10 {
            cache.put(key, key);
        }
        assert!(cache.values().len() <= ENTRIES);
        assert_eq!(cache.get(&(ENTRIES + 9)), Known::Fresh(ENTRIES + 9), "the newest is there");
        assert_eq!(cache.get(&0), Known::No, "the oldest is not");
    }
}
