//! Pipelines ("Pipelines API").

use axum::{
    Json,
    body::Bytes,
    extract::{Path, RawQuery, State},
    http::{HeaderMap, StatusCode, Uri},
    response::IntoResponse,
};
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::{
    GitLab,
    api::{Answered, Lab, Refusal, asked, page, required},
    repository::find,
    shape,
};
use crate::query::Query;

/// How a pipeline can be.
pub(super) const STATUSES: &[&str] = &[
    "created",
    "waiting_for_resource",
    "preparing",
    "pending",
    "running",
    "success",
    "failed",
    "canceled",
    "skipped",
    "manual",
    "scheduled",
];

/// A pipeline, of one job.
#[derive(Clone, Debug)]
pub(super) struct Pipeline {
    pub(super) id: u64,
    pub(super) project: u64,
    pub(super) sha: String,
    pub(super) reference: String,
    pub(super) is_tag: bool,
    pub(super) variables: Vec<Variable>,
    pub(super) status: &'static str,
    pub(super) created: Timestamp,
    pub(super) updated: Timestamp,
    pub(super) started: Option<Timestamp>,
    pub(super) finished: Option<Timestamp>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Variable {
    pub(super) key: String,
    pub(super) value: String,
    kind: String,
}

impl Variable {
    pub(super) fn json(&self) -> Value {
        json!({ "key": self.key, "variable_type": self.kind, "value": self.value })
    }
}

impl Pipeline {
    pub(super) fn is_finished(&self) -> bool {
        ["success", "failed", "canceled", "skipped"].contains(&self.status)
    }

    /// Seconds that it ran, when it has ended.
    pub(super) fn duration(&self) -> Option<i64> {
        Some(self.finished?.as_second() - self.started?.as_second())
    }

    pub(super) fn turn(&mut self, status: &'static str, now: Timestamp) {
        (self.status, self.updated) = (status, now);
        if status == "running" || (self.is_finished() && self.started.is_none()) {
            self.started = self.started.or(Some(now));
        }
        self.finished = self.is_finished().then_some(now);
    }
}

impl GitLab {
    /// What is done over the API is told as well, whoever did it.
    fn tell_later(&mut self, index: usize) {
        let event = self.pipeline_event(index);
        self.due.extend(event);
    }

