//! Jenkins's port ("Remote Access API", "CSRF Protection").

use std::{collections::BTreeMap, sync::Arc};

use axum::{
    Json, Router,
    body::Bytes,
    extract::{Path, Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header},
    middleware::{Next, from_fn},
    response::{IntoResponse, Response},
    routing::{any, get, post},
};
use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::{Value, json};

use super::{
    Jenkins, PASSWORD, ROOT, Refusal, USER,
    build::{Build, Fate, Item, Job, path},
    refuse,
    tree::prune,
};
use crate::{
    provider::{Provider, Shared},
    query::Query,
    signature::hex_hmac,
};

type House = State<Arc<Shared<Jenkins>>>;
type Answered = Result<Response, Refusal>;

pub(super) fn routes(shared: &Arc<Shared<Jenkins>>) -> Router {
    Router::new()
        .route("/api/json", get(root))
        .route("/crumbIssuer/api/json", get(crumb_issuer))
        .route("/job/{*way}", any(under_job))
        .route("/queue/api/json", get(queue))
        .route("/queue/item/{id}/api/json", get(item))
        .route("/queue/cancelItem", post(cancel_item))
        .fallback(async || not_found())
        .layer(from_fn(admit))
        .with_state(shared.clone())
}

/// Basic authentication with the API token, or with the password and, for what changes something, a crumb.
async fn admit(request: Request, next: Next) -> Response {
    let mut response = match check(request.method(), request.headers()) {
        Ok(()) => next.run(request).await,
        Err((status, why)) => refuse(status, why).into_response(),
    };
    response.headers_mut().insert("x-jenkins", HeaderValue::from_static("2.479.1"));
    response
}

fn check(method: &Method, headers: &HeaderMap) -> Result<(), (StatusCode, &'static str)> {
    let Some(given) = headers.get(header::AUTHORIZATION) else {
        return Err((StatusCode::FORBIDDEN, "anonymous is missing the Overall/Read permission"));
    };
    let is = |password: &str| *given == *format!("Basic {}", BASE64_STANDARD.encode(format!("{USER}:{password}")));
    // "CSRF Protection": who comes with an API token needs no crumb.
    if is(Jenkins::TOKEN) {
        return Ok(());
    }
    if !is(PASSWORD) {
        return Err((StatusCode::UNAUTHORIZED, "Unauthorized"));
    }
    // A crumb belongs to the session for which it was made.
    let has_session = headers.get_all(header::COOKIE).iter().any(|cookie| cookie.to_str().is_ok_and(|cookie| cookie.contains(&session())));
    let has_crumb = headers.get("jenkins-crumb").is_some_and(|given| *given == *crumb());
    if *method == Method::POST && !(has_session && has_crumb) {
        return Err((StatusCode::FORBIDDEN, "No valid crumb was included in the request"));
    }
    Ok(())
}

fn session() -> String {
    format!("JSESSIONID.outside={}", hex_hmac(USER, PASSWORD.as_bytes()))
}

fn crumb() -> String {
    hex_hmac(PASSWORD, session().as_bytes())
}

fn not_found() -> Refusal {
    refuse(StatusCode::NOT_FOUND, "Not Found")
}

async fn root(State(house): House, uri: Uri) -> Response {
    let jobs: Vec<Value> = house.state().jobs.iter().map(named).collect();
    shown(&uri, json!({ "_class": "hudson.model.Hudson", "mode": "NORMAL", "jobs": jobs, "url": format!("{ROOT}/") }))
}

async fn crumb_issuer() -> Response {
    let class = "hudson.security.csrf.DefaultCrumbIssuer";
    let cookie = format!("{}; Path=/; HttpOnly", session());
    let body = json!({ "_class": class, "crumb": crumb(), "crumbRequestField": "Jenkins-Crumb" });
    ([(header::SET_COOKIE, cookie)], Json(body)).into_response()
}

/// What is under a job, which may be in folders: `/job/team/job/web/7/api/json`.
async fn under_job(State(house): House, Path(way): Path<String>, method: Method, uri: Uri, headers: HeaderMap, body: Bytes) -> Answered {
    let mut parts = way.split('/').filter(|part| !part.is_empty()).peekable();
    let mut name = parts.next().unwrap_or_default().to_owned();
    while parts.next_if_eq(&"job").is_some() {
        name = format!("{name}/{}", parts.next().unwrap_or_default());
    }
    let rest: Vec<&str> = parts.collect();
    match (method, rest.as_slice()) {
        (Method::GET, ["api", "json"]) => job(&house, &name, &uri),
        (Method::GET, [number, "api", "json"]) => one_build(&house, &name, number, &uri),
        (Method::POST, ["build"]) => build_plainly(&house, &name, &headers),
        (Method::POST, ["buildWithParameters"]) => build_with_parameters(&house, &name, &uri, &headers, &body),
        (Method::POST, [number, "stop"]) => stop(&house, &name, number),
        (_, ["build" | "buildWithParameters"] | [_, "stop"]) => Err(refuse(StatusCode::METHOD_NOT_ALLOWED, "Form post required")),
        _ => Err(not_found()),
    }
}

