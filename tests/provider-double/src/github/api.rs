//! GitHub's port: who may come in, and what leads where.

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::{Request, State},
    http::{HeaderValue, StatusCode, header},
    middleware::{Next, from_fn_with_state},
    response::{IntoResponse, Response},
    routing::get,
};
use serde_json::json;

use super::{GitHub, LOGIN, check, commits, deployment, limit, refusal::Refusal, shape};
use crate::provider::{Provider, Shared};

/// The version that is spoken ("API versions").
const VERSION: &str = "2022-11-28";

pub(super) type Hub = State<Arc<Shared<GitHub>>>;
pub(super) type Answered = Result<Response, Refusal>;

pub(super) fn routes(shared: &Arc<Shared<GitHub>>) -> Router {
    let at = |path: &str| format!("/repos/{{owner}}/{{repo}}{path}");
    Router::new()
        .route("/user", get(user))
        .route(&at(""), get(commits::repository))
        .route(&at("/branches"), get(commits::branches))
        .route(&at("/branches/{*branch}"), get(commits::branch))
        .route(&at("/git/ref/{*reference}"), get(commits::reference))
        .route(&at("/commits/{reference}"), get(commits::commit))
        .route(&at("/commits/{reference}/status"), get(check::combined))
        .route(&at("/commits/{reference}/check-runs"), get(check::runs))
        .route(&at("/compare/{basehead}"), get(commits::compare))
        .route(&at("/deployments"), get(deployment::list).post(deployment::create))
        .route(&at("/deployments/{id}"), get(deployment::one))
        .route(&at("/deployments/{id}/statuses"), get(deployment::statuses).post(deployment::add_status))
        .route(&at("/deployments/{id}/statuses/{status}"), get(deployment::status))
        .fallback(async || Refusal::not_found())
        .layer(from_fn_with_state(shared.clone(), admit))
        .with_state(shared.clone())
}

async fn admit(State(hub): Hub, request: Request, next: Next) -> Response {
    let now = hub.now();
    let used = hub.state().limit.count(now);
    let mut response = match check_request(&request, used) {
        Ok(()) => next.run(request).await,
        Err(refusal) => refusal.into_response(),
    };
    limit::tell(response.headers_mut(), used, now);
    response.headers_mut().insert("x-github-api-version-selected", HeaderValue::from_static(VERSION));
    response
}

fn check_request(request: &Request, used: u64) -> Result<(), Refusal> {
    let headers = request.headers();
    // "Getting started with the REST API": without a User-Agent a request is rejected.
    if headers.get(header::USER_AGENT).is_none_or(HeaderValue::is_empty) {
        return Err(Refusal::new(
            StatusCode::FORBIDDEN,
            "Request forbidden by administrative rules. Please make sure your request has a User-Agent header",
        ));
    }
    if headers.get("x-github-api-version").is_some_and(|version| version != VERSION) {
        return Err(Refusal::new(StatusCode::BAD_REQUEST, "The API version that was asked for is not supported"));
    }
    match headers.get(header::AUTHORIZATION) {
        Some(given) if is_known(given) => {}
        Some(_) => return Err(Refusal::bad_credentials()),
        // "Troubleshooting": what is private is not found by who is nobody.
        None if request.uri().path().starts_with("/repos/") => return Err(Refusal::not_found()),
        None => return Err(Refusal::new(StatusCode::UNAUTHORIZED, "Requires authentication")),
    }
    if used > limit::MOST {
        return Err(Refusal::new(StatusCode::FORBIDDEN, "API rate limit exceeded for user ID 1."));
    }
    Ok(())
}

/// `Bearer` and `token` are both good ("Authenticating to the REST API").
fn is_known(given: &HeaderValue) -> bool {
    let token = given.to_str().ok().and_then(|given| given.split_once(' '));
    token.is_some_and(|(scheme, token)| ["bearer", "token"].contains(&scheme.to_ascii_lowercase().as_str()) && token == GitHub::TOKEN)
}

async fn user() -> Response {
    Json(shape::with(shape::user(LOGIN), json!({ "name": "Hatstand", "company": null, "email": null, "public_repos": 0 }))).into_response()
}
