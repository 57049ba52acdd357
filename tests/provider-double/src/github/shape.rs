//! GitHub's JSON: the fields that the documentation's examples have, in its words.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::{
    API, LOGIN, SITE,
    check::Check,
    deployment::{Deployment, Status},
};
use crate::git::{Commit, Repository};

/// An object with the fields of another.
pub(super) fn with(object: Value, more: Value) -> Value {
    match (object, more) {
        (Value::Object(mut object), Value::Object(more)) => {
            object.extend(more);
            Value::Object(object)
        }
        (object, _) => object,
    }
}

/// Times are whole seconds.
pub(super) fn time(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// An opaque id, as `node_id` is.
fn node(kind: &str, id: u64) -> String {
    format!("{kind}_kwDO{id:012}")
}

pub(super) fn user(login: &str) -> Value {
    json!({
        "login": login, "id": 1, "node_id": node("U", 1), "avatar_url": format!("{SITE}/images/{login}.png"), "gravatar_id": "",
        "url": format!("{API}/users/{login}"), "html_url": format!("{SITE}/{login}"), "type": "User", "site_admin": false,
    })
}

pub(super) fn api(repository: &Repository) -> String {
    format!("{API}/repos/{}", repository.path)
}

pub(super) fn site(repository: &Repository) -> String {
    format!("{SITE}/{}", repository.path)
}

pub(super) fn repository(repository: &Repository) -> Value {
    let (api, site) = (api(repository), site(repository));
    json!({
        "id": repository.id, "node_id": node("R", repository.id), "name": repository.name(), "full_name": repository.path,
        "private": true, "owner": user(repository.owner()), "html_url": site, "description": null, "fork": false, "url": api,
        "branches_url": format!("{api}/branches{{/branch}}"), "commits_url": format!("{api}/commits{{/sha}}"),
        "compare_url": format!("{api}/compare/{{base}}...{{head}}"), "deployments_url": format!("{api}/deployments"),
        "statuses_url": format!("{api}/statuses/{{sha}}"), "git_url": format!("git://github.com/{}.git", repository.path),
        "clone_url": format!("{site}.git"), "default_branch": repository.default_branch, "visibility": "private", "archived": false,
        "disabled": false,
    })
}

fn signature(at: Timestamp) -> Value {
    json!({ "name": "Ada Lovelace", "email": "ada@example.com", "date": time(at) })
}

pub(super) fn commit(repository: &Repository, commit: &Commit) -> Value {
    let (api, site, sha) = (api(repository), site(repository), &commit.sha);
    let parents = commit
        .parents
        .iter()
        .map(|parent| json!({ "sha": parent, "url": format!("{api}/commits/{parent}"), "html_url": format!("{site}/commit/{parent}") }));
    json!({
        "sha": sha, "node_id": node("C", repository.id), "url": format!("{api}/commits/{sha}"),
        "html_url": format!("{site}/commit/{sha}"), "comments_url": format!("{api}/commits/{sha}/comments"),
        "commit": {
            "url": format!("{api}/git/commits/{sha}"), "author": signature(commit.at), "committer": signature(commit.at),
            "message": commit.message, "tree": { "sha": sha, "url": format!("{api}/git/trees/{sha}") }, "comment_count": 0,
            "verification": { "verified": false, "reason": "unsigned", "signature": null, "payload": null, "verified_at": null },
        },
        "author": user("ada"), "committer": user("ada"), "parents": parents.collect::<Vec<_>>(),
    })
}

/// A commit as webhooks tell it.
pub(super) fn pushed(repository: &Repository, commit: &Commit) -> Value {
    let person = json!({ "name": "Ada Lovelace", "email": "ada@example.com", "username": "ada" });
    json!({
        "id": commit.sha, "tree_id": commit.sha, "distinct": true, "message": commit.message, "timestamp": time(commit.at),
        "url": format!("{}/commit/{}", site(repository), commit.sha), "author": person, "committer": person, "added": [],
        "removed": [], "modified": ["README.md"],
    })
}

pub(super) fn branch(repository: &Repository, name: &str, sha: &str) -> Value {
    json!({ "name": name, "commit": { "sha": sha, "url": format!("{}/commits/{sha}", api(repository)) }, "protected": false })
}

pub(super) fn deployment(repository: &Repository, deployment: &Deployment) -> Value {
    let (api, id) = (api(repository), deployment.id);
    let payload = deployment.payload.clone().unwrap_or_else(|| Value::Object(Map::new()));
    json!({
        "url": format!("{api}/deployments/{id}"), "id": id, "node_id": node("DE", id), "sha": deployment.sha,
        "ref": deployment.reference, "task": deployment.task, "payload": payload, "original_environment": deployment.environment,
        "environment": deployment.environment, "description": deployment.description, "creator": user(LOGIN),
        "created_at": time(deployment.created), "updated_at": time(deployment.updated()),
        "statuses_url": format!("{api}/deployments/{id}/statuses"), "repository_url": api,
        "transient_environment": deployment.transient, "production_environment": deployment.production,
    })
}

pub(super) fn status(repository: &Repository, deployment: &Deployment, status: &Status) -> Value {
    let (api, id) = (api(repository), deployment.id);
    json!({
        "url": format!("{api}/deployments/{id}/statuses/{}", status.id), "id": status.id, "node_id": node("DES", status.id),
        "state": status.state, "creator": user(LOGIN), "description": status.description, "environment": deployment.environment,
        "target_url": status.log_url, "log_url": status.log_url, "environment_url": status.environment_url,
        "created_at": time(status.at), "updated_at": time(status.at), "deployment_url": format!("{api}/deployments/{id}"),
        "repository_url": api,
    })
}

/// A commit status, as the combined status lists it.
pub(super) fn context(repository: &Repository, check: &Check) -> Value {
    json!({
        "url": format!("{}/statuses/{}", api(repository), check.sha), "id": check.id, "node_id": node("SC", check.id),
        "state": check.state, "description": check.description, "target_url": check.link(), "context": check.name,
        "created_at": time(check.at), "updated_at": time(check.at), "avatar_url": null,
    })
}

/// A check run.
pub(super) fn run(repository: &Repository, check: &Check) -> Value {
    json!({
        "id": check.id, "head_sha": check.sha, "node_id": node("CR", check.id), "external_id": "", "name": check.name,
        "url": format!("{}/check-runs/{}", api(repository), check.id), "html_url": format!("{}/runs/{}", site(repository), check.id),
        "details_url": check.link(), "status": check.status(), "conclusion": check.conclusion(), "started_at": time(check.at),
        "completed_at": check.conclusion().map(|_| time(check.at)),
        "output": { "title": null, "summary": null, "text": null, "annotations_count": 0 }, "check_suite": { "id": check.id },
        "app": { "id": 15368, "slug": "github-actions", "name": "GitHub Actions" }, "pull_requests": [],
    })
}
