//! Jenkins: its remote access API, and the JSON of its Notification plugin (jenkins.io/doc/book/using/remote-access-api,
//! plugins.jenkins.io/notification).

mod api;
mod build;
mod hook;
mod tree;
mod words;

use std::sync::Arc;

use axum::{
    Router,
    http::StatusCode,
    response::{Html, IntoResponse, Response},
};
use jiff::Timestamp;

use crate::{
    phrase::Phrase,
    provider::{Provider, Shared, with_retry_after},
    signature::Signature,
    trouble::Overload,
};
use build::{Build, Item, Job};

/// The root URL that is configured in Jenkins.
const ROOT: &str = "http://jenkins.outside";
/// Whose API token it is.
const USER: &str = "ci";
/// The user's password, with which a crumb is needed.
const PASSWORD: &str = "outside-jenkins-password";

/// Everything that Jenkins knows.
#[derive(Debug, Default)]
pub(crate) struct Jenkins {
    jobs: Vec<Job>,
    queue: Vec<Item>,
    builds: Vec<Build>,
    /// Whether webhooks carry user and password, instead of what a proxy in front of Jenkins would add.
    is_basic: bool,
    deliveries: u64,
}

impl Jenkins {
    fn job(&self, name: &str) -> Option<&Job> {
        self.jobs.iter().find(|job| job.name == name)
    }

    fn build(&self, job: &str, number: u64) -> Option<&Build> {
        self.builds.iter().find(|build| build.job == job && build.number == number)
    }

    fn signature(&self) -> Signature {
        if self.is_basic { Signature::Basic } else { Signature::Bearer }
    }
}

impl Provider for Jenkins {
    const NAME: &'static str = "jenkins";
    const TOKEN: &'static str = "110123456789abcdef0123456789abcdef";

    fn secret(&self) -> &'static str {
        "outside-jenkins-webhook-secret"
    }

    fn routes(shared: &Arc<Shared<Self>>) -> Option<Router> {
        Some(api::routes(shared))
    }

    fn phrases() -> &'static [Phrase<Self>] {
        words::PHRASES
    }

    /// Its refusals are pages for people.
    fn overloaded(overload: &Overload, _: Timestamp) -> Response {
        let why = overload.status.canonical_reason().unwrap_or("Refused");
        with_retry_after(refuse(overload.status, why).into_response(), overload)
    }
}

/// A refusal, which is a page for people.
#[derive(Clone, Debug)]
struct Refusal {
    status: StatusCode,
    why: String,
}

fn refuse(status: StatusCode, why: &str) -> Refusal {
    Refusal { status, why: why.to_owned() }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let title = format!("{} {}", self.status.as_u16(), self.why);
        let page = format!("<html><head><title>Error {title}</title></head><body><h2>HTTP ERROR {title}</h2></body></html>");
        (self.status, Html(page)).into_response()
    }
}
