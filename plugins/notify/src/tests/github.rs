//! What GitHub sends: <https://docs.github.com/en/webhooks/webhook-events-and-payloads>. The payloads have the shape that is documented
//! there; what is in them is made up.

use super::sent::{self, payload, with};
use serde_json::json;

const PUSH: &str = payload!("github/push.json");
const PULL_REQUEST: &str = payload!("github/pull_request.json");
const STATUS: &str = payload!("github/status.json");
const CHECK_RUN: &str = payload!("github/check_run.json");
const CHECK_SUITE: &str = payload!("github/check_suite.json");
const WORKFLOW_RUN: &str = payload!("github/workflow_run.json");
const DEPLOYMENT: &str = payload!("github/deployment.json");
const DEPLOYMENT_STATUS: &str = payload!("github/deployment_status.json");
const RELEASE: &str = payload!("github/release.json");
const PING: &str = payload!("github/ping.json");

/// What is said after this event alone.
fn heard(event: &str, payload: &str) -> Vec<String> {
    let mut room = sent::subscribed("acme/* pushes, changes, builds, tests, deploys, releases");
    sent::github(&mut room, event, payload);
    assert_eq!(room.outcome().broken, None);
    room.heard()
}

#[test]
fn pushes() {
    let compare = "([details](https://github.com/acme/web/compare/0a9b8c7d6e5f...3f1c0e2b5d7a))";
    assert_eq!(heard("push", PUSH), [format!("bot> 📝 *acme/web* main: ann-dev pushed 2 commits: Fix the login {compare}")]);
    let forced = with(PUSH, [("/forced", json!(true))]);
    let said = format!("bot> 📝 *acme/web* main: ann-dev forced 2 commits in place of others: Fix the login {compare}");
    assert_eq!(heard("push", &forced), [said]);
    let tag = with(PUSH, [("/ref", json!("refs/tags/v1")), ("/commits", json!([])), ("/compare", json!(null))]);
    assert_eq!(heard("push", &tag), ["bot> 📝 *acme/web*: ann-dev pushed the tag v1: Fix the login"]);
    let zeros = json!("0000000000000000000000000000000000000000");
    let gone = with(
        PUSH,
        [("/deleted", json!(true)), ("/after", zeros), ("/head_commit", json!(null)), ("/commits", json!([])), ("/compare", json!(null))],
    );
    assert_eq!(heard("push", &gone), ["bot> ⚪ *acme/web* main: ann-dev removed the branch main"]);
}

#[test]
fn pull_requests() {
    let page = "([details](https://github.com/acme/web/pull/7))";
    let mut room = sent::subscribed("acme/web changes");
    let later = |action: &str, minute: u32, merged: bool| {
        let at = json!(format!("2026-01-05T09:{minute}:00Z"));
        let merger = if merged { json!({ "login": "bob-ops" }) } else { json!(null) };
        let changes = [
            ("/action", json!(action)),
            ("/pull_request/updated_at", at),
            ("/pull_request/merged", json!(merged)),
            ("/pull_request/merged_by", merger),
        ];
        with(PULL_REQUEST, changes)
    };
    sent::github(&mut room, "pull_request", PULL_REQUEST);
    sent::github(&mut room, "pull_request", &later("labeled", 31, false));
    sent::github(&mut room, "pull_request", &later("synchronize", 40, false));
    sent::github(&mut room, "pull_request", &later("closed", 50, true));
    // An earlier one that was delivered late.
    sent::github(&mut room, "pull_request", &later("reopened", 35, false));
    assert_eq!(
        room.heard(),
        [
            format!("bot> 🔀 *acme/web* main: pull request 7 is open, by ann-dev: Remember who is logged in {page}"),
            format!("bot edits> 🔀 *acme/web* main: pull request 7 was changed by ann-dev: Remember who is logged in {page}"),
            format!("bot edits> 🟣 *acme/web* main: pull request 7 was merged by bob-ops: Remember who is logged in {page}"),
        ]
    );
    assert_eq!(
        heard("pull_request", &later("closed", 50, false)),
        [format!("bot> ⚪ *acme/web* main: pull request 7 was closed by ann-dev: Remember who is logged in {page}")]
    );
}

