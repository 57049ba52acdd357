//! Delivers what was said: per channel in the order of the commits, tried again until it is out.

use crate::adapters::{Undelivered, lane};
use crate::directory::Directory;
use crate::lanes::Lanes;
use crate::ledger::{Fate, Ledger, Said, SayId, Unsent};
use crate::model::{How, Say, WorkspaceId};
use backon::{BackoffBuilder, ExponentialBuilder};
use hatstand_common::message::{Block, Message, Span};
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

const PAGE: usize = 256;

/// So that what waited for a service is out soon after the service is back.
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// Sends what is unsent.
#[derive(Debug)]
pub struct Outbox {
    pub ledger: Arc<dyn Ledger>,
    pub directory: Arc<Directory>,
    /// What waits for another try ends with the host, and is tried at the next start.
    pub stop: CancellationToken,
}

/// What is known of the last attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    NotSaid,
    Unknown,
}

impl Outbox {
    /// Goes on for as long as the task runs: first with what was left from before.
    pub async fn run(self: Arc<Self>, tasks: TaskTracker) {
        let mut wakes = self.ledger.wakes();
        let lanes = self.lanes(tasks);
        let mut last = SayId(0);
        // A process that ended may have said what it left behind, and had no time to note it.
        let mut outcome = Outcome::Unknown;
        loop {
            let seen = wakes.borrow_and_update().outbox;
            match self.ledger.unsent(last, PAGE).await {
                Ok(page) => {
                    let is_full = page.len() == PAGE;
                    for unsent in page {
                        last = unsent.id;
                        lanes.add((unsent.workspace.clone(), lane(&unsent.say.how)), (unsent, outcome));
                    }
                    // What came after this was read wakes by itself, and the lanes need not wait for a look in vain.
                    if is_full {
                        continue;
                    }
                }
                Err(why) => tracing::error!(%why, "what is to be said cannot be read"),
            }
            outcome = Outcome::NotSaid;
            if wakes.wait_for(|wake| wake.outbox != seen).await.is_err() {
                return;
            }
        }
    }

    fn lanes(self: &Arc<Self>, tasks: TaskTracker) -> Lanes<(WorkspaceId, String), (Unsent, Outcome)> {
        let outbox = Arc::clone(self);
        Lanes::new(tasks, move |waiting: Vec<(Unsent, Outcome)>| {
            let outbox = Arc::clone(&outbox);
            async move {
                for (unsent, outcome) in waiting {
                    outbox.send(&unsent, outcome).await;
                }
            }
        })
    }

    /// Says one thing, however long it takes; the lane waits, so the order is kept.
    async fn send(&self, unsent: &Unsent, outcome: Outcome) {
        let Some(fate) = self.fate(unsent, outcome).await else { return };
        // Noted before the next in the lane is said: that may be an edit of this one.
        if let Err(why) = self.ledger.settle(unsent.id, fate).await {
            tracing::error!(message = %unsent.say.id, %why, "a message is out, but that could not be noted: it may come twice");
        }
    }

    /// Tries until it is out, or can never be; none if the host ends before.
    async fn fate(&self, unsent: &Unsent, mut outcome: Outcome) -> Option<Fate> {
        let mut pauses = pauses();
        while !self.stop.is_cancelled() {
            let (why, asked) = match self.attempt(unsent, &mut outcome).await {
                Ok(service_id) => return Some(Fate::Sent { service_id }),
                Err(Undelivered::Never(why)) => {
                    tracing::warn!(message = %unsent.say.id, plugin = %unsent.plugin, why, "a message can never be delivered");
                    return Some(Fate::Failed { why });
                }
                Err(Undelivered::Unknown(why)) => {
                    outcome = Outcome::Unknown;
                    (why, None)
                }
                Err(Undelivered::Later { why, wait }) => (why, wait),
            };
            // At least as long as the service asks.
            let pause = asked.unwrap_or_else(|| pauses.next().unwrap_or(LONGEST_PAUSE));
            tracing::warn!(message = %unsent.say.id, why, ?pause, "a message is not out yet; trying again");
            self.stop.run_until_cancelled(tokio::time::sleep(pause)).await;
        }
        None
    }

