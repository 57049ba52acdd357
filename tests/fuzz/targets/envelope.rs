//! What comes over a connection to Slack.

use super::text;
use hatstand::adapters::slack::envelope::{self, Envelope, Frame};
use hatstand::adapters::slack::events::{self, Known};
use hatstand::model::{What, WorkspaceId};
use hatstand_common::value::{Channel, ChannelId, Instant, Person, PersonId};
use serde_json::{Map, Value};

const BOT: &str = "UBOT";
const WORKSPACE: &str = "T1";

/// Whatever has an id can be acknowledged by it, whatever else is in it; and what is read of it is nobody's but the workspace's.
pub fn check(input: &[u8]) {
    let text = text(input);
    let frame = envelope::read(&text);
    assert_eq!(frame, envelope::read(&text), "the same again");
    if let Some(id) = id_in(&text) {
        assert!(matches!(&frame, Some(Frame::Envelope(envelope)) if envelope.id == id), "{id:?} is to be acknowledged: {frame:?}");
    }
    if let Some(Frame::Envelope(envelope)) = frame {
        check_events(&envelope);
    }
}

fn id_in(text: &str) -> Option<String> {
    let fields: Map<String, Value> = serde_json::from_str(text).ok()?;
    fields.get("envelope_id")?.as_str().map(str::to_owned)
}

fn check_events(envelope: &Envelope) {
    let heard = events::read(envelope, &Office, Instant(1_700_000_000_000));
    assert!(heard.workspace.is_none_or(|workspace| workspace.0 == WORKSPACE));
    let again = events::read(envelope, &Office, Instant(1_700_000_000_000)).events;
    assert_eq!(heard.events, again, "a repeat has the same keys");
    for event in heard.events {
        assert_eq!(event.workspace.0, WORKSPACE);
        assert!(!event.key.is_empty(), "or it would be a repeat of another: {event:?}");
        let is_own = event.person.as_ref().is_some_and(|person| person.0 == BOT);
        let is_said = matches!(event.what, What::Said(_) | What::Reacted { .. });
        assert!(!(is_own && is_said) || envelope.kind == "slash_commands", "the bot listens to itself: {event:?}");
    }
}

/// One workspace, in which the bot knows one person.
#[derive(Debug)]
struct Office;

impl Known for Office {
    fn bot(&self, workspace: &WorkspaceId) -> Option<PersonId> {
        (workspace.0 == WORKSPACE).then(|| BOT.into())
    }

    fn person(&self, _: &WorkspaceId, id: &PersonId) -> Option<Person> {
        let zone = "Europe/Berlin".to_owned();
        (id.0 == "U1").then(|| Person { id: id.clone(), name: "ada".to_owned(), zone, admin: false, bot: false, active: true })
    }

    fn channel(&self, _: &WorkspaceId, id: &ChannelId) -> Option<Channel> {
        (id.0 == "C1").then(|| Channel { id: id.clone(), name: "general".to_owned(), direct: false, archived: false })
    }
}
