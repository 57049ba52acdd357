//! Builds that follow each other, and how channels are told of them.

use super::sent::{self, payload, with};
use hatstand_plugin::testing::Room;
use serde_json::json;

const BUILD: &str = payload!("jenkins/build.json");

/// A build that is completed so many minutes after ten.
fn build(number: u32, result: &str, minute: u64) -> String {
    let at = 1_767_607_200_000 + minute * 60_000;
    let url = json!(format!("https://jenkins.acme.example/{number}/"));
    with(
        BUILD,
        [("/build/number", json!(number)), ("/build/status", json!(result)), ("/build/timestamp", json!(at)), ("/build/full_url", url)],
    )
}

fn page(number: u32) -> String {
    format!("([details](https://jenkins.acme.example/{number}/))")
}

fn play(room: &mut Room, builds: &[(u32, &str, u64)]) {
    for (number, result, minute) in builds {
        sent::jenkins(room, &build(*number, result, *minute));
        room.wait("2 minutes");
    }
}

#[test]
fn what_broke_and_what_works_again() {
    let mut room = sent::subscribed("shop/web");
    play(
        &mut room,
        &[(1, "SUCCESS", 0), (2, "FAILURE", 10), (3, "FAILURE", 40), (4, "UNSTABLE", 70), (5, "SUCCESS", 130), (6, "SUCCESS", 140)],
    );
    let after = "after 2 min 30 s";
    assert_eq!(
        room.heard(),
        [
            format!("bot> ✅ *shop/web* main: build 1 went well {after} {}", page(1)),
            format!("bot> ❌ *shop/web* main: build 2 failed {after} – it worked before what ann changed {}", page(2)),
            format!("bot> ❌ *shop/web* main: build 3 failed {after} – 2 failures in a row since 10:10 {}", page(3)),
            format!("bot> ❌ *shop/web* main: build 4 failed {after} – 3 failures in a row since 10:10 {}", page(4)),
            format!("bot> ✅ *shop/web* main: build 5 works again after 3 failures, 2 h {}", page(5)),
            format!("bot> ✅ *shop/web* main: build 6 went well {after} {}", page(6)),
        ]
    );
}

#[test]
fn branches_and_jobs_have_series_of_their_own() {
    let mut room = sent::subscribed("shop/*");
    sent::jenkins(&mut room, &build(1, "FAILURE", 0));
    sent::jenkins(&mut room, &with(&build(2, "SUCCESS", 10), [("/build/scm/branch", json!("origin/dev"))]));
    sent::jenkins(&mut room, &with(&build(3, "SUCCESS", 20), [("/url", json!("job/shop/job/api/"))]));
    assert!(room.heard().iter().all(|line| !line.contains("again")));
}

#[test]
fn a_build_that_is_told_late_changes_what_was_said_of_the_next() {
    let mut room = sent::subscribed("shop/web");
    sent::jenkins(&mut room, &build(2, "SUCCESS", 30));
    sent::jenkins(&mut room, &build(1, "FAILURE", 0));
    assert_eq!(
        room.heard(),
        [
            format!("bot> ✅ *shop/web* main: build 2 went well after 2 min 30 s {}", page(2)),
            format!("bot edits> ✅ *shop/web* main: build 2 works again after 1 failure, 30 min {}", page(2)),
            format!("bot> ❌ *shop/web* main: build 1 failed after 2 min 30 s {}", page(1)),
        ]
    );
}

#[test]
fn only_failures_are_told_with_their_end() {
    let mut room = sent::subscribed("shop/web only failures");
    play(&mut room, &[(1, "SUCCESS", 0), (2, "FAILURE", 10), (3, "SUCCESS", 20), (4, "SUCCESS", 30), (5, "ABORTED", 40)]);
    assert_eq!(
        room.heard(),
        [
            format!("bot> ❌ *shop/web* main: build 2 failed after 2 min 30 s – it worked before what ann changed {}", page(2)),
            format!("bot> ✅ *shop/web* main: build 3 works again after 1 failure, 10 min {}", page(3)),
        ]
    );
}

