//! Where a campaign takes place: a double, a folder of plugins, and a bot between them.

use crate::bot::Bot;
use crate::support::{FOR_EVER, bytes, compiled};
use hatstand::adapters::slack::Settings;
use hatstand::adapters::slack::times::Times;
use hatstand::secrets::{SlackTokens, Token};
use slack_double::{Channel, ChannelId, Double, Home, SocketInfo, SocketState};
use std::fs;
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::time::Duration;
use tempfile::TempDir;
use tokio::runtime::Runtime;

/// A double, and a bot that may come and go.
#[derive(Debug)]
pub struct Scene {
    pub double: Double,
    pub home: Home,
    manners: Manners,
    folder: TempDir,
    /// None while it is away.
    bot: Option<Bot>,
    /// For the double and the people: they outlive the bots.
    runtime: Runtime,
}

/// How the bot behaves.
#[derive(Clone, Debug)]
pub struct Manners {
    pub connections: usize,
    pub per_second: Option<NonZeroU32>,
    pub times: Times,
    /// Where compiled plugins are kept; none compiles every time.
    pub cache: Option<PathBuf>,
}

impl Default for Manners {
    fn default() -> Self {
        Self { connections: 1, per_second: None, times: Times::default(), cache: Some(compiled()) }
    }
}

impl Scene {
    /// The bot is there and connected, with these plugins of `tests/plugins`.
    pub fn open(setup: slack_double::Settings, manners: Manners, plugins: &[&str]) -> Self {
        let mut scene = Self::empty(setup, manners, plugins);
        scene.enter();
        scene.bot().connected();
        scene
    }

    /// The bot is not there yet.
    pub fn empty(setup: slack_double::Settings, manners: Manners, plugins: &[&str]) -> Self {
        let runtime = Runtime::new().expect("a runtime");
        let double = runtime.block_on(Double::start(setup)).expect("the double starts");
        let folder = TempDir::new().expect("a folder");
        fs::create_dir(folder.path().join("plugins")).expect("a folder");
        let scene = Self { home: double.home(), double, manners, folder, bot: None, runtime };
        for plugin in plugins {
            scene.put(plugin, &bytes(plugin));
        }
        scene
    }

    /// The bot starts.
    pub fn enter(&mut self) {
        let settings = Settings {
            api_url: self.double.api_url(),
            tokens: SlackTokens {
                app: self.app_token(),
                workspaces: vec![("slack".to_owned(), Token::new(&self.home.tokens.bot))],
                warnings: Vec::new(),
            },
            connections: self.manners.connections,
            per_second: self.manners.per_second,
            times: self.manners.times.clone(),
        };
        self.bot = Some(Bot::start(self.folder.path(), settings, self.manners.cache.clone()));
    }

    /// The bot is killed and started again; returns once it is connected.
    pub fn kill_and_restart(&mut self) {
        self.bot.take().expect("it is there").kill();
        self.enter();
        self.bot().connected();
    }

    pub fn bot(&self) -> &Bot {
        self.bot.as_ref().expect("it is there")
    }

    pub fn app_token(&self) -> Token {
        Token::new(&self.home.tokens.app)
    }

    /// Puts a plugin's file into the folder as an operator should: whole, by renaming.
    pub fn put(&self, plugin: &str, bytes: &[u8]) {
        let new = self.folder.path().join(format!("{plugin}.new"));
        fs::write(&new, bytes).expect("written");
        fs::rename(new, self.folder.path().join("plugins").join(format!("{plugin}.wasm"))).expect("renamed");
    }

    /// So many new channels, in which Ada and the bot are.
    pub fn channels(&self, count: usize) -> Vec<ChannelId> {
        let members = vec![self.home.ada.clone(), self.home.tokens.user.clone()];
        let channel = |number| Channel { members: members.clone(), ..Channel::named(&format!("room{number}")) };
        (0..count).map(|number| self.double.add_channel(&self.home.team, channel(number))).collect()
    }

    /// Ada gives the bot a command.
    pub fn command(&self, channel: &ChannelId, command: &str) {
        let mention = format!("<@{}> {command}", self.home.tokens.user.as_str());
        self.double.post_raw(channel, &self.home.ada, &mention, None);
    }

    /// The connections over which Slack sends and that it has not told to go, oldest first.
    pub fn open_sockets(&self) -> Vec<SocketInfo> {
        let sockets = self.double.sockets(&self.home.app).into_iter();
        sockets.filter(|socket| socket.state == SocketState::Open).collect()
    }

    /// Waits until the double looks so; for ever is too long.
    #[track_caller]
    pub fn until<T>(&self, what: &str, look: impl FnMut(&Double) -> Option<T>) -> T {
        let found = self.runtime.block_on(self.double.until(FOR_EVER, look));
        found.unwrap_or_else(|| panic!("{what} did not happen; {:?}", self.double.counts()))
    }

    /// Waits until there are so many connections over which Slack sends.
    #[track_caller]
    pub fn until_open(&self, sockets: usize) {
        self.until("a connection", |_| (self.open_sockets().len() >= sockets).then_some(()));
    }

    /// Time passes, and nobody waits for a result.
    pub fn pass(&self, time: Duration) {
        self.runtime.block_on(async { tokio::time::sleep(time).await });
    }

    pub fn runtime(&self) -> &Runtime {
        &self.runtime
    }
}

impl Drop for Scene {
    fn drop(&mut self) {
        if let Some(bot) = self.bot.take() {
            bot.stop();
        }
    }
}