#[test]
fn statuses() {
    let page = "([details](https://ci.acme.example/web/981))";
    let mut room = sent::subscribed("acme/web on main");
    sent::github(&mut room, "status", STATUS);
    let failed =
        [("/state", json!("failure")), ("/description", json!("The tests failed")), ("/updated_at", json!("2026-01-05T10:01:05+00:00"))];
    sent::github(&mut room, "status", &with(STATUS, failed));
    assert_eq!(
        room.heard(),
        [
            format!("bot> ⏳ *acme/web* main: ci/external is running {page} – Fix the login"),
            format!("bot edits> ❌ *acme/web* main: ci/external failed after 1 min: The tests failed {page} – Fix the login"),
        ]
    );
}

#[test]
fn checks() {
    let said =
        "bot> ❌ *acme/web* main: spelling failed after 12 s: 2 words are unknown ([details](https://github.com/acme/web/runs/8801))";
    assert_eq!(heard("check_run", CHECK_RUN), [said]);
    assert_eq!(heard("check_suite", CHECK_SUITE), ["bot> ✅ *acme/web* main: Linters went well – Fix the login"]);
    let mut room = sent::subscribed("acme/*");
    sent::github(&mut room, "check_run", CHECK_RUN);
    assert_eq!(room.heard(), [""; 0], "single checks are told to who asks for tests");
    let actions = with(CHECK_SUITE, [("/check_suite/app/slug", json!("github-actions"))]);
    assert_eq!(heard("check_suite", &actions), [""; 0], "workflows tell the same");
}

#[test]
fn every_conclusion_of_a_workflow_has_words() {
    for (conclusion, words) in [
        ("success", "✅ *acme/web* main: CI went well after 2 min 10 s"),
        ("neutral", "✅ *acme/web* main: CI went well after 2 min 10 s"),
        ("failure", "❌ *acme/web* main: CI failed after 2 min 10 s"),
        ("timed_out", "❌ *acme/web* main: CI failed after 2 min 10 s: the time was up"),
        ("startup_failure", "❌ *acme/web* main: CI failed after 2 min 10 s: it did not start"),
        ("cancelled", "⚪ *acme/web* main: CI was cancelled after 2 min 10 s"),
        ("skipped", "⚪ *acme/web* main: CI did not run"),
        ("stale", "⚪ *acme/web* main: CI did not run"),
        ("action_required", "✋ *acme/web* main: CI waits for somebody"),
    ] {
        let completed = with(
            WORKFLOW_RUN,
            [
                ("/workflow_run/status", json!("completed")),
                ("/workflow_run/conclusion", json!(conclusion)),
                ("/workflow_run/updated_at", json!("2026-01-05T10:02:10Z")),
            ],
        );
        let page = "([details](https://github.com/acme/web/actions/runs/9901))";
        assert_eq!(heard("workflow_run", &completed), [format!("bot> {words} {page} – Fix the login")]);
    }
    let scheduled = with(WORKFLOW_RUN, [("/workflow_run/event", json!("pull_request")), ("/workflow_run/html_url", json!(null))]);
    assert_eq!(heard("workflow_run", &scheduled), ["bot> ⏳ *acme/web* main: CI (pull request) waits – Fix the login"]);
}

#[test]
fn deployments() {
    let mut room = sent::subscribed("acme/web deploys");
    sent::github(&mut room, "deployment", DEPLOYMENT);
    sent::github(&mut room, "deployment_status", DEPLOYMENT_STATUS);
    let at = |time: &str, state: &str| {
        let changes = [
            ("/deployment_status/state", json!(state)),
            ("/deployment_status/created_at", json!(time)),
            ("/deployment_status/updated_at", json!(time)),
        ];
        with(DEPLOYMENT_STATUS, changes)
    };
    sent::github(&mut room, "deployment_status", &at("2026-01-05T10:13:00Z", "success"));
    // A later deployment took its place: that is no news of this one.
    sent::github(&mut room, "deployment_status", &at("2026-01-05T11:13:00Z", "inactive"));
    let page = "([details](https://ci.acme.example/deploys/4401))";
    assert_eq!(
        room.heard(),
        [
            "bot> ⏳ *acme/web* main: deploy to production waits".to_owned(),
            format!("bot edits> ⏳ *acme/web* main: deploy to production is running {page}"),
            format!("bot edits> ✅ *acme/web* main: deploy to production went well after 3 min {page}"),
        ]
    );
}

