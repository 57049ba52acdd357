//! People as the host sees them: how close they are to the workspace and to a channel.

use hatstand_common::value::{Person, PersonId};

/// A person together with their relation to the workspace that the bot serves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    pub person: Person,
    pub affiliation: Affiliation,
}

/// The relation of a person to the workspace that the bot serves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Affiliation {
    /// A full member of this very workspace.
    Member,
    /// A guest in several channels.
    Guest,
    SingleChannelGuest,
    /// Somebody of another workspace, met in a shared channel.
    Stranger,
    /// The service did not say. Never take it for `Member`.
    #[default]
    Unknown,
}

impl Account {
    /// Somebody of whom nothing but the id is known.
    pub fn bare(id: &PersonId) -> Self {
        let person = Person { id: id.clone(), name: id.0.clone(), zone: "UTC".to_owned(), admin: false, bot: false, active: true };
        Self { person, affiliation: Affiliation::Unknown }
    }

    /// The same person without the standing that only the service can confirm.
    pub fn unconfirmed(self) -> Self {
        let affiliation = match self.affiliation {
            Affiliation::Member => Affiliation::Unknown,
            other => other,
        };
        Self { person: Person { admin: false, ..self.person }, affiliation }
    }

    /// An active human who is a full member.
    pub fn is_member(&self) -> bool {
        self.affiliation == Affiliation::Member && self.person.active && !self.person.bot
    }
}

/// The relation of a person to a channel, as far as reading it is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Membership {
    /// In the channel, or a full member of the workspace who could join it without asking.
    Member,
    Outsider,
    /// The service could not be asked, or did not say. Never take it for `Member`.
    Unknown,
}

impl Membership {
    pub fn of(belongs: bool) -> Self {
        if belongs { Self::Member } else { Self::Outsider }
    }
}
