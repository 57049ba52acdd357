//! Being called back: setting and cancelling are effects; the ledger keeps the timers.

use super::State;
use crate::model::{Later, TimerChange};
use crate::plugins::contract::timers::{Error, Host};
use hatstand_common::value::Instant;

const KEY_BYTES: usize = 512;
const PAYLOAD_BYTES: usize = 16 * 1024;
const TIMERS: usize = 10_000;

impl Host for State {
    async fn set(&mut self, key: String, due: u64, payload: Vec<u8>) -> wasmtime::Result<Result<(), Error>> {
        let bytes = key.len() + payload.len();
        let invocation = self.call(bytes)?;
        if !is_key(&key) {
            return Ok(Err(Error::BadKey));
        }
        if payload.len() > PAYLOAD_BYTES || invocation.count_written(bytes).is_err() {
            return Ok(Err(Error::TooMuch));
        }
        if !invocation.place_later(Later::Timer, &key, TIMERS).await? {
            return Ok(Err(Error::TooMuch));
        }
        let place = invocation.place.clone();
        invocation.effects.timers.push(TimerChange::Set { key, due: Instant(due), payload, place });
        Ok(Ok(()))
    }

    async fn cancel(&mut self, key: String) -> wasmtime::Result<Result<(), Error>> {
        let invocation = self.call(key.len())?;
        if !is_key(&key) {
            return Ok(Err(Error::BadKey));
        }
        invocation.remove_later(Later::Timer, &key).await?;
        invocation.effects.timers.push(TimerChange::Cancel { key });
        Ok(Ok(()))
    }
}

pub(super) fn is_key(key: &str) -> bool {
    (1..=KEY_BYTES).contains(&key.len())
}
