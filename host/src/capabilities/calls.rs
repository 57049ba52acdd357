//! Telling programs later what came of their commands: opening and answering are effects; the ledger keeps what is open.

use super::State;
use crate::model::CallChange;
use crate::plugins::contract::calls::{Error, Host};

const KEY_BYTES: usize = 512;
const DATA_BYTES: usize = 64 * 1024;

impl Host for State {
    async fn open(&mut self, key: String) -> wasmtime::Result<Result<(), Error>> {
        let invocation = self.call(key.len())?;
        if !is_key(&key) {
            return Ok(Err(Error::BadKey));
        }
        // Nobody else waits for an answer.
        if invocation.person.as_ref().is_some_and(|person| person.program().is_some()) {
            invocation.effects.calls.push(CallChange::Open { key });
        }
        Ok(Ok(()))
    }

    async fn answer(&mut self, key: String, code: String, data: String) -> wasmtime::Result<Result<(), Error>> {
        let bytes = key.len() + code.len() + data.len();
        let invocation = self.call(bytes)?;
        if !is_key(&key) {
            return Ok(Err(Error::BadKey));
        }
        if code.len() + data.len() > DATA_BYTES || invocation.count_written(bytes).is_err() {
            return Ok(Err(Error::TooLarge));
        }
        invocation.effects.calls.push(CallChange::Answer { key, code, data });
        Ok(Ok(()))
    }
}

fn is_key(key: &str) -> bool {
    (1..=KEY_BYTES).contains(&key.len())
}
