//! What ever happened to a resource, as it is written and as it is read. A log is never rewritten.

use crate::{Began, Ended, Id, Instant, Outcome, PersonId};
use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Serialize};
use std::fmt;

/// A line of the log as it is written, with everything that happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transition {
    pub at: Instant,
    /// Who asked for it; none when only time has passed.
    #[serde(default)]
    pub actor: Option<PersonId>,
    pub outcome: Outcome,
}

/// The same line as it is read to count: of most of what happens it matters only that somebody did it. Reading all of it would be the
/// largest part of a plugin.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Line {
    pub at: Instant,
    #[serde(default)]
    pub actor: Option<PersonId>,
    pub outcome: Counted,
}

/// What is counted of an outcome.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Counted {
    Began {
        hold: Id,
        person: PersonId,
    },
    Ended(Ended),
    /// Somebody joined a crew.
    Rode(PersonId),
    Other,
}

impl From<&Transition> for Line {
    fn from(Transition { at, actor, outcome }: &Transition) -> Self {
        let outcome = match outcome {
            Outcome::Began(Began { hold, person, .. }) => Counted::Began { hold: *hold, person: person.clone() },
            Outcome::Ended(ended) => Counted::Ended(ended.clone()),
            Outcome::CrewJoined { person, .. } => Counted::Rode(person.clone()),
            _ => Counted::Other,
        };
        Self { at: *at, actor: actor.clone(), outcome }
    }
}

impl<'de> Deserialize<'de> for Counted {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(OutcomeVisitor)
    }
}

/// Reads what [`Outcome`] writes: a name, alone or with what belongs to it.
struct OutcomeVisitor;

impl<'de> Visitor<'de> for OutcomeVisitor {
    type Value = Counted;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an outcome")
    }

    fn visit_str<E>(self, _: &str) -> Result<Counted, E> {
        Ok(Counted::Other)
    }

    fn visit_map<M: MapAccess<'de>>(self, mut outcome: M) -> Result<Counted, M::Error> {
        #[derive(Deserialize)]
        struct Beginning {
            hold: Id,
            person: PersonId,
        }
        #[derive(Deserialize)]
        struct Ride {
            person: PersonId,
        }
        let name: Option<String> = outcome.next_key()?;
        match name.as_deref() {
            Some("began") => outcome.next_value().map(|Beginning { hold, person }| Counted::Began { hold, person }),
            Some("ended") => outcome.next_value().map(Counted::Ended),
            Some("crew-joined") => outcome.next_value().map(|Ride { person }| Counted::Rode(person)),
            _ => outcome.next_value::<IgnoredAny>().map(|_| Counted::Other),
        }
    }
}
