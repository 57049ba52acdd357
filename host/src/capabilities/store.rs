//! Values that last: reads see the ledger and the invocation's own writes; writes are effects.

use super::{Invocation, State};
use crate::model::Write;
use crate::plugins::contract::store::{Entry, Error, Host};
use std::collections::BTreeMap;
use std::ops::Bound;

const KEY_BYTES: usize = 512;
const VALUE_BYTES: usize = 256 * 1024;
const WRITTEN_BYTES: usize = 4 * 1024 * 1024;
const SCAN_ENTRIES: usize = 1_000;

impl Host for State {
    async fn get(&mut self, key: String) -> wasmtime::Result<Result<Option<Vec<u8>>, Error>> {
        let invocation = self.call()?;
        if !is_key(&key) {
            return Ok(Err(Error::BadKey));
        }
        Ok(Ok(invocation.read(&key).await?))
    }

    async fn set(&mut self, key: String, value: Vec<u8>) -> wasmtime::Result<Result<(), Error>> {
        let invocation = self.call()?;
        if !is_key(&key) {
            return Ok(Err(Error::BadKey));
        }
        invocation.spent.written_bytes += key.len() + value.len();
        if value.len() > VALUE_BYTES || invocation.spent.written_bytes > WRITTEN_BYTES {
            return Ok(Err(Error::TooLarge));
        }
        invocation.written.insert(key.clone(), Some(value.clone()));
        invocation.effects.writes.push(Write::Set { key, value });
        Ok(Ok(()))
    }

    async fn delete(&mut self, key: String) -> wasmtime::Result<Result<(), Error>> {
        let invocation = self.call()?;
        if !is_key(&key) {
            return Ok(Err(Error::BadKey));
        }
        invocation.written.insert(key.clone(), None);
        invocation.effects.writes.push(Write::Delete { key });
        Ok(Ok(()))
    }

    async fn scan(&mut self, prefix: String, after: Option<String>, limit: u32) -> wasmtime::Result<Result<Vec<Entry>, Error>> {
        let invocation = self.call()?;
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

    async fn scan(&self, prefix: &str, after: Option<&str>, limit: usize) -> wasmtime::Result<Vec<Entry>> {
        let written = self.written_under(prefix, after);
        // As many more as own deletions could take away.
        let stored = self.world.scan(prefix, after, limit + written.len()).await?;
        let mut entries: BTreeMap<String, Vec<u8>> = stored.into_iter().collect();
        for (key, value) in written {
            match value {
                Some(value) => entries.insert(key.to_owned(), value.clone()),
                None => entries.remove(key),
            };
        }
        Ok(entries.into_iter().take(limit).map(|(key, value)| Entry { key, value }).collect())
    }

    fn written_under(&self, prefix: &str, after: Option<&str>) -> Vec<(&str, &Option<Vec<u8>>)> {
        let from = match after {
            Some(after) if after >= prefix => Bound::Excluded(after),
            _ => Bound::Included(prefix),
        };
        self.written
            .range::<str, _>((from, Bound::Unbounded))
            .take_while(|(key, _)| key.starts_with(prefix))
            .map(|(key, value)| (key.as_str(), value))
            .collect()
    }
}
