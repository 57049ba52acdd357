//! Everything of one person in all channels: their page of the bot, and what becomes of it when their account goes or comes back.

use crate::board::Board;
use crate::settings::Config;
use crate::shelf::{self, Shelf};
use crate::texts::{Scene, page};
use hatstand_plugin::prelude::*;
use manners::parts;
use serde::{Deserialize, Serialize};
use turns::Request;

/// So many things are on somebody's page, at most: the host lets an invocation say only so much.
const SHOWN: usize = 15;

/// So many things are gone through at once.
const AT_ONCE: usize = 60;

/// What is left to be done after an account has changed.
#[derive(Debug, Serialize, Deserialize)]
pub struct Change {
    person: User,
    active: bool,
    /// Where the last thing is listed that was gone through.
    after: Option<String>,
}

/// What somebody has and waits for. It is shown as it stands; what is due happens by itself.
pub fn page(cx: &Context) -> Result<Reply> {
    let (person, config) = (cx.user()?, cx.settings::<Config>()?);
    let places = parts::page(cx, person, "", None, SHOWN + 1)?;
    let mut shown = Reply::nothing();
    for (place, _) in places.iter().take(SHOWN) {
        let Some((channel, id)) = shelf::read_place(place) else { continue };
        let kept = Shelf { cx, channel: &channel }.thing(id)?.unwrap_or_default();
        if !kept.resource.involves(person) {
            parts::forget(cx, person, place)?;
        }
        let policy = kept.overrides.policy(&config, kept.is_group(), 0);
        let scene = Scene { channel: &channel, id, kept: &kept, policy: &policy, now: cx.now(), actor: Some(person), may_steal: false };
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

/// Goes through some more of the things of one channel. The rest, and that of other channels, comes after.
pub fn go_on(cx: &Context, change: Change) -> Result<Reply> {
    let Change { person, active, after } = change;
    let places = parts::page(cx, &person, "", after.as_deref(), AT_ONCE)?;
    let Some((first, _)) = places.first() else {
        if active {
            cx.store().delete(&gone(&person))?;
        }
        return Ok(Reply::nothing());
    };
    let Some((channel, _)) = shelf::read_place(first) else { return Err(Error::broken(format_args!("a part is listed at `{first}`"))) };
    let mut board = Board::open(cx, channel.clone())?;
    board.in_lines = true;
    let request = if active { Request::Back } else { Request::Gone };
    let mut after = None;
    for (place, _) in places {
        let Some((_, id)) = shelf::read_place(&place).filter(|(other, _)| *other == channel) else { break };
        for id in board.enter_parts(&person, [id])? {
            let _ = board.ask(id, &person, &request);
        }
        after = Some(place);
        if board.has_done_enough() {
            break;
        }
    }
    if !active {
        cx.store().set(&gone(&person), &())?;
    }
    cx.timers().set(&format!("account:{person}"), cx.now(), &Change { person: person.clone(), active, after })?;
    board.leave()
}

/// Stands while somebody is gone who had a part in something.
pub fn gone(person: &User) -> String {
    format!("gone {person}")
}
