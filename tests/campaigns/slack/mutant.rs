//! Envelopes as they should not be: each is a real one in which something was broken.

use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};
use serde_json::{Map, Value, json};
use slack_double::{Frame, Home};

/// As large as anything that Slack sends, and then some.
const HUGE: usize = 1_000_000;

/// How many things go wrong for one that is huge.
const PER_HUGE: u32 = 2_000;

/// How deep a value may be wrapped: deeper than what a reader of JSON takes.
const DEEPEST: u32 = 200;

/// What stands where something else should. The words are names of fields and of types, so that they get through to where they matter.
fn odd() -> Vec<Value> {
    let words = [
        "",
        "\u{0}",
        "ü\"\\\n",
        "hello",
        "disconnect",
        "events_api",
        "app_mention",
        "message_changed",
        "block_actions",
        "unheard_of",
        "D1",
        "1.2.3",
    ];
    let others = [json!(null), json!(true), json!(-1), json!(1e300), json!(u64::MAX), json!([]), json!({}), json!([[1], {"a": null}])];
    words.map(Value::from).into_iter().chain(others).collect()
}

/// Breaks envelopes, each time otherwise and always in the same order.
#[derive(Debug)]
pub struct Breaker {
    samples: Vec<Value>,
    odd: Vec<Value>,
    chance: StdRng,
    made: u64,
}

/// A broken envelope.
#[derive(Debug)]
pub struct Mutant {
    pub frame: Frame,
    /// Whether it is still a JSON object with an `envelope_id`, so that it has to be acknowledged.
    pub wants_ack: bool,
}

impl Breaker {
    pub fn new(home: &Home, seed: u64) -> Self {
        Self { samples: samples(home), odd: odd(), chance: StdRng::seed_from_u64(seed), made: 0 }
    }

    pub fn next(&mut self) -> Mutant {
        self.made += 1;
        let mut envelope = self.samples.choose(&mut self.chance).expect("there are some").clone();
        for _ in 0..self.chance.random_range(1..=4) {
            self.break_value(&mut envelope);
        }
        self.rename(&mut envelope);
        self.frame(&envelope)
    }

    /// One thing in it goes wrong, at any depth.
    fn break_value(&mut self, envelope: &mut Value) {
        let mut paths = Vec::new();
        collect(envelope, &mut String::new(), &mut paths);
        let path = paths.choose(&mut self.chance).cloned().unwrap_or_default();
        let other = paths.choose(&mut self.chance).and_then(|other| envelope.pointer(other)).cloned();
        let odd = match self.chance.random_ratio(1, PER_HUGE) {
            true => Some("x".repeat(HUGE).into()),
            false => self.odd.choose(&mut self.chance).cloned(),
        };
        let deep = self.chance.random_range(1..DEEPEST);
        match self.chance.random_range(0..10) {
            0..4 => remove(envelope, &path),
            4..7 => replace(envelope, &path, odd),
            7..9 => replace(envelope, &path, other),
            _ => wrap(envelope, &path, deep),
        }
    }

    /// Whatever it is called now, nothing else is called so: or nobody could tell which of them was acknowledged.
    fn rename(&mut self, envelope: &mut Value) {
        if let Some(Value::String(id)) = envelope.get_mut("envelope_id") {
            *id = format!("{}-{}", self.made, ["e", "ü\"\\", ""][self.made as usize % 3]);
        }
    }

    fn frame(&mut self, envelope: &Value) -> Mutant {
        let text = envelope.to_string();
        let text = match self.chance.random_range(0..20) {
            0 => cut_off(&text, self.chance.random_range(0..text.len())),
            1 => doubled(envelope),
            2 => return Mutant { frame: Frame::Binary(text.into_bytes()), wants_ack: false },
            _ => text,
        };
        Mutant { wants_ack: has_id(&text), frame: Frame::Text(text) }
    }
}

/// The paths of all values below the whole.
fn collect(value: &Value, path: &mut String, paths: &mut Vec<String>) {
    let mut visit = |key: &str, value: &Value| {
        let length = path.len();
        path.extend(["/", &key.replace('~', "~0").replace('/', "~1")]);
        paths.push(path.clone());
        collect(value, path, paths);
        path.truncate(length);
    };
    match value {
        Value::Object(fields) => fields.iter().for_each(|(key, value)| visit(key, value)),
        Value::Array(items) => items.iter().enumerate().for_each(|(index, value)| visit(&index.to_string(), value)),
        _ => {}
    }
}

