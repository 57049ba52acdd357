//! What is odd about the operator's rules, though nothing is wrong with the file.

use super::rule::{Allow, Rule};
use super::{Permissions, RoleName};
use crate::nearest::nearest;
use crate::plugins::Registry;
use hatstand_common::declaration::Command;
use std::collections::BTreeSet;

impl Permissions {
    /// Rules that can never match what is loaded, and those that wait for a role that nobody has, here or among those `given` in chat.
    pub fn complaints(&self, registry: &Registry, given: &BTreeSet<RoleName>) -> Vec<String> {
        let known: BTreeSet<&RoleName> = self.roles.keys().chain(given).collect();
        let numbered = self.rules.iter().enumerate().map(|(index, rule)| (format!("rule {} (`{}`)", index + 1, rule.command), rule));
        numbered
            .flat_map(|(called, rule)| unmatched(&called, rule, registry).into_iter().chain(unknown_roles(&called, rule, &known)))
            .collect()
    }
}

fn unmatched(called: &str, rule: &Rule, registry: &Registry) -> Vec<String> {
    let commands: Vec<&Command> = registry
        .commands()
        .iter()
        .filter(|(plugin, command)| rule.covers(plugin, &command.openings()))
        .map(|(_, command)| command)
        .collect();
    if commands.is_empty() {
        return vec![format!("{called} is about no command that is there{}", or_rather(&rule.command.to_string(), openings(registry)))];
    }
    let parameters: BTreeSet<&str> =
        commands.iter().flat_map(|command| &command.parameters).map(|parameter| parameter.name.as_str()).collect();
    let strange = rule.arguments.keys().filter(|name| !parameters.contains(name.as_str()));
    let complain = |name: &String| {
        let rather = or_rather(name, parameters.iter().map(|name| (*name).to_owned()));
        format!("{called} is about `{name}`, which is no argument of its commands{rather}")
    };
    strange.map(complain).collect()
}

fn unknown_roles(called: &str, rule: &Rule, known: &BTreeSet<&RoleName>) -> Vec<String> {
    let Allow::Roles(roles) = &rule.allow else { return Vec::new() };
    let built_in = [RoleName::admins(), RoleName::members()];
    let strange = roles.iter().filter(|role| !built_in.contains(role) && !known.contains(role));
    let complain = |role: &RoleName| {
        let rather = or_rather(role.as_str(), known.iter().map(ToString::to_string));
        format!("{called} allows `{role}`, a role that nobody was given{rather}")
    };
    strange.map(complain).collect()
}

fn openings(registry: &Registry) -> impl Iterator<Item = String> {
    registry.commands().iter().flat_map(|(_, command)| command.openings()).map(|words| words.join(" "))
}

fn or_rather(wrong: &str, names: impl IntoIterator<Item = String>) -> String {
    let names: Vec<String> = names.into_iter().collect();
    nearest(wrong, names.iter().map(String::as_str)).map(|name| format!("; did you mean `{name}`?")).unwrap_or_default()
}
