//! Help, made from what the plugins declare: only what works, and only what the person may use.

use crate::model::PluginName;
use crate::plugins::Registry;
use crate::texts;
use hatstand_common::declaration::{Access, Command};
use hatstand_common::grammar::quote;
use hatstand_common::message::Message;
use std::fmt::Write as _;

/// Everything in short, or one topic whole: a plugin, or the beginning of a command.
pub fn help(registry: &Registry, topic: Option<&str>, admin: bool, bot: &str) -> Message {
    let topic = topic.map(|topic| topic.trim().trim_start_matches('@').to_lowercase()).filter(|topic| !topic.is_empty());
    texts::markdown(match topic {
        Some(topic) => about(registry, &topic, admin, bot),
        None => overview(registry, admin, bot),
    })
}

fn overview(registry: &Registry, admin: bool, bot: &str) -> String {
    let mut text = format!("I am @{bot}. Say `@{bot}` and a command, or just the command in a direct message.");
    for entry in registry.entries().filter(|entry| entry.present) {
        let description = &entry.generation.description;
        let shown: Vec<String> = usable(&description.commands, admin).map(short).collect();
        if !shown.is_empty() {
            let _ = write!(text, "\n*{}* – {}\n{}", description.name, description.summary, ticked(&shown));
        }
    }
    let own: Vec<String> = own(registry, admin).map(short).collect();
    let _ = write!(text, "\n*{bot}*\n{}", ticked(&own));
    let _ = write!(text, "\nSay `help` and one of these words for more.");
    text
}

fn ticked(usages: &[String]) -> String {
    usages.iter().map(|usage| format!("`{usage}`")).collect::<Vec<_>>().join(" · ")
}

/// A command's first usage without its optional end, for lists: `hat on`.
fn short(command: &Command) -> String {
    let usage = command.shown_usage();
    usage.split_once(" [").map_or(usage.as_str(), |(short, _)| short).to_owned()
}

fn about(registry: &Registry, topic: &str, admin: bool, bot: &str) -> String {
    if let Some(entry) = registry.entries().find(|entry| entry.present && entry.generation.name.0 == topic) {
        let description = &entry.generation.description;
        let mut text = format!("*{}* {} – {}", description.name, description.version, description.summary);
        usable(&description.commands, admin).for_each(|command| whole(&mut text, command));
        return text;
    }
    if topic == bot {
        let mut text = format!("*{bot}*");
        own(registry, admin).for_each(|command| whole(&mut text, command));
        return text;
    }
    let found: Vec<&Command> = all(registry, admin).filter(|command| is_about(command, topic)).collect();
    if found.is_empty() {
        return format!("I know nothing about {}. Say `@{bot} help` to see what I can do.", quote(topic));
    }
    let mut text = String::new();
    found.into_iter().for_each(|command| whole(&mut text, command));
    text.trim_start().to_owned()
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

fn all(registry: &Registry, admin: bool) -> impl Iterator<Item = &Command> {
    registry
        .entries()
        .filter(|entry| entry.present)
        .flat_map(move |entry| usable(&entry.generation.description.commands, admin))
        .chain(own(registry, admin))
}

fn own(registry: &Registry, admin: bool) -> impl Iterator<Item = &Command> {
    let host = PluginName::host();
    registry
        .commands()
        .iter()
        .filter(move |(owner, _)| *owner == host)
        .map(|(_, command)| command)
        .filter(move |command| may(command, admin))
}

fn usable(commands: &[Command], admin: bool) -> impl Iterator<Item = &Command> {
    commands.iter().filter(move |command| !command.hidden && may(command, admin))
}

fn may(command: &Command, admin: bool) -> bool {
    admin || command.access == Access::Everybody
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
