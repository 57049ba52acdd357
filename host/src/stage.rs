//! Transcripts on the real host with built plugins.

use crate::clock::Clock;
use crate::config::Config;
use crate::model::PluginName;
use crate::outside::{Destination, Outside};
use crate::permissions::Permissions;
use crate::plugins::Compiler;
use crate::practice::{Chat, Decided, Practice, PracticeError, Setup};
use crate::rate::Rate;
use crate::secrets::Environment;
use hatstand_common::transcript::{Directive, Line, Name, Room, START, Stage};
use hatstand_common::value::Instant;
use std::collections::BTreeMap;
use std::fmt::Debug;
use std::fs;
use std::io;
use std::net::SocketAddr;
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
    /// What of it does not hold yet: whoever writes several things starts the host once.
    undecided: Option<Decided>,
    /// What the plugins talk to, if there is anything.
    services: Option<Box<dyn Services>>,
}

/// The world outside, as a transcript has it.
pub trait Services: Debug {
    /// The names under which transcripts speak of addresses, such as `github.outside`, and what they stand for.
    fn addresses(&self) -> Vec<(String, SocketAddr)>;

    /// What the operator gave to the bot for them.
    fn secrets(&self) -> Environment;

    /// What time it is for them from here on.
    fn go_by(&mut self, clock: Clock);

    /// Does what a line of a transcript says. Webhooks go to this address, for this plugin.
    fn act(&mut self, line: &str, hooks: Option<(SocketAddr, &str)>) -> Result<(), String>;
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
        Self::among(None, shelf, chat)
    }

    /// With services outside that the plugins can talk to.
    pub fn among(services: Option<Box<dyn Services>>, shelf: Shelf, chat: fn(Clock) -> C) -> Result<Self, String> {
        let folder = TempDir::new().map_err(|why| why.to_string())?;
        let mut stage = Self { practice: None, chat, folder, shelf, configuration: toml::Table::new(), undecided: None, services };
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
        if let Some(services) = &mut self.services {
            services.go_by(clock.clone());
        }
        let setup = Setup {
            plugins: self.plugins(),
            ledger: self.folder.path().join("ledger.db"),
            cache: self.shelf.cache.clone(),
            compiler: self.shelf.compiler.clone(),
            clock,
            permissions: Permissions::default(),
            outside: Outside::default(),
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

    /// What the configuration says so far.
    fn decided(&self) -> Result<Decided, String> {
        let config = Config::try_from(self.configuration.clone())?;
        let environment = self.services.as_ref().map(|services| services.secrets()).unwrap_or_default();
        let mut outside = config.outside(&environment).map_err(|problems| problems.join("; "))?;
        self.allow_services(&mut outside, config.plugins.keys());
        Ok(Decided {
            permissions: config.permissions(),
            outside,
            rate: if self.configuration.contains_key("limits") { config.limits.rate } else { Rate::UNLIMITED },
            policies: config.policies(),
        })
    }

    /// The services of a transcript are on this machine, as the operator would have to say.
    fn allow_services<'p>(&self, outside: &mut Outside, plugins: impl Iterator<Item = &'p String>) {
        let addresses: Vec<_> = self.services.iter().flat_map(|services| services.addresses()).collect();
        for plugin in plugins {
            let terms = outside.terms.entry(PluginName(plugin.clone())).or_default();
            for destination in addresses.iter().filter_map(|(_, address)| Destination::of_text(&format!("http://{address}"))) {
                terms.entry(destination).or_default().private = true;
            }
        }
    }

    /// What was written holds from here on.
    fn decide(&mut self) -> Result<(), String> {
        let Some(decided) = self.undecided.take() else { return Ok(()) };
        match self.practice().configure(decided).map_err(|why| why.to_string())?.as_slice() {
            [] => Ok(()),
            said => Err(format!("the host said this when it was started with another configuration: {said:?}")),
        }
    }

    /// The text with addresses in the place of their names.
    fn addressed(&self, text: &str) -> String {
        let addresses = self.services.iter().flat_map(|services| services.addresses());
        addresses.fold(text.to_owned(), |text, (name, address)| text.replace(&name, &address.to_string()))
    }

    /// The other way round.
    fn named(&self, lines: &[Line]) -> Vec<Line> {
        let addresses: Vec<_> = self.services.iter().flat_map(|services| services.addresses()).collect();
        let named = |text: &String| addresses.iter().fold(text.clone(), |text, (name, address)| text.replace(&address.to_string(), name));
        lines.iter().map(|line| Line::new(line.audience().clone(), line.act(), line.text().iter().map(named))).collect()
    }

    /// Where webhooks come in, and for which plugin.
    fn hooks(&mut self) -> Option<(SocketAddr, String)> {
        let address = self.practice().hooks()?;
        let plugin = self.practice().host().outside.hooks.keys().next()?.to_string();
        Some((address, plugin))
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
                let settings: toml::Table = self.addressed(settings).parse().map_err(|why: toml::de::Error| why.message().to_owned())?;
                write_over(&mut self.configuration, settings);
                self.undecided = Some(self.decided()?);
                Ok(Vec::new())
            }
            Directive::Outside(line) => {
                let hooks = self.hooks();
                let services = self.services.as_mut().ok_or("there is nothing outside of this transcript")?;
                services.act(line, hooks.as_ref().map(|(address, plugin)| (*address, plugin.as_str())))?;
                self.practice().settle()
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
        self.decide()?;
        let text = self.addressed(text);
        let said = self.practice().say(room, &Name::from(who), &text).map_err(|why| why.to_string())?;
        Ok(self.named(&said))
    }

    fn direct(&mut self, directive: &Directive) -> Result<Vec<Line>, String> {
        if !matches!(directive, Directive::Configure(_)) {
            self.decide()?;
        }
        let said = self.do_it(directive)?.map_err(|why| why.to_string())?;
        Ok(self.named(&said))
    }
}

/// Tables are joined; of everything else the last counts.
fn write_over(table: &mut toml::Table, with: toml::Table) {
    for (name, value) in with {
        match (table.get_mut(&name), value) {
            (Some(toml::Value::Table(there)), toml::Value::Table(more)) => write_over(there, more),
            (_, value) => drop(table.insert(name, value)),
        }
    }
}
