//! What is asked for after the question mark, or in a form.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

const KEPT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// Names and values, in order.
#[derive(Clone, Debug, Default)]
pub(crate) struct Query(Vec<(String, String)>);

impl Query {
    /// Reads `application/x-www-form-urlencoded`.
    pub(crate) fn read(text: &str) -> Self {
        let decode = |part: &str| percent_decode_str(&part.replace('+', " ")).decode_utf8_lossy().into_owned();
        let pair =
            |pair: &str| pair.split_once('=').map_or_else(|| (decode(pair), String::new()), |(name, value)| (decode(name), decode(value)));
        Self(text.split('&').filter(|pair| !pair.is_empty()).map(pair).collect())
    }

    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn number(&self, name: &str) -> Option<usize> {
        self.text(name)?.parse().ok()
    }

    pub(crate) fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The same with another value in one place.
    pub(crate) fn with(&self, name: &str, value: usize) -> String {
        let encode = |text: &str| utf8_percent_encode(text, KEPT).to_string();
        let others = self.0.iter().filter(|(known, _)| known != name).map(|(name, value)| format!("{}={}", encode(name), encode(value)));
        others.chain([format!("{name}={value}")]).collect::<Vec<_>>().join("&")
    }
}
