//! Data subjects: how a person is found in what the ledger keeps, and what is done about it.

use crate::model::PluginName;
use hatstand_common::value::PersonId;
use serde_json::Value;
use std::collections::BTreeMap;

/// A person's identity, to be looked for in text, JSON and bytes.
#[derive(Clone, Debug)]
pub struct Subject(PersonId);

impl Subject {
    /// None for an empty identity, which would be everywhere.
    pub fn new(id: &str) -> Option<Self> {
        (!id.trim().is_empty()).then(|| Self(PersonId::from(id)))
    }

    pub fn id(&self) -> &PersonId {
        &self.0
    }

    /// Does the text contain the identity, and not only as a part of a longer word?
    pub fn is_in(&self, text: &str) -> bool {
        let id = self.0.as_str();
        text.match_indices(id).any(|(at, _)| begins_word(&text[..at]) && ends_word(&text[at + id.len()..]))
    }

    /// Does a key or a value contain it?
    pub fn is_in_json(&self, json: &Value) -> bool {
        match json {
            Value::String(text) => self.is_in(text),
            Value::Array(values) => values.iter().any(|value| self.is_in_json(value)),
            Value::Object(object) => object.iter().any(|(key, value)| self.is_in(key) || self.is_in_json(value)),
            Value::Null | Value::Bool(_) | Value::Number(_) => false,
        }
    }

    /// Do bytes contain it, of which nobody knows what they are?
    pub fn is_in_bytes(&self, bytes: &[u8]) -> bool {
        match serde_json::from_slice::<Value>(bytes) {
            Ok(json) => self.is_in_json(&json),
            Err(_) => self.is_in(&String::from_utf8_lossy(bytes)),
        }
    }
}

fn begins_word(before: &str) -> bool {
    // In JSON within a text, a line break before a word looks like a letter.
    let is_escape = ["\\n", "\\r", "\\t"].iter().any(|escape| before.ends_with(escape));
    is_escape || !before.ends_with(is_of_word)
}

fn ends_word(after: &str) -> bool {
    !after.starts_with(is_of_word)
}

fn is_of_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// What was removed of a person, and what is left.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Forgotten {
    /// Rows of the audit that are redacted now.
    pub audit: usize,
    /// Events whose content is gone; that they were there is kept, so that a repeat is still known.
    pub events: usize,
    /// Messages of the bot whose content is gone.
    pub messages: usize,
    /// Recorded invocations that are gone: those in which the person occurs, and older ones of the same plugins.
    pub recordings: usize,
    /// Outcomes of commands for programs.
    pub outcomes: usize,
    /// Roles that are taken away.
    pub roles: usize,
    /// Decisions about settings, roles and plugins that name the person no longer.
    pub decisions: usize,
    /// What is not done yet and stays until it is, by kind.
    pub pending: BTreeMap<&'static str, usize>,
    /// Entries of plugins' state that still contain the identity.
    pub state: BTreeMap<PluginName, usize>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_is_found_as_a_word() {
        let subject = Subject::new("U1").unwrap();
        for text in ["U1", "<@U1>", "from U1.", "hold/U1/3", "x-U1", r#"{"text":"a\nU1"}"#, "äU1"] {
            assert_eq!(subject.is_in(text), text != "äU1", "{text}");
        }
        assert!(!subject.is_in("U12") && !subject.is_in("XU1") && !subject.is_in("U1_") && !subject.is_in("u1"));
        assert!(subject.is_in("U12 and U1"));
        assert!(Subject::new(" ").is_none());
    }

    #[test]
    fn a_person_is_found_in_whatever_a_plugin_keeps() {
        let subject = Subject::new("ann").unwrap();
        for bytes in [r#"{"holder":"ann"}"#.as_bytes(), br#"{"ann":[]}"#, br#"["a\nann"]"#, b"\xff ann \xff"] {
            assert!(subject.is_in_bytes(bytes), "{bytes:?}");
        }
        assert!(!subject.is_in_bytes(br#"{"holder":"anna","n":1}"#));
    }
}
