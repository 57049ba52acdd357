//! A ledger that forgets what it has heard: a repeat is as good as something new to it.

use async_trait::async_trait;
use hatstand::ledger::{
    Asked, AuditEntry, AuditQuery, Commit, Committed, Fate, Generation, Given, Leaving, Ledger, Live, MeasureChange, Past, Planned,
    Receipt, Received, Recorded, RequestId, Result, Said, SayId, SetInChat, Sqlite, StateSize, Swap, Taken, Trace, Unfinished, Unsent,
    Waiting, Wake,
};
use hatstand::model::{Event, EventId, Later, PluginName, Response, TimerId, WorkspaceId};
use hatstand::permissions::RoleName;
use hatstand::tokens::{Token, TokenHash};
use hatstand_common::value::{Instant, MessageId, PersonId};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::sync::watch;

/// How much was ever heard.
static HEARD: AtomicU64 = AtomicU64::new(0);

#[derive(Debug)]
pub struct Forgetful {
    ledger: Arc<Sqlite>,
}

/// As a [`Door`](crate::bot::Door).
pub fn door(ledger: Arc<Sqlite>) -> Arc<dyn Ledger> {
    Arc::new(Forgetful { ledger })
}

#[async_trait]
impl Ledger for Forgetful {
    async fn record(&self, event: Event) -> Result<Recorded> {
        let key = format!("{} heard {}", event.key, HEARD.fetch_add(1, Ordering::Relaxed));
        self.ledger.record(Event { key, ..event }).await
    }

    async fn unfinished(&self, after: EventId, limit: usize) -> Result<Vec<Unfinished>> {
        self.ledger.unfinished(after, limit).await
    }

    async fn commit_all(&self, commits: Vec<Commit>) -> Result<Vec<Committed>> {
        self.ledger.commit_all(commits).await
    }

    async fn get(&self, workspace: &WorkspaceId, plugin: &PluginName, key: &str) -> Result<Option<Vec<u8>>> {
        self.ledger.get(workspace, plugin, key).await
    }

