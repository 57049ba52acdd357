//! Eggs in a room of their own.

use crate::Eggs;
use hatstand_plugin::testing::{Room, transcript};

#[test]
fn eggs() {
    transcript::<Eggs>("../../tests/transcripts/eggs/eggs.txt");
}

#[test]
fn facts_differ_from_time_to_time() {
    let mut room = Room::with::<Eggs>();
    for _ in 0..10 {
        room.says("ann", "facts");
    }
    let facts = room.heard();
    assert!(facts.iter().any(|fact| *fact != facts[0]), "always: {}", facts[0]);
}

#[test]
fn without_the_grant_nothing_is_overheard() {
    let mut room = Room::with::<Eggs>();
    room.revoke("hear");
    room.mutters("ann", "ship it");
    assert_eq!(room.heard(), [""; 0]);
}
