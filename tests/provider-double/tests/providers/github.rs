//! GitHub ("REST API", version 2022-11-28; "Webhook events and payloads").

use axum::{body::Body, http::Request};
use provider_double::Signature;
use serde_json::{Value, json};

use crate::street::{Answer, START, Street};

const WEB: &str = "/repos/acme/web";

fn street() -> Street {
    let street = Street::new();
    street.say(["github acme/web has main at 3f2a9c1"]);
    street
}

fn deploy(street: &Street, more: Value) -> Answer {
    let mut body = json!({ "ref": "main", "auto_merge": false, "required_contexts": [], "environment": "staging" });
    let Value::Object(more) = more else { panic!("no object: {more}") };
    body.as_object_mut().unwrap().extend(more);
    street.post("github", &format!("{WEB}/deployments"), body)
}

fn states(street: &Street) -> Vec<String> {
    let states = street.bot.taken().into_iter().map(|taken| taken.json()["deployment_status"]["state"].as_str().unwrap().to_owned());
    states.collect()
}

#[test]
fn a_ref_is_a_branch_a_tag_or_a_sha() {
    let street = street();
    street.say(["github acme/web has tag v1 at 3f2a9c1"]);
    let sha = street.get("github", &format!("{WEB}/commits/main")).json()["sha"].clone();
    assert!(sha.as_str().unwrap().starts_with("3f2a9c1") && sha.as_str().unwrap().len() == 40);
    for reference in ["v1", "heads%2Fmain", "3f2a9c1", sha.as_str().unwrap()] {
        assert_eq!(street.get("github", &format!("{WEB}/commits/{reference}")).json()["sha"], sha, "{reference}");
    }
    assert_eq!(street.get("github", &format!("{WEB}/git/ref/heads/main")).json()["object"]["sha"], sha);
    assert_eq!(street.get("github", &format!("{WEB}/branches/main")).json()["commit"]["sha"], sha);
}

#[test]
fn what_is_not_there_is_refused_in_githubs_words() {
    let street = street();
    let unknown = street.get("github", &format!("{WEB}/commits/nope"));
    assert_eq!((unknown.status.as_u16(), &unknown.json()["message"]), (422, &json!("No commit found for SHA: nope")));
    let nowhere = street.get("github", "/repos/acme/shop/commits/main");
    assert_eq!((nowhere.status.as_u16(), &nowhere.json()["message"]), (404, &json!("Not Found")));
    assert!(nowhere.json()["documentation_url"].is_string());
    assert_eq!(street.get("github", "/nonsense").status, 404);
}

#[test]
fn who_has_no_token_finds_nothing_and_a_wrong_one_is_refused() {
    let street = street();
    let ask = |authorization: Option<&str>, path: &str| {
        let mut request = Request::get(street.url("github", path)).header("user-agent", "hatstand");
        if let Some(authorization) = authorization {
            request = request.header("authorization", authorization);
        }
        street.try_send(request.body(Body::empty()).unwrap()).unwrap()
    };
    assert_eq!(ask(None, WEB).status, 404);
    assert_eq!(ask(None, "/user").status, 401);
    let wrong = ask(Some("Bearer wrong"), WEB);
    assert_eq!((wrong.status.as_u16(), &wrong.json()["message"]), (401, &json!("Bad credentials")));
    assert_eq!(ask(Some(&format!("token {}", street.outside.token("github").unwrap())), "/user").json()["login"], "hatstand");
}

#[test]
fn a_request_says_who_it_is_and_which_version_it_speaks() {
    let street = street();
    let with = |name: &'static str, value: &'static str| {
        let mut request = street.request("github", "GET", "/user", None);
        request.headers_mut().insert(name, value.parse().unwrap());
        street.try_send(request).unwrap().status.as_u16()
    };
    assert_eq!(with("user-agent", ""), 403);
    assert_eq!(with("x-github-api-version", "2022-11-28"), 200);
    assert_eq!(with("x-github-api-version", "1999-01-01"), 400);
}

