//! Transcripts on the real host with built plugins.

use crate::clock::Clock;
use crate::config::Config;
use crate::model::PluginName;
use crate::permissions::Permissions;
use crate::plugins::Compiler;
use crate::practice::{Chat, Practice, PracticeError, Setup};
use crate::rate::Rate;
use hatstand_common::transcript::{Directive, Line, Name, Room, START, Stage};
use hatstand_common::value::Instant;
use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// A host in a folder of its own and in a chat, with the plugins that the transcript may add, remove and replace.
#[derive(Debug)]
pub struct HostStage<C: Chat> {
    practice: Option<Practice<C>>,
    /// Makes the chat, for a clock.
    chat: fn(Clock) -> C,
    folder: TempDir,
    shelf: Shelf,
    /// What the operator wrote into the configuration so far.
    configuration: toml::Table,
}

/// Built plugins by name: those that are there from the beginning, and those that can be added.
#[derive(Clone, Debug)]
pub struct Shelf {
    pub standard: BTreeMap<String, PathBuf>,
    pub others: BTreeMap<String, PathBuf>,
    /// Where compiled plugins are kept between transcripts.
    pub cache: Option<PathBuf>,
    pub compiler: Compiler,
}

impl Shelf {
    pub fn empty(compiler: Compiler) -> Self {
        Self { standard: BTreeMap::new(), others: BTreeMap::new(), cache: None, compiler }
    }

    fn find(&self, plugin: &str) -> Result<&Path, String> {
        let found = self.others.get(plugin).or_else(|| self.standard.get(plugin));
        found.map(PathBuf::as_path).ok_or_else(|| format!("no plugin `{plugin}` was built for this transcript"))
    }
}

impl<C: Chat> HostStage<C> {
    pub fn new(shelf: Shelf, chat: fn(Clock) -> C) -> Result<Self, String> {
        let folder = TempDir::new().map_err(|why| why.to_string())?;
        let mut stage = Self { practice: None, chat, folder, shelf, configuration: toml::Table::new() };
        for (name, wasm) in stage.shelf.standard.clone() {
            stage.put(&name, &wasm)?;
        }
        stage.open(START)?;
        Ok(stage)
    }

    fn open(&mut self, at: Instant) -> Result<(), String> {
        // The one before lets go of the ledger first.
        self.practice = None;
        let clock = Clock::still(at);
        let chat = (self.chat)(clock.clone());
        let setup = Setup {
            plugins: self.plugins(),
            ledger: self.folder.path().join("ledger.db"),
            cache: self.shelf.cache.clone(),
            compiler: self.shelf.compiler.clone(),
            clock,
            permissions: Permissions::default(),
            rate: Rate::UNLIMITED,
            watch: false,
        };
        self.practice = Some(Practice::open(setup, chat).map_err(|why| why.to_string())?);
        Ok(())
    }

    fn plugins(&self) -> PathBuf {
        self.folder.path().join("plugins")
    }

    /// Puts a build in the place of a plugin's file, as an operator should: whole, by renaming.
    fn put(&self, name: &str, wasm: &Path) -> Result<(), String> {
        let folder = self.plugins();
        let put = || -> io::Result<()> {
            fs::create_dir_all(&folder)?;
            let new = folder.join(format!(".{name}.new"));
            fs::copy(wasm, &new)?;
            fs::rename(new, folder.join(format!("{name}.wasm")))
        };
        put().map_err(|why| format!("{}: {why}", wasm.display()))
    }

    fn practice(&mut self) -> &mut Practice<C> {
        self.practice.as_mut().expect("it was opened")
    }

    fn do_it(&mut self, directive: &Directive) -> Result<Result<Vec<Line>, PracticeError>, String> {
        Ok(match directive {
            Directive::At(at) => {
                self.open(*at)?;
                Ok(Vec::new())
            }
            Directive::Later(time) => self.practice().pass(*time),
            Directive::Restart { after } => self.practice().restart(*after),
            Directive::Kill { after } => self.practice().restart_killed(*after),
            Directive::AddPlugin(plugin) => {
                self.put(plugin, self.shelf.find(plugin)?)?;
                self.practice().look()
            }
            Directive::ReplacePlugin { plugin, with } => {
                self.put(plugin, self.shelf.find(with)?)?;
                self.practice().look()
            }
            Directive::RemovePlugin(plugin) => {
                fs::remove_file(self.plugins().join(format!("{plugin}.wasm"))).map_err(|why| format!("{plugin}: {why}"))?;
                self.practice().look()
            }
            Directive::Set { plugin, setting, value } => self.practice().decide(&PluginName(plugin.clone()), |policy| {
                policy.settings.insert(setting.clone(), value.clone());
            }),
            Directive::Configure(settings) => {
                let settings: toml::Table = settings.parse().map_err(|why: toml::de::Error| why.message().to_owned())?;
                self.configuration.extend(settings);
                let config = Config::try_from(self.configuration.clone())?;
                let rate = if self.configuration.contains_key("limits") { config.limits.rate } else { Rate::UNLIMITED };
                self.practice().configure(config.permissions(), rate)
            }
            Directive::Grant { grant, plugin } => self.practice().decide(&PluginName(plugin.clone()), |policy| {
                policy.refused.remove(grant);
            }),
            Directive::Revoke { grant, plugin } => self.practice().decide(&PluginName(plugin.clone()), |policy| {
                policy.refused.insert(grant.clone());
            }),
            Directive::Admin(person) => self.practice().make_admin(person),
            Directive::Zone { person, zone } => self.practice().set_zone(person, zone),
        })
    }
}

impl<C: Chat> Stage for HostStage<C> {
    fn say(&mut self, room: &Room, who: &str, text: &str) -> Result<Vec<Line>, String> {
        self.practice().say(room, &Name::from(who), text).map_err(|why| why.to_string())
    }

    fn direct(&mut self, directive: &Directive) -> Result<Vec<Line>, String> {
        self.do_it(directive)?.map_err(|why| why.to_string())
    }
}
