//! Permissions: roles, which people have, and rules, which say what a role is needed for.
//!
//! A rule about a command is decided twice: before the plugin runs, by the words and arguments as they were read, and again where the plugin
//! does something, by the [action] and the canonical name of its subject. The second decision is the one that cannot be got around, because
//! buttons, timers, programs and other spellings all lead to it; the first spares the plugin a run. A rule about an action is decided there
//! only.
//!
//! People count by their stable ids, never by their names; commands as they are declared, never as they are typed.

mod action;
mod authority;
mod complaint;
mod role;
mod roles;
mod rule;
mod value;

pub use action::{ActionPattern, Actions, DeclaredAction, Subject};
pub use authority::{Authority, CalledCommand, Denial, Denied, Operation, Ruling, Standing};
pub use role::RoleName;
pub use roles::{How, Member, Roles};
pub use rule::{Allow, Rule, Target};

use hatstand_common::program::Program;
use hatstand_common::value::PersonId;
use std::collections::{BTreeMap, BTreeSet};

/// What the operator decided.
#[derive(Clone, Debug, Default)]
pub struct Permissions {
    /// Who has which role, whatever is said in chat.
    pub roles: BTreeMap<RoleName, BTreeSet<PersonId>>,
    /// The first that matches decides; without one, whom the plugin made its command for.
    pub rules: Vec<Rule>,
}

impl Permissions {
    /// The roles that the rules are about.
    pub fn named(&self) -> impl Iterator<Item = &RoleName> {
        self.rules.iter().flat_map(|rule| match &rule.allow {
            Allow::Roles(roles) => roles.as_slice(),
            Allow::Everybody | Allow::Nobody => &[],
        })
    }
}

/// The ids under which somebody has roles: their own, and for a program that of its token. `api:ci:pipeline 12` acts for `api:ci`.
pub fn principals(person: &PersonId) -> Vec<PersonId> {
    match person.program() {
        Some(program) if program.acts_for.is_some() => vec![person.clone(), Program { acts_for: None, ..program }.id()],
        _ => vec![person.clone()],
    }
}

#[cfg(test)]
mod tests;
