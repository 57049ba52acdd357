//! Statistics and history come from the log alone.

use crate::room::*;
use turns::{Counted, End, Policy, Pool, history, stats};

/// Ann has it for one hour and for three, bob for two, and cid still has it, with dan riding along.
fn day() -> Room {
    let mut room = Room::new(Policy { pool: Pool::Open, ..Policy::default() });
    for (who, lasts) in [("ann", 1), ("bob", 2), ("ann", 3)] {
        room.does(who, on());
        room.wait(hours(lasts));
        room.does(who, off());
    }
    room.does("cid", on());
    room.does("dan", pool());
    room.wait(minutes(30));
    room
}

#[test]
fn stats_count_turns_and_time_worn() {
    let room = day();
    let tallies = stats(&room.lines(), &(turns::Instant(0)..room.now), room.now);
    let lines: Vec<_> = tallies.iter().map(|tally| (tally.person.as_str(), tally.turns, tally.total, tally.median, tally.rides)).collect();
    assert_eq!(
        lines,
        [
            ("ann", 2, hours(4), Some(hours(2)), 0),
            ("bob", 1, hours(2), Some(hours(2)), 0),
            ("cid", 1, minutes(30), Some(minutes(30)), 0),
            ("dan", 0, hours(0), None, 1),
        ]
    );
}

#[test]
fn stats_count_what_began_or_ended_in_the_window() {
    let room = day();
    let start = turns::Instant(1_000_000_000);
    let people = |from, to| {
        let tallies = stats(&room.lines(), &(start + from..start + to), room.now);
        tallies.into_iter().map(|tally| tally.person.0).collect::<Vec<_>>()
    };
    assert_eq!(people(minutes(30), minutes(61)), ["bob", "ann"], "ann's first ended, bob's began");
    assert!(people(minutes(70), minutes(80)).is_empty(), "bob's only went on");
}

#[test]
fn history_lists_every_hold_even_without_its_beginning() {
    let room = day();
    let stints = history(&room.lines());
    let people: Vec<_> = stints.iter().map(|stint| stint.person.as_str()).collect();
    assert_eq!(people, ["ann", "bob", "ann", "cid"]);
    assert_eq!((stints[0].until.is_some(), stints[0].end.clone()), (true, Some(End::Released)));
    assert_eq!(stints[3].until, None);
    assert_eq!(history(&room.lines()[1..])[0], stints[0]);
}

#[test]
fn the_log_survives_storage() {
    let log = day().log;
    let text = serde_json::to_string(&log).unwrap();
    assert_eq!(serde_json::from_str::<Vec<turns::Transition>>(&text).unwrap(), log);
}

/// Also those that have no more than a name.
#[test]
fn what_counts_is_read_from_what_was_written() {
    let mut room = day();
    let at = room.now;
    room.log.push(turns::Transition { at, actor: None, outcome: turns::Outcome::Unclaimed });
    let text = serde_json::to_string(&room.log).unwrap();
    let lines = serde_json::from_str::<Vec<turns::Line>>(&text).unwrap();
    assert_eq!(lines, room.lines());
    assert!(lines.iter().any(|line| matches!(line.outcome, Counted::Ended(_))));
}

#[test]
fn a_resource_of_an_older_version_can_be_read() {
    let text = r#"{"holds":[{"id":3,"person":"ann","since":5}],"queue":[{"person":"bob","since":6}],"last_id":3}"#;
    let resource: turns::Resource = serde_json::from_str(text).unwrap();
    assert_eq!((resource.holds[0].ends(), resource.queue[0].lapses, resource.frozen), (None, 0, None));
    assert_eq!(serde_json::from_str::<turns::Resource>("{}").unwrap(), turns::Resource::default());
    assert_eq!(serde_json::from_str::<Policy>("{}").unwrap(), Policy::default());
}
