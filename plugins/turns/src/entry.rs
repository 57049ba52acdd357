//! Waiting for the resource.

use crate::{Id, Instant, PersonId, Wish};
use serde::{Deserialize, Serialize};

/// Somebody's place in the queue.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Entry {
    pub person: PersonId,
    pub since: Instant,
    /// What the person gets when the turn comes. The wanted duration counts from then.
    #[serde(default)]
    pub wish: Wish,
    /// How many offers this person has let go by.
    #[serde(default)]
    pub lapses: u32,
    /// The right to take the resource now.
    #[serde(default)]
    pub offer: Option<Offer>,
}

/// An exclusive right to take the resource, for a time.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Offer {
    pub id: Id,
    pub until: Instant,
}

impl Entry {
    /// A new place, without an offer.
    pub(crate) fn new(person: PersonId, since: Instant, wish: Wish) -> Self {
        Self { person, since, wish, lapses: 0, offer: None }
    }
}
