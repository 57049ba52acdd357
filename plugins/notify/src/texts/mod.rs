//! Everything that is said: functions from what is known to sentences.
//!
//! - [`phrase`]: one part of a subject, in a line.
//! - [`card`]: a subject, in the message that is edited as it goes.
//! - [`gathered`]: several subjects in one message.
//! - [`answer`]: what came of a command; [`view`]: how things stand, for whoever asked.
//!
//! What senders send goes in as plain data. Nobody is mentioned unless a subscription says so.

pub mod answer;
pub mod card;
pub mod gathered;
pub mod phrase;
pub mod view;

use hatstand_plugin::message::Span;
use hatstand_plugin::prelude::*;

/// So many people are named in one sentence, at most.
const NAMED: usize = 4;

/// A longer address leads nowhere: it would leave no room for words.
const LONGEST_ADDRESS: usize = 400;

/// `1 failure`, `2 failures`.
pub fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

/// Several sentences as one message.
pub fn together(sentences: impl IntoIterator<Item = Message>, between: &'static str) -> Message {
    let sentences = sentences.into_iter();
    let whole = sentences.reduce(|whole, sentence| Message {
        text: [whole.text, Message::from(between).text, sentence.text].concat(),
        blocks: whole.blocks,
    });
    whole.unwrap_or_default()
}

/// `ann, bob and cid`, as the sender names them.
fn people(names: &[String]) -> String {
    match names {
        [first @ .., _] if first.len() >= NAMED => format!("{} and {} more", names[..NAMED].join(", "), names.len() - NAMED),
        [] => "somebody".to_owned(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// ` ([details](https://...))`: a link to where there is more to read.
fn details(address: Option<&str>) -> Option<Message> {
    let address = safe(address?).filter(|address| address.len() <= LONGEST_ADDRESS)?;
    Some(say!(" ({})", Span::Markdown(format!("[details]({address})"))))
}

/// An address that can do nothing in Markdown but lead somewhere on the web: others wrote it.
fn safe(address: &str) -> Option<String> {
    let is_web = address.starts_with("https://") || address.starts_with("http://");
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~:/?#@!$&+,=%".contains(&byte);
    let escaped = address.bytes().map(|byte| if is_plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") });
    is_web.then(|| escaped.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_named() {
        let named = |names: &[&str]| people(&names.iter().map(|name| (*name).to_owned()).collect::<Vec<String>>());
        assert_eq!(named(&[]), "somebody");
        assert_eq!(named(&["ann"]), "ann");
        assert_eq!(named(&["ann", "bob", "cid", "dan"]), "ann, bob, cid and dan");
        assert_eq!(named(&["ann", "bob", "cid", "dan", "eva", "fay"]), "ann, bob, cid, dan and 2 more");
    }

    #[test]
    fn an_address_leads_to_the_web_and_nowhere_else() {
        assert_eq!(safe("https://ci.example/job/web/12/?a=b#c").as_deref(), Some("https://ci.example/job/web/12/?a=b#c"));
        assert_eq!(safe("https://a.example/x) @everybody [b](c").as_deref(), Some("https://a.example/x%29%20@everybody%20%5Bb%5D%28c"));
        assert_eq!(safe("https://a.example/é").as_deref(), Some("https://a.example/%C3%A9"));
        for address in ["javascript:alert(1)", "ftp://a.example", "", "//a.example"] {
            assert_eq!(safe(address), None);
        }
    }
}
