//! What a plugin can call, one file for each interface of the contract.
//!
//! Calls that change something only note an effect in the [`Invocation`]; the caller commits the effects if the plugin ends well.
//! Every call is counted, every size from the plugin is checked here.

mod calls;
mod chat;
mod directory;
mod http;
mod later;
mod log;
mod message;
mod questions;
mod rights;
mod settings;
mod spent;
mod store;
mod timers;
mod world;

pub use world::{Purpose, World};

use crate::model::{Effects, EventId, Later, PluginName, Say, WorkspaceId, Write};
use crate::permissions::Actions;
use crate::plugins::contract;
use crate::plugins::diary::Diary;
use crate::plugins::grants::Grants;
use crate::plugins::limits::{Exceeded, Limits};
use crate::plugins::settings::Values;
use crate::router::Handed;
use hatstand_common::value::{Instant, PersonId, Place};
use spent::Spent;
use std::collections::BTreeMap;
use std::ops::Deref;
use std::sync::Arc;
use wasmtime::component::{HasSelf, Linker, ResourceTable};
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};

/// The interfaces of the contract that this host serves.
pub const SERVED: [&str; 10] = ["calls", "chat", "directory", "http", "log", "questions", "rights", "settings", "store", "timers"];

/// Who is called, about what, and what the calls may touch. Fixed for the whole of an invocation.
#[derive(Debug)]
pub struct Circumstances {
    pub plugin: PluginName,
    pub workspace: WorkspaceId,
    pub event: EventId,
    /// Names this invocation in chat, log and audit.
    pub reference: String,
    pub place: Option<Place>,
    pub person: Option<PersonId>,
    pub now: Instant,
    /// What happened.
    pub handed: Arc<Handed>,
    pub grants: Arc<Grants>,
    /// The actions that the plugin declares.
    pub actions: Arc<Actions>,
    pub settings: Arc<Values>,
    pub limits: Limits,
    pub world: Arc<World>,
    /// Where the last lines of its log are kept.
    pub diary: Arc<Diary>,
}

/// An invocation under way: its circumstances, and what came of it so far.
#[derive(Debug)]
pub struct Invocation {
    circumstances: Circumstances,
    /// What the plugin wants changed.
    pub effects: Effects,
    /// What its reads see before they see the ledger: its own writes, and those of whoever came before it in the same commit.
    written: BTreeMap<String, Option<Vec<u8>>>,
    /// What those before it in the same commit said.
    said_before: Arc<Vec<Say>>,
    /// Which timers and questions stand, or do not stand any more, by its own wishes and those of whoever came before it.
    later: BTreeMap<(Later, String), bool>,
    spent: Spent,
}

impl From<Circumstances> for Invocation {
    fn from(circumstances: Circumstances) -> Self {
        Self {
            circumstances,
            effects: Effects::default(),
            written: BTreeMap::new(),
            said_before: Arc::default(),
            later: BTreeMap::new(),
            spent: Spent::default(),
        }
    }
}

/// What invocations want changed that is not in the ledger yet: the next one for the same plugin and workspace sees it as if it were.
#[derive(Clone, Debug, Default)]
pub struct Pending {
    written: BTreeMap<String, Option<Vec<u8>>>,
    said: Arc<Vec<Say>>,
    later: BTreeMap<(Later, String), bool>,
}

impl Pending {
    pub fn add(&mut self, effects: &Effects) {
        for write in &effects.writes {
            match write {
                Write::Set { key, value } => self.written.insert(key.clone(), Some(value.clone())),
                Write::Delete { key } => self.written.insert(key.clone(), None),
            };
        }
        Arc::make_mut(&mut self.said).extend(effects.says.iter().cloned());
        self.later.extend(later::changed(effects));
    }
}

/// What is fixed is read as if it were the invocation's own; nothing can change it.
impl Deref for Invocation {
    type Target = Circumstances;

    fn deref(&self) -> &Circumstances {
        &self.circumstances
    }
}

impl Invocation {
    /// The same, after these.
    pub fn after(self, pending: &Pending) -> Self {
        let Pending { written, said, later } = pending.clone();
        Self { written, said_before: said, later, ..self }
    }
}

/// What a running instance carries: its WASI, its limits, and the invocation, which is not there while it describes itself.
pub struct State {
    pub invocation: Option<Invocation>,
    pub memory: crate::plugins::limits::Memory,
    pub wasi: WasiCtx,
    pub table: ResourceTable,
}

impl State {
    /// The invocation, for one more call that brings so many bytes.
    fn call(&mut self, bytes: usize) -> wasmtime::Result<&mut Invocation> {
        let invocation = self.invocation.as_mut().ok_or_else(|| wasmtime::Error::from(Exceeded::Impure))?;
        invocation.count_call()?;
        invocation.move_bytes(bytes)?;
        Ok(invocation)
    }
}

impl std::fmt::Debug for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("State").field("invocation", &self.invocation).field("memory", &self.memory).finish_non_exhaustive()
    }
}

impl WasiView for State {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView { ctx: &mut self.wasi, table: &mut self.table }
    }
}

impl contract::types::Host for State {}
impl contract::events::Host for State {}

/// Links what the host serves; what it does not serve cannot be linked, so it cannot be called.
pub fn link(linker: &mut Linker<State>) -> wasmtime::Result<()> {
    fn own(state: &mut State) -> &mut State {
        state
    }
    contract::types::add_to_linker::<_, HasSelf<State>>(linker, own)?;
    contract::events::add_to_linker::<_, HasSelf<State>>(linker, own)?;
    contract::calls::add_to_linker::<_, HasSelf<State>>(linker, own)?;
    contract::chat::add_to_linker::<_, HasSelf<State>>(linker, own)?;
    contract::directory::add_to_linker::<_, HasSelf<State>>(linker, own)?;
    contract::http::add_to_linker::<_, HasSelf<State>>(linker, own)?;
    contract::log::add_to_linker::<_, HasSelf<State>>(linker, own)?;
    contract::questions::add_to_linker::<_, HasSelf<State>>(linker, own)?;
    contract::rights::add_to_linker::<_, HasSelf<State>>(linker, own)?;
    contract::settings::add_to_linker::<_, HasSelf<State>>(linker, own)?;
    contract::store::add_to_linker::<_, HasSelf<State>>(linker, own)?;
    contract::timers::add_to_linker::<_, HasSelf<State>>(linker, own)?;
    Ok(())
}
