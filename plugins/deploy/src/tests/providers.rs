//! GitLab, Jenkins and a service of one's own, with what their documentation says they send. GitHub is in all the other tests.

use super::scene::{MAIN, OTHER, answer, body, heard, room_with, sent};
use hatstand_plugin::HttpFailure;
use hatstand_plugin::testing::Room;
use serde_json::{Value, json};

fn says(room: &mut Room, who: &str, line: &str) -> String {
    room.says(who, line);
    heard(room)
}

/// What a form has under a name.
fn form(room: &Room) -> Vec<(String, String)> {
    let text = String::from_utf8(sent(room).body).unwrap();
    text.split('&').filter_map(|pair| pair.split_once('=')).map(|(key, value)| (key.to_owned(), value.to_owned())).collect()
}

mod gitlab {
    use super::*;

    fn room(more: &Value) -> Room {
        let mut app = json!({ "provider": "gitlab", "project": "acme/web", "environments": ["staging"], "default": "staging" });
        app.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        room_with(&json!({ "web": app }))
    }

    /// <https://docs.gitlab.com/api/commits/>, get a single commit.
    fn commit(sha: &str) -> Value {
        json!({ "id": sha, "short_id": &sha[..11], "web_url": format!("https://gitlab.com/acme/web/-/commit/{sha}") })
    }

    /// <https://docs.gitlab.com/api/pipelines/>, create a new pipeline.
    fn pipeline(id: u64, sha: &str, status: &str) -> Value {
        json!({
            "id": id, "iid": 3, "project_id": 1, "sha": sha, "ref": "main", "status": status, "source": "api",
            "web_url": format!("https://gitlab.com/acme/web/-/pipelines/{id}"),
            "created_at": "2026-01-05T10:00:01.000Z", "updated_at": "2026-01-05T10:00:02.000Z", "started_at": null, "finished_at": null,
        })
    }

    /// <https://docs.gitlab.com/user/project/integrations/webhook_events/>, pipeline events.
    fn hook(room: &mut Room, id: u64, status: &str, finished: Option<&str>, variables: &Value) {
        let body = json!({
            "object_kind": "pipeline",
            "object_attributes": {
                "id": id, "ref": "main", "sha": MAIN, "status": status, "detailed_status": status, "variables": variables,
                "created_at": "2026-01-05 10:00:01 UTC", "finished_at": finished, "url":
                    format!("https://gitlab.com/acme/web/-/pipelines/{id}"),
            },
            "project": { "id": 1, "path_with_namespace": "acme/web" },
        });
        room.webhook("gitlab", &[("X-Gitlab-Event", "Pipeline Hook")], body.to_string());
    }

    fn begun() -> Room {
        let mut room = room(&json!({}));
        says(&mut room, "ann", "deploy web size=2");
        assert_eq!(sent(&room).url, "https://gitlab.com/api/v4/projects/acme%2Fweb/repository/commits/main");
        answer(&mut room, 200, &commit(MAIN));
        room
    }

    /// The variables of the order.
    fn variables(room: &Room) -> Value {
        body(&sent(room))["variables"].clone()
    }

    #[test]
    fn a_pipeline_with_variables_is_a_deploy() {
        let mut room = begun();
        assert_eq!(
            (sent(&room).method.as_str(), sent(&room).url.as_str()),
            ("POST", "https://gitlab.com/api/v4/projects/acme%2Fweb/pipeline")
        );
        let (order, variables) = (body(&sent(&room)), variables(&room));
        assert_eq!(order["ref"], "main");
        for variable in
            [("DEPLOY_ENVIRONMENT", "staging"), ("DEPLOY_SHA", MAIN), ("DEPLOY_TASK", "deploy"), ("DEPLOY_BY", "ann"), ("size", "2")]
        {
            let wanted = json!({ "key": variable.0, "value": variable.1 });
            assert!(variables.as_array().unwrap().contains(&wanted), "{wanted} in {variables}");
        }
        answer(&mut room, 201, &pipeline(31, MAIN, "created"));
        assert!(heard(&mut room).contains("GitLab has it, and has not begun yet. [Look](https://gitlab.com/acme/web/-/pipelines/31)"));
        hook(&mut room, 31, "running", None, &json!([]));
        hook(&mut room, 31, "pending", None, &json!([]));
        assert!(heard(&mut room).contains("Running."));
        hook(&mut room, 31, "success", Some("2026-01-05 10:03:00 UTC"), &json!([]));
        hook(&mut room, 31, "running", None, &json!([]));
        assert_eq!(heard(&mut room).matches("@ann: `6dcb09b` (main) of *web* is on *staging*").count(), 1);
    }

