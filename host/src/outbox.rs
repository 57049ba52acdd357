//! Delivers what was said: per channel in the order of the commits, tried again until it is out.

use crate::adapters::{Undelivered, lane};
use crate::directory::Directory;
use crate::lanes::Lanes;
use crate::ledger::{Fate, Ledger, Said, SayId, Unsent};
use crate::model::{How, WorkspaceId};
use backon::{BackoffBuilder, ExponentialBuilder};
use std::sync::Arc;
use std::time::Duration;
use tokio_util::task::TaskTracker;

const PAGE: usize = 256;

/// So that what waited for a service is out soon after the service is back.
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// Sends what is unsent, for as long as the task runs: first what was left from before.
pub async fn run(ledger: Arc<dyn Ledger>, directory: Arc<Directory>, tasks: TaskTracker) {
    let mut wakes = ledger.wakes();
    let lanes: Lanes<(WorkspaceId, String), (Unsent, Outcome)> = Lanes::new(tasks, {
        let ledger = Arc::clone(&ledger);
        move |waiting| {
            let (ledger, directory) = (Arc::clone(&ledger), Arc::clone(&directory));
            async move {
                for (unsent, outcome) in waiting {
                    send(&*ledger, &directory, &unsent, outcome).await;
                }
            }
        }
    });
    let mut last = SayId(0);
    // A process that ended may have said what it left behind, and had no time to note it.
    let mut outcome = Outcome::Unknown;
    loop {
        let seen = wakes.borrow_and_update().outbox;
        match ledger.unsent(last, PAGE).await {
            Ok(page) if !page.is_empty() => {
                for unsent in page {
                    last = unsent.id;
                    lanes.add((unsent.workspace.clone(), lane(&unsent.say.how)), (unsent, outcome));
                }
                continue;
            }
            Ok(_) => {}
            Err(why) => tracing::error!(%why, "what is to be said cannot be read"),
        }
        outcome = Outcome::NotSaid;
        if wakes.wait_for(|wake| wake.outbox != seen).await.is_err() {
            return;
        }
    }
}

/// What is known of the last attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    NotSaid,
    Unknown,
}

/// Says one thing, however long it takes; the lane waits, so the order is kept.
async fn send(ledger: &dyn Ledger, directory: &Directory, unsent: &Unsent, mut outcome: Outcome) {
    let mut pauses = pauses();
    let fate = loop {
        match attempt(ledger, directory, unsent, &mut outcome).await {
            Ok(service_id) => break Fate::Sent { service_id },
            Err(Undelivered::Never(why)) => {
                tracing::warn!(message = %unsent.say.id, plugin = %unsent.plugin, why, "a message can never be delivered");
                break Fate::Failed { why };
            }
            Err(Undelivered::Unknown(why)) => {
                outcome = Outcome::Unknown;
                wait(unsent, &why, None, &mut pauses).await;
            }
            Err(Undelivered::Later { why, wait: asked }) => wait(unsent, &why, asked, &mut pauses).await,
        }
    };
    // Noted before the next in the lane is said: that may be an edit of this one.
    if let Err(why) = ledger.settle(unsent.id, fate).await {
        tracing::error!(message = %unsent.say.id, %why, "a message is out, but that could not be noted: it may come twice");
    }
}

/// At least as long as the service asks.
async fn wait(unsent: &Unsent, why: &str, asked: Option<Duration>, pauses: &mut impl Iterator<Item = Duration>) {
    let pause = asked.unwrap_or_else(|| pauses.next().unwrap_or(LONGEST_PAUSE));
    tracing::warn!(message = %unsent.say.id, why, ?pause, "a message is not out yet; trying again");
    tokio::time::sleep(pause).await;
}

fn pauses() -> impl Iterator<Item = Duration> {
    ExponentialBuilder::new()
        .with_min_delay(Duration::from_millis(200))
        .with_max_delay(LONGEST_PAUSE)
        .with_jitter()
        .without_max_times()
        .build()
}

/// Says it, unless it turns out to be out already.
async fn attempt(
    ledger: &dyn Ledger,
    directory: &Directory,
    unsent: &Unsent,
    outcome: &mut Outcome,
) -> Result<Option<String>, Undelivered> {
    let Some(adapter) = directory.adapter(&unsent.workspace) else {
        return Err(Undelivered::Never(format!("nothing connects to {} any more", unsent.workspace)));
    };
    if *outcome == Outcome::Unknown {
        if let Some(found) = adapter.find(&unsent.workspace, &unsent.say).await? {
            return Ok(found.service_id);
        }
        *outcome = Outcome::NotSaid;
    }
    let original = original(ledger, unsent).await?;
    adapter.deliver(&unsent.workspace, &unsent.say, original.as_ref()).await
}

/// The bot's message that is edited or reacted to.
async fn original(ledger: &dyn Ledger, unsent: &Unsent) -> Result<Option<Said>, Undelivered> {
    let (How::Edit { original, .. } | How::React { original, .. }) = &unsent.say.how else { return Ok(None) };
    let said = ledger.message(&unsent.workspace, original).await;
    said.map_err(|why| Undelivered::Later { why: why.to_string(), wait: None })
}
