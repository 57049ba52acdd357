//! What is live: an immutable picture of all plugins and of everything they declare, replaced as a whole at every swap.

use super::check::parse_version;
use super::generation::Generation;
use super::patterns::Patterns;
use super::rejection::Rejection;
use crate::builtin;
use crate::ledger::Live;
use crate::model::PluginName;
use hatstand_common::declaration::{Command, Description};
use hatstand_common::grammar::Grammar;
use hatstand_common::usage;
use hatstand_common::value::Instant;
use std::collections::BTreeMap;
use std::sync::Arc;

/// All plugins, and one grammar over all commands.
#[derive(Debug)]
pub struct Registry {
    entries: BTreeMap<PluginName, Entry>,
    grammar: Grammar,
    /// Parallel to the grammar's commands.
    owned: Vec<(PluginName, Command)>,
}

/// A plugin that is live, or that was: then its commands are still known, so that they can be answered for.
#[derive(Clone, Debug)]
pub struct Entry {
    pub generation: Arc<Generation>,
    pub presence: Presence,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    Live,
    /// It failed again and again: it serves again from then on.
    Resting {
        until: Instant,
    },
    /// Its file was removed, or it was taken out.
    Gone,
}

impl Presence {
    /// Does it serve, or will it without anybody doing something?
    pub fn is_back_by_itself(self) -> bool {
        self != Presence::Gone
    }
}

impl Entry {
    pub fn is_live(&self) -> bool {
        self.presence == Presence::Live
    }
}

impl Registry {
    /// The host's own commands and no plugin.
    pub fn empty() -> Self {
        Self::over(BTreeMap::new()).expect("the host's own commands do not clash")
    }

    fn over(entries: BTreeMap<PluginName, Entry>) -> Result<Self, Vec<String>> {
        let own = builtin::commands().into_iter().map(|command| (PluginName::host(), command));
        let owned: Vec<(PluginName, Command)> = own.chain(entries.iter().flat_map(|(name, entry)| declared(name, entry))).collect();
        let commands: Vec<Command> = owned.iter().map(|(_, command)| command.clone()).collect();
        let grammar = Grammar::new(&commands).map_err(|problems| problems.iter().map(ToString::to_string).collect::<Vec<_>>())?;
        Ok(Self { entries, grammar, owned })
    }

    /// The same with this build in the place of whatever has its name; or why it is not admitted.
    pub fn with(&self, generation: Arc<Generation>) -> Result<Self, Rejection> {
        let name = generation.name.clone();
        let mut entries = self.entries.clone();
        // A plugin whose file is gone has no claim on its commands any more.
        entries.retain(|other, entry| {
            entry.presence.is_back_by_itself() || *other == name || !clash(&entry.generation.description, &generation.description)
        });
        let claims = self.claims(&generation);
        if !claims.is_empty() {
            return Err(Rejection::CommandTaken(claims));
        }
        entries.insert(name, Entry { generation, presence: Presence::Live });
        Self::over(entries).map_err(Rejection::CommandTaken)
    }

    /// What this build claims although somebody else has it: another plugin that is live, or the host.
    fn claims(&self, generation: &Generation) -> Vec<String> {
        let host = PluginName::host();
        let claimants = self.entries.iter().filter(|(_, entry)| entry.presence.is_back_by_itself()).map(|(name, _)| name);
        let owners = claimants.chain([&host]).filter(|owner| **owner != generation.name);
        let claims = owners.flat_map(|owner| {
            let theirs: Vec<Command> = self.owned.iter().filter(|(other, _)| other == owner).map(|(_, command)| command.clone()).collect();
            let clashes = usage::clashes(&generation.description.commands, &theirs);
            clashes.into_iter().map(move |clash| format!("claims `{}`, but `{owner}` has `{}`", clash.first.usage, clash.second.usage))
        });
        claims.collect()
    }

