//! Projects, branches, commits, comparisons, and what CI says of a commit.

use axum::{
    Json,
    extract::{Path, RawQuery, State},
    http::StatusCode,
    response::IntoResponse,
};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::{
    GitLab,
    api::{Answered, Lab, Refusal, page},
    shape,
};
use crate::{git::Repository, query::Query};

/// How CI can see a commit ("Commits API", statuses).
pub(super) const STATUSES: &[&str] = &["pending", "running", "success", "failed", "canceled", "skipped"];

/// What CI says of a commit under one name.
#[derive(Clone, Debug)]
pub(super) struct CommitStatus {
    pub(super) id: u64,
    pub(super) project: u64,
    pub(super) sha: String,
    pub(super) name: String,
    pub(super) status: &'static str,
    pub(super) at: Timestamp,
}

pub(super) fn find<'a>(gitlab: &'a GitLab, id: &str) -> Result<&'a Repository, Refusal> {
    gitlab.project(id).ok_or_else(|| Refusal::missing("Project"))
}

pub(super) async fn project(State(lab): Lab, Path(id): Path<String>) -> Answered {
    let gitlab = lab.state();
    Ok(Json(shape::project(find(&gitlab, &id)?)).into_response())
}

pub(super) async fn branches(State(lab): Lab, Path(id): Path<String>, RawQuery(query): RawQuery) -> Answered {
    let gitlab = lab.state();
    let project = find(&gitlab, &id)?;
    let branches = project.branches.keys().filter_map(|name| shape::branch(project, name));
    Ok(page(branches.collect(), query.as_deref()))
}

pub(super) async fn branch(State(lab): Lab, Path((id, name)): Path<(String, String)>) -> Answered {
    let gitlab = lab.state();
    let branch = shape::branch(find(&gitlab, &id)?, &name).ok_or_else(|| Refusal::missing("Branch"))?;
    Ok(Json(branch).into_response())
}

/// "Get a single commit": by SHA, branch or tag.
pub(super) async fn commit(State(lab): Lab, Path((id, sha)): Path<(String, String)>) -> Answered {
    let gitlab = lab.state();
    let project = find(&gitlab, &id)?;
    let commit = project.resolve(&sha).ok_or_else(|| Refusal::missing("Commit"))?;
    let mut body = shape::commit(project, commit);
    body["status"] =
        gitlab.pipelines.iter().rev().find(|pipeline| pipeline.sha == commit.sha).map_or(Value::Null, |pipeline| pipeline.status.into());
    body["stats"] = json!({ "additions": 1, "deletions": 1, "total": 2 });
    Ok(Json(body).into_response())
}

/// "List the statuses of a commit".
pub(super) async fn statuses(State(lab): Lab, Path((id, sha)): Path<(String, String)>, RawQuery(query): RawQuery) -> Answered {
    let gitlab = lab.state();
    let project = find(&gitlab, &id)?;
    let commit = project.resolve(&sha).ok_or_else(|| Refusal::missing("Commit"))?;
    let of_commit = gitlab.statuses.iter().filter(|status| status.project == project.id && status.sha == commit.sha);
    Ok(page(of_commit.map(|status| shape::commit_status(project, status)).collect(), query.as_deref()))
}

/// "Compare branches, tags, or commits": from the merge base, unless `straight`.
pub(super) async fn compare(State(lab): Lab, Path(id): Path<String>, RawQuery(query): RawQuery) -> Answered {
    let gitlab = lab.state();
    let project = find(&gitlab, &id)?;
    let query = Query::read(query.as_deref().unwrap_or_default());
    let asked = |name: &str| query.text(name).ok_or_else(|| Refusal::error(StatusCode::BAD_REQUEST, &format!("{name} is missing")));
    let (from, to) = (asked("from")?, asked("to")?);
    let resolve = |reference| project.resolve(reference).ok_or_else(|| Refusal::missing("Ref"));
    let comparison = project.compare(resolve(from)?, resolve(to)?);
    let commits: Vec<Value> = comparison.ahead.iter().map(|commit| shape::commit(project, commit)).collect();
    Ok(Json(json!({
        "commit": commits.last(), "commits": commits, "diffs": [], "compare_timeout": false,
        "compare_same_ref": comparison.base.sha == comparison.head.sha,
        "web_url": format!("{}/-/compare/{}...{}", shape::site(project), comparison.base.sha, comparison.head.sha),
    }))
    .into_response())
}
