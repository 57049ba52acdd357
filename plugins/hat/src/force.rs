//! Taking the hat off somebody, or somebody off the hat: who may, and after which question.

use crate::button::About;
use crate::room::Room;
use crate::texts::refusal::refusal;
use crate::texts::view::{confirmation, who_may};
use hatstand_plugin::prelude::*;
use manners::{code, log};
use turns::{Hold, Refusal, Request, Wish};

/// Asks whether the hat is really to be taken off whoever wears it. From oneself it comes off at once.
pub fn off(cx: &Context, mut room: Room, reason: Option<String>) -> Result<Reply> {
    let asker = cx.user()?;
    let Some(hold) = room.hat().holds.first().cloned() else {
        let free = refusal(&room.scene(Some(asker)), &Request::Release { hold: None }, &Refusal::Free);
        return Ok(room.leave(cx)?.and(Reply::whisper(free).code(code::of_refusal(&Refusal::Free))));
    };
    if hold.person == *asker {
        return room.request(cx, &Request::Release { hold: Some(hold.id) });
    }
    if !room.may_force() {
        return refuse(cx, room);
    }
    if let Some(refusal) = room.forbids(cx, &Request::Evict { hold: hold.id, reason: None })? {
        return Ok(room.leave(cx)?.and(Reply::whisper(refusal).code("refused.not-allowed")));
    }
    let until = room.confirmations().expect(asker, hold.id, Wish { reason, ..Wish::default() }, cx.now());
    let question = question(cx, &room, &hold, until)?;
    Ok(room.leave(cx)?.and(Reply::whisper(question).code("confirm")))
}

/// The question was answered with yes: the same hold is ended, and no other.
pub fn confirmed(cx: &Context, about: &About) -> Result<Reply> {
    let mut room = Room::enter(cx, about.channel.clone())?;
    if !room.may_force() {
        return refuse(cx, room);
    }
    let confirmation = room.confirmations().take(cx.user()?, about.id);
    room.request(cx, &Request::Evict { hold: about.id, reason: confirmation.and_then(|confirmation| confirmation.wish.reason) })
}

/// Takes somebody out of the queue or off the crew; if they wear the hat, that is asked first.
pub fn kick(cx: &Context, room: Room, whom: User) -> Result<Reply> {
    if room.hat().held_by(&whom).is_some() {
        return off(cx, room, None);
    }
    if !room.may_force() && whom != *cx.user()? {
        return refuse(cx, room);
    }
    room.request(cx, &Request::Kick { whom, reason: None })
}

/// Nothing happens, and whoever asked is told who may.
fn refuse(cx: &Context, room: Room) -> Result<Reply> {
    let refusal = who_may(&room.scene(Some(cx.user()?)), room.config.force());
    Ok(room.leave(cx)?.and(Reply::whisper(refusal).code("refused.not-allowed")))
}

fn question(cx: &Context, room: &Room, hold: &Hold, until: Instant) -> Result<Message> {
    let (asker, seen) = (cx.user()?, last_seen(cx, room, hold)?);
    let confirm = Button::new("Take it off").presses(About::new(&room.channel, hold.id).pressed("force")).danger().only(asker).until(until);
    Ok(confirmation(&room.scene(Some(asker)), hold, seen).button(confirm))
}

/// When the wearer last did anything with the hat.
fn last_seen(cx: &Context, room: &Room, hold: &Hold) -> Result<Instant> {
    let log = log::since(cx, room.channel.as_str(), hold.since)?;
    let seen = log.iter().rev().find(|line| line.actor.as_ref() == Some(&hold.person));
    Ok(seen.map_or(hold.since, |line| line.at))
}