fn job(house: &Shared<Jenkins>, name: &str, uri: &Uri) -> Answered {
    let jenkins = house.state();
    let job = jenkins.job(name).ok_or_else(not_found)?;
    let is_deep = uri.query().is_some_and(|query| query.contains("tree="));
    let builds = jenkins.builds.iter().rev().filter(|build| build.job == name);
    let builds: Vec<Value> = builds.map(|build| if is_deep { whole(build) } else { numbered(build) }).collect();
    let waiting = jenkins.queue.iter().find(|item| item.job == name && item.fate == Fate::Waiting);
    let definitions = job.parameters.iter().map(|(name, value)| {
        json!({ "name": name, "type": "StringParameterDefinition", "defaultParameterValue": { "name": name, "value": value } })
    });
    let mut shape = named(job);
    shape["buildable"] = true.into();
    shape["inQueue"] = waiting.is_some().into();
    shape["queueItem"] = waiting.map(|item| json!({ "id": item.id, "actions": [actions(&item.parameters)] })).into();
    shape["nextBuildNumber"] = (builds.len() + 1).into();
    shape["lastBuild"] = builds.first().cloned().unwrap_or_default();
    shape["builds"] = builds.into();
    shape["property"] = json!([{ "parameterDefinitions": definitions.collect::<Vec<_>>() }]);
    Ok(shown(uri, shape))
}

/// Without parameters; a job that takes some is not built this way.
fn build_plainly(house: &Shared<Jenkins>, name: &str, headers: &HeaderMap) -> Answered {
    let mut jenkins = house.state();
    let job = jenkins.job(name).ok_or_else(not_found)?;
    if !job.parameters.is_empty() {
        return Err(refuse(StatusCode::BAD_REQUEST, "Nothing is submitted"));
    }
    let id = jenkins.enqueue(name, &BTreeMap::new(), house.now());
    Ok(queued(headers, id))
}

/// Parameters from the query and the form; those that the job does not take are ignored, and those not given have their defaults.
fn build_with_parameters(house: &Shared<Jenkins>, name: &str, uri: &Uri, headers: &HeaderMap, body: &[u8]) -> Answered {
    let mut jenkins = house.state();
    let job = jenkins.job(name).ok_or_else(not_found)?;
    if job.parameters.is_empty() {
        return Err(refuse(StatusCode::BAD_REQUEST, &format!("{name} is not parameterized")));
    }
    let mut parameters = job.parameters.clone();
    for form in [uri.query().unwrap_or_default(), &String::from_utf8_lossy(body)] {
        for (name, value) in Query::read(form).pairs() {
            if let Some(known) = parameters.get_mut(name) {
                value.clone_into(known);
            }
        }
    }
    let id = jenkins.enqueue(name, &parameters, house.now());
    Ok(queued(headers, id))
}

/// 201, and where the item is to be seen, at the address that was asked.
fn queued(headers: &HeaderMap, id: u64) -> Response {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).map_or(ROOT.to_owned(), |host| format!("http://{host}"));
    (StatusCode::CREATED, [(header::LOCATION, format!("{host}/queue/item/{id}/"))]).into_response()
}

/// What waits: an item that has left the queue is known by its number only.
async fn queue(State(house): House, uri: Uri) -> Answered {
    let jenkins = house.state();
    let waiting = jenkins.queue.iter().filter(|item| item.fate == Fate::Waiting);
    let items: Vec<Value> = waiting.filter_map(|item| item_shape(&jenkins, item)).collect();
    Ok(shown(&uri, json!({ "_class": "hudson.model.Queue", "items": items })))
}

async fn item(State(house): House, Path(id): Path<u64>, uri: Uri) -> Answered {
    let jenkins = house.state();
    let item = jenkins.queue.iter().find(|item| item.id == id).ok_or_else(not_found)?;
    Ok(shown(&uri, item_shape(&jenkins, item).ok_or_else(not_found)?))
}

