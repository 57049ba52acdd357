//! A line that a person typed, and the circumstances under which it is read.

use crate::value::{ChannelId, Instant, PersonId};
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// What a person typed, with the mentions found in it; a mention of the bot that addresses it is taken off.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    pub text: String,
    /// In order, not overlapping, on character boundaries.
    pub mentions: Vec<Mention>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mention {
    /// Bytes of the text.
    pub range: Range<usize>,
    pub whom: Whom,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Whom {
    Person(PersonId),
    Channel(ChannelId),
}

/// When and where a line is read: moments are meant in the asker's time zone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Circumstances {
    pub now: Instant,
    /// An IANA name; an unknown one counts as UTC.
    pub zone: String,
}

impl From<&str> for Line {
    /// A line that mentions nobody.
    fn from(text: &str) -> Self {
        Line { text: text.to_owned(), mentions: Vec::new() }
    }
}

impl Line {
    /// The same, with other words for those mentions for which there are some.
    pub fn with_names(&self, name: impl Fn(&Whom) -> Option<String>) -> Line {
        let mut line = Line::default();
        let mut end = 0;
        for mention in self.sound_mentions() {
            line.text += &self.text[end..mention.range.start];
            let start = line.text.len();
            match name(&mention.whom) {
                Some(name) => line.text += &name,
                None => line.text += &self.text[mention.range.clone()],
            }
            line.mentions.push(Mention { range: start..line.text.len(), whom: mention.whom.clone() });
            end = mention.range.end;
        }
        line.text += &self.text[end..];
        line
    }

    /// The mentions that keep what the field promises: a line may come from anywhere.
    pub(super) fn sound_mentions(&self) -> impl Iterator<Item = &Mention> {
        let mut end = 0;
        self.mentions.iter().filter(move |Mention { range, .. }| {
            let sound = range.start >= end && !range.is_empty() && self.text.get(range.clone()).is_some();
            if sound {
                end = range.end;
            }
            sound
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mentions_get_their_names() {
        let person = |range, id: &str| Mention { range, whom: Whom::Person(id.into()) };
        let line = Line { text: "ask @U1 or @U2.".to_owned(), mentions: vec![person(4..7, "U1"), person(11..14, "U2")] };
        let named = line.with_names(|whom| (*whom == Whom::Person("U1".into())).then(|| "@jane".to_owned()));
        assert_eq!(named.text, "ask @jane or @U2.");
        let words: Vec<&str> = named.mentions.iter().map(|mention| &named.text[mention.range.clone()]).collect();
        assert_eq!(words, ["@jane", "@U2"]);
    }
}
