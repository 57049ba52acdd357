//! What is true after whatever people do, under every policy, with alarms on time, late, twice and out of date.

use crate::room::*;
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::num::NonZeroUsize;
use std::time::Duration;
use turns::{Alarm, AlarmKind, Handoff, Id, Instant, Outcome, Policy, Pool, Request, Resource, Wish};

const PEOPLE: [&str; 5] = ["ann", "bob", "cid", "dan", "eva"];

#[derive(Clone, Debug)]
enum Step {
    Ask {
        who: &'static str,
        request: Request,
    },
    Wait(Duration),
    Away(Duration),
    /// Rings one of all the alarms that ever stood.
    RingAny(prop::sample::Index),
    Adapt(Policy),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let period = || (1u64..400).prop_map(minutes);
    let step = prop_oneof![
        12 => (anybody(), requests()).prop_map(|(who, request)| Step::Ask { who, request }),
        3 => (1u64..30).prop_map(|count| Step::Wait(minutes(count))),
        1 => period().prop_map(Step::Wait),
        1 => period().prop_map(Step::Away),
        3 => any::<prop::sample::Index>().prop_map(Step::RingAny),
        1 => policies().prop_map(Step::Adapt),
    ];
    prop::collection::vec(step, 1..80)
}

fn anybody() -> impl Strategy<Value = &'static str> {
    prop::sample::select(&PEOPLE[..])
}

fn requests() -> impl Strategy<Value = Request> {
    let whom = || anybody().prop_map(person);
    let hold = || prop::option::of(ids());
    prop_oneof![
        4 => wishes().prop_map(Request::Take),
        6 => wishes().prop_map(Request::Join),
        2 => wishes().prop_map(Request::Again),
        1 => Just(Request::Leave),
        1 => Just(Request::Retire),
        1 => hold().prop_map(|offer| Request::Decline { offer }),
        3 => hold().prop_map(|hold| Request::Release { hold }),
        1 => (hold(), durations()).prop_map(|(hold, by)| Request::Extend { hold, by }),
        1 => (hold(), durations()).prop_map(|(hold, duration)| Request::Retime { hold, duration }),
        1 => whom().prop_map(|to| Request::Pass { to }),
        1 => hold().prop_map(|hold| Request::Bump { hold }),
        1 => Just(Request::Yield),
        3 => Just(Request::JoinCrew),
        1 => Just(Request::LeaveCrew),
        2 => (ids(), any::<bool>()).prop_map(|(request, accept)| Request::AnswerCrew { request, accept }),
        1 => wishes().prop_map(|wish| Request::Jump(Wish { reason: Some("fire".to_owned()), ..wish })),
        1 => ids().prop_map(|hold| Request::Evict { hold, reason: None }),
        1 => (ids(), wishes()).prop_map(|(hold, wish)| Request::Steal { hold, wish }),
        1 => whom().prop_map(|whom| Request::Kick { whom, reason: None }),
        1 => Just(Request::Freeze { reason: None }),
        4 => Just(Request::Thaw),
        1 => Just(Request::Gone),
        1 => Just(Request::Back),
    ]
}

/// How far a number lies behind the last one; made absolute when the request is asked.
fn ids() -> impl Strategy<Value = Id> {
    (0u64..6).prop_map(Id)
}

fn durations() -> impl Strategy<Value = Duration> {
    (0u64..200).prop_map(minutes)
}

fn wishes() -> impl Strategy<Value = Wish> {
    prop::option::of(durations()).prop_map(|duration| Wish { duration, ..wish() })
}

fn policies() -> impl Strategy<Value = Policy> {
    let handoff = prop::sample::select(&[Handoff::Notify, Handoff::Offer, Handoff::Grant][..]);
    let pool = prop::sample::select(&[Pool::Open, Pool::Ask][..]);
    let limits = (prop::option::of(1usize..3), prop::option::of((30u64..180).prop_map(minutes)));
    let manners = (any::<bool>(), prop::bool::weighted(0.3), prop::option::weighted(0.3, any::<u64>()));
    (handoff, pool, 1usize..4, limits, manners).prop_map(|(handoff, pool, capacity, (crew_limit, max_duration), (strict, repeat, draw))| {
        Policy {
            handoff,
            pool,
            crew_limit,
            capacity: NonZeroUsize::new(capacity).unwrap(),
            repeat,
            draw,
            max_duration,
            no_extend_while_waiting: strict,
            ..Policy::default()
        }
    })
}

