//! Reading answers.

use super::Trouble;
use hatstand_plugin::HttpAnswer;
use serde_json::Value;

/// A longer address is not shown, in bytes.
const LONGEST_LINK: usize = 500;

/// So much of what a provider complains about is told, in characters.
const TOLD: usize = 200;

pub fn body(answer: &HttpAnswer) -> Result<Value, Trouble> {
    answer.json().map_err(|_| Trouble::Unreadable)
}

pub fn list(answer: &HttpAnswer) -> Result<Vec<Value>, Trouble> {
    answer.json().map_err(|_| Trouble::Unreadable)
}

/// A text at a place such as `/commit/sha`.
pub fn text<'a>(value: &'a Value, place: &str) -> Option<&'a str> {
    value.pointer(place).and_then(Value::as_str).filter(|text| !text.is_empty())
}

pub fn owned(value: &Value, place: &str) -> Option<String> {
    text(value, place).map(str::to_owned)
}

/// Something that must be there.
pub fn needed(value: &Value, place: &str) -> Result<String, Trouble> {
    owned(value, place).ok_or(Trouble::Unreadable)
}

/// The number of something, written as one or as text.
pub fn id(value: &Value, place: &str) -> Option<String> {
    match value.pointer(place)? {
        Value::Number(number) => Some(number.to_string()),
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        _ => None,
    }
}

pub fn number(value: &Value, place: &str) -> Option<u64> {
    value.pointer(place).and_then(Value::as_u64)
}

/// A link that people may follow: nothing but an address.
pub fn link(value: &Value, place: &str) -> Option<String> {
    let is_address = |link: &String| link.starts_with("https://") || link.starts_with("http://");
    owned(value, place).filter(|link| is_address(link) && link.len() <= LONGEST_LINK)
}

/// The name of a commit, in hexadecimal digits.
pub fn sha(value: &Value, place: &str) -> Option<String> {
    let is_sha = |sha: &String| (7..=64).contains(&sha.len()) && sha.chars().all(|c| c.is_ascii_hexdigit());
    owned(value, place).filter(is_sha)
}

/// What a provider says of why it refused.
pub fn complaint(answer: &HttpAnswer) -> String {
    let body: Value = answer.json().unwrap_or_default();
    let said = ["/message", "/error", "/error_description"].iter().find_map(|place| text(&body, place));
    said.map_or_else(|| format!("status {}", answer.status), |said| said.chars().take(TOLD).collect())
}

/// A part of an address: whatever is not plain is written as `%2F`.
pub fn escaped(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
    text.bytes().fold(String::new(), |mut escaped, byte| {
        if plain(byte) {
            escaped.push(char::from(byte));
        } else {
            escaped.push_str(&format!("%{byte:02X}"));
        }
        escaped
    })
}