    async fn scan(
        &self,
        workspace: &WorkspaceId,
        plugin: &PluginName,
        prefix: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<(String, Vec<u8>)>> {
        self.ledger.scan(workspace, plugin, prefix, after, limit).await
    }

    async fn state_size(&self, workspace: &WorkspaceId, plugin: &PluginName) -> Result<StateSize> {
        self.ledger.state_size(workspace, plugin).await
    }

    async fn next_due(&self, live: &Live) -> Result<Option<Instant>> {
        self.ledger.next_due(live).await
    }

    async fn fire_due(&self, now: Instant, live: &Live) -> Result<usize> {
        self.ledger.fire_due(now, live).await
    }

    async fn timer_stands(&self, timer: TimerId) -> Result<bool> {
        self.ledger.timer_stands(timer).await
    }

    async fn is_retry(&self, timer: TimerId) -> Result<bool> {
        self.ledger.is_retry(timer).await
    }

    async fn secret_of_chance(&self) -> Result<[u8; 32]> {
        self.ledger.secret_of_chance().await
    }

    async fn is_set(&self, workspace: &WorkspaceId, plugin: &PluginName, kind: Later, key: &str) -> Result<bool> {
        self.ledger.is_set(workspace, plugin, kind, key).await
    }

    async fn count(&self, workspace: &WorkspaceId, plugin: &PluginName, kind: Later) -> Result<usize> {
        self.ledger.count(workspace, plugin, kind).await
    }

    async fn waiting(&self, after: RequestId, limit: usize) -> Result<Vec<Waiting>> {
        self.ledger.waiting(after, limit).await
    }

    async fn next_request(&self) -> Result<Option<Instant>> {
        self.ledger.next_request().await
    }

    async fn begin(&self, request: RequestId) -> Result<()> {
        self.ledger.begin(request).await
    }

    async fn put_off(&self, request: RequestId, due: Instant) -> Result<()> {
        self.ledger.put_off(request, due).await
    }

    async fn respond(&self, request: Waiting, response: Response, entry: AuditEntry, live: &Live) -> Result<()> {
        self.ledger.respond(request, response, entry, live).await
    }

    async fn receive(&self, received: Received, live: &Live) -> Result<Receipt> {
        self.ledger.receive(received, live).await
    }

    async fn question(&self, workspace: &WorkspaceId, message: &MessageId) -> Result<Option<Asked>> {
        self.ledger.question(workspace, message).await
    }

    async fn questions_to(&self, workspace: &WorkspaceId, person: &PersonId) -> Result<Vec<Asked>> {
        self.ledger.questions_to(workspace, person).await
    }

    async fn plan(&self, workspace: &WorkspaceId, plugin: &PluginName, planned: Vec<Planned>) -> Result<()> {
        self.ledger.plan(workspace, plugin, planned).await
    }

    async fn unsent(&self, after: SayId, limit: usize) -> Result<Vec<Unsent>> {
        self.ledger.unsent(after, limit).await
    }

    async fn settle(&self, say: SayId, fate: Fate) -> Result<()> {
        self.ledger.settle(say, fate).await
    }

    async fn message(&self, workspace: &WorkspaceId, id: &MessageId) -> Result<Option<Said>> {
        self.ledger.message(workspace, id).await
    }

    async fn called(&self, workspace: &WorkspaceId, service_id: &str) -> Result<Option<MessageId>> {
        self.ledger.called(workspace, service_id).await
    }

    async fn settled(&self, now: Instant, live: &Live) -> Result<bool> {
        self.ledger.settled(now, live).await
    }

    async fn roles_of(&self, workspace: &WorkspaceId, people: &[PersonId]) -> Result<Vec<RoleName>> {
        self.ledger.roles_of(workspace, people).await
    }

    async fn roles(&self, workspace: &WorkspaceId) -> Result<Vec<Given>> {
        self.ledger.roles(workspace).await
    }

    async fn settings(&self, workspace: &WorkspaceId, plugin: &PluginName) -> Result<Vec<SetInChat>> {
        self.ledger.settings(workspace, plugin).await
    }

    async fn audit(&self, query: AuditQuery) -> Result<Vec<AuditEntry>> {
        self.ledger.audit(query).await
    }

    async fn note(&self, entry: AuditEntry) -> Result<()> {
        self.ledger.note(entry).await
    }

    async fn trace(&self, workspace: &WorkspaceId, key: &str) -> Result<Option<Trace>> {
        self.ledger.trace(workspace, key).await
    }

    async fn token(&self, hash: TokenHash) -> Result<Option<Token>> {
        self.ledger.token(hash).await
    }

    async fn token_named(&self, name: &str) -> Result<Option<Token>> {
        self.ledger.token_named(name).await
    }

    async fn token_used(&self, name: &str, at: Instant) -> Result<()> {
        self.ledger.token_used(name, at).await
    }

    async fn asked(&self, event: EventId, at: Instant) -> Result<()> {
        self.ledger.asked(event, at).await
    }

    async fn longest_unasked(&self, live: &Live) -> Result<Option<Instant>> {
        self.ledger.longest_unasked(live).await
    }

    async fn give_up_calls(&self, since: Instant, now: Instant, live: &Live) -> Result<usize> {
        self.ledger.give_up_calls(since, now, live).await
    }

    async fn reserve(&self, event: Event) -> Result<EventId> {
        self.ledger.reserve(event).await
    }

    async fn swap(&self, swap: Swap) -> Result<()> {
        self.ledger.swap(swap).await
    }

    async fn leave(&self, plugin: &PluginName, at: Instant, why: Leaving) -> Result<()> {
        self.ledger.leave(plugin, at, why).await
    }

    async fn serving(&self) -> Result<Vec<Generation>> {
        self.ledger.serving().await
    }

    async fn generations(&self, plugin: &PluginName, limit: usize) -> Result<Vec<Generation>> {
        self.ledger.generations(plugin, limit).await
    }

    async fn build(&self, digest: &str) -> Result<Option<Vec<u8>>> {
        self.ledger.build(digest).await
    }

    async fn measures(&self) -> Result<Vec<Taken>> {
        self.ledger.measures().await
    }

    async fn change_measures(&self, changes: Vec<MeasureChange>) -> Result<()> {
        self.ledger.change_measures(changes).await
    }

    async fn recordings(&self, reference: &str) -> Result<Vec<Past>> {
        self.ledger.recordings(reference).await
    }

    async fn last_recordings(&self, plugin: &PluginName, limit: usize) -> Result<Vec<Past>> {
        self.ledger.last_recordings(plugin, limit).await
    }

    async fn prune(&self, before: Instant) -> Result<()> {
        self.ledger.prune(before).await
    }

    fn wakes(&self) -> watch::Receiver<Wake> {
        self.ledger.wakes()
    }

    fn news_of(&self, event: EventId) -> watch::Receiver<()> {
        self.ledger.news_of(event)
    }
}
