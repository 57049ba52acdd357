//! Where webhooks come in: `POST /hooks/<plugin>/<name>`. Checked, recorded, and only then acknowledged.
//!
//! It speaks plain HTTP: encryption is the business of the operator's proxy.

use super::Outside;
use super::signature::{Forged, Hook};
use crate::clock::Clock;
use crate::config;
use crate::directory::Directory;
use crate::host::Host;
use crate::ledger::{Ledger, LedgerError, Receipt, Received};
use crate::listener::{Bounds, Listener, Standing, Vouched};
use crate::model::{PluginName, Webhook};
use crate::plugins::Plugins;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Extension, Path, Request, State};
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use serde_json::json;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

pub const BODY_BYTES: usize = 1024 * 1024;

/// No sender waits longer for its answer.
const LIFETIME: Duration = Duration::from_secs(60);

impl config::Webhooks {
    /// The bodies of all connections are what a stranger can fill the memory with.
    pub fn bounds(&self) -> Bounds {
        Bounds {
            connections: self.connections.get(),
            per_address: self.connections_per_address.get(),
            head: Duration::from_secs(5),
            body: Duration::from_secs(10),
            lifetime: LIFETIME,
        }
    }
}

/// What webhooks are received with.
#[derive(Debug)]
pub struct Webhooks {
    ledger: Arc<dyn Ledger>,
    plugins: Arc<Plugins>,
    directory: Arc<Directory>,
    outside: Arc<Outside>,
    clock: Clock,
    /// Time to send a body.
    sending: Duration,
}

/// Why something was not received. No sentence tells what would have been right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Refused {
    NoSuchHook,
    NotPost,
    Forged(Forged),
    TooLarge,
    TooSlow,
    /// It belongs to one of several workspaces, and nobody said to which.
    NoWorkspace,
    NotKept,
    /// The plugin is away, and more wait for it than are kept.
    TooManyWait,
}

impl Webhooks {
    /// Listens at this address until the host stops. Returns where it listens, which tells the port if any would do.
    ///
    /// # Errors
    ///
    /// The address cannot be listened at.
    pub async fn open(host: &Host, bounds: Bounds, address: SocketAddr) -> io::Result<SocketAddr> {
        let listener = Listener::bind(address, bounds).await?;
        let address = listener.address()?;
        let webhooks = Arc::new(Self {
            ledger: Arc::clone(&host.ledger),
            plugins: Arc::clone(&host.plugins),
            directory: Arc::clone(&host.directory),
            outside: Arc::clone(&host.outside),
            clock: host.clock.clone(),
            sending: bounds.body,
        });
        host.attend(|stop| listener.serve(routes(webhooks), stop));
        Ok(address)
    }

    /// One delivery, from its bytes to its record. All that can be refused by its head is, before anything of its body is read.
    async fn receive(
        &self,
        (plugin, name): (PluginName, String),
        headers: &HeaderMap,
        body: Body,
        standing: &Standing,
    ) -> Result<bool, Refused> {
        let hook = self.hook(&plugin, &name).ok_or(Refused::NoSuchHook)?;
        let workspace = self.directory.workspace(hook.workspace.as_ref()).ok_or(Refused::NoWorkspace)?.clone();
        check_length(headers)?;
        let is_known = hook.check_head(headers).map_err(Refused::Forged)?;
        let _vouched: Option<Vouched> = is_known.then(|| standing.vouch());
        let body = self.read(body).await?;
        let now = self.clock.now();
        let mut seen = hook.check(headers, &body, now).map_err(Refused::Forged)?;
        let _vouched = standing.vouch();
        let webhook = Webhook { name: name.clone(), headers: readable(hook, headers), body };
        seen.iter_mut().for_each(|fingerprint| fingerprint.key.insert_str(0, &format!("{name}:")));
        let received = Received { workspace, plugin, seen, at: now, webhook };
        let live = self.plugins.registry().all_present();
        match self.ledger.receive(received, &live).await.map_err(|why| not_kept(&why))? {
            Receipt::New => Ok(true),
            Receipt::Repeat => Ok(false),
            Receipt::Full => Err(Refused::TooManyWait),
        }
    }

    /// As the operator wants it checked. A build that serves and does not know the name takes nothing; one that is away gets it later.
    fn hook(&self, plugin: &PluginName, name: &str) -> Option<&Hook> {
        let hook = self.outside.hooks.get(plugin)?.get(name)?;
        let registry = self.plugins.registry();
        let is_declared = registry.live(plugin).is_none_or(|build| build.description.webhooks.iter().any(|declared| declared == name));
        is_declared.then_some(hook)
    }

