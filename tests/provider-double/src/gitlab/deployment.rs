//! Deployments ("Deployments API").

use axum::{
    Json,
    body::Bytes,
    extract::{Path, RawQuery, State},
    http::{HeaderMap, StatusCode, Uri},
    response::IntoResponse,
};
use jiff::Timestamp;

use super::{
    GitLab,
    api::{Answered, Lab, Refusal, asked, page, required},
    repository::find,
    shape,
};
use crate::query::Query;

/// How a deployment can be made or become.
pub(super) const STATUSES: &[&str] = &["running", "success", "failed", "canceled"];

/// A deployment.
#[derive(Clone, Debug)]
pub(super) struct Deployment {
    pub(super) id: u64,
    pub(super) project: u64,
    pub(super) environment: String,
    pub(super) sha: String,
    pub(super) reference: String,
    pub(super) status: &'static str,
    pub(super) created: Timestamp,
    pub(super) updated: Timestamp,
}

/// "Create a deployment".
pub(super) async fn create(State(lab): Lab, Path(id): Path<String>, uri: Uri, headers: HeaderMap, body: Bytes) -> Answered {
    let (mut gitlab, now) = (lab.state(), lab.now());
    let project = find(&gitlab, &id)?;
    let asked = asked(&uri, &headers, &body)?;
    let status = status_of(required(&asked, "status")?)?;
    let commit = project.resolve(required(&asked, "sha")?).ok_or_else(|| Refusal::bad("The given commit does not exist".into()))?;
    let deployment = Deployment {
        id: gitlab.deployments.len() as u64 + 1,
        project: project.id,
        environment: required(&asked, "environment")?.to_owned(),
        sha: commit.sha.clone(),
        reference: required(&asked, "ref")?.to_owned(),
        status,
        created: now,
        updated: now,
    };
    let body = shape::deployment(&deployment);
    gitlab.deployments.push(deployment);
    Ok((StatusCode::CREATED, Json(body)).into_response())
}

/// "List project deployments": the oldest first, unless asked otherwise.
pub(super) async fn list(State(lab): Lab, Path(id): Path<String>, RawQuery(query): RawQuery) -> Answered {
    let gitlab = lab.state();
    let project = find(&gitlab, &id)?;
    let asked = Query::read(query.as_deref().unwrap_or_default());
    let is_asked = |name: &str, value: &str| asked.text(name).is_none_or(|asked| asked == value);
    let of_project = gitlab.deployments.iter().filter(|deployment| deployment.project == project.id);
    let is_listed = |deployment: &&Deployment| is_asked("environment", &deployment.environment) && is_asked("status", deployment.status);
    let mut deployments: Vec<_> = of_project.filter(is_listed).map(shape::deployment).collect();
    if asked.text("sort") == Some("desc") {
        deployments.reverse();
    }
    Ok(page(deployments, query.as_deref()))
}

pub(super) async fn one(State(lab): Lab, Path((id, deployment)): Path<(String, String)>) -> Answered {
    let gitlab = lab.state();
    let index = position(&gitlab, &id, &deployment)?;
    Ok(Json(shape::deployment(&gitlab.deployments[index])).into_response())
}

/// "Update a deployment": its status.
pub(super) async fn update(
    State(lab): Lab,
    Path((id, deployment)): Path<(String, String)>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Answered {
    let (mut gitlab, now) = (lab.state(), lab.now());
    let index = position(&gitlab, &id, &deployment)?;
    let status = status_of(required(&asked(&uri, &headers, &body)?, "status")?)?;
    let deployment = &mut gitlab.deployments[index];
    (deployment.status, deployment.updated) = (status, now);
    Ok(Json(shape::deployment(deployment)).into_response())
}

fn status_of(status: &str) -> Result<&'static str, Refusal> {
    let unknown = || Refusal::error(StatusCode::BAD_REQUEST, "status does not have a valid value");
    STATUSES.iter().find(|known| **known == status).copied().ok_or_else(unknown)
}

fn position(gitlab: &GitLab, id: &str, deployment: &str) -> Result<usize, Refusal> {
    let project = find(gitlab, id)?;
    let found = gitlab.deployments.iter().position(|known| known.project == project.id && known.id.to_string() == deployment);
    found.ok_or_else(|| Refusal::missing("Deployment"))
}
