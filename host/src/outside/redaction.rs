//! Redaction: stars in the place of secrets that a destination sends back, also in the forms into which a service turns its input.
//!
//! Recognised are the text in any case; each of its characters percent-encoded, as an entity of HTML, or escaped as in JSON; the text
//! backwards; hexadecimal digits; and Base64 of it or of a text around it, in both alphabets. Not recognised are pieces of a secret, other
//! encodings and whatever encrypts or compresses: a destination that helps a plugin to a secret cannot be stopped here, only one that
//! echoes. Derived forms of fewer than [`SHORTEST`] characters are left alone, because they are in any text.

use base64::Engine;
use base64::prelude::BASE64_STANDARD_NO_PAD;
use regex::bytes::{NoExpand, Regex, RegexBuilder};
use std::fmt;

/// The shortest derived form that is looked for.
const SHORTEST: usize = 6;

/// The pattern of a long secret is large, and made once.
const PATTERN_BYTES: usize = 64 * 1024 * 1024;

/// Finds the secrets of one credential.
#[derive(Clone)]
pub(super) struct Redactor(Option<Regex>);

/// Its pattern is made of secrets.
impl fmt::Debug for Redactor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Redactor")
    }
}

impl Redactor {
    /// Of several that overlap the first is found. Fails for a secret that is too long.
    pub(super) fn new<'s>(secrets: impl Iterator<Item = &'s str>) -> Result<Self, ()> {
        let secrets: Vec<&str> = secrets.filter(|secret| !secret.is_empty()).collect();
        let forms: Vec<String> =
            secrets.iter().map(|secret| spelled(secret.bytes())).chain(secrets.iter().flat_map(|secret| derived(secret))).collect();
        if forms.is_empty() {
            return Ok(Self(None));
        }
        let pattern = RegexBuilder::new(&forms.join("|")).unicode(false).case_insensitive(true).size_limit(PATTERN_BYTES).build();
        pattern.map(|pattern| Self(Some(pattern))).map_err(drop)
    }

    pub(super) fn redacted(&self, text: Vec<u8>) -> Vec<u8> {
        match &self.0 {
            Some(secrets) => secrets.replace_all(&text, NoExpand(b"***")).into_owned(),
            None => text,
        }
    }
}

/// The text, with each of its characters as it is or escaped.
fn spelled(text: impl Iterator<Item = u8>) -> String {
    let spelled = |byte: u8| {
        let plain = regex::escape(&char::from(byte).to_string());
        format!(r"(?:\\?{plain}|%{byte:02x}|\\u00{byte:02x}|&#x0*{byte:x};|&#0*{byte};{})", entity(byte))
    };
    text.map(spelled).collect()
}

fn entity(byte: u8) -> &'static str {
    match byte {
        b'&' => "|&amp;",
        b'<' => "|&lt;",
        b'>' => "|&gt;",
        b'"' => "|&quot;",
        b'\'' => "|&apos;",
        _ => "",
    }
}

fn derived(secret: &str) -> Vec<String> {
    let backwards = (secret.len() >= SHORTEST).then(|| spelled(secret.bytes().rev()));
    let hex: String = secret.bytes().map(|byte| format!("{byte:02x}")).collect();
    let base64 = (0..3).map(|before| within_base64(secret, before));
    let long = std::iter::once(hex).chain(base64).filter(|form| form.len() >= SHORTEST);
    backwards.into_iter().chain(long.map(|form| alphabets(&form))).collect()
}

/// The characters that the secret alone decides if so many bytes come before it.
fn within_base64(secret: &str, before: usize) -> String {
    let text = [&[0; 2][..before], secret.as_bytes()].concat();
    let whole = text.len() * 8 / 6;
    BASE64_STANDARD_NO_PAD.encode(&text)[(before * 8).div_ceil(6).min(whole)..whole].to_owned()
}

fn alphabets(base64: &str) -> String {
    base64.replace('+', r"(?:\+|-|%2b)").replace('/', r"(?:\\?/|_|%2f)")
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};

    const SECRET: &str = "s3cr/t+&\"key?>~1";

    fn redacted(text: &str) -> String {
        let redactor = Redactor::new([SECRET].into_iter()).expect("it is short");
        String::from_utf8(redactor.redacted(text.as_bytes().to_vec())).expect("it was text")
    }

    fn each(form: impl Fn(u8) -> String) -> String {
        SECRET.bytes().map(form).collect()
    }

    #[test]
    fn a_secret_is_recognised_in_the_forms_that_services_make_of_their_input() {
        let escaped = serde_json::to_string(SECRET).expect("it is text");
        let forms = [
            SECRET.to_owned(),
            SECRET.to_uppercase(),
            SECRET.chars().rev().collect(),
            escaped.trim_matches('"').to_owned(),
            escaped.trim_matches('"').replace('/', "\\/"),
            each(|byte| format!("\\u{byte:04X}")),
            each(|byte| format!("%{byte:02X}")),
            percent_encoding::utf8_percent_encode(SECRET, percent_encoding::NON_ALPHANUMERIC).to_string(),
            each(|byte| format!("&#{byte};")),
            SECRET.replace('&', "&amp;").replace('"', "&quot;").replace('>', "&gt;"),
            each(|byte| format!("{byte:02x}")),
        ];
        for form in forms {
            assert_eq!(redacted(&format!("you sent {form}.")), "you sent ***.", "{form}");
        }
    }

    #[test]
    fn a_secret_is_recognised_in_base64_wherever_it_begins() {
        for before in ["", "a", "ab", "ci:", "user:"] {
            for after in ["", "!", "!!"] {
                let text = format!("{before}{SECRET}{after}");
                for form in [BASE64_STANDARD.encode(&text), BASE64_URL_SAFE_NO_PAD.encode(&text)] {
                    let left = redacted(&form);
                    assert!(left.contains("***") && left.len() <= 3 + 8 + 8, "{form}: {left}");
                }
            }
        }
    }

    #[test]
    fn nothing_else_is_changed() {
        let text = "s3cr t+ key, czNj, and nothing of it";
        assert_eq!(redacted(text), text);
        let nothing = Redactor::new([""].into_iter()).expect("it is short");
        assert_eq!(nothing.redacted(b"text".to_vec()), b"text");
        assert_eq!(format!("{nothing:?}"), "Redactor");
    }

    #[test]
    fn a_long_secret_can_be_recognised_too() {
        let secret = "0123456789abcdef".repeat(256);
        let redactor = Redactor::new([secret.as_str()].into_iter()).expect("there is room");
        assert_eq!(redactor.redacted(format!("it is {secret}.").into_bytes()), b"it is ***.");
    }
}
