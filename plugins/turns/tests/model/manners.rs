//! Whose manners are checked: how turns are taken, what people can say, and how things stand when they begin.

use std::num::NonZeroUsize;
use std::time::Duration;
use turns::{Handoff, Hold, Id, Instant, PersonId, Policy, Request, Resource, Wish};

/// Noon of some day.
pub const NOON: Instant = Instant(1_000_000_000);

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(60 * 60);

#[derive(Clone, Debug)]
pub struct Manners {
    pub name: &'static str,
    pub policy: Policy,
    /// What this person can say when things stand like this.
    alphabet: fn(&Resource, &PersonId) -> Vec<Request>,
}

impl Manners {
    /// Offers, and a crew that is asked for.
    pub fn hat() -> Self {
        let policy = Policy { nag_period: None, ..Policy::default() };
        Self { name: "hat", policy, alphabet: hat }
    }

    /// Whose turn it is has it at once.
    pub fn dibs(capacity: usize) -> Self {
        let capacity = NonZeroUsize::new(capacity).expect("somebody can hold");
        let policy = Policy { handoff: Handoff::Grant, capacity, nag_period: None, ..Policy::default() };
        let name = if capacity.get() == 1 { "dibs" } else { "dibs on one of two" };
        Self { name, policy, alphabet: dibs }
    }

    /// How things may stand at the beginning: nobody is there; somebody holds for an hour; and two others wait.
    pub fn openings(&self) -> Vec<Resource> {
        let [ann, bob, cid] = people();
        let said = [(ann, join(Some(HOUR))), (bob, join(None)), (cid, join(None))];
        [0, 1, 3]
            .iter()
            .map(|count| said[..*count].iter().fold(Resource::default(), |resource, said| self.after(&resource, said)))
            .collect()
    }

    fn after(&self, resource: &Resource, (who, request): &(PersonId, Request)) -> Resource {
        turns::apply(resource, &self.policy, who, request.clone(), NOON).expect("it can be done").resource
    }

    pub fn requests(&self, resource: &Resource, who: &PersonId) -> Vec<Request> {
        (self.alphabet)(resource, who)
    }
}

pub fn people() -> [PersonId; 3] {
    ["ann", "bob", "cid"].map(PersonId::from)
}

fn hat(resource: &Resource, who: &PersonId) -> Vec<Request> {
    let mut requests =
        vec![Request::Take(lasting(HOUR)), join(None), Request::Decline { offer: None }, Request::JoinCrew, Request::LeaveCrew];
    requests.extend(anybody(resource, who));
    requests.extend(resource.holds.iter().flat_map(Hold::questions));
    requests
}

fn dibs(resource: &Resource, who: &PersonId) -> Vec<Request> {
    let mut requests = vec![join(Some(HOUR)), Request::Again(Wish::default()), Request::Bump { hold: None }];
    requests.extend(anybody(resource, who));
    requests.extend(seen(resource).map(|hold| Request::Steal { hold, wish: because("fire") }));
    requests
}

/// What hat and dibs have in common. Where a hold is meant, it is one that this person sees.
fn anybody(resource: &Resource, who: &PersonId) -> Vec<Request> {
    let mut requests = vec![
        Request::Leave,
        Request::Release { hold: None },
        Request::Extend { hold: None, by: 30 * MINUTE },
        Request::Yield,
        Request::Jump(because("fire")),
    ];
    requests.extend(people().into_iter().filter(|other| other != who).map(|to| Request::Pass { to }));
    requests.extend(seen(resource).map(|hold| Request::Evict { hold, reason: None }));
    requests
}

/// The holds that somebody may have seen when they spoke: those that stand, and the last ones before.
fn seen(resource: &Resource) -> impl Iterator<Item = Id> {
    let last = resource.last_id.0;
    (last.saturating_sub(1).max(1)..=last).map(Id).chain(resource.holds.iter().map(|hold| hold.id).filter(move |id| id.0 + 1 < last))
}

/// What the holder can answer to those who ask to ride along.
trait Questions {
    fn questions(&self) -> Vec<Request>;
}

impl Questions for Hold {
    fn questions(&self) -> Vec<Request> {
        let answers = |id: Id| [true, false].map(|accept| Request::AnswerCrew { request: id, accept });
        self.requests.iter().flat_map(|request| answers(request.id)).collect()
    }
}

fn join(duration: Option<Duration>) -> Request {
    Request::Join(Wish { duration, ..Wish::default() })
}

fn lasting(duration: Duration) -> Wish {
    Wish { duration: Some(duration), ..Wish::default() }
}

fn because(reason: &str) -> Wish {
    Wish { reason: Some(reason.to_owned()), ..Wish::default() }
}