#[test]
fn a_comparison_tells_what_is_new() {
    let street = street();
    street.say([
        "github acme/web has feature at aaaa111 saying Paint it black",
        "github acme/web has main at bbbb222",
        "github acme/web has feature at aaaa333",
    ]);
    let comparison = street.get("github", &format!("{WEB}/compare/main...feature")).json();
    assert_eq!((&comparison["status"], &comparison["ahead_by"], &comparison["behind_by"]), (&json!("diverged"), &json!(2), &json!(1)));
    assert_eq!(comparison["commits"][0]["commit"]["message"], "Paint it black");
    let paged = street.get("github", &format!("{WEB}/compare/main...feature?per_page=1")).json();
    assert_eq!((paged["commits"].as_array().unwrap().len(), &paged["ahead_by"]), (1, &json!(2)));
    assert!(comparison["merge_base_commit"]["sha"].as_str().unwrap().starts_with("3f2a9c1"));
    assert_eq!(street.get("github", &format!("{WEB}/compare/3f2a9c1...main")).json()["status"], "ahead");
    assert_eq!(street.get("github", &format!("{WEB}/compare/main...3f2a9c1")).json()["status"], "behind");
    assert_eq!(street.get("github", &format!("{WEB}/compare/main...main")).json()["status"], "identical");
    assert_eq!(street.get("github", &format!("{WEB}/compare/main...nope")).status, 404);
}

#[test]
fn the_combined_status_is_as_bad_as_the_worst() {
    let street = street();
    let combined = || street.get("github", &format!("{WEB}/commits/main/status")).json();
    assert_eq!((&combined()["state"], &combined()["total_count"]), (&json!("pending"), &json!(0)));
    for (line, state) in [("test is success", "success"), ("lint is pending", "pending"), ("test is failure", "failure")] {
        street.say([format!("github acme/web ci/{line} on 3f2a9c1").as_str()]);
        assert_eq!(combined()["state"], state, "{line}");
    }
    assert_eq!(combined()["total_count"], 2);
    street.say(["github acme/web check build is success on 3f2a9c1", "github acme/web check e2e is in_progress on 3f2a9c1"]);
    let runs = street.get("github", &format!("{WEB}/commits/main/check-runs")).json();
    assert_eq!((&runs["total_count"], &runs["check_runs"][0]["conclusion"]), (&json!(2), &json!("success")));
    assert_eq!((&runs["check_runs"][1]["status"], &runs["check_runs"][1]["conclusion"]), (&json!("in_progress"), &Value::Null));
    assert_eq!(combined()["total_count"], 2);
}

#[test]
fn a_deployment_is_made_as_often_as_it_is_asked_for() {
    let street = street();
    let asked = json!({ "payload": { "run": 17 }, "description": "by andre" });
    let made = deploy(&street, asked.clone());
    assert_eq!(made.status, 201);
    let made = made.json();
    assert_eq!((&made["id"], &made["environment"], &made["payload"]["run"]), (&json!(1), &json!("staging"), &json!(17)));
    assert_eq!((&made["production_environment"], &made["created_at"]), (&json!(false), &json!("2026-01-05T10:00:00Z")));
    // GitHub knows no idempotency key: the same again is another one.
    assert_eq!(deploy(&street, asked).json()["id"], 2);
    street.say(["github has 2 deployments", "github deployment 2 is of 3f2a9c1 to staging"]);
    assert_eq!(street.refused("github has 1 deployment"), "github has 2 deployments");
    assert!(street.refused("github deployment 1 is of 3f2a9c1 to production").contains("to staging"));
}

#[test]
fn a_bad_deployment_is_refused_and_not_made() {
    let street = street();
    let refused = |more: Value| {
        let answer = deploy(&street, more);
        (answer.status.as_u16(), answer.json()["message"].as_str().unwrap().to_owned())
    };
    assert_eq!(refused(json!({ "ref": "nope" })), (422, "No ref found for: nope".to_owned()));
    for more in [
        json!({ "ref": null }),
        json!({ "ref": 7 }),
        json!({ "auto_merge": "no" }),
        json!({ "required_contexts": "ci/test" }),
        json!({ "payload": 7 }),
    ] {
        assert_eq!(refused(more.clone()).0, 422, "{more}");
    }
    let mut request = street.request("github", "POST", &format!("{WEB}/deployments"), None);
    *request.body_mut() = Body::from("{");
    assert_eq!(street.try_send(request).unwrap().json()["message"], "Problems parsing JSON");
    street.say(["github has no deployment"]);
}

