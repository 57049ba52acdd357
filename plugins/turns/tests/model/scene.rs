//! People, the chat service, the clock, and the bot: everything that can happen next.

use crate::flaw::Flaw;
use crate::ledger::{Command, Event, Ledger};
use crate::manners::{Manners, NOON, people};
use crate::plugin;
use crate::watch::{self, Seen};
use stateright::{Model, Property};
use std::fmt;
use std::time::Duration;
use turns::{Instant, PersonId, Request, Resource};

/// How often the clock moves.
const HOURS: u8 = 2;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// All scenes that can be.
#[derive(Clone, Debug)]
pub struct Scenes {
    pub manners: Manners,
    pub flaw: Option<Flaw>,
    /// How many commands people say.
    pub commands: u8,
}

/// How things stand.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Scene {
    pub now: Instant,
    /// How often the clock still moves.
    hours: u8,
    /// How many commands have been said.
    said: u8,
    /// What the service may deliver once more.
    service: Vec<Command>,
    pub ledger: Ledger,
    process: Process,
    pub seen: Seen,
}

/// What the process has in mind. It may be gone at any moment.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
struct Process {
    /// It has said the first of the outbox, and not noted it.
    has_said: bool,
    /// It does not know whether what it finds in the outbox is out already.
    is_unsure: bool,
}

/// What can happen. A crash in the middle of a step that writes leaves no trace of that step, so it is as if the step had not been begun.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Somebody says something, and the bot writes it down. What has not come so far might as well not have been said.
    Say { who: PersonId, request: Request },
    /// The service delivers this command again.
    Repeat(u8),
    /// The first event of the inbox is handled, and what comes of it is on disk.
    Handle,
    /// What is due becomes an event.
    Fire,
    /// The bot says the first message of its outbox; after a crash it looks first.
    Send,
    /// It notes that this is out.
    Note,
    /// The process ends, and begins again from what is on disk.
    Crash,
    /// Time passes, until something is due.
    Wait,
    /// Time passes, until everything is due since yesterday.
    Away,
}

impl Model for Scenes {
    type State = Scene;
    type Action = Step;

    fn init_states(&self) -> Vec<Scene> {
        self.manners.openings().into_iter().map(|resource| Scene::begin(self, resource)).collect()
    }

    fn actions(&self, scene: &Scene, steps: &mut Vec<Step>) {
        if !scene.seen.faults.is_empty() {
            // What has gone wrong need not go on.
            return;
        }
        if !scene.ledger.outbox.is_empty() {
            // When it is said makes no difference to anything else, only whether the process ends before.
            return steps.extend(scene.sending());
        }
        if !scene.is_under_way() || scene.ledger.has_due(scene.now) {
            steps.extend(self.saying(scene));
        }
        steps.extend(scene.repeating());
        steps.extend(scene.passing());
        if !scene.ledger.inbox.is_empty() {
            steps.extend([Step::Handle, Step::Crash]);
        }
    }

    fn next_state(&self, scene: &Scene, step: Step) -> Option<Scene> {
        let mut next = scene.clone();
        match step {
            Step::Say { who, request } => next.say(who, request),
            Step::Repeat(id) => next.repeat(id, self.flaw),
            Step::Handle => next.handle(self),
            Step::Fire => next.ledger.fire_due(next.now),
            Step::Send => next.send(self.flaw),
            Step::Note => next.note(),
            Step::Crash => next.crash(self.flaw),
            Step::Wait => next.pass(scene.next_due()?),
            Step::Away => next.pass(scene.last_due()? + DAY),
        }
        Some(next)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        watch::properties()
    }
}

impl Scenes {
    /// Everything that somebody can say: one after another, except where a timer may come behind several. Of people who have no part in
    /// anything yet one is like the other, and so is one refusal like the other.
    fn saying(&self, scene: &Scene) -> Vec<Step> {
        if scene.said == self.commands {
            return Vec::new();
        }
        let (seen, then) = (&scene.ledger.resource, self.expected(scene));
        let all = told_apart(seen, &then)
            .flat_map(|who| self.manners.requests(seen, &who).into_iter().map(move |request| (who.clone(), request)));
        let (mut accepted, refused): (Vec<_>, Vec<_>) = all.partition(|(who, request)| self.accepts(&then, who, request, scene.now));
        accepted.extend(refused.into_iter().next());
        accepted.into_iter().map(|(who, request)| Step::Say { who, request }).collect()
    }

    /// How things will stand when everything is handled that has come.
    fn expected(&self, scene: &Scene) -> Resource {
        let now = turns::catch_up(&scene.ledger.resource, &self.manners.policy, scene.now).resource;
        let handle = |resource: Resource, event: &Event| plugin::handle(&self.manners, &resource, event, scene.now, None).resource;
        scene.ledger.inbox.iter().fold(now, handle)
    }

    fn accepts(&self, resource: &Resource, who: &PersonId, request: &Request, now: Instant) -> bool {
        turns::apply(resource, &self.manners.policy, who, request.clone(), now).is_ok()
    }
}

