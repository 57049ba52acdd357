//! Held events are released, repeated and shuffled; frames of the test's own making are sent.

use rand::{RngExt, seq::SliceRandom};
use serde_json::Value;

use super::{Refused, State, delivery::Event, socket::Outgoing};
use crate::{AppId, EnvelopeId, EventId, Frame, Ids, Scatter, SocketId};

impl State {
    pub(crate) fn release(&mut self, app: &AppId, scatter: &Scatter) -> Refused<Vec<EventId>> {
        let held = self.app_mut(app)?.held.take().unwrap_or_default();
        let mut deliveries: Vec<Event> = held.into_iter().flat_map(|event| self.copies(&event, scatter)).collect();
        if scatter.shuffle {
            deliveries.shuffle(&mut self.random);
        }
        let ids = deliveries.iter().map(|event| event.id.clone()).collect();
        for event in deliveries {
            self.send_event(event, 0);
        }
        Ok(ids)
    }

    fn copies(&mut self, event: &Event, scatter: &Scatter) -> Vec<Event> {
        let count = self.random.random_range(scatter.copies.clone());
        let mut copy = |number: u32| match scatter.ids {
            Ids::New if number > 0 => Event { id: EventId::from(self.mint.id("Ev")), ..event.clone() },
            Ids::New | Ids::Same => event.clone(),
        };
        (0..count).map(&mut copy).collect()
    }

    pub(crate) fn send_own_frame(&mut self, socket: SocketId, frame: Frame) -> u64 {
        let envelope = match &frame {
            Frame::Json(json) => envelope_in(json),
            Frame::Text(text) => serde_json::from_str(text).ok().as_ref().and_then(envelope_in),
            Frame::Binary(_) => None,
        };
        let outgoing = match frame {
            Frame::Json(json) => Outgoing::Text(json.to_string()),
            Frame::Text(text) => Outgoing::Text(text),
            Frame::Binary(bytes) => Outgoing::Binary(bytes),
        };
        self.send_frame(socket, envelope, outgoing)
    }
}

fn envelope_in(json: &Value) -> Option<EnvelopeId> {
    json.get("envelope_id").and_then(Value::as_str).map(EnvelopeId::from)
}
