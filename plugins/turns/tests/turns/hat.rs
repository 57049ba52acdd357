//! Section 1 of `commands.md`, a test per row of its tables as far as the engine decides them.

use crate::room::*;
use turns::{Began, End, Ended, Outcome, Policy, Pool, Refusal, Request, Start};

fn hat() -> Room {
    Room::new(Policy::default())
}

fn classic() -> Room {
    Room::new(Policy::classic())
}

fn open_hat() -> Room {
    Room::new(Policy { pool: Pool::Open, ..Policy::default() })
}

fn begins(outcomes: &[Outcome]) -> Vec<(&str, &Start)> {
    let begins = outcomes.iter().filter_map(|outcome| match outcome {
        Outcome::Began(began) => Some((began.person.as_str(), &began.start)),
        _ => None,
    });
    begins.collect()
}

fn ends(outcomes: &[Outcome]) -> Vec<&Ended> {
    let ends = outcomes.iter().filter_map(|outcome| match outcome {
        Outcome::Ended(ended) => Some(ended),
        _ => None,
    });
    ends.collect()
}

// on

#[test]
fn on_while_free_takes_it() {
    let mut room = hat();
    let outcomes = room.does("ann", Request::Take(lasting(hours(2))));
    let deadline = Some(room.now + hours(2));
    let [Outcome::Began(began)] = &outcomes[..] else { panic!("{outcomes:?}") };
    assert_eq!((&began.start, began.deadline), (&Start::Taken { over: Vec::new() }, deadline));
    assert_eq!(room.state(), "ann |");
}

#[test]
fn on_with_the_offer_takes_it_and_leaves_the_queue() {
    let mut room = hat();
    room.does("ann", on());
    room.does("bob", queue());
    room.wait(minutes(7));
    room.does("ann", off());
    assert_eq!(room.state(), "| bob!");
    let outcomes = room.does("bob", on());
    assert!(matches!(&outcomes[..], [Outcome::Began(Began { start: Start::Accepted, waited: Some(waited), .. })] if *waited == minutes(7)));
    assert_eq!(room.state(), "bob |");
}

#[test]
fn on_as_head_in_notify_mode_takes_it_and_leaves_the_queue() {
    let mut room = classic();
    room.does("ann", on());
    room.does("bob", queue());
    room.does("ann", off());
    let outcomes = room.does("bob", on());
    assert!(matches!(&outcomes[..], [Outcome::Began(Began { start: Start::Taken { over }, waited: Some(_), .. })] if over.is_empty()));
    assert_eq!(room.state(), "bob |");
}

#[test]
fn on_in_notify_mode_names_who_was_jumped() {
    let mut room = classic();
    room.does("ann", on());
    for who in ["bob", "cid", "dan"] {
        room.does(who, queue());
    }
    room.does("ann", off());
    let outcomes = room.does("dan", on());
    assert_eq!(begins(&outcomes), [("dan", &Start::Taken { over: vec![person("bob"), person("cid")] })]);
    assert_eq!(room.state(), "dan | bob cid");
}

#[test]
fn on_in_offer_mode_is_refused_while_others_have_the_offer() {
    let mut room = hat();
    room.does("ann", on());
    room.does("bob", queue());
    room.does("cid", queue());
    room.does("ann", off());
    let Refusal::Reserved { offered, ahead, waiting } = room.fails("cid", on()) else { panic!() };
    assert_eq!((offered[0].person.as_str(), ahead, waiting), ("bob", Some(1), 2));
    assert!(matches!(room.fails("dan", on()), Refusal::Reserved { ahead: None, .. }));
}

#[test]
fn on_as_holder_changes_nothing() {
    let mut room = hat();
    room.does("ann", on());
    assert!(matches!(room.fails("ann", on()), Refusal::AlreadyHolding(hold) if hold.person == person("ann")));
}

#[test]
fn on_as_crew_changes_nothing() {
    let mut room = open_hat();
    room.does("ann", on());
    room.does("bob", pool());
    assert!(matches!(room.fails("bob", on()), Refusal::InCrew(hold) if hold.person == person("ann")));
}

