//! What GitLab sends: <https://docs.gitlab.com/user/project/integrations/webhook_events/>. The payloads have the shape that is documented
//! there; what is in them is made up.

use super::sent::{self, payload, with};
use serde_json::json;

const PUSH: &str = payload!("gitlab/push.json");
const PIPELINE: &str = payload!("gitlab/pipeline.json");
const JOB: &str = payload!("gitlab/job.json");
const MERGE_REQUEST: &str = payload!("gitlab/merge_request.json");
const DEPLOYMENT: &str = payload!("gitlab/deployment.json");
const RELEASE: &str = payload!("gitlab/release.json");

/// What is said after this alone.
fn heard(payload: &str) -> Vec<String> {
    let mut room = sent::subscribed("shop/web pushes, changes, builds, jobs, deploys, releases");
    sent::gitlab(&mut room, payload);
    assert_eq!(room.outcome().broken, None);
    room.heard()
}

#[test]
fn pushes() {
    let page = "([details](https://gitlab.acme.example/shop/web/-/commit/3f1c0e2b5d7a49680b1c2d3e4f5061728394a5b6))";
    assert_eq!(heard(PUSH), [format!("bot> 📝 *shop/web* main: Ann Dev pushed 2 commits: Sell hats {page}")]);
    let tag = with(PUSH, [("/object_kind", json!("tag_push")), ("/ref", json!("refs/tags/v3"))]);
    assert_eq!(heard(&tag), [format!("bot> 📝 *shop/web*: Ann Dev pushed the tag v3: Sell hats {page}")]);
    let zeros = json!("0000000000000000000000000000000000000000");
    let gone = with(PUSH, [("/after", zeros), ("/checkout_sha", json!(null)), ("/commits", json!([])), ("/total_commits_count", json!(0))]);
    let home = "([details](https://gitlab.acme.example/shop/web))";
    assert_eq!(heard(&gone), [format!("bot> ⚪ *shop/web* main: Ann Dev removed the branch main {home}")]);
}

#[test]
fn pipelines() {
    let page = "([details](https://gitlab.acme.example/shop/web/-/pipelines/61))";
    let failed = format!("❌ *shop/web* main: pipeline failed after 2 min 30 s: units {page} – Sell hats");
    assert_eq!(heard(PIPELINE), [format!("bot> {failed}")]);
    for (status, words) in [
        ("created", "⏳ *shop/web* main: pipeline waits"),
        ("waiting_for_resource", "⏳ *shop/web* main: pipeline waits"),
        ("preparing", "⏳ *shop/web* main: pipeline waits"),
        ("pending", "⏳ *shop/web* main: pipeline waits"),
        ("scheduled", "⏳ *shop/web* main: pipeline waits"),
        ("running", "⏳ *shop/web* main: pipeline is running"),
        ("success", "✅ *shop/web* main: pipeline went well after 2 min 30 s"),
        ("canceled", "⚪ *shop/web* main: pipeline was cancelled after 2 min 30 s"),
        ("skipped", "⚪ *shop/web* main: pipeline did not run"),
        ("manual", "✋ *shop/web* main: pipeline waits for somebody"),
    ] {
        let payload = with(PIPELINE, [("/object_attributes/status", json!(status))]);
        assert_eq!(heard(&payload), [format!("bot> {words} {page} – Sell hats")]);
    }
}

#[test]
fn a_pipeline_that_is_tried_again_runs_again() {
    let page = "([details](https://gitlab.acme.example/shop/web/-/pipelines/61))";
    let mut room = sent::subscribed("shop/web builds");
    sent::gitlab(&mut room, PIPELINE);
    // The pipeline has the same number and the same times; only the new job tells that it is later.
    let again = json!([{ "id": 805, "name": "units", "status": "running", "created_at": "2026-01-05 10:05:00 UTC" }]);
    sent::gitlab(&mut room, &with(PIPELINE, [("/object_attributes/status", json!("running")), ("/builds", again)]));
    let finished = json!("2026-01-05 10:08:00 UTC");
    let ok = [("/object_attributes/status", json!("success")), ("/object_attributes/finished_at", finished)];
    sent::gitlab(&mut room, &with(PIPELINE, ok));
    sent::gitlab(&mut room, PIPELINE);
    assert_eq!(
        room.heard(),
        [
            format!("bot> ❌ *shop/web* main: pipeline failed after 2 min 30 s: units {page} – Sell hats"),
            format!("bot edits> ⏳ *shop/web* main: pipeline is running {page} – Sell hats"),
            format!("bot edits> ✅ *shop/web* main: pipeline went well after 2 min 30 s {page} – Sell hats"),
        ]
    );
}

