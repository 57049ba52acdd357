//! Those who deploy, and those who know commits: which request to send for what, and what an answer or a webhook says. All of it is
//! data; nothing here sends anything.
//!
//! [`Provider`] is what [`github`], [`gitlab`], [`jenkins`] and [`generic`] have in common. [`moment`] reads their times, [`json`] their
//! answers.

mod generic;
mod github;
mod gitlab;
mod jenkins;
mod json;
mod moment;

use crate::apps::{Kind, Origin};
use hatstand_plugin::http::Error as HttpError;
use hatstand_plugin::prelude::*;
use hatstand_plugin::{HttpAnswer, HttpFailure};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// How the host ends its words about a request of which nobody knows whether it arrived.
const UNKNOWN: &str = "whether it arrived is not known";

/// A request to a provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    pub method: &'static str,
    pub url: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    /// If the provider does what has this key once.
    pub idempotency_key: Option<String>,
}

/// What is to be deployed.
#[derive(Clone, Debug)]
pub struct Order<'a> {
    /// Names the deploy at the provider, and nobody can guess it.
    pub key: &'a str,
    pub number: u64,
    pub app: &'a str,
    pub environment: &'a str,
    pub hosts: &'a [String],
    pub git_ref: &'a str,
    /// What is deployed if nobody says.
    pub default_ref: &'a str,
    pub sha: Option<&'a str>,
    pub task: Option<&'a str>,
    pub parameters: &'a BTreeMap<String, String>,
    pub reason: Option<&'a str>,
    pub by: &'a str,
}

impl Order<'_> {
    /// Was the commit itself asked for, rather than what a branch or tag stands for?
    pub fn is_for_commit(&self) -> bool {
        self.sha.is_some_and(|sha| sha.starts_with(self.git_ref))
    }
}

/// A commit at its provider.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Commit {
    pub sha: String,
    pub url: Option<String>,
}

/// What CI says of a commit, in one of its contexts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    pub context: String,
    pub verdict: Verdict,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    Passed,
    Pending,
    Failed,
}

/// How far a deploy has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Progress {
    Pending,
    Running,
    Succeeded,
    Failed,
    Cancelled,
}

/// When something happened by the provider's clock, and its number there, so that what comes late is told from what is new.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Mark {
    pub at: u64,
    pub number: u64,
}

/// A branch has become part of another one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Merged {
    /// As the provider calls it.
    pub repository: String,
    pub branch: String,
}

/// What a provider says of a deploy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct News {
    /// The key of its order, if the provider gives it back.
    pub key: Option<String>,
    /// What the provider calls it; another one than before if it went on to another stage.
    pub id: Option<String>,
    pub progress: Progress,
    pub mark: Mark,
    /// Where people can look at it.
    pub link: Option<String>,
    pub text: Option<String>,
}

/// A deploy that the provider has taken on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Started {
    pub id: String,
    pub link: Option<String>,
    /// The commit, if the provider chose it by itself.
    pub sha: Option<String>,
}

/// What came of looking for a deploy of which nobody knows whether it was begun.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    Started(Started),
    /// One of these may be it: each has to be asked.
    Among(Vec<String>),
    Nothing,
}

/// What can be done to a deploy that goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cancelling {
    /// The provider stops it.
    Stops(Call),
    /// The provider only writes down that nobody wants it any more: whoever does it may go on.
    Marks(Call),
    /// There is no way.
    Impossible,
}

/// Why an answer is none that helps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// It could not be reached, and got nothing.
    Down,
    /// The connection broke, and nobody knows whether the request arrived.
    Cut,
    /// There was no answer in time.
    Slow,
    /// It wants fewer requests.
    Limited,
    /// The status says that it is broken.
    Broken(u16),
    /// It does not know the bot, or does not let it do that.
    Denied(u16),
    /// It knows no such thing.
    Missing,
    /// It refuses, and says why.
    Refused(String),
    /// The answer is not what its documentation says.
    Unreadable,
    /// The operator has not granted the destination.
    NotGranted(String),
}

/// What all providers can say. A provider that cannot do something gives no request for it.
pub trait Provider {
    /// Looks a ref up.
    fn resolve(&self, _git_ref: &str) -> Option<Call> {
        None
    }

    /// The commit that a ref stands for.
    fn commit(&self, _answer: &HttpAnswer) -> Result<Commit, Trouble> {
        Err(Trouble::Unreadable)
    }

    /// Asks how much of `base` a commit lacks.
    fn compare(&self, _base: &str, _head: &str) -> Option<Call> {
        None
    }

    /// How many commits are lacking.
    fn behind(&self, _answer: &HttpAnswer) -> Result<u64, Trouble> {
        Err(Trouble::Unreadable)
    }

    /// Asks what CI says of a commit; what is said in several places is asked for one page after the other.
    fn checks(&self, _sha: &str, _page: usize) -> Option<Call> {
        None
    }

    fn verdicts(&self, _answer: &HttpAnswer, _page: usize) -> Result<Vec<Check>, Trouble> {
        Err(Trouble::Unreadable)
    }

    /// Where people look at the difference of two commits.
    fn difference(&self, _from: &str, _to: &str) -> Option<String> {
        None
    }

    /// Asks for what must come along with a request that changes something.
    fn prepare(&self) -> Option<Call> {
        None
    }

