//! GitLab's port: who may come in, what leads where, and how it refuses.

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::{Request, State},
    http::{HeaderMap, StatusCode, Uri, header},
    middleware::{Next, from_fn},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde_json::{Map, Value, json};

use super::{GitLab, deployment, pipeline, repository};
use crate::{
    provider::{Provider, Shared},
    query::Query,
};

pub(super) type Lab = State<Arc<Shared<GitLab>>>;
pub(super) type Answered = Result<Response, Refusal>;

pub(super) fn routes(shared: &Arc<Shared<GitLab>>) -> Router {
    let at = |path: &str| format!("/api/v4/projects/{{id}}{path}");
    Router::new()
        .route("/api/v4/user", get(user))
        .route(&at(""), get(repository::project))
        .route(&at("/repository/branches"), get(repository::branches))
        .route(&at("/repository/branches/{branch}"), get(repository::branch))
        .route(&at("/repository/commits/{sha}"), get(repository::commit))
        .route(&at("/repository/commits/{sha}/statuses"), get(repository::statuses))
        .route(&at("/repository/compare"), get(repository::compare))
        .route(&at("/pipeline"), post(pipeline::create))
        .route(&at("/pipelines"), get(pipeline::list))
        .route(&at("/pipelines/{pipeline}"), get(pipeline::one))
        .route(&at("/pipelines/{pipeline}/variables"), get(pipeline::variables))
        .route(&at("/pipelines/{pipeline}/cancel"), post(pipeline::cancel))
        .route(&at("/pipelines/{pipeline}/retry"), post(pipeline::retry))
        .route(&at("/deployments"), get(deployment::list).post(deployment::create))
        .route(&at("/deployments/{deployment}"), get(deployment::one).put(deployment::update))
        .fallback(async || Refusal::error(StatusCode::NOT_FOUND, "404 Not Found"))
        .layer(from_fn(admit))
        .with_state(shared.clone())
}

/// A refusal. What has the wrong form is told under `error`, all else under `message` ("REST API", status codes).
#[derive(Clone, Debug)]
pub(super) struct Refusal {
    status: StatusCode,
    body: Value,
}

impl Refusal {
    pub(super) fn error(status: StatusCode, error: &str) -> Self {
        Self { status, body: json!({ "error": error }) }
    }

    pub(super) fn missing(what: &str) -> Self {
        Self { status: StatusCode::NOT_FOUND, body: json!({ "message": format!("404 {what} Not Found") }) }
    }

    pub(super) fn bad(message: Value) -> Self {
        Self { status: StatusCode::BAD_REQUEST, body: Value::from_iter([("message", message)]) }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        (self.status, Json(self.body)).into_response()
    }
}

async fn admit(request: Request, next: Next) -> Response {
    if is_known(request.headers()) {
        return next.run(request).await;
    }
    let refusal = Refusal { status: StatusCode::UNAUTHORIZED, body: json!({ "message": "401 Unauthorized" }) };
    refusal.into_response()
}

/// "REST API authentication": `PRIVATE-TOKEN`, or as a bearer.
fn is_known(headers: &HeaderMap) -> bool {
    let private = headers.get("private-token").is_some_and(|token| token == GitLab::TOKEN);
    private || headers.get(header::AUTHORIZATION).is_some_and(|given| *given == *format!("Bearer {}", GitLab::TOKEN))
}

async fn user() -> Response {
    Json(super::shape::user()).into_response()
}

/// What is asked for: the query, and a body that is JSON or a form. An array in a form is `variables[][key]=...`.
pub(super) fn asked(uri: &Uri, headers: &HeaderMap, body: &[u8]) -> Result<Map<String, Value>, Refusal> {
    let mut asked = Map::new();
    let is_json = headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"application/json"));
    read_form(&mut asked, uri.query().unwrap_or_default());
    if !is_json {
        read_form(&mut asked, &String::from_utf8_lossy(body));
    } else if !body.is_empty() {
        let malformed = || Refusal::error(StatusCode::BAD_REQUEST, "The request body is not valid JSON");
        asked.extend(serde_json::from_slice::<Map<String, Value>>(body).map_err(|_| malformed())?);
    }
    Ok(asked)
}

fn read_form(asked: &mut Map<String, Value>, form: &str) {
    for (name, value) in Query::read(form).pairs() {
        match name.split_once("[][") {
            Some((list, field)) => put_in_list(asked, list, field.trim_end_matches(']'), value),
            None => drop(asked.insert(name.to_owned(), Value::from(value))),
        }
    }
}

/// A field that the last object of a list has already begins the next one ("REST API", array of hashes).
fn put_in_list(asked: &mut Map<String, Value>, list: &str, field: &str, value: &str) {
    let Value::Array(items) = asked.entry(list).or_insert_with(|| json!([])) else { return };
    if items.last().is_none_or(|last| last.get(field).is_some()) {
        items.push(json!({}));
    }
    if let Some(Value::Object(last)) = items.last_mut() {
        last.insert(field.to_owned(), Value::from(value));
    }
}

/// A text that has to be there.
pub(super) fn required<'a>(asked: &'a Map<String, Value>, name: &str) -> Result<&'a str, Refusal> {
    match asked.get(name) {
        Some(Value::String(text)) if !text.is_empty() => Ok(text),
        Some(Value::String(_)) => Err(Refusal::error(StatusCode::BAD_REQUEST, &format!("{name} is empty"))),
        Some(_) => Err(Refusal::error(StatusCode::BAD_REQUEST, &format!("{name} is invalid"))),
        None => Err(Refusal::error(StatusCode::BAD_REQUEST, &format!("{name} is missing"))),
    }
}

/// One page of a list, with what "Pagination" says in headers.
pub(super) fn page(items: Vec<Value>, query: Option<&str>) -> Response {
    let query = Query::read(query.unwrap_or_default());
    let (per_page, page) = (query.number("per_page").unwrap_or(20).clamp(1, 100), query.number("page").unwrap_or(1).max(1));
    let (total, pages) = (items.len(), items.len().div_ceil(per_page).max(1));
    let shown: Vec<Value> = items.into_iter().skip((page - 1) * per_page).take(per_page).collect();
    let next = if page < pages { (page + 1).to_string() } else { String::new() };
    let previous = if page > 1 { (page - 1).to_string() } else { String::new() };
    let numbers = [("x-total", total), ("x-total-pages", pages), ("x-per-page", per_page), ("x-page", page)];
    let numbers = numbers.map(|(name, number)| (name, number.to_string()));
    (numbers, [("x-next-page", next), ("x-prev-page", previous)], Json(shown)).into_response()
}
