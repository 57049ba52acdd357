//! Section 2 of `commands.md`: the rows of `dibs` that the engine decides.

use crate::room::*;
use std::num::NonZeroUsize;
use turns::{End, Handoff, Outcome, Policy, Refusal, Request, Start, Wish};

fn dibs() -> Room {
    Room::new(Policy { handoff: Handoff::Grant, ..Policy::default() })
}

fn roomy(capacity: usize, handoff: Handoff) -> Room {
    let capacity = NonZeroUsize::new(capacity).unwrap();
    Room::new(Policy { handoff, capacity, ..Policy::default() })
}

/// Ann holds; bob and cid wait.
fn busy() -> Room {
    let mut room = dibs();
    for who in ["ann", "bob", "cid"] {
        room.does(who, queue());
    }
    room
}

fn steal(room: &Room) -> Request {
    Request::Steal { hold: room.hold(), wish: because("fire") }
}

// on

#[test]
fn on_holds_while_there_is_room_and_queues_after() {
    let mut room = roomy(2, Handoff::Grant);
    for who in ["ann", "bob", "cid"] {
        room.does(who, queue());
    }
    assert_eq!(room.state(), "ann bob | cid");
    let Refusal::Held { holds, waiting } = room.fails("dan", on()) else { panic!() };
    assert_eq!((holds.len(), waiting), (2, 1));
}

#[test]
fn on_as_holder_tells_what_was_asked_before() {
    let mut room = dibs();
    room.does("ann", Request::Join(lasting(hours(1))));
    assert!(matches!(room.fails("ann", Request::Join(lasting(hours(2)))), Refusal::AlreadyHolding(hold) if hold.wish == lasting(hours(1))));
}

#[test]
fn the_buttons_for_another_duration_count_from_the_beginning() {
    let mut room = dibs();
    room.does("ann", Request::Join(lasting(hours(2))));
    let start = room.now;
    room.wait(minutes(30));
    room.does("ann", Request::Retime { hold: None, duration: hours(1) });
    assert_eq!(room.resource.holds[0].ends(), Some(start + hours(1)));
    assert!(matches!(room.fails("ann", Request::Retime { hold: None, duration: hours(1) }), Refusal::AlreadyHolding(_)));
    assert!(matches!(room.fails("ann", Request::Retime { hold: None, duration: minutes(30) }), Refusal::DeadlinePassed { .. }));
}

#[test]
fn on_again_makes_one_extra_entry_at_the_tail() {
    let mut room = busy();
    assert!(matches!(room.does("ann", Request::Again(wish()))[..], [Outcome::Queued { ahead: 2, .. }]));
    assert!(matches!(room.fails("ann", Request::Again(wish())), Refusal::AlreadyQueued { ahead: 2, .. }));
    assert!(matches!(room.fails("bob", Request::Again(wish())), Refusal::NotHolding { .. }));
    assert_eq!(room.state(), "ann | bob cid ann");
}

#[test]
fn an_extra_entry_is_no_second_slot() {
    let mut room = roomy(2, Handoff::Grant);
    room.does("ann", on());
    room.does("ann", Request::Again(wish()));
    assert_eq!(room.state(), "ann | ann");
    room.does("bob", queue());
    assert_eq!(room.state(), "ann bob | ann", "bob passes nobody who could hold now");
}

#[test]
fn untimed_holds_are_refused_where_a_duration_is_enforced() {
    let mut room = Room::new(Policy { enforce_duration: true, max_duration: Some(hours(4)), ..Policy::default() });
    assert_eq!(room.fails("ann", queue()), Refusal::DurationRequired { max: Some(hours(4)) });
    room.does("ann", Request::Join(lasting(hours(1))));
    room.does("bob", Request::Join(lasting(hours(1))));
    room.does("ann", off());
    room.does("bob", on());
}

// off

#[test]
fn off_grants_to_the_next() {
    let mut room = busy();
    let outcomes = room.does("ann", off());
    let [Outcome::Ended(_), Outcome::Began(began)] = &outcomes[..] else { panic!("{outcomes:?}") };
    assert_eq!((began.person.as_str(), &began.start), ("bob", &Start::Granted));
    assert_eq!(room.state(), "bob | cid");
}

