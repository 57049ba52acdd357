//! What CI says of a commit: commit statuses and check runs.

use axum::{
    extract::{Path, RawQuery, State},
    http::{StatusCode, Uri},
};
use jiff::Timestamp;
use serde_json::json;

use super::{
    GitHub,
    api::{Answered, Hub},
    page::page,
    refusal::Refusal,
    shape,
};
use crate::query::Query;

/// How a commit status can be ("Commit statuses").
pub(super) const STATES: &[&str] = &["success", "failure", "pending", "error"];
/// How a check run can be: two statuses, or how it ended ("Check runs").
pub(super) const RUN_STATES: &[&str] =
    &["success", "failure", "queued", "in_progress", "neutral", "cancelled", "timed_out", "action_required", "skipped", "stale"];

/// What CI says of a commit under one name.
#[derive(Clone, Debug)]
pub(super) struct Check {
    pub(super) id: u64,
    pub(super) repository: u64,
    pub(super) sha: String,
    pub(super) name: String,
    pub(super) state: &'static str,
    pub(super) description: Option<String>,
    pub(super) at: Timestamp,
    /// Whether it is a check run and not a commit status.
    pub(super) is_run: bool,
}

impl Check {
    pub(super) fn link(&self) -> String {
        format!("https://ci.outside/{}/{}", self.name, self.id)
    }

    pub(super) fn status(&self) -> &'static str {
        if self.conclusion().is_some() { "completed" } else { self.state }
    }

    pub(super) fn conclusion(&self) -> Option<&'static str> {
        (!["queued", "in_progress"].contains(&self.state)).then_some(self.state)
    }
}

impl GitHub {
    /// Notes what CI says; under the same name it takes the place of what it said before.
    pub(super) fn note_check(&mut self, mut check: Check) -> Check {
        check.id = self.next();
        self.checks.retain(|known| {
            (known.repository, &known.sha, &known.name, known.is_run) != (check.repository, &check.sha, &check.name, check.is_run)
        });
        self.checks.push(check.clone());
        check
    }

    pub(super) fn checks_of(&self, repository: u64, sha: &str) -> impl Iterator<Item = &Check> {
        self.checks.iter().filter(move |check| check.repository == repository && check.sha == sha)
    }
}

/// "Get the combined status for a specific reference": failure before pending before success; pending if there is none.
pub(super) async fn combined(
    State(hub): Hub,
    Path((owner, repo, reference)): Path<(String, String, String)>,
    uri: Uri,
    RawQuery(query): RawQuery,
) -> Answered {
    let github = hub.state();
    let repository = github.repository(&format!("{owner}/{repo}")).ok_or_else(Refusal::not_found)?;
    let commit = repository.resolve(&reference).ok_or_else(Refusal::not_found)?;
    let checks: Vec<&Check> = github.checks_of(repository.id, &commit.sha).filter(|check| !check.is_run).collect();
    let statuses = checks.iter().map(|check| shape::context(repository, check)).collect();
    let url = format!("{}/commits/{}", shape::api(repository), commit.sha);
    Ok(page(statuses, &uri, &Query::read(&query.unwrap_or_default()), |total, statuses| {
        json!({
            "state": worst(&checks), "statuses": statuses, "sha": commit.sha, "total_count": total,
            "repository": shape::repository(repository), "commit_url": url, "url": format!("{url}/status"),
        })
    }))
}

fn worst(checks: &[&Check]) -> &'static str {
    let has = |states: &[&str]| checks.iter().any(|check| states.contains(&check.state));
    match () {
        () if has(&["failure", "error"]) => "failure",
        () if checks.is_empty() || has(&["pending"]) => "pending",
        () => "success",
    }
}

/// "List check runs for a Git reference".
pub(super) async fn runs(
    State(hub): Hub,
    Path((owner, repo, reference)): Path<(String, String, String)>,
    uri: Uri,
    RawQuery(query): RawQuery,
) -> Answered {
    let github = hub.state();
    let repository = github.repository(&format!("{owner}/{repo}")).ok_or_else(Refusal::not_found)?;
    let unknown = || Refusal::new(StatusCode::UNPROCESSABLE_ENTITY, format!("No commit found for SHA: {reference}"));
    let commit = repository.resolve(&reference).ok_or_else(unknown)?;
    let query = Query::read(&query.unwrap_or_default());
    let is_asked = |name: &str, value: &str| query.text(name).is_none_or(|asked| asked == value);
    let runs = github.checks_of(repository.id, &commit.sha).filter(|check| check.is_run);
    let runs = runs.filter(|run| is_asked("check_name", &run.name) && is_asked("status", run.status()));
    let runs = runs.map(|run| shape::run(repository, run)).collect();
    Ok(page(runs, &uri, &query, |total, runs| json!({ "total_count": total, "check_runs": runs })))
}
