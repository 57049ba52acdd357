//! Envelopes: which socket takes one, what its ack means, and what happens without ("Using Socket Mode", "The Events API").

use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    sync::Arc,
    time::Duration,
};

use rand::RngExt;
use serde_json::Value;
use tokio::time::Instant;

use super::{State, mint, timer};
use crate::{Ack, AppId, Choice, Delivery, EnvelopeId, EventId, SocketId, TeamId};

/// An event for one app; clones are the same event.
#[derive(Clone, Debug)]
pub(crate) struct Event {
    pub(crate) id: EventId,
    pub(crate) app: AppId,
    pub(crate) team: TeamId,
    /// The payload after its `event_id`, or all of it for a payload without one.
    pub(crate) rest: Arc<str>,
}

impl Event {
    fn payload(&self) -> String {
        match self.id.as_str() {
            "" => self.rest.to_string(),
            id => format!(r#"{{"event_id":"{id}"{}"#, self.rest),
        }
    }

    fn id(&self) -> Option<EventId> {
        (!self.id.as_str().is_empty()).then(|| self.id.clone())
    }
}

/// What an envelope carries.
#[derive(Clone, Debug)]
pub(crate) enum Cargo {
    Event(Event),
    /// A command, a press or a form, by the number of the interaction.
    Interaction(u64),
    /// A frame of the test's own making, by its number.
    Frame(u64),
}

/// An envelope that was sent.
#[derive(Debug)]
pub(crate) struct Sent {
    app: AppId,
    cargo: Cargo,
    socket: SocketId,
    at: Instant,
    attempt: u32,
    takes_payload: bool,
    acked: bool,
    timer: Option<timer::Key>,
}

#[derive(Debug, Default)]
pub(crate) struct Deliveries {
    sent: HashMap<EnvelopeId, Sent>,
    /// In the order of sending, so that the oldest can be forgotten.
    order: VecDeque<EnvelopeId>,
    waiting: BTreeMap<AppId, Vec<(Event, u32)>>,
    turns: u64,
    frames: u64,
    /// How long the test's own frames waited for their ack.
    pub(crate) frame_acks: HashMap<u64, Duration>,
}

/// How many envelopes are remembered: an ack of an older one is an ack of an unknown one.
const REMEMBERED: usize = 500_000;

/// An interaction on its way out: `slash_commands` or `interactive`.
pub(crate) struct Parcel<'a> {
    pub(crate) app: &'a AppId,
    pub(crate) kind: &'static str,
    pub(crate) payload: &'a Value,
    pub(crate) takes_payload: bool,
}

impl State {
    /// Sends an event for the first time, or keeps it if the app's events are held back.
    pub(crate) fn emit(&mut self, event: Event) {
        match self.apps.get_mut(&event.app).and_then(|app| app.held.as_mut()) {
            Some(held) => held.push(event),
            None => self.send_event(event, 0),
        }
    }

    /// Sends an event, or lets it wait for a socket.
    pub(crate) fn send_event(&mut self, event: Event, attempt: u32) {
        let Some(socket) = self.choose_socket(&event.app) else {
            self.records.counts.waiting += 1;
            self.dirty = true;
            self.deliveries.waiting.entry(event.app.clone()).or_default().push((event, attempt.max(1)));
            return;
        };
        let envelope = EnvelopeId::from(mint::uuid(&mut self.random));
        let reason = if attempt == 0 { "" } else { "timeout" };
        let text = format!(
            concat!(
                r#"{{"envelope_id":"{}","payload":{},"type":"events_api","accepts_response_payload":false,"#,
                r#""retry_attempt":{},"retry_reason":"{}"}}"#
            ),
            envelope,
            event.payload(),
            attempt,
            reason
        );
        let sent = self.sent(event.app.clone(), socket, attempt, false, Cargo::Event(event));
        self.dispatch(envelope, "events_api", text, sent);
    }

