//! What is kept of what happened.

use std::collections::VecDeque;

use tokio::sync::mpsc;

use super::State;
use crate::{Ack, Call, Complaint, Counts, Delivery, Keep, Message};

#[derive(Debug)]
pub(crate) struct Records {
    keep: Keep,
    pub(crate) calls: VecDeque<Call>,
    pub(crate) acks: VecDeque<Ack>,
    pub(crate) deliveries: VecDeque<Delivery>,
    pub(crate) complaints: VecDeque<Complaint>,
    pub(crate) counts: Counts,
    pub(crate) followers: Vec<mpsc::UnboundedSender<Message>>,
}

impl Records {
    pub(crate) fn new(keep: Keep) -> Self {
        Self {
            keep,
            calls: VecDeque::new(),
            acks: VecDeque::new(),
            deliveries: VecDeque::new(),
            complaints: VecDeque::new(),
            counts: Counts::default(),
            followers: Vec::new(),
        }
    }

    /// Whether what is not there never was.
    pub(crate) fn keeps_all(&self) -> bool {
        self.keep == Keep::All
    }

    /// How many of a kind are kept.
    pub(crate) fn room(&self) -> usize {
        match self.keep {
            Keep::All => usize::MAX,
            Keep::Last(count) => count,
            Keep::Counts => 0,
        }
    }

    pub(crate) fn call(&mut self, call: Call) {
        let room = self.room();
        push(&mut self.calls, call, room);
    }

    pub(crate) fn ack(&mut self, ack: Ack) {
        let room = self.room();
        push(&mut self.acks, ack, room);
    }

    pub(crate) fn delivery(&mut self, delivery: Delivery) {
        let room = self.room();
        push(&mut self.deliveries, delivery, room);
    }

    pub(crate) fn forget(&mut self) {
        let followers = std::mem::take(&mut self.followers);
        // What is under way is no record: it stays true.
        let counts = Counts { waiting: self.counts.waiting, outstanding: self.counts.outstanding, ..Counts::default() };
        *self = Self { followers, counts, ..Self::new(self.keep) };
    }
}

fn push<T>(kept: &mut VecDeque<T>, record: T, room: usize) {
    if kept.len() >= room {
        kept.pop_front();
    }
    if room > 0 {
        kept.push_back(record);
    }
}

impl State {
    /// Notes what the client did wrong.
    pub(crate) fn complain(&mut self, rule: &str, detail: impl Into<String>) {
        let seq = self.next_seq();
        self.records.counts.complaints += 1;
        let complaint = Complaint { seq, rule: rule.into(), detail: detail.into() };
        tracing::debug!(rule, detail = complaint.detail, "complaint");
        // A client in a loop must not fill the memory; the first of its complaints say enough.
        let room = self.records.room().max(1000);
        push(&mut self.records.complaints, complaint, room);
    }

    /// Back to an empty stage: the world stays, and what happened in it is gone.
    pub(crate) fn reset(&mut self) {
        self.records.forget();
        self.begin();
        let sockets: Vec<_> = self.sockets.keys().copied().collect();
        for socket in sockets {
            self.cut_socket(socket);
        }
        self.ephemerals.clear();
        self.scheduled.clear();
        self.views.clear();
        self.files.clear();
        self.faults.clear();
        self.gate.refuses = false;
        self.gate.without_hello = 0;
        self.settings.limits = Default::default();
        for room in self.rooms.values_mut() {
            room.messages.clear();
            room.pins.clear();
        }
        self.dirty = true;
    }
}
