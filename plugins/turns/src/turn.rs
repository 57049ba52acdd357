//! One step of a resource.

use crate::draft::Draft;
use crate::{Instant, Outcome, PersonId, Policy, Refusal, Request, Resource, Transition};

/// A resource after a step, and what happened on the way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Turn {
    pub resource: Resource,
    /// In the order in which they happened. Empty if nothing did.
    pub outcomes: Vec<Outcome>,
}

/// Does what somebody asks, or says why not; then nothing has changed.
pub fn apply(resource: &Resource, policy: &Policy, actor: &PersonId, request: Request, now: Instant) -> Result<Turn, Refusal> {
    let mut draft = Draft::new(resource, policy, now);
    let adds = adds(&request);
    draft.change(actor, request)?;
    if adds {
        draft.refuse_without_space(resource)?;
    }
    Ok(draft.settle())
}

/// Brings a resource in line with a policy that has changed: gives what became free to whoever waits, and takes back
/// offers that the policy does not know. Holds beyond a smaller capacity stay until they end.
pub fn adapt(resource: &Resource, policy: &Policy, now: Instant) -> Turn {
    Draft::new(resource, policy, now).settle()
}

/// Gives a resource that is free, and for which nobody waits, to the first who waits elsewhere for any of several: the queue
/// after that, and the turn of the resource. None if it is not free, or nobody waits who could have it.
pub fn serve(waiting: &Resource, free: &Resource, policy: &Policy, now: Instant) -> Option<(Resource, Turn)> {
    let mut draft = Draft::new(free, policy, now);
    if free.frozen.is_some() || !draft.is_for_anybody() {
        return None;
    }
    let place = waiting.queue.iter().position(|entry| free.held_by(&entry.person).is_none())?;
    let mut waiting = waiting.clone();
    let entry = waiting.queue.remove(place);
    draft.admit(entry);
    draft.refuse_without_space(free).ok()?;
    Some((waiting, draft.settle()))
}

/// Can this request make a resource larger than it is? To give something up is refused for no such reason.
fn adds(request: &Request) -> bool {
    matches!(
        request,
        Request::Take(_) | Request::Join(_) | Request::Again(_) | Request::Jump(_) | Request::Steal { .. } | Request::JoinCrew
    )
}

impl Turn {
    /// What goes into the log. The actor is none when only time has passed.
    pub fn transitions<'a>(&'a self, actor: Option<&'a PersonId>, at: Instant) -> impl Iterator<Item = Transition> + 'a {
        self.outcomes.iter().map(move |outcome| Transition { at, actor: actor.cloned(), outcome: outcome.clone() })
    }
}

impl Draft<'_> {
    fn change(&mut self, actor: &PersonId, request: Request) -> Result<(), Refusal> {
        match request {
            Request::Take(wish) => self.take(actor, wish),
            Request::Join(wish) => self.join(actor, wish),
            Request::Again(wish) => self.again(actor, wish),
            Request::Leave => self.leave(actor),
            Request::Decline { offer } => self.decline(actor, offer),

            Request::Release { hold } => self.release(actor, hold),
            Request::Retire => self.retire(actor),
            Request::Extend { hold, by } => self.extend(actor, hold, by),
            Request::Retime { hold, duration } => self.retime(actor, hold, duration),
            Request::Pass { to } => self.pass(actor, &to),
            Request::Bump { hold } => self.bump(actor, hold),
            Request::Yield => self.yield_turn(actor),

            Request::JoinCrew => self.join_crew(actor),
            Request::LeaveCrew => self.leave_crew(actor),
            Request::AnswerCrew { request, accept } => self.answer_crew(actor, request, accept),

            Request::Jump(wish) => self.jump(actor, wish),
            Request::Evict { hold, reason } => self.evict(actor, hold, reason),
            Request::Steal { hold, wish } => self.steal(actor, hold, wish),
            Request::Kick { whom, reason } => self.kick(actor, &whom, reason),

            Request::Freeze { reason } => self.freeze(actor, reason),
            Request::Thaw => self.thaw(actor),
            Request::Gone => self.gone(actor),
            Request::Back => self.back(actor),
        }
    }
}
