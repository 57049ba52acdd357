//! Who and what there is, as the adapters know it.

use super::State;
use crate::plugins::contract::directory::Host;
use crate::plugins::contract::{to_channel, to_person, types};
use hatstand_common::value::Instant;

impl Host for State {
    async fn person(&mut self, id: String) -> wasmtime::Result<Option<types::Person>> {
        let invocation = self.call(id.len())?;
        let person = invocation.world.person(&id.into()).await;
        Ok(person.map(to_person))
    }

    async fn channel(&mut self, id: String) -> wasmtime::Result<Option<types::Channel>> {
        let invocation = self.call(id.len())?;
        let channel = invocation.world.channel(&id.into()).await;
        Ok(channel.map(to_channel))
    }

    async fn zone_offset(&mut self, zone: String, at: u64) -> wasmtime::Result<Option<i32>> {
        self.call(zone.len())?;
        Ok(crate::directory::zone_offset(&zone, Instant(at)))
    }
}
