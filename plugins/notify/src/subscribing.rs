//! What people ask of the channel in which they are: to be told something, or to be left alone with it.

use crate::arrivals::{self, Came};
use crate::digest::{Digest, Rhythm};
use crate::listener::Listener;
use crate::mute::Mute;
use crate::news::Topic;
use crate::shelf;
use crate::subscription::{Only, Subscription, What};
use crate::texts::answer;
use hatstand_plugin::prelude::*;
use std::collections::BTreeSet;

/// More subscriptions of one channel nobody can overlook, nor more mutes.
const MOST: usize = 50;

/// A longer pattern is not meant as one, in characters.
const LONGEST: usize = 100;

/// The word for all subscriptions, or all mutes.
const EVERYTHING: &str = "everything";

/// The name of the timer for digests.
pub const DIGEST: &str = "digest";

/// What somebody wants to know, as they typed it.
#[derive(Debug)]
pub struct Wish {
    pub what: String,
    pub topics: Option<String>,
    pub branch: Option<String>,
    pub only: Option<Only>,
    pub mention: Option<User>,
}

/// Subscribes the channel. Who subscribes to the same again changes what they said before.
pub fn subscribe(cx: &Context, wish: Wish) -> Result<Reply> {
    let Wish { what, topics, branch, only, mention } = wish;
    let subscription =
        Subscription { what: pattern(&what)?, topics: read_topics(topics.as_deref())?, branch, only, mention, by: cx.user()?.clone() };
    let seen = has_come(cx, &subscription)?;
    let answer = change(cx, |listener| {
        let place = listener.subscriptions.iter().position(|other| other.what.is(&subscription.what));
        if place.is_none() && listener.subscriptions.len() >= MOST {
            return Err(Error::refused(answer::too_many(MOST)));
        }
        let answer = answer::subscribed(&subscription, place.is_some(), seen);
        match place {
            Some(place) => listener.subscriptions[place] = subscription,
            None => listener.subscriptions.push(subscription),
        }
        Ok(answer)
    })?;
    Ok(Reply::say(answer).code("subscribed"))
}

pub fn unsubscribe(cx: &Context, what: &str) -> Result<Reply> {
    let by = cx.user()?;
    let answer = change(cx, |listener| {
        let before = listener.subscriptions.len();
        listener.subscriptions.retain(|subscription| !is_meant(what, &subscription.what));
        match before - listener.subscriptions.len() {
            0 => Err(Error::refused(answer::no_subscription(what, &listener.subscriptions))),
            gone => Ok(answer::unsubscribed(by, what, gone, listener.subscriptions.len())),
        }
    })?;
    Ok(Reply::say(answer).code("unsubscribed"))
}

pub fn mute(cx: &Context, what: &str, period: Option<Duration>) -> Result<Reply> {
    let mute = Mute { what: pattern(what)?, until: period.map(|period| cx.now() + period), by: cx.user()?.clone() };
    let answer = answer::muted(&mute);
    change(cx, |listener| {
        listener.mutes.retain(|other| !other.is_over(cx.now()) && !other.what.is(&mute.what));
        if listener.mutes.len() >= MOST {
            return Err(Error::refused(answer::too_many_mutes(MOST)));
        }
        listener.mutes.push(mute);
        Ok(())
    })?;
    Ok(Reply::say(answer).code("muted"))
}

pub fn unmute(cx: &Context, what: &str) -> Result<Reply> {
    let by = cx.user()?;
    let answer = change(cx, |listener| {
        listener.mutes.retain(|mute| !mute.is_over(cx.now()));
        let before = listener.mutes.len();
        listener.mutes.retain(|mute| !is_meant(what, &mute.what));
        match before - listener.mutes.len() {
            0 => Err(Error::refused(answer::no_mute(what, &listener.mutes))),
            _ => Ok(answer::unmuted(by, what)),
        }
    })?;
    Ok(Reply::say(answer).code("unmuted"))
}

/// Sets when the channel is told what was gathered. The caller tells what was gathered so far.
pub fn digest(cx: &Context, rhythm: Rhythm, at: Option<Instant>) -> Result<Reply> {
    let channel = &cx.here()?.channel;
    let digest = Digest::new(cx, rhythm, at);
    let next = digest.as_ref().map(|digest| digest.next(cx));
    let timer = format!("{DIGEST}:{channel}");
    match next {
        Some(next) => cx.timers().set(&timer, next, &())?,
        None => cx.timers().cancel(&timer)?,
    }
    let answer = change(cx, |listener| {
        listener.digest = digest;
        Ok(answer::digest(cx.user()?, rhythm, next, !listener.subscriptions.is_empty()))
    })?;
    Ok(Reply::say(answer).code("digest"))
}

/// Changes what this channel wants.
fn change<T>(cx: &Context, change: impl FnOnce(&mut Listener) -> Result<T>) -> Result<T> {
    let channel = &cx.here()?.channel;
    let mut listener = shelf::listener(cx, channel)?;
    let changed = change(&mut listener)?;
    shelf::set_listener(cx, channel, &listener)?;
    Ok(changed)
}

fn pattern(what: &str) -> Result<What> {
    match what.chars().count() {
        0 => Err(Error::usage("Say what, such as `acme/web` or `acme/*`.")),
        length if length > LONGEST => Err(Error::usage(format!("A name or a pattern has at most {LONGEST} letters."))),
        _ => Ok(What(what.to_owned())),
    }
}

fn is_meant(word: &str, what: &What) -> bool {
    word.eq_ignore_ascii_case(EVERYTHING) || what.is(&What(word.to_owned()))
}

/// `builds, pushes and deploys`.
fn read_topics(words: Option<&str>) -> Result<BTreeSet<Topic>> {
    let words = words.into_iter().flat_map(|words| words.split([',', ' '])).filter(|word| !word.is_empty() && *word != "and");
    words.map(|word| Topic::meant(word).ok_or_else(|| Error::usage(answer::no_topic(word)))).collect()
}

/// Has anything of this come in of late?
fn has_come(cx: &Context, subscription: &Subscription) -> Result<bool> {
    let is_about = |came: &Came| matches!(came, Came::News(news) if subscription.is_about(news));
    Ok(arrivals::all(cx)?.iter().any(|(_, arrival)| is_about(&arrival.came)))
}
