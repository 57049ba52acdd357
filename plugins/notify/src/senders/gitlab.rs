//! What GitLab sends: <https://docs.gitlab.com/user/project/integrations/webhook_events/>.
//!
//! A message is about a commit on a branch: the push, and as its parts the pipelines and, for those who want them, the jobs. Merge requests,
//! deployments and releases have messages of their own.

use super::{Payload, Reading, branch, commit, commits, ignored};
use crate::news::{News, Source, State, Topic};
use hatstand_plugin::prelude::*;

/// The names of more failed jobs are not told.
const FAILED: usize = 3;

pub fn read(payload: Payload<'_>, received: Instant) -> Reading {
    match payload.need("object_kind")?.as_str() {
        "push" | "tag_push" => push(payload, received),
        "pipeline" => pipeline(payload, received),
        "build" => job(payload, received),
        "merge_request" => merge_request(payload, received),
        "deployment" => deployment(payload, received),
        "release" => release(payload, received),
        other => ignored(format!("the event `{other}`")),
    }
    .map(|news| vec![news])
}

fn news(payload: Payload<'_>, topic: Topic, state: State, at: Instant) -> Reading<News> {
    Ok(News { project: payload.need("project.path_with_namespace")?, ..News::new(Source::Gitlab, topic, state, at) })
}

fn push(payload: Payload<'_>, received: Instant) -> Reading<News> {
    let (reference, after) = (payload.need("ref")?, payload.need("after")?);
    // After the end of a branch or a tag there is nothing, which is written in zeros.
    let gone = after.chars().all(|c| c == '0');
    let pushed = payload.list("commits");
    let head = pushed.iter().find(|commit| commit.text("id").as_ref() == Some(&after)).or(pushed.last());
    let tag = reference.strip_prefix("refs/tags/");
    let name = match (tag, branch(&reference)) {
        (Some(tag), _) => format!("the tag {tag}"),
        (None, Some(branch)) if gone => format!("the branch {branch}"),
        _ => commits(payload.number("total_commits_count").unwrap_or(pushed.len() as u64)),
    };
    let at = head.and_then(|commit| commit.time("timestamp")).unwrap_or(received);
    let branch = branch(&reference);
    Ok(News {
        subject: if gone || tag.is_some() { reference.clone() } else { commit(&after, branch.as_ref()) },
        branch,
        part: "push".to_owned(),
        name,
        title: head.and_then(|commit| commit.first(&["title", "message"])).filter(|_| !gone),
        people: payload.first(&["user_name", "user_username"]).into_iter().collect(),
        link: head.and_then(|commit| commit.text("url")).or_else(|| payload.text("project.web_url")),
        ..news(payload, Topic::Pushes, if gone { State::Removed } else { State::Done }, at)?
    })
}

fn pipeline(payload: Payload<'_>, received: Instant) -> Reading<News> {
    let state = run(&payload.need("object_attributes.status")?)?;
    let (id, sha) = (payload.need_number("object_attributes.id")?, payload.need("object_attributes.sha")?);
    let source = payload.text("object_attributes.source").unwrap_or_default();
    let name = payload.text("object_attributes.name").unwrap_or_else(|| "pipeline".to_owned());
    let page = payload.text("project.web_url").map(|project| format!("{project}/-/pipelines/{id}"));
    let reference = payload.text("object_attributes.ref").filter(|_| !payload.is("object_attributes.tag"));
    let branch = reference.and_then(|reference| branch(&reference));
    Ok(News {
        subject: commit(&sha, branch.as_ref()),
        branch,
        part: format!("pipeline {name} {source}"),
        name: if source.is_empty() || source == "push" { name } else { format!("{name} ({})", source.replace('_', " ")) },
        // A later pipeline has a greater number; one that is tried again keeps its own.
        attempt: id,
        took: payload.seconds("object_attributes.duration").filter(|_| state.is_end()),
        title: payload.first(&["commit.title", "commit.message"]),
        detail: failed_jobs(payload).filter(|_| state == State::Failed),
        people: payload.first(&["commit.author.name", "user.name"]).into_iter().collect(),
        link: payload.text("object_attributes.url").or(page),
        ..news(payload, Topic::Builds, state, last_change(payload).unwrap_or(received))?
    })
}

/// The moment of the last change that a pipeline knows of, of itself or of one of its jobs: it has no time of its own for that.
fn last_change(payload: Payload<'_>) -> Option<Instant> {
    let of_pipeline = payload.last_time(&["object_attributes.created_at", "object_attributes.finished_at"]);
    let jobs = payload.list("builds").into_iter();
    let of_jobs = jobs.filter_map(|job| job.last_time(&["created_at", "started_at", "finished_at"]));
    of_jobs.chain(of_pipeline).max()
}

fn failed_jobs(payload: Payload<'_>) -> Option<String> {
    let jobs = payload.list("builds").into_iter();
    let failed = jobs.filter(|job| job.text("status").as_deref() == Some("failed") && !job.is("allow_failure"));
    let mut names: Vec<String> = failed.filter_map(|job| job.text("name")).collect();
    names.sort();
    if names.len() > FAILED {
        let more = names.split_off(FAILED).len();
        names.push(format!("{more} more"));
    }
    (!names.is_empty()).then(|| names.join(", "))
}

