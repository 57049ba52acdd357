//! The hat for programs: a pipeline puts it on by the way of the HTTP API, waits for its turn, and gives it back with a key.

use crate::home;
use crate::room::Room;
use crate::texts::program;
use crate::texts::refusal::refusal;
use hatstand_plugin::prelude::*;
use manners::code;
use manners::homes::Intent;
use manners::programs::{ReleaseKey, Verdict};
use turns::{Origin, Refusal, Request, Wish};

/// Puts the hat on a program, or gives it a place in the queue. With `wait` the call stays open until its turn has come.
pub fn seize(cx: &Context, wish: Wish, wait: Option<Duration>) -> Result<Reply> {
    let asker = cx.user()?;
    let mut room = Room::enter(cx, home::meant(cx, Intent::Change)?)?;
    let wish = Wish { origin: Origin::Api, ..wish };
    let request = if room.hat().offer_to(asker).is_some() { Request::Take(wish) } else { Request::Join(wish) };
    if let Some(refusal) = room.forbids(cx, &request)? {
        return Ok(room.leave(cx)?.and(Reply::whisper(refusal).code("refused.not-allowed")));
    }
    match room.ask(cx, asker, &request) {
        // Asked again, a program is told how things stand.
        Ok(()) | Err(Refusal::AlreadyHolding(_) | Refusal::AlreadyQueued { .. }) => {}
        Err(why) => {
            let refusal = refusal(&room.scene(Some(asker)), &request, &why);
            return Ok(room.leave(cx)?.and(Reply::whisper(refusal).code(code::of_refusal(&why))));
        }
    }
    if room.hat().held_by(asker).is_some() {
        return Ok(room.leave(cx)?.code("held"));
    }
    if let Some(wait) = wait {
        room.programs().wait(asker, cx.now() + wait);
        cx.calls().open(&call(&room.channel, asker))?;
    }
    let told = program::queued(room.hat().ahead_of(asker).unwrap_or_default());
    Ok(room.leave(cx)?.and(Reply::whisper(told).code("queued")))
}

/// Takes the hat off whom the key belongs to. Taken off already, that is no error.
pub fn release(cx: &Context, key: &str) -> Result<Reply> {
    let Some(key) = ReleaseKey::read(key) else { return Ok(foreign()) };
    let mut room = Room::enter(cx, key.subject.as_str().into())?;
    let (asker, hat) = (cx.user()?, room.hat().clone());
    match room.programs().judge(&hat, &key, asker) {
        Verdict::Current(hold) => room.request(cx, &Request::Release { hold: Some(hold) }),
        Verdict::Over => Ok(room.leave(cx)?.and(Reply::whisper(program::released_already()).code("already.released"))),
        Verdict::Foreign => Ok(room.leave(cx)?.and(foreign())),
    }
}

/// A program went away that waited for its turn.
pub fn abandon(cx: &Context, key: &str) -> Result<Reply> {
    let Some((channel, person)) = key.split_once(' ') else { return Err(Error::broken(format_args!("a call is called `{key}`"))) };
    let (mut room, person) = (Room::enter(cx, channel.into())?, User::from(person));
    if room.programs().stop_waiting(&person) {
        // The place may be gone by itself.
        let _ = room.ask(cx, &person, &Request::Leave);
    }
    room.leave(cx)
}

/// The key of the call of a program that waits.
pub fn call(channel: &Channel, person: &User) -> String {
    format!("{channel} {person}")
}

fn foreign() -> Reply {
    Reply::whisper(program::foreign_key()).code("refused.foreign-key")
}
