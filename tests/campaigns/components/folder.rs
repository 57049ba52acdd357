//! A bot whose plugins are broken, one after another.

use crate::support::{Bot, bytes, private_folder};
use hatstand::plugins::rejection::Phase;
use hatstand::plugins::{Digest, FileState};
use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use tempfile::TempDir;

/// The plugins that are broken, each with what it is told to do, and the one beside them that never is.
pub const BROKEN: [(&str, &[&str]); 4] = [
    ("greeter", &["greet", "count to 3", "greetings"]),
    ("asker", &["ask badly", "withdraw it"]),
    ("clockwork", &["chime here", "jam", "unjam"]),
    ("waiter", &["wait at door", "open door", "left"]),
];
const BESIDE: &str = "counter";

/// What became of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    Rejected(Phase),
    /// It is still a plugin of its name, and was run.
    Lived,
}

pub struct Folder {
    bot: Bot,
    /// Of compiled plugins; the campaign would fill the disk.
    cache: TempDir,
    kept: BTreeSet<PathBuf>,
}

impl Folder {
    pub fn open() -> Self {
        let cache = private_folder();
        let plugins: Vec<&str> = BROKEN.iter().map(|(plugin, _)| *plugin).chain([BESIDE]).collect();
        let bot = Bot::open(&plugins, |setup| {
            setup.watch = false;
            setup.cache = Some(cache.path().to_owned());
        });
        let mut folder = Self { bot, cache, kept: BTreeSet::new() };
        folder.kept = folder.compiled();
        folder
    }

    /// Copies this over the file of a plugin, and says what became of it. What was live before is live after.
    pub fn try_out(&mut self, (plugin, lines): (&str, &[&str]), build: &[u8]) -> Fate {
        let (file, before) = (format!("{plugin}.wasm"), self.live(plugin));
        self.bot.put(&file, build);
        self.bot.practice.look().expect("it goes on");
        let fate = match self.state(&file) {
            Some(FileState::Rejected(why)) => {
                assert_eq!(self.live(plugin), before, "{plugin} is not what it was, although its file is refused: {why}");
                Fate::Rejected(why.phase())
            }
            Some(FileState::Live(_)) => {
                self.run(lines);
                self.put_back(plugin);
                assert_eq!(self.live(plugin), before, "{plugin} is back");
                Fate::Lived
            }
            None => panic!("{file} is nothing at all"),
        };
        self.forget(&fate);
        fate
    }

    /// The plugins that are not broken now answer as ever.
    pub fn answers(&mut self) {
        for (plugin, lines) in BROKEN {
            let said = self.bot.hears("jane", &format!("@hatstand {}", lines[0]));
            let text = format!("{said:?}");
            assert!(!text.contains("not loaded") && !text.contains("Sorry"), "{plugin}: {text}");
        }
        let said = self.bot.hears("jane", "@hatstand counter00");
        assert_eq!(said.len(), 1, "{BESIDE}: {said:?}");
    }

    /// Whatever is said now, it is said by something that is broken.
    fn run(&mut self, lines: &[&str]) {
        for line in lines {
            self.bot.hears("jane", &format!("@hatstand {line}"));
        }
    }

    /// By way of nothing at all: the version may have been broken, and there is no way back to an older one.
    fn put_back(&mut self, plugin: &str) {
        let file = format!("{plugin}.wasm");
        self.bot.remove(&file);
        self.bot.practice.look().expect("it goes on");
        self.bot.put(&file, bytes(plugin));
        self.bot.practice.look().expect("it goes on");
    }

    fn live(&self, plugin: &str) -> Option<Digest> {
        self.bot.practice.plugins().registry().live(&plugin.into()).map(|generation| generation.digest.clone())
    }

    fn state(&self, file: &str) -> Option<FileState> {
        let files = self.bot.practice.plugins().files();
        files.into_iter().find(|(name, _)| name == file).map(|(_, state)| state)
    }

    /// Throws away what was compiled of it.
    fn forget(&self, fate: &Fate) {
        if *fate != Fate::Rejected(Phase::Discovered) {
            for path in self.compiled().difference(&self.kept) {
                fs::remove_file(path).expect("removed");
            }
        }
    }

    fn compiled(&self) -> BTreeSet<PathBuf> {
        let entries = fs::read_dir(self.cache.path()).expect("it is there");
        entries.map(|entry| entry.expect("it can be read").path()).filter(|path| path.is_file()).collect()
    }
}