    /// Says it, unless it turns out to be out already.
    async fn attempt(&self, unsent: &Unsent, outcome: &mut Outcome) -> Result<Option<String>, Undelivered> {
        let Some(adapter) = self.directory.adapter(&unsent.workspace) else {
            return Err(Undelivered::Never(format!("nothing connects to {} any more", unsent.workspace)));
        };
        let original = self.original(unsent).await?;
        // A program is answered where it asked, and reads it there.
        if is_for_program(&unsent.say) || original.as_ref().is_some_and(|original| is_for_program(&original.say)) {
            return Ok(None);
        }
        let say = for_chat(&unsent.say);
        if *outcome == Outcome::Unknown {
            if let Some(found) = adapter.find(&unsent.workspace, &say).await? {
                return Ok(found.service_id);
            }
            *outcome = Outcome::NotSaid;
        }
        adapter.deliver(&unsent.workspace, &say, original.as_ref()).await
    }

    /// The bot's message that is edited or reacted to.
    async fn original(&self, unsent: &Unsent) -> Result<Option<Said>, Undelivered> {
        let (How::Edit { original, .. } | How::React { original, .. }) = &unsent.say.how else { return Ok(None) };
        let said = self.ledger.message(&unsent.workspace, original).await;
        said.map_err(|why| Undelivered::Later { why: why.to_string(), wait: None })
    }
}

/// Is it for the eyes of a program only?
fn is_for_program(say: &Say) -> bool {
    say.how.only_seen_by().is_some_and(|person| person.program().is_some())
}

/// The same with programs by name only: an adapter knows people of its chat, and a program cannot be notified. No chat gets text that
/// hides or reorders what stands around it.
fn for_chat(say: &Say) -> Say {
    let mut say = Say { how: say.how.clone().visible(), ..say.clone() };
    if let Some(message) = say.how.message_mut() {
        spans(message).for_each(|span| *span = by_name(span));
    }
    say
}

fn spans(message: &mut Message) -> impl Iterator<Item = &mut Span> {
    let fields = message.blocks.iter_mut().flat_map(|block| match block {
        Block::Fields(fields) => fields.as_mut_slice(),
        _ => &mut [],
    });
    message.text.iter_mut().chain(fields.flat_map(|field| &mut field.value))
}

fn by_name(span: &Span) -> Span {
    match span {
        Span::Mention(id) | Span::Name(id) => id.program().map_or_else(|| span.clone(), |program| Span::Plain(program.to_string())),
        other => other.clone(),
    }
}

fn pauses() -> impl Iterator<Item = Duration> {
    ExponentialBuilder::new()
        .with_min_delay(Duration::from_millis(200))
        .with_max_delay(LONGEST_PAUSE)
        .with_jitter()
        .without_max_times()
        .build()
}

#[cfg(test)]
mod tests {
    use super::*;
    use hatstand_common::value::PersonId;

    #[test]
    fn a_chat_is_told_names_of_programs() {
        let (ci, ann) = (PersonId::from("api:ci:pipeline 12"), PersonId::from("U1"));
        let message = Message { text: vec![ci.mention(), ann.mention()], blocks: vec![] }.field("who", ci.name());
        let shown = for_chat(&Say { id: "1.hat.0".into(), how: How::Direct { to: ann.clone(), message }, question: None });
        let message = shown.how.message().expect("it is one");
        assert_eq!(message.text, [Span::Plain("ci (pipeline 12)".to_owned()), ann.mention()]);
        let Block::Fields(fields) = &message.blocks[0] else { panic!("{message:?}") };
        assert_eq!(fields[0].value, [Span::Plain("ci (pipeline 12)".to_owned())]);
    }
}