#[test]
fn off_keeps_the_extra_entry() {
    let mut room = busy();
    room.does("ann", Request::Again(wish()));
    room.does("ann", off());
    assert_eq!(room.state(), "bob | cid ann");
    room.does("ann", Request::Leave);
    assert_eq!(room.state(), "bob | cid");
}

#[test]
fn an_old_release_key_releases_nothing() {
    let mut room = dibs();
    room.does("ann", on());
    let hold = room.hold();
    let by_key = || Request::Release { hold: Some(hold) };
    room.does("ann", by_key());
    assert!(matches!(room.fails("ann", by_key()), Refusal::HoldChanged { .. }));
    room.does("ann", on());
    assert!(matches!(room.fails("ann", by_key()), Refusal::HoldChanged { .. }));
    assert_eq!(room.state(), "ann |");
}

// bump, yield, give

#[test]
fn bump_hands_to_the_next_and_needs_one() {
    let mut room = busy();
    room.does("ann", Request::Bump { hold: None });
    assert_eq!(room.state(), "bob | cid");
    assert!(matches!(room.fails("eva", Request::Bump { hold: None }), Refusal::NotHolding { .. }));
    room.does("eva", Request::Bump { hold: Some(room.hold()) });
    assert_eq!(room.state(), "cid |");
    assert_eq!(room.fails("cid", Request::Bump { hold: None }), Refusal::NobodyWaits);
}

#[test]
fn bump_does_not_come_back_through_the_own_extra_entry() {
    let mut room = dibs();
    room.does("ann", on());
    room.does("ann", Request::Again(wish()));
    assert_eq!(room.fails("ann", Request::Bump { hold: None }), Refusal::NobodyWaits);
    room.does("bob", queue());
    room.does("ann", Request::Bump { hold: None });
    assert_eq!(room.state(), "bob | ann");
}

#[test]
fn bump_gives_to_the_head_where_off_would_only_name_it() {
    let mut room = Room::new(Policy::classic());
    room.does("ann", on());
    room.does("bob", queue());
    room.does("ann", Request::Bump { hold: None });
    assert_eq!(room.state(), "bob |");
}

#[test]
fn yield_puts_the_old_holder_first_in_line_for_the_rest() {
    let mut room = dibs();
    room.does("ann", Request::Join(lasting(hours(2))));
    for who in ["bob", "cid"] {
        room.does(who, queue());
    }
    room.does("ann", Request::Again(wish()));
    room.wait(minutes(30));
    room.does("ann", Request::Yield);
    assert_eq!(room.state(), "bob | ann cid");
    assert_eq!(room.resource.queue[0].wish.duration, Some(minutes(90)));
}

#[test]
fn give_is_immediate_and_removes_the_receivers_entry() {
    let mut room = busy();
    room.does("ann", pass("cid"));
    assert_eq!(room.state(), "cid | bob");
    let mut room = roomy(2, Handoff::Grant);
    room.does("ann", on());
    room.does("bob", on());
    assert!(matches!(room.fails("ann", pass("bob")), Refusal::ReceiverHolds { .. }));
}

// jump, steal, kick

#[test]
fn jump_moves_to_position_one() {
    let mut room = busy();
    room.does("cid", Request::Jump(because("fire")));
    assert_eq!(room.state(), "ann | cid bob");
    assert!(matches!(room.fails("ann", Request::Jump(because("fire"))), Refusal::AlreadyHolding(_)));
}

#[test]
fn steal_takes_from_the_victim_past_those_who_wait() {
    let mut room = busy();
    let outcomes = room.does("dan", steal(&room));
    assert!(matches!(&outcomes[0], Outcome::Ended(ended) if matches!(&ended.end, End::Stolen { by, .. } if *by == person("dan"))));
    assert_eq!(room.state(), "dan | bob cid");
}

#[test]
fn who_steals_from_the_crew_is_not_told_of_a_lost_seat() {
    let mut room = Room::new(Policy::classic());
    room.does("ann", on());
    for who in ["bob", "cid"] {
        room.does(who, pool());
    }
    let outcomes = room.does("bob", steal(&room));
    assert!(outcomes.contains(&Outcome::CrewDismissed { crew: vec![person("cid")], holder: person("ann") }));
    assert_eq!(room.state(), "bob |");
}

