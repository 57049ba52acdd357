//! The routes, and what is done with each request: answered, and one line in the log.

use super::command::Target;
use super::{Api, Problem, caller, openapi, outcome, request};
use crate::listener::Standing;
use axum::Router;
use axum::extract::rejection::PathRejection;
use axum::extract::{Extension, Path, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use std::sync::Arc;
use std::time::Instant;

pub(super) fn routes(api: Arc<Api>) -> Router {
    Router::new()
        .route("/api/v1/commands", post(any_command))
        .route("/api/v1/plugins/{plugin}/{command}", post(one_command))
        .route("/api/v1/openapi.json", get(description))
        .method_not_allowed_fallback(async || Problem::method_not_allowed())
        .fallback(async || Problem::no_such_address())
        .with_state(api)
}

async fn any_command(State(api): State<Arc<Api>>, Extension(standing): Extension<Standing>, request: Request) -> Response {
    api.answer(None, request, &standing).await
}

async fn one_command(
    State(api): State<Arc<Api>>,
    path: Result<Path<(String, String)>, PathRejection>,
    Extension(standing): Extension<Standing>,
    request: Request,
) -> Response {
    match path {
        Ok(Path((plugin, command))) => api.answer(Some(Target { plugin, command }), request, &standing).await,
        Err(_) => Problem::no_such_address().into_response(),
    }
}

async fn description(State(api): State<Arc<Api>>) -> Response {
    axum::Json(openapi::document(&api.plugins.registry())).into_response()
}

impl Api {
    /// Answers a request for a command, and writes down that it did: never the token, only its name.
    /// Without a token that counts, nothing of the body is read.
    async fn answer(&self, target: Option<Target>, request: Request, standing: &Standing) -> Response {
        let began = Instant::now();
        let (head, body) = request.into_parts();
        let (token, answered) = match self.caller(&head.headers).await {
            Ok(caller) => {
                let _vouched = standing.vouch();
                (Some(caller.token.name.clone()), self.obey(&caller, target, &head, body).await)
            }
            Err(caller::Refused { token, problem }) => (token, Err(problem)),
        };
        let status = answered.as_ref().map_or_else(|problem| problem.status, |told| told.status);
        let reference = answered.as_ref().map_or_else(|problem| &problem.reference, |told| &told.reference);
        let (token, status) = (token.as_deref().unwrap_or("nobody"), status.as_u16());
        tracing::info!(reference, token, status, took = ?began.elapsed(), "answered a program");
        answered.into_response()
    }

    async fn obey(
        &self,
        caller: &caller::Caller,
        target: Option<Target>,
        head: &axum::http::request::Parts,
        body: axum::body::Body,
    ) -> Result<outcome::Told, Problem> {
        let wanted = request::read(head, body, target).await?;
        let key = self.record(caller, &wanted).await?;
        self.tell(&caller.workspace, &key, wanted.wait).await
    }
}

impl IntoResponse for outcome::Told {
    fn into_response(self) -> Response {
        (self.status, axum::Json(self.body)).into_response()
    }
}

/// What is documented of a request that went well.
pub(super) const DONE: StatusCode = StatusCode::OK;
pub(super) const UNDER_WAY: StatusCode = StatusCode::ACCEPTED;
