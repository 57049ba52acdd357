//! A resource with people around it and a clock that the test moves.

use std::time::Duration;
use turns::{Alarm, Entry, Hold, Id, Instant, Line, Outcome, PersonId, Policy, Refusal, Request, Resource, Transition, Wish};

pub(crate) struct Room {
    pub(crate) resource: Resource,
    pub(crate) policy: Policy,
    pub(crate) now: Instant,
    pub(crate) log: Vec<Transition>,
}

impl Room {
    pub(crate) fn new(policy: Policy) -> Self {
        Self { resource: Resource::default(), policy, now: Instant(1_000_000_000), log: Vec::new() }
    }

    pub(crate) fn ask(&mut self, who: &str, request: Request) -> Result<Vec<Outcome>, Refusal> {
        let actor = person(who);
        let turn = turns::apply(&self.resource, &self.policy, &actor, request, self.now)?;
        self.log.extend(turn.transitions(Some(&actor), self.now));
        self.resource = turn.resource;
        Ok(turn.outcomes)
    }

    /// Asks for something that has to work.
    pub(crate) fn does(&mut self, who: &str, request: Request) -> Vec<Outcome> {
        self.ask(who, request).unwrap_or_else(|refusal| panic!("{who} was refused: {refusal:?}"))
    }

    /// Asks for something that has to be refused.
    pub(crate) fn fails(&mut self, who: &str, request: Request) -> Refusal {
        let before = self.resource.clone();
        let refusal = self.ask(who, request).expect_err("it should have been refused");
        assert_eq!(self.resource, before);
        refusal
    }

    /// The log as it is read back.
    pub(crate) fn lines(&self) -> Vec<Line> {
        self.log.iter().map(Line::from).collect()
    }

    /// Lets the bot live for a while: every alarm rings when it is due.
    pub(crate) fn wait(&mut self, period: Duration) -> Vec<Outcome> {
        let end = self.now + period;
        let mut outcomes = Vec::new();
        while let Some(alarm) = self.alarms().into_iter().find(|alarm| alarm.due <= end) {
            self.now = self.now.max(alarm.due);
            outcomes.extend(self.ring(&alarm));
        }
        self.now = end;
        outcomes
    }

    /// Lets the bot be away for a while.
    pub(crate) fn away(&mut self, period: Duration) -> Vec<Outcome> {
        self.now = self.now + period;
        let turn = turns::catch_up(&self.resource, &self.policy, self.now);
        self.log.extend(turn.transitions(None, self.now));
        self.resource = turn.resource;
        turn.outcomes
    }

    pub(crate) fn alarms(&self) -> Vec<Alarm> {
        turns::alarms(&self.resource, &self.policy)
    }

    pub(crate) fn ring(&mut self, alarm: &Alarm) -> Vec<Outcome> {
        let turn = turns::ring(&self.resource, &self.policy, alarm, self.now);
        self.log.extend(turn.transitions(None, self.now));
        self.resource = turn.resource;
        turn.outcomes
    }

    /// The state in one line: holders with their crews, then the queue; `!` marks an offer.
    /// `ann+bob | cid! dan` is: ann holds, bob rides along, cid has an offer and dan waits.
    pub(crate) fn state(&self) -> String {
        let holds: Vec<_> = self.resource.holds.iter().map(show_hold).collect();
        let queue: Vec<_> = self.resource.queue.iter().map(show_entry).collect();
        format!("{} | {}", holds.join(" "), queue.join(" ")).trim().to_owned()
    }

    /// The number of the only hold.
    pub(crate) fn hold(&self) -> Id {
        self.resource.holds[0].id
    }
}

fn show_hold(hold: &Hold) -> String {
    hold.crew.iter().fold(hold.person.to_string(), |line, rider| format!("{line}+{}", rider.person))
}

fn show_entry(entry: &Entry) -> String {
    let mark = if entry.offer.is_some() { "!" } else { "" };
    format!("{}{mark}", entry.person)
}

pub(crate) fn person(name: &str) -> PersonId {
    PersonId::from(name)
}

pub(crate) fn minutes(count: u64) -> Duration {
    Duration::from_secs(60 * count)
}

pub(crate) fn hours(count: u64) -> Duration {
    minutes(60 * count)
}

pub(crate) fn wish() -> Wish {
    Wish::default()
}

pub(crate) fn lasting(duration: Duration) -> Wish {
    Wish { duration: Some(duration), ..wish() }
}

pub(crate) fn because(reason: &str) -> Wish {
    Wish { reason: Some(reason.to_owned()), ..wish() }
}

pub(crate) fn on() -> Request {
    Request::Take(wish())
}

pub(crate) fn off() -> Request {
    Request::Release { hold: None }
}

pub(crate) fn queue() -> Request {
    Request::Join(wish())
}

pub(crate) fn pool() -> Request {
    Request::JoinCrew
}

pub(crate) fn force_off(hold: Id) -> Request {
    Request::Evict { hold, reason: None }
}

pub(crate) fn kick(whom: &str) -> Request {
    Request::Kick { whom: person(whom), reason: None }
}

pub(crate) fn pass(to: &str) -> Request {
    Request::Pass { to: person(to) }
}
