//! GitHub: its REST API, version 2022-11-28, and its webhooks (docs.github.com/rest, docs.github.com/webhooks).

mod api;
mod check;
mod commits;
mod deployment;
mod hook;
mod limit;
mod page;
mod refusal;
mod shape;
mod words;

use std::sync::Arc;

use axum::{
    Json, Router,
    response::{IntoResponse, Response},
};
use jiff::Timestamp;
use serde_json::json;

use crate::{
    delivery::Sending,
    git::Repository,
    phrase::Phrase,
    provider::{Provider, Shared, with_retry_after},
    trouble::Overload,
};
use check::Check;
use deployment::Deployment;
use limit::Limit;

/// Where GitHub is, as its own links say.
const API: &str = "http://github.outside";
/// Where its pages for people are.
const SITE: &str = "https://github.com";
/// Whose token it is.
const LOGIN: &str = "hatstand";

/// Everything that GitHub knows.
#[derive(Debug, Default)]
pub(crate) struct GitHub {
    repositories: Vec<Repository>,
    checks: Vec<Check>,
    deployments: Vec<Deployment>,
    limit: Limit,
    /// Events of what was done over the API, which are still to be sent.
    due: Vec<Sending>,
    /// The last number given to a status, a check, a run or a delivery.
    last: u64,
}

impl GitHub {
    /// A number that was not given before.
    fn next(&mut self) -> u64 {
        self.last += 1;
        self.last
    }

    /// Names are the same in any case.
    fn repository(&self, path: &str) -> Option<&Repository> {
        self.repositories.iter().find(|repository| repository.path.eq_ignore_ascii_case(path))
    }

    /// The repository of this name, made if it is not there.
    fn repository_mut(&mut self, path: &str, branch: &str) -> &mut Repository {
        let known = self.repositories.iter().position(|repository| repository.path.eq_ignore_ascii_case(path));
        let index = known.unwrap_or_else(|| {
            self.repositories.push(Repository::new(self.repositories.len() as u64 + 1, path, branch));
            self.repositories.len() - 1
        });
        &mut self.repositories[index]
    }
}

impl Provider for GitHub {
    const NAME: &'static str = "github";
    const TOKEN: &'static str = "ghp_OutsideGitHubToken0000000000000000000";

    fn secret(&self) -> &'static str {
        "outside-github-webhook-secret"
    }

    fn routes(shared: &Arc<Shared<Self>>) -> Option<Router> {
        Some(api::routes(shared))
    }

    fn phrases() -> &'static [Phrase<Self>] {
        words::PHRASES
    }

    /// "Rate limits for the REST API": what is too much is told by 403 or 429, with words for a secondary limit.
    fn overloaded(overload: &Overload, now: Timestamp) -> Response {
        let limited = matches!(overload.status.as_u16(), 403 | 429);
        let message = if limited {
            "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."
        } else {
            overload.status.canonical_reason().unwrap_or("Server Error")
        };
        let body = Json(json!({ "message": message, "documentation_url": refusal::DOCUMENTATION }));
        let mut response = with_retry_after((overload.status, body).into_response(), overload);
        let used = if limited { limit::MOST } else { 1 };
        limit::tell(response.headers_mut(), used, now);
        response
    }
}