    #[test]
    fn a_lock_ends_when_its_branch_is_merged() {
        let mut room = room(&json!({ "sticky": true, "unlock-on-merge": true }));
        says(&mut room, "ann", "deploy web@fix");
        answer(&mut room, 200, &commit(MAIN));
        answer(&mut room, 201, &pipeline(31, MAIN, "created"));
        hook(&mut room, 31, "success", Some("2026-01-05 10:03:00 UTC"), &json!([]));
        heard(&mut room);
        let attributes = json!({ "action": "merge", "state": "merged", "source_branch": "fix", "target_branch": "main" });
        let body =
            json!({ "object_kind": "merge_request", "object_attributes": attributes, "project": { "path_with_namespace": "acme/web" } });
        room.webhook("gitlab", &[("X-Gitlab-Event", "Merge Request Hook")], body.to_string());
        assert_eq!(heard(&mut room), "bot@ann> `fix` is merged, so your lock is open: *staging* of *web*.");
    }

    #[test]
    fn it_hears_of_a_pipeline_by_its_variables_before_the_answer() {
        let mut room = begun();
        let (start, variables) = (sent(&room).tag, variables(&room));
        hook(&mut room, 31, "running", None, &variables);
        assert!(heard(&mut room).contains("Running."));
        room.responds(&start, 201, pipeline(31, MAIN, "running").to_string());
        hook(&mut room, 31, "failed", Some("2026-01-05 10:03:00 UTC"), &variables);
        assert!(heard(&mut room).contains("@ann: deploy 1 of *web* to *staging* failed."));
    }

    #[test]
    fn another_commit_than_was_checked_is_not_deployed() {
        let mut room = begun();
        answer(&mut room, 201, &pipeline(31, OTHER, "created"));
        assert_eq!(sent(&room).url, "https://gitlab.com/api/v4/projects/acme%2Fweb/pipelines/31/cancel");
        let said = heard(&mut room);
        assert!(said.contains("failed. It took 7629413 instead of 6dcb09b (main), because main moved meanwhile."), "{said}");
    }

    #[test]
    fn a_commit_is_deployed_by_the_pipeline_of_the_default_ref() {
        let mut room = room(&json!({}));
        says(&mut room, "ann", &format!("deploy web@{OTHER}"));
        answer(&mut room, 200, &commit(OTHER));
        assert_eq!(body(&sent(&room))["ref"], "main");
        answer(&mut room, 201, &pipeline(31, MAIN, "created"));
        assert!(heard(&mut room).contains("GitLab has it"), "which commit it deploys is in `DEPLOY_SHA`");
    }

    #[test]
    fn a_pipeline_of_which_nobody_knows_is_looked_for_by_its_variables() {
        let mut room = begun();
        let variables = variables(&room);
        let tag = sent(&room).tag;
        room.fails(&tag, HttpFailure::Timeout);
        let pipelines =
            format!("https://gitlab.com/api/v4/projects/acme%2Fweb/pipelines?sha={MAIN}&source=api&order_by=id&sort=desc&per_page=5");
        assert_eq!(sent(&room).url, pipelines);
        answer(&mut room, 200, &json!([pipeline(32, MAIN, "running"), pipeline(31, MAIN, "running")]));
        assert!(sent(&room).url.ends_with("/pipelines/32/variables"));
        answer(&mut room, 200, &json!([{ "key": "HATSTAND_DEPLOY", "value": "9-else" }]));
        assert!(sent(&room).url.ends_with("/pipelines/31/variables"));
        answer(&mut room, 200, &variables);
        assert!(heard(&mut room).contains("GitLab has it"));
        hook(&mut room, 31, "success", Some("2026-01-05 10:03:00 UTC"), &json!([]));
        assert!(heard(&mut room).contains("is on *staging*"));
        assert_eq!(room.requests().iter().filter(|request| request.method == "POST").count(), 1);
    }