#[test]
fn ci_stands_against_a_deployment() {
    let street = street();
    street.say(["github acme/web ci/test is failure on 3f2a9c1", "github acme/web ci/lint is success on 3f2a9c1"]);
    let all = deploy(&street, json!({ "required_contexts": null }));
    assert_eq!(all.status, 409);
    let error = &all.json()["errors"][0];
    assert_eq!((&error["field"], &error["contexts"][0]["state"]), (&json!("required_contexts"), &json!("failure")));
    for (contexts, status) in [(json!([]), 201), (json!(["ci/lint"]), 201), (json!(["ci/test"]), 409), (json!(["ci/other"]), 409)] {
        assert_eq!(deploy(&street, json!({ "required_contexts": contexts })).status.as_u16(), status, "{contexts}");
    }
    street.say(["github has 2 deployments"]);
}

#[test]
fn a_branch_that_is_behind_is_merged_and_not_deployed() {
    let street = street();
    street.say(["github acme/web has feature at aaaa111", "github acme/web has main at bbbb222"]);
    let merged = deploy(&street, json!({ "ref": "feature", "auto_merge": true }));
    assert_eq!((merged.status.as_u16(), &merged.json()["message"]), (202, &json!("Auto-merged main into feature on deployment.")));
    street.say(["github has no deployments"]);
    assert_eq!(deploy(&street, json!({ "ref": "feature", "auto_merge": true })).status, 201);
    street.say(["github acme/web has main at cccc333", "github acme/web conflicts on feature"]);
    let conflict = deploy(&street, json!({ "ref": "feature", "auto_merge": true }));
    assert_eq!((conflict.status.as_u16(), &conflict.json()["message"]), (409, &json!("Conflict merging main into feature.")));
}

#[test]
fn lists_are_filtered_and_come_in_pages() {
    let street = street();
    for environment in ["staging", "staging", "production"] {
        deploy(&street, json!({ "environment": environment }));
    }
    let list = street.get("github", &format!("{WEB}/deployments?environment=staging&per_page=1"));
    assert_eq!(list.json().as_array().unwrap().len(), 1);
    assert_eq!(list.json()[0]["id"], 2);
    let links = list.header("link");
    assert!(links.contains("environment=staging&per_page=1&page=2>; rel=\"next\""), "{links}");
    let last = street.get("github", &format!("{WEB}/deployments?environment=staging&per_page=1&page=2"));
    assert_eq!(last.json()[0]["id"], 1);
    assert!(last.header("link").contains("rel=\"prev\"") && !last.header("link").contains("rel=\"next\""));
}

#[test]
fn a_status_is_told_and_can_be_read() {
    let street = street();
    deploy(&street, json!({}));
    street.pass(5);
    street.say(["github deployment 1 is in_progress saying Building"]);
    let taken = street.bot.last();
    assert_eq!(taken.path, "/hooks/deploy/github");
    assert_eq!((taken.header("x-github-event"), taken.header("content-type")), ("deployment_status", "application/json"));
    assert!(taken.header("user-agent").starts_with("GitHub-Hookshot/") && taken.header("x-github-delivery").len() == 36);
    let payload = taken.json();
    assert_eq!((&payload["deployment_status"]["state"], &payload["deployment"]["id"]), (&json!("in_progress"), &json!(1)));
    assert_eq!(payload["deployment_status"]["created_at"], "2026-01-05T10:00:05Z");
    assert_eq!((&payload["repository"]["full_name"], &payload["action"]), (&json!("acme/web"), &json!("created")));
    let statuses = street.get("github", &format!("{WEB}/deployments/1/statuses")).json();
    assert_eq!((&statuses[0]["state"], &statuses[0]["description"]), (&json!("in_progress"), &json!("Building")));
    assert!(street.refused("github deployment 7 is success").contains("no deployment 7"));
    assert!(street.refused("github deployment 1 is fine").contains("none of queued, pending"));
}

