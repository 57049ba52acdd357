//! What a request asks for, before it is known whether there is such a thing.

use super::Problem;
use super::command::Target;
use axum::body::{Body, to_bytes};
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderMap};
use axum::http::request::Parts;
use hatstand_common::grammar;
use hatstand_common::visible::visible;
use http_body_util::LengthLimitError;
use serde::Deserialize;
use serde_json::Map;
use sha2::{Digest, Sha256};
use std::error::Error;
use std::time::Duration;

/// The longest body that is read, in bytes.
pub(super) const LONGEST_BODY: usize = 64 * 1024;

/// The longest that a request can wait for a command that its plugin left open.
pub const LONGEST_WAIT: Duration = Duration::from_secs(5 * 60);

/// How long somebody may take to send a body.
const SENDING: Duration = Duration::from_secs(30);

/// More of what is wrong with a body is not said.
const LONGEST_COMPLAINT: usize = 200;

const LONGEST_NAME: usize = 100;

/// What is asked for.
#[derive(Debug)]
pub struct Wanted {
    pub what: Ask,
    /// By id or by name.
    pub channel: Option<String>,
    /// For whom or what, if it says so.
    pub acts_for: Option<String>,
    pub wait: Duration,
    /// By which it will be asked for again.
    pub key: Option<String>,
    /// Tells it from another request with the same key.
    pub fingerprint: String,
}

#[derive(Debug)]
pub enum Ask {
    /// A line as a person would type it.
    Line(String),
    /// A declared command, with arguments by name.
    Call(Target, Map<String, serde_json::Value>),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Json {
    plugin: Option<String>,
    command: Option<String>,
    arguments: Option<Map<String, serde_json::Value>>,
    channel: Option<String>,
    #[serde(rename = "for")]
    acts_for: Option<String>,
    wait: Option<String>,
}

/// Reads a request. `target` is what its address says.
pub async fn read(head: &Parts, body: Body, target: Option<Target>) -> Result<Wanted, Problem> {
    check_type(&head.headers)?;
    let key = key(&head.headers)?;
    let waits = head.uri.query().and_then(wait_in);
    let body = whole(&head.headers, body).await?;
    // By way of an object, because a list of the fields' values would do as well.
    let object: Map<String, serde_json::Value> = serde_json::from_slice(&body).map_err(|why| unreadable(&why))?;
    let json: Json = serde_json::from_value(object.into()).map_err(|why| unreadable(&why))?;
    let wait = json.wait.as_deref().or(waits.as_deref()).map_or(Ok(Duration::ZERO), wait)?;
    let what = ask(target, json.plugin, json.command, json.arguments)?;
    let acts_for = json.acts_for.map(|name| visible(&name));
    check_name("for", acts_for.as_deref())?;
    check_name("channel", json.channel.as_deref())?;
    let fingerprint = fingerprint(&what, json.channel.as_deref(), acts_for.as_deref());
    Ok(Wanted { what, channel: json.channel, acts_for, wait, key, fingerprint })
}

fn check_type(headers: &HeaderMap) -> Result<(), Problem> {
    let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    if kind.eq_ignore_ascii_case("application/json") { Ok(()) } else { Err(Problem::not_json()) }
}

/// Quotes around a key do not belong to it: the draft of the header has them, and many leave them out.
fn key(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let mut values = headers.get_all("idempotency-key").iter();
    let (value, None) = (values.next(), values.next()) else { return Err(Problem::bad_key()) };
    let Some(value) = value else { return Ok(None) };
    let key = value.to_str().map_err(|_| Problem::bad_key())?.trim();
    let key = key.strip_prefix('"').and_then(|key| key.strip_suffix('"')).unwrap_or(key);
    let sound = (1..=LONGEST_NAME).contains(&key.len()) && key.bytes().all(|byte| (0x20..0x7f).contains(&byte));
    if sound { Ok(Some(key.to_owned())) } else { Err(Problem::bad_key()) }
}

/// The body, if it is not too long: of one that is, no more is read than shows it.
async fn whole(headers: &HeaderMap, body: Body) -> Result<Vec<u8>, Problem> {
    let length = headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()).and_then(|length| length.parse::<usize>().ok());
    if length.is_some_and(|length| length > LONGEST_BODY) {
        return Err(Problem::too_large());
    }
    let read = tokio::time::timeout(SENDING, to_bytes(body, LONGEST_BODY)).await.map_err(|_| Problem::cut_off())?;
    read.map(Vec::from).map_err(|why| match why.source().is_some_and(<dyn Error>::is::<LengthLimitError>) {
        true => Problem::too_large(),
        false => Problem::cut_off(),
    })
}