    /// The headers that must come along.
    fn prepared(&self, _answer: &HttpAnswer) -> Result<Vec<(String, String)>, Trouble> {
        Ok(Vec::new())
    }

    fn start(&self, order: &Order<'_>) -> Call;

    fn started(&self, answer: &HttpAnswer) -> Result<Started, Trouble>;

    /// Looks for a deploy of which nobody knows whether it was begun.
    fn find(&self, order: &Order<'_>) -> Option<Call>;

    fn found(&self, answer: &HttpAnswer, order: &Order<'_>) -> Result<Found, Trouble>;

    /// Asks whether this candidate is the one that was looked for.
    fn recognize(&self, _candidate: &str) -> Option<Call> {
        None
    }

    fn recognized(&self, _answer: &HttpAnswer, _order: &Order<'_>, _candidate: &str) -> Result<Option<Started>, Trouble> {
        Ok(None)
    }

    fn cancel(&self, id: &str, by: &str) -> Cancelling;

    /// Asks how far a deploy has come.
    fn read(&self, id: &str) -> Option<Call>;

    fn news(&self, answer: &HttpAnswer, id: &str) -> Result<News, Trouble>;

    /// How long after the start it is asked, if nobody says anything by itself.
    fn patience(&self) -> Duration {
        Duration::from_secs(5 * 60)
    }

    /// Asks whether the bot's credential works.
    fn verify(&self) -> Call;
}

/// Who speaks the language of an origin.
pub fn of(origin: &Origin) -> Box<dyn Provider + '_> {
    match origin.kind {
        Kind::Github => Box::new(github::Github(origin)),
        Kind::Gitlab => Box::new(gitlab::Gitlab(origin)),
        Kind::Jenkins => Box::new(jenkins::Jenkins(origin)),
        Kind::Generic => Box::new(generic::Generic(origin)),
    }
}

/// What a webhook says of a deploy; none if it is about something else.
pub fn heard(kind: Kind, webhook: &Webhook) -> Option<News> {
    let body: Value = webhook.json().ok()?;
    match kind {
        Kind::Github => github::heard(webhook.header("X-GitHub-Event")?, &body),
        Kind::Gitlab => gitlab::heard(&body),
        Kind::Jenkins => jenkins::heard(&body),
        Kind::Generic => generic::heard(&body),
    }
}

/// Whether a webhook says that a branch was merged.
pub fn merged(kind: Kind, webhook: &Webhook) -> Option<Merged> {
    let body: Value = webhook.json().ok()?;
    match kind {
        Kind::Github => github::merged(webhook.header("X-GitHub-Event")?, &body),
        Kind::Gitlab => gitlab::merged(&body),
        Kind::Jenkins | Kind::Generic => None,
    }
}

impl Progress {
    pub fn is_over(self) -> bool {
        matches!(self, Self::Succeeded | Self::Failed | Self::Cancelled)
    }
}

impl Call {
    fn get(url: String) -> Self {
        Self {
            method: "GET",
            url,
            headers: vec![("Accept".to_owned(), "application/json".to_owned())],
            body: Vec::new(),
            idempotency_key: None,
        }
    }

    fn post(url: String, body: &Value) -> Self {
        Self { method: "POST", body: body.to_string().into_bytes(), ..Self::get(url) }.header("Content-Type", "application/json")
    }

    fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.retain(|(known, _)| known != name);
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Sends it; the answer comes to the handler that the tag names.
    pub fn send(self, cx: &Context, tag: String) -> Result<(), HttpError> {
        let request = cx.http().request(self.method, self.url);
        let request = self.headers.into_iter().fold(request, |request, (name, value)| request.header(name, value)).body(self.body);
        match self.idempotency_key {
            Some(key) => request.idempotency_key(key).then(tag),
            None => request.then(tag),
        }
    }
}

impl Trouble {
    /// A good answer, or what is the trouble with it.
    pub fn check(response: Response) -> Result<HttpAnswer, Self> {
        match response.outcome {
            Err(HttpFailure::Timeout) => Err(Self::Slow),
            Err(HttpFailure::NotGranted(grant)) => Err(Self::NotGranted(grant)),
            Err(HttpFailure::TooLarge) => Err(Self::Unreadable),
            Err(HttpFailure::Connection(why)) if why.ends_with(UNKNOWN) => Err(Self::Cut),
            Err(_) => Err(Self::Down),
            Ok(answer) if answer.is_success() => Ok(answer),
            Ok(answer) => Err(Self::of_status(&answer)),
        }
    }

    fn of_status(answer: &HttpAnswer) -> Self {
        match answer.status {
            // GitHub answers 403 as well where its limit is reached:
            // https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api
            403 if answer.header("X-RateLimit-Remaining") == Some("0") || answer.header("Retry-After").is_some() => Self::Limited,
            401 | 403 => Self::Denied(answer.status),
            404 | 410 => Self::Missing,
            429 => Self::Limited,
            400 | 409 | 422 => Self::Refused(json::complaint(answer)),
            status => Self::Broken(status),
        }
    }

    /// May the request have been done all the same?
    pub fn leaves_open(&self) -> bool {
        matches!(self, Self::Cut | Self::Slow | Self::Unreadable | Self::Broken(_))
    }
}
