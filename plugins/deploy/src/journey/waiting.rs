//! Waiting for a lock, and what happens when the turn comes.

use super::Journey;
use crate::ask::Ask;
use crate::lock::{Spot, Waiting};
use crate::locks::Wanted;
use crate::texts::lock as lock_texts;
use crate::texts::refusal::No;
use hatstand_plugin::prelude::*;
use turns::{Outcome, Refusal, Wish};

/// So many wait for one lock, at most: it is kept as one value.
const MOST_WAITING: usize = 50;

impl Journey<'_> {
    /// Lets somebody wait for a lock with what they are going to deploy.
    pub fn join_queue(&self, ask: &Ask, spot: &Spot, who: &User, place: &Place) -> Result<No> {
        let waiting = self.locks().look(spot)?.map(|kept| kept.resource);
        if waiting.is_some_and(|resource| resource.queue.len() >= MOST_WAITING && resource.entry(who).is_none()) {
            return Ok(No { message: lock_texts::crowded(spot), code: "refused.crowded" });
        }
        let wish = Wish { reason: ask.reason.clone(), note: ask.git_ref.clone(), ..Wish::default() };
        let waiting = Waiting { ask: Ask { steal: false, ..ask.clone() }, place: place.clone() };
        let (message, code) = match self.locks().wait(spot, who, wish, waiting)? {
            Wanted::Done(outcomes) => match outcomes.iter().find_map(ahead) {
                Some(ahead) => (lock_texts::queued(spot, ahead), "queued"),
                None => (lock_texts::locked(spot, who, None, None), "held"),
            },
            Wanted::Refused(Refusal::AlreadyQueued { ahead, .. }) => (lock_texts::queued_already(spot, ahead), "already.queued"),
            Wanted::Refused(Refusal::Crowded { .. }) => (lock_texts::crowded(spot), "refused.crowded"),
            Wanted::Refused(_) => (lock_texts::not_waiting(spot), "refused.held"),
            Wanted::Unreadable => (lock_texts::unreadable(spot), "refused.locked"),
        };
        Ok(No { message, code })
    }

    /// Somebody whose turn it is says whether they still want to deploy.
    pub fn take_turn(&self, spot: &Spot, answered: &Answered) -> Result<Reply> {
        let who = self.cx.user()?;
        let kept = self.locks().look(spot)?;
        let waiting = kept.and_then(|kept| kept.resource.offer_to(who).and(kept.asks.get(who)).cloned());
        match (answered, waiting) {
            // The offer lapses by itself, at the same moment.
            (Answered::Expired, _) => Ok(Reply::nothing()),
            (_, None) => Ok(Reply::whisper(lock_texts::not_waiting(spot)).code("refused.not-offered")),
            (Answered::Chosen(choice), Some(waiting)) if choice == "yes" => self.begin_for_turn(waiting.ask),
            (_, Some(_)) => {
                // Who does not want it waits no longer.
                self.locks().ask(spot, who, turns::Request::Leave)?;
                Ok(Reply::whisper(lock_texts::turn_declined(spot)).code("declined"))
            }
        }
    }
}

fn ahead(outcome: &Outcome) -> Option<usize> {
    match outcome {
        Outcome::Queued { ahead, .. } | Outcome::Rewished { ahead, .. } => Some(*ahead),
        _ => None,
    }
}
