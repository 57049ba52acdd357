//! The plain service.

use axum::{body::Body, http::Request};
use provider_double::Signature;
use serde_json::{Value, json};

use crate::street::{Answer, START, Street};

fn ask(street: &Street, key: &str, body: Value) -> Answer {
    let mut request = street.request("generic", "POST", "/deploys", Some(body));
    request.headers_mut().insert("idempotency-key", key.parse().unwrap());
    street.try_send(request).unwrap()
}

#[test]
fn the_same_key_does_it_once_and_answers_the_same() {
    let street = Street::new();
    let body = json!({ "app": "web" });
    let (first, again) = (ask(&street, "17", body.clone()), ask(&street, "17", body.clone()));
    assert_eq!((first.status.as_u16(), again.status.as_u16(), &first.body), (201, 201, &again.body));
    assert_eq!(ask(&street, "17", json!({ "app": "shop" })).status, 422);
    assert_eq!(ask(&street, "18", body).json()["id"], 2);
    street.say(["generic has 2 jobs", "generic job 1 was asked for with app=web"]);
    assert!(street.refused("generic job 1 was asked for with app=shop").ends_with("app=web"));
}

#[test]
fn it_calls_back_signed() {
    let street = Street::new();
    ask(&street, "17", json!({ "app": "web" }));
    street.say(["generic job 1 is failure saying out of disk"]);
    let taken = street.bot.last();
    assert_eq!(taken.path, "/hooks/deploy/generic");
    let job = taken.json();
    assert_eq!((&job["id"], &job["key"], &job["state"]), (&json!(1), &json!("17"), &json!("failure")));
    assert_eq!((&job["description"], &job["request"]["app"]), (&json!("out of disk"), &json!("web")));
    let now = jiff::Timestamp::from_second(START).unwrap();
    let (name, signature) = Signature::Hmac.headers(street.outside.secret("generic").unwrap(), "", now, &taken.body).remove(0);
    assert_eq!((name.as_str(), taken.header("x-signature-256")), ("X-Signature-256", signature.as_str()));
    street.say(["generic sends job 1 failure again"]);
    assert_eq!(street.bot.last().header("x-delivery-id"), taken.header("x-delivery-id"));
}

#[test]
fn a_job_can_be_read_and_cancelled_until_it_has_ended() {
    let street = Street::new();
    ask(&street, "17", json!({}));
    assert_eq!(street.get("generic", "/jobs/1").json()["state"], "accepted");
    let cancel = || street.try_send(street.request("generic", "DELETE", "/jobs/1", None)).unwrap();
    assert_eq!(cancel().json()["state"], "cancelled");
    assert_eq!(cancel().status, 409);
    assert_eq!(street.get("generic", "/jobs/7").status, 404);
}

#[test]
fn bad_requests_do_nothing() {
    let street = Street::new();
    let request = Request::post(street.url("generic", "/deploys")).body(Body::from("{}")).unwrap();
    assert_eq!(street.try_send(request).unwrap().status, 401);
    assert_eq!(street.post("generic", "/deploys", json!([])).status, 400);
    street.say(["generic has no jobs"]);
}