#[test]
fn on_while_held_tells_who_why_and_how_many_wait() {
    let mut room = hat();
    room.does("ann", Request::Take(because("release")));
    room.does("bob", queue());
    let Refusal::Held { holds, waiting } = room.fails("cid", on()) else { panic!() };
    assert_eq!((holds[0].reason(), waiting), (Some("release"), 1));
}

#[test]
fn on_while_frozen_is_refused() {
    let mut room = hat();
    room.does("eva", Request::Freeze { reason: Some("holidays".to_owned()) });
    assert!(matches!(room.fails("ann", on()), Refusal::Frozen(freeze) if freeze.reason.as_deref() == Some("holidays")));
    assert!(matches!(room.fails("ann", queue()), Refusal::Frozen(_)));
    assert!(matches!(room.fails("eva", Request::Freeze { reason: None }), Refusal::AlreadyFrozen(_)));
    room.does("eva", Request::Thaw);
    assert_eq!(room.fails("eva", Request::Thaw), Refusal::NotFrozen);
    room.does("ann", on());
}

// off

#[test]
fn off_with_crew_lets_the_first_of_it_inherit() {
    let mut room = open_hat();
    room.does("ann", Request::Take(lasting(hours(2))));
    let deadline = room.resource.holds[0].ends();
    for who in ["bob", "cid"] {
        room.does(who, pool());
    }
    room.does("dan", queue());
    room.does("bob", queue());
    room.wait(minutes(30));
    let outcomes = room.does("ann", off());
    assert_eq!(ends(&outcomes)[0].held_for(), minutes(30));
    assert_eq!(begins(&outcomes), [("bob", &Start::Inherited { from: person("ann") })]);
    assert_eq!(room.state(), "bob+cid | dan");
    assert_eq!(room.resource.holds[0].ends(), deadline);
}

#[test]
fn off_hands_over_by_mode() {
    for (policy, state) in [
        (Policy::classic(), "| bob"),
        (Policy::default(), "| bob!"),
        (Policy { handoff: turns::Handoff::Grant, ..Policy::default() }, "bob |"),
    ] {
        let mut room = Room::new(policy);
        room.does("ann", on());
        room.does("bob", queue());
        let outcomes = room.does("ann", off());
        assert_eq!(room.state(), state);
        let last = outcomes.last().unwrap();
        assert!(matches!(last, Outcome::Next { .. } | Outcome::Offered { .. } | Outcome::Began(Began { start: Start::Granted, .. })));
    }
}

#[test]
fn off_with_nothing_waiting_frees_it() {
    let mut room = hat();
    room.does("ann", on());
    room.wait(hours(1));
    let outcomes = room.does("ann", off());
    assert!(matches!(&outcomes[..], [Outcome::Ended(ended)] if ended.held_for() == hours(1) && ended.end == End::Released));
    assert_eq!(room.state(), "|");
}

#[test]
fn off_as_crew_releases_nothing() {
    let mut room = open_hat();
    room.does("ann", on());
    room.does("bob", pool());
    assert!(matches!(room.fails("bob", off()), Refusal::InCrew(hold) if hold.person == person("ann")));
}

#[test]
fn off_as_another_person_is_refused() {
    let mut room = hat();
    room.does("ann", on());
    assert!(matches!(room.fails("bob", off()), Refusal::NotHolding { holds } if holds[0].person == person("ann")));
}

#[test]
fn off_while_nobody_holds_says_so() {
    assert_eq!(hat().fails("ann", off()), Refusal::Free);
}

// queue, dequeue

#[test]
fn queue_as_holder_is_refused() {
    let mut room = hat();
    room.does("ann", on());
    assert!(matches!(room.fails("ann", queue()), Refusal::AlreadyHolding(_)));
}

#[test]
fn queue_again_keeps_the_place_and_takes_the_new_wish() {
    let mut room = hat();
    room.does("ann", on());
    room.does("bob", Request::Join(because("tests")));
    room.does("cid", queue());
    room.wait(minutes(5));
    assert_eq!(room.fails("bob", queue()), Refusal::AlreadyQueued { ahead: 0, waited: minutes(5) });
    let outcomes = room.does("bob", Request::Join(lasting(hours(1))));
    assert!(matches!(&outcomes[..], [Outcome::Rewished { ahead: 0, waited, .. }] if *waited == minutes(5)));
    let wish = &room.resource.queue[0].wish;
    assert_eq!((wish.duration, wish.reason.as_deref()), (Some(hours(1)), Some("tests")));
    assert_eq!(room.state(), "ann | bob cid");
}

