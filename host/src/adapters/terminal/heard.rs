//! What a typed text mentions: `@jane` is a person, `#dev` a channel, and the bot's own name says that it is meant.

use crate::model::{Line, Mention, Whom};
use hatstand_common::transcript::Name;
use std::ops::Range;

/// The line without the bot's mention, and whether there was one.
pub fn read(text: &str, bot: &str) -> (Line, bool) {
    match mentions(text).find(|found| found.is_of(bot)) {
        Some(found) => (line(without(text, found.range)), true),
        None => (line(text.to_owned()), false),
    }
}

/// A marked word of the text.
struct Found<'a> {
    range: Range<usize>,
    mark: char,
    name: &'a str,
}

impl Found<'_> {
    fn is_of(&self, bot: &str) -> bool {
        self.mark == '@' && self.name.eq_ignore_ascii_case(bot)
    }

    fn whom(&self) -> Option<Whom> {
        match self.mark {
            '@' => Some(Whom::Person(self.name.into())),
            // `PR #345` is no channel.
            '#' if self.name.starts_with(char::is_alphabetic) => Some(Whom::Channel(self.name.into())),
            _ => None,
        }
    }
}

/// All words that begin with a mark and are a name after it.
fn mentions(text: &str) -> impl Iterator<Item = Found<'_>> {
    let starts = text.char_indices().filter(|(at, c)| matches!(c, '@' | '#') && starts_word(text, *at));
    starts.filter_map(|(at, mark)| {
        let rest = &text[at + 1..];
        let end = rest.find(|c: char| !(c.is_alphanumeric() || "_-./".contains(c))).unwrap_or(rest.len());
        let name = rest[..end].trim_end_matches(['.', '-', '/']);
        Name::read(name)?;
        Some(Found { range: at..at + 1 + name.len(), mark, name })
    })
}

fn starts_word(text: &str, at: usize) -> bool {
    text[..at].chars().next_back().is_none_or(|before| !before.is_alphanumeric())
}

/// The text without the mention of the bot, and without the `:` or `,` that people put after it.
fn without(text: &str, mention: Range<usize>) -> String {
    let before = text[..mention.start].trim_end();
    let after = text[mention.end..].trim_start_matches([':', ',']).trim_start();
    if before.is_empty() { after.to_owned() } else { format!("{before} {after}") }
}

fn line(text: String) -> Line {
    let mentions = mentions(&text).filter_map(|found| Some(Mention { whom: found.whom()?, range: found.range })).collect();
    Line { text, mentions }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whom(text: &str) -> Vec<(String, bool)> {
        let (line, _) = read(text, "hatstand");
        line.mentions.iter().map(|mention| (line.text[mention.range.clone()].to_owned(), matches!(mention.whom, Whom::Person(_)))).collect()
    }

    #[test]
    fn takes_off_the_mention_that_addresses_the_bot() {
        assert_eq!(read("@hatstand hat on", "hatstand").0.text, "hat on");
        assert_eq!(read("@Hatstand: hat on", "hatstand").0.text, "hat on");
        assert_eq!(read("hey @hatstand, hat on", "hatstand").0.text, "hey hat on");
        assert_eq!(read("@hatstand", "hatstand"), (Line::default(), true));
        assert!(!read("@hatstands hat on", "hatstand").1);
        assert!(!read("mail me@hatstand", "hatstand").1);
    }

    #[test]
    fn finds_people_and_channels() {
        assert_eq!(whom("give it to @jane. In #dev, please"), [("@jane".to_owned(), true), ("#dev".to_owned(), false)]);
        assert_eq!(whom("deploy PR #345 to me@home"), []);
        assert_eq!(whom("@hatstand pass @jane"), [("@jane".to_owned(), true)]);
    }
}
