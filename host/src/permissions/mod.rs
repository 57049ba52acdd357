//! Who may do what: roles, which people have, and rules, which say what a role is needed for. Decided before a plugin is asked.
//!
//! People count by their stable ids, never by their names; commands as they are declared, never as they are typed.

mod authority;
mod complaint;
mod role;
mod roles;
mod rule;
mod value;

pub use authority::{Authority, Denial, Ruling, Standing};
pub use role::RoleName;
pub use roles::{How, Member, Roles};
pub use rule::{Allow, Rule};

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