#[test]
fn deployments_follow_each_other_from_whatever_branch() {
    let mut room = sent::subscribed("acme/web deploys");
    let deployed = |id: u64, branch: &str, state: &str, minute: u32| {
        let at = json!(format!("2026-01-05T10:{minute}:00Z"));
        let changes = [
            ("/deployment/id", json!(id)),
            ("/deployment/ref", json!(branch)),
            ("/deployment_status/state", json!(state)),
            ("/deployment_status/created_at", at.clone()),
            ("/deployment_status/updated_at", at),
        ];
        with(DEPLOYMENT_STATUS, changes)
    };
    for (id, branch, state, minute) in
        [(1, "main", "success", 10), (2, "dev", "failure", 20), (3, "main", "error", 30), (4, "main", "success", 40)]
    {
        sent::github(&mut room, "deployment_status", &deployed(id, branch, state, minute));
    }
    let page = "([details](https://ci.acme.example/deploys/4401))";
    assert_eq!(
        room.heard(),
        [
            format!("bot> ✅ *acme/web* main: deploy to production went well {page}"),
            format!("bot> ❌ *acme/web* dev: deploy to production failed – the one before went well {page}"),
            format!("bot> ❌ *acme/web* main: deploy to production failed – 2 failures in a row since 10:20 {page}"),
            format!("bot> ✅ *acme/web* main: deploy to production works again after 2 failures, 20 min {page}"),
        ]
    );
}

#[test]
fn releases() {
    let page = "([details](https://github.com/acme/web/releases/tag/v1.2.0))";
    assert_eq!(heard("release", RELEASE), [format!("bot> 📦 *acme/web*: release v1.2.0 is out: The one with the login {page}")]);
    let early = with(RELEASE, [("/release/prerelease", json!(true))]);
    let said = format!("bot> 📦 *acme/web*: release v1.2.0 is out, not for everybody yet: The one with the login {page}");
    assert_eq!(heard("release", &early), [said]);
    let gone = with(RELEASE, [("/action", json!("deleted"))]);
    assert_eq!(heard("release", &gone), [format!("bot> ⚪ *acme/web*: release v1.2.0 was taken back by bob-ops {page}")]);
    assert_eq!(heard("release", &with(RELEASE, [("/action", json!("edited"))])), [""; 0]);
}

#[test]
fn one_message_tells_of_a_push_and_all_that_comes_of_it() {
    let mut room = sent::subscribed("acme/web");
    sent::github(&mut room, "push", PUSH);
    sent::github(&mut room, "workflow_run", WORKFLOW_RUN);
    sent::github(&mut room, "status", STATUS);
    let last = room.heard().pop().unwrap();
    assert_eq!(
        last,
        "bot edits> 📝 *acme/web* main: ann-dev pushed 2 commits: Fix the login ([details](https://github.com/acme/web/compare/0a9b8c7d6e5f...3f1c0e2b5d7a))\n    \
         ⏳ ci/external is running ([details](https://ci.acme.example/web/981))\n    \
         ⏳ CI waits ([details](https://github.com/acme/web/actions/runs/9901))"
    );
    let mut builds = sent::subscribed("acme/web builds");
    for (event, payload) in [("push", PUSH), ("workflow_run", WORKFLOW_RUN), ("status", STATUS)] {
        sent::github(&mut builds, event, payload);
    }
    assert!(
        builds.heard().pop().unwrap().starts_with("bot edits> *acme/web* main: Fix the login, by Ann Dev\n    ⏳ ci/external is running")
    );
}

