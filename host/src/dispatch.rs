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
use tokio_util::task::TaskTracker;

const PAGE: usize = 256;

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
    lanes: Lanes<Lane, Item>,
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

impl Dispatcher {
    fn new(invoker: Arc<Invoker>, tasks: TaskTracker) -> Self {
        let lanes = Lanes::new(tasks, {
            let invoker = Arc::clone(&invoker);
            move |items| {
                let invoker = Arc::clone(&invoker);
                async move { invoker.run(items).await }
            }
        });
        Self { invoker, lanes }
    }

    async fn hand_out(&self, unfinished: Unfinished) {
        let Unfinished { id, event, done } = unfinished;
        let concerned = match event.what.overheard() {
            Some(said) => self.overhearing(&event, said).await,
            None => self.concerned(&event).await,
        };
        let event = Arc::new(event);
        for (plugin, pace) in concerned.iter().filter(|(plugin, _)| !done.contains(plugin)) {
            let item = Item { id, event: Arc::clone(&event), plugin: plugin.clone(), concerned: concerned.len() };
            self.lanes.add(Lane { workspace: event.workspace.clone(), plugin: plugin.clone(), pace: *pace }, item);
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
