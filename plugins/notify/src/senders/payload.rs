//! Finding fields in what somebody sent. A field is named by its path, such as `build.scm.branch`.

use super::{Reading, Unread};
use crate::moment;
use hatstand_plugin::prelude::*;
use serde_json::Value;

/// What somebody sent, or a part of it.
#[derive(Clone, Copy, Debug)]
pub struct Payload<'a>(&'a Value);

impl<'a> Payload<'a> {
    pub fn new(value: &'a Value) -> Self {
        Self(value)
    }

    fn value(self, path: &str) -> Option<&'a Value> {
        path.split('.').try_fold(self.0, |value, name| value.get(name)).filter(|value| !value.is_null())
    }

    /// A text that is not empty, or a number as one.
    pub fn text(self, path: &str) -> Option<String> {
        match self.value(path)? {
            Value::String(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        }
    }

    /// A text without which nothing can be said.
    pub fn need(self, path: &str) -> Reading<String> {
        self.text(path).ok_or_else(|| missing(path))
    }

    /// The first of these texts that is there.
    pub fn first(self, paths: &[&str]) -> Option<String> {
        paths.iter().find_map(|path| self.text(path))
    }

    /// A number, also as a text.
    pub fn number(self, path: &str) -> Option<u64> {
        self.text(path)?.parse().ok()
    }

    pub fn need_number(self, path: &str) -> Reading<u64> {
        self.number(path).ok_or_else(|| missing(path))
    }

    /// A length of time in seconds, which may have a fraction.
    pub fn seconds(self, path: &str) -> Option<Duration> {
        Duration::try_from_secs_f64(self.value(path)?.as_f64()?).ok()
    }

    pub fn is(self, path: &str) -> bool {
        self.value(path).and_then(Value::as_bool).unwrap_or_default()
    }

    pub fn time(self, path: &str) -> Option<Instant> {
        moment::read(self.value(path)?.as_str()?)
    }

    /// The last of these moments: that up to which the sender knows how things stand.
    pub fn last_time(self, paths: &[&str]) -> Option<Instant> {
        paths.iter().filter_map(|path| self.time(path)).max()
    }

    /// The entries of a list; none if it is not there.
    pub fn list(self, path: &str) -> Vec<Self> {
        let entries = self.value(path).and_then(Value::as_array);
        entries.into_iter().flatten().map(Payload).collect()
    }

    pub fn need_list(self, path: &str) -> Reading<Vec<Self>> {
        let is_there = self.value(path).is_some_and(Value::is_array);
        if is_there { Ok(self.list(path)) } else { Err(missing(path)) }
    }

    /// The texts in a list.
    pub fn texts(self, path: &str) -> Vec<String> {
        self.list(path).iter().filter_map(|entry| entry.0.as_str().map(str::to_owned)).collect()
    }

    /// Names and texts of an object, in the order of the names.
    pub fn pairs(self, path: &str) -> Vec<(String, String)> {
        let pairs = self.value(path).and_then(Value::as_object);
        pairs.into_iter().flatten().filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned()))).collect()
    }
}

fn missing(path: &str) -> Unread {
    Unread::Unreadable(format!("`{path}` is missing, or is not what it should be"))
}
