//! Deployments and their statuses ("Deployments", "Deployment statuses").

use axum::{
    Json,
    body::Bytes,
    extract::{Path, RawQuery, State},
    http::{StatusCode, Uri},
    response::IntoResponse,
};
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::{
    GitHub,
    api::{Answered, Hub},
    hook,
    page::page,
    refusal::Refusal,
    shape,
};
use crate::{git::Repository, query::Query};

/// How a deployment can be ("Create a deployment status").
pub(super) const STATES: &[&str] = &["queued", "pending", "in_progress", "success", "failure", "error", "inactive"];

/// A deployment.
#[derive(Clone, Debug)]
pub(super) struct Deployment {
    pub(super) id: u64,
    pub(super) repository: u64,
    pub(super) sha: String,
    pub(super) reference: String,
    pub(super) task: String,
    pub(super) environment: String,
    pub(super) payload: Option<Value>,
    pub(super) description: Option<String>,
    pub(super) transient: bool,
    pub(super) production: bool,
    pub(super) created: Timestamp,
    pub(super) statuses: Vec<Status>,
}

/// One status of a deployment.
#[derive(Clone, Debug)]
pub(super) struct Status {
    pub(super) id: u64,
    pub(super) state: &'static str,
    pub(super) description: String,
    pub(super) log_url: String,
    pub(super) environment_url: String,
    pub(super) at: Timestamp,
}

impl Deployment {
    pub(super) fn updated(&self) -> Timestamp {
        self.statuses.last().map_or(self.created, |status| status.at)
    }

    fn state(&self) -> Option<&'static str> {
        self.statuses.last().map(|status| status.state)
    }
}

impl GitHub {
    pub(super) fn deployment(&self, id: u64) -> Option<(&Repository, &Deployment)> {
        let deployment = self.deployments.iter().find(|deployment| deployment.id == id)?;
        let repository = self.repositories.iter().find(|repository| repository.id == deployment.repository)?;
        Some((repository, deployment))
    }

    /// Adds a status. A success makes those before it in the same environment inactive, unless that is for production or of a
    /// deployment that does not last (`auto_inactive`).
    pub(super) fn add_status(&mut self, id: u64, mut status: Status, auto_inactive: bool) -> Option<Status> {
        status.id = self.next();
        let index = self.deployments.iter().position(|deployment| deployment.id == id)?;
        self.deployments[index].statuses.push(status.clone());
        if auto_inactive && status.state == "success" {
            self.supersede(index, status.at);
        }
        Some(status)
    }

    fn supersede(&mut self, index: usize, at: Timestamp) {
        let (repository, environment) = (self.deployments[index].repository, self.deployments[index].environment.clone());
        for earlier in 0..index {
            let known = &self.deployments[earlier];
            let is_superseded = (known.repository, &known.environment) == (repository, &environment)
                && !known.transient
                && !known.production
                && known.state() == Some("success");
            if is_superseded {
                let id = self.next();
                let status = Status {
                    id,
                    state: "inactive",
                    description: String::new(),
                    log_url: String::new(),
                    environment_url: String::new(),
                    at,
                };
                self.deployments[earlier].statuses.push(status);
            }
        }
    }
}

/// What a deployment is asked for with.
struct Asked {
    reference: String,
    task: String,
    auto_merge: bool,
    required_contexts: Option<Vec<String>>,
    payload: Option<Value>,
    environment: String,
    description: Option<String>,
    transient: bool,
    production: bool,
}

impl Asked {
    fn read(body: &[u8]) -> Result<Self, Refusal> {
        let object = object(body)?;
        let environment = text(&object, "environment")?.unwrap_or("production").to_owned();
        Ok(Self {
            reference: text(&object, "ref")?.ok_or_else(|| Refusal::invalid("\"ref\" wasn't supplied."))?.to_owned(),
            task: text(&object, "task")?.unwrap_or("deploy").to_owned(),
            auto_merge: flag(&object, "auto_merge")?.unwrap_or(true),
            required_contexts: contexts(&object)?,
            payload: payload(&object)?,
            description: text(&object, "description")?.map(str::to_owned),
            transient: flag(&object, "transient_environment")?.unwrap_or(false),
            production: flag(&object, "production_environment")?.unwrap_or(environment == "production"),
            environment,
        })
    }
}

