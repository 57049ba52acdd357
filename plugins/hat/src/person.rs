//! The hats of one person in all channels: their page of the bot, and what becomes of them when the account goes or comes back.

use crate::room::{self, Room};
use crate::settings::Config;
use crate::texts::{Scene, page};
use hatstand_plugin::prelude::*;
use manners::parts;
use serde::{Deserialize, Serialize};
use turns::Request;

/// So many hats are on somebody's page, at most: the host lets an invocation say only so much.
const SHOWN: usize = 15;

/// What is left to be done after an account has changed.
#[derive(Debug, Serialize, Deserialize)]
pub struct Change {
    person: User,
    active: bool,
    /// The last channel that was gone through.
    after: Option<String>,
}

/// The hats in which somebody has a part. They are shown as they stand; what is due happens by itself.
pub fn page(cx: &Context) -> Result<Reply> {
    let (person, policy) = (cx.user()?, cx.settings::<Config>()?.policy());
    let places = parts::page(cx, person, "", None, SHOWN + 1)?;
    let mut shown = Reply::nothing();
    for (place, _) in places.iter().take(SHOWN) {
        let channel = Channel::from(place.as_str());
        let resource = room::stored(cx, &channel)?;
        if !resource.involves(person) {
            parts::forget(cx, person, place)?;
        }
        let scene = Scene { channel: &channel, resource: &resource, policy: &policy, now: cx.now(), actor: Some(person), may_force: false };
        if let Some(part) = page::part(&scene, person) {
            shown = shown.and(Reply::say(part));
        }
    }
    if places.len() > SHOWN {
        return Ok(shown.and(Reply::say(page::more())));
    }
    Ok(if shown == Reply::nothing() { Reply::say(page::empty()) } else { shown })
}

/// An account is gone, or it is there. That it is there is news only if it was gone.
pub fn changed(cx: &Context, person: &User, active: bool) -> Result<Reply> {
    if active && cx.store().get::<()>(&gone(person))?.is_none() {
        return Ok(Reply::nothing());
    }
    go_on(cx, Change { person: person.clone(), active, after: None })
}

/// Goes on with the hat of one channel; those of others come after.
pub fn go_on(cx: &Context, change: Change) -> Result<Reply> {
    let Change { person, active, after } = change;
    let places = parts::page(cx, &person, "", after.as_deref(), 1)?;
    let Some((place, _)) = places.into_iter().next() else {
        if active {
            cx.store().delete(&gone(&person))?;
        }
        return Ok(Reply::nothing());
    };
    if !active {
        cx.store().set(&gone(&person), &())?;
    }
    let channel = Channel::from(place.as_str());
    cx.timers().set(&format!("account:{person}"), cx.now(), &Change { person: person.clone(), active, after: Some(place) })?;
    let mut room = Room::enter(cx, channel)?;
    let request = if active { Request::Back } else { Request::Gone };
    let _ = room.ask(cx, &person, &request);
    room.leave(cx)
}

/// Stands while somebody is gone who had a part in a hat.
pub fn gone(person: &User) -> String {
    format!("gone {person}")
}
