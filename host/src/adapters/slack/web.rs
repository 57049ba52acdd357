//! Slack's Web API: every call with a time limit, and every failure as what it means for whoever called.
//!
//! The calls go through `slack-morphism`'s client. Requests and answers are our own small structs, which name only what is used: the
//! crate's models refuse a whole answer for one field that they did not expect, and a message that was posted would look as if it were
//! not.

use crate::model::WorkspaceId;
use crate::secrets::Token;
use hatstand_common::value::Instant;
use http_body_util::BodyExt;
use hyper::header::{AUTHORIZATION, DATE, RETRY_AFTER};
use hyper::{HeaderMap, Request, StatusCode};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::{self, Client};
use hyper_util::rt::TokioExecutor;
use jiff::fmt::rfc2822;
use secrecy::{ExposeSecret, SecretString};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use slack_morphism::errors::SlackClientError;
use slack_morphism::hyper_tokio::{SlackClientHyperHttpsConnector, SlackHyperClient};
use slack_morphism::{SlackApiToken, SlackApiTokenValue};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

/// How long any call may take. Slack answers within a second or has a bad day.
const PATIENCE: Duration = Duration::from_secs(10);

/// What Slack asks to wait when it does not say how long.
const UNSAID_WAIT: Duration = Duration::from_secs(1);

/// Where the Web API is.
#[derive(Clone, Debug)]
pub struct Web {
    client: Arc<SlackHyperClient>,
    /// For the one answer of which the headers count.
    plain: Client<HttpsConnector<HttpConnector>, String>,
    url: String,
}

/// The Web API as one token sees it.
#[derive(Clone, Debug)]
pub struct Api {
    web: Web,
    token: Arc<SlackApiToken>,
}

/// Who a bot token belongs to.
#[derive(Clone, Debug)]
pub struct Identity {
    pub team: WorkspaceId,
    pub team_name: String,
    pub bot_user: String,
    pub bot_id: String,
    pub bot_name: String,
    /// What the token may do.
    pub scopes: BTreeSet<String>,
    /// What time it is at Slack.
    pub date: Option<Instant>,
}

/// What came of a call that did not go well. No sentence of it holds a token, an address with a ticket or what Slack sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WebError {
    /// Slack says no, and changed nothing.
    #[error("{method}: Slack says `{code}`{}", missing.as_deref().map(|scope| format!(" (the scope `{scope}` is missing)")).unwrap_or_default())]
    Refused {
        method: String,
        code: String,
        /// The scope that was needed, for `missing_scope`.
        missing: Option<String>,
    },
    /// Too many calls; the same again after this time.
    #[error("{method}: Slack asks to wait {} s", wait.as_secs())]
    TooFast { method: String, wait: Duration },
    /// The call did not reach Slack.
    #[error("{method}: Slack cannot be reached ({why})")]
    Unreachable { method: String, why: String },
    /// The call may or may not have had its effect.
    #[error("{method}: nobody knows what came of it ({why})")]
    Unknown { method: String, why: String },
}

impl WebError {
    /// The word with which Slack refused.
    pub fn code(&self) -> Option<&str> {
        match self {
            WebError::Refused { code, .. } => Some(code),
            _ => None,
        }
    }

    /// Does nothing help but another token? From the list of errors that every method's page has in common.
    pub fn is_about_the_token(&self) -> bool {
        let code = self.code();
        code.is_some_and(|code| {
            [
                "access_denied",
                "account_inactive",
                "app_uninstalled",
                "invalid_auth",
                "not_allowed_token_type",
                "not_authed",
                "team_access_not_granted",
                "token_expired",
                "token_revoked",
            ]
            .contains(&code)
        })
    }
}

impl Web {
    /// `url` has no slash at its end.
    pub fn new(url: &str) -> Result<Self, WebError> {
        let connector = HttpsConnectorBuilder::new()
            .with_provider_and_native_roots(rustls::crypto::ring::default_provider())
            .map_err(|why| unreachable("start", &why))?
            .https_or_http()
            .enable_http1()
            .enable_http2()
            .build();
        let client = SlackClientHyperHttpsConnector::from(connector.clone()).with_slack_api_url(url);
        let plain = Client::builder(TokioExecutor::new()).build(connector);
        Ok(Self { client: Arc::new(SlackHyperClient::new(client)), plain, url: url.to_owned() })
    }

    /// The API as this token sees it.
    pub fn with(&self, token: &Token) -> Api {
        let token = SlackApiToken::new(SlackApiTokenValue(token.expose_secret().to_owned()));
        Api { web: self.clone(), token: Arc::new(token) }
    }

    /// Who the token belongs to, and what it may do: the scopes are only in a header of the answer.
    pub async fn identity(&self, token: &Token) -> Result<Identity, WebError> {
        let method = "auth.test";
        let (headers, answer): (_, AuthTest) = timed(method, self.ask(method, token)).await?;
        Ok(Identity {
            team: WorkspaceId(answer.team_id),
            team_name: answer.team,
            bot_user: answer.user_id,
            bot_id: answer.bot_id,
            bot_name: answer.user,
            scopes: list(&headers, "x-oauth-scopes"),
            date: headers.get(DATE).and_then(|date| instant(date.to_str().ok()?)),
        })
    }

    /// An address for one connection, with a ticket in it that is good for one use.
    pub async fn open_connection(&self, app: &Token) -> Result<SecretString, WebError> {
        let opened: Opened = self.with(app).post("apps.connections.open", &Nothing {}).await?;
        Ok(opened.url.into())
    }

