//! GitLab's JSON: the fields that the documentation's examples have.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{SITE, deployment::Deployment, pipeline::Pipeline, repository::CommitStatus};
use crate::git::{Commit, Repository};

/// Times of the API: with thousandths.
pub(super) fn time(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()
}

pub(super) fn user() -> Value {
    json!({
        "id": 1, "username": "hatstand", "name": "Hatstand", "state": "active", "avatar_url": null,
        "web_url": format!("{SITE}/hatstand"),
    })
}

pub(super) fn site(project: &Repository) -> String {
    format!("{SITE}/{}", project.path)
}

pub(super) fn project(project: &Repository) -> Value {
    let site = site(project);
    json!({
        "id": project.id, "description": null, "name": project.name(), "path": project.name(),
        "path_with_namespace": project.path, "default_branch": project.default_branch, "visibility": "private", "web_url": site,
        "http_url_to_repo": format!("{site}.git"), "ssh_url_to_repo": format!("git@gitlab.outside:{}.git", project.path),
    })
}

/// A commit. Its SHA is `id`, and the first line of its message is `title`.
pub(super) fn commit(project: &Repository, commit: &Commit) -> Value {
    let at = time(commit.at);
    json!({
        "id": commit.sha, "short_id": &commit.sha[..8], "created_at": at, "parent_ids": commit.parents,
        "title": commit.message.lines().next(), "message": commit.message, "author_name": "Ada Lovelace",
        "author_email": "ada@example.com", "authored_date": at, "committer_name": "Ada Lovelace",
        "committer_email": "ada@example.com", "committed_date": at, "trailers": {},
        "web_url": format!("{}/-/commit/{}", site(project), commit.sha),
    })
}

pub(super) fn branch(project: &Repository, name: &str) -> Option<Value> {
    let head = project.commit(project.branches.get(name)?)?;
    Some(json!({
        "name": name, "commit": commit(project, head), "merged": false, "protected": false, "developers_can_push": false,
        "developers_can_merge": false, "can_push": true, "default": name == project.default_branch,
        "web_url": format!("{}/-/tree/{name}", site(project)),
    }))
}

pub(super) fn commit_status(project: &Repository, status: &CommitStatus) -> Value {
    let is_over = !["pending", "running"].contains(&status.status);
    json!({
        "id": status.id, "sha": status.sha, "ref": project.default_branch, "status": status.status, "name": status.name,
        "target_url": format!("{}/-/jobs/{}", site(project), status.id), "description": null, "created_at": time(status.at),
        "started_at": time(status.at), "finished_at": is_over.then(|| time(status.at)), "allow_failure": false, "coverage": null,
        "author": user(),
    })
}

/// A pipeline as lists tell it.
pub(super) fn pipeline(project: &Repository, pipeline: &Pipeline) -> Value {
    json!({
        "id": pipeline.id, "iid": pipeline.id, "project_id": project.id, "sha": pipeline.sha, "ref": pipeline.reference,
        "status": pipeline.status, "source": "api", "name": null, "created_at": time(pipeline.created),
        "updated_at": time(pipeline.updated), "web_url": format!("{}/-/pipelines/{}", site(project), pipeline.id),
    })
}

/// A pipeline by itself.
pub(super) fn whole_pipeline(project: &Repository, of: &Pipeline) -> Value {
    let mut whole = pipeline(project, of);
    let more = json!({
        "before_sha": "0".repeat(40), "tag": of.is_tag, "yaml_errors": null, "user": user(), "started_at": of.started.map(time),
        "finished_at": of.finished.map(time), "committed_at": null, "duration": of.duration(), "queued_duration": null,
        "coverage": null,
        "detailed_status": {
            "icon": format!("status_{}", of.status), "text": of.status, "label": of.status, "group": of.status,
            "tooltip": of.status, "has_details": false, "details_path": format!("/{}/-/pipelines/{}", project.path, of.id),
        },
    });
    if let (Value::Object(whole), Value::Object(more)) = (&mut whole, more) {
        whole.extend(more);
    }
    whole
}

pub(super) fn deployment(deployment: &Deployment) -> Value {
    json!({
        "id": deployment.id, "iid": deployment.id, "ref": deployment.reference, "sha": deployment.sha,
        "created_at": time(deployment.created), "updated_at": time(deployment.updated), "status": deployment.status, "user": user(),
        "environment": { "id": 1, "name": deployment.environment, "external_url": null }, "deployable": null,
    })
}