/// An item as it is told; none if its job is gone.
fn item_shape(jenkins: &Jenkins, item: &Item) -> Option<Value> {
    let job = jenkins.job(&item.job)?;
    let mut shape = json!({
        "actions": [actions(&item.parameters)], "blocked": false, "buildable": item.fate == Fate::Waiting, "id": item.id,
        "inQueueSince": item.since.as_millisecond(), "params": params(item), "stuck": false, "task": named(job),
        "url": format!("queue/item/{}/", item.id), "why": null,
    });
    match item.fate {
        Fate::Waiting => {
            shape["_class"] = "hudson.model.Queue$WaitingItem".into();
            shape["why"] = "Waiting for next available executor".into();
        }
        Fate::Left { number } => {
            shape["_class"] = "hudson.model.Queue$LeftItem".into();
            shape["cancelled"] = false.into();
            shape["executable"] = jenkins.build(&item.job, number).map(numbered).unwrap_or_default();
        }
        Fate::Cancelled => {
            shape["_class"] = "hudson.model.Queue$LeftItem".into();
            shape["cancelled"] = true.into();
            shape["executable"] = Value::Null;
        }
    }
    Some(shape)
}

/// `POST /queue/cancelItem?id=N`: 204 whether or not there was something to cancel.
async fn cancel_item(State(house): House, uri: Uri) -> Answered {
    let id = Query::read(uri.query().unwrap_or_default()).number("id").ok_or_else(not_found)? as u64;
    let mut jenkins = house.state();
    if jenkins.queue.iter().any(|item| item.id == id && item.fate == Fate::Waiting) {
        jenkins.settle(id, Fate::Cancelled);
    }
    Ok(StatusCode::NO_CONTENT.into_response())
}

fn one_build(house: &Shared<Jenkins>, job: &str, number: &str, uri: &Uri) -> Answered {
    let jenkins = house.state();
    let build = number.parse().ok().and_then(|number| jenkins.build(job, number)).ok_or_else(not_found)?;
    Ok(shown(uri, whole(build)))
}

/// `POST .../stop`: a build that runs is aborted; back to its page in either case.
fn stop(house: &Shared<Jenkins>, job: &str, number: &str) -> Answered {
    let (mut jenkins, now) = (house.state(), house.now());
    let build = number.parse().ok().and_then(|number| jenkins.build(job, number)).ok_or_else(not_found)?;
    let (number, is_running) = (build.number, build.ended.is_none());
    if is_running {
        jenkins.end(job, number, "ABORTED", now).map_err(|_| not_found())?;
    }
    Ok((StatusCode::FOUND, [(header::LOCATION, format!("{ROOT}/{}{number}/", path(job)))]).into_response())
}

/// As much of it as was asked for with `tree`.
fn shown(uri: &Uri, shape: Value) -> Response {
    let asked = Query::read(uri.query().unwrap_or_default());
    Json(match asked.text("tree") {
        Some(tree) => prune(&shape, tree),
        None => shape,
    })
    .into_response()
}

fn named(job: &Job) -> Value {
    let class = "org.jenkinsci.plugins.workflow.job.WorkflowJob";
    json!({
        "_class": class, "name": job.short_name(), "fullName": job.name, "url": format!("{ROOT}/{}", path(&job.name)),
        "color": "blue",
    })
}

fn numbered(build: &Build) -> Value {
    let class = "org.jenkinsci.plugins.workflow.job.WorkflowRun";
    json!({ "_class": class, "number": build.number, "url": format!("{ROOT}/{}{}/", path(&build.job), build.number) })
}

fn whole(build: &Build) -> Value {
    let mut shape = numbered(build);
    shape["actions"] = json!([actions(&build.parameters), {}]);
    shape["building"] = build.ended.is_none().into();
    shape["inProgress"] = build.ended.is_none().into();
    shape["result"] = build.ended.map(|(result, _)| result).into();
    shape["duration"] = build.duration().into();
    shape["estimatedDuration"] = (-1).into();
    shape["displayName"] = format!("#{}", build.number).into();
    shape["fullDisplayName"] = format!("{} #{}", build.job, build.number).into();
    shape["id"] = build.number.to_string().into();
    shape["queueId"] = build.item.into();
    shape["timestamp"] = build.started.as_millisecond().into();
    shape
}

fn actions(parameters: &BTreeMap<String, String>) -> Value {
    let parameters =
        parameters.iter().map(|(name, value)| json!({ "_class": "hudson.model.StringParameterValue", "name": name, "value": value }));
    json!({ "_class": "hudson.model.ParametersAction", "parameters": parameters.collect::<Vec<_>>() })
}

/// The parameters in one text, each on a line, as the queue has them.
fn params(item: &Item) -> String {
    item.parameters.iter().map(|(name, value)| format!("\n{name}={value}")).collect()
}