fn remove(envelope: &mut Value, path: &str) {
    let Some((parent, key)) = path.rsplit_once('/') else { return };
    match envelope.pointer_mut(parent) {
        Some(Value::Object(fields)) => drop(fields.remove(key)),
        Some(Value::Array(items)) => drop(items.pop()),
        _ => {}
    }
}

fn replace(envelope: &mut Value, path: &str, with: Option<Value>) {
    if let (Some(value), Some(with)) = (envelope.pointer_mut(path), with) {
        *value = with;
    }
}

fn wrap(envelope: &mut Value, path: &str, deep: u32) {
    if let Some(value) = envelope.pointer_mut(path) {
        *value = (0..deep).fold(value.take(), |inner, _| json!([inner]));
    }
}

fn cut_off(text: &str, at: usize) -> String {
    text[..text.floor_char_boundary(at)].to_owned()
}

/// Every field of the envelope twice, as JSON does not forbid.
fn doubled(envelope: &Value) -> String {
    let text = envelope.to_string();
    match envelope.as_object() {
        Some(fields) if !fields.is_empty() => format!("{},{}", &text[..text.len() - 1], &text[1..]),
        _ => text,
    }
}

fn has_id(text: &str) -> bool {
    let fields: Option<Map<String, Value>> = serde_json::from_str(text).ok();
    fields.is_some_and(|fields| fields.get("envelope_id").is_some_and(Value::is_string))
}

/// One envelope of each kind. The command in them says nothing, so whatever is said was asked for by somebody else.
fn samples(home: &Home) -> Vec<Value> {
    let (team, bot, person, channel) = (&home.team, &home.tokens.user, &home.ada, &home.general);
    let text = format!("<@{}> counter00 nothing", bot.as_str());
    let message = json!({
        "type": "message", "user": person, "channel": channel, "channel_type": "channel", "ts": "1700000000.000100", "text": text,
        "team": team, "blocks": [{ "type": "rich_text", "elements": [{ "type": "text", "text": text }] }],
    });
    let events = [
        message.clone(),
        with(&message, json!({ "type": "app_mention" })),
        with(&message, json!({ "subtype": "message_changed", "message": message, "previous_message": message })),
        json!({ "type": "reaction_added", "user": person, "reaction": "eyes", "item": { "type": "message", "channel": channel, "ts": "1700000000.000100" } }),
        json!({ "type": "member_joined_channel", "user": person, "channel": channel, "team": team }),
        json!({ "type": "app_home_opened", "user": person, "channel": "D1", "tab": "home" }),
        json!({ "type": "user_change", "user": { "id": person, "name": "ada", "tz": "UTC", "is_admin": true, "profile": { "display_name": "ada" } } }),
        json!({ "type": "channel_rename", "channel": { "id": channel, "name": "general" } }),
    ];
    let callbacks = events.map(|event| {
        let payload = json!({ "type": "event_callback", "team_id": team, "event_id": "Ev1", "event": event, "authorizations": [{ "team_id": team }] });
        envelope("events_api", &payload)
    });
    let slash = json!({ "command": "/hatstand", "text": "counter00 nothing", "team_id": team, "user_id": person, "channel_id": channel, "trigger_id": "1.2.3" });
    let source =
        json!({ "team": { "id": team }, "user": { "id": person, "team_id": team }, "channel": { "id": channel }, "trigger_id": "1.2.3" });
    let actions = json!({
        "type": "block_actions", "message": { "ts": "1700000000.000100" },
        "actions": [{ "type": "button", "action_id": "a", "block_id": "b", "value": "counter00 nothing" }],
    });
    let view = json!({ "id": "V1", "callback_id": "c", "private_metadata": "{}", "state": { "values": { "b": { "a": { "type": "plain_text_input", "value": "x" } } } } });
    let submission = json!({ "type": "view_submission", "view": view });
    let others = [
        envelope("slash_commands", &slash),
        envelope("interactive", &with(&source, actions)),
        envelope("interactive", &with(&source, submission)),
    ];
    callbacks.into_iter().chain(others).collect()
}

fn envelope(kind: &str, payload: &Value) -> Value {
    json!({ "envelope_id": "e", "type": kind, "accepts_response_payload": false, "retry_attempt": 0, "retry_reason": "", "payload": payload })
}

/// The object with some fields changed.
fn with(object: &Value, fields: Value) -> Value {
    let mut object = object.clone();
    if let (Value::Object(object), Value::Object(fields)) = (&mut object, fields) {
        object.extend(fields);
    }
    object
}
