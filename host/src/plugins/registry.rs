//! What is live: an immutable picture of all plugins and of everything they declare, replaced as a whole at every swap.

use super::check::{expression, parse_version};
use super::generation::Generation;
use super::rejection::Rejection;
use crate::builtin;
use crate::model::PluginName;
use hatstand_common::declaration::{Command, Description};
use hatstand_common::grammar::Grammar;
use hatstand_common::usage;
use regex::Regex;
use std::collections::BTreeMap;
use std::sync::Arc;

/// All plugins, and one grammar over all commands.
#[derive(Debug)]
pub struct Registry {
    entries: BTreeMap<PluginName, Entry>,
    grammar: Grammar,
    /// Parallel to the grammar's commands.
    owned: Vec<(PluginName, Command)>,
    patterns: Vec<HeardBy>,
}

/// A plugin that is live, or that was and whose file is gone: then its commands are still known, so that they can be answered for.
#[derive(Clone, Debug)]
pub struct Entry {
    pub generation: Arc<Generation>,
    pub present: bool,
}

#[derive(Debug)]
pub struct HeardBy {
    pub plugin: PluginName,
    pub pattern: String,
    pub expression: Regex,
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
        let patterns = entries.iter().filter(|(_, entry)| entry.present).flat_map(|(name, entry)| heard_by(name, entry)).collect();
        Ok(Self { entries, grammar, owned, patterns })
    }

    /// The same with this build in the place of whatever has its name; or why it is not admitted.
    pub fn with(&self, generation: Arc<Generation>) -> Result<Self, Rejection> {
        let name = generation.name.clone();
        let mut entries = self.entries.clone();
        if let Some(present) = entries.get(&name).filter(|entry| entry.present) {
            check_successor(&present.generation, &generation)?;
        }
        // A plugin whose file is gone has no claim on its commands any more.
        entries.retain(|other, entry| entry.present || *other == name || !clash(&entry.generation.description, &generation.description));
        let claims = self.claims(&generation);
        if !claims.is_empty() {
            return Err(Rejection::CommandTaken(claims));
        }
        entries.insert(name, Entry { generation, present: true });
        Self::over(entries).map_err(Rejection::CommandTaken)
    }

    /// What this build claims although somebody else has it: another plugin that is live, or the host.
    fn claims(&self, generation: &Generation) -> Vec<String> {
        let host = PluginName::host();
        let owners = self.present().chain([&host]).filter(|owner| **owner != generation.name);
        let claims = owners.flat_map(|owner| {
            let theirs: Vec<Command> = self.owned.iter().filter(|(other, _)| other == owner).map(|(_, command)| command.clone()).collect();
            let clashes = usage::clashes(&generation.description.commands, &theirs);
            clashes.into_iter().map(move |clash| format!("claims `{}`, but `{owner}` has `{}`", clash.first.usage, clash.second.usage))
        });
        claims.collect()
    }

    /// The same with this plugin's file gone.
    pub fn without(&self, name: &PluginName) -> Self {
        let mut entries = self.entries.clone();
        if let Some(entry) = entries.get_mut(name) {
            entry.present = false;
        }
        Self::over(entries).expect("what did not clash before does not clash now")
    }

    /// The build that serves this plugin now.
    pub fn live(&self, name: &PluginName) -> Option<&Arc<Generation>> {
        self.entries.get(name).filter(|entry| entry.present).map(|entry| &entry.generation)
    }

    pub fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.entries.values()
    }

    /// The names of the plugins that are live.
    pub fn present(&self) -> impl Iterator<Item = &PluginName> {
        self.entries.iter().filter(|(_, entry)| entry.present).map(|(name, _)| name)
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

    /// Which patterns hear unaddressed messages.
    pub fn patterns(&self) -> &[HeardBy] {
        &self.patterns
    }

    /// The live plugins that subscribed to a kind of event.
    pub fn subscribers(&self, kind: &str) -> impl Iterator<Item = &PluginName> {
        let subscribed = move |entry: &Entry| entry.generation.description.subscriptions.iter().any(|name| name == kind);
        self.present().filter(move |name| self.entries.get(*name).is_some_and(subscribed))
    }
}

fn declared<'a>(name: &'a PluginName, entry: &'a Entry) -> impl Iterator<Item = (PluginName, Command)> + 'a {
    entry.generation.description.commands.iter().map(|command| (name.clone(), command.clone()))
}

fn heard_by<'a>(name: &'a PluginName, entry: &'a Entry) -> impl Iterator<Item = HeardBy> + 'a {
    let patterns = entry.generation.description.patterns.iter().filter(|_| entry.generation.grants.allow("hear"));
    patterns.filter_map(|pattern| {
        let expression = expression(&pattern.expression).ok()?;
        Some(HeardBy { plugin: name.clone(), pattern: pattern.name.clone(), expression })
    })
}

/// One name, one file; and never silently back to an older version.
fn check_successor(live: &Generation, next: &Generation) -> Result<(), Rejection> {
    if live.file != next.file {
        return Err(Rejection::NameTaken { plugin: next.name.0.clone(), file: live.file.clone() });
    }
    let (version, live_version) = (&next.description.version, &live.description.version);
    if parse_version(version) < parse_version(live_version) {
        return Err(Rejection::Older { plugin: next.name.0.clone(), version: version.clone(), live: live_version.clone() });
    }
    Ok(())
}

fn clash(one: &Description, other: &Description) -> bool {
    let commands: Vec<Command> = one.commands.iter().chain(&other.commands).cloned().collect();
    Grammar::new(&commands).is_err()
}
