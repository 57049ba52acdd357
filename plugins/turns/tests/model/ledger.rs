//! What is on disk, and survives whatever happens to the process.

use crate::flaw::Flaw;
use crate::plugin::Effects;
use turns::{Alarm, Instant, PersonId, Request, Resource};

/// Inbox, state, timers and outbox: changed together, or not at all.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Ledger {
    pub resource: Resource,
    /// What is not handled yet, in the order of arrival.
    pub inbox: Vec<Event>,
    /// The identities of everything that ever arrived: a bit each.
    known: u8,
    pub timers: Vec<Timer>,
    /// What is not known to be out yet, oldest first.
    pub outbox: Vec<Say>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Event {
    Said(Command),
    /// A timer came due. It stands unless it was replaced or cancelled meanwhile.
    TimerDue {
        alarm: Alarm,
        stands: bool,
    },
}

/// What somebody said, with the identity that the chat service gave it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Command {
    pub id: u8,
    pub who: PersonId,
    pub request: Request,
}

/// One setting of a timer.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Timer {
    pub alarm: Alarm,
    pub fired: bool,
}

/// A message, and whether people have read it. Only they know, until somebody asks the service.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Say {
    pub heard: bool,
}

impl Ledger {
    /// With this in it, and its timers.
    pub fn of(resource: Resource, alarms: &[Alarm]) -> Self {
        let mut ledger = Self { resource, ..Self::default() };
        ledger.set_timers(alarms);
        ledger
    }

    /// Keeps what arrived, unless it is a repeat.
    pub fn record(&mut self, command: Command, flaw: Option<Flaw>) {
        if !self.knows(command.id) || flaw == Some(Flaw::ForgetsRepeats) {
            self.known |= 1 << command.id;
            self.inbox.push(Event::Said(command));
        }
    }

    pub fn knows(&self, id: u8) -> bool {
        self.known & (1 << id) != 0
    }

    /// Turns every timer that is due into an event. The timer stays until that event is done, so that it can still be cancelled.
    pub fn fire_due(&mut self, now: Instant) {
        let mut due: Vec<_> = self.timers.iter_mut().filter(|timer| is_waiting(timer, now)).collect();
        due.sort_by_key(|timer| timer.alarm.due);
        for timer in due {
            timer.fired = true;
            self.inbox.push(Event::TimerDue { alarm: timer.alarm, stands: true });
        }
    }

    pub fn has_due(&self, now: Instant) -> bool {
        self.timers.iter().any(|timer| is_waiting(timer, now))
    }

    /// Makes the effects of the first event last, with the mark that it is done.
    pub fn commit(&mut self, effects: Effects) {
        let done = self.inbox.remove(0);
        self.resource = effects.resource;
        self.set_timers(&effects.alarms);
        if let Event::TimerDue { alarm, stands: true } = done {
            // Its own setting is spent. If it was set again just now, that is another setting.
            self.timers.retain(|timer| timer.alarm != alarm || !timer.fired);
        }
        if effects.says {
            self.outbox.push(Say::default());
        }
    }

    /// Makes the timers equal to these alarms. What stays as it is keeps its row; everything else is cancelled or replaced.
    fn set_timers(&mut self, alarms: &[Alarm]) {
        let stays = |alarm: &Alarm| alarms.contains(alarm);
        self.timers.retain(|timer| stays(&timer.alarm));
        for event in &mut self.inbox {
            if let Event::TimerDue { alarm, stands } = event {
                *stands &= stays(alarm);
            }
        }
        for alarm in alarms {
            if !self.timers.iter().any(|timer| timer.alarm == *alarm) {
                self.timers.push(Timer { alarm: *alarm, fired: false });
            }
        }
        self.timers.sort_by_key(|timer| (timer.alarm.due, timer.alarm.id, timer.alarm.key()));
    }
}

fn is_waiting(timer: &Timer, now: Instant) -> bool {
    !timer.fired && timer.alarm.due <= now
}