#[test]
fn the_second_of_two_steals_sees_the_new_holder() {
    let mut room = busy();
    let same = steal(&room);
    room.does("dan", same.clone());
    assert!(matches!(room.fails("eva", same), Refusal::HoldChanged { holds } if holds[0].person == person("dan")));
}

#[test]
fn steal_against_off_is_a_plain_take_only_if_nobody_waits() {
    let mut room = dibs();
    room.does("ann", on());
    let late = steal(&room);
    room.does("ann", off());
    room.does("dan", late);
    assert_eq!(room.state(), "dan |");

    let mut room = busy();
    let late = steal(&room);
    room.does("ann", off());
    assert!(matches!(room.fails("dan", late), Refusal::HoldChanged { .. }));
}

#[test]
fn kick_removes_a_waiting_person_and_the_holder() {
    let mut room = busy();
    room.does("eva", kick("bob"));
    assert_eq!(room.state(), "ann | cid");
    room.does("eva", kick("ann"));
    assert_eq!(room.state(), "cid |");
}

// policy and races

#[test]
fn as_many_offers_as_free_slots() {
    let mut room = roomy(2, Handoff::Offer);
    for who in ["ann", "bob", "cid", "dan", "eva"] {
        room.does(who, queue());
    }
    room.does("ann", off());
    room.does("bob", off());
    assert_eq!(room.state(), "| cid! dan! eva");
    room.does("dan", on());
    assert_eq!(room.state(), "dan | cid! eva");
}

#[test]
fn a_new_policy_is_adapted_to() {
    let mut room = roomy(1, Handoff::Offer);
    for who in ["ann", "bob", "cid", "dan"] {
        room.does(who, queue());
    }
    let mut adapt = |policy| {
        room.policy = policy;
        room.resource = turns::adapt(&room.resource, &room.policy, room.now).resource;
        room.state()
    };
    assert_eq!(adapt(roomy(3, Handoff::Offer).policy), "ann | bob! cid! dan");
    assert_eq!(adapt(roomy(2, Handoff::Offer).policy), "ann | bob! cid dan");
    assert_eq!(adapt(roomy(3, Handoff::Notify).policy), "ann | bob cid dan");
    assert_eq!(adapt(roomy(3, Handoff::Grant).policy), "ann bob cid | dan");
    assert_eq!(adapt(roomy(1, Handoff::Grant).policy), "ann bob cid | dan");
}

#[test]
fn two_hundred_at_once_get_one_hold_and_distinct_places() {
    let mut room = dibs();
    let places: Vec<_> = (0..200)
        .filter_map(|number| match room.does(&format!("p{number}"), queue())[..] {
            [Outcome::Queued { ahead, .. }] => Some(ahead),
            _ => None,
        })
        .collect();
    assert_eq!(places, (0..199).collect::<Vec<_>>());
}

#[test]
fn a_freeze_withdraws_offers_and_passes_and_a_thaw_resumes() {
    let mut room = roomy(2, Handoff::Offer);
    for who in ["ann", "bob", "cid"] {
        room.does(who, queue());
    }
    room.does("ann", pass("dan"));
    room.does("bob", off());
    let outcomes = room.does("eva", Request::Freeze { reason: None });
    assert!(matches!(outcomes[..], [Outcome::Frozen { .. }, Outcome::PassWithdrawn { .. }, Outcome::OfferWithdrawn { .. }]));
    assert_eq!(room.state(), "ann | cid");
    room.does("ann", off());
    assert_eq!(room.state(), "| cid");
    room.does("eva", Request::Thaw);
    assert_eq!(room.state(), "| cid!");
}

// rosters, draws, groups

fn roster() -> Room {
    let mut room = Room::new(Policy { handoff: Handoff::Grant, repeat: true, default_duration: Some(hours(24)), ..Policy::default() });
    for who in ["ann", "bob", "cid"] {
        room.does(who, queue());
    }
    room
}

