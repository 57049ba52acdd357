//! GitLab ("REST API", version 4; "Webhook events").

use axum::{body::Body, http::Request};
use jiff::Timestamp;
use provider_double::Signature;
use serde_json::{Value, json};

use crate::street::{Answer, START, Street};

const WEB: &str = "/api/v4/projects/acme%2Fweb";

fn street() -> Street {
    let street = Street::new();
    street.say(["gitlab acme/web has main at 3f2a9c1 saying Open the door"]);
    street
}

fn run(street: &Street) -> Answer {
    let variables = json!([{ "key": "APP", "value": "web" }]);
    street.post("gitlab", &format!("{WEB}/pipeline"), json!({ "ref": "main", "variables": variables }))
}

#[test]
fn a_token_is_wanted_in_either_form() {
    let street = street();
    let token = street.outside.token("gitlab").unwrap();
    let ask = |name: &str, value: &str| {
        let request = Request::get(street.url("gitlab", WEB)).header(name, value).body(Body::empty()).unwrap();
        street.try_send(request).unwrap()
    };
    assert_eq!(ask("private-token", token).json()["path_with_namespace"], "acme/web");
    assert_eq!(ask("authorization", &format!("Bearer {token}")).status, 200);
    let wrong = ask("private-token", "wrong");
    assert_eq!((wrong.status.as_u16(), &wrong.json()["message"]), (401, &json!("401 Unauthorized")));
}

#[test]
fn a_commit_goes_by_branch_or_sha_and_a_project_by_path_or_number() {
    let street = street();
    for path in ["acme%2Fweb", "1"] {
        for reference in ["main", "3f2a9c1"] {
            let commit = street.get("gitlab", &format!("/api/v4/projects/{path}/repository/commits/{reference}")).json();
            assert!(commit["id"].as_str().unwrap().starts_with("3f2a9c1"), "{path} {reference}");
            assert_eq!(commit["title"], "Open the door");
        }
    }
    let missing = |path: &str| {
        let answer = street.get("gitlab", path);
        (answer.status.as_u16(), answer.json()["message"].as_str().unwrap().to_owned())
    };
    assert_eq!(missing(&format!("{WEB}/repository/commits/nope")), (404, "404 Commit Not Found".to_owned()));
    assert_eq!(missing("/api/v4/projects/7"), (404, "404 Project Not Found".to_owned()));
}

#[test]
fn a_comparison_lists_what_the_other_has_not() {
    let street = street();
    street.say(["gitlab acme/web has feature at aaaa111", "gitlab acme/web has main at bbbb222"]);
    let compare = |from: &str, to: &str| street.get("gitlab", &format!("{WEB}/repository/compare?from={from}&to={to}")).json();
    let there = compare("main", "feature");
    assert_eq!((there["commits"].as_array().unwrap().len(), &there["compare_same_ref"]), (1, &json!(false)));
    assert!(there["commits"][0]["id"].as_str().unwrap().starts_with("aaaa111"));
    assert!(compare("feature", "main")["commits"][0]["id"].as_str().unwrap().starts_with("bbbb222"));
    assert_eq!(compare("main", "main")["compare_same_ref"], true);
    assert_eq!(street.get("gitlab", &format!("{WEB}/repository/compare?from=main")).json()["error"], "to is missing");
}

#[test]
fn a_pipeline_runs_on_a_branch_and_on_no_sha() {
    let street = street();
    let made = run(&street);
    assert_eq!((made.status.as_u16(), &made.json()["status"], &made.json()["id"]), (201, &json!("created"), &json!(1)));
    street.say(["gitlab has 1 pipeline", "gitlab pipeline 1 is of 3f2a9c1 with APP as web"]);
    let refused = |body: Value| street.post("gitlab", &format!("{WEB}/pipeline"), body);
    let unknown = refused(json!({ "ref": "3f2a9c1" }));
    assert_eq!((unknown.status.as_u16(), &unknown.json()["message"]["base"][0]), (400, &json!("Reference not found")));
    assert_eq!(refused(json!({})).json()["error"], "ref is missing");
    assert_eq!(refused(json!({ "ref": "main", "variables": "APP" })).json()["error"], "variables is invalid");
    street.say(["gitlab has 1 pipeline"]);
}

