//! What people type, as Slack stores it ("Formatting text for app surfaces").

use serde::Serialize;

use crate::{TeamId, state::State};

/// Escapes `&`, `<` and `>`, turns `@name` and `#channel` into entities, and wraps addresses.
pub(crate) fn encode(state: &State, team: &TeamId, typed: &str) -> String {
    let mut encoded = String::with_capacity(typed.len() + 16);
    for word in typed.split_inclusive(char::is_whitespace) {
        let bare = word.trim_end();
        encoded.push_str(&encode_word(state, team, bare));
        encoded.push_str(&word[bare.len()..]);
    }
    encoded
}

fn encode_word(state: &State, team: &TeamId, word: &str) -> String {
    // Opening brackets before, and punctuation after, do not belong to a name or an address.
    let start = word.find(|letter: char| !matches!(letter, '(' | '"' | '\'' | '*' | '_' | '~')).unwrap_or(0);
    let (before, rest) = word.split_at(start);
    let length = rest.trim_end_matches(['.', ',', ':', ';', '!', '?', ')', '"', '\'', '*', '~']).len();
    let (core, after) = rest.split_at(length);
    match entity(state, team, core) {
        Some(entity) => format!("{}{entity}{}", escape(before), escape(after)),
        None => escape(word),
    }
}

fn entity(state: &State, team: &TeamId, word: &str) -> Option<String> {
    if let Some(name) = word.strip_prefix('@') {
        return match name {
            "here" | "channel" | "everyone" => Some(format!("<!{name}>")),
            _ => state.members_of(team).find(|member| member.person.name == name).map(|member| format!("<@{}>", member.id)),
        };
    }
    if let Some(name) = word.strip_prefix('#') {
        let room = state.rooms.values().find(|room| room.team == *team && !name.is_empty() && room.name == name)?;
        return Some(format!("<#{}|{name}>", room.id));
    }
    let is_address = ["http://", "https://"].iter().any(|scheme| word.strip_prefix(scheme).is_some_and(|rest| !rest.is_empty()));
    is_address.then(|| format!("<{}>", escape(word)))
}

/// The three characters that mean something to Slack.
pub(crate) fn escape(text: &str) -> String {
    if !text.contains(['&', '<', '>']) {
        return text.into();
    }
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

fn unescape(text: &str) -> String {
    if !text.contains('&') {
        return text.into();
    }
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

/// The `rich_text` block that Slack puts beside what a person typed ("Rich text block").
#[derive(Debug, Serialize)]
pub(crate) struct RichText {
    #[serde(rename = "type")]
    kind: &'static str,
    block_id: String,
    elements: [Section; 1],
}

#[derive(Debug, Serialize)]
struct Section {
    #[serde(rename = "type")]
    kind: &'static str,
    elements: Vec<Element>,
}

#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Element {
    Text { text: String },
    User { user_id: String },
    Channel { channel_id: String },
    Broadcast { range: String },
    Link { url: String },
}

/// Takes an encoded text apart.
pub(crate) fn rich_text(text: &str, block_id: String) -> RichText {
    let mut elements = Vec::new();
    let mut rest = text;
    while let Some((before, (inside, after))) = rest.split_once('<').and_then(|(before, opened)| Some((before, opened.split_once('>')?))) {
        push_text(&mut elements, before);
        elements.push(entity_element(inside));
        rest = after;
    }
    push_text(&mut elements, rest);
    RichText { kind: "rich_text", block_id, elements: [Section { kind: "rich_text_section", elements }] }
}

fn push_text(elements: &mut Vec<Element>, text: &str) {
    if !text.is_empty() {
        elements.push(Element::Text { text: unescape(text) });
    }
}

fn entity_element(inside: &str) -> Element {
    let name = inside.split('|').next().unwrap_or_default();
    if let Some(user) = name.strip_prefix('@') {
        return Element::User { user_id: user.into() };
    }
    if let Some(channel) = name.strip_prefix('#') {
        return Element::Channel { channel_id: channel.into() };
    }
    match name.strip_prefix('!') {
        Some(range) => Element::Broadcast { range: range.into() },
        None => Element::Link { url: unescape(name) },
    }
}
