//! A room with something to deploy, and providers that answer as their documentation says.

use crate::Deploy;
use hatstand_plugin::testing::{Request, Room};
use serde_json::{Value, json};

/// The commit that `main` is, unless a test says otherwise.
pub const MAIN: &str = "6dcb09b5b57875f334f61aebed695e2e4193db5e";
/// Another one.
pub const OTHER: &str = "762941318ee16e59dabbacb1b4049eec22f0d303";

/// An app at GitHub with two environments, as far as the test does not say otherwise.
pub fn web(more: &Value) -> Value {
    let mut app = json!({
        "provider": "github",
        "repository": "acme/web",
        "default": "staging",
        "environments": ["staging", { "name": "production", "aliases": ["prod"], "hosts": ["web1", "web2"] }],
    });
    merge(&mut app, more);
    app
}

/// A room in which that can be deployed.
pub fn room(more: &Value) -> Room {
    room_with(&json!({ "web": web(more) }))
}

/// A room in which the operator's rules let everybody do everything.
pub fn room_with(apps: &Value) -> Room {
    let mut room = room_without_rules(apps);
    ["deploy", "force", "task", "approve", "steal", "freeze", "thaw"].into_iter().for_each(|action| room.allow(action));
    room
}

/// A room whose operator has named nobody yet.
pub fn room_without_rules(apps: &Value) -> Room {
    let mut room = Room::with::<Deploy>();
    room.set("apps", &apps.to_string());
    room
}

fn merge(into: &mut Value, from: &Value) {
    let (Some(into), Some(from)) = (into.as_object_mut(), from.as_object()) else { return };
    into.extend(from.clone());
}

/// What the bot said since the last look, as one text.
pub fn heard(room: &mut Room) -> String {
    room.heard().join("\n")
}

/// The request that was sent last.
pub fn sent(room: &Room) -> Request {
    room.requests().last().expect("a request was sent").clone()
}

/// What was sent with it.
pub fn body(request: &Request) -> Value {
    serde_json::from_slice(&request.body).expect("it is JSON")
}

/// The request that was sent last is answered.
pub fn answer(room: &mut Room, status: u16, body: &Value) {
    let tag = sent(room).tag;
    room.responds(&tag, status, body.to_string());
}

/// A commit, as GitHub tells it: <https://docs.github.com/en/rest/commits/commits>, get a commit.
pub fn commit(sha: &str) -> Value {
    json!({ "sha": sha, "html_url": format!("https://github.com/acme/web/commit/{sha}"), "commit": { "message": "Fix all the bugs" } })
}

/// A deployment: <https://docs.github.com/en/rest/deployments/deployments>, create a deployment.
pub fn deployment(id: u64, sha: &str) -> Value {
    json!({
        "url": format!("https://api.github.com/repos/acme/web/deployments/{id}"),
        "id": id,
        "sha": sha,
        "ref": sha,
        "task": "deploy",
        "payload": {},
        "environment": "staging",
        "statuses_url": format!("https://api.github.com/repos/acme/web/deployments/{id}/statuses"),
    })
}

/// A webhook `deployment_status`: <https://docs.github.com/en/webhooks/webhook-events-and-payloads#deployment_status>.
pub fn status(deployment: u64, id: u64, state: &str, at: &str) -> Value {
    json!({
        "action": "created",
        "deployment_status": {
            "id": id,
            "state": state,
            "description": "",
            "target_url": format!("https://ci.example/{deployment}"),
            "created_at": at,
            "updated_at": at,
        },
        "deployment": { "id": deployment, "sha": MAIN, "environment": "staging", "payload": {} },
        "repository": { "full_name": "acme/web" },
    })
}

pub fn hook(room: &mut Room, body: &Value) {
    room.webhook("github", &[("X-GitHub-Event", "deployment_status")], body.to_string());
}

/// Somebody deploys, and the provider has it: up to the moment at which statuses come.
pub fn begin(room: &mut Room, who: &str, line: &str, id: u64) {
    room.says(who, line);
    answer(room, 200, &commit(MAIN));
    assert!(sent(room).url.ends_with("/deployments"), "it is not begun: {:?}", room.heard());
    answer(room, 201, &deployment(id, MAIN));
}

/// And the provider is done with it.
pub fn deploy(room: &mut Room, who: &str, line: &str, id: u64) {
    begin(room, who, line, id);
    hook(room, &status(id, id * 10, "success", "2026-01-05T10:00:30Z"));
}
