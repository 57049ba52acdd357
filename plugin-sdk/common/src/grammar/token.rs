//! The words of a line.
//!
//! Chat text is not shell text. Quotes count only at a word's start and only if they are closed; there are no comments and no escapes.
//! No line fails, and nothing visible is lost but paired quotes.

use super::line::{Line, Mention, Whom};
use crate::visible::{is_invisible, visible};
use std::iter::Peekable;
use std::ops::Range;

/// A word, a quoted text or a mention.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Token {
    /// Bytes of the line, quotes included.
    pub range: Range<usize>,
    /// What it says: without quotes and invisible marks, a dash before a word as `--`, case kept.
    pub text: String,
    /// The text for comparing.
    pub folded: String,
    pub shape: Shape,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    Bare,
    /// Never a word of a usage.
    Quoted,
    Mention(Whom),
}

impl Token {
    fn new(range: Range<usize>, text: String, shape: Shape) -> Self {
        let folded = text.chars().filter(|c| !is_invisible(*c)).flat_map(char::to_lowercase).collect();
        Token { range, text, folded, shape }
    }

    pub(super) fn is_bare(&self) -> bool {
        self.shape == Shape::Bare
    }

    /// What stands before the first of these marks, the mark, and what stands behind it; all of it where there is none.
    pub(super) fn parted(&self, line: &str, marks: &str) -> Vec<Token> {
        let raw = &line[self.range.clone()];
        let Some(mark) = raw.find(|c| marks.contains(c)).filter(|_| self.is_bare()) else {
            return vec![self.clone()];
        };
        let parts = [0..mark, mark..mark + 1, mark + 1..raw.len()].into_iter().filter(|part| !part.is_empty());
        let token = |part: Range<usize>| {
            let range = self.range.start + part.start..self.range.start + part.end;
            Token::new(range, with_plain_dashes(clean(&raw[part])), Shape::Bare)
        };
        parts.map(token).collect()
    }
}

/// The words of a line, in order.
pub(super) fn tokens(line: &Line) -> Vec<Token> {
    Scanner { text: &line.text, at: 0, mentions: line.sound_mentions().peekable(), unclosed: Vec::new() }.collect()
}

struct Scanner<'a, M: Iterator<Item = &'a Mention>> {
    text: &'a str,
    at: usize,
    mentions: Peekable<M>,
    /// Quotes known not to be closed in the rest of the line: each kind is looked for in vain once, so that scanning stays linear.
    unclosed: Vec<Quote>,
}

impl<'a, M: Iterator<Item = &'a Mention>> Iterator for Scanner<'a, M> {
    type Item = Token;

    fn next(&mut self) -> Option<Token> {
        self.skip_blanks();
        let first = self.text[self.at..].chars().next()?;
        let token = self.mention().or_else(|| self.quoted(first)).unwrap_or_else(|| self.word());
        self.at = self.at.max(token.range.end);
        Some(token)
    }
}

