//! Programs that act through the HTTP API: who they are, and what they are called.

use crate::value::{Person, PersonId};
use std::fmt;

const PREFIX: &str = "api:";

/// A program that acts with a token, perhaps for something of which there are many: `ci`, `ci (pipeline 12)`. Each is a person of its own,
/// so that two pipelines with one token wait for each other like two people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Program<'a> {
    /// The name of its token.
    pub token: &'a str,
    /// For whom or what it acts, if it says so.
    pub acts_for: Option<&'a str>,
}

/// Whoever may use the bot's console. No token is called so.
pub const OPERATOR: &str = "operator";

impl Program<'_> {
    /// Whoever may use the bot's console.
    pub fn operator() -> Program<'static> {
        Program { token: OPERATOR, acts_for: None }
    }

    /// Its identity, which says everything that is to be known about it.
    pub fn id(&self) -> PersonId {
        match self.acts_for {
            Some(acts_for) => PersonId(format!("{PREFIX}{}:{acts_for}", self.token)),
            None => PersonId(format!("{PREFIX}{}", self.token)),
        }
    }

    /// The program as a person.
    pub fn person(&self) -> Person {
        Person { id: self.id(), name: self.to_string(), zone: "UTC".to_owned(), admin: false, bot: true, active: true }
    }
}

impl PersonId {
    /// The program whose identity this is, if it is no person's of the chat.
    pub fn program(&self) -> Option<Program<'_>> {
        let rest = self.0.strip_prefix(PREFIX)?;
        let (token, acts_for) = rest.split_once(':').map_or((rest, None), |(token, acts_for)| (token, Some(acts_for)));
        Some(Program { token, acts_for })
    }
}

/// What people call it.
impl fmt::Display for Program<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.acts_for {
            Some(acts_for) => write!(f, "{} ({acts_for})", self.token),
            None => f.write_str(self.token),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identity_tells_who_it_is() {
        for (program, id, name) in [
            (Program { token: "ci", acts_for: None }, "api:ci", "ci"),
            (Program { token: "ci", acts_for: Some("pipeline 12: web") }, "api:ci:pipeline 12: web", "ci (pipeline 12: web)"),
        ] {
            assert_eq!(program.id().as_str(), id);
            assert_eq!(program.id().program(), Some(program));
            assert_eq!(program.person().name, name);
        }
        assert_eq!(PersonId::from("ann").program(), None);
    }
}
