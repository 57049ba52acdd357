//! What people type, as Slack stores it ("Formatting text for app surfaces").

use serde_json::{Value, json};

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
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

fn unescape(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

/// The `rich_text` block that Slack puts beside what a person typed ("Rich text block").
pub(crate) fn rich_text(text: &str, block_id: &str) -> Value {
    let mut elements = Vec::new();
    let mut rest = text;
    while let Some((before, (inside, after))) = rest.split_once('<').and_then(|(before, opened)| Some((before, opened.split_once('>')?))) {
        push_text(&mut elements, before);
        elements.push(rich_entity(inside));
        rest = after;
    }
    push_text(&mut elements, rest);
    json!([{ "type": "rich_text", "block_id": block_id, "elements": [{ "type": "rich_text_section", "elements": elements }] }])
}

fn push_text(elements: &mut Vec<Value>, text: &str) {
    if !text.is_empty() {
        elements.push(json!({ "type": "text", "text": unescape(text) }));
    }
}

fn rich_entity(inside: &str) -> Value {
    let name = inside.split('|').next().unwrap_or_default();
    match name.chars().next() {
        Some('@') => json!({ "type": "user", "user_id": &name[1..] }),
        Some('#') => json!({ "type": "channel", "channel_id": &name[1..] }),
        Some('!') => json!({ "type": "broadcast", "range": &name[1..] }),
        _ => json!({ "type": "link", "url": unescape(name) }),
    }
}
