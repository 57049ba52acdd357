//! Where a campaign takes place: a host in a folder of its own, several workspaces, and somebody who asks.

use crate::size::Size;
use crate::support::{FOR_EVER, compiled, fixture};
use async_trait::async_trait;
use hatstand::adapters::{Abilities, Adapter, Undelivered};
use hatstand::clock::Clock;
use hatstand::host::{Host, Parts};
use hatstand::intake::Intake;
use hatstand::keeper::Recovery;
use hatstand::ledger::{AuditQuery, Recorded, Said, Sqlite};
use hatstand::model::{Account, Affiliation, Event, EventId, Line, Membership, Order, PluginName, Said as Typed, Say, What, WorkspaceId};
use hatstand::outside::Outside;
use hatstand::permissions::Permissions;
use hatstand::plugins::compiler::Bounds;
use hatstand::plugins::grants::Offer;
use hatstand::plugins::limits::Limits;
use hatstand::plugins::{Cache, Compiler, Engine, Loader, News, Plugins, Policy};
use hatstand::practice::BOT;
use hatstand::rate::Rate;
use hatstand_common::message::{Message, Span};
use hatstand_common::value::{Channel, ChannelId, MessageId, PersonId, Place};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tokio::runtime::Runtime;
use tokio::sync::{broadcast, mpsc};
use tokio::task::JoinHandle;

/// Here everything happens, unless it is said otherwise.
pub const HERE: &str = "w0";

/// A host, and who talks to it.
pub struct House {
    pub runtime: Runtime,
    pub host: Host,
    said: mpsc::UnboundedReceiver<Uttered>,
    news: broadcast::Receiver<News>,
    home: TempDir,
    asked: Arc<AtomicU64>,
}

/// How the house is run.
#[derive(Clone, Debug, Default)]
pub struct Manners {
    pub bounds: Bounds,
    pub limits: Limits,
    pub granted: bool,
    /// Where compiled plugins are kept, if not with those of all other tests.
    pub cache: Option<PathBuf>,
}

/// Something that the bot said.
#[derive(Clone, Debug)]
pub struct Uttered {
    pub event: i64,
    pub workspace: WorkspaceId,
    pub say: Say,
    pub at: Instant,
}

/// What came of a command.
#[derive(Debug)]
pub struct Answer {
    pub outcome: String,
    pub detail: String,
    pub took: Duration,
    pub said: Vec<Uttered>,
}

impl House {
    /// With these plugins of `tests/plugins`.
    pub fn open(plugins: &[&str], manners: &Manners) -> Self {
        let home = TempDir::new().expect("a folder");
        let folder = home.path().join("plugins");
        fs::create_dir(&folder).expect("a folder");
        for plugin in plugins {
            fs::copy(fixture(plugin), folder.join(format!("{plugin}.wasm"))).expect("copied");
        }
        let runtime = Runtime::new().expect("a runtime");
        let (utter, said) = mpsc::unbounded_channel();
        let parts = parts(home.path(), plugins, manners, Arc::new(Chat { utter }));
        let host = runtime.block_on(Host::start(parts));
        let news = host.plugins.news();
        Self { runtime, host, said, news, home, asked: Arc::default() }
    }

    /// Puts a file into the folder, looks, and gives what is said about it.
    pub fn put(&mut self, file: &str, bytes: &[u8]) -> String {
        self.rename_in(file, bytes);
        self.look()
    }

    /// The same, and does not wait for it.
    pub fn put_meanwhile(&mut self, file: &str, bytes: &[u8]) -> JoinHandle<()> {
        self.rename_in(file, bytes);
        let keeper = Arc::clone(&self.host.keeper);
        self.runtime.spawn(async move { keeper.look().await })
    }

    fn rename_in(&self, file: &str, bytes: &[u8]) {
        let new = self.home.path().join("new");
        fs::write(&new, bytes).expect("written");
        fs::rename(new, self.home.path().join("plugins").join(file)).expect("renamed");
    }

    pub fn remove(&mut self, file: &str) -> String {
        fs::remove_file(self.home.path().join("plugins").join(file)).expect("removed");
        self.look()
    }

    fn look(&mut self) -> String {
        self.runtime.block_on(self.host.keeper.look());
        let news = std::iter::from_fn(|| self.news.try_recv().ok()).map(|news| hatstand::texts::news(&news));
        news.collect::<Vec<_>>().join("\n")
    }

    /// From the next look on a plugin has these limits.
    pub fn limit(&mut self, plugin: &str, limits: Limits) {
        let policy = Policy { limits, ..Policy::default() };
        self.host.plugins.loader().decide(PluginName::from(plugin), policy);
        self.runtime.block_on(self.host.keeper.reload_all());
    }

    /// Ann says this in #dev, and waits until the bot has nothing left to do.
    pub fn ask(&mut self, workspace: &str, text: &str) -> Answer {
        let (id, began) = self.say(workspace, text);
        self.settle();
        let said: Vec<Uttered> = std::iter::from_fn(|| self.said.try_recv().ok()).filter(|said| said.event == id.0).collect();
        let took = said.last().map_or_else(|| began.elapsed(), |said| said.at - began);
        let audit = self.runtime.block_on(self.host.ledger.audit(AuditQuery::newest(8))).expect("it can be read");
        let entry = audit.into_iter().find(|entry| entry.event == Some(id)).expect("it was written down");
        Answer { outcome: entry.outcome, detail: entry.detail, took, said }
    }

