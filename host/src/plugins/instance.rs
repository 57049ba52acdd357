//! One run of a plugin: a fresh instance, the call, the end. Whatever happens in it is a value here.

use super::aside::Long;
use super::contract::{self, HatstandPluginPre};
use super::engine::Engine;
use super::limits::{CALL_BYTES, Exceeded, Limits, Memory};
use super::output::Output;
use super::pulse::TICK;
use crate::capabilities::{Invocation, State};
use hatstand_common::declaration::Description;
use hatstand_common::value::Instant;
use rand::SeedableRng;
use rand::rngs::StdRng;
use std::time::Duration;
use wasmtime::component::{ResourceTable, ResourceTableError};
use wasmtime::{Store, Trap, UpdateDeadline};
use wasmtime_wasi::WasiCtx;
use wasmtime_wasi::clocks::{HostMonotonicClock, HostWallClock};

/// A run that was looked at so often takes long: until then it is quicker to let it end where it is.
const LONG: u128 = 2;

/// How much longer than its computing time an instance may exist, for the host's part of the work.
const GRACE: Duration = Duration::from_millis(1_500);

/// Why a run ended before it returned.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Crash {
    #[error("{0}")]
    Panicked(String),
    #[error("{0}")]
    Exceeded(Exceeded),
    #[error("it went too deep: endless recursion?")]
    Recursion,
    #[error("it did not return within {0:?}")]
    Hung(Duration),
    #[error("the ledger could not be read: {0}")]
    Ledger(String),
    #[error("{0}")]
    Other(String),
}

impl Crash {
    /// A stable word for the audit.
    pub fn code(&self) -> &'static str {
        match self {
            Crash::Panicked(_) => "panicked",
            Crash::Exceeded(exceeded) => exceeded.code(),
            Crash::Hung(_) => "too-slow",
            Crash::Recursion => "too-deep",
            Crash::Ledger(_) => "ledger",
            Crash::Other(_) => "crashed",
        }
    }
}

/// What shows of a run from outside.
#[derive(Debug, Default)]
struct Seen {
    output: Output,
    long: Long,
}

/// Runs `handle` and gives back the invocation with its effects.
pub async fn handle(
    engine: &Engine,
    plugin: &HatstandPluginPre<State>,
    invocation: Invocation,
    context: contract::events::Context,
    event: contract::events::Event,
) -> Result<(Invocation, Result<contract::WireOutcome, contract::WireFailure>), Crash> {
    let limits = invocation.limits;
    let seen = Seen::default();
    let _room = engine.room().await;
    let mut store = store(plugin, Some(invocation), limits, (context.now, context.seed), &seen);
    let plugin = plugin.clone();
    let run = async move {
        let instance = plugin.instantiate_async(&mut store).await?;
        let returned = instance.hatstand_plugin_plugin().call_handle(&mut store, &context, &event).await?;
        Ok((store.into_data().invocation.expect("it was put there above"), returned))
    };
    in_time(engine, limits, run, seen.long).await?.map_err(|why| crash(&why, limits, &seen.output))
}

/// Runs `describe`, in which no capability may be called.
pub async fn describe(engine: &Engine, plugin: &HatstandPluginPre<State>) -> Result<Description, Crash> {
    let limits = Limits::default();
    let seen = Seen::default();
    let _room = engine.room().await;
    let mut store = store(plugin, None, limits, (0, 0), &seen);
    let plugin = plugin.clone();
    let run = async move {
        let instance = plugin.instantiate_async(&mut store).await?;
        instance.hatstand_plugin_plugin().call_describe(&mut store).await
    };
    let described = in_time(engine, limits, run, seen.long).await?.map_err(|why| crash(&why, limits, &seen.output))?;
    Ok(contract::description(described))
}

/// A second wall behind the limit on computing time, for whatever may wait.
async fn in_time<T: Send + 'static>(
    engine: &Engine,
    limits: Limits,
    run: impl Future<Output = T> + Send + 'static,
    long: Long,
) -> Result<T, Crash> {
    let wall = limits.time + GRACE;
    tokio::time::timeout(wall, engine.aside.run(run, long)).await.map_err(|_| Crash::Hung(wall))
}