#[test]
fn a_pipeline_may_be_asked_for_in_a_form() {
    let street = street();
    let mut request = street.request("gitlab", "POST", &format!("{WEB}/pipeline"), None);
    request.headers_mut().insert("content-type", "application/x-www-form-urlencoded".parse().unwrap());
    *request.body_mut() = Body::from("ref=main&variables[][key]=A&variables[][value]=1&variables[][key]=B&variables[][value]=2");
    assert_eq!(street.try_send(request).unwrap().status, 201);
    let variables = street.get("gitlab", &format!("{WEB}/pipelines/1/variables")).json();
    assert_eq!(
        (&variables[0]["value"], &variables[1]["key"], &variables[1]["variable_type"]),
        (&json!("1"), &json!("B"), &json!("env_var"))
    );
}

#[test]
fn a_pipeline_is_told_as_it_goes() {
    let street = street();
    run(&street);
    street.pass(60);
    street.say(["gitlab pipeline 1 is running"]);
    street.pass(63);
    street.say(["gitlab pipeline 1 is success"]);
    let taken = street.bot.last();
    assert_eq!((taken.path.as_str(), taken.header("x-gitlab-event")), ("/hooks/deploy/gitlab", "Pipeline Hook"));
    let attributes = &taken.json()["object_attributes"];
    assert_eq!((&attributes["status"], &attributes["duration"]), (&json!("success"), &json!(63)));
    assert_eq!(attributes["finished_at"], "2026-01-05 10:02:03 UTC");
    assert_eq!(attributes["variables"], json!([{ "key": "APP", "value": "web" }]));
    assert!(taken.json()["commit"]["id"].as_str().unwrap().starts_with("3f2a9c1"));
    let read = street.get("gitlab", &format!("{WEB}/pipelines/1")).json();
    assert_eq!((&read["status"], &read["started_at"]), (&json!("success"), &json!("2026-01-05T10:01:00.000Z")));
    assert!(street.refused("gitlab pipeline 1 is fine").contains("none of created"));
    assert!(street.refused("gitlab pipeline 2 is success").contains("only 1"));
}

#[test]
fn a_pipeline_is_cancelled_and_tried_again() {
    let street = street();
    run(&street);
    let post = |what: &str| street.post("gitlab", &format!("{WEB}/pipelines/1/{what}"), json!({}));
    assert_eq!((post("cancel").status.as_u16(), &post("cancel").json()["status"]), (200, &json!("canceled")));
    assert_eq!((post("retry").status.as_u16(), &post("retry").json()["status"]), (201, &json!("pending")));
    street.say(["gitlab pipeline 1 is success"]);
    assert_eq!((&post("cancel").json()["status"], &post("retry").json()["status"]), (&json!("success"), &json!("success")));
    assert_eq!(street.post("gitlab", &format!("{WEB}/pipelines/9/cancel"), json!({})).status, 404);
}

#[test]
fn pipelines_are_listed_newest_first_and_in_pages() {
    let street = street();
    run(&street);
    run(&street);
    street.say(["gitlab pipeline 1 is failed"]);
    let list = |query: &str| street.get("gitlab", &format!("{WEB}/pipelines?{query}"));
    assert_eq!(list("").json()[0]["id"], 2);
    assert_eq!(list("status=failed").json()[0]["id"], 1);
    let first = list("per_page=1");
    assert_eq!((first.header("x-total"), first.header("x-next-page")), ("2", "2"));
}

