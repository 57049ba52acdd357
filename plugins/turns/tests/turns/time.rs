//! What happens by itself: warnings, ends, reminders, offers; on time, late, twice and never.

use crate::room::*;
use turns::{Alarm, AlarmKind, End, Ended, Handoff, Outcome, Policy, Refusal, Removal, Request};

fn hat() -> Room {
    Room::new(Policy::default())
}

fn kinds(room: &Room) -> Vec<AlarmKind> {
    room.alarms().iter().map(|alarm| alarm.kind).collect()
}

fn expired(outcome: &Outcome) -> Option<&Ended> {
    match outcome {
        Outcome::Ended(ended) if matches!(ended.end, End::Expired { .. }) => Some(ended),
        _ => None,
    }
}

// warning and end

#[test]
fn the_warning_comes_a_fifth_before_the_end_but_at_most_half_an_hour() {
    for (duration, before) in [(hours(1), minutes(12)), (hours(10), minutes(30))] {
        let mut room = hat();
        room.does("ann", Request::Take(lasting(duration)));
        let dues: Vec<_> = room.alarms().iter().map(|alarm| (alarm.kind, alarm.due)).collect();
        let end = room.now + duration;
        assert_eq!(dues, [(AlarmKind::Warn, end - before), (AlarmKind::Expire, end)]);
    }
}

#[test]
fn a_hold_is_warned_of_and_then_ends() {
    let mut room = hat();
    room.does("ann", Request::Take(lasting(hours(1))));
    let outcomes = room.wait(hours(2));
    assert!(matches!(outcomes[..], [Outcome::Warned { missed: None, .. }, Outcome::Ended(_)]));
    let ended = expired(&outcomes[1]).unwrap();
    assert_eq!((ended.held_for(), &ended.end), (hours(1), &End::Expired { late_by: minutes(0) }));
    assert!(room.alarms().is_empty());
}

#[test]
fn at_the_end_the_crew_does_not_inherit() {
    let mut room = Room::new(Policy { pool: turns::Pool::Open, ..Policy::default() });
    room.does("ann", Request::Take(lasting(hours(1))));
    room.does("bob", pool());
    room.does("cid", queue());
    let outcomes = room.wait(hours(1));
    assert!(outcomes.contains(&Outcome::CrewDismissed { crew: vec![person("bob")], holder: person("ann") }));
    assert_eq!(room.state(), "| cid!");
}

#[test]
fn an_extension_voids_the_old_end_and_is_warned_of_in_proportion() {
    let mut room = hat();
    room.does("ann", Request::Take(lasting(hours(1))));
    let old = room.alarms();
    room.wait(minutes(50));
    room.does("ann", Request::Extend { hold: None, by: minutes(10) });
    room.now = room.now + minutes(10);
    for alarm in &old {
        assert!(room.ring(alarm).is_empty(), "{alarm:?} is stale");
    }
    let end = room.resource.holds[0].ends().unwrap();
    assert_eq!(room.alarms()[0].due, end - minutes(4), "a fifth of the twenty minutes that were left");
}

#[test]
fn a_late_extend_by_key_says_that_the_hold_ended() {
    let mut room = hat();
    room.does("ann", Request::Take(lasting(hours(1))));
    let hold = room.hold();
    room.wait(hours(1));
    assert!(matches!(room.fails("ann", Request::Extend { hold: Some(hold), by: hours(1) }), Refusal::HoldChanged { .. }));
}

#[test]
fn after_a_downtime_a_hold_ends_unwarned_if_somebody_waits() {
    let mut room = hat();
    room.does("ann", Request::Take(lasting(hours(1))));
    room.does("bob", queue());
    let outcomes = room.away(hours(3));
    let ended = expired(&outcomes[0]).unwrap();
    assert_eq!((ended.until, &ended.end), (room.now - hours(2), &End::Expired { late_by: hours(2) }));
    assert_eq!(room.state(), "| bob!");
}

