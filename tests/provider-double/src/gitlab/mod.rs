//! GitLab: its REST API, version 4, and its webhooks (docs.gitlab.com/api, docs.gitlab.com/user/project/integrations/webhooks).

mod api;
mod deployment;
mod hook;
mod pipeline;
mod repository;
mod shape;
mod words;

use std::sync::Arc;

use axum::{
    Router,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use jiff::Timestamp;

use crate::{
    delivery::Sending,
    git::Repository,
    phrase::Phrase,
    provider::{Provider, Shared, plain_overload, with_retry_after},
    signature::Signature,
    trouble::Overload,
};
use deployment::Deployment;
use pipeline::Pipeline;
use repository::CommitStatus;

/// Where GitLab is, as its own links say.
const SITE: &str = "https://gitlab.outside";

/// A signing token is `whsec_` and 32 bytes in base64 ("Webhooks API", `signing_token`).
pub(crate) const SIGNING_TOKEN: &str = "whsec_b3V0c2lkZS1naXRsYWItc2lnbmluZy10b2tlbi0zMmI=";

/// Everything that GitLab knows.
#[derive(Debug, Default)]
pub(crate) struct GitLab {
    projects: Vec<Repository>,
    statuses: Vec<CommitStatus>,
    pipelines: Vec<Pipeline>,
    deployments: Vec<Deployment>,
    /// Events of what was done over the API, which are still to be sent.
    due: Vec<Sending>,
    /// Whether webhooks are signed, instead of carrying the secret.
    is_signing: bool,
    /// The last number given to a status, a job or a delivery.
    last: u64,
}

impl GitLab {
    fn next(&mut self) -> u64 {
        self.last += 1;
        self.last
    }

    /// A project goes by its number or by its path.
    fn project(&self, id: &str) -> Option<&Repository> {
        self.projects.iter().find(|project| project.path.eq_ignore_ascii_case(id) || project.id.to_string() == id)
    }

    fn project_mut(&mut self, path: &str, branch: &str) -> &mut Repository {
        let known = self.projects.iter().position(|project| project.path.eq_ignore_ascii_case(path));
        let index = known.unwrap_or_else(|| {
            self.projects.push(Repository::new(self.projects.len() as u64 + 1, path, branch));
            self.projects.len() - 1
        });
        &mut self.projects[index]
    }

    fn by_number(&self, id: u64) -> Option<&Repository> {
        self.projects.iter().find(|project| project.id == id)
    }

    fn signature(&self) -> Signature {
        if self.is_signing { Signature::GitLabSigned } else { Signature::GitLabToken }
    }
}

impl Provider for GitLab {
    const NAME: &'static str = "gitlab";
    const TOKEN: &'static str = "glpat-OutsideGitLabToken";

    fn secret(&self) -> &'static str {
        if self.is_signing { SIGNING_TOKEN } else { "outside-gitlab-webhook-secret" }
    }

    fn routes(shared: &Arc<Shared<Self>>) -> Option<Router> {
        Some(api::routes(shared))
    }

    fn phrases() -> &'static [Phrase<Self>] {
        words::PHRASES
    }

    /// "Rate limits": a plain text, and headers beside it.
    fn overloaded(overload: &Overload, now: Timestamp) -> Response {
        if overload.status != StatusCode::TOO_MANY_REQUESTS {
            return plain_overload(overload);
        }
        let reset = (now.as_second() + 60).to_string();
        let limits = [("ratelimit-limit", "60"), ("ratelimit-remaining", "0"), ("ratelimit-observed", "61"), ("ratelimit-reset", &reset)];
        with_retry_after((overload.status, limits, "Retry later\n").into_response(), overload)
    }
}