#[test]
fn a_webhook_is_signed_over_its_body() {
    let street = street();
    street.say(["github acme/web pings"]);
    let taken = street.bot.last();
    let secret = street.outside.secret("github").unwrap();
    let now = jiff::Timestamp::from_second(START).unwrap();
    let (_, signature) = Signature::GitHub.headers(secret, "", now, &taken.body).remove(0);
    assert_eq!(taken.header("x-hub-signature-256"), signature);
    assert!(signature.starts_with("sha256=") && signature.len() == 71);
    street.bot.answer(401);
    street.say(["github forges the last delivery"]);
    assert_ne!(street.bot.last().header("x-hub-signature-256"), signature);
    street.bot.answer(202);
    assert!(street.refused("github forges the last delivery").contains("took a forged ping"));
}

#[test]
fn statuses_come_out_of_order_with_the_times_of_their_making() {
    let street = street();
    deploy(&street, json!({}));
    street.say(["github sends statuses of 1: success, in_progress, queued"]);
    assert_eq!(states(&street), ["success", "in_progress", "queued"]);
    let times: Vec<String> =
        street.bot.taken().iter().map(|taken| taken.json()["deployment_status"]["created_at"].as_str().unwrap().to_owned()).collect();
    assert!(times[0] > times[1] && times[1] > times[2], "{times:?}");
    let read = street.get("github", &format!("{WEB}/deployments/1/statuses")).json();
    assert_eq!(read[0]["state"], "success");
}

#[test]
fn the_same_delivery_comes_again() {
    let street = street();
    deploy(&street, json!({}));
    street.say(["github deployment 1 is queued", "github deployment 1 is success"]);
    street.say(["github sends deployment status queued of 1 again", "github sends the last delivery again"]);
    let taken = street.bot.taken();
    assert_eq!(states(&street), ["queued", "success", "queued", "queued"]);
    for again in &taken[2..] {
        assert_eq!((again.header("x-github-delivery"), &again.body), (taken[0].header("x-github-delivery"), &taken[0].body));
    }
    assert_ne!(taken[0].header("x-github-delivery"), taken[1].header("x-github-delivery"));
    assert!(street.refused("github sends deployment status error of 1 again").contains("deployment status success of 1"));
}

#[test]
fn a_success_makes_those_before_it_inactive_and_nobody_is_told() {
    let street = street();
    deploy(&street, json!({}));
    deploy(&street, json!({}));
    street.say(["github deployment 1 is success", "github deployment 2 is success", "github deployment 2 is inactive"]);
    assert_eq!(states(&street), ["success", "success"]);
    let read = |id| street.get("github", &format!("{WEB}/deployments/{id}/statuses")).json()[0]["state"].clone();
    assert_eq!((read(1), read(2)), (json!("inactive"), json!("inactive")));
}

#[test]
fn a_bot_that_refuses_fails_the_step() {
    let street = street();
    deploy(&street, json!({}));
    street.bot.answer(500);
    assert_eq!(street.refused("github deployment 1 is success"), "the bot answered 500 to github's deployment status success of 1");
    let nowhere = street.outside.act("github deployment 1 is success", None, "deploy");
    assert!(nowhere.unwrap_err().contains("takes no webhooks"));
}

#[test]
fn what_happens_quietly_is_not_told_and_can_be_later() {
    let street = street();
    deploy(&street, json!({}));
    street.say(["github quietly deployment 1 is success"]);
    assert!(street.bot.taken().is_empty());
    assert_eq!(street.outside.deliveries("github").len(), 1);
    assert_eq!(street.get("github", &format!("{WEB}/deployments/1/statuses")).json()[0]["state"], "success");
    street.say(["github sends the last delivery again"]);
    assert_eq!(states(&street), ["success"]);
}

