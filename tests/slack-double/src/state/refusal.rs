//! What Slack refuses, by Slack's name for it.

use std::{borrow::Cow, fmt};

use serde_json::{Map, Value, json};

/// A refusal: the `error` of an answer, and what else the answer says.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Refusal {
    pub(crate) error: Cow<'static, str>,
    pub(crate) details: Map<String, Value>,
}

pub(crate) type Refused<T> = Result<T, Refusal>;

/// A refusal by this name.
pub(crate) fn refuse<T>(error: &'static str) -> Refused<T> {
    Err(Refusal::named(error))
}

impl Refusal {
    pub(crate) fn named(error: impl Into<Cow<'static, str>>) -> Self {
        Self { error: error.into(), details: Map::new() }
    }

    /// With what Slack puts into `response_metadata.messages`.
    pub(crate) fn saying(error: &'static str, messages: impl Into<Vec<String>>) -> Self {
        Self::named(error).with("response_metadata", json!({ "messages": messages.into() }))
    }

    pub(crate) fn with(mut self, key: &str, value: Value) -> Self {
        self.details.insert(key.into(), value);
        self
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.error)?;
        match self.details.is_empty() {
            true => Ok(()),
            false => write!(f, " {}", Value::Object(self.details.clone())),
        }
    }
}
