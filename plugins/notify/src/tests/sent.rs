//! How senders send what they send.

use crate::Notify;
use hatstand_plugin::testing::Room;
use serde_json::Value;

const JSON: (&str, &str) = ("Content-Type", "application/json");
const FORM: (&str, &str) = ("Content-Type", "application/x-www-form-urlencoded");

/// A payload in the folder of payloads.
macro_rules! payload {
    ($path:literal) => {
        include_str!(concat!("payloads/", $path))
    };
}
pub(super) use payload;

/// A room that is subscribed to this, as it would be typed.
pub fn subscribed(what: &str) -> Room {
    let mut room = Room::with::<Notify>();
    room.says("ann", &format!("notify subscribe {what}"));
    let said = room.heard();
    assert_eq!(room.outcome().code, "subscribed", "{said:?}");
    room
}

/// The payload with other values in these places, `/build/status` and the like.
pub fn with<const CHANGES: usize>(payload: &str, changes: [(&str, Value); CHANGES]) -> String {
    let mut payload: Value = serde_json::from_str(payload).expect("payloads are JSON");
    for (place, value) in changes {
        let (parent, name) = place.rsplit_once('/').expect("places begin with `/`");
        payload.pointer_mut(parent).unwrap_or_else(|| panic!("{parent} is there"))[name] = value;
    }
    payload.to_string()
}

/// The places of all values in a payload.
pub fn places(payload: &str) -> Vec<String> {
    fn collect(value: &Value, place: &str, places: &mut Vec<String>) {
        let children: Vec<(String, &Value)> = match value {
            Value::Object(object) => object.iter().map(|(name, value)| (name.clone(), value)).collect(),
            _ => Vec::new(),
        };
        for (name, value) in children {
            let place = format!("{place}/{name}");
            collect(value, &place, places);
            places.push(place);
        }
    }
    let mut places = Vec::new();
    collect(&serde_json::from_str(payload).expect("payloads are JSON"), "", &mut places);
    places
}

pub fn github(room: &mut Room, event: &str, payload: &str) {
    let delivery = format!("{:036}", payload.len());
    room.webhook("github", &[JSON, ("X-GitHub-Event", event), ("X-GitHub-Delivery", &delivery)], payload);
}

pub fn gitlab(room: &mut Room, payload: &str) {
    room.webhook("gitlab", &[JSON, ("X-Gitlab-Event", "Some Hook")], payload);
}

pub fn jenkins(room: &mut Room, payload: &str) {
    room.webhook("jenkins", &[("Content-Type", "application/json;charset=UTF-8")], payload);
}

pub fn nagios(room: &mut Room, form: &str) {
    room.webhook("nagios", &[FORM], form);
}

pub fn alertmanager(room: &mut Room, payload: &str) {
    room.webhook("alertmanager", &[JSON], payload);
}