#[test]
fn jobs() {
    let page = "([details](https://gitlab.acme.example/shop/web/-/jobs/802))";
    assert_eq!(heard(JOB), [format!("bot> ❌ *shop/web* main: units failed after 1 min 20 s: script failure {page} – Sell hats")]);
    let mut room = sent::subscribed("shop/*");
    sent::gitlab(&mut room, JOB);
    assert_eq!(room.heard(), [""; 0], "single jobs are told to who asks for tests");
    let older = with(JOB, [("/project", json!(null)), ("/project_name", json!("shop / web"))]);
    assert_eq!(heard(&older).len(), 1, "older versions send the project by name only");
}

#[test]
fn merge_requests() {
    let page = "([details](https://gitlab.acme.example/shop/web/-/merge_requests/23))";
    assert_eq!(heard(MERGE_REQUEST), [format!("bot> 🔀 *shop/web* main: merge request 23 is open, by Ann Dev: Sell stands too {page}")]);
    for (action, words) in [
        ("reopen", "🔀 *shop/web* main: merge request 23 was opened again by Ann Dev"),
        ("close", "⚪ *shop/web* main: merge request 23 was closed by Ann Dev"),
        ("merge", "🟣 *shop/web* main: merge request 23 was merged by Ann Dev"),
    ] {
        let payload = with(MERGE_REQUEST, [("/object_attributes/action", json!(action))]);
        assert_eq!(heard(&payload), [format!("bot> {words}: Sell stands too {page}")]);
    }
    let update = [("/object_attributes/action", json!("update"))];
    assert_eq!(heard(&with(MERGE_REQUEST, update)), [""; 0], "a label is no news");
    let commits = [("/object_attributes/action", json!("update")), ("/object_attributes/oldrev", json!("0a9b8c7d"))];
    assert_eq!(heard(&with(MERGE_REQUEST, commits)).len(), 1);
}

#[test]
fn deployments() {
    let page = "([details](https://gitlab.acme.example/shop/web/-/jobs/804))";
    let mut room = sent::subscribed("shop/web deploys");
    sent::gitlab(&mut room, DEPLOYMENT);
    sent::gitlab(&mut room, &with(DEPLOYMENT, [("/status", json!("success")), ("/status_changed_at", json!("2026-01-05 11:07:30 +0100"))]));
    assert_eq!(
        room.heard(),
        [
            format!("bot> ⏳ *shop/web* main: deploy to staging is running {page} – Sell hats"),
            format!("bot edits> ✅ *shop/web* main: deploy to staging went well after 2 min 30 s {page} – Sell hats"),
        ]
    );
}

#[test]
fn releases() {
    let page = "([details](https://gitlab.acme.example/shop/web/-/releases/v3.0))";
    assert_eq!(heard(RELEASE), [format!("bot> 📦 *shop/web*: release v3.0 is out: Hats for all {page}")]);
    assert_eq!(heard(&with(RELEASE, [("/action", json!("update"))])), [""; 0]);
}

#[test]
fn what_cannot_be_read_names_the_field() {
    let mut room = sent::subscribed("*");
    sent::gitlab(&mut room, r#"{"object_kind": "emoji"}"#);
    sent::gitlab(&mut room, r#"{"object_kind": "pipeline", "object_attributes": {"status": "running"}}"#);
    assert_eq!(
        room.log(),
        [
            "info: gitlab sent what is told nobody: the event `emoji`",
            "error: gitlab sent what cannot be read: `object_attributes.id` is missing, or is not what it should be",
        ]
    );
    for payload in [PUSH, PIPELINE, JOB, MERGE_REQUEST, DEPLOYMENT, RELEASE] {
        for place in sent::places(payload) {
            let mut room = sent::subscribed("*");
            for other in [json!(null), json!([null]), json!({}), json!(-1.5), json!("\u{0}*`é"), json!(true)] {
                sent::gitlab(&mut room, &with(payload, [(place.as_str(), other)]));
                assert_eq!(room.outcome().broken, None, "{place}");
            }
        }
    }
}
