//! Tokens: what lets a program give commands, where, and which.
//!
//! A token is shown once, when it is made; the ledger keeps only its [hash](TokenHash).

mod pattern;
mod secret;

pub use pattern::Pattern;
pub use secret::{Secret, TokenHash};

use crate::model::WorkspaceId;
use hatstand_common::declaration::Command;
use hatstand_common::value::{Channel, Instant};

/// What is kept of a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// Unique for ever: whatever the audit says of it, it says of one token.
    pub name: String,
    /// Where it counts; none is the only workspace that there is.
    pub workspace: Option<WorkspaceId>,
    /// By id or by name; none is every channel.
    pub channels: Option<Vec<String>>,
    pub allowed: Vec<Pattern>,
    pub created: Instant,
    pub expires: Option<Instant>,
    pub used: Option<Instant>,
    pub revoked: Option<Instant>,
}

/// Does a token count?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    Valid,
    Expired,
    Revoked,
}

impl Token {
    pub fn standing(&self, now: Instant) -> Standing {
        if self.revoked.is_some() {
            return Standing::Revoked;
        }
        match self.expires {
            Some(expires) if expires <= now => Standing::Expired,
            _ => Standing::Valid,
        }
    }

    pub fn may_in(&self, channel: &Channel) -> bool {
        // The name of a direct conversation is that of its person, who chooses it.
        let is = |name: &String| channel.id.0 == *name || (!channel.direct && channel.name.eq_ignore_ascii_case(name));
        self.channels.as_ref().is_none_or(|channels| channels.iter().any(is))
    }

    pub fn may(&self, command: &Command) -> bool {
        self.allowed.iter().any(|pattern| pattern.covers(command))
    }
}

/// Lower-case letters, digits and `-`, a letter first: it is part of the ids of the programs that use it.
pub fn is_name(name: &str) -> bool {
    (1..=40).contains(&name.len())
        && name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token() -> Token {
        Token {
            name: "ci".to_owned(),
            workspace: None,
            channels: Some(vec!["ops".to_owned()]),
            allowed: Vec::new(),
            created: Instant(1),
            expires: Some(Instant(10)),
            used: None,
            revoked: None,
        }
    }

    #[test]
    fn a_token_counts_until_it_expires_or_is_revoked() {
        assert_eq!((token().standing(Instant(9)), token().standing(Instant(10))), (Standing::Valid, Standing::Expired));
        assert_eq!(Token { revoked: Some(Instant(2)), ..token() }.standing(Instant(3)), Standing::Revoked);
    }

    #[test]
    fn a_channel_is_meant_by_id_or_by_name() {
        let channel = |id: &str, name: &str| Channel { id: id.into(), name: name.to_owned(), direct: false, archived: false };
        assert!(token().may_in(&channel("C1", "ops")) && token().may_in(&channel("ops", "renamed")));
        assert!(!token().may_in(&channel("C1", "dev")));
        assert!(!token().may_in(&Channel { direct: true, ..channel("@U1", "ops") }), "anybody can be called so");
        assert!(Token { channels: None, ..token() }.may_in(&channel("C1", "dev")));
        assert!(!Token { channels: Some(Vec::new()), ..token() }.may_in(&channel("C1", "dev")));
    }

    #[test]
    fn names_are_small_words() {
        assert!(is_name("ci") && is_name("deploy-2"));
        assert!(!is_name("") && !is_name("CI") && !is_name("a:b") && !is_name("2") && !is_name(&"a".repeat(41)));
    }
}
