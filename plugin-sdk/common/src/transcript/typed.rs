//! What a typed text mentions: `@jane` is a person, `#dev` a channel, and the bot's own name says that it is meant.

use super::Name;
use crate::grammar::{Line, Mention, Whom};
use std::ops::Range;

/// A line with its mentions.
pub fn typed(text: &str) -> Line {
    let mentions = marked(text).filter_map(|marked| Some(Mention { whom: marked.whom()?, range: marked.range })).collect();
    Line { text: text.to_owned(), mentions }
}

/// What is said to the bot, without its mention and the `:` or `,` that people put after it; none if it is not mentioned.
pub fn addressed(text: &str, bot: &str) -> Option<Line> {
    let mention = marked(text).find(|marked| marked.mark == "@" && marked.name.eq_ignore_ascii_case(bot))?.range;
    let before = text[..mention.start].trim_end();
    let after = text[mention.end..].trim_start_matches([':', ',']).trim_start();
    Some(typed(format!("{before} {after}").trim_start()))
}

/// A word with a mark before it.
struct Marked<'a> {
    range: Range<usize>,
    mark: &'a str,
    name: &'a str,
}

impl Marked<'_> {
    fn whom(&self) -> Option<Whom> {
        match self.mark {
            "@" => Some(Whom::Person(self.name.into())),
            // `PR #345` is no channel.
            _ => self.name.starts_with(char::is_alphabetic).then(|| Whom::Channel(self.name.into())),
        }
    }
}

fn marked(text: &str) -> impl Iterator<Item = Marked<'_>> {
    text.match_indices(['@', '#']).filter_map(move |(at, mark)| {
        let begins = !text[..at].ends_with(char::is_alphanumeric);
        let rest = &text[at + 1..];
        let end = rest.find(|c: char| !c.is_alphanumeric() && !"_-./".contains(c)).unwrap_or(rest.len());
        let name = rest[..end].trim_end_matches(['.', '-', '/']);
        let is_name = begins && Name::read(name).is_some();
        is_name.then(|| Marked { range: at..at + 1 + name.len(), mark, name })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bots_mention_is_taken_off() {
        let addressed = |text| addressed(text, "hatstand").map(|line| line.text);
        assert_eq!(addressed("@hatstand hat on").as_deref(), Some("hat on"));
        assert_eq!(addressed("@Hatstand: greet @jane").as_deref(), Some("greet @jane"));
        assert_eq!(addressed("hey @hatstand, greet").as_deref(), Some("hey greet"));
        assert_eq!(addressed("@hatstand").as_deref(), Some(""));
        assert_eq!(addressed("@hatstands hat on"), None);
        assert_eq!(addressed("greet me@hatstand"), None);
    }

    #[test]
    fn people_and_channels_are_found() {
        let line = typed("tell @jane. in #dev about PR #345 or me@home");
        let words: Vec<&str> = line.mentions.iter().map(|mention| &line.text[mention.range.clone()]).collect();
        assert_eq!(words, ["@jane", "#dev"]);
    }
}
