//! What GitHub sends: <https://docs.github.com/en/webhooks/webhook-events-and-payloads>.
//!
//! A message is about a commit on a branch: the push, and as its parts the workflows, checks and statuses. Pull requests, deployments and releases
//! have messages of their own.

use super::{Payload, Reading, Unread, branch, commit, commits, ignored};
use crate::moment;
use crate::news::{News, Source, State, Topic};
use hatstand_plugin::prelude::*;

/// The slug of the app whose checks are the jobs of workflows.
const ACTIONS: &str = "github-actions";

/// More attempts of one run than there ever are.
const ATTEMPTS: u64 = 1_000;

pub fn read(event: Option<&str>, payload: Payload<'_>, received: Instant) -> Reading {
    let event = event.ok_or_else(|| Unread::Unreadable("the header `X-GitHub-Event` is missing".to_owned()))?;
    match event {
        "ping" => ignored("a ping: the webhook is set up"),
        "push" => push(payload, received),
        "pull_request" => pull_request(payload, received),
        "status" => status(payload, received),
        "check_run" => check_run(payload, received),
        "check_suite" => check_suite(payload, received),
        "workflow_run" => workflow_run(payload, received),
        "deployment" => deployment(payload, received),
        "deployment_status" => deployment_status(payload, received),
        "release" => release(payload, received),
        other => ignored(format!("the event `{other}`")),
    }
    .map(|news| vec![news])
}

fn news(payload: Payload<'_>, topic: Topic, state: State, at: Instant) -> Reading<News> {
    Ok(News { project: payload.need("repository.full_name")?, ..News::new(Source::Github, topic, state, at) })
}

fn push(payload: Payload<'_>, received: Instant) -> Reading<News> {
    let reference = payload.need("ref")?;
    let gone = payload.is("deleted");
    // A number of seconds here, and a text in every other event.
    let pushed = payload.text("repository.pushed_at").and_then(|text| moment::of_seconds(&text).or_else(|| moment::read(&text)));
    let at = pushed.or(payload.time("head_commit.timestamp")).unwrap_or(received);
    let news = news(payload, Topic::Pushes, if gone { State::Removed } else { State::Done }, at)?;
    let tag = reference.strip_prefix("refs/tags/");
    let name = match (tag, branch(&reference)) {
        (Some(tag), _) => format!("the tag {tag}"),
        (None, Some(branch)) if gone => format!("the branch {branch}"),
        _ => commits(payload.list("commits").len() as u64),
    };
    let branch = branch(&reference);
    let subject = if gone || tag.is_some() { reference.clone() } else { commit(&payload.need("after")?, branch.as_ref()) };
    Ok(News {
        branch,
        subject,
        part: "push".to_owned(),
        name,
        title: payload.text("head_commit.message").filter(|_| !gone),
        detail: payload.is("forced").then(|| "forced".to_owned()),
        people: payload.first(&["pusher.name", "sender.login"]).into_iter().collect(),
        link: payload.text("compare"),
        ..news
    })
}

fn pull_request(payload: Payload<'_>, received: Instant) -> Reading<News> {
    let action = payload.need("action")?;
    let merged = payload.is("pull_request.merged");
    let (state, detail) = match action.as_str() {
        "opened" | "ready_for_review" => (State::Open, None),
        "reopened" => (State::Open, Some("opened again")),
        "synchronize" => (State::Open, Some("changed")),
        "closed" if merged => (State::Merged, None),
        "closed" => (State::Closed, None),
        other => return ignored(format!("a pull request that is `{other}`")),
    };
    let by = match state {
        State::Merged => payload.first(&["pull_request.merged_by.login", "sender.login"]),
        _ => payload.first(&["sender.login", "pull_request.user.login"]),
    };
    let number = payload.need_number("pull_request.number")?;
    let at = payload.time("pull_request.updated_at").unwrap_or(received);
    Ok(News {
        branch: payload.text("pull_request.base.ref"),
        subject: format!("change {number}"),
        part: "change".to_owned(),
        name: format!("pull request {number}"),
        title: payload.text("pull_request.title"),
        detail: detail.map(str::to_owned),
        people: by.into_iter().collect(),
        link: payload.text("pull_request.html_url"),
        ..news(payload, Topic::Changes, state, at)?
    })
}

