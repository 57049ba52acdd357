//! What comes over a Socket Mode connection, frame by frame. See Slack's page "Using Socket Mode".

use serde::Serialize;
use serde_json::{Map, Value};

/// One text frame.
#[derive(Clone, Debug, PartialEq)]
pub enum Frame {
    /// The connection is ready.
    Hello(Hello),
    /// The connection is about to end.
    Disconnect(Reason),
    /// Something happened.
    Envelope(Envelope),
}

/// What Slack says at the beginning of a connection.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Hello {
    /// How many connections this app has now, with this one.
    pub connections: u64,
}

/// Why a connection ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// It has become old, or its server is about to be: another one is to be opened.
    Refresh,
    /// Somebody switched Socket Mode off for this app.
    Disabled,
    /// The app has more connections than Slack allows.
    Crowded,
}

/// Something that happened. It comes again if it is not acknowledged.
#[derive(Clone, Debug, PartialEq)]
pub struct Envelope {
    pub id: String,
    /// `events_api`, `slash_commands`, `interactive`, or what Slack comes up with.
    pub kind: String,
    pub payload: Value,
}

/// The acknowledgement of an envelope.
#[derive(Debug, Serialize)]
pub struct Ack<'a> {
    pub envelope_id: &'a str,
}

/// Reads a frame; none if it is nothing that could be acknowledged or obeyed. Nothing but the id has to be as it should: an envelope that
/// is odd otherwise would come again and again.
pub fn read(text: &str) -> Option<Frame> {
    let mut fields: Map<String, Value> = serde_json::from_str(text).ok()?;
    let mut word = |field| match fields.remove(field) {
        Some(Value::String(word)) => Some(word),
        _ => None,
    };
    let (id, kind, why) = (word("envelope_id"), word("type").unwrap_or_default(), word("reason"));
    match (kind.as_str(), id) {
        ("hello", None) => Some(Frame::Hello(hello(&fields))),
        ("disconnect", None) => Some(Frame::Disconnect(reason(&why.unwrap_or_default()))),
        (_, Some(id)) => Some(Frame::Envelope(Envelope { id, kind, payload: fields.remove("payload").unwrap_or_default() })),
        _ => None,
    }
}

fn hello(fields: &Map<String, Value>) -> Hello {
    let connections = fields.get("num_connections").and_then(Value::as_u64);
    Hello { connections: connections.unwrap_or(1) }
}

/// A reason that is new to us is taken for a refresh: opening another connection is right, or is refused with a better reason.
fn reason(word: &str) -> Reason {
    match word {
        "link_disabled" => Reason::Disabled,
        "too_many_websockets" => Reason::Crowded,
        _ => Reason::Refresh,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reads_what_slack_sends() {
        let hello = r#"{"type":"hello","num_connections":2,"connection_info":{"app_id":"A1"},"debug_info":{"host":"x"}}"#;
        assert_eq!(read(hello), Some(Frame::Hello(Hello { connections: 2 })));
        assert_eq!(read(r#"{"type":"hello"}"#), Some(Frame::Hello(Hello { connections: 1 })));
        for (word, reason) in [
            ("warning", Reason::Refresh),
            ("refresh_requested", Reason::Refresh),
            ("something_new", Reason::Refresh),
            ("link_disabled", Reason::Disabled),
            ("too_many_websockets", Reason::Crowded),
        ] {
            let frame = format!(r#"{{"type":"disconnect","reason":"{word}","debug_info":{{"host":"x"}}}}"#);
            assert_eq!(read(&frame), Some(Frame::Disconnect(reason)), "{word}");
        }
        let envelope = r#"{"envelope_id":"e1","type":"events_api","payload":{"a":1},"accepts_response_payload":false,"retry_attempt":1}"#;
        let read = read(envelope).expect("it is an envelope");
        assert_eq!(
            read,
            Frame::Envelope(Envelope { id: "e1".to_owned(), kind: "events_api".to_owned(), payload: serde_json::json!({"a": 1}) })
        );
    }

    #[test]
    fn an_envelope_that_is_odd_can_still_be_acknowledged() {
        for odd in [
            r#"{"envelope_id":"e1"}"#,
            r#"{"envelope_id":"e1","type":"hello"}"#,
            r#"{"envelope_id":"e1","payload":7,"reason":[]}"#,
            r#"{"envelope_id":"e1","type":7}"#,
            r#"{"envelope_id":"e0","type":"a","envelope_id":"e1","type":"b"}"#,
        ] {
            assert!(matches!(read(odd), Some(Frame::Envelope(envelope)) if envelope.id == "e1"), "{odd}");
        }
    }

    proptest! {
        #[test]
        fn never_panics(text in ".{0,200}") {
            let _ = read(&text);
        }
    }
}
