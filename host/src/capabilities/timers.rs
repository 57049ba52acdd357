//! Being called back: setting and cancelling are effects; the ledger keeps the timers.

use super::State;
use crate::model::TimerChange;
use crate::plugins::contract::timers::{Error, Host};
use hatstand_common::value::Instant;

const KEY_BYTES: usize = 512;
const PAYLOAD_BYTES: usize = 16 * 1024;
const TIMERS: usize = 1_000;

impl Host for State {
    async fn set(&mut self, key: String, due: u64, payload: Vec<u8>) -> wasmtime::Result<Result<(), Error>> {
        let invocation = self.call()?;
        if !is_key(&key) {
            return Ok(Err(Error::BadKey));
        }
        // The ledger is asked once in an invocation at most: what it says does not change under us.
        let standing = match invocation.spent.standing_timers {
            Some(standing) => standing,
            None => invocation.ledger.timer_count(&invocation.workspace, &invocation.plugin).await?,
        };
        invocation.spent.standing_timers = Some(standing);
        if payload.len() > PAYLOAD_BYTES || standing + invocation.effects.timers.len() >= TIMERS {
            return Ok(Err(Error::TooMuch));
        }
        let place = invocation.place.clone();
        invocation.effects.timers.push(TimerChange::Set { key, due: Instant(due), payload, place });
        Ok(Ok(()))
    }

    async fn cancel(&mut self, key: String) -> wasmtime::Result<Result<(), Error>> {
        let invocation = self.call()?;
        if !is_key(&key) {
            return Ok(Err(Error::BadKey));
        }
        invocation.effects.timers.push(TimerChange::Cancel { key });
        Ok(Ok(()))
    }
}

fn is_key(key: &str) -> bool {
    (1..=KEY_BYTES).contains(&key.len())
}
