//! All spans of a text as one Markdown text, so that a format can begin before a span and end after it.

use super::limits;
use super::spelling::{Spelled, Spelling};
use hatstand_common::message::Span;
use pulldown_cmark::LinkType;
use std::fmt::Write as _;

/// The first character that stands for a span: the Supplementary Private Use Areas, in which nobody writes.
const FIRST: u32 = 0xF_0000;
const LAST: u32 = 0x10_FFFD;

/// What begins an address that people can follow.
const SCHEMES: [&str; 3] = ["https://", "http://", "mailto:"];

/// All spans as one Markdown text.
#[derive(Clone, Debug)]
pub struct Source {
    pub text: String,
    /// What the private-use characters stand for.
    spelled: Vec<Spelled>,
}

impl Source {
    pub fn new(spans: &[Span], spelling: Spelling<'_>) -> Self {
        let mut source = Self { text: String::new(), spelled: Vec::new() };
        spans.iter().for_each(|span| source.add(span, spelling));
        source
    }

    fn add(&mut self, span: &Span, spelling: Spelling<'_>) {
        match span {
            Span::Markdown(text) => self.text.extend(text.replace("\r\n", "\n").chars().filter(|c| stand_in(*c).is_none())),
            _ => self.stand_in_for(spelling.spell(span)),
        }
    }

    fn stand_in_for(&mut self, spelled: Option<Spelled>) {
        let next = u32::try_from(self.spelled.len()).ok().and_then(|index| char::from_u32(FIRST + index));
        // More spans than there are characters do not fit into any message.
        if let (Some(spelled), Some(c)) = (spelled, next) {
            self.text.push(c);
            self.spelled.push(spelled);
        }
    }

    /// The span for which a character stands.
    pub fn spelled(&self, c: char) -> Option<&Spelled> {
        stand_in(c).and_then(|index| self.spelled.get(index))
    }

    /// A part of the text where there can be nothing but text.
    pub fn literal(&self, text: &str) -> String {
        text.chars().fold(String::with_capacity(text.len()), |mut literal, c| {
            match self.spelled(c) {
                Some(spelled) => literal.push_str(&spelled.literal),
                None => literal.push(c),
            }
            literal
        })
    }

    /// Where a link leads. None if a person's text could have a say in where, or if it is not for people to follow.
    pub fn address(&self, kind: LinkType, url: &str) -> Option<String> {
        let url = if kind == LinkType::Email { format!("mailto:{url}") } else { url.to_owned() };
        let rest = SCHEMES.iter().find_map(|scheme| url.strip_prefix(scheme))?;
        let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let is_authors = !host.is_empty() && !host.chars().any(|c| stand_in(c).is_some());
        let address = self.encoded(&url);
        (is_authors && address.chars().count() <= limits::ADDRESS).then_some(address)
    }

    /// An address in which what stands in for something can be no more than a part of the path.
    fn encoded(&self, url: &str) -> String {
        let mut encoded = String::with_capacity(url.len());
        for c in url.chars() {
            match self.spelled(c) {
                Some(spelled) => spelled.literal.bytes().for_each(|byte| encode(byte, &mut encoded)),
                None => encoded.push(c),
            }
        }
        encoded
    }
}

/// The number of the span for which a character stands, if it can stand for one.
pub fn stand_in(c: char) -> Option<usize> {
    let code = u32::from(c);
    (FIRST..=LAST).contains(&code).then(|| (code - FIRST) as usize)
}

fn encode(byte: u8, encoded: &mut String) {
    if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
        encoded.push(char::from(byte));
    } else {
        // Writing to a string cannot fail.
        let _ = write!(encoded, "%{byte:02X}");
    }
}
