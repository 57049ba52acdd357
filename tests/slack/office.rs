//! An office with a bot in its Slack.

use crate::support::{Canary, FOR_EVER, Plugins, compiled, compiler, fixtures, standard};
use hatstand::adapters::Adapter;
use hatstand::adapters::slack::times::Times;
use hatstand::adapters::slack::{Settings, Slack};
use hatstand::clock::Clock;
use hatstand::host::{Host, Parts};
use hatstand::keeper::Recovery;
use hatstand::ledger::Sqlite;
use hatstand::model::PluginName;
use hatstand::outside::Outside;
use hatstand::permissions::Permissions;
use hatstand::plugins::grants::Offer;
use hatstand::plugins::{Cache, Engine, Loader, Plugins as Folder, Policy};
use hatstand::practice::BOT;
use hatstand::rate::Rate;
use hatstand::secrets::{SlackTokens, Token};
use hatstand::setup::Needs;
use hatstand_common::transcript::START;
use serde_json::Value;
use slack_double::{
    Call, Channel, ChannelId, ChannelKind, Double, Home, Input, Interaction, Outcome, Settings as Setup, Tokens, Ts, UserId,
};
use std::collections::BTreeMap;
use std::fs;
use std::num::NonZeroU32;
use std::path::Path;
use std::sync::{Arc, Mutex, OnceLock};
use tempfile::TempDir;
use tokio::runtime::Runtime;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// A workspace, and the bot that works there while it is open.
pub struct Office {
    pub double: Double,
    pub home: Home,
    /// What the operator decided about plugins.
    pub policies: BTreeMap<PluginName, Policy>,
    /// For each workspace that the bot may work in.
    pub tokens: Vec<Tokens>,
    /// How many messages a second the bot posts in each channel; as many as it likes if it is not set.
    pub per_second: Option<NonZeroU32>,
    /// How long the bot waits for what.
    pub times: Times,
    /// Who may do what.
    pub permissions: Permissions,
    folder: TempDir,
    running: Option<Running>,
    canary: Mutex<Canary>,
}

struct Running {
    host: Host,
    listening: JoinHandle<Result<(), String>>,
    hang_up: CancellationToken,
    /// What the bot runs on: when it is gone, so is everything of the bot.
    runtime: Runtime,
}

impl Office {
    /// A bot with these plugins is at work.
    pub async fn with(plugins: &[&str]) -> Self {
        Self::with_slack(plugins, Setup::default()).await
    }

    /// The same, in a Slack that was set up in its own way.
    pub async fn with_slack(plugins: &[&str], setup: Setup) -> Self {
        let mut office = Self::closed(plugins, setup).await;
        office.open().await;
        office
    }

    /// The bot is not at work yet.
    pub async fn closed(plugins: &[&str], setup: Setup) -> Self {
        let double = Double::start(setup).await.expect("the double starts");
        let home = double.home();
        let folder = TempDir::new().expect("a folder");
        fs::create_dir(folder.path().join("plugins")).expect("a folder");
        for plugin in plugins {
            fs::copy(built(plugin), folder.path().join(format!("plugins/{plugin}.wasm"))).expect("copied");
        }
        let tokens = vec![home.tokens.clone()];
        Self {
            double,
            home,
            policies: BTreeMap::new(),
            tokens,
            per_second: None,
            times: Times::default(),
            permissions: Permissions::default(),
            folder,
            running: None,
            canary: Mutex::default(),
        }
    }

    pub async fn open(&mut self) {
        let runtime = Runtime::new().expect("a runtime");
        let (settings, clock) = (self.settings(), Clock::still(START));
        let slack = Slack::begin(settings, clock.clone());
        let slack = Arc::new(runtime.spawn(slack).await.expect("it ends").expect("the tokens are good"));
        let host = runtime.spawn(Host::start(self.parts(slack.clone(), clock))).await.expect("it starts");
        self.grant(&host);
        let hang_up = CancellationToken::new();
        let listening = runtime.spawn(Arc::clone(&slack).listen(host.intake.clone(), hang_up.clone()));
        tokio::time::timeout(FOR_EVER, slack.ready()).await.expect("it connects");
        self.running = Some(Running { host, listening, hang_up, runtime });
    }

