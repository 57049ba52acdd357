//! What a host says by itself instead of a plugin's answer: the real one, and the one in which plugins are tested natively.
//!
//! Functions from data to text. What a person typed is quoted, never repeated as text of ours.

use crate::grammar::Unknown;
use crate::message::{Message, Span};
use crate::value::{Instant, PersonId};

/// Nothing begins like this.
pub fn unknown(unknown: &Unknown, bot: &str) -> Message {
    let sentence = unknown.sentence();
    if unknown.suggestions.is_empty() {
        markdown(format!("{sentence} Say `@{bot} help` to see what I can do."))
    } else {
        markdown(sentence)
    }
}

/// More people are not named as those who can help.
const MOST_HELPERS: usize = 8;

/// Only administrators may say this.
pub fn denied(words: &str, admins: &[PersonId]) -> Message {
    refused(vec![Span::Markdown(format!("Only administrators may say `{words}`"))], admins)
}

/// What is not allowed, and who can help.
pub fn refused(sentence: Vec<Span>, helpers: &[PersonId]) -> Message {
    let mut text = sentence;
    let helpers = &helpers[..helpers.len().min(MOST_HELPERS)];
    for (number, helper) in helpers.iter().enumerate() {
        let before = match number {
            0 => ": ask ",
            _ if number + 1 == helpers.len() => " or ",
            _ => ", ",
        };
        text.extend([Span::Markdown(before.to_owned()), Span::Name(helper.clone())]);
    }
    text.push(Span::Markdown(". Nothing was changed.".to_owned()));
    Message { text, blocks: Vec::new() }
}

/// The button worked until then.
pub fn too_late(until: Instant) -> Message {
    around("Too late: that button worked until ", Span::Time(until), ". Nothing was changed.")
}

/// The question of the button has ended already.
pub fn settled() -> Message {
    markdown("That question is settled already. Nothing was changed.")
}

/// The button is another's.
pub fn not_yours(only: PersonId) -> Message {
    around("Only ", Span::Name(only), " can press that. Nothing was changed.")
}

/// The plugin says that the arguments make no sense.
pub fn bad_usage(why: &str, usage: Option<&str>) -> Message {
    match usage {
        Some(usage) => markdown(format!("{why}\nUsage: `{usage}`")),
        None => markdown(why),
    }
}

/// A plugin failed: `how` says in which way. Says whether anything was changed: it is what everybody asks next.
pub fn apology(plugin: &str, how: &str, reference: &str) -> Message {
    markdown(format!("Sorry: `{plugin}` {how} on that (ref {reference}). Nothing was changed."))
}

/// Most things are said in one line of Markdown.
pub fn markdown(text: impl Into<String>) -> Message {
    Message { text: vec![Span::Markdown(text.into())], blocks: Vec::new() }
}

fn around(before: &str, span: Span, after: &str) -> Message {
    Message { text: vec![Span::Markdown(before.to_owned()), span, Span::Markdown(after.to_owned())], blocks: Vec::new() }
}
