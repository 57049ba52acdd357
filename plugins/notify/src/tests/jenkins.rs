//! What the Notification plugin of Jenkins sends: <https://plugins.jenkins.io/notification/>. The payload has the shape that is
//! documented there; what is in it is made up.

use super::sent::{self, payload, with};
use serde_json::{Value, json};

const BUILD: &str = payload!("jenkins/build.json");
const PAGE: &str = "([details](https://jenkins.acme.example/job/shop/job/web/1234/))";

fn phase(phase: &str, status: Value, timestamp: u64) -> String {
    with(BUILD, [("/build/phase", json!(phase)), ("/build/status", status), ("/build/timestamp", json!(timestamp))])
}

#[test]
fn a_build_is_one_message() {
    let mut room = sent::subscribed("shop/web");
    // While it is queued and starts, the status is none, or that of the build before.
    sent::jenkins(&mut room, &phase("QUEUED", json!(null), 0));
    sent::jenkins(&mut room, &phase("STARTED", json!("FAILURE"), 1_767_607_200_000));
    sent::jenkins(&mut room, BUILD);
    sent::jenkins(&mut room, &phase("FINALIZED", json!("SUCCESS"), 1_767_607_352_000));
    assert_eq!(
        room.heard(),
        [
            format!("bot> ⏳ *shop/web* main: build 1234 waits {PAGE}"),
            format!("bot edits> ⏳ *shop/web* main: build 1234 is running {PAGE}"),
            format!("bot edits> ✅ *shop/web* main: build 1234 went well after 2 min 30 s {PAGE}"),
        ]
    );
}

#[test]
fn a_job_of_the_same_name_may_begin_to_count_anew() {
    let mut room = sent::subscribed("shop/web");
    sent::jenkins(&mut room, &phase("FINALIZED", json!("SUCCESS"), 1_767_607_352_000));
    let anew = [("/build/phase", json!("STARTED")), ("/build/queue_id", json!(900)), ("/build/timestamp", json!(1_767_600_000_000_u64))];
    sent::jenkins(&mut room, &with(BUILD, anew));
    assert_eq!(room.heard().last(), Some(&format!("bot edits> ⏳ *shop/web* main: build 1234 is running {PAGE}")));
}

#[test]
fn every_result_has_words() {
    for (result, words) in [
        ("SUCCESS", "✅ *shop/web* main: build 1234 went well after 2 min 30 s"),
        ("FAILURE", "❌ *shop/web* main: build 1234 failed after 2 min 30 s"),
        ("UNSTABLE", "❌ *shop/web* main: build 1234 failed after 2 min 30 s"),
        ("ABORTED", "⚪ *shop/web* main: build 1234 was cancelled after 2 min 30 s"),
        ("NOT_BUILT", "⚪ *shop/web* main: build 1234 did not run"),
    ] {
        let mut room = sent::subscribed("shop/*");
        sent::jenkins(&mut room, &with(BUILD, [("/build/status", json!(result))]));
        assert_eq!(room.heard(), [format!("bot> {words} {PAGE}")]);
    }
}

#[test]
fn failed_tests_are_named() {
    let tests = json!({ "total": 120, "failed": 2, "passed": 118, "skipped": 0, "failed_tests": ["hats.fit", "stands.stand"] });
    let mut room = sent::subscribed("shop/web");
    sent::jenkins(&mut room, &with(BUILD, [("/build/status", json!("UNSTABLE")), ("/build/test_summary", tests)]));
    let said =
        format!("bot> ❌ *shop/web* main: build 1234 failed after 2 min 30 s: 2 of 120 tests, such as hats.fit, stands.stand {PAGE}");
    assert_eq!(room.heard(), [said]);
}

#[test]
fn a_job_has_its_whole_name() {
    for (url, subscription) in
        [("job/web/", "web"), ("job/shop/job/web/job/feature%2Fhats/", "shop/web/feature/hats"), ("view/all/", "web")]
    {
        let mut room = sent::subscribed(subscription);
        sent::jenkins(&mut room, &with(BUILD, [("/url", json!(url))]));
        assert_eq!(room.heard().len(), 1, "{url}");
    }
}

#[test]
fn what_cannot_be_read_names_the_field() {
    let mut room = sent::subscribed("*");
    sent::jenkins(&mut room, &with(BUILD, [("/build/status", json!(null))]));
    sent::jenkins(&mut room, &with(BUILD, [("/build/phase", json!("NONE"))]));
    assert_eq!(
        room.log(),
        [
            "error: jenkins sent what cannot be read: `build.status` is missing, or is not what it should be",
            "info: jenkins sent what is told nobody: a build in the phase `NONE`",
        ]
    );
    for place in sent::places(BUILD) {
        let mut room = sent::subscribed("*");
        for other in [json!(null), json!([null]), json!({}), json!(-1.5), json!("%zz/é"), json!(true)] {
            sent::jenkins(&mut room, &with(BUILD, [(place.as_str(), other)]));
            assert_eq!(room.outcome().broken, None, "{place}");
        }
    }
}
