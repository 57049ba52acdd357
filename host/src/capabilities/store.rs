//! Values that last: reads see the ledger and the invocation's own writes; writes are effects.

use super::{Invocation, State};
use crate::ledger::{self, StateSize};
use crate::model::Write;
use crate::plugins::contract::store::{Entry, Error, Host};
use crate::plugins::limits::{Exceeded, Limits};
use std::collections::BTreeMap;
use std::ops::Bound;

const KEY_BYTES: usize = 512;
const VALUE_BYTES: usize = 256 * 1024;
const SCAN_ENTRIES: usize = 1_000;
/// So many entries are read at once: what they come to is counted before more are.
const PAGE: usize = 64;

impl Host for State {
    async fn get(&mut self, key: String) -> wasmtime::Result<Result<Option<Vec<u8>>, Error>> {
        let invocation = self.call(key.len())?;
        if !is_key(&key) {
            return Ok(Err(Error::BadKey));
        }
        let value = invocation.read(&key).await?;
        invocation.move_bytes(value.as_ref().map_or(0, Vec::len))?;
        Ok(Ok(value))
    }

    async fn set(&mut self, key: String, value: Vec<u8>) -> wasmtime::Result<Result<(), Error>> {
        let bytes = key.len() + value.len();
        let invocation = self.call(bytes)?;
        if !is_key(&key) {
            return Ok(Err(Error::BadKey));
        }
        if value.len() > VALUE_BYTES || invocation.count_written(bytes).is_err() {
            return Ok(Err(Error::TooLarge));
        }
        invocation.written.insert(key.clone(), Some(value.clone()));
        invocation.effects.writes.push(Write::Set { key, value });
        Ok(Ok(()))
    }

    async fn delete(&mut self, key: String) -> wasmtime::Result<Result<(), Error>> {
        let invocation = self.call(key.len())?;
        if !is_key(&key) {
            return Ok(Err(Error::BadKey));
        }
        invocation.written.insert(key.clone(), None);
        invocation.effects.writes.push(Write::Delete { key });
        Ok(Ok(()))
    }

    async fn scan(&mut self, prefix: String, after: Option<String>, limit: u32) -> wasmtime::Result<Result<Vec<Entry>, Error>> {
        let invocation = self.call(prefix.len() + after.as_ref().map_or(0, String::len))?;
        if prefix.len() > KEY_BYTES {
            return Ok(Err(Error::BadKey));
        }
        let limit = usize::try_from(limit).unwrap_or(SCAN_ENTRIES).min(SCAN_ENTRIES);
        Ok(Ok(invocation.scan(&prefix, after.as_deref(), limit).await?))
    }
}

fn is_key(key: &str) -> bool {
    (1..=KEY_BYTES).contains(&key.len())
}

impl Invocation {
    async fn read(&self, key: &str) -> wasmtime::Result<Option<Vec<u8>>> {
        match self.written.get(key) {
            Some(value) => Ok(value.clone()),
            None => Ok(self.world.get(key).await?),
        }
    }

    /// Reads page by page, so that never much more is in memory than the plugin may take.
    async fn scan(&mut self, prefix: &str, after: Option<&str>, limit: usize) -> wasmtime::Result<Vec<Entry>> {
        let mut entries = Vec::new();
        let mut after = after.map(str::to_owned);
        while entries.len() < limit {
            let page = self.page(prefix, after.as_deref(), PAGE.min(limit - entries.len())).await?;
            self.move_bytes(page.entries.iter().map(|entry| entry.key.len() + entry.value.len()).sum())?;
            entries.extend(page.entries);
            match page.last {
                Some(last) => after = Some(last),
                None => break,
            }
        }
        entries.truncate(limit);
        Ok(entries)
    }

    /// The next entries as this invocation sees them: about so many.
    async fn page(&self, prefix: &str, after: Option<&str>, count: usize) -> wasmtime::Result<Page> {
        let stored = self.world.scan(prefix, after, count).await?;
        let last = (stored.len() == count).then(|| stored.last().map(|(key, _)| key.clone())).flatten();
        let mut entries: BTreeMap<String, Vec<u8>> = stored.into_iter().collect();
        for (key, value) in self.written_under(prefix, after, last.as_deref()) {
            match value {
                Some(value) => entries.insert(key.to_owned(), value.clone()),
                None => entries.remove(key),
            };
        }
        Ok(Page { entries: entries.into_iter().map(|(key, value)| Entry { key, value }).collect(), last })
    }

    fn written_under<'a>(
        &'a self,
        prefix: &'a str,
        after: Option<&str>,
        up_to: Option<&'a str>,
    ) -> impl Iterator<Item = (&'a str, &'a Option<Vec<u8>>)> {
        let from = match after {
            Some(after) if after >= prefix => Bound::Excluded(after),
            _ => Bound::Included(prefix),
        };
        let written = self.written.range::<str, _>((from, Bound::Unbounded)).map(|(key, value)| (key.as_str(), value));
        written.take_while(move |(key, _)| key.starts_with(prefix) && up_to.is_none_or(|up_to| *key <= up_to))
    }
}

impl Invocation {
    /// The limit that the plugin's state would exceed with what was written. It may always become smaller.
    pub async fn exceeds_state(&self) -> ledger::Result<Option<Exceeded>> {
        let Some(before) = self.world.state_size().await?.filter(|_| !self.effects.writes.is_empty()) else { return Ok(None) };
        let written = self.written.iter().map(|(key, value)| value.as_ref().map_or(0, |value| key.len() + value.len())).sum::<usize>();
        let at_most = StateSize { keys: before.keys + self.written.len(), bytes: before.bytes + written };
        if self.exceeded_by(before, at_most).is_none() {
            return Ok(None);
        }
        // Only now it matters what the written values replace.
        let mut after = StateSize { keys: before.keys, ..at_most };
        for (key, value) in &self.written {
            let replaced = self.world.get(key).await?;
            after.keys = (after.keys + usize::from(value.is_some())).saturating_sub(usize::from(replaced.is_some()));
            after.bytes = after.bytes.saturating_sub(replaced.map_or(0, |replaced| key.len() + replaced.len()));
        }
        let exceeded = self.exceeded_by(before, after);
        if let Some(exceeded) = exceeded {
            let (plugin, workspace, reference, code) = (&self.plugin, &self.workspace, &self.reference, exceeded.code());
            tracing::warn!(target: "plugin", %plugin, %workspace, %reference, code, "{exceeded}; nothing was changed");
        }
        Ok(exceeded)
    }

    fn exceeded_by(&self, before: StateSize, after: StateSize) -> Option<Exceeded> {
        let Limits { state, state_keys, .. } = self.limits;
        if after.bytes > state.max(before.bytes) {
            return Some(Exceeded::State(state));
        }
        (after.keys > state_keys.max(before.keys)).then_some(Exceeded::StateKeys(state_keys))
    }
}

/// What one look into the ledger gives.
struct Page {
    entries: Vec<Entry>,
    /// The last key of the ledger that was looked at, if there may be more behind it.
    last: Option<String>,
}
