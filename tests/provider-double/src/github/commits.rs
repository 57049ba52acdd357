//! Repositories, branches, commits and comparisons.

use axum::{
    Json,
    extract::{Path, RawQuery, State},
    http::{StatusCode, Uri},
    response::IntoResponse,
};
use serde_json::{Value, json};

use super::{
    api::{Answered, Hub},
    page::page,
    refusal::Refusal,
    shape,
};
use crate::query::Query;

pub(super) async fn repository(State(hub): Hub, Path((owner, repo)): Path<(String, String)>) -> Answered {
    let github = hub.state();
    let repository = github.repository(&format!("{owner}/{repo}")).ok_or_else(Refusal::not_found)?;
    Ok(Json(shape::repository(repository)).into_response())
}

pub(super) async fn branches(
    State(hub): Hub,
    Path((owner, repo)): Path<(String, String)>,
    uri: Uri,
    RawQuery(query): RawQuery,
) -> Answered {
    let github = hub.state();
    let repository = github.repository(&format!("{owner}/{repo}")).ok_or_else(Refusal::not_found)?;
    let branches = repository.branches.iter().map(|(name, sha)| shape::branch(repository, name, sha)).collect();
    Ok(page(branches, &uri, &Query::read(&query.unwrap_or_default()), |_, branches| Value::from(branches)))
}

pub(super) async fn branch(State(hub): Hub, Path((owner, repo, name)): Path<(String, String, String)>) -> Answered {
    let github = hub.state();
    let repository = github.repository(&format!("{owner}/{repo}")).ok_or_else(Refusal::not_found)?;
    let sha = repository.branches.get(&name).ok_or_else(|| Refusal::new(StatusCode::NOT_FOUND, "Branch not found"))?;
    let commit = repository.commit(sha).map(|commit| shape::commit(repository, commit));
    Ok(Json(shape::with(shape::branch(repository, &name, sha), json!({ "commit": commit }))).into_response())
}

/// "Get a reference": `heads/BRANCH` or `tags/TAG`.
pub(super) async fn reference(State(hub): Hub, Path((owner, repo, reference)): Path<(String, String, String)>) -> Answered {
    let github = hub.state();
    let repository = github.repository(&format!("{owner}/{repo}")).ok_or_else(Refusal::not_found)?;
    let found = match reference.split_once('/') {
        Some(("heads", branch)) => repository.branches.get(branch),
        Some(("tags", tag)) => repository.tags.get(tag),
        _ => None,
    };
    let sha = found.ok_or_else(Refusal::not_found)?;
    let api = shape::api(repository);
    let object = json!({ "type": "commit", "sha": sha, "url": format!("{api}/git/commits/{sha}") });
    let body = json!({ "ref": format!("refs/{reference}"), "node_id": "", "url": format!("{api}/git/refs/{reference}"), "object": object });
    Ok(Json(body).into_response())
}

pub(super) async fn commit(State(hub): Hub, Path((owner, repo, reference)): Path<(String, String, String)>) -> Answered {
    let github = hub.state();
    let repository = github.repository(&format!("{owner}/{repo}")).ok_or_else(Refusal::not_found)?;
    let unknown = || Refusal::new(StatusCode::UNPROCESSABLE_ENTITY, format!("No commit found for SHA: {reference}"));
    let commit = repository.resolve(&reference).ok_or_else(unknown)?;
    let stats = json!({ "stats": { "total": 2, "additions": 1, "deletions": 1 }, "files": [] });
    Ok(Json(shape::with(shape::commit(repository, commit), stats)).into_response())
}

/// "Compare two commits": `BASE...HEAD`; commits in the order in which they were made, a page at a time. The counts are of all.
pub(super) async fn compare(
    State(hub): Hub,
    Path((owner, repo, basehead)): Path<(String, String, String)>,
    uri: Uri,
    RawQuery(query): RawQuery,
) -> Answered {
    let github = hub.state();
    let repository = github.repository(&format!("{owner}/{repo}")).ok_or_else(Refusal::not_found)?;
    let (base, head) = basehead.split_once("...").ok_or_else(Refusal::not_found)?;
    let find = |reference| repository.resolve(reference).ok_or_else(Refusal::not_found);
    let comparison = repository.compare(find(base)?, find(head)?);
    let merge_base = comparison.merge_base.ok_or_else(Refusal::not_found)?;
    let commits: Vec<Value> = comparison.ahead.iter().map(|commit| shape::commit(repository, commit)).collect();
    let (api, site) = (shape::api(repository), shape::site(repository));
    Ok(page(commits, &uri, &Query::read(&query.unwrap_or_default()), |total, commits| {
        json!({
            "url": format!("{api}/compare/{basehead}"), "html_url": format!("{site}/compare/{basehead}"),
            "permalink_url": format!("{site}/compare/{}...{}", comparison.base.sha, comparison.head.sha),
            "diff_url": format!("{site}/compare/{basehead}.diff"), "patch_url": format!("{site}/compare/{basehead}.patch"),
            "base_commit": shape::commit(repository, comparison.base), "merge_base_commit": shape::commit(repository, merge_base),
            "status": comparison.status(), "ahead_by": total, "behind_by": comparison.behind.len(), "total_commits": total,
            "commits": commits, "files": [],
        })
    }))
}