    /// One name, one file; and never silently back to an older version.
    pub fn check_successor(&self, next: &Generation) -> Result<(), Rejection> {
        let Some(Entry { generation: live, .. }) = self.entries.get(&next.name).filter(|entry| entry.presence.is_back_by_itself()) else {
            return Ok(());
        };
        if live.file != next.file {
            return Err(Rejection::NameTaken { plugin: next.name.0.clone(), file: live.file.clone() });
        }
        let (version, live_version) = (&next.description.version, &live.description.version);
        if parse_version(version) < parse_version(live_version) {
            return Err(Rejection::Older { plugin: next.name.0.clone(), version: version.clone(), live: live_version.clone() });
        }
        Ok(())
    }

    /// The same with this plugin live, resting or gone. Nothing changes if it was never there.
    pub fn with_presence(&self, name: &PluginName, presence: Presence) -> Self {
        let mut entries = self.entries.clone();
        if let Some(entry) = entries.get_mut(name) {
            entry.presence = presence;
        }
        Self::over(entries).expect("what did not clash before does not clash now")
    }

    pub fn presence(&self, name: &PluginName) -> Option<Presence> {
        self.entries.get(name).map(|entry| entry.presence)
    }

    /// Which plugins have rested long enough.
    pub fn rested(&self, now: Instant) -> Vec<PluginName> {
        let rested = |entry: &Entry| matches!(entry.presence, Presence::Resting { until } if until <= now);
        self.entries.iter().filter(|(_, entry)| rested(entry)).map(|(name, _)| name.clone()).collect()
    }

    /// When the next one has.
    pub fn next_rested(&self) -> Option<Instant> {
        let until = |entry: &Entry| match entry.presence {
            Presence::Resting { until } => Some(until),
            Presence::Live | Presence::Gone => None,
        };
        self.entries.values().filter_map(until).min()
    }

    /// The build that serves this plugin now.
    pub fn live(&self, name: &PluginName) -> Option<&Arc<Generation>> {
        self.entries.get(name).filter(|entry| entry.is_live()).map(|entry| &entry.generation)
    }

    /// The build that serves, or that did last.
    pub fn generation(&self, name: &PluginName) -> Option<&Arc<Generation>> {
        self.entries.get(name).map(|entry| &entry.generation)
    }

    pub fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.entries.values()
    }

    /// The names of the plugins that are live.
    pub fn present(&self) -> impl Iterator<Item = &PluginName> {
        self.entries.iter().filter(|(_, entry)| entry.is_live()).map(|(name, _)| name)
    }

    /// All of them, as the ledger wants to know them.
    pub fn all_present(&self) -> Live {
        self.present().cloned().collect()
    }

    pub fn grammar(&self) -> &Grammar {
        &self.grammar
    }

    /// A command of the grammar, and whose it is.
    pub fn owned(&self, command: usize) -> &(PluginName, Command) {
        &self.owned[command]
    }

    /// All commands with their owners, the host's own first.
    pub fn commands(&self) -> &[(PluginName, Command)] {
        &self.owned
    }

    /// Which plugins hear unaddressed messages, and by which patterns.
    pub fn patterns(&self) -> impl Iterator<Item = (&PluginName, &Patterns)> {
        let live = self.entries.iter().filter(|(_, entry)| entry.is_live());
        live.map(|(name, entry)| (name, &entry.generation.patterns)).filter(|(_, patterns)| !patterns.is_empty())
    }

    /// The live plugins that subscribed to a kind of event, and may have it: messages that are not addressed to the bot need a grant, however
    /// they are asked for.
    pub fn subscribers(&self, kind: &str) -> impl Iterator<Item = &PluginName> {
        let granted = move |entry: &Entry| kind != "message" || entry.generation.grants.allow("hear");
        let subscribed = move |entry: &Entry| granted(entry) && entry.generation.description.subscriptions.iter().any(|name| name == kind);
        self.present().filter(move |name| self.entries.get(*name).is_some_and(subscribed))
    }
}

fn declared<'a>(name: &'a PluginName, entry: &'a Entry) -> impl Iterator<Item = (PluginName, Command)> + 'a {
    entry.generation.description.commands.iter().map(|command| (name.clone(), command.clone()))
}

fn clash(one: &Description, other: &Description) -> bool {
    let commands: Vec<Command> = one.commands.iter().chain(&other.commands).cloned().collect();
    Grammar::new(&commands).is_err()
}
