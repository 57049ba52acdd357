//! How things stand, for whoever asked.

use super::card::place;
use super::phrase::{Line, mark};
use super::{answer, count, together};
use crate::arrivals::{Arrival, Came};
use crate::listener::Listener;
use crate::news::Source;
use crate::series::Record;
use crate::story::Part;
use hatstand_plugin::prelude::*;

/// More is not listed.
const LISTED: usize = 10;

/// What a channel is told, and what it is not.
pub fn subscriptions(listener: &Listener, next: Option<Instant>, now: Instant) -> Message {
    if listener.subscriptions.is_empty() {
        return answer::no_subscription("", &[]);
    }
    let number = count(listener.subscriptions.len(), "subscription", "subscriptions");
    let title = say!("{number}:");
    let lines = listener.subscriptions.iter().map(|subscription| say!("• {}, by {}", answer::wanted(subscription), subscription.by));
    let mutes = listener.mutes.iter().filter(|mute| !mute.is_over(now)).map(|mute| {
        let until = mute.until.map(|until| say!(" until {until}"));
        say!("Muted{until}: `{}`, by {}", mute.what.0, mute.by)
    });
    let digest = listener.digest.as_ref().zip(next);
    let digest = digest.map(|(digest, next)| say!("In a digest, {}: next at {next}", digest.rhythm.word()));
    let refused = listener
        .refused
        .as_deref()
        .map(|grant| say!("I may not speak up here by myself: for that I need the grant `{grant}`. Whoever operates me can give it."));
    together(std::iter::once(title).chain(lines).chain(mutes).chain(digest).chain(refused), "\n")
}

/// What came in of late.
pub fn recent(arrivals: &[(Source, Arrival)]) -> Message {
    if arrivals.is_empty() {
        return "Nothing has come in of late.".into();
    }
    list(say!("What came in last:"), arrivals, |(source, arrival)| {
        let told = match (&arrival.came, arrival.listeners) {
            (Came::News(_), 0) => Some(say!(" – nobody subscribed to it")),
            (Came::News(_), channels) => Some(say!(" – for {}", count(channels, "channel", "channels"))),
            _ => None,
        };
        say!("{}{told}", came(*source, arrival))
    })
}

/// What came in for nobody.
pub fn unknown(arrivals: &[(Source, Arrival)]) -> Message {
    let lost: Vec<(Source, Arrival)> = arrivals.iter().filter(|(_, arrival)| arrival.listeners == 0).cloned().collect();
    match (arrivals, lost.as_slice()) {
        ([], _) => "Nothing at all has come in of late: is the webhook set up where it should come from?".into(),
        (_, []) => "Whatever came in of late was for some channel.".into(),
        (_, lost) => list(say!("What came in for nobody:"), lost, |(source, arrival)| came(*source, arrival)),
    }
}

fn list(title: Message, arrivals: &[(Source, Arrival)], line: impl Fn(&(Source, Arrival)) -> Message) -> Message {
    let more = arrivals.len().checked_sub(LISTED).filter(|more| *more > 0).map(|more| say!("… and {more} more"));
    let lines = arrivals.iter().take(LISTED).map(line);
    together(std::iter::once(title).chain(lines).chain(more), "\n")
}

fn came(source: Source, arrival: &Arrival) -> Message {
    let (at, source) = (arrival.at, source.word());
    match &arrival.came {
        Came::News(news) => {
            let part = Part::from((**news).clone());
            let line = Line { part: &part, record: Record::default() };
            let topic = news.topic.word();
            say!("• {at} {source}, {topic}: {} {}: {}", mark(news), place(news), line.phrase())
        }
        Came::Ignored(what) => say!("• {at} {source}: {what}, which I tell nobody"),
        Came::Unreadable(why) => say!("• {at} {source}: something that I cannot read: {why}"),
    }
}
