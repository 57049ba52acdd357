//! What one person may do in one place. Pure: everything that the decision depends on is in here.

use super::action::{DeclaredAction, Subject};
use super::role::RoleName;
use super::rule::{Allow, Fit, Rule};
use crate::model::PluginName;
use hatstand_common::declaration::{Access, AccessDefault, Command};
use hatstand_common::message::Span;
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
    pub of: Denied,
    /// Whoever has one of these may; none is nobody.
    pub roles: Vec<RoleName>,
    pub why: Option<String>,
    pub rule: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Denied {
    Command {
        /// The plugin's own name of the command.
        name: String,
        /// What people call it.
        words: String,
    },
    /// Completes "Only administrators may ...".
    Action(Vec<Span>),
}

/// An action on a subject, and how somebody came to it.
#[derive(Clone, Copy, Debug)]
pub struct Operation<'a> {
    pub plugin: &'a PluginName,
    pub action: &'a DeclaredAction,
    pub subject: &'a Subject,
    /// Who may where no rule decides.
    pub default: AccessDefault,
    /// The command that the person gave; none for a button, a timer and the like.
    pub called: Option<CalledCommand<'a>>,
}

/// A command as it was read.
#[derive(Clone, Copy, Debug)]
pub struct CalledCommand<'a> {
    /// The words that it can begin with.
    pub openings: &'a [Vec<String>],
    pub arguments: &'a [Argument],
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
    /// The first rule that is about all of it decides.
    fn ruling(&self, plugin: &PluginName, command: &Command, arguments: &[Argument]) -> Ruling {
        let openings = command.openings();
        let decided = self.first(|rule| rule.covers(plugin, &openings), |rule| rule.fits(arguments), || of_command(command));
        decided.unwrap_or_else(|| self.by_default(&usual(command.access), || of_command(command)))
    }

    /// The first rule that is about the action decides. The rules about the command that was given have been asked before, about the words
    /// that were typed; they are asked once more, about the canonical subject, and can only forbid.
    pub fn decide(&self, operation: Operation<'_>) -> Ruling {
        let Operation { plugin, action, subject, default, called } = operation;
        let describe = || Denied::Action(action.describe(subject));
        let own = called.filter(|called| !called.openings.is_empty());
        let of_command = own.and_then(|called| {
            self.first(|rule| rule.covers(plugin, called.openings), |rule| rule.fits_subject(subject, called.arguments), describe)
        });
        if let Some(denied @ Ruling::Denied(_)) = of_command {
            return denied;
        }
        let arguments = own.filter(|called| called.openings.iter().any(|opening| action.openings.contains(opening)));
        let arguments = arguments.map_or([].as_slice(), |called| called.arguments);
        let decided = self.first(|rule| rule.covers_action(plugin, action), |rule| rule.fits_subject(subject, arguments), describe);
        decided.unwrap_or_else(|| self.by_default(&default.into(), describe))
    }

    /// What the first of these rules says that is about all of it. A rule that is about a part of it can only forbid, and so can one that
    /// names neither command nor action: to let members do everything is not to make them administrators.
    fn first(&self, covers: impl Fn(&Rule) -> bool, fits: impl Fn(&Rule) -> Fit, of: impl Fn() -> Denied) -> Option<Ruling> {
        for (index, rule) in self.rules.iter().enumerate().filter(|(_, rule)| covers(rule)) {
            match (fits(rule).and(rule.holds_in(self.channel.as_ref())), self.lets_in(&rule.allow)) {
                (Fit::No, _) | (Fit::Partly, Some(_)) => {}
                (Fit::Wholly, Some(_)) if rule.target.is_everything() => {}
                (Fit::Wholly, Some(by)) => return Some(Ruling::Allowed { rule: format!("rule {} ({by})", index + 1) }),
                (Fit::Partly | Fit::Wholly, None) => return Some(Ruling::Denied(by_rule(of(), index + 1, rule))),
            }
        }
        None
    }

    fn by_default(&self, allow: &Allow, describe: impl FnOnce() -> Denied) -> Ruling {
        match self.lets_in(allow) {
            Some(by) => Ruling::Allowed { rule: by.to_owned() },
            None => Ruling::Denied(denial(describe(), allow, None, names(allow))),
        }
    }

    fn could(&self, plugin: &PluginName, command: &Command) -> bool {
        let openings = command.openings();
        for rule in self.rules.iter().filter(|rule| rule.covers(plugin, &openings)) {
            let place = rule.holds_in(self.channel.as_ref());
            match (self.lets_in(&rule.allow).is_some(), rule.arguments.is_empty()) {
                (true, _) if rule.target.is_everything() => {}
                (true, _) if place != Fit::No => return true,
                (false, true) if place == Fit::Wholly => return false,
                _ => {}
            }
        }
        self.lets_in(&usual(command.access)).is_some()
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

fn of_command(command: &Command) -> Denied {
    Denied::Command { name: command.name.clone(), words: command.shown_words() }
}

fn by_rule(of: Denied, number: usize, rule: &Rule) -> Denial {
    denial(of, &rule.allow, rule.why.clone(), format!("rule {number} ({})", names(&rule.allow)))
}

fn denial(of: Denied, allow: &Allow, why: Option<String>, rule: String) -> Denial {
    let roles = match allow {
        Allow::Roles(roles) => roles.clone(),
        Allow::Everybody | Allow::Nobody => Vec::new(),
    };
    Denial { of, roles, why, rule }
}

impl From<AccessDefault> for Allow {
    fn from(default: AccessDefault) -> Self {
        match default {
            AccessDefault::Everybody => Allow::Everybody,
            AccessDefault::Admins => Allow::Roles(vec![RoleName::admins()]),
            AccessDefault::Nobody => Allow::Nobody,
        }
    }
}