fn unreadable(why: &serde_json::Error) -> Problem {
    let complaint: String = why.to_string().chars().take(LONGEST_COMPLAINT).collect();
    if why.is_data() { Problem::bad_request(complaint) } else { Problem::bad_json(&complaint) }
}

fn ask(
    target: Option<Target>,
    plugin: Option<String>,
    command: Option<String>,
    arguments: Option<Map<String, serde_json::Value>>,
) -> Result<Ask, Problem> {
    match (target, plugin, command) {
        (Some(target), None, None) => Ok(Ask::Call(target, arguments.unwrap_or_default())),
        (Some(_), _, _) => Err(Problem::bad_request("`plugin` and `command` are in the address already")),
        (None, Some(plugin), Some(command)) => Ok(Ask::Call(Target { plugin, command }, arguments.unwrap_or_default())),
        (None, None, Some(_)) if arguments.is_some() => {
            Err(Problem::bad_request("`arguments` belong to a `plugin`: without one, `command` is a line as people type it"))
        }
        (None, None, Some(line)) if line.trim().is_empty() => Err(Problem::bad_request("`command` is empty")),
        (None, None, Some(line)) => Ok(Ask::Line(line)),
        (None, _, None) => Err(Problem::bad_request("`command` is missing")),
    }
}

fn check_name(field: &str, name: Option<&str>) -> Result<(), Problem> {
    match name {
        Some(name) if name.trim().is_empty() || name.chars().count() > LONGEST_NAME || name.chars().any(char::is_control) => {
            Err(Problem::bad_request(format!("`{field}` has 1-{LONGEST_NAME} characters on one line")))
        }
        _ => Ok(()),
    }
}

/// The value of `wait` in a query.
fn wait_in(query: &str) -> Option<String> {
    let value = query.split('&').find_map(|pair| pair.strip_prefix("wait="))?;
    let value = value.replace('+', " ");
    Some(percent_encoding::percent_decode_str(&value).decode_utf8_lossy().into_owned())
}

fn wait(text: &str) -> Result<Duration, Problem> {
    let nothing = text.trim_matches(|c: char| c.is_ascii_lowercase() || c == ' ') == "0";
    if nothing {
        return Ok(Duration::ZERO);
    }
    match grammar::duration(text) {
        Ok(wait) if wait <= LONGEST_WAIT => Ok(wait),
        Ok(_) => Err(Problem::bad_request("`wait` is at most 5 minutes: ask again with the same Idempotency-Key to wait on")),
        Err(why) => Err(Problem::bad_request(format!("`wait`: {}", why.sentence().trim_end_matches('.')))),
    }
}

/// The same for the same request, whatever order its names are in and however long it waits.
fn fingerprint(what: &Ask, channel: Option<&str>, acts_for: Option<&str>) -> String {
    let what = match what {
        Ask::Line(line) => serde_json::json!([line]),
        Ask::Call(target, arguments) => serde_json::json!([target.plugin, target.command, arguments]),
    };
    let written = serde_json::json!([what, channel, acts_for]).to_string();
    Sha256::digest(written).iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_the_same_in_any_order_of_its_names() {
        let print = |arguments: &str, channel| {
            let target = Target { plugin: "hat".to_owned(), command: "on".to_owned() };
            fingerprint(&Ask::Call(target, serde_json::from_str(arguments).expect("an object")), channel, None)
        };
        let first = print(r#"{"a": 1, "b": 2}"#, None);
        assert_eq!(first, print(r#"{"b":2,"a":1}"#, None));
        assert_ne!(first, print(r#"{"a": 1, "b": 3}"#, None));
        assert_ne!(first, print(r#"{"a": 1, "b": 2}"#, Some("ops")));
    }

    #[test]
    fn a_wait_is_written_as_people_write_it() {
        assert_eq!(wait_in("a=b&wait=1+minute").as_deref(), Some("1 minute"));
        let wait = |text| wait(text).map_err(|problem| problem.code);
        assert_eq!(
            (wait("60s"), wait("5%20minutes"), wait("0s"), wait("0")),
            (Ok(Duration::from_secs(60)), Err("bad-request".to_owned()), Ok(Duration::ZERO), Ok(Duration::ZERO))
        );
        assert!(wait("6 minutes").is_err() && wait("soon").is_err() && wait("").is_err());
    }
}