#[test]
fn queue_as_crew_is_allowed_and_inheriting_removes_the_entry() {
    let mut room = open_hat();
    room.does("ann", on());
    room.does("bob", pool());
    assert!(matches!(&room.does("bob", queue())[..], [Outcome::Queued { ahead: 0, .. }]));
    room.does("ann", off());
    assert_eq!(room.state(), "bob |");
}

#[test]
fn queue_tells_how_many_are_in_front() {
    let mut room = hat();
    room.does("ann", on());
    assert!(matches!(&room.does("bob", queue())[..], [Outcome::Queued { ahead: 0, .. }]));
    assert!(matches!(&room.does("cid", queue())[..], [Outcome::Queued { ahead: 1, .. }]));
}

#[test]
fn queue_while_free_and_empty_is_yours_in_every_profile() {
    for room in &mut [hat(), classic(), open_hat()] {
        assert_eq!(begins(&room.does("ann", queue())), [("ann", &Start::Joined)]);
    }
}

#[test]
fn queue_while_free_and_others_wait_appends() {
    for (mut room, state) in [(hat(), "| bob! cid"), (classic(), "| bob cid")] {
        room.does("ann", on());
        room.does("bob", queue());
        room.does("ann", off());
        room.does("cid", queue());
        assert_eq!(room.state(), state);
    }
}

#[test]
fn dequeue_removes_and_moves_the_offer_on() {
    let mut room = hat();
    room.does("ann", on());
    room.does("bob", queue());
    room.does("cid", queue());
    room.does("ann", off());
    room.wait(minutes(2));
    let outcomes = room.does("bob", Request::Leave);
    let [Outcome::Left { waited, .. }, Outcome::Offered { person: to, .. }] = &outcomes[..] else { panic!("{outcomes:?}") };
    assert_eq!((*waited, to.as_str()), (minutes(2), "cid"));
    assert_eq!(room.state(), "| cid!");
}

#[test]
fn dequeue_while_not_queued_says_so() {
    assert_eq!(hat().fails("ann", Request::Leave), Refusal::NotQueued);
}

// pool, unpool

#[test]
fn pool_while_nobody_holds_is_refused() {
    assert_eq!(hat().fails("ann", pool()), Refusal::Free);
}

#[test]
fn pool_with_yourself_is_refused() {
    let mut room = hat();
    room.does("ann", on());
    assert_eq!(room.fails("ann", pool()), Refusal::WithYourself);
}

#[test]
fn pool_while_in_crew_says_so() {
    let mut room = open_hat();
    room.does("ann", on());
    room.does("bob", pool());
    assert!(matches!(room.fails("bob", pool()), Refusal::AlreadyInCrew(_)));
}

#[test]
fn open_pool_is_joined_at_once_and_leaves_the_queue() {
    let mut room = open_hat();
    room.does("ann", on());
    room.does("bob", queue());
    room.wait(minutes(3));
    let outcomes = room.does("bob", pool());
    assert!(matches!(&outcomes[..], [Outcome::CrewJoined { waited: Some(waited), .. }] if *waited == minutes(3)));
    assert_eq!(room.state(), "ann+bob |");
}

/// Ann holds, bob waits in the queue and has asked to ride along.
fn asked() -> (Room, turns::Id) {
    let mut room = hat();
    room.does("ann", on());
    room.does("bob", queue());
    let [Outcome::CrewAsked { request, .. }] = room.does("bob", pool())[..] else { panic!() };
    (room, request)
}

