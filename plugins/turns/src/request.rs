//! What a person can ask for.

use crate::{Id, PersonId, Wish};
use std::time::Duration;

/// What somebody asks of a resource. The one who asks goes beside it, as the actor.
///
/// Where a request names a hold, it means that hold and no later one: a button under an old message, or the answer to a
/// confirmation that took too long, does nothing to whoever holds now.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Request {
    /// To hold it now: because it is free, by an open offer, or by accepting a pass.
    Take(Wish),
    /// To hold it now if nobody waits for it, else to wait. Who waits already changes their wish and keeps their place.
    Join(Wish),
    /// As the holder: to wait for another turn after this one.
    Again(Wish),
    /// To wait no longer.
    Leave,
    /// Not to take what was offered or passed to them. Without a number: whichever is open.
    Decline { offer: Option<Id> },

    /// As the holder: to give it up. The first of the crew inherits it.
    Release { hold: Option<Id> },
    /// To give it up and to wait no longer, also where who gives it up waits again.
    Retire,
    /// As the holder: to have it longer, counted from the present deadline.
    Extend { hold: Option<Id>, by: Duration },
    /// As the holder: to have it for this long in all, counted from its beginning.
    Retime { hold: Option<Id>, duration: Duration },
    /// As the holder: to let this person have it, with its crew and its deadline.
    Pass { to: PersonId },
    /// To end the turn in favour of the next in line. Without a number: one's own.
    Bump { hold: Option<Id> },
    /// As the holder: to let the next in line go first and be the one after.
    Yield,

    /// To ride along with whoever has held the longest.
    JoinCrew,
    /// To ride along no longer, or to take the question back.
    LeaveCrew,
    /// As the holder: to answer somebody who asked to ride along.
    AnswerCrew { request: Id, accept: bool },

    /// To wait in front of all others. The wish must give a reason.
    Jump(Wish),
    /// To end this hold, whoever has it.
    Evict { hold: Id, reason: Option<String> },
    /// To end this hold and have the next one.
    Steal { hold: Id, wish: Wish },
    /// To remove this person from the resource: hold, place and crew.
    Kick { whom: PersonId, reason: Option<String> },

    /// To let nobody have it from now on. Who holds keeps it.
    Freeze { reason: Option<String> },
    /// To undo a freeze.
    Thaw,

    /// The actor's account is gone.
    Gone,
    /// The actor's account is back.
    Back,
}