fn store(
    plugin: &HatstandPluginPre<State>,
    invocation: Option<Invocation>,
    limits: Limits,
    (now, seed): (u64, u64),
    seen: &Seen,
) -> Store<State> {
    let state =
        State { invocation, memory: Memory::up_to(limits.memory), wasi: wasi(Instant(now), seed, &seen.output), table: handles(limits) };
    let mut store = Store::new(plugin.engine(), state);
    store.limiter(|state| &mut state.memory);
    store.set_hostcall_fuel(CALL_BYTES);
    store.set_max_component_handles(limits.handles);
    limit_time(&mut store, limits.time, seen.long.clone());
    store
}

/// Ends the run after so much computing. Ticks are counted by the run itself, one by one: those that pass while it waits for the host are
/// not its own.
fn limit_time(store: &mut Store<State>, time: Duration, long: Long) {
    let (last, mut ticks) = (time.as_millis() / TICK.as_millis(), 0);
    store.set_epoch_deadline(1);
    store.epoch_deadline_callback(move |_| {
        ticks += 1;
        if ticks >= last {
            return Err(Exceeded::Time(time).into());
        }
        if ticks < LONG {
            return Ok(UpdateDeadline::Continue(1));
        }
        long.set();
        Ok(UpdateDeadline::Yield(1))
    });
}

/// What the host keeps open for the run.
fn handles(limits: Limits) -> ResourceTable {
    let mut table = ResourceTable::with_capacity(16);
    table.set_max_capacity(limits.handles);
    table
}

/// No files, no sockets, no environment; clock and chance are those of the invocation.
fn wasi(now: Instant, seed: u64, output: &Output) -> WasiCtx {
    WasiCtx::builder()
        .wall_clock(Still(contract::since_epoch(now)))
        .monotonic_clock(Still(contract::since_epoch(now)))
        .secure_random(StdRng::seed_from_u64(seed))
        .insecure_random(StdRng::seed_from_u64(seed))
        .insecure_random_seed(u128::from(seed))
        .stdout(output.clone())
        .stderr(output.clone())
        .build()
}

/// A clock that stands still: an invocation happens at one moment.
struct Still(Duration);

impl HostWallClock for Still {
    fn resolution(&self) -> Duration {
        Duration::from_millis(1)
    }

    fn now(&self) -> Duration {
        self.0
    }
}

impl HostMonotonicClock for Still {
    fn resolution(&self) -> u64 {
        1_000_000
    }

    fn now(&self) -> u64 {
        u64::try_from(self.0.as_nanos()).unwrap_or(u64::MAX)
    }
}

fn crash(why: &wasmtime::Error, limits: Limits, output: &Output) -> Crash {
    if let Some(exceeded) = exceeded(why, limits) {
        return Crash::Exceeded(exceeded);
    }
    if let Some(why) = why.downcast_ref::<crate::ledger::LedgerError>() {
        return Crash::Ledger(why.to_string());
    }
    match (why.downcast_ref::<Trap>(), output.text()) {
        (Some(Trap::StackOverflow), _) => Crash::Recursion,
        // The guest's own stack lies below its data, so running out of it is an access out of bounds.
        (Some(Trap::MemoryOutOfBounds), text) if text.is_empty() => Crash::Recursion,
        (_, text) if !text.is_empty() => Crash::Panicked(text),
        (Some(trap), _) => Crash::Other(trap.to_string()),
        (None, _) => Crash::Other(why.root_cause().to_string()),
    }
}

/// The limit that was run into, if it was one of ours. Two of them the engine keeps without a type to know them by.
fn exceeded(why: &wasmtime::Error, limits: Limits) -> Option<Exceeded> {
    if let Some(exceeded) = why.downcast_ref::<Exceeded>() {
        return Some(*exceeded);
    }
    let cause = why.root_cause();
    match (cause.downcast_ref::<ResourceTableError>(), cause.to_string()) {
        (Some(ResourceTableError::Full), _) => Some(Exceeded::Handles(limits.handles)),
        (_, words) if words.contains("store handle limit exceeded") => Some(Exceeded::Handles(limits.handles)),
        (_, words) if words.contains("fuel allocated for hostcalls has been exhausted") => Some(Exceeded::Brought(CALL_BYTES)),
        _ => None,
    }
}