    #[test]
    fn it_confirms_that_it_stops() {
        let mut room = begun();
        answer(&mut room, 201, &pipeline(31, MAIN, "running"));
        assert!(says(&mut room, "ann", "deploy cancel 1").contains("GitLab is asked to stop deploy 1 of *web* to *staging*."));
        answer(&mut room, 200, &pipeline(31, MAIN, "canceling"));
        assert!(heard(&mut room).contains("GitLab confirms that it stops"));
        assert!(sent(&room).url.ends_with("/pipelines/31"), "and is asked what came of it");
        let mut canceled = pipeline(31, MAIN, "canceled");
        canceled["finished_at"] = "2026-01-05T10:01:00.000Z".into();
        answer(&mut room, 200, &canceled);
        let said = heard(&mut room);
        assert!(said.contains("@ann: deploy 1 of *web* to *staging* was cancelled by ann."), "{said}");
    }

    #[test]
    fn what_ci_says_and_what_a_branch_lacks() {
        let mut room = room(&json!({ "contexts": ["test"], "behind": "refuse" }));
        says(&mut room, "ann", "deploy web@fix");
        answer(&mut room, 200, &commit(OTHER));
        assert!(sent(&room).url.ends_with(&format!("/repository/commits/{OTHER}/statuses?per_page=100")));
        answer(&mut room, 200, &json!([{ "name": "test", "status": "success" }, { "name": "lint", "status": "failed" }]));
        assert!(sent(&room).url.ends_with(&format!("/repository/compare?from={OTHER}&to=main")));
        answer(&mut room, 200, &json!({ "commits": [{ "id": MAIN }], "compare_same_ref": false }));
        let link = format!("[What it lacks](https://gitlab.com/acme/web/-/compare/{OTHER}...main)");
        assert!(heard(&mut room).contains(&format!("`7629413` (fix) lacks 1 commit of `main`: bring it up to date first. {link}")));
    }
}

mod jenkins {
    use super::*;
    use hatstand_plugin::HttpAnswer;

    fn room(more: &Value) -> Room {
        let mut app = json!({ "provider": "jenkins", "url": "https://ci.example/", "job": "acme/web deploy", "environments":
            ["staging"], "default": "staging" });
        app.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        room_with(&json!({ "web": app }))
    }

    fn accept(room: &mut Room, item: u64) {
        let tag = sent(room).tag;
        let headers = vec![("location".to_owned(), format!("https://ci.example/queue/item/{item}/"))];
        room.responds_with(&tag, HttpAnswer { status: 201, headers, body: Vec::new() });
    }

