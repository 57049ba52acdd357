//! What a person puts into an element of Block Kit.

use serde::{Deserialize, Serialize};

/// What a person puts into an element, by the kind of element.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Input {
    /// A press on a button.
    #[default]
    Press,
    /// Text, a number, an address or a URL.
    Text(String),
    /// One option of a menu, a radio group or an overflow menu, by its value.
    Option(String),
    /// Several options, by their values.
    Options(Vec<String>),
    /// A date, `2026-11-24`.
    Date(String),
    /// A time of day, `14:30`.
    Time(String),
    /// A moment, in seconds since 1970.
    Moment(i64),
    /// A person, a conversation or a channel, by its id: for the menus that list them.
    Entity(String),
    /// Several people, conversations or channels.
    Entities(Vec<String>),
    /// Nothing: the element is cleared.
    Nothing,
}