#[test]
fn who_gives_up_a_turn_of_a_roster_waits_again_at_the_end() {
    let mut room = roster();
    let outcomes = room.does("ann", off());
    assert!(matches!(&outcomes[..], [Outcome::Ended(_), Outcome::Rejoined { ahead: 2, .. }, Outcome::Began(_)]), "{outcomes:?}");
    assert_eq!(room.state(), "bob | cid ann");
    room.wait(hours(24));
    assert_eq!(room.state(), "cid | ann bob");
    room.does("cid", Request::Bump { hold: None });
    assert_eq!(room.state(), "ann | bob cid");
}

#[test]
fn who_leaves_a_roster_for_good_leaves_the_order_of_the_others() {
    let mut room = roster();
    room.does("bob", Request::Retire);
    assert_eq!(room.state(), "ann | cid");
    room.does("ann", Request::Retire);
    assert_eq!(room.state(), "cid |");
    room.does("cid", Request::Retire);
    assert_eq!(room.fails("cid", Request::Retire), Refusal::Free);
    assert_eq!(room.state(), "|");
}

#[test]
fn who_is_put_out_of_a_roster_or_loses_an_account_does_not_come_back() {
    let mut room = roster();
    room.does("eva", kick("ann"));
    assert_eq!(room.state(), "bob | cid");
    room.does("bob", Request::Gone);
    room.wait(hours(25));
    assert_eq!(room.state(), "cid |");
}

#[test]
fn the_only_one_of_a_roster_goes_on() {
    let mut room = roster();
    room.does("bob", Request::Retire);
    room.does("cid", Request::Retire);
    room.wait(hours(48));
    assert_eq!(room.state(), "ann |");
}

#[test]
fn a_wish_can_repeat_by_itself() {
    let mut room = dibs();
    room.does("ann", Request::Join(Wish { repeat: true, ..lasting(hours(1)) }));
    room.does("bob", Request::Join(lasting(hours(1))));
    room.wait(hours(1));
    assert_eq!(room.state(), "bob | ann");
    room.wait(hours(1));
    assert_eq!(room.state(), "ann |");
}

#[test]
fn a_draw_can_be_repeated_and_comes_to_everybody() {
    let drawn = |seed| {
        let mut room = Room::new(Policy { handoff: Handoff::Grant, draw: Some(seed), ..Policy::default() });
        for who in ["ann", "bob", "cid", "dan"] {
            room.does(who, queue());
        }
        let outcomes = room.does("ann", off());
        let Outcome::Drawn { person, among: 3, .. } = &outcomes[1] else { panic!("{outcomes:?}") };
        assert_eq!(room.resource.holds[0].person, *person);
        person.clone()
    };
    assert_eq!(drawn(7), drawn(7));
    let everybody: std::collections::BTreeSet<_> = (0..50).map(drawn).collect();
    assert_eq!(everybody.len(), 3);
}

#[test]
fn nobody_is_drawn_from_one() {
    let mut room = Room::new(Policy { handoff: Handoff::Grant, draw: Some(1), ..Policy::default() });
    room.does("ann", on());
    room.does("bob", queue());
    assert!(matches!(room.does("ann", off())[..], [Outcome::Ended(_), Outcome::Began(_)]));
}

#[test]
fn what_gets_free_goes_to_the_first_who_waits_for_any() {
    let mut line = Room::new(Policy { waiting_only: true, ..Policy::default() });
    line.does("ann", queue());
    line.does("bob", Request::Join(lasting(hours(1))));
    assert_eq!(line.state(), "| ann bob");
    let mut free = dibs();
    free.does("ann", on());
    assert_eq!(turns::serve(&line.resource, &free.resource, &free.policy, free.now), None, "it is taken");
    free.does("ann", off());
    line.wait(minutes(5));
    let (rest, turn) = turns::serve(&line.resource, &free.resource, &free.policy, line.now).unwrap();
    assert_eq!(rest.queue.len(), 1);
    let [Outcome::Began(began)] = &turn.outcomes[..] else { panic!("{:?}", turn.outcomes) };
    assert_eq!((began.person.as_str(), began.waited), ("ann", Some(minutes(5))));
    free.does("cid", on());
    free.does("dan", queue());
    free.does("cid", off());
    assert_eq!(turns::serve(&rest, &free.resource, &free.policy, free.now), None, "who waits for exactly this one goes first");
}