#[test]
fn only_results_are_told_without_their_beginning() {
    let mut room = sent::subscribed("shop/web only results");
    sent::jenkins(&mut room, &with(&build(1, "SUCCESS", 0), [("/build/phase", json!("STARTED"))]));
    assert_eq!(room.heard(), [""; 0]);
    sent::jenkins(&mut room, &build(1, "SUCCESS", 1));
    assert_eq!(room.heard().len(), 1);
}

#[test]
fn somebody_is_called_when_it_breaks_and_not_before_or_again() {
    let mut room = sent::subscribed("shop/web mention @bob");
    sent::jenkins(&mut room, &with(&build(1, "SUCCESS", 0), [("/build/phase", json!("STARTED"))]));
    sent::jenkins(&mut room, &build(1, "FAILURE", 1));
    sent::jenkins(&mut room, &build(1, "FAILURE", 1));
    sent::jenkins(&mut room, &build(2, "FAILURE", 5));
    let said = room.heard();
    let called: Vec<&String> = said.iter().filter(|line| line.contains("@bob")).collect();
    assert_eq!(called, [&format!("bot> @bob ❌ *shop/web* main: build 1 failed after 2 min 30 s {}", page(1))], "{said:#?}");
    assert_eq!(said.len(), 4, "{said:#?}");
}

#[test]
fn who_is_called_at_the_first_news_is_called_in_the_message() {
    let mut room = sent::subscribed("shop/web only failures mention @bob");
    sent::jenkins(&mut room, &build(1, "FAILURE", 1));
    assert_eq!(room.heard(), [format!("bot> @bob ❌ *shop/web* main: build 1 failed after 2 min 30 s {}", page(1))]);
}

#[test]
fn what_is_old_gets_a_new_message() {
    let mut room = sent::subscribed("shop/web");
    let started = with(&build(1, "SUCCESS", 0), [("/build/phase", json!("STARTED"))]);
    sent::jenkins(&mut room, &started);
    room.wait("7 hours");
    sent::jenkins(&mut room, &started);
    sent::jenkins(&mut room, &build(1, "SUCCESS", 400));
    sent::jenkins(&mut room, &build(1, "SUCCESS", 400));
    assert_eq!(
        room.heard(),
        [
            format!("bot> ⏳ *shop/web* main: build 1 is running {}", page(1)),
            format!("bot> ✅ *shop/web* main: build 1 went well after 2 min 30 s {}", page(1)),
        ]
    );
    room.set("edit-for", "8 hours");
    room.wait("7 hours");
    sent::jenkins(&mut room, &with(&build(1, "FAILURE", 800), [("/build/phase", json!("FINALIZED"))]));
    assert_eq!(room.heard(), [format!("bot edits> ❌ *shop/web* main: build 1 failed after 2 min 30 s {}", page(1))]);
}

#[test]
fn what_is_muted_is_not_told_until_the_end_of_the_mute() {
    let mut room = sent::subscribed("shop/web");
    room.says("ann", "notify mute shop/* for 1 hour");
    room.heard();
    sent::jenkins(&mut room, &build(1, "FAILURE", 0));
    assert_eq!(room.heard(), [""; 0]);
    room.wait("1 hour");
    sent::jenkins(&mut room, &build(2, "FAILURE", 60));
    assert_eq!(
        room.heard(),
        [format!("bot> ❌ *shop/web* main: build 2 failed after 2 min 30 s – 2 failures in a row since 10:00 {}", page(2))]
    );
}