#[test]
fn after_a_downtime_a_hold_is_warned_of_first_if_nobody_waits() {
    let mut room = hat();
    room.does("ann", Request::Take(lasting(hours(1))));
    let missed = room.now + hours(1);
    let outcomes = room.away(hours(3));
    assert!(
        matches!(outcomes[..], [Outcome::Warned { deadline, missed: Some(at), .. }] if deadline == room.now + minutes(12) && at == missed)
    );
    assert!(matches!(&room.wait(minutes(12))[..], [ended] if expired(ended).is_some()));
}

#[test]
fn after_a_downtime_the_order_of_the_alarms_does_not_matter() {
    for waiting in [false, true] {
        let mut room = hat();
        room.does("ann", Request::Take(lasting(hours(1))));
        if waiting {
            room.does("bob", queue());
        }
        let alarms = room.alarms();
        let mut swapped = Room { resource: room.resource.clone(), now: room.now + hours(3), ..hat() };
        let late: Vec<_> = alarms.iter().rev().flat_map(|alarm| swapped.ring(alarm)).collect();
        assert_eq!(late, room.away(hours(3)));
    }
}

#[test]
fn who_was_warned_before_the_downtime_is_not_warned_again() {
    let mut room = hat();
    room.does("ann", Request::Take(lasting(hours(1))));
    room.wait(minutes(50));
    assert!(matches!(&room.away(hours(1))[..], [ended] if expired(ended).is_some()));
}

// reminders and leavers

#[test]
fn a_hold_without_an_end_is_asked_about_every_three_hours_and_once_after_a_downtime() {
    let mut room = hat();
    room.does("ann", on());
    assert_eq!(room.wait(hours(7)).len(), 2);
    assert!(matches!(room.away(hours(20))[..], [Outcome::Nagged { .. }]));
    assert_eq!(room.alarms()[0].due, room.now + hours(3));
}

#[test]
fn a_leaver_loses_the_place_at_once_and_the_hold_after_a_while() {
    let mut room = hat();
    room.does("ann", on());
    room.does("bob", queue());
    room.does("cid", queue());
    assert!(matches!(room.does("bob", Request::Gone)[..], [Outcome::Removed { cause: Removal::Gone, .. }]));
    assert!(matches!(room.does("ann", Request::Gone)[..], [Outcome::Orphaned { .. }]));
    assert!(room.does("ann", Request::Gone).is_empty());
    assert!(matches!(room.fails("dan", Request::Gone), Refusal::NotHere { .. }));
    assert_eq!(room.state(), "ann | cid");
    assert!(room.wait(hours(24)).iter().any(|outcome| matches!(outcome, Outcome::Ended(ended) if ended.end == End::Orphaned)));
}

#[test]
fn who_comes_back_in_time_keeps_the_hold() {
    let mut room = hat();
    room.does("ann", on());
    assert!(matches!(room.fails("ann", Request::Back), Refusal::NotHere { .. }));
    room.does("ann", Request::Gone);
    assert!(kinds(&room).contains(&AlarmKind::OrphanRelease));
    room.does("ann", Request::Back);
    assert_eq!(kinds(&room), [AlarmKind::Nag]);
}

// offers

/// Free, and offered to the first of these.
fn offered(people: &[&str]) -> Room {
    let mut room = hat();
    room.does("ann", on());
    for who in people {
        room.does(who, queue());
    }
    room.does("ann", off());
    room
}

#[test]
fn a_lapse_moves_behind_the_next_once_and_then_removes() {
    let mut room = offered(&["bob", "cid", "dan"]);
    let outcomes = room.wait(minutes(10));
    let [Outcome::Lapsed { .. }, Outcome::MovedBack { behind, .. }, Outcome::Offered { .. }] = &outcomes[..] else {
        panic!("{outcomes:?}")
    };
    assert_eq!(behind.as_str(), "cid");
    assert_eq!(room.state(), "| cid! bob dan");
    room.does("cid", on());
    room.does("cid", off());
    let outcomes = room.wait(minutes(10));
    assert!(matches!(&outcomes[..], [Outcome::Lapsed { .. }, Outcome::Removed { cause: Removal::Lapsed, .. }, Outcome::Offered { .. }]));
    assert_eq!(room.state(), "| dan!");
}