/// "Create a deployment": 201; 202 when the default branch was merged first; 409 when that, or CI, stands against it; 422.
pub(super) async fn create(State(hub): Hub, Path((owner, repo)): Path<(String, String)>, body: Bytes) -> Answered {
    let (mut github, now) = (hub.state(), hub.now());
    let path = format!("{owner}/{repo}");
    let repository = github.repository(&path).ok_or_else(Refusal::not_found)?.clone();
    let asked = Asked::read(&body)?;
    let no_ref = || Refusal::new(StatusCode::UNPROCESSABLE_ENTITY, format!("No ref found for: {}", asked.reference));
    let sha = repository.resolve(&asked.reference).ok_or_else(no_ref)?.sha.clone();
    if asked.auto_merge && is_behind(&repository, &asked.reference) {
        return merge(&mut github, &repository, &asked.reference, now);
    }
    check_contexts(&github, &repository, &asked, &sha)?;
    let id = github.deployments.len() as u64 + 1;
    let deployment = Deployment {
        id,
        repository: repository.id,
        sha,
        reference: asked.reference,
        task: asked.task,
        environment: asked.environment,
        payload: asked.payload,
        description: asked.description,
        transient: asked.transient,
        production: asked.production,
        created: now,
        statuses: Vec::new(),
    };
    let body = shape::deployment(&repository, &deployment);
    let payload = hook::deployment(&repository, &deployment);
    let event = github.event(format!("deployment {id}"), "deployment", &repository, payload);
    github.due.push(event);
    github.deployments.push(deployment);
    Ok((StatusCode::CREATED, Json(body)).into_response())
}

fn is_behind(repository: &Repository, branch: &str) -> bool {
    let known = (repository.branches.contains_key(branch), repository.resolve(&repository.default_branch), repository.resolve(branch));
    matches!(known, (true, Some(base), Some(head)) if !repository.compare(base, head).behind.is_empty())
}

fn merge(github: &mut GitHub, repository: &Repository, branch: &str, now: Timestamp) -> Answered {
    let base = &repository.default_branch;
    if repository.conflicts.contains(branch) {
        return Err(Refusal::new(StatusCode::CONFLICT, format!("Conflict merging {base} into {branch}.")));
    }
    github.repository_mut(&repository.path, base).merge_default_into(branch, now);
    let message = format!("Auto-merged {base} into {branch} on deployment.");
    Ok((StatusCode::ACCEPTED, Json(json!({ "message": message }))).into_response())
}

/// Without `required_contexts` all that were submitted have to be well; with them, those, and they have to be there.
fn check_contexts(github: &GitHub, repository: &Repository, asked: &Asked, sha: &str) -> Result<(), Refusal> {
    let checks: Vec<_> = github.checks_of(repository.id, sha).collect();
    let is_well = |name: &str| checks.iter().any(|check| check.name == name && check.state == "success");
    let required = asked.required_contexts.clone().unwrap_or_else(|| checks.iter().map(|check| check.name.clone()).collect());
    if required.iter().all(|name| is_well(name)) {
        return Ok(());
    }
    let contexts: Vec<Value> = checks.iter().map(|check| json!({ "context": check.name, "state": check.state })).collect();
    let errors = json!([{ "contexts": contexts, "resource": "Deployment", "field": "required_contexts", "code": "invalid" }]);
    let message = format!("Conflict: Commit status checks failed for {}.", asked.reference);
    Err(Refusal::new(StatusCode::CONFLICT, message).with(errors))
}

/// "List deployments": the newest first, by `sha`, `ref`, `task` and `environment`.
pub(super) async fn list(State(hub): Hub, Path((owner, repo)): Path<(String, String)>, uri: Uri, RawQuery(query): RawQuery) -> Answered {
    let github = hub.state();
    let repository = github.repository(&format!("{owner}/{repo}")).ok_or_else(Refusal::not_found)?;
    let query = Query::read(&query.unwrap_or_default());
    let is_asked = |name: &str, value: &str| query.text(name).is_none_or(|asked| ["none", value].contains(&asked));
    let is_listed = |deployment: &&Deployment| {
        deployment.repository == repository.id
            && is_asked("sha", &deployment.sha)
            && is_asked("ref", &deployment.reference)
            && is_asked("task", &deployment.task)
            && is_asked("environment", &deployment.environment)
    };
    let deployments = github.deployments.iter().rev().filter(is_listed).map(|deployment| shape::deployment(repository, deployment));
    Ok(page(deployments.collect(), &uri, &query, |_, deployments| Value::from(deployments)))
}

pub(super) async fn one(State(hub): Hub, Path((owner, repo, id)): Path<(String, String, String)>) -> Answered {
    let github = hub.state();
    let (repository, deployment) = find(&github, &owner, &repo, &id)?;
    Ok(Json(shape::deployment(repository, deployment)).into_response())
}

