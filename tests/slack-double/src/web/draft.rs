//! A message as an app writes it: checked, before it is posted ("chat.postMessage method", "Blocks").

use serde_json::{Map, Value, json};

use super::arguments::Arguments;
use crate::{
    blocks,
    state::{Refusal, Refused, message::Draft, refuse},
};

/// Over this, the text is refused ("chat.postMessage method", errors).
const LONGEST_TEXT: usize = 40_000;
const MOST_ATTACHMENTS: usize = 100;
/// "Markdown block" and the `markdown_text` argument.
const LONGEST_MARKDOWN: usize = 12_000;

/// The draft in a call's arguments.
pub(crate) fn from_arguments(arguments: &Arguments) -> Refused<Draft> {
    let markdown = arguments.text("markdown_text");
    let text = arguments.text("text");
    let blocks = checked_blocks(arguments)?;
    if markdown.is_some() && (text.is_some() || blocks.is_some()) {
        return refuse("markdown_text_conflict");
    }
    if markdown.is_some_and(|markdown| markdown.chars().count() > LONGEST_MARKDOWN) {
        return refuse("msg_too_long");
    }
    let attachments = checked_attachments(arguments)?;
    let text = text.or(markdown).unwrap_or_default();
    if text.chars().count() > LONGEST_TEXT {
        return refuse("msg_too_long");
    }
    if text.is_empty() && blocks.is_none() && attachments.is_none() {
        return refuse("no_text");
    }
    Ok(Draft {
        text: text.into(),
        blocks,
        attachments,
        thread_ts: arguments.ts("thread_ts", "invalid_thread_ts")?,
        broadcast: arguments.flag("reply_broadcast", false),
        metadata: checked_metadata(arguments)?,
        username: arguments.text("username").map(Into::into),
        icons: icons(arguments),
        ..Draft::default()
    })
}

/// The draft in the payload of an ack or of a response URL.
pub(crate) fn from_payload(payload: &Value) -> Refused<Draft> {
    let fields = match payload {
        Value::Object(fields) => fields.clone(),
        Value::String(text) => Map::from_iter([("text".to_owned(), json!(text))]),
        _ => return refuse("invalid_payload"),
    };
    from_arguments(&Arguments(fields))
}

pub(crate) fn checked_blocks(arguments: &Arguments) -> Refused<Option<Value>> {
    match arguments.structure("blocks") {
        None => Ok(None),
        Some(Err(())) => refuse("invalid_blocks_format"),
        Some(Ok(Value::Array(none))) if none.is_empty() => Ok(None),
        Some(Ok(mut blocks)) => {
            blocks::check_message(&blocks)?;
            crate::element::name_blocks(&mut blocks);
            Ok(Some(blocks))
        }
    }
}

pub(crate) fn checked_attachments(arguments: &Arguments) -> Refused<Option<Value>> {
    match arguments.structure("attachments") {
        None => Ok(None),
        Some(Ok(Value::Array(list))) if list.is_empty() => Ok(None),
        Some(Ok(Value::Array(list))) if list.len() > MOST_ATTACHMENTS => refuse("too_many_attachments"),
        Some(Ok(list @ Value::Array(_))) => Ok(Some(list)),
        Some(_) => refuse("invalid_attachments"),
    }
}

/// `{event_type, event_payload}` ("Message metadata").
pub(crate) fn checked_metadata(arguments: &Arguments) -> Refused<Option<Value>> {
    let metadata = match arguments.structure("metadata") {
        None => return Ok(None),
        Some(Ok(metadata)) => metadata,
        Some(Err(())) => return refuse("invalid_metadata_format"),
    };
    if metadata.as_object().is_some_and(Map::is_empty) {
        return Ok(None);
    }
    let whole = metadata["event_type"].as_str().is_some_and(|kind| !kind.is_empty()) && metadata["event_payload"].is_object();
    if whole { Ok(Some(metadata)) } else { Err(Refusal::named("invalid_metadata_format")) }
}

fn icons(arguments: &Arguments) -> Option<Value> {
    if let Some(emoji) = arguments.text("icon_emoji") {
        return Some(json!({ "emoji": emoji }));
    }
    arguments.text("icon_url").map(|url| json!({ "image_48": url }))
}