fn job(payload: Payload<'_>, received: Instant) -> Reading<News> {
    let state = run(&payload.need("build_status")?)?;
    let (id, name) = (payload.need_number("build_id")?, payload.need("build_name")?);
    let at = payload.last_time(&["build_created_at", "build_started_at", "build_finished_at"]).unwrap_or(received);
    let page = payload.first(&["project.web_url", "repository.homepage"]).map(|project| format!("{project}/-/jobs/{id}"));
    let branch = payload.text("ref").filter(|_| !payload.is("tag")).and_then(|reference| branch(&reference));
    Ok(News {
        subject: commit(&payload.need("sha")?, branch.as_ref()),
        branch,
        part: format!("job {name}"),
        name,
        // A job that is tried again is a new one, with a greater number.
        attempt: id,
        took: payload.seconds("build_duration").filter(|_| state.is_end()),
        title: payload.text("commit.message"),
        detail: failure(payload).filter(|_| state == State::Failed),
        people: payload.first(&["commit.author_name", "user.name"]).into_iter().collect(),
        link: page,
        project: job_project(payload)?,
        ..News::new(Source::Gitlab, Topic::Tests, state, at)
    })
}

/// Why a job failed, and whether it may.
fn failure(payload: Payload<'_>) -> Option<String> {
    let reason = payload.text("build_failure_reason")?.replace('_', " ");
    Some(if payload.is("build_allow_failure") { format!("{reason}, which is allowed") } else { reason })
}

/// Older versions send the project of a job by its name only, with blanks.
fn job_project(payload: Payload<'_>) -> Reading<String> {
    let path = payload.text("project.path_with_namespace");
    path.map_or_else(|| Ok(payload.need("project_name")?.replace(" / ", "/")), Ok)
}

/// How a pipeline or a job stands: "status" on <https://docs.gitlab.com/api/pipelines/> and <https://docs.gitlab.com/api/jobs/>.
fn run(status: &str) -> Reading<State> {
    Ok(match status {
        "created" | "waiting_for_resource" | "preparing" | "pending" | "scheduled" => State::Waiting,
        "manual" => State::Blocked,
        "running" => State::Running,
        "success" => State::Well,
        "failed" => State::Failed,
        "canceled" | "canceling" => State::Cancelled,
        "skipped" => State::Skipped,
        other => return ignored(format!("a run that is `{other}`")),
    })
}

fn merge_request(payload: Payload<'_>, received: Instant) -> Reading<News> {
    let action = payload.text("object_attributes.action").unwrap_or_default();
    let (state, detail) = match action.as_str() {
        "open" => (State::Open, None),
        "reopen" => (State::Open, Some("opened again")),
        // Only new commits come with the commit before them.
        "update" if payload.text("object_attributes.oldrev").is_some() => (State::Open, Some("changed")),
        "close" => (State::Closed, None),
        "merge" => (State::Merged, None),
        other => return ignored(format!("a merge request with the action `{other}`")),
    };
    let number = payload.need_number("object_attributes.iid")?;
    let at = payload.last_time(&["object_attributes.updated_at", "object_attributes.created_at"]).unwrap_or(received);
    Ok(News {
        branch: payload.text("object_attributes.target_branch"),
        subject: format!("change {number}"),
        part: "change".to_owned(),
        name: format!("merge request {number}"),
        title: payload.text("object_attributes.title"),
        detail: detail.map(str::to_owned),
        people: payload.first(&["user.name", "user.username"]).into_iter().collect(),
        link: payload.text("object_attributes.url"),
        ..news(payload, Topic::Changes, state, at)?
    })
}

fn deployment(payload: Payload<'_>, received: Instant) -> Reading<News> {
    let state = match payload.need("status")?.as_str() {
        "created" => State::Waiting,
        "blocked" => State::Blocked,
        "running" => State::Running,
        "success" => State::Well,
        "failed" => State::Failed,
        "canceled" => State::Cancelled,
        "skipped" => State::Skipped,
        other => return ignored(format!("a deployment that is `{other}`")),
    };
    let environment = payload.need("environment")?;
    let at = payload.time("status_changed_at").unwrap_or(received);
    Ok(News {
        branch: payload.text("ref").and_then(|reference| branch(&reference)),
        subject: format!("deploy {}", payload.need_number("deployment_id")?),
        part: format!("deploy {environment}"),
        name: format!("deploy to {environment}"),
        title: payload.text("commit_title"),
        people: payload.first(&["user.name", "user.username"]).into_iter().collect(),
        link: payload.first(&["deployable_url", "commit_url"]),
        ..news(payload, Topic::Deploys, state, at)?
    })
}

fn release(payload: Payload<'_>, received: Instant) -> Reading<News> {
    let state = match payload.need("action")?.as_str() {
        "create" => State::Done,
        "delete" => State::Removed,
        other => return ignored(format!("a release with the action `{other}`")),
    };
    let tag = payload.need("tag")?;
    let at = payload.last_time(&["released_at", "created_at"]).unwrap_or(received);
    Ok(News {
        subject: format!("release {tag}"),
        part: "release".to_owned(),
        title: payload.text("name").filter(|name| *name != tag),
        name: format!("release {tag}"),
        link: payload.text("url"),
        ..news(payload, Topic::Releases, state, at)?
    })
}