#[test]
fn what_ci_says_of_a_commit_is_listed_once_a_name() {
    let street = street();
    street.say(["gitlab acme/web test is running on 3f2a9c1", "gitlab acme/web test is failed on 3f2a9c1"]);
    let statuses = street.get("gitlab", &format!("{WEB}/repository/commits/main/statuses")).json();
    assert_eq!((statuses.as_array().unwrap().len(), &statuses[0]["name"], &statuses[0]["status"]), (1, &json!("test"), &json!("failed")));
}

#[test]
fn a_webhook_carries_the_secret_or_is_signed() {
    let street = street();
    street.say(["gitlab acme/web pushes main to 4d5e6f7"]);
    let taken = street.bot.last();
    assert_eq!(taken.header("x-gitlab-token"), street.outside.secret("gitlab").unwrap());
    assert_eq!(taken.json()["total_commits_count"], 1);
    let key = taken.header("idempotency-key").to_owned();
    street.say(["gitlab sends push of main to 4d5e6f7 again"]);
    assert_eq!(street.bot.last().header("idempotency-key"), key);
    street.say(["gitlab signs its webhooks", "gitlab acme/web pushes main to 5e6f7a8"]);
    let signed = street.bot.last();
    let secret = street.outside.secret("gitlab").unwrap();
    assert_eq!(secret, street.outside.signing_token());
    assert!(secret.starts_with("whsec_") && signed.header("x-gitlab-token").is_empty());
    let (id, now) = (signed.header("webhook-id"), Timestamp::from_second(START).unwrap());
    assert_eq!(id, signed.header("idempotency-key"));
    for (name, value) in Signature::GitLabSigned.headers(secret, id, now, &signed.body) {
        assert_eq!(signed.header(&name), value, "{name}");
    }
}

#[test]
fn a_deployment_is_made_and_told() {
    let street = street();
    street.say(["gitlab acme/web deploys 3f2a9c1 to staging"]);
    street.pass(30);
    street.say(["gitlab deployment 1 is success"]);
    let taken = street.bot.last();
    assert_eq!(taken.header("x-gitlab-event"), "Deployment Hook");
    let payload = taken.json();
    assert_eq!((&payload["status"], &payload["environment"]), (&json!("success"), &json!("staging")));
    assert_eq!((&payload["status_changed_at"], &payload["deployment_id"]), (&json!("2026-01-05 10:00:30 +0000"), &json!(1)));
    let body = json!({ "environment": "production", "sha": "3f2a9c1", "ref": "main", "tag": false, "status": "running" });
    assert_eq!(street.post("gitlab", &format!("{WEB}/deployments"), body).json()["id"], 2);
    let update = street.request("gitlab", "PUT", &format!("{WEB}/deployments/2"), Some(json!({ "status": "failed" })));
    assert_eq!(street.try_send(update).unwrap().json()["status"], "failed");
    assert_eq!(street.get("gitlab", &format!("{WEB}/deployments?status=success")).json()[0]["id"], 1);
    street.say(["gitlab has 2 deployments"]);
}

#[test]
fn too_much_is_told_in_plain_text() {
    let street = street();
    street.say(["gitlab answers 429 1 time retry after 9"]);
    let limited = street.get("gitlab", WEB);
    assert_eq!((limited.status.as_u16(), limited.header("retry-after"), limited.header("ratelimit-remaining")), (429, "9", "0"));
    assert_eq!(limited.body, "Retry later\n");
}

#[test]
fn what_was_done_over_the_api_is_told_when_it_is_due() {
    let street = street();
    run(&street);
    street.post("gitlab", &format!("{WEB}/pipelines/1/cancel"), json!({}));
    street.say(["gitlab sends what is due"]);
    let statuses: Vec<Value> = street.bot.taken().iter().map(|taken| taken.json()["object_attributes"]["status"].clone()).collect();
    assert_eq!(statuses, ["created", "canceled"]);
    assert_eq!(street.refused("gitlab sends what is due"), "gitlab has nothing to send");
}
