//! What programs need beside what people do: a key that releases one hold and no other, and an end of their patience.

use hatstand_plugin::prelude::*;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;
use turns::{Alarm, Hold, Id, Origin, Resource};

/// What releases a hold. It names what is held and the hold, and has a part that nobody can guess.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReleaseKey {
    /// What is held, without a blank.
    pub subject: String,
    pub hold: Id,
    secret: String,
}

/// What is kept for the programs that have a thing or wait for it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Programs {
    /// The secret part of the key of each present hold.
    secrets: BTreeMap<Id, String>,
    /// Who is told when their turn comes, and how long they wait for it.
    waits: BTreeMap<User, Instant>,
}

/// What a key is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is that of this present hold.
    Current(Id),
    /// Its hold is over.
    Over,
    /// It is made up, or somebody else's.
    Foreign,
}

/// What came of waiting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Came {
    Turn,
    /// The place is gone.
    Cancelled,
}

/// Something that is due: of the resource, or the end of somebody's patience.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Due {
    Alarm(Alarm),
    Patience(User),
}

impl Came {
    /// The word for it.
    pub fn code(self) -> &'static str {
        match self {
            Self::Turn => "held",
            Self::Cancelled => "cancelled",
        }
    }
}

impl Programs {
    /// Gives a key to each hold that a program began, and forgets those of holds that are over.
    pub fn issue(&mut self, cx: &Context, resource: &Resource) {
        self.secrets.retain(|hold, _| resource.hold(*hold).is_some());
        for hold in resource.holds.iter().filter(|hold| hold.wish.origin == Origin::Api) {
            self.secrets.entry(hold.id).or_insert_with(|| secret(cx));
        }
    }

    /// The key of a hold.
    pub fn key(&self, subject: &str, hold: &Hold) -> Option<ReleaseKey> {
        let secret = self.secrets.get(&hold.id)?.clone();
        Some(ReleaseKey { subject: subject.to_owned(), hold: hold.id, secret })
    }

    /// What a key is good for that this person shows.
    pub fn judge(&self, resource: &Resource, key: &ReleaseKey, person: &User) -> Verdict {
        match resource.hold(key.hold) {
            Some(hold) if hold.person == *person && self.secrets.get(&hold.id) == Some(&key.secret) => Verdict::Current(hold.id),
            None if key.hold <= resource.last_id => Verdict::Over,
            _ => Verdict::Foreign,
        }
    }

    /// Somebody is told when their turn comes, if it comes until then.
    pub fn wait(&mut self, person: &User, until: Instant) {
        self.waits.insert(person.clone(), until);
    }

    /// Whose patience ends first, and when.
    pub fn first_to_leave(&self) -> Option<(&User, Instant)> {
        self.waits.iter().map(|(person, until)| (person, *until)).min_by_key(|(_, until)| *until)
    }

    /// What is due first: this alarm of the resource, or the end of somebody's patience.
    pub fn next_due(&self, alarm: Option<(Alarm, Instant)>, now: Instant) -> Option<Due> {
        let impatient = self.first_to_leave().filter(|(_, until)| *until <= now);
        match (alarm, impatient) {
            (Some((_, due)), Some((person, until))) if until < due => Some(Due::Patience(person.clone())),
            (Some((alarm, _)), _) => Some(Due::Alarm(alarm)),
            (None, impatient) => impatient.map(|(person, _)| Due::Patience(person.clone())),
        }
    }

    /// Is somebody told no longer? True if they would have been.
    pub fn stop_waiting(&mut self, person: &User) -> bool {
        self.waits.remove(person).is_some()
    }

    /// The first of them who is asked to take it: a program that waits is always at its desk.
    pub fn invited(&self, resource: &Resource) -> Option<User> {
        let is_invited = |person: &&User| resource.offer_to(person).is_some() || resource.passing_to(person).is_some();
        self.waits.keys().find(is_invited).cloned()
    }

    /// Those whose waiting is over, and what came of it.
    pub fn come(&mut self, resource: &Resource) -> Vec<(User, Came)> {
        let over = |person: &User| match (resource.held_by(person), resource.entry(person)) {
            (Some(_), _) => Some(Came::Turn),
            (None, None) => Some(Came::Cancelled),
            (None, Some(_)) => None,
        };
        let come: Vec<(User, Came)> = self.waits.keys().filter_map(|person| Some((person.clone(), over(person)?))).collect();
        self.waits.retain(|person, _| over(person).is_none());
        come
    }
}

impl ReleaseKey {
    /// Reads a key; none if it cannot be one.
    pub fn read(text: &str) -> Option<Self> {
        let mut parts = text.trim().rsplitn(3, '/');
        let (secret, hold, subject) = (parts.next()?, parts.next()?.parse().ok()?, parts.next()?);
        Some(Self { subject: subject.to_owned(), hold: Id(hold), secret: secret.to_owned() })
    }
}

impl fmt::Display for ReleaseKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.subject, self.hold, self.secret)
    }
}

impl Serialize for ReleaseKey {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

fn secret(cx: &Context) -> String {
    let half = || cx.random().below(u64::MAX);
    format!("{:016x}{:016x}", half(), half())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_read_back() {
        let key = ReleaseKey { subject: "C1/7".to_owned(), hold: Id(3), secret: "5ca1ab1e".to_owned() };
        assert_eq!(key.to_string(), "C1/7/3/5ca1ab1e");
        assert_eq!(ReleaseKey::read(&key.to_string()), Some(key));
        assert!(["", "x", "C1/7", "C1/7/x/5ca1ab1e"].iter().all(|text| ReleaseKey::read(text).is_none()));
    }
}
