//! What somebody wants the resource for.

use serde::{Deserialize, Serialize};
use std::time::Duration;

/// For how long and why somebody wants the resource.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default)]
pub struct Wish {
    pub duration: Option<Duration>,
    pub reason: Option<String>,
    /// Anything to show beside it, such as the address of a pipeline.
    pub note: Option<String>,
    /// To wait again when the turn is over, and so on.
    pub repeat: bool,
    pub origin: Origin,
}

/// By which way a wish came in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Origin {
    #[default]
    Chat,
    Button,
    Api,
    Plugin,
}

impl Wish {
    /// This wish where it says something, the earlier one where it does not. A wish stays of the origin it had first:
    /// who queued through the API and accepted with a button still holds for the pipeline.
    #[must_use]
    pub fn or(self, earlier: &Self) -> Self {
        Self {
            duration: self.duration.or(earlier.duration),
            reason: self.reason.or_else(|| earlier.reason.clone()),
            note: self.note.or_else(|| earlier.note.clone()),
            repeat: self.repeat || earlier.repeat,
            origin: earlier.origin,
        }
    }

    /// How many bytes that takes in JSON which somebody typed.
    pub fn weight(&self) -> usize {
        let typed = [&self.reason, &self.note].into_iter().flatten();
        typed.flat_map(|text| text.chars()).map(escaped).sum()
    }
}

fn escaped(c: char) -> usize {
    match c {
        '"' | '\\' => 2,
        c if c.is_ascii_control() => 6,
        c => c.len_utf8(),
    }
}