fn status(payload: Payload<'_>, received: Instant) -> Reading<News> {
    let state = match payload.need("state")?.as_str() {
        "pending" => State::Running,
        "success" => State::Well,
        "failure" | "error" => State::Failed,
        other => return ignored(format!("a status that is `{other}`")),
    };
    let (sha, context) = (payload.need("sha")?, payload.need("context")?);
    let at = payload.last_time(&["updated_at", "created_at"]).unwrap_or(received);
    let branches = payload.list("branches");
    let head = branches.iter().find(|branch| branch.text("commit.sha").as_ref() == Some(&sha)).or(branches.first());
    let branch = head.and_then(|branch| branch.text("name"));
    Ok(News {
        subject: commit(&sha, branch.as_ref()),
        branch,
        part: format!("status {context}"),
        name: context,
        title: payload.text("commit.commit.message"),
        detail: payload.text("description").filter(|_| state == State::Failed),
        people: payload.first(&["commit.commit.author.name", "commit.author.login"]).into_iter().collect(),
        link: payload.text("target_url"),
        ..news(payload, Topic::Builds, state, at)?
    })
}

fn check_run(payload: Payload<'_>, received: Instant) -> Reading<News> {
    match payload.need("action")?.as_str() {
        "created" | "completed" => {}
        other => return ignored(format!("a check that is `{other}`")),
    }
    let (state, detail) = checked(payload, "check_run")?;
    let (began, ended) = (payload.time("check_run.started_at"), payload.time("check_run.completed_at"));
    let name = payload.need("check_run.name")?;
    let app = payload.text("check_run.app.slug").unwrap_or_default();
    let branch = payload.text("check_run.check_suite.head_branch");
    Ok(News {
        subject: commit(&payload.need("check_run.head_sha")?, branch.as_ref()),
        branch,
        part: format!("check {app} {name}"),
        name,
        took: began.zip(ended).map(|(began, ended)| ended.since(began)),
        detail: detail.or_else(|| payload.text("check_run.output.title").filter(|_| state == State::Failed)),
        link: payload.first(&["check_run.html_url", "check_run.details_url"]),
        ..news(payload, Topic::Tests, state, ended.or(began).unwrap_or(received))?
    })
}

fn check_suite(payload: Payload<'_>, received: Instant) -> Reading<News> {
    if payload.text("check_suite.app.slug").as_deref() == Some(ACTIONS) {
        return ignored("a check suite of GitHub Actions: `workflow_run` tells the same");
    }
    let (state, detail) = checked(payload, "check_suite")?;
    let name = payload.need("check_suite.app.name")?;
    let at = payload.last_time(&["check_suite.updated_at", "check_suite.created_at"]).unwrap_or(received);
    let branch = payload.text("check_suite.head_branch");
    Ok(News {
        subject: commit(&payload.need("check_suite.head_sha")?, branch.as_ref()),
        branch,
        part: format!("suite {name}"),
        name,
        title: payload.text("check_suite.head_commit.message"),
        detail,
        people: payload.text("check_suite.head_commit.author.name").into_iter().collect(),
        ..news(payload, Topic::Builds, state, at)?
    })
}

fn workflow_run(payload: Payload<'_>, received: Instant) -> Reading<News> {
    let (state, detail) = checked(payload, "workflow_run")?;
    let (name, event) = (payload.need("workflow_run.name")?, payload.text("workflow_run.event").unwrap_or_default());
    let attempt = payload.number("workflow_run.run_attempt").unwrap_or(1).min(ATTEMPTS - 1);
    let run = payload.need_number("workflow_run.run_number")?;
    let at = payload.last_time(&["workflow_run.updated_at", "workflow_run.created_at"]).unwrap_or(received);
    let began = payload.time("workflow_run.run_started_at").filter(|_| state.is_end());
    let branch = payload.text("workflow_run.head_branch");
    Ok(News {
        subject: commit(&payload.need("workflow_run.head_sha")?, branch.as_ref()),
        branch,
        part: format!("workflow {name} {event}"),
        name: if event.is_empty() || event == "push" { name } else { format!("{name} ({})", event.replace('_', " ")) },
        attempt: run.saturating_mul(ATTEMPTS).saturating_add(attempt),
        took: began.map(|began| at.since(began)),
        title: payload.text("workflow_run.head_commit.message"),
        detail,
        people: payload.first(&["workflow_run.head_commit.author.name", "workflow_run.actor.login"]).into_iter().collect(),
        link: payload.text("workflow_run.html_url"),
        ..news(payload, Topic::Builds, state, at)?
    })
}

