//! Having the resource.

use crate::{CrewRequest, Id, Instant, PersonId, Rider, Wish};
use serde::{Deserialize, Serialize};

/// One person's turn with the resource.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Hold {
    /// Names this hold, also as its release key. A hold that goes to another person becomes a new one.
    pub id: Id,
    pub person: PersonId,
    pub since: Instant,
    /// What the person asked for; the deadline says what they got.
    #[serde(default)]
    pub wish: Wish,
    /// When the hold ends by itself; none is until it is given up.
    #[serde(default)]
    pub deadline: Option<Deadline>,
    /// Who rides along, in the order of joining. Never the holder.
    #[serde(default)]
    pub crew: Vec<Rider>,
    /// Who has asked to ride along and waits for the holder's answer.
    #[serde(default)]
    pub requests: Vec<CrewRequest>,
    /// To whom the hold goes as soon as they accept.
    #[serde(default)]
    pub pass: Option<Pass>,
    /// When the holder of a hold without a deadline was last asked whether they still need it.
    #[serde(default)]
    pub reminded: Option<Instant>,
    /// Since when the holder's account has been gone.
    #[serde(default)]
    pub orphaned: Option<Instant>,
}

/// The end of a hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Deadline {
    pub at: Instant,
    /// When this deadline was set. The warning comes in the last part of the time between this and the end, so that a
    /// short extension is not followed by a warning at once.
    pub set: Instant,
    /// Has the holder been told that the end is near?
    #[serde(default)]
    pub warned: bool,
}

/// A hold on its way to another person, who has to accept it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Pass {
    pub id: Id,
    pub to: PersonId,
    pub until: Instant,
}

impl Hold {
    /// A new hold without crew.
    pub(crate) fn new(id: Id, person: PersonId, since: Instant, wish: Wish) -> Self {
        Self { id, person, since, wish, deadline: None, crew: Vec::new(), requests: Vec::new(), pass: None, reminded: None, orphaned: None }
    }

    /// When the hold ends by itself.
    pub fn ends(&self) -> Option<Instant> {
        self.deadline.map(|deadline| deadline.at)
    }

    /// What the holder said it is for.
    pub fn reason(&self) -> Option<&str> {
        self.wish.reason.as_deref()
    }

    /// This person's seat in the crew.
    pub fn rider(&self, person: &PersonId) -> Option<&Rider> {
        self.crew.iter().find(|rider| rider.person == *person)
    }

    /// This person's open request to join the crew.
    pub fn request_of(&self, person: &PersonId) -> Option<&CrewRequest> {
        self.requests.iter().find(|request| request.person == *person)
    }
}

impl Deadline {
    /// A deadline that was just set and of which nobody has been warned.
    pub(crate) fn new(at: Instant, now: Instant) -> Self {
        Self { at, set: now, warned: false }
    }
}