    #[test]
    fn a_job_goes_from_the_queue_to_a_build() {
        let mut room = room(&json!({}));
        let said = says(&mut room, "ann", "deploy web@fix size=2");
        assert!(said.contains("Deploy 1: `fix` of *web* to *staging*, by ann."), "{said}");
        assert_eq!(sent(&room).url, "https://ci.example/job/acme/job/web%20deploy/buildWithParameters");
        let form = form(&room);
        for (key, value) in [("ENVIRONMENT", "staging"), ("REF", "fix"), ("TASK", "deploy"), ("DEPLOYED_BY", "ann"), ("size", "2")] {
            assert!(form.contains(&(key.to_owned(), value.to_owned())), "{key} in {form:?}");
        }
        accept(&mut room, 7);
        assert!(heard(&mut room).contains("Jenkins has it, and has not begun yet."));
        room.wait("15 seconds");
        assert_eq!(sent(&room).url, "https://ci.example/queue/item/7/api/json");
        answer(&mut room, 200, &json!({ "id": 7, "why": "In the quiet period. Expires in 2 sec", "cancelled": false }));
        room.wait("15 seconds");
        let build = json!({ "number": 42, "url": "https://ci.example/job/acme/job/web%20deploy/42/" });
        answer(&mut room, 200, &json!({ "id": 7, "why": null, "cancelled": false, "executable": build }));
        assert!(heard(&mut room).contains("Running. [Look](https://ci.example/job/acme/job/web%20deploy/42/)"));
        room.wait("15 seconds");
        assert_eq!(sent(&room).url, "https://ci.example/job/acme/job/web%20deploy/42/api/json");
        answer(&mut room, 200, &json!({ "building": true, "result": null, "number": 42 }));
        assert_eq!(heard(&mut room), "");
        room.wait("15 seconds");
        answer(&mut room, 200, &json!({ "building": false, "result": "SUCCESS", "number": 42 }));
        assert!(heard(&mut room).contains("@ann: `fix` of *web* is on *staging* (deploy 1)."));
    }

    #[test]
    fn a_crumb_comes_along() {
        let mut room = room(&json!({ "crumb": true }));
        says(&mut room, "ann", "deploy web");
        assert_eq!(sent(&room).url, "https://ci.example/crumbIssuer/api/json");
        let tag = sent(&room).tag;
        let body = json!({ "crumbRequestField": "Jenkins-Crumb", "crumb": "f4a4" }).to_string().into_bytes();
        room.responds(&tag, 200, body);
        assert!(sent(&room).headers.contains(&("Jenkins-Crumb".to_owned(), "f4a4".to_owned())));
    }

    #[test]
    fn a_deploy_that_waits_for_a_lost_crumb_ends_when_it_is_cancelled_and_at_its_limit() {
        let mut room = room(&json!({ "crumb": true, "limit": "10 minutes" }));
        says(&mut room, "ann", "deploy web");
        let crumb = sent(&room).tag;
        assert!(says(&mut room, "ann", "deploy cancel 1").contains("deploy 1 of *web* to *staging* was cancelled by ann."));
        let requests = room.requests().len();
        room.responds(&crumb, 404, "{}");
        assert_eq!(room.requests().len(), requests, "an answer that comes after the end begins nothing");
        says(&mut room, "ann", "deploy web");
        room.wait("10 minutes");
        assert!(heard(&mut room).contains("Jenkins did not answer, so it has not begun."));
    }

    #[test]
    fn a_jenkins_without_crumbs_is_served_without() {
        let mut room = room(&json!({ "crumb": true }));
        says(&mut room, "ann", "deploy web");
        answer(&mut room, 404, &json!({}));
        assert!(sent(&room).url.ends_with("/buildWithParameters"));
    }

    /// <https://plugins.jenkins.io/notification/>
    #[test]
    fn the_notification_plugin_is_faster_than_asking() {
        let mut room = room(&json!({}));
        says(&mut room, "ann", "deploy web");
        let key = form(&room).into_iter().find(|(key, _)| key == "HATSTAND_DEPLOY").unwrap().1;
        accept(&mut room, 7);
        let told = |phase: &str, status: &str| {
            json!({
                "name": "web", "url": "job/web/",
                "build": {
                    "full_url": "https://ci.example/job/web/42/", "number": 42, "queue_id": 7, "phase": phase, "status": status,
                    "url": "job/web/42/", "parameters": { "HATSTAND_DEPLOY": key },
                },
            })
        };
        room.webhook("jenkins", &[], told("STARTED", "SUCCESS").to_string());
        assert!(heard(&mut room).contains("Running."), "the status is that of the build before");
        room.webhook("jenkins", &[], told("COMPLETED", "FAILURE").to_string());
        room.webhook("jenkins", &[], told("FINALIZED", "FAILURE").to_string());
        room.webhook("jenkins", &[], told("STARTED", "SUCCESS").to_string());
        assert_eq!(heard(&mut room).matches("@ann: deploy 1 of *web* to *staging* failed.").count(), 1);
        let mut foreign = told("COMPLETED", "SUCCESS");
        foreign["build"]["parameters"] = json!({});
        room.webhook("jenkins", &[], foreign.to_string());
        assert_eq!(heard(&mut room), "", "a build of somebody else");
    }

