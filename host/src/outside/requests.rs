//! Sends what plugins want sent: after the commit, again if that may help, until there is a response or will be none.

use super::client::{Client, Permit, Tried};
use super::{Destination, Outside, retry};
use crate::clock::Clock;
use crate::ledger::{AuditEntry, Ledger, RequestId, Waiting};
use crate::model::{HttpAnswer, HttpFailure, Response};
use crate::plugins::Plugins;
use crate::plugins::grants::Grants;
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::{OnceCell, OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// How many requests are read at once. What waits for its turn or for another try is in memory without its body.
const PAGE: usize = 32;

/// How long after a failure of our own it is tried again: the disk may have been full.
const AGAIN: Duration = Duration::from_secs(1);

/// How many requests of one plugin are under way to one destination at the same time.
const AT_ONCE: usize = 8;

/// Tries requests, and hands over what came of them.
#[derive(Debug)]
pub struct Requests {
    pub ledger: Arc<dyn Ledger>,
    pub plugins: Arc<Plugins>,
    pub clock: Clock,
    pub outside: Arc<Outside>,
    /// Made when there is something to send.
    pub client: OnceCell<Client>,
    pub gates: Gates,
    /// What waits for another try ends with the host, and is tried at the next start.
    pub stop: CancellationToken,
}

/// Whoever is slow keeps only its own requests waiting.
#[derive(Debug, Default)]
pub struct Gates(Mutex<HashMap<String, Arc<Semaphore>>>);

/// A request that waits for its turn, without what it sends.
#[derive(Clone, Debug)]
struct Queued {
    id: RequestId,
    due: hatstand_common::value::Instant,
    /// Through which of the gates it goes.
    gate: String,
    tries: u32,
    /// Did a host begin to send it that ended meanwhile?
    underway: bool,
}

impl From<&Waiting> for Queued {
    fn from(waiting: &Waiting) -> Self {
        let gate = format!("{} {} {}", waiting.workspace, waiting.plugin, origin(&waiting.request.url));
        Self { id: waiting.id, due: waiting.due, gate, tries: waiting.tries, underway: waiting.underway }
    }
}

impl Gates {
    async fn pass(&self, key: &str) -> Option<OwnedSemaphorePermit> {
        let gate = {
            let mut gates = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            gates.retain(|_, gate| gate.available_permits() < AT_ONCE || Arc::strong_count(gate) > 1);
            Arc::clone(gates.entry(key.to_owned()).or_insert_with(|| Arc::new(Semaphore::new(AT_ONCE))))
        };
        gate.acquire_owned().await.ok()
    }
}

fn origin(url: &str) -> String {
    Destination::of_text(url).map(|destination| destination.to_string()).unwrap_or_default()
}

impl Requests {
    /// Goes on for as long as the task runs: first with what was left from before.
    pub async fn run(self: Arc<Self>, tasks: TaskTracker) {
        let mut wakes = self.ledger.wakes();
        let mut last = RequestId(0);
        loop {
            let seen = wakes.borrow_and_update().requests;
            match self.ledger.waiting(last, PAGE).await {
                Ok(mut page) => {
                    let is_full = page.len() == PAGE;
                    if is_full {
                        page.truncate(without_part(&page));
                    }
                    last = page.last().map_or(last, |waiting| waiting.id);
                    for together in page.chunk_by(|one, next| one.reference == next.reference) {
                        let together = together.iter().map(Queued::from).collect();
                        tasks.spawn(Arc::clone(&self).see_to_all(together, tasks.clone()));
                    }
                    if is_full {
                        continue;
                    }
                }
                Err(why) => tracing::error!(%why, "what is to be sent cannot be read"),
            }
            if wakes.wait_for(|wake| wake.requests != seen).await.is_err() {
                return;
            }
        }
    }

    /// The requests of one invocation: each is tried when the one before was. What has to be tried again keeps no other waiting.
    async fn see_to_all(self: Arc<Self>, together: Vec<Queued>, tasks: TaskTracker) {
        for queued in together {
            let again = if queued.tries == 0 { self.see_to_once(queued).await } else { Some(queued) };
            if let Some(again) = again {
                tasks.spawn(Arc::clone(&self).see_to(again));
            }
        }
    }

    /// One request, to its end, or to that of the host: then it goes on at the next start.
    async fn see_to(self: Arc<Self>, mut queued: Queued) {
        while let Some(again) = self.see_to_once(queued).await {
            queued = again;
        }
    }

    /// Tries a request when it is due. What is to be tried again; none if it has its response, or the host ends.
    async fn see_to_once(&self, queued: Queued) -> Option<Queued> {
        let began = Instant::now();
        if queued.underway {
            let waiting = self.read(queued.id).await?;
            let why = "the bot ended while this was being sent; whether it arrived is not known";
            self.respond(waiting, Err(HttpFailure::Connection(why.to_owned())), began).await;
            return None;
        }
        self.stop.run_until_cancelled(self.clock.reach(queued.due)).await?;
        let _gate = self.stop.run_until_cancelled(self.gates.pass(&queued.gate)).await??;
        let waiting = self.read(queued.id).await?;
        let Some(tried) = self.attempt(&waiting).await else {
            self.stop.run_until_cancelled(tokio::time::sleep(AGAIN)).await?;
            return Some(queued);
        };
        let tries = queued.tries + 1;
        let Some(pause) = retry::pause(&waiting.request, tries, &tried) else {
            let outcome = tried.outcome.map_err(|why| told(why, tried.sent, &waiting));
            self.respond(waiting, outcome, began).await;
            return None;
        };
        let again = Queued { due: self.clock.now() + pause, tries, ..queued };
        tracing::warn!(request = waiting.request.line(), plugin = %waiting.plugin, tried = %shortly(&tried), ?pause, "trying again");
        if let Err(why) = self.ledger.put_off(again.id, again.due).await {
            tracing::error!(%why, "that a request is tried again could not be noted");
        }
        Some(again)
    }

    /// A request with what it sends; none if it has its response, or the host ends before it can be read.
    async fn read(&self, id: RequestId) -> Option<Waiting> {
        loop {
            match self.ledger.waiting(RequestId(id.0 - 1), 1).await {
                Ok(next) => return next.into_iter().find(|waiting| waiting.id == id),
                Err(why) => tracing::error!(%why, request = id.0, "a request cannot be read; trying again"),
            }
            self.stop.run_until_cancelled(tokio::time::sleep(AGAIN)).await?;
        }
    }

    /// One try. What must not be made twice is noted before it begins; none if that could not be.
    async fn attempt(&self, waiting: &Waiting) -> Option<Tried> {
        if !waiting.request.is_repeatable()
            && let Err(why) = self.ledger.begin(waiting.id).await
        {
            tracing::error!(%why, request = waiting.request.line(), "that a request is sent could not be noted, so it is not sent yet");
            return None;
        }
        let (grants, none) = (self.grants(waiting), BTreeMap::new());
        let terms = self.outside.terms.get(&waiting.plugin).unwrap_or(&none);
        Some(match self.client.get_or_try_init(async || Client::new()).await {
            Ok(client) => client.try_once(&waiting.request, Permit { grants: &grants, terms }).await,
            Err(why) => Tried::not_sent(HttpFailure::Connection(why)),
        })
    }

    /// What the plugin may reach now, whether it is there at the moment or not.
    fn grants(&self, waiting: &Waiting) -> Arc<Grants> {
        let registry = self.plugins.registry_at(&waiting.workspace, waiting.request.place.as_ref());
        registry.generation(&waiting.plugin).map(|generation| Arc::clone(&generation.grants)).unwrap_or_default()
    }

    async fn respond(&self, waiting: Waiting, outcome: Result<HttpAnswer, HttpFailure>, began: Instant) {
        let response = Response { tag: waiting.request.tag.clone(), outcome };
        let entry = self.entry(&waiting, &response, began.elapsed());
        tracing::info!(request = entry.what, plugin = %entry.plugin, outcome = entry.outcome, took = ?entry.took, "sent");
        let live = self.plugins.registry().all_present();
        if let Err(why) = self.ledger.respond(waiting, response, entry, &live).await {
            tracing::error!(%why, "what came of a request could not be kept");
        }
    }

    fn entry(&self, waiting: &Waiting, response: &Response, took: Duration) -> AuditEntry {
        AuditEntry {
            reference: waiting.reference.clone(),
            at: self.clock.now(),
            workspace: waiting.workspace.clone(),
            place: waiting.request.place.clone(),
            channel: String::new(),
            person: None,
            called: String::new(),
            plugin: waiting.plugin.clone(),
            build: String::new(),
            event: None,
            line: String::new(),
            what: waiting.request.line(),
            rule: origin(&waiting.request.url),
            outcome: response.code(),
            detail: response.detail(),
            data: String::new(),
            about: waiting.about.clone(),
            took,
        }
    }
}

/// How many of a full page there are without those of its last invocation, which may go on in the next page: they are sent in order. An
/// invocation that fills a page alone is taken in parts.
fn without_part(page: &[Waiting]) -> usize {
    let part = page.chunk_by(|one, next| one.reference == next.reference).next_back().map_or(0, <[_]>::len);
    if part < page.len() { page.len() - part } else { part }
}

/// A failure as the plugin is told of it: whether anything was done is what it has to know.
fn told(why: HttpFailure, sent: bool, waiting: &Waiting) -> HttpFailure {
    match why {
        HttpFailure::Connection(why) if sent && !waiting.request.is_repeatable() => {
            HttpFailure::Connection(format!("{why}; whether it arrived is not known"))
        }
        other => other,
    }
}

fn shortly(tried: &Tried) -> String {
    match &tried.outcome {
        Ok(answer) => answer.status.to_string(),
        Err(HttpFailure::Connection(why)) => why.clone(),
        Err(other) => format!("{other:?}").to_lowercase(),
    }
}
