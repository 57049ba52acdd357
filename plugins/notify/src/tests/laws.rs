//! What is true in whatever order, and however often, deliveries arrive.

use super::sent::{self, payload, with};
use hatstand_plugin::testing::Room;
use proptest::prelude::*;
use serde_json::json;

const PUSH: &str = payload!("github/push.json");
const WORKFLOW_RUN: &str = payload!("github/workflow_run.json");
const STATUS: &str = payload!("github/status.json");
const PIPELINE: &str = payload!("gitlab/pipeline.json");
const BUILD: &str = payload!("jenkins/build.json");

/// A delivery: sender, event, payload.
type Delivery = (&'static str, &'static str, String);

/// All that GitHub sends of a push with a workflow that fails, is tried again and goes well, and a status beside it.
fn github() -> Vec<Delivery> {
    let run = |action: &str, status: &str, conclusion: Option<&str>, attempt: u32, at: &str| {
        let changes = [
            ("/action", json!(action)),
            ("/workflow_run/status", json!(status)),
            ("/workflow_run/conclusion", json!(conclusion)),
            ("/workflow_run/run_attempt", json!(attempt)),
            ("/workflow_run/updated_at", json!(format!("2026-01-05T{at}Z"))),
        ];
        ("github", "workflow_run", with(WORKFLOW_RUN, changes))
    };
    let status = |state: &str, at: &str| {
        ("github", "status", with(STATUS, [("/state", json!(state)), ("/updated_at", json!(format!("2026-01-05T{at}+00:00")))]))
    };
    vec![
        ("github", "push", PUSH.to_owned()),
        run("requested", "queued", None, 1, "10:00:00"),
        // GitHub counts in seconds: two may be of the same.
        run("in_progress", "in_progress", None, 1, "10:00:00"),
        run("completed", "completed", Some("failure"), 1, "10:02:10"),
        run("in_progress", "in_progress", None, 2, "10:05:00"),
        run("completed", "completed", Some("success"), 2, "10:07:00"),
        status("pending", "10:00:05"),
        status("success", "10:01:05"),
    ]
}

fn gitlab() -> Vec<Delivery> {
    let pipeline = |status: &str, jobs: serde_json::Value, finished: serde_json::Value| {
        let changes = [("/object_attributes/status", json!(status)), ("/builds", jobs), ("/object_attributes/finished_at", finished)];
        ("gitlab", "", with(PIPELINE, changes))
    };
    let job = |started: &str| json!([{ "id": 1, "name": "units", "status": "running", "created_at": "2026-01-05 10:00:00 UTC", "started_at": started }]);
    vec![
        pipeline("pending", json!([]), json!(null)),
        pipeline("running", job("2026-01-05 10:00:05 UTC"), json!(null)),
        pipeline("failed", job("2026-01-05 10:00:05 UTC"), json!("2026-01-05 10:02:30 UTC")),
        pipeline("running", job("2026-01-05 10:06:00 UTC"), json!("2026-01-05 10:02:30 UTC")),
        pipeline("success", job("2026-01-05 10:06:00 UTC"), json!("2026-01-05 10:08:00 UTC")),
    ]
}

fn jenkins() -> Vec<Delivery> {
    let build = |phase: &str, status: &str, timestamp: u64| {
        (
            "jenkins",
            "",
            with(BUILD, [("/build/phase", json!(phase)), ("/build/status", json!(status)), ("/build/timestamp", json!(timestamp))]),
        )
    };
    vec![
        build("QUEUED", "", 0),
        build("STARTED", "SUCCESS", 1_767_607_200_000),
        build("COMPLETED", "FAILURE", 1_767_607_350_000),
        build("FINALIZED", "FAILURE", 1_767_607_351_000),
    ]
}

fn deliver(room: &mut Room, delivery: &Delivery) {
    let (sender, event, payload) = delivery;
    room.webhook(sender, &[("Content-Type", "application/json"), ("X-GitHub-Event", event)], payload.as_str());
    assert_eq!(room.outcome().broken, None);
}

/// How the only message reads in the end.
fn end(deliveries: &[Delivery]) -> String {
    let mut room = sent::subscribed("*");
    deliveries.iter().for_each(|delivery| deliver(&mut room, delivery));
    let said = room.heard();
    assert_eq!(said.iter().filter(|line| line.starts_with("bot> ")).count(), 1, "there is one message: {said:#?}");
    let last = said.last().expect("something was said");
    last.strip_prefix("bot edits> ").or(last.strip_prefix("bot> ")).expect("it says or edits").to_owned()
}

#[test]
fn in_their_order_they_end_well() {
    let said = end(&github());
    assert!(said.ends_with("✅ ci/external went well after 1 min ([details](https://ci.acme.example/web/981))\n    ✅ CI works again after 1 failure, 4 min 50 s ([details](https://github.com/acme/web/actions/runs/9901))"), "{said}");
    assert!(end(&gitlab()).starts_with("✅ *shop/web* main: pipeline went well"));
    assert!(end(&jenkins()).starts_with("❌ *shop/web* main: build 1234 failed after 2 min 30 s"));
}

/// All deliveries, some of them several times, in any order.
fn mixed(deliveries: Vec<Delivery>) -> impl Strategy<Value = Vec<Delivery>> {
    let all: Vec<usize> = (0..deliveries.len()).collect();
    let again = prop::collection::vec(0..deliveries.len(), 0..6);
    let order = again.prop_flat_map(move |again| Just([all.clone(), again].concat()).prop_shuffle());
    order.prop_map(move |order| order.into_iter().map(|index| deliveries[index].clone()).collect())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn a_push_ends_in_the_same_message(deliveries in mixed(github())) {
        prop_assert_eq!(end(&deliveries), end(&github()));
    }

    #[test]
    fn a_pipeline_ends_in_the_same_message(deliveries in mixed(gitlab())) {
        prop_assert_eq!(end(&deliveries), end(&gitlab()));
    }

    #[test]
    fn a_build_ends_in_the_same_message(deliveries in mixed(jenkins())) {
        prop_assert_eq!(end(&deliveries), end(&jenkins()));
    }
}