    #[test]
    fn the_same_number_in_another_job_is_another_build() {
        let mut room = room(&json!({}));
        says(&mut room, "ann", "deploy web");
        accept(&mut room, 7);
        room.wait("15 seconds");
        answer(&mut room, 200, &json!({ "id": 7, "cancelled": false, "executable": { "number": 42 } }));
        heard(&mut room);
        let build = json!({ "number": 42, "phase": "COMPLETED", "status": "FAILURE", "full_url": "https://ci.example/job/api/42/" });
        room.webhook("jenkins", &[], json!({ "name": "api", "build": build }).to_string());
        assert_eq!(heard(&mut room), "");
    }

    #[test]
    fn a_build_of_which_nobody_knows_is_looked_for() {
        let mut room = room(&json!({}));
        says(&mut room, "ann", "deploy web");
        let key = form(&room).into_iter().find(|(key, _)| key == "HATSTAND_DEPLOY").unwrap().1;
        let tag = sent(&room).tag;
        room.fails(&tag, HttpFailure::Connection("reset; whether it arrived is not known".to_owned()));
        assert!(sent(&room).url.starts_with("https://ci.example/job/acme/job/web%20deploy/api/json?tree=builds"));
        let build = |number: u64, key: &str| {
            json!({ "number": number, "actions": [{}, { "parameters": [{ "name":
            "HATSTAND_DEPLOY", "value": key }] }] })
        };
        answer(&mut room, 200, &json!({ "builds": [build(43, "1-else")] }));
        assert!(sent(&room).url.starts_with("https://ci.example/queue/api/json?tree=items"), "it may wait in the queue");
        answer(&mut room, 200, &json!({ "items": [] }));
        room.wait("1 minute");
        answer(&mut room, 200, &json!({ "builds": [build(44, "1-else"), build(43, &key)] }));
        assert!(heard(&mut room).contains("Jenkins has it"));
        room.wait("15 seconds");
        assert!(sent(&room).url.ends_with("/43/api/json"));
    }

    #[test]
    fn a_build_of_which_nobody_knows_is_found_in_the_queue() {
        let mut room = room(&json!({}));
        says(&mut room, "ann", "deploy web");
        let key = form(&room).into_iter().find(|(key, _)| key == "HATSTAND_DEPLOY").unwrap().1;
        let tag = sent(&room).tag;
        room.fails(&tag, HttpFailure::Timeout);
        answer(&mut room, 200, &json!({ "builds": [] }));
        let item = json!({ "id": 7, "actions": [{ "parameters": [{ "name": "HATSTAND_DEPLOY", "value": key }] }] });
        answer(&mut room, 200, &json!({ "items": [{ "id": 6, "actions": [] }, item] }));
        assert!(heard(&mut room).contains("Jenkins has it"));
        room.wait("15 seconds");
        assert!(sent(&room).url.ends_with("/queue/item/7/api/json"));
    }

    #[test]
    fn it_is_stopped_in_the_queue_and_while_it_builds() {
        let mut room = room(&json!({}));
        says(&mut room, "ann", "deploy web");
        accept(&mut room, 7);
        says(&mut room, "ann", "deploy cancel 1");
        assert_eq!((sent(&room).method.as_str(), sent(&room).url.as_str()), ("POST", "https://ci.example/queue/cancelItem?id=7"));
        answer(&mut room, 200, &json!({}));
        answer(&mut room, 200, &json!({ "id": 7, "cancelled": true }));
        assert!(heard(&mut room).contains("was cancelled by ann"));
    }