/// "List deployment statuses": the newest first.
pub(super) async fn statuses(
    State(hub): Hub,
    Path((owner, repo, id)): Path<(String, String, String)>,
    uri: Uri,
    RawQuery(query): RawQuery,
) -> Answered {
    let github = hub.state();
    let (repository, deployment) = find(&github, &owner, &repo, &id)?;
    let statuses = deployment.statuses.iter().rev().map(|status| shape::status(repository, deployment, status)).collect();
    Ok(page(statuses, &uri, &Query::read(&query.unwrap_or_default()), |_, statuses| Value::from(statuses)))
}

pub(super) async fn status(State(hub): Hub, Path((owner, repo, id, status)): Path<(String, String, String, String)>) -> Answered {
    let github = hub.state();
    let (repository, deployment) = find(&github, &owner, &repo, &id)?;
    let status = deployment.statuses.iter().find(|known| known.id.to_string() == status).ok_or_else(Refusal::not_found)?;
    Ok(Json(shape::status(repository, deployment, status)).into_response())
}

/// "Create a deployment status".
pub(super) async fn add_status(State(hub): Hub, Path((owner, repo, id)): Path<(String, String, String)>, body: Bytes) -> Answered {
    let (mut github, now) = (hub.state(), hub.now());
    let id = find(&github, &owner, &repo, &id)?.1.id;
    let object = object(&body)?;
    let state = text(&object, "state")?.ok_or_else(|| Refusal::invalid("\"state\" wasn't supplied."))?;
    let unknown = || Refusal::failed_validation("DeploymentStatus", "state", "invalid");
    let state = STATES.iter().find(|known| **known == state).ok_or_else(unknown)?;
    let given = |name| Ok::<_, Refusal>(text(&object, name)?.unwrap_or_default().to_owned());
    let log_url = if object.contains_key("log_url") { given("log_url")? } else { given("target_url")? };
    let status = Status { id: 0, state, description: given("description")?, log_url, environment_url: given("environment_url")?, at: now };
    let auto_inactive = flag(&object, "auto_inactive")?.unwrap_or(true);
    let status = github.add_status(id, status, auto_inactive).ok_or_else(Refusal::not_found)?;
    let event = github.status_event(id, &status);
    github.due.extend(event);
    let (repository, deployment) = github.deployment(id).ok_or_else(Refusal::not_found)?;
    Ok((StatusCode::CREATED, Json(shape::status(repository, deployment, &status))).into_response())
}

fn find<'a>(github: &'a GitHub, owner: &str, repo: &str, id: &str) -> Result<(&'a Repository, &'a Deployment), Refusal> {
    let repository = github.repository(&format!("{owner}/{repo}")).ok_or_else(Refusal::not_found)?;
    let found = id.parse().ok().and_then(|id| github.deployment(id));
    found.filter(|(of, _)| of.id == repository.id).ok_or_else(Refusal::not_found)
}

/// "Troubleshooting": what is no JSON, and what is no object.
fn object(body: &[u8]) -> Result<Map<String, Value>, Refusal> {
    match serde_json::from_slice(body) {
        Ok(Value::Object(object)) => Ok(object),
        Ok(_) => Err(Refusal::new(StatusCode::BAD_REQUEST, "Body should be a JSON object")),
        Err(_) => Err(Refusal::new(StatusCode::BAD_REQUEST, "Problems parsing JSON")),
    }
}

fn text<'a>(object: &'a Map<String, Value>, name: &str) -> Result<Option<&'a str>, Refusal> {
    match object.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(other) => Err(Refusal::invalid(&format!("For '{name}', {other} is not a string."))),
    }
}

fn flag(object: &Map<String, Value>, name: &str) -> Result<Option<bool>, Refusal> {
    match object.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Bool(flag)) => Ok(Some(*flag)),
        Some(other) => Err(Refusal::invalid(&format!("For '{name}', {other} is not a boolean."))),
    }
}

fn contexts(object: &Map<String, Value>) -> Result<Option<Vec<String>>, Refusal> {
    match object.get("required_contexts") {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Array(names)) => {
            names.iter().map(|name| name.as_str().map(str::to_owned)).collect::<Option<_>>().map(Some).ok_or_else(no_array)
        }
        Some(_) => Err(no_array()),
    }
}

fn no_array() -> Refusal {
    Refusal::invalid("For 'required_contexts', it is not an array of strings.")
}

fn payload(object: &Map<String, Value>) -> Result<Option<Value>, Refusal> {
    match object.get("payload") {
        None | Some(Value::Null) => Ok(None),
        Some(payload @ (Value::Object(_) | Value::String(_))) => Ok(Some(payload.clone())),
        Some(_) => Err(Refusal::invalid("For 'payload', it is not an object or a string.")),
    }
}