impl<'a, M: Iterator<Item = &'a Mention>> Scanner<'a, M> {
    /// Where the word that begins here must end: at the next mention, or with the line.
    fn limit(&mut self) -> usize {
        while self.mentions.next_if(|mention| mention.range.start < self.at).is_some() {}
        self.mentions.peek().map_or(self.text.len(), |mention| mention.range.start)
    }

    fn ahead(&mut self) -> &'a str {
        let limit = self.limit();
        &self.text[self.at..limit]
    }

    fn skip_blanks(&mut self) {
        let ahead = self.ahead();
        self.at += ahead.len() - ahead.trim_start_matches(is_nothing).len();
    }

    fn mention(&mut self) -> Option<Token> {
        let at = self.at;
        let Mention { range, whom } = self.mentions.next_if(|mention| mention.range.start == at)?;
        self.at = range.end;
        let end = range.end + self.punctuation();
        Some(Token::new(range.start..end, clean(&self.text[range.clone()]), Shape::Mention(whom.clone())))
    }

    /// The length of what ends a sentence here: in `pass it to @jane!` the mark belongs to the mention.
    fn punctuation(&mut self) -> usize {
        let ahead = self.ahead();
        let end = ahead.find(is_blank).unwrap_or(ahead.len());
        let marks = ahead[..end].chars().all(|c| ".,;:!?".contains(c));
        if marks { end } else { 0 }
    }

    fn quoted(&mut self, first: char) -> Option<Token> {
        let quote = Quote::of(first).filter(|quote| !self.unclosed.contains(quote))?;
        let start = self.at + first.len_utf8();
        let Some((inner, end)) = quote.close(&self.text[start..]) else {
            self.unclosed.push(quote);
            return None;
        };
        let text = clean(&self.text[start..start + inner]);
        Some(Token::new(self.at..start + end, text.trim().to_owned(), Shape::Quoted))
    }

    fn word(&mut self) -> Token {
        let ahead = self.ahead();
        let end = ahead.find(is_blank).unwrap_or(ahead.len());
        let raw = ahead[..end].trim_end_matches(is_invisible);
        Token::new(self.at..self.at + raw.len(), with_plain_dashes(clean(raw)), Shape::Bare)
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Quote {
    Single,
    Double,
}

impl Quote {
    fn of(c: char) -> Option<Quote> {
        match c {
            '"' | '“' | '”' | '„' | '‟' | '«' | '»' => Some(Quote::Double),
            '\'' | '‘' | '’' | '‚' | '‛' | '‹' | '›' => Some(Quote::Single),
            _ => None,
        }
    }

    /// Where the quoted text ends, and where the quote that closes it does.
    fn close(self, text: &str) -> Option<(usize, usize)> {
        let closing = |(at, c): &(usize, char)| Quote::of(*c) == Some(self) && self.may_close(&text[at + c.len_utf8()..]);
        text.char_indices().find(closing).map(|(at, c)| (at, at + c.len_utf8()))
    }

    /// A single quote inside a word is an apostrophe.
    fn may_close(self, following: &str) -> bool {
        self == Quote::Double || !following.starts_with(char::is_alphanumeric)
    }
}

/// Phones make `—` of `--`.
fn with_plain_dashes(word: String) -> String {
    match word.strip_prefix(['–', '—', '―']) {
        Some(rest) if rest.starts_with(char::is_alphanumeric) => format!("--{rest}"),
        _ => word,
    }
}

/// Without what nobody sees.
fn clean(text: &str) -> String {
    visible(text).chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// Does this part words?
pub(super) fn is_blank(c: char) -> bool {
    c.is_whitespace() || c.is_control()
}

fn is_nothing(c: char) -> bool {
    is_blank(c) || is_invisible(c)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn texts(text: &str) -> Vec<String> {
        tokens(&Line::from(text)).into_iter().map(|token| token.text).collect()
    }

    fn shapes(text: &str) -> Vec<Shape> {
        tokens(&Line::from(text)).into_iter().map(|token| token.shape).collect()
    }

    fn mentioning(text: &str, names: &[&str]) -> Line {
        let mentions = names.iter().map(|name| {
            let start = text.find(name).unwrap();
            Mention { range: start..start + name.len(), whom: Whom::Person((*name).into()) }
        });
        Line { text: text.to_owned(), mentions: mentions.collect() }
    }

    #[test]
    fn chat_text_is_not_shell_text() {
        for (text, words) in [
            ("deploy PR #345", &["deploy", "PR", "#345"][..]),
            ("lock #ops", &["lock", "#ops"]),
            ("lock staging - don't touch", &["lock", "staging", "-", "don't", "touch"]),
            (r"open C:\temp\new", &["open", r"C:\temp\new"]),
            ("  two\t words\n", &["two", "words"]),
            ("", &[]),
            (" \u{0}\u{200f} ", &[]),
        ] {
            assert_eq!(texts(text), words, "{text}");
        }
    }

    #[test]
    fn quotes_count_at_a_words_start_and_closed() {
        for (text, words) in [
            (r#"on "table for two" now"#, &["on", "table for two", "now"][..]),
            ("on “table for two” now", &["on", "table for two", "now"]),
            ("on „table for two“ now", &["on", "table for two", "now"]),
            ("on «table for two» now", &["on", "table for two", "now"]),
            ("on 'table for two' now", &["on", "table for two", "now"]),
            ("on ‘don’t touch’ now", &["on", "don’t touch", "now"]),
            (r#"on "table for two"#, &["on", "\"table", "for", "two"]),
            (r#"5" by 7" tall"#, &["5\"", "by", "7\"", "tall"]),
            ("'tis the season, don't", &["'tis", "the", "season,", "don't"]),
            (r#""""#, &[""]),
            (r#""a"b "c", d"#, &["a", "b", "c", ",", "d"]),
        ] {
            assert_eq!(texts(text), words, "{text}");
        }
        assert_eq!(shapes(r#"on "on" "on"#), [Shape::Bare, Shape::Quoted, Shape::Bare]);
    }

    #[test]
    fn a_long_dash_before_a_word_is_two_short_ones() {
        assert_eq!(texts("web —noop –noop --noop"), ["web", "--noop", "--noop", "--noop"]);
        assert_eq!(texts("a — b – c —"), ["a", "—", "b", "–", "c", "—"]);
    }

    #[test]
    fn invisible_marks_do_not_matter() {
        let folded = |text: &str| tokens(&Line::from(text)).into_iter().map(|token| token.folded).collect::<Vec<_>>();
        assert_eq!(folded("\u{200f}h\u{200b}a\u{200d}t\u{feff}\u{0}ON\u{7}"), ["hat", "on"]);
        assert_eq!(texts("tip 👩\u{200d}💻"), ["tip", "👩\u{200d}💻"]);
        assert_eq!(texts("\u{202e}\"a b\"\u{202c}"), ["a b"]);
    }

    #[test]
    fn a_mention_is_one_token() {
        let line = mentioning("pass @jane doe, please", &["@jane doe"]);
        let tokens = tokens(&line);
        assert_eq!(tokens.iter().map(|token| &line.text[token.range.clone()]).collect::<Vec<_>>(), ["pass", "@jane doe,", "please"]);
        assert_eq!(tokens[1].shape, Shape::Mention(Whom::Person("@jane doe".into())));
        assert_eq!(tokens[1].text, "@jane doe");
    }

    #[test]
    fn a_mention_parts_the_words_beside_it() {
        let line = mentioning("ask@jane's", &["@jane"]);
        assert_eq!(tokens(&line).into_iter().map(|token| token.text).collect::<Vec<_>>(), ["ask", "@jane", "'s"]);
    }

    #[test]
    fn mentions_that_cannot_be_are_passed_over() {
        let whom = Whom::Person("u".into());
        let backwards = Range { start: 5, end: 3 };
        let ranges = [backwards, 1..2, 0..0, 0..99, 3..5, 4..6, usize::MAX..usize::MAX];
        let mentions = ranges.into_iter().map(|range| Mention { range, whom: whom.clone() }).collect();
        let line = Line { text: "é @x y".to_owned(), mentions };
        let found: Vec<Range<usize>> = tokens(&line).into_iter().filter(|token| !token.is_bare()).map(|token| token.range).collect();
        assert_eq!(found, vec![3..5]);
    }

    fn junk() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            Just("\"".to_owned()),
            Just("'".to_owned()),
            Just("„“".to_owned()),
            Just("—".to_owned()),
            Just("\u{202e}\u{200d}".to_owned()),
            Just(" ".to_owned()),
            Just("@jane".to_owned()),
            ".{0,6}",
            any::<char>().prop_map(String::from),
        ];
        proptest::collection::vec(piece, 0..30).prop_map(|pieces| pieces.concat())
    }

    fn lines() -> impl Strategy<Value = Line> {
        let range = (0_usize..60, 0_usize..60).prop_map(|(start, length)| start..start + length);
        (junk(), proptest::collection::vec(range, 0..5)).prop_map(|(text, ranges)| {
            let mentions = ranges.into_iter().map(|range| Mention { range, whom: Whom::Person("u".into()) }).collect();
            Line { text, mentions }
        })
    }

    fn seen(text: &str) -> String {
        text.chars().filter(|c| !is_nothing(*c)).collect()
    }

    proptest! {
        #[test]
        fn ranges_increase_on_character_boundaries(line in lines()) {
            let mut end = 0;
            for token in tokens(&line) {
                prop_assert!(token.range.start >= end && !token.range.is_empty());
                prop_assert!(line.text.get(token.range.clone()).is_some());
                end = token.range.end;
            }
        }

        #[test]
        fn nothing_visible_lies_between_tokens(line in lines()) {
            let covered: String = tokens(&line).into_iter().map(|token| seen(&line.text[token.range])).collect();
            prop_assert_eq!(covered, seen(&line.text));
        }

        #[test]
        fn nothing_visible_is_lost_but_paired_quotes(text in junk()) {
            for token in tokens(&Line::from(text.as_str())) {
                let mut raw = seen(&text[token.range.clone()]);
                if token.shape == Shape::Quoted {
                    let quotes = [raw.remove(0), raw.pop().unwrap()];
                    prop_assert!(quotes.into_iter().all(|quote| Quote::of(quote).is_some()));
                }
                let plain = |text: &str| seen(text).trim_start_matches(['-', '–', '—', '―']).to_owned();
                prop_assert_eq!(plain(&token.text), plain(&raw));
            }
        }
    }
}