#[test]
fn asked_pool_keeps_the_place_until_accepted() {
    let (mut room, request) = asked();
    assert_eq!(room.state(), "ann | bob");
    assert!(matches!(room.fails("bob", pool()), Refusal::AlreadyAsked { .. }));
    room.does("ann", Request::AnswerCrew { request, accept: true });
    assert_eq!(room.state(), "ann+bob |");
    assert_eq!(room.fails("ann", Request::AnswerCrew { request, accept: true }), Refusal::RequestClosed);
}

#[test]
fn only_the_holder_answers() {
    let (mut room, request) = asked();
    assert!(matches!(room.fails("bob", Request::AnswerCrew { request, accept: true }), Refusal::NotHolding { .. }));
}

#[test]
fn declined_and_unanswered_pool_tell_the_asker() {
    let (mut room, request) = asked();
    let outcomes = room.does("ann", Request::AnswerCrew { request, accept: false });
    assert!(matches!(&outcomes[..], [Outcome::CrewDeclined { .. }]));
    room.does("bob", pool());
    assert!(matches!(&room.wait(minutes(10))[..], [Outcome::CrewAskLapsed { .. }]));
    assert_eq!(room.state(), "ann | bob");
}

#[test]
fn holder_off_withdraws_the_question() {
    let (mut room, request) = asked();
    let outcomes = room.does("ann", off());
    assert!(outcomes.contains(&Outcome::CrewAskWithdrawn { person: person("bob"), holder: person("ann") }));
    assert_eq!(room.fails("ann", Request::AnswerCrew { request, accept: true }), Refusal::Free);
}

#[test]
fn a_change_of_holder_withdraws_the_question() {
    let mut room = hat();
    room.does("ann", on());
    room.does("cid", pool());
    let request = room.resource.holds[0].requests[0].id;
    room.does("ann", Request::AnswerCrew { request, accept: true });
    room.does("bob", pool());
    let outcomes = room.does("ann", off());
    assert!(outcomes.contains(&Outcome::CrewAskWithdrawn { person: person("bob"), holder: person("ann") }));
    assert_eq!(room.state(), "cid |");
}

#[test]
fn a_full_crew_is_refused_with_names_and_keeps_the_place() {
    let mut room = Room::new(Policy { pool: Pool::Open, crew_limit: Some(1), ..Policy::default() });
    room.does("ann", on());
    room.does("bob", pool());
    room.does("cid", queue());
    assert_eq!(room.fails("cid", pool()), Refusal::CrewFull { crew: vec![person("bob")], limit: 1 });
    assert_eq!(room.state(), "ann+bob | cid");
}

#[test]
fn a_crew_that_filled_up_meanwhile_cannot_be_joined_by_an_old_question() {
    let mut room = Room::new(Policy { crew_limit: Some(1), ..Policy::default() });
    room.does("ann", on());
    room.does("bob", pool());
    room.does("cid", pool());
    let requests: Vec<_> = room.resource.holds[0].requests.iter().map(|request| request.id).collect();
    room.does("ann", Request::AnswerCrew { request: requests[0], accept: true });
    assert!(matches!(room.fails("ann", Request::AnswerCrew { request: requests[1], accept: true }), Refusal::CrewFull { .. }));
}

#[test]
fn unpool_leaves_or_takes_the_question_back() {
    let mut room = open_hat();
    room.does("ann", on());
    room.does("bob", pool());
    assert!(matches!(&room.does("bob", Request::LeaveCrew)[..], [Outcome::CrewLeft { .. }]));
    let (mut room, _) = asked();
    assert!(matches!(&room.does("bob", Request::LeaveCrew)[..], [Outcome::CrewAskWithdrawn { .. }]));
}

#[test]
fn unpool_without_crew_says_so() {
    assert_eq!(hat().fails("bob", Request::LeaveCrew), Refusal::NotInCrew);
}

// force off

#[test]
fn force_off_while_nobody_holds_says_so() {
    let mut room = hat();
    room.does("ann", on());
    let hold = room.hold();
    room.does("ann", off());
    assert_eq!(room.fails("bob", force_off(hold)), Refusal::HoldChanged { holds: Vec::new() });
}

