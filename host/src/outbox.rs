//! Delivers what was said: per channel in the order of the commits, tried again until it is out.

use crate::adapters::{Undelivered, lane};
use crate::directory::Directory;
use crate::lanes::Lanes;
use crate::ledger::{Fate, Ledger, SayId, Unsent};
use crate::model::{How, WorkspaceId};
use backon::{BackoffBuilder, ExponentialBuilder};
use std::sync::Arc;
use std::time::Duration;
use tokio_util::task::TaskTracker;

const PAGE: usize = 256;

/// Sends what is unsent, for as long as the task runs: first what was left from before.
pub async fn run(ledger: Arc<dyn Ledger>, directory: Arc<Directory>, tasks: TaskTracker) {
    let mut wakes = ledger.wakes();
    let lanes: Lanes<(WorkspaceId, String), Unsent> = Lanes::new(tasks, {
        let ledger = Arc::clone(&ledger);
        move |unsent| send(Arc::clone(&ledger), Arc::clone(&directory), unsent)
    });
    let mut last = SayId(0);
    loop {
        let seen = wakes.borrow_and_update().outbox;
        match ledger.unsent(last, PAGE).await {
            Ok(page) if !page.is_empty() => {
                for unsent in page {
                    last = unsent.id;
                    lanes.add((unsent.workspace.clone(), lane(&unsent.say.how)), unsent);
                }
                continue;
            }
            Ok(_) => {}
            Err(why) => tracing::error!(%why, "what is to be said cannot be read"),
        }
        if wakes.wait_for(|wake| wake.outbox != seen).await.is_err() {
            return;
        }
    }
}

/// Says one thing, however long it takes; the lane waits, so the order is kept.
async fn send(ledger: Arc<dyn Ledger>, directory: Arc<Directory>, unsent: Unsent) {
    let mut pauses = pauses();
    let fate = loop {
        match deliver(&*ledger, &directory, &unsent).await {
            Ok(service_id) => break Fate::Sent { service_id },
            Err(Undelivered::Never(why)) => {
                tracing::warn!(message = %unsent.say.id, plugin = %unsent.plugin, why, "a message can never be delivered");
                break Fate::Failed { why };
            }
            Err(Undelivered::Later(why)) => {
                let pause = pauses.next().unwrap_or(Duration::from_secs(60));
                tracing::warn!(message = %unsent.say.id, why, ?pause, "a message is not out yet; trying again");
                tokio::time::sleep(pause).await;
            }
        }
    };
    if let Err(why) = ledger.settle(unsent.id, fate).await {
        tracing::error!(message = %unsent.say.id, %why, "a message is out, but that could not be noted: it may come twice");
    }
}

fn pauses() -> impl Iterator<Item = Duration> {
    ExponentialBuilder::new()
        .with_min_delay(Duration::from_millis(200))
        .with_max_delay(Duration::from_secs(60))
        .with_jitter()
        .without_max_times()
        .build()
}

async fn deliver(ledger: &dyn Ledger, directory: &Directory, unsent: &Unsent) -> Result<Option<String>, Undelivered> {
    let Some(adapter) = directory.adapter(&unsent.workspace) else {
        return Err(Undelivered::Never(format!("nothing connects to {} any more", unsent.workspace)));
    };
    let original = match &unsent.say.how {
        How::Edit { original, .. } | How::React { original, .. } => {
            let said = ledger.message(&unsent.workspace, original).await;
            said.map_err(|why| Undelivered::Later(why.to_string()))?.and_then(|said| said.service_id)
        }
        _ => None,
    };
    adapter.deliver(&unsent.workspace, &unsent.say, original.as_deref()).await
}
