//! How things stand, for programs.

use crate::board::Board;
use crate::thing::ThingId;
use hatstand_plugin::prelude::*;
use manners::programs::ReleaseKey;
use serde::Serialize;
use turns::{Entry, Hold};

/// Of more people than this, programs are told how many there are.
const TOLD: usize = 100;
const HOLDERS: usize = 20;

/// What came of what was asked of a thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answer {
    /// None if there is no such thing.
    pub thing: Option<ThingId>,
    pub code: &'static str,
}

/// The data of every reply: the state of the only thing that it is about, or those of several.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum States {
    None { channel: Channel },
    One(Box<State>),
    Several { channel: Channel, resources: Vec<State> },
}

/// The state of one thing, as whoever asks may know it.
#[derive(Debug, Serialize)]
pub struct State {
    channel: Channel,
    resource: String,
    /// What came of it.
    code: &'static str,
    /// The first of the holders, or whoever asks if they are one, and since and until when they have it.
    holder: Option<User>,
    since: Option<Instant>,
    until: Option<Instant>,
    reason: Option<String>,
    /// The first twenty of them.
    holders: Vec<Holder>,
    capacity: usize,
    /// Next one first; the first hundred of them.
    queue: Vec<User>,
    waiting: usize,
    /// The place in the queue of whoever asks, from 1; none if they do not wait.
    position: Option<usize>,
    frozen: bool,
    /// For a program, about its own hold.
    #[serde(skip_serializing_if = "Option::is_none")]
    release_key: Option<ReleaseKey>,
}

#[derive(Debug, Serialize)]
struct Holder {
    person: User,
    since: Instant,
    until: Option<Instant>,
    reason: Option<String>,
}

impl States {
    pub fn of(board: &Board<'_>) -> Self {
        let channel = board.channel.clone();
        let mut states: Vec<State> = Vec::new();
        for answer in board.answers() {
            let Some(id) = answer.thing else { continue };
            let state = State::of(board, id, board.cx.person().map(|person| &person.id), answer.code);
            // What came of something first is what was asked for.
            if !states.iter().any(|other| other.resource == state.resource) {
                states.push(state);
            }
        }
        match states.pop() {
            None => Self::None { channel },
            Some(only) if states.is_empty() => Self::One(Box::new(only)),
            Some(last) => Self::Several { channel, resources: states.into_iter().chain([last]).collect() },
        }
    }
}

impl Board<'_> {
    /// What came of the invocation in a word: what came of everything that was asked for, or `several` if that differs.
    pub fn code(&self) -> &'static str {
        let mut codes = self.answers().iter().map(|answer| answer.code);
        match codes.next() {
            Some(first) if codes.all(|code| code == first) => first,
            Some(_) => "several",
            None => "ok",
        }
    }
}

impl State {
    /// As this person may know it.
    pub fn of(board: &Board<'_>, id: ThingId, asker: Option<&User>, code: &'static str) -> Self {
        let thing = board.thing(id);
        let resource = thing.resource();
        let is_seen = |person: &User| !thing.kept.overrides.secret || asker == Some(person);
        let holds: Vec<&Hold> = resource.holds.iter().filter(|hold| is_seen(&hold.person)).collect();
        let own = asker.and_then(|asker| resource.held_by(asker));
        let first = own.or(holds.first().copied());
        Self {
            channel: board.channel.clone(),
            resource: thing.kept.name.clone(),
            code,
            holder: first.map(|hold| hold.person.clone()),
            since: first.map(|hold| hold.since),
            until: first.and_then(Hold::ends),
            reason: first.and_then(|hold| hold.wish.reason.clone()),
            holders: holds.into_iter().take(HOLDERS).map(Holder::of).collect(),
            capacity: thing.policy.capacity.get(),
            queue: resource.queue.iter().map(|entry: &Entry| &entry.person).filter(|person| is_seen(person)).take(TOLD).cloned().collect(),
            waiting: resource.queue.len(),
            position: asker.and_then(|asker| resource.ahead_of(asker)).map(|ahead| ahead + 1),
            frozen: resource.frozen.is_some(),
            release_key: own.and_then(|hold| thing.kept.programs.key(&board.subject(id), hold)),
        }
    }
}

impl Holder {
    fn of(hold: &Hold) -> Self {
        Self { person: hold.person.clone(), since: hold.since, until: hold.ends(), reason: hold.wish.reason.clone() }
    }
}
