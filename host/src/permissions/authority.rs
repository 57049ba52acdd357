//! What one person may do in one place. Pure: everything that the decision depends on is in here.

use super::role::RoleName;
use super::rule::{Allow, Fit, Rule};
use crate::model::PluginName;
use hatstand_common::declaration::{Access, Command};
use hatstand_common::value::{Argument, Channel};
use std::collections::BTreeSet;

#[derive(Clone, Debug)]
pub enum Authority<'a> {
    /// Whatever there is: to find out whom something concerns, before it is known who it was.
    Everything,
    Of(Standing<'a>),
}

/// Somebody's roles, and where they are.
#[derive(Clone, Debug)]
pub struct Standing<'a> {
    pub rules: &'a [Rule],
    pub roles: BTreeSet<RoleName>,
    pub channel: Option<Channel>,
}

/// A decision, and which rule made it: `everybody`, `admins`, `rule 2 (deployers)`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ruling {
    Allowed { rule: String },
    Denied(Denial),
}

/// What somebody may not do, and who may.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Denial {
    /// The plugin's own name of the command.
    pub command: String,
    /// What people call it.
    pub words: String,
    /// Whoever has one of these may; none is nobody.
    pub roles: Vec<RoleName>,
    pub why: Option<String>,
    pub rule: String,
}

impl Authority<'_> {
    /// May this be done with these arguments?
    pub fn ruling(&self, plugin: &PluginName, command: &Command, arguments: &[Argument]) -> Ruling {
        match self {
            Authority::Everything => Ruling::Allowed { rule: String::new() },
            Authority::Of(standing) => standing.ruling(plugin, command, arguments),
        }
    }

    /// May this be done with some arguments or other?
    pub fn could(&self, plugin: &PluginName, command: &Command) -> bool {
        match self {
            Authority::Everything => true,
            Authority::Of(standing) => standing.could(plugin, command),
        }
    }
}

impl Standing<'_> {
    /// The first rule that matches decides. Where one matches only some of what an argument names, it has to allow it, and so has what
    /// comes after.
    fn ruling(&self, plugin: &PluginName, command: &Command, arguments: &[Argument]) -> Ruling {
        for (number, rule) in self.about(plugin, command) {
            match (rule.fits(arguments), self.lets_in(&rule.allow)) {
                (Fit::No, _) | (Fit::Partly, Some(_)) => {}
                (Fit::Wholly, Some(by)) => return Ruling::Allowed { rule: format!("rule {number} ({by})") },
                (Fit::Partly | Fit::Wholly, None) => {
                    let by = format!("rule {number} ({})", names(&rule.allow));
                    return Ruling::Denied(denial(command, &rule.allow, rule.why.clone(), by));
                }
            }
        }
        match self.lets_in(&usual(command.access)) {
            Some(by) => Ruling::Allowed { rule: by.to_owned() },
            None => Ruling::Denied(denial(command, &usual(command.access), None, names(&usual(command.access)))),
        }
    }

    fn could(&self, plugin: &PluginName, command: &Command) -> bool {
        for (_, rule) in self.about(plugin, command) {
            let lets_in = self.lets_in(&rule.allow).is_some();
            if lets_in || rule.arguments.is_empty() {
                return lets_in;
            }
        }
        self.lets_in(&usual(command.access)).is_some()
    }

    /// The rules about the command here, with their numbers as people count.
    fn about(&self, plugin: &PluginName, command: &Command) -> impl Iterator<Item = (usize, &Rule)> {
        let openings = command.openings();
        let rules = self.rules.iter().enumerate().map(|(index, rule)| (index + 1, rule));
        rules.filter(move |(_, rule)| rule.covers(plugin, &openings) && rule.holds_in(self.channel.as_ref()))
    }

    /// By which of them, if by any.
    fn lets_in<'r>(&self, allow: &'r Allow) -> Option<&'r str> {
        match allow {
            Allow::Everybody => Some("everybody"),
            Allow::Nobody => None,
            Allow::Roles(roles) => roles.iter().find(|role| self.roles.contains(role)).map(RoleName::as_str),
        }
    }
}

/// Whom the plugin made the command for.
fn usual(access: Access) -> Allow {
    match access {
        Access::Everybody => Allow::Everybody,
        Access::Admins => Allow::Roles(vec![RoleName::admins()]),
    }
}

fn names(allow: &Allow) -> String {
    match allow {
        Allow::Everybody => "everybody".to_owned(),
        Allow::Nobody => "nobody".to_owned(),
        Allow::Roles(roles) => roles.iter().map(RoleName::as_str).collect::<Vec<_>>().join(", "),
    }
}

fn denial(command: &Command, allow: &Allow, why: Option<String>, rule: String) -> Denial {
    let roles = match allow {
        Allow::Roles(roles) => roles.clone(),
        Allow::Everybody | Allow::Nobody => Vec::new(),
    };
    Denial { command: command.name.clone(), words: command.shown_words(), roles, why, rule }
}
