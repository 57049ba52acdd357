//! A host with a chat that only notes when something is handed to it.

use async_trait::async_trait;
use hatstand::adapters::{Abilities, Adapter, Undelivered};
use hatstand::clock::Clock;
use hatstand::host::{Host, Parts};
use hatstand::keeper::Recovery;
use hatstand::ledger::{self, Sqlite};
use hatstand::model::{Account, Affiliation, Event, Line, Membership, Order, Said, Say, What, WorkspaceId};
use hatstand::outside::Outside;
use hatstand::permissions::Permissions;
use hatstand::plugins::compiler::Bounds;
use hatstand::plugins::grants::Offer;
use hatstand::plugins::{Cache, Compiler, Engine, Loader, Plugins};
use hatstand::rate::Rate;
use hatstand_common::message::{Message, Span};
use hatstand_common::value::{Channel, ChannelId, MessageId, PersonId, Place};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;
use tempfile::TempDir;
use tokio::sync::mpsc;

/// Where everything of a host lies; gone when it is dropped.
pub struct Home(TempDir);

impl Home {
    pub fn new() -> Self {
        let home = TempDir::new().expect("a folder");
        std::fs::create_dir(home.path().join("plugins")).expect("made");
        Self(home)
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// Puts a plugin into the folder, whole at once.
    pub fn put(&self, name: &str, wasm: &[u8]) {
        let new = self.path().join(format!("{name}.new"));
        std::fs::write(&new, wasm).expect("written");
        std::fs::rename(new, self.path().join("plugins").join(format!("{name}.wasm"))).expect("renamed");
    }
}

/// A running host, and when each thing was handed to its adapter.
pub struct Stand {
    pub host: Host,
    pub handed: mpsc::UnboundedReceiver<Handed>,
    said: AtomicU64,
}

/// Something that was handed to the adapter.
#[derive(Debug)]
pub struct Handed {
    /// The event that it answers.
    pub event: i64,
    pub text: String,
    pub at: Instant,
}

impl Stand {
    pub async fn start(home: &Home, workspaces: usize, cached: bool) -> Self {
        Self::start_with(home, workspaces, cached, Clock::machine()).await
    }

    pub async fn start_with(home: &Home, workspaces: usize, cached: bool, clock: Clock) -> Self {
        Self::start_among(home, workspaces, cached, clock, Outside::default()).await
    }

    /// On these terms with the world outside.
    pub async fn start_among(home: &Home, workspaces: usize, cached: bool, clock: Clock, outside: Outside) -> Self {
        let engine = Arc::new(Engine::new().expect("an engine"));
        let (handed, stream) = mpsc::unbounded_channel();
        let workspaces = (0..workspaces).map(|number| WorkspaceId(format!("w{number}"))).collect();
        let chat: Arc<dyn Adapter> = Arc::new(Chat { workspaces, handed });
        let cache = cached.then(|| Cache::open(&home.path().join("cache")).expect("a cache"));
        let compiler = Compiler::of(env!("CARGO_BIN_EXE_hatstand"), Bounds::default());
        let host = Host::start(Parts {
            ledger: Arc::new(Sqlite::open(&home.path().join("ledger.db")).expect("a ledger")),
            plugins: Arc::new(Plugins::new(
                home.path().join("plugins"),
                Loader::new(Arc::clone(&engine), compiler, cache, Offer::All, BTreeMap::new()),
            )),
            engine,
            adapters: vec![chat],
            permissions: Permissions::default(),
            outside,
            rate: Rate::UNLIMITED,
            recovery: Recovery::default(),
            clock,
            name: "hatstand".to_owned(),
            zone: "UTC".to_owned(),
            watch: true,
        })
        .await;
        Self { host, handed: stream, said: AtomicU64::new(0) }
    }

    /// Somebody says this to the bot.
    pub fn event(&self, workspace: &WorkspaceId, text: &str) -> Event {
        self.event_of(workspace, "ann", text)
    }

    /// This person says this to the bot.
    pub fn event_of(&self, workspace: &WorkspaceId, person: &str, text: &str) -> Event {
        let number = self.said.fetch_add(1, Ordering::Relaxed);
        Event {
            workspace: workspace.clone(),
            key: format!("e{number}"),
            at: self.host.clock.now(),
            place: Some(Place { channel: ChannelId::from("dev"), thread: None }),
            person: Some(PersonId::from(person)),
            what: What::Said(Said { line: Line::from(text), addressed: true, message: MessageId(format!("m{number}")) }),
        }
    }

    pub async fn say(&self, workspace: &WorkspaceId, text: &str) {
        self.host.intake.take(self.event(workspace, text)).await.expect("recorded");
    }
}

#[derive(Debug)]
struct Chat {
    workspaces: Vec<WorkspaceId>,
    handed: mpsc::UnboundedSender<Handed>,
}

#[async_trait]
impl Adapter for Chat {
    fn workspaces(&self) -> Vec<WorkspaceId> {
        self.workspaces.clone()
    }

    fn abilities(&self) -> Abilities {
        Abilities::default()
    }

    async fn deliver(&self, _: &WorkspaceId, say: &Say, _: Option<&ledger::Said>) -> Result<Option<String>, Undelivered> {
        let at = Instant::now();
        let text = say.how.message().map(words).unwrap_or_default();
        drop(self.handed.send(Handed { event: Order::of(&say.id).event, text, at }));
        Ok(None)
    }

    async fn account(&self, _: &WorkspaceId, id: &PersonId) -> Option<Account> {
        Some(Account { affiliation: Affiliation::Member, ..Account::bare(id) })
    }

    async fn channel(&self, _: &WorkspaceId, id: &ChannelId) -> Option<Channel> {
        Some(Channel { id: id.clone(), name: id.0.clone(), direct: false, archived: false })
    }

    async fn belongs(&self, _: &WorkspaceId, _: &ChannelId, _: &PersonId) -> Membership {
        Membership::Member
    }
}

/// The text without what stands for people and times.
fn words(message: &Message) -> String {
    let words = message.text.iter().filter_map(|span| match span {
        Span::Markdown(text) | Span::Plain(text) => Some(text.as_str()),
        _ => None,
    });
    words.collect()
}