/// What can happen next.
impl Scene {
    fn begin(scenes: &Scenes, resource: Resource) -> Self {
        let alarms = turns::alarms(&resource, &scenes.manners.policy);
        Self {
            now: NOON,
            hours: HOURS,
            said: 0,
            service: Vec::new(),
            ledger: Ledger::of(resource, &alarms),
            process: Process::default(),
            seen: Seen::default(),
        }
    }

    fn sending(&self) -> [Step; 2] {
        [if self.process.has_said { Step::Note } else { Step::Send }, Step::Crash]
    }

    /// What comes again changes nothing, unless the bot forgets: then it is not to go on for ever.
    fn repeating(&self) -> impl Iterator<Item = Step> {
        let may = self.ledger.inbox.len() < 4;
        self.service.iter().filter(move |_| may).map(|command| Step::Repeat(command.id))
    }

    /// Time passes while nothing waits: an event that waits for its turn waits behind what fires late as well.
    fn passing(&self) -> Vec<Step> {
        if self.ledger.has_due(self.now) {
            return vec![Step::Fire];
        }
        let passes = self.hours > 0 && self.next_due().is_some() && self.ledger.inbox.is_empty();
        if passes { vec![Step::Wait, Step::Away] } else { Vec::new() }
    }

    /// Is there a command that is not handled?
    fn is_under_way(&self) -> bool {
        self.ledger.inbox.iter().any(|event| matches!(event, Event::Said(_)))
    }

    fn next_due(&self) -> Option<Instant> {
        self.to_come().min()
    }

    fn last_due(&self) -> Option<Instant> {
        self.to_come().max()
    }

    fn to_come(&self) -> impl Iterator<Item = Instant> {
        self.ledger.timers.iter().map(|timer| timer.alarm.due).filter(|due| *due > self.now)
    }

    /// Has everything that was said been handled, and everything been told?
    pub fn rests(&self) -> bool {
        self.ledger.outbox.is_empty() && self.ledger.inbox.is_empty()
    }

    pub fn said(&self) -> u8 {
        self.said
    }

    /// Has the bot crashed between saying something and noting that?
    pub fn is_unsure(&self) -> bool {
        self.process.is_unsure && self.ledger.outbox.first().is_some_and(|say| say.heard)
    }
}

/// What comes of it.
impl Scene {
    fn say(&mut self, who: PersonId, request: Request) {
        let command = Command { id: self.said, who, request };
        self.said += 1;
        self.service.push(command.clone());
        self.ledger.record(command, None);
    }

    fn repeat(&mut self, id: u8, flaw: Option<Flaw>) {
        let command = self.service.iter().find(|command| command.id == id).cloned();
        command.into_iter().for_each(|command| self.ledger.record(command, flaw));
    }

    fn handle(&mut self, scenes: &Scenes) {
        let Some(event) = self.ledger.inbox.first().cloned() else { return };
        let before = self.ledger.resource.clone();
        let effects = plugin::handle(&scenes.manners, &before, &event, self.now, scenes.flaw);
        self.seen.committed(&before, &event, &effects, self.now);
        self.ledger.commit(effects);
        if scenes.flaw != Some(Flaw::ForgetsRepeats) {
            self.forget_unread();
        }
    }

    /// Of what is handled nobody reads again what it said: its identity is known.
    fn forget_unread(&mut self) {
        let waits = |command: &Command| self.ledger.inbox.iter().any(|event| matches!(event, Event::Said(other) if other.id == command.id));
        self.service.retain(waits);
    }

    fn send(&mut self, flaw: Option<Flaw>) {
        let Some(say) = self.ledger.outbox.first_mut() else { return };
        let is_out = self.process.is_unsure && flaw != Some(Flaw::RepeatsUnasked) && say.heard;
        if !is_out {
            say.heard = true;
            self.seen.heard();
        }
        self.process.has_said = true;
    }

    fn note(&mut self) {
        self.ledger.outbox.remove(0);
        self.process.has_said = false;
        self.process.is_unsure &= !self.ledger.outbox.is_empty();
    }

    fn crash(&mut self, flaw: Option<Flaw>) {
        if flaw == Some(Flaw::AcknowledgesEarly) {
            self.ledger.inbox.clear();
        }
        self.process = Process { is_unsure: !self.ledger.outbox.is_empty(), ..Process::default() };
    }

    fn pass(&mut self, now: Instant) {
        self.now = now;
        self.hours -= 1;
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Say { who, request } => write!(f, "{who} says {request:?}"),
            Self::Repeat(id) => write!(f, "command {id} comes again"),
            other => write!(f, "{}", format!("{other:?}").to_lowercase()),
        }
    }
}

/// The people who have a part in something, now or soon, and the first of those who have none.
fn told_apart(now: &Resource, soon: &Resource) -> impl Iterator<Item = PersonId> {
    let mut strangers = 0;
    people().into_iter().filter(move |person| {
        let is_known = has_part(now, person) || has_part(soon, person);
        strangers += usize::from(!is_known);
        is_known || strangers == 1
    })
}

fn has_part(resource: &Resource, person: &PersonId) -> bool {
    let holds = [resource.held_by(person), resource.ridden_by(person), resource.asked_by(person), resource.passing_to(person)];
    holds.iter().any(Option::is_some) || resource.entry(person).is_some()
}