    /// The same, where others ask, too: how long until the answer.
    pub fn answered_within(&mut self, workspace: &str, text: &str) -> Duration {
        let (id, began) = self.say(workspace, text);
        loop {
            let next = self.runtime.block_on(async { tokio::time::timeout(FOR_EVER, self.said.recv()).await });
            let said = next.expect("somebody answers").expect("the bot is there");
            if said.event == id.0 {
                return said.at - began;
            }
        }
    }

    fn say(&self, workspace: &str, text: &str) -> (EventId, Instant) {
        let event = self.asker().event(workspace, text);
        let began = Instant::now();
        let recorded = self.runtime.block_on(self.host.intake.take(event)).expect("it can be recorded").expect("somebody wants to know");
        let Recorded::New(id) = recorded else { panic!("it is new") };
        (id, began)
    }

    pub fn settle(&self) {
        let settled = self.runtime.block_on(async { tokio::time::timeout(FOR_EVER, self.host.settled()).await });
        settled.expect("it comes to rest").expect("the ledger can be read");
    }

    /// Somebody who can ask from anywhere.
    pub fn asker(&self) -> Asker {
        Asker { intake: self.host.intake.clone(), clock: self.host.clock.clone(), asked: Arc::clone(&self.asked) }
    }

    pub fn close(self) {
        self.runtime.block_on(self.host.stop());
        self.runtime.shutdown_timeout(Duration::from_secs(1));
    }
}

/// Makes events.
#[derive(Clone, Debug)]
pub struct Asker {
    pub intake: Intake,
    clock: Clock,
    asked: Arc<AtomicU64>,
}

impl Asker {
    pub fn event(&self, workspace: &str, text: &str) -> Event {
        let number = self.asked.fetch_add(1, Ordering::Relaxed);
        Event {
            workspace: WorkspaceId::from(workspace),
            key: format!("e{number}"),
            at: self.clock.now(),
            place: Some(Place { channel: ChannelId::from("dev"), thread: None }),
            person: Some(PersonId::from("ann")),
            what: What::Said(Typed { line: Line::from(text), addressed: true, message: MessageId(format!("m{number}")) }),
        }
    }
}

impl Answer {
    /// All that was said, as one text.
    pub fn text(&self) -> String {
        self.said.iter().map(Uttered::text).collect::<Vec<_>>().join("\n")
    }
}

impl Uttered {
    pub fn text(&self) -> String {
        self.say.how.message().map(words).unwrap_or_default()
    }
}

fn parts(home: &Path, plugins: &[&str], manners: &Manners, chat: Arc<dyn Adapter>) -> Parts {
    let cache = Cache::open(&manners.cache.clone().unwrap_or_else(compiled)).expect("a cache");
    let compiler = Compiler::of(env!("CARGO_BIN_EXE_hatstand"), manners.bounds);
    let offer = || if manners.granted { Offer::All } else { Offer::These(Default::default()) };
    let policy = Policy { limits: manners.limits, ..Policy::default() };
    let policies: BTreeMap<_, _> = plugins.iter().map(|plugin| (PluginName::from(*plugin), policy.clone())).collect();
    let loader = Loader::new(engine(), compiler, Some(cache), offer(), policies);
    Parts {
        ledger: Arc::new(Sqlite::open(&home.join("ledger.db")).expect("a ledger")),
        plugins: Arc::new(Plugins::new(home.join("plugins"), loader)),
        engine: engine(),
        adapters: vec![chat],
        permissions: Permissions::default(),
        outside: Outside::default(),
        rate: Rate::UNLIMITED,
        recovery: Recovery { failures: usize::MAX, ..Recovery::default() },
        clock: Clock::machine(),
        name: BOT.to_owned(),
        zone: "UTC".to_owned(),
        watch: false,
    }
}

/// One for all houses: each reserves a large part of the address space.
fn engine() -> Arc<Engine> {
    static ENGINE: OnceLock<Arc<Engine>> = OnceLock::new();
    Arc::clone(ENGINE.get_or_init(|| Arc::new(Engine::new().expect("an engine"))))
}

/// An answer that takes less is no slower than another for whoever waits for it. A debug build on a busy machine is slow by itself.
pub fn noticed(size: Size) -> Duration {
    size.of(Duration::from_millis(500), Duration::from_millis(10))
}

/// So many workspaces have the bot.
const WORKSPACES: usize = 64;

/// A chat that shows nobody anything.
#[derive(Debug)]
struct Chat {
    utter: mpsc::UnboundedSender<Uttered>,
}

#[async_trait]
impl Adapter for Chat {
    fn workspaces(&self) -> Vec<WorkspaceId> {
        (0..WORKSPACES).map(|number| WorkspaceId(format!("w{number}"))).collect()
    }

    fn abilities(&self) -> Abilities {
        Abilities::default()
    }

    async fn deliver(&self, workspace: &WorkspaceId, say: &Say, _: Option<&Said>) -> Result<Option<String>, Undelivered> {
        let uttered = Uttered { event: Order::of(&say.id).event, workspace: workspace.clone(), say: say.clone(), at: Instant::now() };
        // The house may be closed.
        drop(self.utter.send(uttered));
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
