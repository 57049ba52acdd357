//! A subject, in the message that is edited as it goes.

use super::phrase::{Line, mark};
use super::{people, together};
use crate::news::{News, Topic};
use hatstand_plugin::message::Span;
use hatstand_plugin::prelude::*;

/// More parts are not listed: so many of the longest fit into a message.
const LISTED: usize = 12;

/// A subject as it stands. What is pushed stands above what came of it.
pub fn card(lines: &[Line<'_>]) -> Message {
    match lines {
        [] => Message::default(),
        [only] => single(only),
        [head, rest @ ..] if head.part.is_head() => below(say!("{} {}: {}", mark(head.news()), place(head.news()), head.phrase()), rest),
        all => below(say!("{}{}", place(all[0].news()), about(all)), all),
    }
}

/// A message in front of which people are called, if there are any to be called.
pub fn call(people: &[User], message: Message) -> Message {
    let mentions = people.iter().map(|person| say!("{} ", person.mention()));
    Message { text: [together(mentions, "").text, message.text].concat(), blocks: message.blocks }
}

fn single(line: &Line<'_>) -> Message {
    let news = line.news();
    let title = news.title.as_deref().filter(|_| is_run(news)).map(|title| say!(" – {title}"));
    say!("{} {}: {}{title}", mark(news), place(news), line.phrase())
}

/// Does the sentence about it leave out what it is about?
fn is_run(news: &News) -> bool {
    matches!(news.topic, Topic::Builds | Topic::Tests | Topic::Deploys)
}

fn below(head: Message, lines: &[Line<'_>]) -> Message {
    let (failed, rest): (Vec<&Line<'_>>, Vec<&Line<'_>>) = lines.iter().partition(|line| line.news().state.needs_somebody());
    // Where not all can be listed, what needs somebody is.
    let listed: Vec<&Line<'_>> = if lines.len() > LISTED { failed.into_iter().chain(rest).collect() } else { lines.iter().collect() };
    let more = listed.len().checked_sub(LISTED).filter(|more| *more > 0).map(|more| say!("… and {more} more"));
    let listed = listed.into_iter().take(LISTED).map(|line| say!("{} {}", mark(line.news()), line.phrase()));
    together(std::iter::once(head).chain(listed).chain(more), "\n")
}

/// `*acme/web* main`.
pub fn place(news: &News) -> Message {
    let branch = news.branch.as_deref().map(|branch| say!(" {branch}"));
    say!("*{}*{branch}", news.project)
}

/// `: Fix the login, by ann`, by the first part that knows.
fn about(lines: &[Line<'_>]) -> Option<Message> {
    let news = lines.iter().map(Line::news).find(|news| news.title.is_some())?;
    let by = (!news.people.is_empty()).then(|| say!(", by {}", people(&news.people)));
    Some(say!(": {}{by}", Span::Plain(news.title.clone()?)))
}
