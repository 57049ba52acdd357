//! From the inbox to the lanes: every unfinished event goes to the plugins that are concerned, in the order of arrival.
//!
//! Start-up after a crash and normal running are the same loop: look for unfinished events, wait until there may be more.

use crate::invocation::{Invoker, Item};
use crate::lanes::Lanes;
use crate::ledger::Unfinished;
use crate::model::{Event, EventId, PluginName, WorkspaceId};
use crate::permissions::Authority;
use crate::router::{Route, Situation};
use hatstand_common::value::Instant;
use std::sync::Arc;
use tokio_util::task::TaskTracker;

const PAGE: usize = 256;

/// Every time of day is still to come: whether it is over depends on the asker's zone, which is not known yet.
const DAWN: Instant = Instant(0);

/// Hands out events for as long as the task runs.
pub async fn run(invoker: Arc<Invoker>, tasks: TaskTracker) {
    let ledger = Arc::clone(&invoker.ledger);
    let mut wakes = ledger.wakes();
    let lanes: Lanes<(WorkspaceId, PluginName), Item> = Lanes::new(tasks, {
        let invoker = Arc::clone(&invoker);
        move |items| {
            let invoker = Arc::clone(&invoker);
            async move { invoker.run(items).await }
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
                    hand_out(&invoker, &lanes, unfinished).await;
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

async fn hand_out(invoker: &Invoker, lanes: &Lanes<(WorkspaceId, PluginName), Item>, unfinished: Unfinished) {
    let Unfinished { id, event, done } = unfinished;
    let concerned = concerned(invoker, &event).await;
    let event = Arc::new(event);
    for plugin in concerned.iter().filter(|plugin| !done.contains(plugin)) {
        let item = Item { id, event: Arc::clone(&event), plugin: plugin.clone(), concerned: concerned.len() };
        lanes.add((event.workspace.clone(), plugin.clone()), item);
    }
}

/// Whose lanes the event belongs to. Who may do what is decided later, in the lane: that needs to know the person, and this must not wait.
async fn concerned(invoker: &Invoker, event: &Event) -> Vec<PluginName> {
    let pressed = invoker.pressed(event).await;
    let registry = invoker.plugins.registry_at(&event.workspace, event.place.as_ref());
    let authority = &Authority::Everything;
    let situation = Situation { registry: &registry, now: DAWN, person: None, authority, pressed: pressed.as_ref(), asked: None };
    match invoker.route(event, event.at, situation).await {
        Route::Plugins(calls) => calls.into_iter().map(|call| call.plugin).collect(),
        Route::Host(_) | Route::Nobody => vec![PluginName::host()],
    }
}
