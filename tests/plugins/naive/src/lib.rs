//! A hat with the mistake that everybody makes first: when the time of a turn is up, whoever wears the hat then loses it. The timer does
//! not ask whether that is still the turn that it was set for.
//!
//! Otherwise it is the hat, in the few words that matter here, so that the tests of the hat can be tried on it.

use hatstand_plugin::prelude::*;
use serde::{Deserialize, Serialize};
use turns::{Alarm, AlarmKind, Deadline, Handoff, Policy, Request, Resource, Wish};

/// Takes turns with the hat, carelessly.
#[derive(Plugin)]
#[plugin(name = "hat")]
struct Naive;

/// What lasts, under the same key as the hat's.
#[derive(Default, Serialize, Deserialize)]
struct Kept {
    hat: Resource,
}

#[commands]
impl Naive {
    /// Put the hat on.
    #[command("[hat] on [for <period>]")]
    fn on(cx: &mut Context, period: Option<Duration>) -> Result<Reply> {
        ask(cx, Request::Take(Wish { duration: period, ..Wish::default() }))
    }

    /// Take the hat off.
    #[command("[hat] off")]
    fn off(cx: &mut Context) -> Result<Reply> {
        ask(cx, Request::Release { hold: None })
    }

    /// Wait for the hat.
    #[command("[hat] queue [for <period>]")]
    fn queue(cx: &mut Context, period: Option<Duration>) -> Result<Reply> {
        ask(cx, Request::Join(Wish { duration: period, ..Wish::default() }))
    }

    /// Wait no longer.
    #[command("[hat] dequeue")]
    fn dequeue(cx: &mut Context) -> Result<Reply> {
        ask(cx, Request::Leave)
    }

    #[timer("up")]
    fn up(cx: &mut Context, timer: Timer) -> Result<Reply> {
        let channel = timer.rest().split(' ').next().unwrap_or_default().into();
        let mut hat = load(cx, &channel)?;
        let Some(hold) = hat.holds.first_mut() else { return Ok(Reply::nothing()) };
        hold.deadline = Some(Deadline { at: cx.now(), set: cx.now(), warned: true });
        let alarm = Alarm { kind: AlarmKind::Expire, id: hold.id, due: cx.now() };
        let hat = turns::ring(&hat, &policy(), &alarm, cx.now()).resource;
        store(cx, &channel, hat)?;
        cx.chat().post(&Place { channel, thread: None }, "Time is up.")?;
        Ok(Reply::nothing())
    }
}

fn policy() -> Policy {
    Policy { handoff: Handoff::Grant, warn_percent: 0, nag_period: None, ..Policy::default() }
}

fn ask(cx: &Context, request: Request) -> Result<Reply> {
    let channel = &cx.here()?.channel;
    let hat = turns::catch_up(&load(cx, channel)?, &policy(), cx.now()).resource;
    let (hat, reply) = match turns::apply(&hat, &policy(), cx.user()?, request, cx.now()) {
        Ok(turn) => (turn.resource, Reply::say("Done.")),
        Err(_) => (hat, Reply::whisper("No.")),
    };
    store(cx, channel, hat)?;
    Ok(reply)
}

fn load(cx: &Context, channel: &Channel) -> Result<Resource> {
    let kept: Option<Kept> = cx.store().get(&format!("hat {channel}"))?;
    Ok(kept.unwrap_or_default().hat)
}

/// Sets a timer for every turn with an end, and forgets it.
fn store(cx: &Context, channel: &Channel, hat: Resource) -> Result<()> {
    for hold in &hat.holds {
        if let Some(end) = hold.ends() {
            cx.timers().set(&format!("up:{channel} {}", hold.id), end, &())?;
        }
    }
    Ok(cx.store().set(&format!("hat {channel}"), &Kept { hat })?)
}
