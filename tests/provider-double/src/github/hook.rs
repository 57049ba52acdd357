//! GitHub's webhooks ("Webhook events and payloads").

use serde_json::{Value, json};

use super::{
    GitHub, LOGIN,
    check::Check,
    deployment::{Deployment, Status},
    shape::{self, time, with},
};
use crate::{
    delivery::{Sending, uuid},
    git::{Commit, Repository},
    signature::Signature,
};

impl GitHub {
    /// An event with the headers that GitHub sends; `X-GitHub-Delivery` is new for each, and the same when it is sent again.
    pub(super) fn event(&mut self, about: impl Into<String>, event: &str, repository: &Repository, payload: Value) -> Sending {
        let delivery = uuid(&format!("github delivery {}", self.next()));
        let body = with(payload, json!({ "repository": shape::repository(repository), "sender": shape::user(LOGIN) }));
        Sending::new(about, delivery.clone(), Signature::GitHub, &body)
            .with("Accept", "*/*")
            .with("Content-Type", "application/json")
            .with("User-Agent", "GitHub-Hookshot/0a1b2c3")
            .with("X-GitHub-Delivery", delivery)
            .with("X-GitHub-Event", event)
            .with("X-GitHub-Hook-ID", "1")
            .with("X-GitHub-Hook-Installation-Target-ID", repository.id.to_string())
            .with("X-GitHub-Hook-Installation-Target-Type", "repository")
    }
}

impl GitHub {
    /// A deployment's status; of one that is inactive nobody is told ("Webhook events and payloads", `deployment_status`).
    pub(super) fn status_event(&mut self, id: u64, status: &Status) -> Option<Sending> {
        let (repository, deployment) = self.deployment(id)?;
        let (repository, payload) = (repository.clone(), deployment_status(repository, deployment, status));
        let about = format!("deployment status {} of {id}", status.state);
        (status.state != "inactive").then(|| self.event(about, "deployment_status", &repository, payload))
    }
}

pub(super) fn ping() -> Value {
    let config = json!({ "content_type": "json", "insecure_ssl": "0" });
    let hook = json!({ "type": "Repository", "id": 1, "name": "web", "active": true, "events": ["*"], "config": config });
    json!({ "zen": "Keep it logically awesome.", "hook_id": 1, "hook": hook })
}

pub(super) fn deployment(repository: &Repository, deployment: &Deployment) -> Value {
    json!({ "action": "created", "deployment": shape::deployment(repository, deployment), "workflow": null, "workflow_run": null })
}

fn deployment_status(repository: &Repository, deployment: &Deployment, status: &Status) -> Value {
    json!({
        "action": "created", "deployment_status": shape::status(repository, deployment, status),
        "deployment": shape::deployment(repository, deployment), "check_run": null, "workflow": null, "workflow_run": null,
    })
}

/// A commit status. Its name is the repository's, its `context` is what it is about.
pub(super) fn status(repository: &Repository, commit: &Commit, check: &Check) -> Value {
    let branches = repository.branches.iter().filter(|(_, sha)| **sha == commit.sha);
    json!({
        "id": check.id, "sha": check.sha, "name": repository.path, "target_url": check.link(), "avatar_url": null,
        "context": check.name, "description": check.description, "state": check.state, "commit": shape::commit(repository, commit),
        "branches": branches.map(|(name, sha)| shape::branch(repository, name, sha)).collect::<Vec<_>>(),
        "created_at": time(check.at), "updated_at": time(check.at),
    })
}

pub(super) fn check_suite(repository: &Repository, commit: &Commit, check: &Check) -> Value {
    let branch = branch_of(repository, commit);
    json!({
        "action": "completed",
        "check_suite": {
            "id": check.id, "head_branch": branch, "head_sha": commit.sha, "status": check.status(),
            "conclusion": check.conclusion(), "url": format!("{}/check-suites/{}", shape::api(repository), check.id),
            "before": commit.parents.first(), "after": commit.sha, "pull_requests": [],
            "app": { "id": 15368, "slug": "github-actions", "name": "GitHub Actions" }, "created_at": time(commit.at),
            "updated_at": time(check.at), "latest_check_runs_count": 1, "head_commit": shape::pushed(repository, commit),
        },
    })
}

pub(super) fn workflow_run(repository: &Repository, commit: &Commit, check: &Check) -> Value {
    let action = match check.status() {
        "queued" => "requested",
        status => status,
    };
    let (api, site) = (shape::api(repository), shape::site(repository));
    let path = format!(".github/workflows/{}.yml", check.name);
    json!({
        "action": action,
        "workflow": { "id": 1, "name": check.name, "path": path, "state": "active", "url": format!("{api}/actions/workflows/1") },
        "workflow_run": {
            "id": check.id, "name": check.name, "head_branch": branch_of(repository, commit), "head_sha": commit.sha, "path": path,
            "display_title": commit.message, "run_number": 1, "run_attempt": 1, "event": "push", "status": check.status(),
            "conclusion": check.conclusion(), "workflow_id": 1, "check_suite_id": check.id, "pull_requests": [],
            "url": format!("{api}/actions/runs/{}", check.id), "html_url": format!("{site}/actions/runs/{}", check.id),
            "created_at": time(commit.at), "updated_at": time(check.at), "run_started_at": time(commit.at),
            "actor": shape::user("ada"), "triggering_actor": shape::user("ada"),
            "head_commit": shape::pushed(repository, commit), "repository": shape::repository(repository),
        },
    })
}

pub(super) fn push(repository: &Repository, branch: &str, before: Option<&str>, commit: &Commit) -> Value {
    let none = "0".repeat(40);
    let older = before.unwrap_or(&none);
    let comparison = before.and_then(|sha| repository.commit(sha)).map(|base| repository.compare(base, commit));
    let commits = comparison.as_ref().map_or_else(|| vec![commit], |comparison| comparison.ahead.clone());
    json!({
        "ref": format!("refs/heads/{branch}"), "before": older, "after": commit.sha, "created": before.is_none(), "deleted": false,
        "forced": comparison.is_some_and(|comparison| !comparison.behind.is_empty()), "base_ref": null,
        "compare": format!("{}/compare/{}...{}", shape::site(repository), &older[..12], &commit.sha[..12]),
        "commits": commits.into_iter().map(|commit| shape::pushed(repository, commit)).collect::<Vec<_>>(),
        "head_commit": shape::pushed(repository, commit), "pusher": { "name": "ada", "email": "ada@example.com" },
    })
}

fn branch_of<'a>(repository: &'a Repository, commit: &Commit) -> Option<&'a str> {
    repository.branches.iter().find(|(_, sha)| **sha == commit.sha).map(|(name, _)| name.as_str())
}
