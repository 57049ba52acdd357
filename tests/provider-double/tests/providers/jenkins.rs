//! Jenkins ("Remote Access API", "CSRF Protection", the Notification plugin).

use axum::{body::Body, http::Request};
use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::{Value, json};

use crate::street::{Answer, Street};

fn street() -> Street {
    let street = Street::new();
    street.say(["jenkins has job team/web with ENVIRONMENT=staging SHA"]);
    street
}

fn basic(user: &str) -> String {
    format!("Basic {}", BASE64_STANDARD.encode(user))
}

fn ask(street: &Street, method: &str, path: &str) -> Answer {
    let token = street.outside.token("jenkins").unwrap();
    let request = Request::builder().method(method).uri(street.url("jenkins", path)).header("authorization", basic(&format!("ci:{token}")));
    street.try_send(request.body(Body::empty()).unwrap()).unwrap()
}

fn build(street: &Street, query: &str) -> Answer {
    ask(street, "POST", &format!("/job/team/job/web/buildWithParameters?{query}"))
}

#[test]
fn a_build_is_asked_for_waits_and_runs() {
    let street = street();
    let asked = build(&street, "SHA=3f2a9c1&OTHER=1");
    assert_eq!(asked.status, 201);
    let item = asked.header("location").to_owned();
    assert_eq!(item, street.url("jenkins", "/queue/item/1/"));
    let waiting = ask(&street, "GET", "/queue/item/1/api/json").json();
    assert_eq!((&waiting["executable"], waiting["why"].is_string()), (&Value::Null, true));
    let queue = |street: &Street| ask(street, "GET", "/queue/api/json?tree=items[id]").json()["items"].clone();
    assert_eq!(queue(&street)[0]["id"], 1);
    street.say(["jenkins item 1 has SHA as 3f2a9c1", "jenkins item 1 has ENVIRONMENT as staging", "jenkins starts item 1"]);
    assert_eq!(queue(&street), json!([]), "who has left is not in the queue");
    let left = ask(&street, "GET", "/queue/item/1/api/json").json();
    assert_eq!((&left["executable"]["number"], &left["cancelled"]), (&json!(1), &json!(false)));
    assert_eq!(left["executable"]["url"], "http://jenkins.outside/job/team/job/web/1/");
    let running = ask(&street, "GET", "/job/team/job/web/1/api/json").json();
    assert_eq!((&running["building"], &running["result"], &running["queueId"]), (&json!(true), &Value::Null, &json!(1)));
    street.pass(7);
    street.say([
        "jenkins build 1 of team/web is SUCCESS",
        "jenkins build 1 of team/web has SHA as 3f2a9c1",
        "jenkins has 1 build of team/web",
    ]);
    let ended = ask(&street, "GET", "/job/team/job/web/1/api/json").json();
    assert_eq!((&ended["building"], &ended["result"], &ended["duration"]), (&json!(false), &json!("SUCCESS"), &json!(7000)));
    assert!(street.refused("jenkins build 1 of team/web is FAILURE").contains("has ended with SUCCESS"));
    assert!(street.refused("jenkins item 1 has OTHER as 1").contains("takes no OTHER"));
}

#[test]
fn what_waits_already_is_not_put_in_again() {
    let street = street();
    let first = build(&street, "SHA=3f2a9c1").header("location").to_owned();
    assert_eq!(build(&street, "SHA=3f2a9c1").header("location"), first);
    assert_ne!(build(&street, "SHA=4d5e6f7").header("location"), first);
    street.say(["jenkins has 2 items", "jenkins starts item 1"]);
    assert_ne!(build(&street, "SHA=3f2a9c1").header("location"), first);
}

#[test]
fn a_password_wants_a_crumb_of_its_session_and_a_token_none() {
    let street = street();
    let send = |method: &str, path: &str, headers: &[(&str, &str)]| {
        let mut request = Request::builder().method(method).uri(street.url("jenkins", path));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        street.try_send(request.body(Body::empty()).unwrap()).unwrap()
    };
    let (post, password) = ("/job/team/job/web/buildWithParameters", basic("ci:outside-jenkins-password"));
    assert_eq!(send("POST", post, &[]).status, 403);
    assert_eq!(send("POST", post, &[("authorization", &basic("ci:wrong"))]).status, 401);
    let refused = send("POST", post, &[("authorization", &password)]);
    assert!(refused.status == 403 && String::from_utf8_lossy(&refused.body).contains("No valid crumb"));
    let issued = send("GET", "/crumbIssuer/api/json", &[("authorization", &password)]);
    let (crumb, field) =
        (issued.json()["crumb"].as_str().unwrap().to_owned(), issued.json()["crumbRequestField"].as_str().unwrap().to_owned());
    let session = issued.header("set-cookie").split(';').next().unwrap().to_owned();
    assert_eq!(send("POST", post, &[("authorization", &password), (&field, &crumb)]).status, 403);
    assert_eq!(send("POST", post, &[("authorization", &password), (&field, &crumb), ("cookie", &session)]).status, 201);
}