#[test]
fn force_off_evicts_tells_the_crew_and_hands_over() {
    let mut room = open_hat();
    room.does("ann", on());
    room.does("bob", pool());
    room.does("cid", queue());
    room.wait(minutes(20));
    let hold = room.hold();
    let outcomes = room.does("eva", Request::Evict { hold, reason: Some("fire".to_owned()) });
    assert_eq!(ends(&outcomes)[0].held_for(), minutes(20));
    assert_eq!(ends(&outcomes)[0].end, End::Evicted { by: person("eva"), reason: Some("fire".to_owned()) });
    assert!(outcomes.contains(&Outcome::CrewDismissed { crew: vec![person("bob")], holder: person("ann") }));
    assert_eq!(room.state(), "| cid!");
}

#[test]
fn force_off_does_nothing_once_the_hold_has_changed() {
    let mut room = hat();
    room.does("ann", on());
    let hold = room.hold();
    room.does("ann", off());
    room.does("bob", on());
    assert!(matches!(room.fails("eva", force_off(hold)), Refusal::HoldChanged { holds } if holds[0].person == person("bob")));
    room.does("bob", off());
    room.does("ann", on());
    assert!(matches!(room.fails("eva", force_off(hold)), Refusal::HoldChanged { .. }), "a later hold of the same person is another one");
}

#[test]
fn force_off_oneself_is_off() {
    let mut room = open_hat();
    room.does("ann", on());
    room.does("bob", pool());
    let hold = room.hold();
    let outcomes = room.does("ann", force_off(hold));
    assert_eq!(ends(&outcomes)[0].end, End::Released);
    assert_eq!(room.state(), "bob |");
}

#[test]
fn two_force_offs_evict_once() {
    let mut room = hat();
    room.does("ann", on());
    let hold = room.hold();
    room.does("eva", force_off(hold));
    assert!(matches!(room.fails("bob", force_off(hold)), Refusal::HoldChanged { .. }));
}

// extend

#[test]
fn extend_counts_from_the_old_deadline() {
    let mut room = hat();
    room.does("ann", Request::Take(lasting(hours(1))));
    let before = room.now + hours(1);
    room.wait(minutes(10));
    let outcomes = room.does("ann", Request::Extend { hold: None, by: minutes(30) });
    let [Outcome::Retimed { before: from, deadline, capped, .. }] = outcomes[..] else { panic!("{outcomes:?}") };
    assert_eq!((from, deadline, capped), (Some(before), before + minutes(30), None));
}

#[test]
fn extend_is_bounded_by_the_maximum() {
    let mut room = Room::new(Policy { max_duration: Some(hours(2)), ..Policy::default() });
    room.does("ann", Request::Take(lasting(hours(1))));
    let (end, wanted) = (room.now + hours(2), room.now + hours(4));
    let outcomes = room.does("ann", Request::Extend { hold: None, by: hours(3) });
    assert!(matches!(outcomes[..], [Outcome::Retimed { deadline, capped: Some(capped), .. }] if deadline == end && capped == wanted));
    assert_eq!(room.fails("ann", Request::Extend { hold: None, by: hours(3) }), Refusal::AtMaximum { deadline: end, max: hours(2) });
}

#[test]
fn extend_is_refused_while_others_wait_if_the_policy_says_so() {
    let mut room = Room::new(Policy { no_extend_while_waiting: true, ..Policy::default() });
    room.does("ann", Request::Take(lasting(hours(1))));
    room.does("ann", Request::Extend { hold: None, by: hours(1) });
    room.does("bob", queue());
    assert!(matches!(room.fails("ann", Request::Extend { hold: None, by: hours(1) }), Refusal::OthersWait { queue } if queue.len() == 1));
}

#[test]
fn extend_without_a_deadline_or_a_hold_is_refused() {
    let mut room = hat();
    assert_eq!(room.fails("ann", Request::Extend { hold: None, by: hours(1) }), Refusal::Free);
    room.does("ann", on());
    assert!(matches!(room.fails("ann", Request::Extend { hold: None, by: hours(1) }), Refusal::NoDeadline(_)));
    room.does("ann", Request::Retime { hold: None, duration: hours(1) });
    assert_eq!(room.fails("ann", Request::Extend { hold: None, by: hours(0) }), Refusal::NoTime);
}

