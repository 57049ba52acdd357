//! From the inbox to the lanes: every unfinished event goes to the plugins that are concerned, in the order of arrival.
//!
//! Start-up after a crash and normal running are the same loop: look for unfinished events, wait until there may be more. All events pass
//! through it, so nothing in it waits for a chat service, and what people say to each other, which may take long to match, is handed out
//! beside it, channel by channel.

use crate::builtin;
use crate::invocation::{Invoker, Item};
use crate::lanes::Lanes;
use crate::ledger::Unfinished;
use crate::model::{Event, EventId, PluginName, Said, WorkspaceId};
use crate::permissions::Authority;
use crate::router::{Answer, Route, Situation};
use hatstand_common::value::{ChannelId, Instant};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::task::TaskTracker;

/// How many events are read at once. Each may be as large as a webhook.
const PAGE: usize = 32;

/// How many KiB of events are in memory while they wait in lanes. Beyond, an event waits in the ledger alone, and is read again when its turn
/// comes: a plugin that is behind, or back after a long time, takes no more memory than that.
const ROOM: usize = 16 * 1024;

/// How long after a failure to read an event it is tried again.
const AGAIN: Duration = Duration::from_secs(1);

/// An event in a lane.
struct Waiting {
    id: EventId,
    plugin: PluginName,
    concerned: usize,
    held: Option<Held>,
}

/// An event in memory, with the room that it takes there.
#[derive(Clone)]
struct Held {
    event: Arc<Event>,
    _room: Arc<OwnedSemaphorePermit>,
}

/// Every time of day is still to come: whether it is over depends on the asker's zone, which is not known yet.
const DAWN: Instant = Instant(0);

/// Where invocations wait for each other.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Lane {
    workspace: WorkspaceId,
    plugin: PluginName,
    pace: Pace,
}

/// The host's own commands are quick, but for those that may have to wait until something is compiled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Pace {
    Quick,
    Slow,
}

#[derive(Debug)]
struct Dispatcher {
    invoker: Arc<Invoker>,
    lanes: Lanes<Lane, Waiting>,
    room: Arc<Semaphore>,
}

/// Hands out events for as long as the task runs.
pub async fn run(invoker: Arc<Invoker>, tasks: TaskTracker) {
    let ledger = Arc::clone(&invoker.ledger);
    let mut wakes = ledger.wakes();
    let dispatcher = Arc::new(Dispatcher::new(invoker, tasks.clone()));
    let overheard: Lanes<(WorkspaceId, Option<ChannelId>), Unfinished> = Lanes::new(tasks, {
        let dispatcher = Arc::clone(&dispatcher);
        move |events| {
            let dispatcher = Arc::clone(&dispatcher);
            async move {
                for unfinished in events {
                    dispatcher.hand_out(unfinished).await;
                }
            }
        }
    });
    let mut last = EventId(0);
    loop {
        let seen = wakes.borrow_and_update().inbox;
        match ledger.unfinished(last, PAGE).await {
            Ok(page) => {
                let is_full = page.len() == PAGE;
                for unfinished in page {
                    last = unfinished.id;
                    let event = &unfinished.event;
                    match event.what.overheard() {
                        Some(_) => overheard.add((event.workspace.clone(), event.place.clone().map(|place| place.channel)), unfinished),
                        None => dispatcher.hand_out(unfinished).await,
                    }
                }
                // What came after this was read wakes by itself, and the lanes need not wait for a look in vain.
                if is_full {
                    continue;
                }
            }
            Err(why) => tracing::error!(%why, "the inbox cannot be read"),
        }
        if wakes.wait_for(|wake| wake.inbox != seen).await.is_err() {
            return;
        }
    }
}

/// Keeps an event in memory, if there is room.
fn hold(room: &Arc<Semaphore>, event: Event) -> Option<Held> {
    let size = u32::try_from(event.weight().div_ceil(1024)).unwrap_or(u32::MAX);
    let taken = Arc::clone(room).try_acquire_many_owned(size).ok()?;
    Some(Held { event: Arc::new(event), _room: Arc::new(taken) })
}