#[test]
fn when_everybody_lapses_it_is_free_and_told_once() {
    let mut room = offered(&["bob", "cid"]);
    let outcomes = room.wait(hours(2));
    assert_eq!(outcomes.iter().filter(|outcome| **outcome == Outcome::Unclaimed).count(), 1);
    assert_eq!(outcomes.last(), Some(&Outcome::Unclaimed));
    assert_eq!(outcomes.iter().filter(|outcome| matches!(outcome, Outcome::Lapsed { .. })).count(), 4);
    assert_eq!(room.state(), "|");
    room.does("dan", on());
}

#[test]
fn declining_lets_the_next_go_first() {
    let mut room = offered(&["bob", "cid"]);
    assert_eq!(room.fails("cid", Request::Decline { offer: None }), Refusal::NotOffered);
    assert_eq!(room.fails("bob", Request::Decline { offer: Some(turns::Id(1)) }), Refusal::NotOffered);
    room.does("bob", Request::Decline { offer: None });
    assert_eq!(room.state(), "| cid! bob");
}

#[test]
fn declining_with_nobody_behind_leaves_it_free() {
    let mut room = offered(&["bob"]);
    let outcomes = room.does("bob", Request::Decline { offer: None });
    assert!(matches!(outcomes[..], [Outcome::Declined { .. }, Outcome::Removed { .. }, Outcome::Unclaimed]));
}

#[test]
fn time_away_does_not_count_against_an_offer() {
    let mut room = offered(&["bob", "cid"]);
    let outcomes = room.away(hours(5));
    assert!(matches!(outcomes[..], [Outcome::OfferRenewed { until, .. }] if until == room.now + minutes(10)));
    assert_eq!(room.state(), "| bob! cid");
    assert!(matches!(room.wait(minutes(10))[0], Outcome::Lapsed { .. }));
}

#[test]
fn time_away_does_not_count_against_a_pass_or_a_question() {
    let mut room = hat();
    room.does("ann", on());
    room.does("ann", pass("bob"));
    room.does("cid", pool());
    assert!(matches!(room.away(hours(1))[..], [Outcome::PassRenewed { .. }, Outcome::CrewAskRenewed { .. }]));
}

#[test]
fn a_little_lateness_is_on_time() {
    let mut room = offered(&["bob", "cid"]);
    assert!(matches!(room.away(minutes(11))[0], Outcome::Lapsed { .. }));
}

#[test]
fn overdue_alarms_ring_in_the_order_in_which_they_were_due() {
    let capacity = std::num::NonZeroUsize::new(2).unwrap();
    let mut room = Room::new(Policy { capacity, handoff: Handoff::Grant, ..Policy::default() });
    room.does("ann", Request::Take(lasting(hours(2))));
    room.does("bob", Request::Take(lasting(hours(1))));
    room.does("cid", queue());
    room.does("dan", queue());
    let outcomes = room.away(hours(3));
    let ended: Vec<_> = outcomes.iter().filter_map(expired).map(|ended| ended.person.as_str()).collect();
    assert_eq!(ended, ["bob", "ann"]);
    assert_eq!(room.state(), "cid dan |");
}

#[test]
fn keys_are_stable_and_early_alarms_wait() {
    let mut room = hat();
    room.does("ann", Request::Take(lasting(hours(1))));
    let alarm = room.alarms()[0];
    assert_eq!(alarm.key(), "warn-1");
    assert!(room.ring(&alarm).is_empty());
    assert!(room.ring(&Alarm { due: room.now, ..alarm }).is_empty());
}
