//! What came of a command.

use super::{count, together};
use crate::digest::Rhythm;
use crate::mute::Mute;
use crate::news::Topic;
use crate::subscription::{Only, Subscription};
use hatstand_plugin::prelude::*;

pub fn subscribed(subscription: &Subscription, changed: bool, seen: bool) -> Message {
    let Subscription { by, .. } = subscription;
    let hint = (!seen).then_some(" Nothing of it has come in of late: `notify unknown` shows what has, and for what nobody asked.");
    let hint = hint.map(Message::from);
    let wanted = wanted(subscription);
    match changed {
        true => say!("{by} changed what this channel is told of {wanted}.{hint}"),
        false => say!("{by} subscribed this channel to {wanted}.{hint}"),
    }
}

/// `acme/web: builds and pushes, on main, only failures, calling ann`.
pub fn wanted(subscription: &Subscription) -> Message {
    let Subscription { what, topics, branch, only, mention, .. } = subscription;
    let topics: Vec<&str> = topics.iter().map(Choice::word).collect();
    let topics = (!topics.is_empty()).then(|| say!(": {}", topics.join(", ")));
    let branch = branch.as_deref().map(|branch| say!(", on {branch}"));
    let only = only.map(|only| say!(", only {}", only.word()));
    let mention = mention.as_ref().map(|person| say!(", calling {person}"));
    say!("`{}`{topics}{branch}{only}{mention}", what.0)
}

pub fn unsubscribed(by: &User, what: &str, gone: usize, left: usize) -> Message {
    let left = match left {
        0 => "This channel is told nothing any more.".to_owned(),
        left => format!("It has {} left.", count(left, "subscription", "subscriptions")),
    };
    match gone {
        1 => say!("{by} unsubscribed this channel from `{what}`. {left}"),
        gone => say!("{by} took away all {gone} subscriptions of this channel. {left}"),
    }
}

pub fn no_subscription(what: &str, present: &[Subscription]) -> Message {
    match present {
        [] => say!("This channel is subscribed to nothing. `notify subscribe acme/web` begins."),
        present => say!(
            "This channel is not subscribed to `{what}`. What it is subscribed to: {}.",
            names(present.iter().map(|other| &other.what.0))
        ),
    }
}

pub fn too_many(most: usize) -> Message {
    say!("A channel has at most {most} subscriptions. A pattern such as `acme/*` stands for many.")
}

pub fn too_many_mutes(most: usize) -> Message {
    say!("At most {most} things are muted in a channel. `notify unmute everything` takes them away.")
}

/// Why a word is no topic; a usage error takes plain text.
pub fn no_topic(word: &str) -> String {
    match word {
        "only" => format!("After `only` comes {}.", Only::WORDS.join(" or ")),
        "mention" => "After `mention` comes a person, such as @ann.".to_owned(),
        _ => format!("I know nothing called {word}. There are {}.", Topic::WORDS.join(", ")),
    }
}

pub fn muted(mute: &Mute) -> Message {
    let Mute { what, until, by } = mute;
    match until {
        Some(until) => say!("{by} muted `{}` here until {until}.", what.0),
        None => say!("{by} muted `{0}` here, until somebody says `notify unmute {0}`.", what.0),
    }
}

pub fn unmuted(by: &User, what: &str) -> Message {
    say!("{by} unmuted `{what}` here.")
}

pub fn no_mute(what: &str, present: &[Mute]) -> Message {
    match present {
        [] => say!("Nothing is muted here."),
        present => say!("`{what}` is not muted here. What is: {}.", names(present.iter().map(|other| &other.what.0))),
    }
}

pub fn digest(by: &User, rhythm: Rhythm, next: Option<Instant>, subscribed: bool) -> Message {
    let hint = (!subscribed).then(|| say!(" There are no subscriptions yet: `notify subscribe acme/web` begins."));
    match next {
        Some(next) => say!("{by} asked for a digest here, {}: next at {next}.{hint}", rhythm.word()),
        None => say!("{by} asked to be told at once here, and not in a digest.{hint}"),
    }
}

fn names<'a>(names: impl Iterator<Item = &'a String>) -> Message {
    together(names.map(|name| say!("`{name}`")), ", ")
}
