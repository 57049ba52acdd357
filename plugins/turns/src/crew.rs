//! Riding along on somebody's hold.

use crate::{Id, Instant, PersonId};
use serde::{Deserialize, Serialize};

/// Somebody in the crew of a hold.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Rider {
    pub person: PersonId,
    pub since: Instant,
}

/// A question to the holder: may this person ride along?
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct CrewRequest {
    pub id: Id,
    pub person: PersonId,
    pub since: Instant,
    pub until: Instant,
}