    /// The app may do and hears what `hatstand slack manifest` says, and nothing more.
    fn grant(&self, host: &Host) {
        let registry = host.plugins.registry();
        let plugins = registry.entries().map(|entry| (&entry.generation.description, &*entry.generation.grants));
        let Needs { scopes, events } = Needs::of(plugins);
        self.double.grant(&self.home.app, &scopes.into_keys().collect::<Vec<_>>());
        self.double.subscribe(&self.home.app, &events.into_keys().collect::<Vec<_>>());
    }

    /// Ends in an orderly way.
    pub async fn close(&mut self) {
        let Running { host, listening, hang_up, runtime } = self.running.take().expect("it is open");
        hang_up.cancel();
        listening.await.expect("it ends").expect("nothing stopped it");
        runtime.spawn(host.stop()).await.expect("it ends");
        tokio::task::spawn_blocking(move || runtime.shutdown_timeout(FOR_EVER)).await.expect("it ends");
    }

    pub async fn reopen(&mut self) {
        self.close().await;
        self.open().await;
    }

    fn settings(&self) -> Settings {
        let named = |(index, tokens): (usize, &Tokens)| (format!("office{index}"), Token::new(&tokens.bot));
        Settings {
            api_url: self.double.api_url(),
            tokens: SlackTokens {
                app: Token::new(&self.home.tokens.app),
                workspaces: self.tokens.iter().enumerate().map(named).collect(),
                warnings: Vec::new(),
            },
            connections: 1,
            per_second: self.per_second,
            times: self.times.clone(),
        }
    }

    fn parts(&self, slack: Arc<dyn Adapter>, clock: Clock) -> Parts {
        let engine = engine();
        let cache = Cache::open(&compiled()).expect("a cache");
        let loader = Loader::new(Arc::clone(&engine), compiler(), Some(cache), Offer::All, self.policies.clone());
        Parts {
            ledger: Arc::new(Sqlite::open(&self.folder.path().join("ledger.db")).expect("a ledger")),
            plugins: Arc::new(Folder::new(self.folder.path().join("plugins"), loader)),
            engine,
            adapters: vec![slack],
            permissions: self.permissions.clone(),
            outside: Outside::default(),
            rate: Rate::UNLIMITED,
            recovery: Recovery::default(),
            clock,
            name: BOT.to_owned(),
            zone: "UTC".to_owned(),
            watch: false,
        }
    }

    pub fn host(&self) -> &Host {
        &self.running.as_ref().expect("it is open").host
    }

    /// Waits until the bot was told everything, and until everything that it says is out.
    pub async fn settles(&self) {
        // What it said comes back to it as news.
        for _ in 0..2 {
            self.is_told().await;
            self.host().settled().await.expect("the ledger can be read");
        }
    }

    /// Waits until the bot has acknowledged everything that happened.
    pub async fn is_told(&self) {
        let told = |double: &Double| (double.counts().outstanding == 0 && double.counts().waiting == 0).then_some(());
        self.double.until(FOR_EVER, told).await.expect("the bot acknowledges");
    }

    /// Nothing that Slack would not like was done, and nothing was told that is nobody's business.
    pub async fn finish(self) {
        self.finish_despite(&[]).await;
    }

    /// The same, but Slack had reason to complain of this.
    pub async fn finish_despite(mut self, expected: &[&str]) {
        self.settles().await;
        self.close().await;
        let complaints = self.double.complaints();
        let unexpected: Vec<_> = complaints.iter().filter(|complaint| !expected.contains(&complaint.rule.as_str())).collect();
        assert!(unexpected.is_empty(), "{unexpected:#?}");
        let canary = &mut *self.canary.lock().expect("nobody panicked");
        self.tokens.iter().for_each(|tokens| canary.guard(tokens));
        canary.guard_sockets(&self.double);
        canary.is_silent_in_files(self.folder.path());
        canary.is_silent_in_chat(&self.double);
    }
}

/// People.
impl Office {
    /// Somebody says this, and the bot answers so in the same channel.
    pub async fn says(&self, channel: &ChannelId, who: &UserId, text: &str) -> Vec<String> {
        let before = self.said_in(channel).len();
        self.double.post(channel, who, text);
        self.settles().await;
        self.said_in(channel).split_off(before)
    }

    /// Somebody uses the slash command, and the bot acknowledges it.
    pub async fn slash(&self, channel: &ChannelId, who: &UserId, text: &str) {
        self.acknowledged(&self.double.slash(channel, who, "/hatstand", text)).await;
    }

