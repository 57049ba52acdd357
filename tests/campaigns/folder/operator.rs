//! An operator who replaces a plugin again and again, and looks what is live.

use crate::build::Builds;
use crate::support::{Bot, FOR_EVER, bytes};
use hatstand::plugins::{FileState, News};
use std::path::PathBuf;
use std::time::Instant;
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::TryRecvError;

pub const PLUGIN: &str = "counter00";
const FILE: &str = "counter.wasm";

pub struct Operator {
    pub bot: Bot,
    builds: Builds,
    news: broadcast::Receiver<News>,
    /// The newest build that was begun to be written. No newer one can be live.
    newest: usize,
    /// The newest build that was live. No older one may be live again.
    live: usize,
    /// How often somebody asked the plugin, which counts along.
    asked: u64,
}

impl Operator {
    /// Everything is compiled when it comes, and the folder is really watched.
    pub fn open() -> Self {
        let bot = Bot::open(&["counter"], |setup| setup.cache = None);
        let news = bot.practice.plugins().news();
        Self { bot, builds: Builds::of(bytes("counter")), news, newest: 0, live: 0, asked: 0 }
    }

    /// Where the plugin's file is.
    pub fn file(&self) -> PathBuf {
        self.bot.path(FILE)
    }

    /// A build that there was not before.
    pub fn next(&mut self) -> Vec<u8> {
        self.newest += 1;
        self.builds.number(self.newest)
    }

    /// Puts the newest build into the folder as an operator should.
    pub fn put(&self, build: &[u8]) {
        self.bot.put(FILE, build);
    }

    /// Waits until the newest build is live, and says when that was. Whatever is live on the way is whole, and newer than what was.
    #[track_caller]
    pub fn until_live(&mut self) -> Instant {
        while self.live < self.newest {
            let next = async { tokio::time::timeout(FOR_EVER, self.news.recv()).await };
            let news = self.bot.practice.runtime().block_on(next);
            self.hear(&news.expect("the newest build becomes live").expect("the bot is there"));
        }
        let live = Instant::now();
        self.is_live(self.newest);
        live
    }

    /// The host has looked, and this build goes on.
    #[track_caller]
    pub fn keeps(&mut self, number: usize) {
        self.bot.practice.look().expect("it goes on");
        loop {
            match self.news.try_recv() {
                Ok(news) => self.hear(&news),
                Err(TryRecvError::Empty) => break,
                Err(why) => panic!("{why}"),
            }
        }
        self.is_live(number);
    }

    /// The same, and what is in the file is known to be no plugin yet.
    #[track_caller]
    pub fn refuses_and_keeps(&mut self, number: usize) {
        self.keeps(number);
        let files = self.bot.practice.plugins().files();
        let state = files.into_iter().find(|(file, _)| file == FILE).map(|(_, state)| state);
        assert!(matches!(state, Some(FileState::Rejected(_))), "{state:?}");
    }

    /// The build that is live now.
    pub fn live(&self) -> usize {
        self.live
    }

    #[track_caller]
    fn is_live(&self, number: usize) {
        let registry = self.bot.practice.plugins().registry();
        let generation = registry.live(&PLUGIN.into()).unwrap_or_else(|| panic!("build {number} is live, not nothing"));
        assert_eq!(self.builds.number_of(generation), number);
    }

    #[track_caller]
    fn hear(&mut self, news: &News) {
        if let News::Live { generation, .. } = news {
            let number = self.builds.number_of(generation);
            assert!((self.live..=self.newest).contains(&number), "build {number} after {}, before {}", self.live, self.newest);
            self.live = number;
        }
    }

    /// Somebody asks the plugin, which has counted every time.
    pub fn ask(&mut self) {
        self.asked += 1;
        let said = self.bot.hears("jane", &format!("@hatstand {PLUGIN}"));
        let texts: Vec<String> = said.iter().map(|line| line.text().join("\n")).collect();
        assert_eq!(texts, [self.asked.to_string()]);
    }
}
