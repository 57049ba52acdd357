//! What a body is wrapped in: JSON as it is, JSON in a field of a form, or a form with a field for each fact.

use super::{Reading, Unread};
use hatstand_plugin::prelude::*;
use serde_json::{Map, Value};

/// The field in which GitHub sends JSON when it is told to send forms: "Content type" on
/// <https://docs.github.com/en/webhooks/using-webhooks/creating-webhooks>.
const WRAPPED: &str = "payload";

/// The body as JSON.
pub fn body(webhook: &Webhook) -> Reading<Value> {
    let kind = webhook.header("Content-Type").unwrap_or_default().to_lowercase();
    if !kind.starts_with("application/x-www-form-urlencoded") {
        return json(&webhook.body);
    }
    let form = form(&webhook.body);
    match form.get(WRAPPED).and_then(Value::as_str) {
        Some(wrapped) => json(wrapped.as_bytes()),
        None => Ok(Value::Object(form)),
    }
}

fn json(body: &[u8]) -> Reading<Value> {
    serde_json::from_slice(body).map_err(|why| Unread::Unreadable(format!("the body is no JSON: {why}")))
}

fn form(body: &[u8]) -> Map<String, Value> {
    let fields = body.split(|byte| *byte == b'&').filter(|field| !field.is_empty());
    let pair = |field: &[u8]| {
        let end = field.iter().position(|byte| *byte == b'=').unwrap_or(field.len());
        (decoded(&field[..end]), Value::String(decoded(field.get(end + 1..).unwrap_or_default())))
    };
    fields.map(pair).collect()
}

/// A part of an address without `%20` and the like.
pub fn unescaped(part: &str) -> String {
    decoded(part.replace('+', "%2B").as_bytes())
}

/// A part of a form without `+` and `%20` for blanks, and the like.
fn decoded(text: &[u8]) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let [first, after @ ..] = rest {
        rest = after;
        let escaped = (*first == b'%').then(|| after.get(..2).and_then(hex)).flatten();
        match (escaped, first) {
            (Some(byte), _) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            (None, b'+') => bytes.push(b' '),
            (None, byte) => bytes.push(*byte),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn hex(digits: &[u8]) -> Option<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    u8::try_from(digit(digits[0])? * 16 + digit(digits[1])?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(kind: &str, body: &str) -> Reading<Value> {
        let headers = vec![("content-type".to_owned(), kind.to_owned())];
        super::body(&Webhook { name: "test".to_owned(), headers, body: body.into() })
    }

    #[test]
    fn json_comes_as_it_is_or_in_a_form() {
        let expected = serde_json::json!({ "a": "b c" });
        assert_eq!(sent("application/json; charset=utf-8", r#"{"a": "b c"}"#), Ok(expected.clone()));
        assert_eq!(sent("", r#"{"a": "b c"}"#), Ok(expected.clone()));
        assert_eq!(sent("application/x-www-form-urlencoded", "payload=%7B%22a%22%3A+%22b%20c%22%7D"), Ok(expected.clone()));
        assert_eq!(sent("application/x-www-form-urlencoded", "a=b+c&"), Ok(expected));
    }

    #[test]
    fn whatever_is_no_form_does_no_harm() {
        assert_eq!(sent("application/x-www-form-urlencoded", "a=%&b=%4&c=%zz&d&=e&f=%ff"), {
            Ok(serde_json::json!({ "a": "%", "b": "%4", "c": "%zz", "d": "", "": "e", "f": "\u{fffd}" }))
        });
        assert!(matches!(sent("application/json", "a=b"), Err(Unread::Unreadable(_))));
        assert!(matches!(sent("application/x-www-form-urlencoded", "payload=no"), Err(Unread::Unreadable(_))));
    }
}