#[test]
fn extending_shows_those_who_wait_a_new_estimate() {
    let mut room = hat();
    room.does("ann", Request::Take(lasting(hours(1))));
    room.does("bob", Request::Join(lasting(hours(2))));
    let estimate = |room: &Room, ahead| turns::estimate(&room.resource, &room.policy, ahead, room.now);
    assert_eq!(estimate(&room, 0), Some(room.now + hours(1)));
    assert_eq!(estimate(&room, 1), Some(room.now + hours(3)));
    room.does("ann", Request::Extend { hold: None, by: hours(1) });
    assert_eq!(estimate(&room, 1), Some(room.now + hours(4)));
    room.does("cid", queue());
    assert_eq!(estimate(&room, 2), None, "cid has no end in mind");
}

// durations

#[test]
fn more_than_the_maximum_is_granted_at_the_maximum_with_notice() {
    let mut room = Room::new(Policy { max_duration: Some(hours(2)), ..Policy::default() });
    let outcomes = room.does("ann", Request::Take(lasting(hours(9))));
    let end = Some(room.now + hours(2));
    assert!(
        matches!(outcomes[..], [Outcome::Began(Began { deadline, capped: Some(capped), .. })] if deadline == end && capped == hours(9))
    );
}

#[test]
fn no_duration_is_no_way_around_the_maximum() {
    let mut room = Room::new(Policy { max_duration: Some(hours(2)), ..Policy::default() });
    assert!(matches!(room.does("ann", on())[..], [Outcome::Began(Began { deadline: Some(_), capped: None, .. })]));
}

#[test]
fn nothing_is_no_duration() {
    assert_eq!(hat().fails("ann", Request::Take(lasting(hours(0)))), Refusal::NoTime);
    assert_eq!(hat().fails("ann", Request::Join(lasting(hours(0)))), Refusal::NoTime);
}

#[test]
fn a_queued_persons_time_starts_at_the_grant() {
    let mut room = Room::new(Policy { handoff: turns::Handoff::Grant, ..Policy::default() });
    room.does("ann", on());
    room.does("bob", Request::Join(lasting(hours(1))));
    room.wait(hours(2));
    room.does("ann", off());
    assert_eq!(room.resource.holds[0].ends(), Some(room.now + hours(1)));
}

// pass, yield, jump, kick as the hat does them: with offers

#[test]
fn pass_waits_for_the_receiver_and_keeps_deadline_and_crew() {
    let mut room = open_hat();
    room.does("ann", Request::Take(lasting(hours(2))));
    let deadline = room.resource.holds[0].ends();
    room.does("cid", pool());
    room.does("bob", queue());
    assert!(matches!(room.does("ann", pass("bob"))[..], [Outcome::PassOffered { .. }]));
    assert!(matches!(room.fails("ann", pass("bob")), Refusal::AlreadyPassing { .. }));
    assert_eq!(room.state(), "ann+cid | bob");
    let outcomes = room.does("bob", on());
    assert_eq!(begins(&outcomes), [("bob", &Start::Passed { from: person("ann") })]);
    assert_eq!(room.state(), "bob+cid |");
    assert_eq!(room.resource.holds[0].ends(), deadline);
}

#[test]
fn a_pass_that_is_not_accepted_leaves_everything_as_it_is() {
    let mut room = hat();
    room.does("ann", on());
    room.does("ann", pass("bob"));
    assert!(matches!(room.does("bob", Request::Decline { offer: None })[..], [Outcome::PassDeclined { .. }]));
    room.does("ann", pass("bob"));
    let [Outcome::PassWithdrawn { .. }, Outcome::PassOffered { .. }] = room.does("ann", pass("cid"))[..] else { panic!() };
    assert!(matches!(room.wait(minutes(10))[..], [Outcome::PassLapsed { .. }]));
    assert!(matches!(room.fails("cid", on()), Refusal::Held { .. }));
    assert_eq!(room.state(), "ann |");
}

#[test]
fn pass_to_oneself_is_refused() {
    let mut room = hat();
    room.does("ann", on());
    assert_eq!(room.fails("ann", pass("ann")), Refusal::WithYourself);
    assert!(matches!(room.fails("bob", pass("cid")), Refusal::NotHolding { .. }));
}

