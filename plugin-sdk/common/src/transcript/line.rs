//! What the bot said, as a transcript shows it.

use super::{Audience, Room, text, wildcard};

/// Something the bot did that can be seen: in a script what is expected, from a stage what came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    audience: Audience,
    act: Act,
    text: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// `bot>`: says something new.
    Says,
    /// `bot edits>`: gives an earlier message this new text.
    Edits,
    /// `bot reacts>`: adds an emoji to an earlier message.
    Reacts,
}

impl Line {
    /// The text is what [`render()`](super::render()) gives. However it was typed, it cannot leave its message.
    pub fn new(audience: Audience, act: Act, text: impl IntoIterator<Item = impl AsRef<str>>) -> Line {
        let lines = text.into_iter().flat_map(|text| text::lines(text.as_ref())).collect();
        Line { audience, act, text: text::tidy(lines) }
    }

    pub fn audience(&self) -> &Audience {
        &self.audience
    }

    pub fn act(&self) -> Act {
        self.act
    }

    /// The lines of the message, choices included.
    pub fn text(&self) -> &[String] {
        &self.text
    }

    /// The lines of the transcript that say this where people talk in `room`.
    pub fn shown_in(&self, room: Option<&Room>) -> Vec<String> {
        let speaker = format!("bot{}{}", self.audience.mark(room), self.act.verb());
        paragraph(&speaker, self.text.iter().map(String::as_str))
    }

    /// Is `got` what this line expects?
    pub(super) fn expects(&self, got: &Line) -> bool {
        let same_text = || self.text.iter().zip(&got.text).all(|(expected, got)| wildcard::matches(expected, got));
        self.audience == got.audience && self.act == got.act && self.text.len() == got.text.len() && same_text()
    }
}

impl Act {
    pub(super) fn read(verb: &str) -> Result<Act, String> {
        [Act::Says, Act::Edits, Act::Reacts]
            .into_iter()
            .find(|act| act.verb().trim_start() == verb)
            .ok_or_else(|| format!("the bot can `edit` and `react`, not `{verb}`: `bot edits>`, `bot reacts>`"))
    }

    fn verb(self) -> &'static str {
        match self {
            Act::Says => "",
            Act::Edits => " edits",
            Act::Reacts => " reacts",
        }
    }
}

/// Somebody's message as lines of a transcript. The indentation of all lines but the first is what keeps text from looking like
/// anything but text.
pub(super) fn paragraph<'t>(speaker: &str, text: impl Iterator<Item = &'t str>) -> Vec<String> {
    let mut lines: Vec<String> = text.map(|line| format!("    {line}").trim_end().to_owned()).collect();
    let first = lines.first().map_or("", |line| line.trim_start());
    let head = format!("{speaker}> {first}").trim_end().to_owned();
    match lines.first_mut() {
        Some(line) => *line = head,
        None => lines.push(head),
    }
    lines
}