    /// Sends a command, a press or a form, once; false if the app has no socket.
    pub(crate) fn send_parcel(&mut self, parcel: &Parcel<'_>, number: u64) -> bool {
        let Some(socket) = self.choose_socket(parcel.app) else { return false };
        let envelope = EnvelopeId::from(mint::uuid(&mut self.random));
        let text = format!(
            r#"{{"envelope_id":"{}","payload":{},"type":"{}","accepts_response_payload":{}}}"#,
            envelope, parcel.payload, parcel.kind, parcel.takes_payload
        );
        let sent = self.sent(parcel.app.clone(), socket, 0, parcel.takes_payload, Cargo::Interaction(number));
        self.dispatch(envelope, parcel.kind, text, sent);
        true
    }

    /// Sends a frame of the test's own making; an ack of `envelope` is noted.
    pub(crate) fn send_frame(&mut self, socket: SocketId, envelope: Option<EnvelopeId>, frame: super::socket::Outgoing) -> u64 {
        self.deliveries.frames += 1;
        let number = self.deliveries.frames;
        let Some(line) = self.sockets.get_mut(&socket) else { return number };
        let app = line.app.clone();
        line.send(frame);
        if let Some(envelope) = envelope {
            let sent = self.sent(app, socket, 0, true, Cargo::Frame(number));
            self.remember(envelope, sent);
        }
        number
    }

    fn sent(&self, app: AppId, socket: SocketId, attempt: u32, takes_payload: bool, cargo: Cargo) -> Sent {
        Sent { app, cargo, socket, at: Instant::now(), attempt, takes_payload, acked: false, timer: None }
    }

    fn dispatch(&mut self, envelope: EnvelopeId, kind: &str, text: String, mut sent: Sent) {
        sent.timer = Some(self.timers.set(self.clock.after(self.settings.times.ack), timer::Due::Ack(envelope.clone())));
        if let Some(socket) = self.sockets.get_mut(&sent.socket) {
            socket.sent += 1;
            socket.send(super::socket::Outgoing::Text(text));
        }
        let counts = &mut self.records.counts;
        counts.sent += 1;
        counts.outstanding += 1;
        counts.retried += u64::from(sent.attempt > 0);
        self.record_delivery(&envelope, kind, &sent);
        self.remember(envelope, sent);
    }

    fn record_delivery(&mut self, envelope: &EnvelopeId, kind: &str, sent: &Sent) {
        let event = match &sent.cargo {
            Cargo::Event(event) => event.id(),
            Cargo::Interaction(_) | Cargo::Frame(_) => None,
        };
        let delivery = Delivery {
            seq: self.next_seq(),
            at: self.clock.elapsed(),
            app: sent.app.clone(),
            kind: kind.into(),
            envelope: envelope.clone(),
            event,
            socket: sent.socket,
            attempt: sent.attempt,
            acked: false,
        };
        self.records.delivery(delivery);
    }

    fn remember(&mut self, envelope: EnvelopeId, sent: Sent) {
        let deliveries = &mut self.deliveries;
        if deliveries.order.len() >= REMEMBERED
            && let Some(oldest) = deliveries.order.pop_front()
        {
            deliveries.sent.remove(&oldest);
        }
        deliveries.order.push_back(envelope.clone());
        deliveries.sent.insert(envelope, sent);
    }

    fn choose_socket(&mut self, app: &AppId) -> Option<SocketId> {
        let open: Vec<SocketId> = self.sockets.values().filter(|line| line.takes_envelopes_of(app)).map(|line| line.id).collect();
        if open.is_empty() {
            return None;
        }
        self.deliveries.turns += 1;
        let index = match self.settings.choice {
            Choice::Random => self.random.random_range(0..open.len()),
            Choice::InTurn => (self.deliveries.turns % open.len() as u64) as usize,
            Choice::Oldest => 0,
            Choice::Newest => open.len() - 1,
        };
        Some(open[index])
    }