    async fn ask<T: DeserializeOwned>(&self, method: &str, token: &Token) -> Result<(HeaderMap, T), WebError> {
        let request = Request::post(format!("{}/{method}", self.url))
            .header(AUTHORIZATION, format!("Bearer {}", token.expose_secret()))
            .body(String::new())
            .map_err(|why| unreachable(method, &why))?;
        let answer = self.plain.request(request).await.map_err(|why| lost(method, &why))?;
        let (head, body) = answer.into_parts();
        let body = body.collect().await.map_err(|why| unknown(method, &why))?.to_bytes();
        match head.status {
            StatusCode::OK => Ok((head.headers, read(method, &body)?)),
            StatusCode::TOO_MANY_REQUESTS => {
                let wait = head.headers.get(RETRY_AFTER).and_then(|wait| wait.to_str().ok()?.parse().ok());
                Err(WebError::TooFast { method: method.to_owned(), wait: wait.map_or(UNSAID_WAIT, Duration::from_secs) })
            }
            status => Err(unknown(method, &status)),
        }
    }
}

impl Api {
    /// A call that changes something.
    pub async fn post<T>(&self, method: &str, request: &(impl Serialize + Send + Sync)) -> Result<T, WebError>
    where
        T: DeserializeOwned + Send,
    {
        let session = self.web.client.open_session(&self.token);
        timed(method, async { session.http_session_api.http_post(method, &request, None).await.map_err(|why| translate(method, why)) })
            .await
    }

    /// A call that only reads.
    pub async fn get<T>(&self, method: &str, parameters: &[(&str, &str)]) -> Result<T, WebError>
    where
        T: DeserializeOwned + Send,
    {
        let parameters: Vec<(&str, Option<&str>)> = parameters.iter().map(|(name, value)| (*name, Some(*value))).collect();
        let session = self.web.client.open_session(&self.token);
        timed(method, async { session.http_session_api.http_get(method, &parameters, None).await.map_err(|why| translate(method, why)) })
            .await
    }

    /// Answers to an address that came with a command or a press. Slack answers with an empty body.
    pub async fn respond(&self, url: &SecretString, request: &(impl Serialize + Send + Sync)) -> Result<(), WebError> {
        let method = "response_url";
        let url = url.expose_secret().parse().map_err(|_| refused(method, "invalid_url"))?;
        let session = self.web.client.open_session(&self.token);
        let answered = timed(method, async {
            let sent: Result<Nothing, _> = session.http_session_api.http_post_uri(url, &request, None).await;
            sent.map_err(|why| translate(method, why))
        });
        answered.await.map(drop)
    }
}

#[derive(Deserialize)]
struct AuthTest {
    team: String,
    team_id: String,
    user: String,
    user_id: String,
    /// Only bot tokens have one.
    #[serde(default)]
    bot_id: String,
}

#[derive(Deserialize)]
struct Opened {
    url: String,
}

/// A request that asks for nothing in particular, and an answer of which nothing is needed.
#[derive(Debug, Deserialize, Serialize)]
pub struct Nothing {}

/// What every answer begins with.
#[derive(Deserialize)]
struct Verdict {
    error: Option<String>,
    needed: Option<String>,
}

async fn timed<T>(method: &str, call: impl Future<Output = Result<T, WebError>>) -> Result<T, WebError> {
    match tokio::time::timeout(PATIENCE, call).await {
        Ok(done) => done,
        Err(_) => Err(unknown(method, &format!("no answer within {} s", PATIENCE.as_secs()))),
    }
}

fn read<T: DeserializeOwned>(method: &str, body: &[u8]) -> Result<T, WebError> {
    let garbled = |_| unknown(method, &"the answer is not what the method's page says");
    let verdict: Verdict = serde_json::from_slice(body).map_err(garbled)?;
    match verdict.error {
        Some(code) => Err(WebError::Refused { method: method.to_owned(), code, missing: verdict.needed }),
        None => serde_json::from_slice(body).map_err(garbled),
    }
}

/// The crate's errors print what Slack sent, so none of them goes further than here.
fn translate(method: &str, why: SlackClientError) -> WebError {
    match why {
        SlackClientError::ApiError(error) => {
            let verdict = error.http_response_body.and_then(|body| serde_json::from_str::<Verdict>(&body).ok());
            WebError::Refused { method: method.to_owned(), code: error.code, missing: verdict.and_then(|verdict| verdict.needed) }
        }
        SlackClientError::RateLimitError(error) => {
            WebError::TooFast { method: method.to_owned(), wait: error.retry_after.unwrap_or(UNSAID_WAIT) }
        }
        SlackClientError::HttpError(error) => unknown(method, &error.status_code),
        SlackClientError::HttpProtocolError(error) => match error.cause.and_then(|cause| cause.downcast::<legacy::Error>().ok()) {
            Some(cause) => lost(method, &cause),
            None => unknown(method, &"the connection broke"),
        },
        SlackClientError::ProtocolError(_) => unknown(method, &"the answer is not what the method's page says"),
        _ => unknown(method, &"the connection broke"),
    }
}

fn lost(method: &str, why: &legacy::Error) -> WebError {
    if why.is_connect() { unreachable(method, &"no connection") } else { unknown(method, &"the connection broke") }
}

fn unreachable(method: &str, why: &impl ToString) -> WebError {
    WebError::Unreachable { method: method.to_owned(), why: why.to_string() }
}

fn unknown(method: &str, why: &impl ToString) -> WebError {
    WebError::Unknown { method: method.to_owned(), why: why.to_string() }
}

fn refused(method: &str, code: &str) -> WebError {
    WebError::Refused { method: method.to_owned(), code: code.to_owned(), missing: None }
}

fn list(headers: &HeaderMap, name: &str) -> BTreeSet<String> {
    let text = headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

fn instant(date: &str) -> Option<Instant> {
    let at = rfc2822::parse(date).ok()?.timestamp().as_millisecond();
    u64::try_from(at).ok().map(Instant)
}