/// Turns the small numbers of a made-up request into numbers near the last one given.
fn absolute(request: Request, last: Id) -> Request {
    let back = |id: Id| Id(last.0.saturating_sub(id.0));
    match request {
        Request::Decline { offer } => Request::Decline { offer: offer.map(back) },
        Request::Release { hold } => Request::Release { hold: hold.map(back) },
        Request::Extend { hold, by } => Request::Extend { hold: hold.map(back), by },
        Request::Retime { hold, duration } => Request::Retime { hold: hold.map(back), duration },
        Request::Bump { hold } => Request::Bump { hold: hold.map(back) },
        Request::AnswerCrew { request, accept } => Request::AnswerCrew { request: back(request), accept },
        Request::Evict { hold, reason } => Request::Evict { hold: back(hold), reason },
        Request::Steal { hold, wish } => Request::Steal { hold: back(hold), wish },
        other => other,
    }
}

struct Watched {
    room: Room,
    /// Every alarm that ever stood.
    alarms: Vec<Alarm>,
    /// The most holds there may be: a smaller capacity ends no hold.
    most: usize,
}

impl Watched {
    fn take(&mut self, step: Step) {
        match step {
            Step::Ask { who, request } => {
                let request = absolute(request, self.room.resource.last_id);
                let _ = self.room.ask(who, request);
            }
            Step::Wait(period) => drop(self.room.wait(period)),
            Step::Away(period) => drop(self.room.away(period)),
            Step::RingAny(index) => self.ring_any(index),
            Step::Adapt(policy) => self.adapt(policy),
        }
        self.most = self.room.policy.capacity.get().max(self.room.resource.holds.len().min(self.most));
        self.alarms.extend(self.room.alarms());
    }

    fn ring_any(&mut self, index: prop::sample::Index) {
        if self.alarms.is_empty() {
            return;
        }
        let alarm = *index.get(&self.alarms);
        let stands = alarm.due <= self.room.now && self.room.alarms().contains(&alarm);
        let before = self.room.resource.clone();
        let outcomes = self.room.ring(&alarm);
        assert_eq!(outcomes.is_empty(), !stands, "{alarm:?}");
        assert_eq!(self.room.resource == before, !stands, "{alarm:?}");
        let after = self.room.resource.clone();
        assert!(self.room.ring(&alarm).is_empty(), "{alarm:?} rang twice");
        assert_eq!(self.room.resource, after);
    }

    fn adapt(&mut self, policy: Policy) {
        self.room.policy = policy;
        self.room.resource = turns::adapt(&self.room.resource, &self.room.policy, self.room.now).resource;
    }

    fn check(&self) {
        let (resource, policy) = (&self.room.resource, &self.room.policy);
        check_holds(resource, self.most);
        check_crews(resource);
        check_queue(resource);
        check_hand_over(resource, policy);
        check_alarms(resource, policy, &self.room.alarms());
        let text = serde_json::to_string(resource).unwrap();
        assert_eq!(serde_json::from_str::<Resource>(&text).unwrap(), *resource);
    }
}

fn check_holds(resource: &Resource, most: usize) {
    assert!(resource.holds.len() <= most);
    let holders: BTreeSet<_> = resource.holds.iter().map(|hold| &hold.person).collect();
    assert_eq!(holders.len(), resource.holds.len(), "somebody holds twice");
    assert!(resource.holds.iter().all(|hold| hold.pass.as_ref().is_none_or(|pass| !holders.contains(&pass.to))));
}

fn check_crews(resource: &Resource) {
    let seats: Vec<_> = resource.holds.iter().flat_map(|hold| hold.crew.iter().map(|rider| &rider.person)).collect();
    let asking: Vec<_> = resource.holds.iter().flat_map(|hold| hold.requests.iter().map(|request| &request.person)).collect();
    let aboard: BTreeSet<_> = seats.iter().chain(&asking).collect();
    assert_eq!(aboard.len(), seats.len() + asking.len(), "somebody is in two crews, or asks although aboard");
    assert!(aboard.iter().all(|person| resource.held_by(person).is_none()), "a holder is in a crew");
    assert!(resource.holds.iter().all(|hold| hold.crew.is_sorted_by_key(|rider| rider.since)));
}

fn check_queue(resource: &Resource) {
    let waiting: BTreeSet<_> = resource.queue.iter().map(|entry| &entry.person).collect();
    assert_eq!(waiting.len(), resource.queue.len(), "somebody waits twice");
    assert!(resource.offered().all(|entry| resource.held_by(&entry.person).is_none()), "a holder has an offer");
    assert!(resource.queue.iter().all(|entry| entry.lapses < 2));
}