#[test]
fn ci_and_pushes_are_told_in_their_shapes() {
    let street = street();
    street.say(["github acme/web reports ci/test failure on 3f2a9c1 saying 2 failed"]);
    let status = street.bot.last();
    assert_eq!(status.header("x-github-event"), "status");
    assert_eq!((&status.json()["context"], &status.json()["state"]), (&json!("ci/test"), &json!("failure")));
    assert_eq!((&status.json()["branches"][0]["name"], &status.json()["name"]), (&json!("main"), &json!("acme/web")));
    street.say(["github acme/web suite is success on 3f2a9c1"]);
    let suite = street.bot.last();
    assert_eq!(suite.header("x-github-event"), "check_suite");
    assert_eq!((&suite.json()["action"], &suite.json()["check_suite"]["conclusion"]), (&json!("completed"), &json!("success")));
    street.say(["github acme/web workflow test is queued on 3f2a9c1"]);
    let run = street.bot.last();
    assert_eq!(run.header("x-github-event"), "workflow_run");
    assert_eq!((&run.json()["action"], &run.json()["workflow_run"]["conclusion"]), (&json!("requested"), &Value::Null));
    street.say(["github acme/web pushes main to 4d5e6f7 saying Fix the door"]);
    let push = street.bot.last().json();
    assert_eq!((&push["ref"], &push["head_commit"]["message"]), (&json!("refs/heads/main"), &json!("Fix the door")));
    assert!(push["before"].as_str().unwrap().starts_with("3f2a9c1") && push["after"].as_str().unwrap().starts_with("4d5e6f7"));
    assert_eq!(push["commits"].as_array().unwrap().len(), 1);
    deploy(&street, json!({}));
    street.say(["github sends deployment 1"]);
    assert_eq!(street.bot.last().json()["deployment"]["id"], 1);
}

#[test]
fn what_was_done_over_the_api_is_told_when_it_is_due() {
    let street = street();
    assert_eq!(street.refused("github sends what is due"), "github has nothing to send");
    deploy(&street, json!({}));
    street.post("github", &format!("{WEB}/deployments/1/statuses"), json!({ "state": "queued", "log_url": "https://ci.outside/7" }));
    street.post("github", &format!("{WEB}/deployments/1/statuses"), json!({ "state": "inactive" }));
    assert!(street.bot.taken().is_empty());
    street.say(["github sends what is due"]);
    let events: Vec<String> = street.bot.taken().iter().map(|taken| taken.header("x-github-event").to_owned()).collect();
    assert_eq!(events, ["deployment", "deployment_status"]);
    assert_eq!(street.bot.last().json()["deployment_status"]["log_url"], "https://ci.outside/7");
}

#[test]
fn a_status_that_is_none_is_refused() {
    let street = street();
    deploy(&street, json!({}));
    let refused = |body: Value| street.post("github", &format!("{WEB}/deployments/1/statuses"), body);
    assert_eq!(refused(json!({})).status, 422);
    let unknown = refused(json!({ "state": "fine" }));
    assert_eq!((unknown.status.as_u16(), &unknown.json()["errors"][0]["field"]), (422, &json!("state")));
    assert_eq!(street.get("github", &format!("{WEB}/deployments/1/statuses")).json(), json!([]));
    assert_eq!(street.post("github", &format!("{WEB}/deployments/9/statuses"), json!({ "state": "success" })).status, 404);
}

#[test]
fn a_limit_that_is_used_up_is_whole_again_after_the_hour() {
    let street = street();
    street.say(["github has 1 request left"]);
    assert_eq!(street.get("github", "/user").header("x-ratelimit-remaining"), "0");
    let limited = street.get("github", "/user");
    assert_eq!((limited.status.as_u16(), limited.header("retry-after")), (403, ""));
    assert!(limited.json()["message"].as_str().unwrap().starts_with("API rate limit exceeded"));
    let reset: i64 = limited.header("x-ratelimit-reset").parse().unwrap();
    street.pass(reset - START);
    assert_eq!(street.get("github", "/user").status, 200);
}