/// How a check, a suite or a workflow stands, and what more is to be said of that.
fn checked(payload: Payload<'_>, what: &str) -> Reading<(State, Option<String>)> {
    let said = |text: &str| Some(text.to_owned());
    let conclusion = payload.text(&format!("{what}.conclusion"));
    Ok(match (payload.need(&format!("{what}.status"))?.as_str(), conclusion.as_deref()) {
        ("completed", Some("success" | "neutral")) => (State::Well, None),
        ("completed", Some("failure")) => (State::Failed, None),
        ("completed", Some("timed_out")) => (State::Failed, said("the time was up")),
        ("completed", Some("startup_failure")) => (State::Failed, said("it did not start")),
        ("completed", Some("cancelled")) => (State::Cancelled, None),
        ("completed", Some("skipped" | "stale")) => (State::Skipped, None),
        ("completed", Some("action_required")) => (State::Blocked, None),
        ("queued" | "requested" | "pending", _) => (State::Waiting, None),
        ("waiting", _) => (State::Blocked, None),
        ("in_progress", _) => (State::Running, None),
        (status, conclusion) => {
            return ignored(format!("a `{what}` that is `{status}`, with the conclusion `{}`", conclusion.unwrap_or("none")));
        }
    })
}

fn deployment(payload: Payload<'_>, received: Instant) -> Reading<News> {
    let at = payload.time("deployment.created_at").unwrap_or(received);
    deployed(payload, State::Waiting, at)
}

fn deployment_status(payload: Payload<'_>, received: Instant) -> Reading<News> {
    let state = match payload.need("deployment_status.state")?.as_str() {
        "queued" | "pending" => State::Waiting,
        "waiting" => State::Blocked,
        "in_progress" => State::Running,
        "success" => State::Well,
        "failure" | "error" => State::Failed,
        other => return ignored(format!("a deployment that is `{other}`")),
    };
    let at = payload.last_time(&["deployment_status.updated_at", "deployment_status.created_at"]).unwrap_or(received);
    let links = ["deployment_status.log_url", "deployment_status.target_url", "deployment_status.environment_url"];
    Ok(News {
        detail: payload.text("deployment_status.description").filter(|_| state == State::Failed),
        link: payload.first(&links),
        ..deployed(payload, state, at)?
    })
}

fn deployed(payload: Payload<'_>, state: State, at: Instant) -> Reading<News> {
    let environment = payload.need("deployment.environment")?;
    let (reference, sha) = (payload.text("deployment.ref"), payload.text("deployment.sha"));
    Ok(News {
        branch: reference.filter(|reference| Some(reference) != sha.as_ref()).and_then(|reference| branch(&reference)),
        subject: format!("deploy {}", payload.need_number("deployment.id")?),
        part: format!("deploy {environment}"),
        name: format!("deploy to {environment}"),
        title: payload.text("deployment.description"),
        people: payload.text("deployment.creator.login").into_iter().collect(),
        ..news(payload, Topic::Deploys, state, at)?
    })
}

fn release(payload: Payload<'_>, received: Instant) -> Reading<News> {
    let state = match payload.need("action")?.as_str() {
        "published" => State::Done,
        "unpublished" | "deleted" => State::Removed,
        other => return ignored(format!("a release that is `{other}`")),
    };
    let tag = payload.need("release.tag_name")?;
    let at = payload.last_time(&["release.published_at", "release.created_at"]).unwrap_or(received);
    Ok(News {
        subject: format!("release {}", payload.need_number("release.id")?),
        part: "release".to_owned(),
        title: payload.text("release.name").filter(|name| *name != tag),
        name: format!("release {tag}"),
        detail: payload.is("release.prerelease").then(|| "not for everybody yet".to_owned()),
        people: payload.first(&["sender.login", "release.author.login"]).into_iter().collect(),
        link: payload.text("release.html_url"),
        ..news(payload, Topic::Releases, state, at)?
    })
}