/// Handles what waits in a lane, in order.
async fn handle(invoker: &Invoker, waiting: Vec<Waiting>) {
    let (mut items, mut held) = (Vec::new(), Vec::new());
    for Waiting { id, plugin, concerned, held: in_memory } in waiting {
        let event = match &in_memory {
            Some(held) => Some(Arc::clone(&held.event)),
            None => read_again(invoker, id).await.map(Arc::new),
        };
        items.extend(event.map(|event| Item { id, event, plugin, concerned }));
        held.push(in_memory);
    }
    invoker.run(items).await;
}

/// An event that is still to be handled; none if it is not, or the host ends before it can be read.
async fn read_again(invoker: &Invoker, id: EventId) -> Option<Event> {
    loop {
        match invoker.ledger.unfinished(EventId(id.0 - 1), 1).await {
            Ok(next) => return next.into_iter().find(|unfinished| unfinished.id == id).map(|unfinished| unfinished.event),
            Err(why) => tracing::error!(%why, event = id.0, "an event cannot be read; trying again"),
        }
        invoker.stop.run_until_cancelled(tokio::time::sleep(AGAIN)).await?;
    }
}

impl Dispatcher {
    fn new(invoker: Arc<Invoker>, tasks: TaskTracker) -> Self {
        let lanes = Lanes::new(tasks, {
            let invoker = Arc::clone(&invoker);
            move |waiting| {
                let invoker = Arc::clone(&invoker);
                async move { handle(&invoker, waiting).await }
            }
        });
        Self { invoker, lanes, room: Arc::new(Semaphore::new(ROOM)) }
    }

    async fn hand_out(&self, unfinished: Unfinished) {
        let Unfinished { id, event, done } = unfinished;
        let concerned = match event.what.overheard() {
            Some(said) => self.overhearing(&event, said).await,
            None => self.concerned(&event).await,
        };
        let workspace = event.workspace.clone();
        let held = hold(&self.room, event);
        for (plugin, pace) in concerned.iter().filter(|(plugin, _)| !done.contains(plugin)) {
            let waiting = Waiting { id, plugin: plugin.clone(), concerned: concerned.len(), held: held.clone() };
            self.lanes.add(Lane { workspace: workspace.clone(), plugin: plugin.clone(), pace: *pace }, waiting);
        }
    }

    /// Whose lanes the event belongs to. Who may do what is decided later, in the lane: that needs to know the person, and this must not
    /// wait.
    async fn concerned(&self, event: &Event) -> Vec<(PluginName, Pace)> {
        let pressed = self.invoker.pressed(event).await;
        let registry = self.invoker.plugins.registry_at(&event.workspace, event.place.as_ref());
        let authority = &Authority::Everything;
        let situation = Situation { registry: &registry, now: DAWN, person: None, authority, pressed: pressed.as_ref(), asked: None };
        match self.invoker.route(event, event.at, situation).await {
            Route::Plugins(calls) => calls.into_iter().map(|call| (call.plugin, Pace::Quick)).collect(),
            Route::Host(Answer::Own { command, .. }) if builtin::waits_for_compilers(&command) => vec![(PluginName::host(), Pace::Slow)],
            Route::Host(_) | Route::Nobody => vec![(PluginName::host(), Pace::Quick)],
        }
    }

    async fn overhearing(&self, event: &Event, said: &Said) -> Vec<(PluginName, Pace)> {
        let calls = self.invoker.overheard(event, said, None).await;
        match calls.is_empty() {
            true => vec![(PluginName::host(), Pace::Quick)],
            false => calls.into_iter().map(|call| (call.plugin, Pace::Quick)).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{TimerId, Webhook, What};

    #[test]
    fn no_more_events_wait_in_memory_than_there_is_room_for() {
        let room = Arc::new(Semaphore::new(ROOM));
        let event = || {
            let webhook = Webhook { name: "bell".to_owned(), headers: Vec::new(), body: vec![0; 1 << 20] };
            let what = What::Received { plugin: "hat".into(), timer: TimerId(1), webhook };
            Event { workspace: "here".into(), key: "1".to_owned(), at: Instant(1), place: None, person: None, what }
        };
        let mut held: Vec<Held> = std::iter::from_fn(|| hold(&room, event())).take(100).collect();
        assert_eq!(held.len(), 15);
        held.pop();
        assert!(hold(&room, event()).is_some(), "there is room again");
    }
}
