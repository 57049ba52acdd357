//! Help, made from what the plugins declare: only what works, and only what the person may use.

use super::{Answered, Asked};
use crate::model::PluginName;
use crate::permissions::Authority;
use crate::plugins::Registry;
use crate::texts;
use hatstand_common::declaration::{Access, Command, Kind, Parameter};
use hatstand_common::grammar::quote;
use std::fmt::Write as _;

pub const HELP: &str = "help";
/// The parameter of help.
pub const TOPIC: &str = "topic";

pub fn commands() -> Vec<Command> {
    vec![Command {
        name: HELP.to_owned(),
        usages: vec!["help [<topic...>]".to_owned()],
        parameters: vec![Parameter { name: TOPIC.to_owned(), kind: Kind::Text }],
        summary: "Say what I can do, or all about one thing.".to_owned(),
        help: String::new(),
        hidden: false,
        access: Access::Everybody,
        more: Vec::new(),
    }]
}

/// More commands of one plugin nobody reads in one line.
const LISTED: usize = 12;

/// Everything in short, or one topic whole: a plugin, or the beginning of a command.
pub fn answer(asked: &Asked<'_>) -> Answered {
    let registry = asked.host.plugins.registry_at(asked.workspace, asked.place);
    let shown = Shown { registry: &registry, authority: asked.authority, bot: &asked.host.name };
    let topic = asked.text(TOPIC).trim().trim_start_matches('@').to_lowercase();
    Answered::tells(texts::markdown(if topic.is_empty() { shown.overview() } else { shown.about(&topic) }))
}

/// What somebody is shown.
struct Shown<'a> {
    registry: &'a Registry,
    authority: &'a Authority<'a>,
    bot: &'a str,
}

impl<'a> Shown<'a> {
    fn overview(&self) -> String {
        let bot = self.bot;
        let mut text = format!("I am @{bot}. Say `@{bot}` and a command, or just the command in a direct message.");
        for entry in self.registry.entries().filter(|entry| entry.is_live()) {
            let description = &entry.generation.description;
            let shown = shortly(self.of(&entry.generation.name), &description.name);
            if !shown.is_empty() {
                let _ = write!(text, "\n*{}* – {}\n{shown}", description.name, description.summary);
            }
        }
        let _ = write!(text, "\n*{bot}*\n{}", families(self.of(&PluginName::host())));
        let _ = write!(text, "\nSay `help` and one of these words for more.");
        text
    }

    fn about(&self, topic: &str) -> String {
        if let Some(entry) = self.registry.entries().find(|entry| entry.is_live() && entry.generation.name.0 == topic) {
            let description = &entry.generation.description;
            let mut text = format!("*{}* {} – {}", description.name, description.version, description.summary);
            self.of(&entry.generation.name).for_each(|command| whole(&mut text, command));
            return text;
        }
        if topic == self.bot {
            let mut text = format!("*{}*", self.bot);
            self.of(&PluginName::host()).for_each(|command| whole(&mut text, command));
            return text;
        }
        let mut text = String::new();
        self.all().filter(|command| is_about(command, topic)).for_each(|command| whole(&mut text, command));
        if text.is_empty() {
            return format!("I know nothing about {}. Say `@{} help` to see what I can do.", quote(topic), self.bot);
        }
        text.trim_start().to_owned()
    }

    /// Everything that works, the plugins' first.
    fn all(&self) -> impl Iterator<Item = &'a Command> {
        let host = PluginName::host();
        self.registry.present().flat_map(|plugin| self.of(plugin)).chain(self.of(&host)).collect::<Vec<_>>().into_iter()
    }

    /// What of a plugin may be used with some arguments or other.
    fn of(&self, plugin: &PluginName) -> impl Iterator<Item = &'a Command> {
        let (authority, plugin) = (self.authority, plugin.clone());
        let owned = self
            .registry
            .commands()
            .iter()
            .filter(move |(owner, command)| *owner == plugin && !command.hidden && authority.could(&plugin, command));
        owned.map(|(_, command)| command)
    }
}

/// The first commands of a plugin, as they begin, and how to see the others.
fn shortly<'a>(commands: impl Iterator<Item = &'a Command>, plugin: &str) -> String {
    let mut shown: Vec<String> = Vec::new();
    for usage in commands.map(short) {
        if !shown.contains(&usage) {
            shown.push(usage);
        }
    }
    let more = shown.len().saturating_sub(LISTED);
    let listed: Vec<String> = shown.iter().take(LISTED).map(|usage| format!("`{usage}`")).collect();
    match more {
        0 => listed.join(" · "),
        more => format!("{} · and {more} more: `help {plugin}`", listed.join(" · ")),
    }
}

/// The words with which the host's own commands begin: one for each family.
fn families<'a>(commands: impl Iterator<Item = &'a Command>) -> String {
    let mut words: Vec<String> = Vec::new();
    for command in commands {
        let usage = command.shown_usage();
        let word = format!("`{}`", usage.split_whitespace().next().unwrap_or_default());
        if !words.contains(&word) {
            words.push(word);
        }
    }
    words.join(" · ")
}

/// A command's first usage without its optional end, for lists: `hat on`.
fn short(command: &Command) -> String {
    let usage = command.shown_usage();
    usage.split_once(" [").map_or(usage.as_str(), |(short, _)| short).to_owned()
}

/// All forms of a command, and what it does.
fn whole(text: &mut String, command: &Command) {
    let forms: Vec<String> = command.shown_usages().iter().map(|usage| format!("`{usage}`")).collect();
    let _ = write!(text, "\n{} – {}", forms.join(" or "), command.summary);
    if !command.help.is_empty() {
        let _ = write!(text, "\n{}", command.help);
    }
}

/// Does one of its usages begin with these words? Those that may be left out need not be there.
fn is_about(command: &Command, topic: &str) -> bool {
    let whole = command.shown_usages();
    let bare = command.usages.iter().map(|usage| usage.split_once("] ").map_or(usage.as_str(), |(_, bare)| bare));
    whole.iter().map(String::as_str).chain(bare).any(|usage| begins_with(usage, topic))
}

fn begins_with(usage: &str, topic: &str) -> bool {
    let mut words = usage.split_whitespace().map(str::to_lowercase);
    topic.split_whitespace().all(|word| words.next().is_some_and(|have| have == word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_a_usage_without_its_optional_end() {
        let mut command = crate::builtin::commands().remove(0);
        assert_eq!(short(&command), "help");
        command.usages = vec!["[hat] on [because <topic...>]".to_owned()];
        assert_eq!(short(&command), "hat on");
    }

    #[test]
    fn finds_a_command_by_its_first_words() {
        assert!(begins_with("hat force off [because <reason...>]", "hat force"));
        assert!(!begins_with("hat on", "on"));
    }
}