#[test]
fn off_withdraws_a_pass() {
    let mut room = hat();
    room.does("ann", on());
    room.does("ann", pass("bob"));
    assert!(room.does("ann", off()).contains(&Outcome::PassWithdrawn { from: person("ann"), to: person("bob") }));
}

#[test]
fn yield_lets_the_next_go_first() {
    let mut room = hat();
    room.does("ann", on());
    assert_eq!(room.fails("ann", Request::Yield), Refusal::NobodyWaits);
    room.does("bob", queue());
    room.does("cid", queue());
    room.does("ann", Request::Yield);
    assert_eq!(room.state(), "| bob! ann cid");
    room.does("bob", on());
    assert_eq!(room.state(), "bob | ann cid");
}

#[test]
fn jump_goes_to_the_front_but_not_ahead_of_an_offer() {
    let mut room = hat();
    room.does("ann", on());
    for who in ["bob", "cid"] {
        room.does(who, queue());
    }
    assert_eq!(room.fails("dan", Request::Jump(wish())), Refusal::ReasonRequired);
    let outcomes = room.does("dan", Request::Jump(because("fire")));
    assert!(matches!(&outcomes[..], [Outcome::Jumped { ahead: 0, over, .. }] if over.len() == 2));
    assert_eq!(room.fails("dan", Request::Jump(because("fire"))), Refusal::AlreadyFirst { ahead: 0 });
    room.does("ann", off());
    let outcomes = room.does("cid", Request::Jump(because("flood")));
    assert!(matches!(&outcomes[..], [Outcome::Jumped { ahead: 1, over, .. }] if *over == [person("bob")]));
    assert_eq!(room.state(), "| dan! cid bob");
}

#[test]
fn kick_removes_hold_place_and_seat() {
    let mut room = open_hat();
    assert!(matches!(room.fails("eva", kick("ann")), Refusal::NotHere { .. }));
    room.does("ann", on());
    room.does("ann", Request::Again(wish()));
    room.does("bob", pool());
    room.does("bob", queue());
    room.does("cid", queue());
    room.does("eva", kick("bob"));
    assert_eq!(room.state(), "ann | ann cid");
    let outcomes = room.does("eva", kick("ann"));
    assert!(matches!(&ends(&outcomes)[0].end, End::Kicked { .. }));
    assert_eq!(room.state(), "| cid!");
}

#[test]
fn kicking_oneself_is_off() {
    let mut room = open_hat();
    room.does("ann", on());
    room.does("bob", pool());
    room.does("ann", kick("ann"));
    assert_eq!(room.state(), "bob |");
}

// limits

#[test]
fn a_full_queue_refuses_whoever_joins_or_jumps_and_nobody_who_gives_up() {
    let mut room = Room::new(Policy { queue_limit: Some(2), ..Policy::default() });
    room.does("ann", on());
    room.does("bob", queue());
    room.does("cid", queue());
    assert_eq!(room.fails("dan", queue()), Refusal::Crowded { waiting: 2 });
    assert_eq!(room.fails("dan", Request::Jump(because("a fire"))), Refusal::Crowded { waiting: 2 });
    room.does("cid", Request::Join(lasting(hours(1))));
    room.does("cid", Request::Jump(because("a fire")));
    room.does("ann", Request::Yield);
    assert_eq!(room.state(), "| cid! ann bob");
}

#[test]
fn what_people_say_takes_room_until_there_is_none() {
    let mut room = hat();
    room.does("ann", on());
    room.does("bob", Request::Join(because(&"x".repeat(1_000))));
    room.policy.weight_limit = Some(room.resource.weight());
    assert_eq!(room.fails("cid", queue()), Refusal::Crowded { waiting: 1 });
    assert_eq!(room.fails("bob", Request::Join(because(&"x".repeat(1_001)))), Refusal::Crowded { waiting: 1 });
    room.does("bob", Request::Join(because("\"\u{1}\"")));
    assert_eq!(room.resource.entry(&person("bob")).unwrap().wish.weight(), 10);
    room.does("cid", queue());
}
