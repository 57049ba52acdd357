//! A bot in a folder of its own that can be talked to in transcripts.

use super::{FOR_EVER, bytes, compiled, compiler};
use hatstand::adapters::terminal::TerminalChat;
use hatstand::clock::Clock;
use hatstand::outside::Outside;
use hatstand::permissions::Permissions;
use hatstand::plugins::News;
use hatstand::practice::{Practice, PracticeError, Setup};
use hatstand::rate::Rate;
use hatstand_common::transcript::{Directive, Line, Name, Room, START, Script, Stage, run};
use std::fs;
use std::path::PathBuf;
use tempfile::TempDir;
use tokio::sync::broadcast;

pub struct Bot {
    pub practice: Practice<TerminalChat>,
    news: broadcast::Receiver<News>,
    home: TempDir,
}

impl Bot {
    /// A bot that looks after its folder by itself, with these plugins in it.
    pub fn with(plugins: &[&str]) -> Self {
        Self::open(plugins, |_| {})
    }

    /// A bot that looks into its folder only when it is told, with these plugins in it.
    pub fn that_is_told(plugins: &[&str]) -> Self {
        Self::open(plugins, |setup| setup.watch = false)
    }

    /// A bot that has compiled nothing before.
    pub fn that_is_new(plugins: &[&str]) -> Self {
        Self::open(plugins, |setup| setup.cache = None)
    }

    pub fn open(plugins: &[&str], change: impl FnOnce(&mut Setup)) -> Self {
        let home = TempDir::new().expect("a folder");
        let folder = home.path().join("plugins");
        fs::create_dir(&folder).expect("a folder");
        for plugin in plugins {
            fs::write(folder.join(format!("{plugin}.wasm")), bytes(plugin)).expect("written");
        }
        let mut setup = Setup {
            plugins: folder,
            ledger: home.path().join("ledger.db"),
            cache: Some(compiled()),
            compiler: compiler(),
            clock: Clock::still(START),
            outside: Outside::default(),
            permissions: Permissions::default(),
            rate: Rate::UNLIMITED,
            watch: true,
        };
        change(&mut setup);
        let chat = TerminalChat::new(setup.clock.clone());
        let practice = Practice::open(setup, chat).expect("it starts");
        let news = practice.plugins().news();
        Self { practice, news, home }
    }

    /// Where a file of the folder is.
    pub fn path(&self, file: &str) -> PathBuf {
        self.practice.folder().join(file)
    }

    /// A folder beside that of the plugins, on the same disk.
    pub fn beside(&self, file: &str) -> PathBuf {
        self.home.path().join(file)
    }

    /// Puts a file into the folder as an operator should: whole, by renaming.
    pub fn put(&self, file: &str, bytes: impl AsRef<[u8]>) {
        let new = self.beside(&format!("{file}.new"));
        fs::write(&new, bytes).expect("written");
        fs::rename(new, self.path(file)).expect("renamed");
    }

    /// Takes a file out of the folder.
    pub fn remove(&self, file: &str) {
        fs::remove_file(self.path(file)).expect("removed");
    }

    /// Holds a conversation in #dev, which must come as the transcript says.
    #[track_caller]
    pub fn plays(&mut self, transcript: &str) {
        let transcript = format!("#dev\n{transcript}");
        let script = Script::parse(&transcript).unwrap_or_else(|why| panic!("line {}: {}", why.line, why.why));
        let report = run(&script, self);
        assert!(report.passed(), "{report}");
    }

    /// What the bot says when somebody types this in #dev.
    pub fn hears(&mut self, who: &str, text: &str) -> Vec<Line> {
        self.say(&Room::Channel(Name::from("dev")), who, text).expect("it was taken")
    }

    /// Looks into the folder now, and says what it found.
    pub fn looks(&mut self) -> Vec<String> {
        self.practice.look().expect("it goes on");
        self.more_news()
    }

    /// Looks into the folder now, and finds nothing worth a word.
    #[track_caller]
    pub fn looks_in_vain(&mut self) {
        assert_eq!(self.looks(), [""; 0]);
    }

    /// Waits for the next thing that happens to a plugin, as an operator is told.
    pub fn next_news(&mut self) -> String {
        let next = async { tokio::time::timeout(FOR_EVER, self.news.recv()).await };
        let news = self.practice.runtime().block_on(next).expect("something happens").expect("the bot is there");
        told(&news)
    }

    /// After a restart there are other plugins to have news of.
    fn again(
        &mut self,
        restart: impl FnOnce(&mut Practice<TerminalChat>) -> Result<Vec<Line>, PracticeError>,
    ) -> Result<Vec<Line>, PracticeError> {
        let said = restart(&mut self.practice);
        self.news = self.practice.plugins().news();
        said
    }

    /// Everything that happened to plugins and was not asked for yet; waits for nothing.
    pub fn more_news(&mut self) -> Vec<String> {
        std::iter::from_fn(|| self.news.try_recv().ok()).map(|news| told(&news)).collect()
    }
}

/// What an operator is told, without how long it took and how many there were before.
fn told(news: &News) -> String {
    match news {
        News::Live { generation, before, .. } => {
            let instead = before.as_ref().map(|before| format!(" instead of {}", before.description.version)).unwrap_or_default();
            format!("{} {} is live{instead}", generation.name, generation.description.version)
        }
        other => hatstand::texts::news(other),
    }
}

impl Stage for Bot {
    fn say(&mut self, room: &Room, who: &str, text: &str) -> Result<Vec<Line>, String> {
        self.practice.say(room, &Name::from(who), text).map_err(|why| why.to_string())
    }

    fn direct(&mut self, directive: &Directive) -> Result<Vec<Line>, String> {
        let came = match directive {
            Directive::Later(time) => self.practice.pass(*time),
            Directive::Restart { after } => self.again(|practice| practice.restart(*after)),
            Directive::Kill { after } => self.again(|practice| practice.restart_killed(*after)),
            Directive::Admin(person) => self.practice.make_admin(person),
            other => return Err(format!("this is done in Rust here: `{other}`")),
        };
        came.map_err(|why| why.to_string())
    }
}
