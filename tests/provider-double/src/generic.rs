//! A plain service: it takes JSON, does it once, and calls back.
//!
//! `POST` of a JSON object to any path makes a job: 201 with `{"id": 1, "state": "accepted"}`. The same `Idempotency-Key` gives the same
//! answer and makes no second one; with another body it is refused with 422 (IETF draft "The Idempotency-Key HTTP Header Field").
//! `GET` and `DELETE` of the path with the id after it reads a job or cancels it; `GET` of a path without one tells how many there are.

use std::sync::Arc;

use axum::{
    Json, Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, Method, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::{
    delivery::{Sending, uuid},
    phrase::{Done, Phrase, Said},
    provider::{Provider, Shared},
    signature::Signature,
};

const STATES: &[&str] = &["accepted", "running", "success", "failure", "cancelled"];

/// Everything that it knows.
#[derive(Debug, Default)]
pub(crate) struct Generic {
    jobs: Vec<Job>,
    deliveries: u64,
}

#[derive(Debug)]
struct Job {
    key: Option<String>,
    request: Value,
    state: &'static str,
    description: String,
    updated: Timestamp,
}

impl Provider for Generic {
    const NAME: &'static str = "generic";
    const TOKEN: &'static str = "outside-generic-token";

    fn secret(&self) -> &'static str {
        "outside-generic-webhook-secret"
    }

    fn routes(shared: &Arc<Shared<Self>>) -> Option<Router> {
        Some(Router::new().fallback(serve).with_state(shared.clone()))
    }

    fn phrases() -> &'static [Phrase<Self>] {
        &[
            Phrase { form: "job ID is STATE [saying TEXT...]", deed: job_is },
            Phrase { form: "job ID was asked for with TEXT...", deed: job_was_asked },
            Phrase { form: "has COUNT jobs", deed: has_jobs },
        ]
    }
}

impl Generic {
    fn job(&mut self, id: u64) -> Option<&mut Job> {
        self.jobs.get_mut(usize::try_from(id).ok()?.checked_sub(1)?)
    }
}

async fn serve(State(shared): State<Arc<Shared<Generic>>>, method: Method, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    let bearer = format!("Bearer {}", Generic::TOKEN);
    if headers.get(header::AUTHORIZATION).is_none_or(|given| *given != *bearer) {
        return refuse(StatusCode::UNAUTHORIZED, "who is asking?");
    }
    let (mut generic, now) = (shared.state(), shared.now());
    match method {
        Method::POST => take(&mut generic, &headers, &body, now),
        Method::GET | Method::DELETE => look(&mut generic, &uri, method == Method::DELETE, now),
        _ => refuse(StatusCode::METHOD_NOT_ALLOWED, "POST, GET and DELETE are known here"),
    }
}

fn take(generic: &mut Generic, headers: &HeaderMap, body: &[u8], now: Timestamp) -> Response {
    let Ok(request @ Value::Object(_)) = serde_json::from_slice(body) else {
        return refuse(StatusCode::BAD_REQUEST, "the body is no JSON object");
    };
    let key = headers.get("idempotency-key").and_then(|key| key.to_str().ok()).map(str::to_owned);
    let known = key.as_ref().and_then(|key| generic.jobs.iter().position(|job| job.key.as_ref() == Some(key)));
    match known {
        Some(index) if generic.jobs[index].request != request => {
            refuse(StatusCode::UNPROCESSABLE_ENTITY, "this key was used for something else")
        }
        Some(index) => accepted(index + 1),
        None => {
            generic.jobs.push(Job { key, request, state: "accepted", description: String::new(), updated: now });
            accepted(generic.jobs.len())
        }
    }
}

fn accepted(id: usize) -> Response {
    (StatusCode::CREATED, Json(json!({ "id": id, "state": "accepted" }))).into_response()
}

fn look(generic: &mut Generic, uri: &Uri, is_cancelled: bool, now: Timestamp) -> Response {
    let id: Option<u64> = uri.path().rsplit('/').next().and_then(|id| id.parse().ok());
    if id.is_none() && !is_cancelled {
        return Json(json!({ "jobs": generic.jobs.len() })).into_response();
    }
    let Some((id, job)) = id.and_then(|id| Some((id, generic.job(id)?))) else {
        return refuse(StatusCode::NOT_FOUND, "there is no such job");
    };
    if is_cancelled {
        if !["accepted", "running"].contains(&job.state) {
            return refuse(StatusCode::CONFLICT, "it has ended");
        }
        (job.state, job.updated) = ("cancelled", now);
    }
    Json(shape(id, job)).into_response()
}

fn refuse(status: StatusCode, why: &str) -> Response {
    (status, Json(json!({ "error": why }))).into_response()
}

fn shape(id: u64, job: &Job) -> Value {
    json!({
        "id": id, "key": job.key, "state": job.state, "description": job.description, "updated_at": job.updated.to_string(),
        "url": format!("https://generic.outside/jobs/{id}"), "request": job.request,
    })
}

/// Calls back: the job as it is now, signed with `X-Signature-256`.
fn job_is(generic: &mut Generic, said: &Said) -> Done {
    let id = said.count("ID")?;
    let state = said.one_of("STATE", STATES)?;
    let job = generic.job(id).ok_or_else(|| format!("generic has no job {id}"))?;
    (job.state, job.description, job.updated) = (state, said.maybe("TEXT").unwrap_or_default().to_owned(), said.now);
    let body = shape(id, job);
    generic.deliveries += 1;
    let delivery = uuid(&format!("generic delivery {}", generic.deliveries));
    let sending = Sending::new(format!("job {id} {state}"), delivery.clone(), Signature::Hmac, &body);
    Ok(vec![sending.with("Content-Type", "application/json").with("X-Delivery-Id", delivery)])
}

/// `KEY=VALUE`, of a field at the top of what was asked.
fn job_was_asked(generic: &mut Generic, said: &Said) -> Done {
    let id = said.count("ID")?;
    let job = generic.job(id).ok_or_else(|| format!("generic has no job {id}"))?;
    let (field, wanted) = said.text("TEXT").split_once('=').ok_or("it is `field=value`")?;
    let value = match &job.request[field] {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    if value == wanted { Ok(Vec::new()) } else { Err(format!("job {id} was asked for with {field}={value}")) }
}

fn has_jobs(generic: &mut Generic, said: &Said) -> Done {
    match generic.jobs.len() as u64 {
        count if count == said.count("COUNT")? => Ok(Vec::new()),
        count => Err(format!("generic has {count} jobs")),
    }
}
