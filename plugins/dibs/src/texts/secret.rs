//! What is left of a message where nobody is to be named: `somebody` takes the place of every name.

use hatstand_plugin::message::{Block, Message, Span};
use hatstand_plugin::prelude::*;

/// A message in which nobody is named but this person.
pub fn masked(message: Message, known: Option<&User>) -> Message {
    let mut text: Vec<Span> = Vec::new();
    for span in message.text {
        let span = match span {
            Span::Mention(person) | Span::Name(person) if known != Some(&person) => Span::Plain(somebody(&text).to_owned()),
            span => span,
        };
        text.push(span);
    }
    // What can be pressed is for those it names, who get a letter.
    let blocks = if known.is_none() { Vec::new() } else { message.blocks };
    Message { text, blocks }
}

/// What an announcement is to those whom it names: who did it, and whoever it concerns.
pub fn letters(announcement: &Message, actor: Option<&User>) -> Vec<manners::said::Letter> {
    let mut people: Vec<&User> = actor.into_iter().collect();
    let mentioned = announcement.text.iter().filter_map(|span| match span {
        Span::Mention(person) => Some(person),
        _ => None,
    });
    let pressing = announcement.blocks.iter().filter_map(|block| match block {
        Block::Buttons(buttons) => Some(buttons.iter().filter_map(|button| button.only.as_ref())),
        _ => None,
    });
    for person in mentioned.chain(pressing.flatten()) {
        if !people.contains(&person) {
            people.push(person);
        }
    }
    let letter = |person: &User| manners::said::Letter::new(person, masked(announcement.clone(), Some(person)));
    people.into_iter().map(letter).collect()
}

/// The word at this place: at the beginning of a sentence it is a capital one.
fn somebody(before: &[Span]) -> &'static str {
    let begins = match before.last() {
        None => true,
        Some(Span::Markdown(text)) => text.trim_end().ends_with(['.', '!', '?']) || text.ends_with('\n'),
        Some(_) => false,
    };
    if begins { "Somebody" } else { "somebody" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_named_but_who_may_know() {
        let (ann, bob) = (User::from("ann"), User::from("bob"));
        let message = say!("{ann} gave it back. {bob} waits; it goes to {}.", ann.mention());
        let plain = |message: Message| {
            let span = |span: &Span| match span {
                Span::Markdown(text) | Span::Plain(text) => text.clone(),
                Span::Name(person) => person.to_string(),
                Span::Mention(person) => format!("@{person}"),
                _ => String::new(),
            };
            message.text.iter().map(span).collect::<String>()
        };
        assert_eq!(plain(masked(message.clone(), None)), "Somebody gave it back. Somebody waits; it goes to somebody.");
        assert_eq!(plain(masked(message.clone(), Some(&ann))), "ann gave it back. Somebody waits; it goes to @ann.");
        assert_eq!(letters(&message, Some(&bob)).iter().map(|letter| letter.to.as_str()).collect::<Vec<_>>(), ["bob", "ann"]);
    }
}
