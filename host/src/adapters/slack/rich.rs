//! Rich text: the one form in which text goes to Slack. See Slack's page "Rich text block".
//!
//! A text element is shown exactly as it is, so nothing that a person typed can become a mention, a link or a format.

use serde::Serialize;
use serde_json::{Value, json};

/// A stretch of text that stands on lines of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "type")]
pub enum Passage {
    /// Ordinary lines.
    #[serde(rename = "rich_text_section")]
    Lines { elements: Vec<Element> },
    #[serde(rename = "rich_text_list")]
    List(List),
    #[serde(rename = "rich_text_quote")]
    Quote { elements: Vec<Element> },
    /// Code on lines of its own, which holds nothing but text ("Rich text preformatted element").
    #[serde(rename = "rich_text_preformatted")]
    Code { elements: Vec<Element> },
}

/// Items that follow each other at one depth. A list within a list is a passage of its own ("Rich text list element").
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct List {
    #[serde(rename = "style")]
    pub kind: ListKind,
    /// How many lists it stands in.
    pub indent: usize,
    /// How many numbers come before the first.
    #[serde(skip_serializing_if = "is_zero")]
    pub offset: u64,
    #[serde(rename = "elements")]
    pub items: Vec<Item>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ListKind {
    Bullet,
    Ordered,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(tag = "type", rename = "rich_text_section")]
pub struct Item {
    pub elements: Vec<Element>,
}

/// A piece of text in one style, or something that Slack itself puts into words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Element {
    #[serde(flatten)]
    pub what: What,
    #[serde(skip_serializing_if = "Style::is_plain")]
    pub style: Style,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum What {
    /// Shown exactly as it is.
    Text { text: String },
    /// An address behind a text.
    Link { url: String, text: String },
    /// Names a person, who is notified.
    User { user_id: String },
    /// Names a channel.
    Channel { channel_id: String },
    /// Notifies everybody in the channel ("Broadcast element").
    Broadcast { range: &'static str },
    /// A moment in seconds, in the words and the zone of whoever reads ("Date element").
    Date { timestamp: u64, format: &'static str, fallback: String },
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Style {
    #[serde(skip_serializing_if = "is_off")]
    pub bold: bool,
    #[serde(skip_serializing_if = "is_off")]
    pub italic: bool,
    #[serde(skip_serializing_if = "is_off")]
    pub strike: bool,
    /// Goes with text and links only.
    #[serde(skip_serializing_if = "is_off")]
    pub code: bool,
}

impl Style {
    pub const BOLD: Style = Style { bold: true, italic: false, strike: false, code: false };

    fn is_plain(&self) -> bool {
        *self == Style::default()
    }
}

impl Element {
    pub fn text(text: impl Into<String>, style: Style) -> Self {
        Self { what: What::Text { text: text.into() }, style }
    }
}

impl Passage {
    pub fn lines(elements: Vec<Element>) -> Self {
        Passage::Lines { elements }
    }

    pub fn code(text: &str) -> Self {
        Passage::Code { elements: vec![Element::text(text, Style::default())] }
    }

    /// Where the next element goes.
    pub fn elements_mut(&mut self) -> &mut Vec<Element> {
        match self {
            Passage::Lines { elements } | Passage::Quote { elements } | Passage::Code { elements } => elements,
            Passage::List(list) => {
                if list.items.is_empty() {
                    list.items.push(Item::default());
                }
                let last = list.items.len() - 1;
                &mut list.items[last].elements
            }
        }
    }

    /// The elements, line by line or item by item.
    pub fn rows(&self) -> Vec<&[Element]> {
        match self {
            Passage::Lines { elements } | Passage::Quote { elements } | Passage::Code { elements } => vec![elements],
            Passage::List(list) => list.items.iter().map(|item| item.elements.as_slice()).collect(),
        }
    }
}

/// Adds an element. Text joins the text before it in the same style, and Slack refuses text that is empty.
pub fn push(elements: &mut Vec<Element>, element: Element) {
    match (elements.last_mut(), &element.what) {
        (_, What::Text { text }) if text.is_empty() => {}
        (Some(Element { what: What::Text { text }, style }), What::Text { text: more }) if *style == element.style => text.push_str(more),
        _ => elements.push(element),
    }
}

/// The block that shows these passages.
pub fn block(passages: &[Passage]) -> Value {
    json!({ "type": "rich_text", "elements": passages })
}

fn is_zero(number: &u64) -> bool {
    *number == 0
}

fn is_off(flag: &bool) -> bool {
    !flag
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_written_as_slack_reads_it() {
        let italic = Style { italic: true, ..Style::default() };
        let user = Element { what: What::User { user_id: "U1".to_owned() }, style: italic };
        let item = Item { elements: vec![Element::text("a", Style::BOLD)] };
        let list = List { kind: ListKind::Ordered, indent: 1, offset: 2, items: vec![item] };
        assert_eq!(
            block(&[Passage::lines(vec![user]), Passage::List(list), Passage::code("x")]),
            json!({ "type": "rich_text", "elements": [
                { "type": "rich_text_section", "elements": [{ "type": "user", "user_id": "U1", "style": { "italic": true } }] },
                { "type": "rich_text_list", "style": "ordered", "indent": 1, "offset": 2, "elements": [
                    { "type": "rich_text_section", "elements": [{ "type": "text", "text": "a", "style": { "bold": true } }] },
                ] },
                { "type": "rich_text_preformatted", "elements": [{ "type": "text", "text": "x" }] },
            ] })
        );
    }

    #[test]
    fn text_of_one_style_is_one_element() {
        let code = Style { code: true, ..Style::default() };
        let mut elements = Vec::new();
        for (text, style) in [("a", Style::default()), ("", code), ("b", Style::default()), ("c", code)] {
            push(&mut elements, Element::text(text, style));
        }
        assert_eq!(elements, [Element::text("ab", Style::default()), Element::text("c", code)]);
    }
}
