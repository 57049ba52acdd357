//! What happens to a deploy that has begun.

use super::scene::{MAIN, OTHER, answer, begin, body, commit, deploy, deployment, heard, hook, room, sent, status};
use serde_json::json;

#[test]
fn x() {
    let mut room = room(&json!({}));
    room.says("ann", "deploy web to production because it is time");
    println!("{}", heard(&mut room));
    println!("{:?}", sent(&room));
    answer(&mut room, 200, &commit(MAIN));
    println!("{}", heard(&mut room));
    println!("{:?} {}", sent(&room), body(&sent(&room)));
    answer(&mut room, 201, &deployment(42, MAIN));
    println!("{}", heard(&mut room));
    hook(&mut room, &status(42, 1, "in_progress", "2026-01-05T10:00:10Z"));
    println!("{}", heard(&mut room));
    hook(&mut room, &status(42, 2, "success", "2026-01-05T10:00:20Z"));
    println!("{}", heard(&mut room));
    deploy(&mut room, "ann", "deploy web@main", 43);
    println!("{}", heard(&mut room));
    begin(&mut room, "ann", "deploy web@x", 44);
    println!("{}", heard(&mut room));
    room.says("bob", "deploy web@y");
    answer(&mut room, 200, &commit(OTHER));
    println!("{}", heard(&mut room));
    room.wait("31 seconds");
    println!("{}", heard(&mut room));
    room.wait("31 minutes");
    println!("{}", heard(&mut room));
    panic!();
}