#[test]
fn one_commit_on_two_branches_is_two_subjects() {
    let mut room = sent::subscribed("acme/web");
    sent::github(&mut room, "push", PUSH);
    sent::github(&mut room, "push", &with(PUSH, [("/ref", json!("refs/heads/release"))]));
    sent::github(&mut room, "workflow_run", &with(WORKFLOW_RUN, [("/workflow_run/head_branch", json!("release"))]));
    let said = room.heard();
    assert_eq!(said.len(), 3);
    assert!(
        said[1].starts_with("bot> 📝 *acme/web* release: ann-dev pushed") && said[2].starts_with("bot edits> 📝 *acme/web* release: "),
        "{said:#?}"
    );
}

#[test]
fn of_many_checks_those_that_failed_are_listed() {
    let mut room = sent::subscribed("acme/web tests");
    for number in 10..40 {
        let conclusion = if number == 35 { "failure" } else { "success" };
        let changes = [("/check_run/name", json!(format!("check {number}"))), ("/check_run/conclusion", json!(conclusion))];
        sent::github(&mut room, "check_run", &with(CHECK_RUN, changes));
    }
    let said = room.heard().pop().unwrap();
    let lines: Vec<&str> = said.lines().collect();
    assert_eq!(lines.len(), 14);
    assert!(lines[1].starts_with("    ❌ check 35 failed") && lines[2].starts_with("    ✅ check 10 went well"), "{said}");
    assert_eq!(lines[13], "    … and 18 more");
}

#[test]
fn json_in_a_form_is_the_same() {
    let escaped: String = PUSH.bytes().map(|byte| format!("%{byte:02x}")).collect();
    let mut room = sent::subscribed("acme/web");
    let headers = [("content-type", "application/x-www-form-urlencoded"), ("x-github-event", "push")];
    room.webhook("github", &headers, format!("payload={escaped}"));
    assert_eq!(room.heard(), heard("push", PUSH));
}

#[test]
fn what_is_no_news_is_in_the_log() {
    let mut room = sent::subscribed("*");
    sent::github(&mut room, "ping", PING);
    sent::github(&mut room, "star", "{}");
    sent::github(&mut room, "push", "{}");
    sent::github(&mut room, "push", "no JSON");
    room.webhook("github", &[], PUSH);
    assert_eq!(room.outcome().broken, None);
    assert_eq!(
        room.log(),
        [
            "info: github sent what is told nobody: a ping: the webhook is set up",
            "info: github sent what is told nobody: the event `star`",
            "error: github sent what cannot be read: `ref` is missing, or is not what it should be",
            "error: github sent what cannot be read: the body is no JSON: expected ident at line 1 column 2",
            "error: github sent what cannot be read: the header `X-GitHub-Event` is missing",
        ]
    );
    assert_eq!(room.heard(), [""; 0]);
    room.says("ann", "notify unknown");
    let said = room.heard().join("\n");
    assert!(said.contains("• 10:00 github: a ping: the webhook is set up, which I tell nobody"), "{said}");
    assert!(said.contains("• 10:00 github: something that I cannot read: `ref` is missing, or is not what it should be"), "{said}");
}

/// What a field is taken for must not matter: nothing that anybody sends breaks the plugin.
#[test]
fn a_field_of_another_type_breaks_nothing() {
    let all = [
        ("push", PUSH),
        ("pull_request", PULL_REQUEST),
        ("status", STATUS),
        ("check_run", CHECK_RUN),
        ("check_suite", CHECK_SUITE),
        ("workflow_run", WORKFLOW_RUN),
        ("deployment", DEPLOYMENT),
        ("deployment_status", DEPLOYMENT_STATUS),
        ("release", RELEASE),
    ];
    for (event, payload) in all {
        for path in sent::places(payload) {
            let mut room = sent::subscribed("* pushes, changes, builds, tests, deploys, releases");
            for other in [json!(null), json!([]), json!({}), json!(-1.5), json!(""), json!("\u{0}*`é"), json!(true)] {
                sent::github(&mut room, event, &with(payload, [(path.as_str(), other)]));
                assert_eq!(room.outcome().broken, None, "{event} {path}");
            }
        }
    }
}
