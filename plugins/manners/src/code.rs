//! What came of a request in a stable word, for programs to branch on. A word never changes its meaning.

use turns::{End, Outcome, Refusal};

/// The word for the first thing that happened, which is what was asked for.
pub fn of_outcome(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Began(_) => "held",
        Outcome::Ended(ended) => of_end(&ended.end),
        Outcome::Retimed { .. } => "extended",
        Outcome::Warned { .. } => "warned",
        Outcome::Nagged { .. } => "nagged",
        Outcome::Orphaned { .. } => "orphaned",
        Outcome::Returned { .. } => "returned",
        Outcome::Queued { .. } => "queued",
        Outcome::Rejoined { .. } => "rejoined",
        Outcome::Drawn { .. } => "drawn",
        Outcome::Rewished { .. } => "requeued",
        Outcome::Left { .. } => "dequeued",
        Outcome::Removed { .. } => "removed",
        Outcome::Jumped { .. } => "jumped",
        Outcome::Next { .. } => "next",
        Outcome::Offered { .. } | Outcome::OfferRenewed { .. } => "offered",
        Outcome::Declined { .. } => "declined",
        Outcome::Lapsed { .. } => "lapsed",
        Outcome::MovedBack { .. } => "moved-back",
        Outcome::OfferWithdrawn { .. } => "offer-withdrawn",
        Outcome::Unclaimed => "unclaimed",
        Outcome::PassOffered { .. } | Outcome::PassRenewed { .. } => "passing",
        Outcome::PassDeclined { .. } => "pass-declined",
        Outcome::PassLapsed { .. } => "pass-lapsed",
        Outcome::PassWithdrawn { .. } => "pass-withdrawn",
        Outcome::CrewAsked { .. } | Outcome::CrewAskRenewed { .. } => "asked",
        Outcome::CrewJoined { .. } => "pooled",
        Outcome::CrewDeclined { .. } => "refused-crew",
        Outcome::CrewAskLapsed { .. } => "ask-lapsed",
        Outcome::CrewAskWithdrawn { .. } => "ask-withdrawn",
        Outcome::CrewLeft { .. } => "unpooled",
        Outcome::CrewDismissed { .. } => "crew-dismissed",
        Outcome::Frozen { .. } => "frozen",
        Outcome::Thawed { .. } => "thawed",
    }
}

/// The word for why nothing happened.
pub fn of_refusal(refusal: &Refusal) -> &'static str {
    match refusal {
        Refusal::AlreadyHolding(_) => "already.held",
        Refusal::AlreadyQueued { .. } => "already.queued",
        Refusal::AlreadyFirst { .. } => "already.first",
        Refusal::AlreadyInCrew(_) => "already.pooled",
        Refusal::AlreadyAsked { .. } => "already.asked",
        Refusal::AlreadyPassing { .. } => "already.passing",
        Refusal::AlreadyFrozen(_) => "already.frozen",
        Refusal::ReceiverHolds { .. } => "refused.receiver-holds",
        Refusal::Held { .. } => "refused.held",
        Refusal::Reserved { .. } => "refused.offered",
        Refusal::InCrew(_) => "refused.in-crew",
        Refusal::Frozen(_) => "refused.frozen",
        Refusal::Free => "refused.free",
        Refusal::NotHolding { .. } => "refused.not-holding",
        Refusal::NotQueued => "refused.not-queued",
        Refusal::NotInCrew => "refused.not-in-crew",
        Refusal::NotOffered => "refused.not-offered",
        Refusal::NotFrozen => "refused.not-frozen",
        Refusal::NotHere { .. } => "refused.not-here",
        Refusal::NobodyWaits => "refused.nobody-waits",
        Refusal::HoldChanged { .. } => "refused.changed",
        Refusal::RequestClosed => "refused.closed",
        Refusal::WithYourself => "refused.yourself",
        Refusal::CrewFull { .. } => "refused.crew-full",
        Refusal::Crowded { .. } => "refused.crowded",
        Refusal::DurationRequired { .. } => "refused.duration-required",
        Refusal::NoTime => "refused.no-time",
        Refusal::ReasonRequired => "refused.reason-required",
        Refusal::NoDeadline(_) => "refused.no-end",
        Refusal::DeadlinePassed { .. } => "refused.passed",
        Refusal::AtMaximum { .. } => "refused.maximum",
        Refusal::OthersWait { .. } => "refused.others-wait",
    }
}

fn of_end(end: &End) -> &'static str {
    match end {
        End::Released | End::Retired => "released",
        End::Passed { .. } => "passed",
        End::Bumped { .. } => "bumped",
        End::Yielded => "yielded",
        End::Evicted { .. } => "evicted",
        End::Stolen { .. } => "stolen",
        End::Kicked { .. } => "kicked",
        End::Expired { .. } => "expired",
        End::Orphaned => "orphaned",
    }
}
