//! GitLab's webhooks ("Webhook events").

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{GitLab, SITE, deployment::Deployment, pipeline::Pipeline, shape::site};
use crate::{
    delivery::{Sending, uuid},
    git::{Commit, Repository},
};

impl GitLab {
    /// An event with the headers that GitLab sends: `Idempotency-Key` is the same when it is tried again ("Webhooks", delivery headers).
    pub(super) fn event(&mut self, about: impl Into<String>, event: &str, payload: &Value) -> Sending {
        let number = self.next();
        let key = uuid(&format!("gitlab delivery {number}"));
        Sending::new(about, key.clone(), self.signature(), payload)
            .with("Content-Type", "application/json")
            .with("User-Agent", "GitLab/18.9.1")
            .with("Idempotency-Key", key)
            .with("X-Gitlab-Event", event)
            .with("X-Gitlab-Webhook-UUID", uuid("gitlab webhook"))
            .with("X-Gitlab-Instance", SITE)
            .with("X-Gitlab-Event-UUID", uuid(&format!("gitlab event {number}")))
    }
}

impl GitLab {
    pub(super) fn pipeline_event(&mut self, index: usize) -> Option<Sending> {
        let of = self.pipelines.get(index)?;
        let project = self.by_number(of.project)?;
        let (about, payload) = (format!("pipeline {} {}", of.id, of.status), pipeline(project, project.commit(&of.sha)?, of));
        Some(self.event(about, "Pipeline Hook", &payload))
    }
}

/// Times in most events; a deployment's is written otherwise.
fn time(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string()
}

fn user() -> Value {
    json!({ "id": 1, "name": "Hatstand", "username": "hatstand", "avatar_url": null, "email": "[REDACTED]" })
}

fn project(project: &Repository) -> Value {
    let site = site(project);
    let (ssh, http) = (format!("git@gitlab.outside:{}.git", project.path), format!("{site}.git"));
    json!({
        "id": project.id, "name": project.name(), "description": "", "web_url": site, "avatar_url": null, "git_ssh_url": ssh,
        "git_http_url": http, "namespace": project.owner(), "visibility_level": 0, "path_with_namespace": project.path,
        "default_branch": project.default_branch, "ci_config_path": null,
    })
}

fn commit(of: &Repository, commit: &Commit) -> Value {
    json!({
        "id": commit.sha, "message": commit.message, "title": commit.message.lines().next(),
        "timestamp": commit.at.strftime("%Y-%m-%dT%H:%M:%S+00:00").to_string(),
        "url": format!("{}/-/commit/{}", site(of), commit.sha), "author": { "name": "Ada Lovelace", "email": "ada@example.com" },
    })
}

fn pipeline(of: &Repository, head: &Commit, pipeline: &Pipeline) -> Value {
    let variables: Vec<Value> = pipeline.variables.iter().map(|known| json!({ "key": known.key, "value": known.value })).collect();
    json!({
        "object_kind": "pipeline",
        "object_attributes": {
            "id": pipeline.id, "iid": pipeline.id, "name": null, "ref": pipeline.reference, "tag": pipeline.is_tag,
            "sha": pipeline.sha, "before_sha": "0".repeat(40), "source": "api", "status": pipeline.status,
            "detailed_status": pipeline.status, "stages": ["deploy"], "created_at": time(pipeline.created),
            "finished_at": pipeline.finished.map(time), "duration": pipeline.duration(), "queued_duration": null,
            "variables": variables, "url": format!("{}/-/pipelines/{}", site(of), pipeline.id),
        },
        "merge_request": null, "user": user(), "project": project(of), "commit": commit(of, head),
        "builds": [{
            "id": pipeline.id, "stage": "deploy", "name": "deploy", "status": pipeline.status,
            "created_at": time(pipeline.created), "started_at": pipeline.started.map(time),
            "finished_at": pipeline.finished.map(time), "duration": pipeline.duration(), "queued_duration": null,
            "failure_reason": (pipeline.status == "failed").then_some("script_failure"), "when": "on_success", "manual": false,
            "allow_failure": false, "user": user(), "runner": null, "artifacts_file": { "filename": null, "size": null },
            "environment": null,
        }],
    })
}

pub(super) fn deployment(of: &Repository, head: &Commit, deployment: &Deployment) -> Value {
    json!({
        "object_kind": "deployment", "status": deployment.status,
        "status_changed_at": deployment.updated.strftime("%Y-%m-%d %H:%M:%S +0000").to_string(), "deployment_id": deployment.id,
        "deployable_id": null, "deployable_url": null, "environment": deployment.environment,
        "environment_tier": deployment.environment, "environment_slug": deployment.environment, "environment_external_url": null,
        "project": project(of), "short_sha": &deployment.sha[..8], "user": user(), "user_url": format!("{SITE}/hatstand"),
        "commit_url": format!("{}/-/commit/{}", site(of), deployment.sha), "commit_title": head.message.lines().next(),
    })
}

pub(super) fn push(of: &Repository, branch: &str, before: Option<&str>, head: &Commit) -> Value {
    let none = "0".repeat(40);
    let comparison = before.and_then(|sha| of.commit(sha)).map(|base| of.compare(base, head));
    let commits = comparison.map_or_else(|| vec![head], |comparison| comparison.ahead);
    // "Push events": only the first 20 are listed, and all are counted.
    let listed = commits.iter().take(20).map(|listed| {
        let mut listed = commit(of, listed);
        listed["added"] = json!([]);
        listed["modified"] = json!(["README.md"]);
        listed["removed"] = json!([]);
        listed
    });
    json!({
        "object_kind": "push", "event_name": "push", "before": before.unwrap_or(&none), "after": head.sha,
        "ref": format!("refs/heads/{branch}"), "ref_protected": false, "checkout_sha": head.sha, "user_id": 2,
        "user_name": "Ada Lovelace", "user_username": "ada", "user_email": "", "user_avatar": null, "project_id": of.id,
        "project": project(of), "repository": { "name": of.name(), "homepage": site(of) },
        "commits": listed.collect::<Vec<_>>(), "total_commits_count": commits.len(),
    })
}
