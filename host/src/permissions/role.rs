//! The name of a role.

use serde::{Deserialize, Serialize};
use std::fmt;

/// What people with the same permissions are called together: lower-case letters, digits and `-`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RoleName(String);

/// A longer name is a mistake, in bytes.
const LONGEST: usize = 64;

/// What a rule calls those who need no role, and a role that nobody can have.
const RESERVED: [&str; 2] = ["everybody", "nobody"];

impl RoleName {
    /// The bot's administrators.
    pub fn admins() -> Self {
        Self("admins".to_owned())
    }

    /// All full members of the workspace, and nobody else: no guest, no stranger, no program. The service says who they are.
    pub fn members() -> Self {
        Self("members".to_owned())
    }

    /// Fails for a role that nobody can give or take.
    pub fn check_giving(&self) -> Result<(), BadRoleName> {
        if *self == Self::members() { Err(BadRoleName::EveryMember) } else { Ok(()) }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The people who have it, as a sentence calls them.
    pub fn people(&self) -> &str {
        match self {
            _ if *self == Self::admins() => "administrators",
            _ if *self == Self::members() => "members of this workspace",
            _ => &self.0,
        }
    }

    pub fn parse(name: &str) -> Result<Self, BadRoleName> {
        let sound = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        match name {
            _ if RESERVED.contains(&name) => Err(BadRoleName::Reserved),
            _ if name.is_empty() || name.len() > LONGEST || !name.chars().all(sound) => Err(BadRoleName::Characters),
            _ => Ok(Self(name.to_owned())),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadRoleName {
    #[error("a role's name has lower-case letters, digits and `-`, at most {LONGEST}")]
    Characters,
    #[error("`everybody` and `nobody` are no roles that can be given")]
    Reserved,
    #[error("every full member of the workspace has the role `members`, and nobody else can")]
    EveryMember,
}

impl TryFrom<String> for RoleName {
    type Error = BadRoleName;

    fn try_from(name: String) -> Result<Self, BadRoleName> {
        Self::parse(&name)
    }
}

impl From<RoleName> for String {
    fn from(role: RoleName) -> Self {
        role.0
    }
}

impl fmt::Display for RoleName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
