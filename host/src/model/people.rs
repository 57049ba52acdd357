//! People as the host sees them: how close they are to the workspace and to a channel.

use hatstand_common::value::Person;

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
    /// The service did not say. Treat as somebody who may do nothing special.
    #[default]
    Unknown,
}

impl Account {
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