fn check_hand_over(resource: &Resource, policy: &Policy) {
    let someone_could = resource.next().is_some();
    let offers = resource.offered().count();
    if resource.frozen.is_some() {
        assert_eq!(offers, 0, "an offer while frozen");
        assert!(resource.holds.iter().all(|hold| hold.pass.is_none()), "a pass while frozen");
        return;
    }
    match policy.handoff {
        Handoff::Notify => assert_eq!(offers, 0),
        Handoff::Grant => assert!(offers == 0 && (resource.free(policy) == 0 || !someone_could), "free with a queue"),
        Handoff::Offer => {
            assert!(offers <= resource.free(policy), "an offer without a free slot");
            assert!(resource.available(policy) == 0 || !someone_could, "free with a queue, and nobody is asked");
        }
    }
}

fn check_alarms(resource: &Resource, policy: &Policy, alarms: &[Alarm]) {
    let keys: BTreeSet<_> = alarms.iter().map(Alarm::key).collect();
    assert_eq!(keys.len(), alarms.len(), "two alarms with one key");
    assert!(alarms.is_sorted_by_key(|alarm| alarm.due));
    let due = |kind, id| alarms.iter().find(|alarm| alarm.kind == kind && alarm.id == id).map(|alarm| alarm.due);
    let mut expected = 0;
    let mut expect = |kind, id, at: Option<Instant>| {
        assert_eq!(due(kind, id), at, "{kind} {id}");
        expected += usize::from(at.is_some());
    };
    for hold in &resource.holds {
        let unwarned = hold.deadline.filter(|deadline| !deadline.warned);
        expect(AlarmKind::Warn, hold.id, unwarned.map(|deadline| policy.warn_at(&deadline)));
        expect(AlarmKind::Expire, hold.id, hold.ends());
        let nag = hold.reminded.unwrap_or(hold.since) + hours(3);
        expect(AlarmKind::Nag, hold.id, hold.deadline.is_none().then_some(nag));
        expect(AlarmKind::OrphanRelease, hold.id, hold.orphaned.map(|since| since + policy.orphan_grace));
        if let Some(pass) = &hold.pass {
            expect(AlarmKind::PassEnds, pass.id, Some(pass.until));
        }
        for request in &hold.requests {
            expect(AlarmKind::CrewRequestEnds, request.id, Some(request.until));
        }
    }
    for offer in resource.queue.iter().filter_map(|entry| entry.offer.as_ref()) {
        expect(AlarmKind::OfferEnds, offer.id, Some(offer.until));
    }
    assert_eq!(expected, alarms.len(), "an alarm about nothing");
}

/// The numbers of holds, offers, passes and questions in the order in which they came up.
fn numbers(log: &[turns::Transition]) -> Vec<Id> {
    let numbers = log.iter().filter_map(|transition| match &transition.outcome {
        Outcome::Began(began) => Some(began.hold),
        Outcome::Offered { offer, .. } => Some(*offer),
        Outcome::PassOffered { pass, .. } => Some(*pass),
        Outcome::CrewAsked { request, .. } => Some(*request),
        _ => None,
    });
    numbers.collect()
}

/// Beginnings and ends in the log must leave exactly the present holds open.
fn check_log(room: &Room) {
    let open: Vec<_> = turns::history(&room.lines()).into_iter().filter(|stint| stint.until.is_none()).map(|stint| stint.hold).collect();
    let held: Vec<_> = room.resource.holds.iter().map(|hold| hold.id).collect();
    assert_eq!(open, held);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn whatever_happens(policy in policies(), steps in steps()) {
        let most = policy.capacity.get();
        let mut watched = Watched { room: Room::new(policy), alarms: Vec::new(), most };
        for step in steps {
            let last = watched.room.resource.last_id;
            watched.take(step);
            watched.check();
            prop_assert!(watched.room.resource.last_id >= last);
        }
        prop_assert!(numbers(&watched.room.log).is_sorted_by(|a, b| a < b), "a number was given twice");
    }

    #[test]
    fn the_log_tells_who_holds(policy in policies(), steps in steps()) {
        let most = policy.capacity.get();
        let mut watched = Watched { room: Room::new(policy), alarms: Vec::new(), most };
        for step in steps.into_iter().filter(|step| !matches!(step, Step::Adapt(_))) {
            watched.take(step);
        }
        check_log(&watched.room);
    }

    #[test]
    fn asking_for_what_one_has_changes_nothing(policy in policies(), steps in steps(), who in anybody()) {
        let most = policy.capacity.get();
        let mut watched = Watched { room: Room::new(policy), alarms: Vec::new(), most };
        steps.into_iter().for_each(|step| watched.take(step));
        for request in [on(), queue(), pool(), Request::Freeze { reason: None }] {
            if watched.room.ask(who, request.clone()).is_ok() {
                prop_assert!(watched.room.ask(who, request.clone()).is_err(), "{:?} worked twice", request);
            }
        }
    }
}