    async fn read(&self, body: Body) -> Result<Vec<u8>, Refused> {
        match tokio::time::timeout(self.sending, to_bytes(body, BODY_BYTES)).await {
            Ok(Ok(body)) => Ok(body.into()),
            Ok(Err(_)) => Err(Refused::TooLarge),
            Err(_) => Err(Refused::TooSlow),
        }
    }
}

fn routes(webhooks: Arc<Webhooks>) -> Router {
    Router::new()
        .route("/hooks/{plugin}/{name}", post(receive))
        .method_not_allowed_fallback(async || Refused::NotPost)
        .fallback(async || Refused::NoSuchHook)
        .with_state(webhooks)
}

async fn receive(
    State(webhooks): State<Arc<Webhooks>>,
    Path((plugin, name)): Path<(String, String)>,
    Extension(standing): Extension<Standing>,
    request: Request,
) -> Response {
    let (head, body) = request.into_parts();
    let hook = (PluginName(plugin.clone()), name.clone());
    let received = webhooks.receive(hook, &head.headers, body, &standing).await;
    let outcome = match &received {
        Ok(true) => "received",
        Ok(false) => "repeat",
        Err(refused) => refused.code(),
    };
    tracing::info!(plugin, name, outcome, "webhook");
    match received {
        Ok(_) => (StatusCode::ACCEPTED, axum::Json(json!({ "outcome": outcome }))).into_response(),
        Err(refused) => refused.into_response(),
    }
}

/// Of a body that says itself that it is too long, nothing is read.
fn check_length(headers: &HeaderMap) -> Result<(), Refused> {
    let length = headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if length.is_some_and(|length| length > BODY_BYTES) { Err(Refused::TooLarge) } else { Ok(()) }
}

/// All that the plugin may know of the headers.
fn readable(hook: &Hook, headers: &HeaderMap) -> Vec<(String, String)> {
    let told = headers.iter().filter(|(name, _)| !hook.is_secret(name.as_str()));
    told.map(|(name, value)| (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())).collect()
}

fn not_kept(why: &LedgerError) -> Refused {
    tracing::error!(%why, "a webhook could not be kept; its sender has to send it again");
    Refused::NotKept
}

impl Refused {
    /// A stable word.
    fn code(self) -> &'static str {
        match self {
            Refused::NoSuchHook => "no-such-webhook",
            Refused::NotPost => "method-not-allowed",
            Refused::Forged(Forged::Signature) => "bad-signature",
            Refused::Forged(Forged::Time) => "bad-time",
            Refused::TooLarge => "too-large",
            Refused::TooSlow => "too-slow",
            Refused::NoWorkspace => "no-workspace",
            Refused::NotKept => "not-kept",
            Refused::TooManyWait => "too-many-wait",
        }
    }

    fn status(self) -> StatusCode {
        match self {
            Refused::NoSuchHook => StatusCode::NOT_FOUND,
            Refused::NotPost => StatusCode::METHOD_NOT_ALLOWED,
            Refused::Forged(_) => StatusCode::UNAUTHORIZED,
            Refused::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Refused::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Refused::NoWorkspace | Refused::NotKept | Refused::TooManyWait => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    fn sentence(self) -> &'static str {
        match self {
            Refused::NoSuchHook => "Nobody takes webhooks here. The operator says where, in [plugins.<plugin>.webhooks.<name>].",
            Refused::NotPost => "A webhook is sent with POST.",
            Refused::Forged(Forged::Signature) => "The signature is missing, there more than once, or not right.",
            Refused::Forged(Forged::Time) => "It was signed more than five minutes from now: send it again, or set the clock.",
            Refused::TooLarge => "The body has more than 1 MiB, or did not arrive.",
            Refused::TooSlow => "The body took longer than ten seconds.",
            Refused::NoWorkspace => {
                "This bot is not in the workspace that this belongs to, or is in several. The operator says in which: workspace."
            }
            Refused::NotKept => "It could not be kept. Send it again later.",
            Refused::TooManyWait => "Too many webhooks wait for the plugin, which is away. Send it again later.",
        }
    }
}

/// As RFC 9457 has it. Nothing was changed.
impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let (status, code) = (self.status(), self.code());
        let problem =
            json!({ "type": format!("urn:hatstand:problem:{code}"), "status": status.as_u16(), "detail": self.sentence(), "code": code });
        let mut response = (status, [(CONTENT_TYPE, "application/problem+json")], problem.to_string()).into_response();
        if status == StatusCode::SERVICE_UNAVAILABLE {
            response.headers_mut().insert(RETRY_AFTER, 10.into());
        }
        response
    }
}