#[test]
fn what_is_not_there_or_not_meant_is_refused() {
    let street = street();
    street.say(["jenkins has job plain"]);
    assert_eq!(ask(&street, "POST", "/job/nope/buildWithParameters").status, 404);
    assert_eq!(ask(&street, "GET", "/job/team/job/web/buildWithParameters").status, 405);
    assert_eq!(ask(&street, "POST", "/job/team/job/web/build").status, 400);
    assert_eq!(ask(&street, "POST", "/job/plain/buildWithParameters").status, 400);
    assert_eq!(ask(&street, "POST", "/job/plain/build").status, 201);
    assert_eq!(ask(&street, "GET", "/job/team/job/web/7/api/json").status, 404);
    assert_eq!(ask(&street, "GET", "/queue/item/7/api/json").status, 404);
}

#[test]
fn a_build_is_stopped_and_an_item_cancelled() {
    let street = street();
    build(&street, "SHA=1111111");
    build(&street, "SHA=2222222");
    street.say(["jenkins starts item 1"]);
    assert_eq!(ask(&street, "POST", "/job/team/job/web/1/stop").status, 302);
    assert_eq!(ask(&street, "GET", "/job/team/job/web/1/api/json").json()["result"], "ABORTED");
    assert_eq!(ask(&street, "POST", "/queue/cancelItem?id=2").status, 204);
    assert_eq!(ask(&street, "GET", "/queue/item/2/api/json").json()["cancelled"], true);
    assert!(street.refused("jenkins starts item 2").contains("does not wait any more"));
    assert!(street.refused("jenkins drops item 2").contains("does not wait any more"));
}

#[test]
fn a_job_tells_its_builds_as_deep_as_asked() {
    let street = street();
    for sha in ["1111111", "2222222"] {
        build(&street, &format!("SHA={sha}"));
    }
    street.say(["jenkins starts item 1", "jenkins starts item 2"]);
    let job = ask(&street, "GET", "/job/team/job/web/api/json").json();
    assert_eq!((&job["name"], &job["builds"][0]["number"], &job["builds"][0]["actions"]), (&json!("web"), &json!(2), &Value::Null));
    let tree = "builds%5Bnumber,actions%5Bparameters%5Bname,value%5D%5D%5D%7B0,1%7D";
    let asked = ask(&street, "GET", &format!("/job/team/job/web/api/json?tree={tree}")).json();
    assert_eq!((asked["builds"].as_array().unwrap().len(), &asked["name"]), (1, &Value::Null));
    assert_eq!(asked["builds"][0]["actions"][0]["parameters"][1]["value"], "2222222");
}

#[test]
fn each_phase_is_told() {
    let street = street();
    build(&street, "SHA=3f2a9c1");
    street.say(["jenkins queues item 1", "jenkins starts item 1", "jenkins build 1 of team/web is FAILURE"]);
    let phases: Vec<(Value, Value)> =
        street.bot.taken().iter().map(|taken| (taken.json()["build"]["phase"].clone(), taken.json()["build"]["status"].clone())).collect();
    let none = Value::Null;
    let expected = [("QUEUED", none.clone()), ("STARTED", none), ("COMPLETED", json!("FAILURE")), ("FINALIZED", json!("FAILURE"))];
    assert_eq!(phases, expected.map(|(phase, status)| (json!(phase), status)));
    let taken = street.bot.last();
    assert_eq!(taken.header("authorization"), format!("Bearer {}", street.outside.secret("jenkins").unwrap()));
    let payload = taken.json();
    assert_eq!((&payload["name"], &payload["url"]), (&json!("web"), &json!("job/team/job/web/")));
    assert_eq!((&payload["build"]["number"], &payload["build"]["parameters"]["SHA"]), (&json!(1), &json!("3f2a9c1")));
    assert_eq!(payload["build"]["full_url"], "http://jenkins.outside/job/team/job/web/1/");
    street.say(["jenkins shows its password", "jenkins queues item 1"]);
    let secret = street.outside.secret("jenkins").unwrap();
    assert_eq!(street.bot.last().header("authorization"), basic(&format!("jenkins:{secret}")));
}