    /// Somebody presses the button with this label, or takes this from a menu.
    pub async fn press(&self, (channel, ts): (&ChannelId, Ts), label: &str, who: &UserId) {
        let blocks = self.blocks(channel, ts, who);
        let (action, input) = pressable(&blocks, label);
        self.acknowledged(&self.double.choose(channel, ts, &action, input, who)).await;
    }

    /// What somebody did was acknowledged in time and without a word; then everything that follows happens.
    pub async fn acknowledged(&self, interaction: &Interaction) {
        self.canary.lock().expect("nobody panicked").guard_ticket(interaction);
        let outcome = interaction.outcome().await;
        assert!(matches!(outcome, Outcome::Acked { payload: None, .. }), "{outcome:?}");
        self.settles().await;
    }

    /// Everything that the bot says in a channel, as it stands now.
    pub fn said_in(&self, channel: &ChannelId) -> Vec<String> {
        self.messages(channel).into_iter().map(|message| message.text).collect()
    }

    /// The bot's messages in a channel.
    pub fn messages(&self, channel: &ChannelId) -> Vec<slack_double::Message> {
        let is_ours = |message: &slack_double::Message| message.author.app.as_ref() == Some(&self.home.app) && !message.deleted;
        self.double.messages(channel).into_iter().filter(is_ours).collect()
    }

    /// The bot's last message in a channel, to be pressed.
    pub fn last_in(&self, channel: &ChannelId) -> Ts {
        self.messages(channel).last().expect("it said something").ts
    }

    /// Everything that the bot said for this person's eyes only, outside of their direct messages.
    pub fn whispered_to(&self, who: &UserId) -> Vec<String> {
        self.double.ephemerals(who).into_iter().filter(|shown| !shown.deleted).map(|shown| shown.text).collect()
    }

    /// The last of these, to be pressed.
    pub fn last_whisper_to(&self, who: &UserId) -> Ts {
        self.double.ephemerals(who).last().expect("it whispered").ts
    }

    /// The conversation of a person with the bot.
    pub fn direct(&self, who: &UserId) -> ChannelId {
        self.double.open_direct(&self.home.app, who)
    }

    /// A channel of which the bot is no member.
    pub fn channel_without_bot(&self, kind: ChannelKind) -> ChannelId {
        let members = vec![self.home.ada.clone(), self.home.ben.clone()];
        self.double.add_channel(&self.home.team, Channel { kind, members, ..Channel::named("elsewhere") })
    }

    /// The bot's calls of a method, oldest first.
    pub fn calls(&self, method: &str) -> Vec<Call> {
        self.double.calls().into_iter().filter(|call| call.method == method).collect()
    }

    fn blocks(&self, channel: &ChannelId, ts: Ts, who: &UserId) -> Value {
        let whispers = self.double.ephemerals(who);
        let whispered = whispers.into_iter().find(|shown| shown.channel == *channel && shown.ts == ts).and_then(|shown| shown.blocks);
        whispered.or_else(|| self.double.message(channel, ts)?.blocks).expect("there is something to press")
    }
}

impl Drop for Office {
    /// A test that fails has not closed it, and cannot wait.
    fn drop(&mut self) {
        if let Some(running) = self.running.take() {
            running.runtime.shutdown_background();
        }
    }
}

/// What is to be done with which element to press what is called so.
pub fn pressable(blocks: &Value, label: &str) -> (String, Input) {
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let is_called = |value: &Value| value["text"]["text"] == label;
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let pressed = list(blocks).iter().find_map(|block| {
        let button = list(&block["elements"]).into_iter().find(is_called).map(|button| (text(&button["action_id"]), Input::Press));
        let option = list(&block["accessory"]["options"]).into_iter().find(is_called);
        button.or_else(|| option.map(|option| (text(&block["accessory"]["action_id"]), Input::Option(text(&option["value"])))))
    });
    pressed.unwrap_or_else(|| panic!("there is no {label} to press: {blocks}"))
}

/// Engines are dear; one is good for all.
fn engine() -> Arc<Engine> {
    static ENGINE: OnceLock<Arc<Engine>> = OnceLock::new();
    ENGINE.get_or_init(|| Arc::new(Engine::new().expect("an engine"))).clone()
}

fn built(plugin: &str) -> &'static Path {
    let find = |plugins: &'static Plugins| plugins.get(plugin);
    find(standard()).or_else(|| find(fixtures())).unwrap_or_else(|| panic!("there is no plugin {plugin}"))
}