#[test]
fn a_digest_tells_all_at_once() {
    let mut room = sent::subscribed("shop/*");
    room.says("ann", "notify digest hourly");
    room.heard();
    for number in 1..=20 {
        sent::jenkins(&mut room, &build(number, if number == 7 { "FAILURE" } else { "SUCCESS" }, number.into()));
    }
    assert_eq!(room.heard(), [""; 0]);
    room.wait("1 hour");
    let said = room.heard();
    assert_eq!(said.len(), 1);
    let lines: Vec<&str> = said[0].lines().collect();
    assert_eq!(lines[0], "bot> What was new since the last digest: 20 builds (1 needs somebody).");
    assert!(lines[1].starts_with("    ❌ *shop/web* main: build 7 failed"), "{}", lines[1]);
    assert_eq!((lines.len(), lines[13]), (14, "    … and 8 more"));
    room.wait("5 hours");
    assert_eq!(room.heard(), [""; 0], "where nothing is new, nothing is said");
    sent::jenkins(&mut room, &build(30, "SUCCESS", 300));
    room.says("ann", "notify digest off");
    assert_eq!(
        room.heard(),
        [
            format!(
                "bot> What was new since the last digest: 1 build.\n    ✅ *shop/web* main: build 30 went well after 2 min 30 s {}",
                page(30)
            ),
            "bot> ann asked to be told at once here, and not in a digest.".to_owned(),
        ]
    );
    room.wait("5 hours");
    assert_eq!(room.heard(), [""; 0]);
}

#[test]
fn a_digest_of_very_many_counts_the_rest() {
    let mut room = sent::subscribed("shop/*");
    room.says("ann", "notify digest daily");
    room.heard();
    for number in 0..450 {
        sent::jenkins(&mut room, &build(number, "SUCCESS", 0));
    }
    room.wait("1 day");
    let said = room.heard();
    assert_eq!(said.len(), 1);
    assert!(
        said[0].starts_with("bot> What was new since the last digest: 400 builds, 50 more.") && said[0].ends_with("… and 438 more"),
        "{}",
        said[0]
    );
}

#[test]
fn who_is_called_is_called_before_the_digest() {
    let mut room = sent::subscribed("shop/web mention @bob");
    room.says("ann", "notify digest daily");
    room.heard();
    sent::jenkins(&mut room, &build(1, "SUCCESS", 0));
    sent::jenkins(&mut room, &build(2, "FAILURE", 1));
    let said = room.heard();
    assert_eq!(said.len(), 1);
    assert!(said[0].starts_with("bot> @bob ❌ *shop/web* main: build 2 failed"), "{}", said[0]);
}

#[test]
fn a_direct_conversation_can_be_told_too() {
    let mut room = sent::subscribed("shop/web");
    room.tells("ann", "notify subscribe shop/*");
    room.heard();
    sent::jenkins(&mut room, &build(1, "SUCCESS", 0));
    let said = format!("✅ *shop/web* main: build 1 went well after 2 min 30 s {}", page(1));
    assert_eq!(room.heard(), [format!("bot@ann> {said}"), format!("bot> {said}")]);
}

#[test]
fn people_can_see_what_came_and_for_whom() {
    let mut room = sent::subscribed("shop/web");
    sent::jenkins(&mut room, &build(1, "SUCCESS", 0));
    sent::jenkins(&mut room, &with(&build(2, "SUCCESS", 1), [("/url", json!("job/api/"))]));
    room.heard();
    room.says("ann", "notify recent jenkins");
    room.says("ann", "notify unknown");
    room.says("ann", "notify subscribe api");
    assert_eq!(
        room.heard(),
        [
            format!(
                "bot> What came in last:\n    \
                 • 10:00 jenkins, builds: ✅ *api* main: build 2 went well after 2 min 30 s {} – nobody subscribed to it\n    \
                 • 10:00 jenkins, builds: ✅ *shop/web* main: build 1 went well after 2 min 30 s {} – for 1 channel",
                page(2),
                page(1)
            ),
            format!(
                "bot> What came in for nobody:\n    • 10:00 jenkins, builds: ✅ *api* main: build 2 went well after 2 min 30 s {}",
                page(2)
            ),
            "bot> ann subscribed this channel to `api`.".to_owned(),
        ]
    );
}
