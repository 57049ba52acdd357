//! A wrong configuration is one sentence that says where.

use super::scene::{heard, room_with, web};
use crate::Deploy;
use crate::apps::{Apps, Confirm};
use hatstand_plugin::testing::Room;
use serde_json::{Value, json};
use std::time::Duration;

fn wrong(apps: &Value) -> String {
    Apps::read(&apps.to_string()).expect_err("it is wrong").0
}

#[test]
fn what_is_wrong_is_said_with_its_place() {
    for (app, why) in [
        (json!("web"), "app `web`: it is not a table"),
        (json!({}), "app `web`: missing field `provider`"),
        (json!({ "provider": "hub" }), "app `web`: unknown variant `hub`, expected one of `github`, `gitlab`, `jenkins`, `generic`"),
        (json!({ "provider": "github" }), "app `web`: it needs a `repository`"),
        (json!({ "provider": "gitlab" }), "app `web`: it needs a `project`"),
        (json!({ "provider": "jenkins", "url": "https://ci.example" }), "app `web`: it needs a `job`"),
        (json!({ "provider": "jenkins", "job": "web" }), "app `web`: it needs a `url`"),
        (json!({ "provider": "generic", "url": "ftp://x" }), "app `web`: `ftp://x` is no http or https address"),
        (
            json!({ "provider": "generic", "url": "https://me:secret@x" }),
            "app `web`: its `url` has a name or password in it: bind them to the address instead",
        ),
        (web(&json!({ "environments": [] })), "app `web`: it has no `environments`"),
        (
            web(&json!({ "environments": ["a", { "name": "b", "colour": "red" }] })),
            "environment `b` of app `web`: unknown field `colour`, expected one of",
        ),
        (web(&json!({ "environments": [{ "aliases": ["a"] }] })), "environment 1 of app `web`: missing field `name`"),
        (web(&json!({ "environments": ["a", { "name": "b", "aliases": ["A"] }] })), "app `web`: two of its environments are called `A`"),
        (web(&json!({ "default": "qa" })), "app `web`: its `default` is `qa`, which is none of its environments"),
        (web(&json!({ "environments": ["a b"] })), "app `web`: `a b` is no name: it has at most 40 letters"),
        (web(&json!({ "environments": ["all"] })), "app `web`: `all` means something else in commands"),
        (web(&json!({ "limit": "soon" })), "environment `staging` of app `web`: `soon` is no length of time"),
        (web(&json!({ "confirm": "maybe" })), "environment `staging` of app `web`: unknown variant `maybe`"),
        (
            web(&json!({ "freeze": [{ "from": "fri", "until": "mon 08:00" }] })),
            "environment `staging` of app `web`: `fri` is no moment of the week such as `fri 16:00`",
        ),
        (
            json!({ "provider": "generic", "url": "https://x", "contexts": ["ci"], "environments": ["a"] }),
            "app `web`: environment `a` wants `contexts`, and nobody knows them: it needs a `source`",
        ),
        (web(&json!({ "source": { "provider": "jenkins" } })), "app `web`: its `source` is `github` or `gitlab`"),
        (web(&json!({ "source": { "provider": "gitlab" } })), "app `web`: its `source` needs a `project`"),
    ] {
        let said = wrong(&json!({ "web": app }));
        assert!(said.starts_with(why), "{said}\n{why}");
    }
    assert_eq!(wrong(&json!([])), "`apps` is not made of tables, one for each app");
    assert_eq!(wrong(&json!({ "latest": web(&json!({})) })), "app `latest`: `latest` means something else in commands: call it otherwise");
    assert_eq!(wrong(&json!({ "web": web(&json!({})), "Web": web(&json!({})) })), "two apps are called `web`");
}

#[test]
fn what_an_app_says_holds_for_its_environments_unless_they_say_otherwise() {
    let app = web(
        &json!({ "confirm": "always", "limit": "1 hour", "environments": ["staging", { "name": "production", "confirm": "another" }] }),
    );
    let apps = Apps::read(&json!({ "web": app }).to_string()).unwrap();
    let app = apps.find("WEB").unwrap();
    let confirm: Vec<Confirm> = app.environments.iter().map(|environment| environment.confirm).collect();
    assert_eq!(confirm, [Confirm::Always, Confirm::Another]);
    assert!(app.environments.iter().all(|environment| environment.limit == Duration::from_secs(3600)));
    assert_eq!(app.default_ref, "main");
    assert_eq!(app.origin.base, "https://api.github.com");
}

#[test]
fn without_a_configuration_people_are_told_whose_turn_it_is() {
    let mut room = Room::with::<Deploy>();
    room.says("ann", "deploy web");
    assert_eq!(heard(&mut room), "bot(ann)> There is nothing to deploy yet: whoever operates me has to set `apps`.");
    assert_eq!(room.outcome().code, "refused.unconfigured");
    let mut room = room_with(&json!({ "web": {} }));
    room.says("ann", "deploy web");
    let said = "bot(ann)> The setting `apps` cannot be used: app `web`: missing field `provider`. Whoever operates me has to mend it.";
    assert_eq!(heard(&mut room), said);
    assert_eq!(room.outcome().code, "refused.misconfigured");
}
