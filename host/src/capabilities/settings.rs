//! What is set for this plugin, in chat or by the operator, checked against its description before.

use super::State;
use crate::plugins::contract::settings::{Host, Value};
use crate::plugins::contract::to_value;

impl Host for State {
    async fn get(&mut self, name: String) -> wasmtime::Result<Option<Value>> {
        let invocation = self.call(name.len())?;
        Ok(invocation.settings.get(&name).cloned().map(to_value))
    }
}