    #[test]
    fn its_commits_are_known_by_a_source() {
        let source = json!({ "source": { "provider": "github", "repository": "acme/web" } });
        let mut room = room(&source);
        says(&mut room, "ann", "deploy web");
        assert_eq!(sent(&room).url, "https://api.github.com/repos/acme/web/commits/main");
        answer(&mut room, 200, &json!({ "sha": MAIN }));
        assert!(form(&room).contains(&("SHA".to_owned(), MAIN.to_owned())));
    }
}

mod generic {
    use super::*;

    fn room() -> Room {
        room_with(&json!({
            "web": { "provider": "generic", "url": "https://deploy.example/jobs", "environments": ["staging"], "default": "staging" },
        }))
    }

    fn hook(room: &mut Room, key: &str, state: &str, at: &str) {
        let body = json!({ "id": 3, "key": key, "state": state, "description": "", "updated_at": at, "url": "https://deploy.example/3" });
        room.webhook("generic", &[], body.to_string());
    }

    #[test]
    fn it_takes_a_deploy_and_tells_what_became_of_it() {
        let mut room = room();
        says(&mut room, "ann", "deploy web@fix size=2 because it is time");
        let order = sent(&room);
        let key = order.idempotency_key.clone().expect("it is done once");
        assert_eq!((order.method.as_str(), order.url.as_str()), ("POST", "https://deploy.example/jobs"));
        let wanted = json!({
            "deploy": 1, "app": "web", "environment": "staging", "hosts": [], "ref": "fix", "sha": null, "task": null,
            "parameters": { "size": "2" }, "reason": "it is time", "by": "ann",
        });
        assert_eq!(body(&order), wanted);
        answer(&mut room, 201, &json!({ "id": 3, "state": "accepted" }));
        assert!(heard(&mut room).contains("deploy.example has it"));
        hook(&mut room, &key, "running", "2026-01-05T10:00:10Z");
        hook(&mut room, &key, "accepted", "2026-01-05T10:00:10Z");
        assert!(heard(&mut room).contains("Running. [Look](https://deploy.example/3)"));
        hook(&mut room, &key, "success", "2026-01-05T10:00:20Z");
        assert!(heard(&mut room).contains("@ann: `fix` of *web* is on *staging*"));
    }

    #[test]
    fn the_same_key_is_simply_sent_again() {
        let mut room = room();
        says(&mut room, "ann", "deploy web");
        let order = sent(&room);
        room.fails(&order.tag, HttpFailure::Timeout);
        let again = sent(&room);
        assert_eq!((again.idempotency_key, again.body), (order.idempotency_key, order.body));
        answer(&mut room, 201, &json!({ "id": 3, "state": "accepted" }));
        assert!(heard(&mut room).contains("deploy.example has it"));
    }

    #[test]
    fn it_is_asked_and_cancelled_by_its_number() {
        let mut room = room();
        says(&mut room, "ann", "deploy web");
        answer(&mut room, 201, &json!({ "id": 3, "state": "accepted" }));
        room.wait("5 minutes");
        assert_eq!((sent(&room).method.as_str(), sent(&room).url.as_str()), ("GET", "https://deploy.example/jobs/3"));
        says(&mut room, "ann", "deploy cancel 1");
        assert_eq!((sent(&room).method.as_str(), sent(&room).url.as_str()), ("DELETE", "https://deploy.example/jobs/3"));
        answer(&mut room, 200, &json!({ "id": 3, "state": "cancelled" }));
        answer(&mut room, 200, &json!({ "id": 3, "state": "cancelled", "updated_at": "2026-01-05T10:05:00Z" }));
        assert!(heard(&mut room).contains("was cancelled by ann"));
    }

    #[test]
    fn without_a_source_a_ref_is_taken_as_it_is() {
        let mut room = room();
        let said = says(&mut room, "ann", "deploy web@anything");
        assert!(said.contains("Deploy 1: `anything` of *web* to *staging*"), "{said}");
        assert_eq!(room.requests().len(), 1);
    }
}
