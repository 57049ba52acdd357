//! What an argument is compared as: however it was written, the same thing is the same text.

use super::rule::Fit;
use globset::{GlobBuilder, GlobMatcher};
use hatstand_common::grammar::is_invisible;
use hatstand_common::period;
use hatstand_common::value::Value;
use jiff::Timestamp;
use serde::Deserialize;
use unicode_normalization::UnicodeNormalization;

/// Between several things in one text.
const SEPARATORS: [char; 4] = [',', '+', ';', '\n'];

/// Whether a plugin takes them for part of a name or not, a rule doesn't see them: `"prod-1", x` names `prod-1`.
const QUOTES: [char; 12] = ['"', '\'', '`', '“', '”', '„', '‟', '«', '»', '‘', '’', '‚'];

/// What an argument must be like: `prod-*`, `{web,api}`.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "String")]
pub struct Pattern(GlobMatcher);

impl Pattern {
    /// Is this one name, as a plugin spells it, like the pattern?
    pub fn is_like(&self, name: &str) -> bool {
        self.0.is_match(fold(name))
    }

    /// A text may name several things, as `prod-1, sandbox` and `prod-1 + sandbox` do: what holds for some of them does not hold for it.
    pub fn fits(&self, value: &Value) -> Fit {
        let text = text_of(value);
        let whole = self.0.is_match(fold(&text));
        let things: Vec<&str> = match value {
            Value::Text(_) => text.split(SEPARATORS).filter(|thing| !fold(thing).is_empty()).collect(),
            _ => vec![&text],
        };
        let fitting = things.iter().filter(|thing| self.0.is_match(fold(thing))).count();
        match fitting {
            0 if !whole => Fit::No,
            _ if fitting == things.len() => Fit::Wholly,
            _ => Fit::Partly,
        }
    }
}

impl TryFrom<String> for Pattern {
    type Error = String;

    fn try_from(glob: String) -> Result<Self, String> {
        let built = GlobBuilder::new(&fold(&glob)).backslash_escape(true).build();
        built.map(|glob| Self(glob.compile_matcher())).map_err(|why| format!("`{glob}` is no pattern: {}", why.kind()))
    }
}

/// Without what nobody means a difference by: case, blanks, quotes, and forms of one letter.
pub fn fold(text: &str) -> String {
    // Letter by letter: the lower case of a whole word depends on where in it a letter stands.
    let folded: String = text.nfkc().flat_map(char::to_lowercase).collect();
    let visible: String = folded.chars().filter(|c| !is_invisible(*c) && !QUOTES.contains(c)).collect();
    visible.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

fn text_of(value: &Value) -> String {
    match value {
        Value::Text(text) | Value::Choice(text) => text.clone(),
        Value::Integer(number) => number.to_string(),
        Value::Boolean(true) => "yes".to_owned(),
        Value::Boolean(false) => "no".to_owned(),
        Value::Person(id) => id.0.clone(),
        Value::Channel(id) => id.0.clone(),
        Value::Duration(length) => period::spell(*length),
        Value::Instant(at) => {
            let at = i64::try_from(at.millis()).ok().and_then(|millis| Timestamp::from_millisecond(millis).ok());
            at.map(|at| at.to_string()).unwrap_or_default()
        }
    }
}