    pub(super) fn pipeline_mut(&mut self, id: u64) -> Option<&mut Pipeline> {
        self.pipelines.iter_mut().find(|pipeline| pipeline.id == id)
    }
}

/// "Create a new pipeline": on a branch or a tag, and on no SHA.
pub(super) async fn create(State(lab): Lab, Path(id): Path<String>, uri: Uri, headers: HeaderMap, body: Bytes) -> Answered {
    let (mut gitlab, now) = (lab.state(), lab.now());
    let project = find(&gitlab, &id)?;
    let asked = asked(&uri, &headers, &body)?;
    let reference = required(&asked, "ref")?.to_owned();
    let variables = variables_of(&asked)?;
    let is_tag = !project.branches.contains_key(&reference);
    let found = project.branches.get(&reference).or_else(|| project.tags.get(&reference));
    let sha = found.cloned().ok_or_else(|| Refusal::bad(json!({ "base": ["Reference not found"] })))?;
    let pipeline = Pipeline {
        id: gitlab.pipelines.len() as u64 + 1,
        project: project.id,
        sha,
        reference,
        is_tag,
        variables,
        status: "created",
        created: now,
        updated: now,
        started: None,
        finished: None,
    };
    let body = shape::whole_pipeline(project, &pipeline);
    let index = gitlab.pipelines.len();
    gitlab.pipelines.push(pipeline);
    gitlab.tell_later(index);
    Ok((StatusCode::CREATED, Json(body)).into_response())
}

fn variables_of(asked: &Map<String, Value>) -> Result<Vec<Variable>, Refusal> {
    let invalid = || Refusal::error(StatusCode::BAD_REQUEST, "variables is invalid");
    let Some(variables) = asked.get("variables") else { return Ok(Vec::new()) };
    let read = |variable: &Value| {
        let text = |name: &str| variable[name].as_str().map(str::to_owned);
        Some(Variable { key: text("key")?, value: text("value")?, kind: text("variable_type").unwrap_or_else(|| "env_var".to_owned()) })
    };
    variables.as_array().ok_or_else(invalid)?.iter().map(|variable| read(variable).ok_or_else(invalid)).collect()
}

/// "List project pipelines": the newest first.
pub(super) async fn list(State(lab): Lab, Path(id): Path<String>, RawQuery(query): RawQuery) -> Answered {
    let gitlab = lab.state();
    let project = find(&gitlab, &id)?;
    let asked = Query::read(query.as_deref().unwrap_or_default());
    let is_asked = |name: &str, value: &str| asked.text(name).is_none_or(|asked| asked == value);
    let is_listed = |pipeline: &&Pipeline| {
        pipeline.project == project.id
            && is_asked("sha", &pipeline.sha)
            && is_asked("ref", &pipeline.reference)
            && is_asked("status", pipeline.status)
    };
    let pipelines = gitlab.pipelines.iter().rev().filter(is_listed).map(|pipeline| shape::pipeline(project, pipeline));
    Ok(page(pipelines.collect(), query.as_deref()))
}

pub(super) async fn one(State(lab): Lab, Path((id, pipeline)): Path<(String, String)>) -> Answered {
    let gitlab = lab.state();
    let (index, project) = position(&gitlab, &id, &pipeline)?;
    Ok(Json(shape::whole_pipeline(&gitlab.projects[project], &gitlab.pipelines[index])).into_response())
}

pub(super) async fn variables(State(lab): Lab, Path((id, pipeline)): Path<(String, String)>) -> Answered {
    let gitlab = lab.state();
    let (index, _) = position(&gitlab, &id, &pipeline)?;
    let variables: Vec<Value> = gitlab.pipelines[index].variables.iter().map(Variable::json).collect();
    Ok(Json(variables).into_response())
}

/// "Cancel all jobs for a pipeline": 200 whatever its state.
pub(super) async fn cancel(State(lab): Lab, Path((id, pipeline)): Path<(String, String)>) -> Answered {
    let (mut gitlab, now) = (lab.state(), lab.now());
    let (index, project) = position(&gitlab, &id, &pipeline)?;
    if !gitlab.pipelines[index].is_finished() {
        gitlab.pipelines[index].turn("canceled", now);
        gitlab.tell_later(index);
    }
    Ok(Json(shape::whole_pipeline(&gitlab.projects[project], &gitlab.pipelines[index])).into_response())
}

/// "Retry jobs in a pipeline": no effect if none failed or was cancelled.
pub(super) async fn retry(State(lab): Lab, Path((id, pipeline)): Path<(String, String)>) -> Answered {
    let (mut gitlab, now) = (lab.state(), lab.now());
    let (index, project) = position(&gitlab, &id, &pipeline)?;
    if ["failed", "canceled"].contains(&gitlab.pipelines[index].status) {
        gitlab.pipelines[index].turn("pending", now);
        gitlab.tell_later(index);
    }
    let body = shape::whole_pipeline(&gitlab.projects[project], &gitlab.pipelines[index]);
    Ok((StatusCode::CREATED, Json(body)).into_response())
}

/// Where a pipeline and its project are.
fn position(gitlab: &GitLab, id: &str, pipeline: &str) -> Result<(usize, usize), Refusal> {
    let project = find(gitlab, id)?;
    let found = gitlab.pipelines.iter().position(|known| known.project == project.id && known.id.to_string() == pipeline);
    let index = found.ok_or_else(|| Refusal::missing("Pipeline"))?;
    let project = gitlab.projects.iter().position(|known| known.id == project.id).ok_or_else(|| Refusal::missing("Project"))?;
    Ok((index, project))
}