    /// Sends what waited for a socket of this app: as retries, since Slack tried before.
    pub(crate) fn send_waiting(&mut self, app: &AppId) {
        for (event, attempt) in self.deliveries.waiting.remove(app).unwrap_or_default() {
            self.records.counts.waiting -= 1;
            self.send_event(event, attempt);
        }
    }

    /// What apps were told of while the world was built counts for nothing.
    pub(crate) fn begin(&mut self) {
        self.deliveries.waiting.clear();
        self.records.counts.waiting = 0;
        self.rates = super::limit::Rates::default();
    }

    /// An ack came in on a socket.
    pub(crate) fn acknowledge(&mut self, socket: SocketId, envelope: &str, payload: Option<Value>) {
        let Some(sent) = self.deliveries.sent.get_mut(envelope) else {
            return self.complain("unknown_envelope", format!("{socket:?} acked {envelope}, which was never sent"));
        };
        if sent.socket != socket && !self.settings.ack_anywhere {
            let detail = format!("{socket:?} acked {envelope}, which went out on {:?}", sent.socket);
            return self.complain("ack_elsewhere", detail);
        }
        if std::mem::replace(&mut sent.acked, true) {
            return self.complain("double_ack", format!("{envelope} was acked before"));
        }
        let late = sent.timer.is_none() && !matches!(sent.cargo, Cargo::Frame(_));
        let ack = Ack {
            seq: 0,
            at: self.clock.elapsed(),
            envelope: envelope.into(),
            event: None,
            socket,
            sent_on: sent.socket,
            after: sent.at.elapsed(),
            attempt: sent.attempt,
            late,
            payload,
        };
        let (timer, cargo, takes_payload) = (sent.timer.take(), sent.cargo.clone(), sent.takes_payload);
        if let Some(timer) = timer {
            self.timers.cancel(timer);
            self.records.counts.outstanding -= 1;
        }
        self.note_ack(ack, cargo, takes_payload);
    }

    fn note_ack(&mut self, mut ack: Ack, cargo: Cargo, takes_payload: bool) {
        if let Some(payload) = ack.payload.as_ref().filter(|payload| !takes_payload && !is_empty(payload)) {
            self.complain("unwelcome_payload", format!("{} does not accept a payload and got {payload}", ack.envelope));
        }
        if let Some(line) = self.sockets.get_mut(&ack.socket) {
            line.acked += 1;
        }
        match cargo {
            Cargo::Event(event) => ack.event = event.id(),
            Cargo::Interaction(number) => self.answer_interaction(number, &ack),
            Cargo::Frame(number) => {
                self.deliveries.frame_acks.insert(number, ack.after);
            }
        }
        self.records.counts.acked += 1;
        self.records.counts.late += u64::from(ack.late);
        ack.seq = self.next_seq();
        self.records.ack(ack);
    }

    pub(crate) fn is_acked(&self, envelope: &EnvelopeId) -> bool {
        self.deliveries.sent.get(envelope).is_some_and(|sent| sent.acked)
    }

    /// An envelope's time is over.
    pub(crate) fn miss_ack(&mut self, envelope: &EnvelopeId) {
        let Some(sent) = self.deliveries.sent.get_mut(envelope) else { return };
        sent.timer = None;
        let (cargo, attempt) = (sent.cargo.clone(), sent.attempt);
        self.records.counts.outstanding -= 1;
        self.dirty = true;
        match cargo {
            Cargo::Event(event) => self.retry(event, attempt),
            Cargo::Interaction(number) => self.time_out_interaction(number),
            Cargo::Frame(_) => {}
        }
    }

    fn retry(&mut self, event: Event, attempt: u32) {
        match self.settings.times.retries.get(attempt as usize) {
            Some(&wait) => {
                self.timers.set(self.clock.after(wait), timer::Due::Retry(event, attempt + 1));
            }
            None => self.records.counts.lost += 1,
        }
    }
}

/// Some SDKs put an empty payload on every ack; Slack takes it for none.
fn is_empty(payload: &Value) -> bool {
    payload.is_null() || payload.as_object().is_some_and(serde_json::Map::is_empty) || payload == ""
}
