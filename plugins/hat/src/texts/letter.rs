//! What one person alone is told. It is read elsewhere, so it says which hat it is about.

use super::Scene;
use crate::button::About;
use hatstand_plugin::prelude::*;
use manners::said::Letter;
use manners::words::{because, in_front, length, waiting, wanted};
use turns::{End, Ended, Id, Outcome};

/// For somebody who waited or rode along and may not wear the hat any more.
pub fn barred(channel: &Channel) -> Message {
    say!("You may not wear the hat of {channel} any more, so you lost your place.")
}

/// The letters that follow from something that happened.
pub fn letters(scene: &Scene<'_>, outcome: &Outcome) -> Vec<Letter> {
    match outcome {
        Outcome::Ended(ended) => victim(scene, ended).into_iter().collect(),
        Outcome::Warned { hold, person, deadline, missed } => vec![warning(scene, *hold, person, *deadline, *missed)],
        Outcome::Nagged { hold, person, since } => vec![nagging(scene, *hold, person, *since)],
        Outcome::Rewished { person, ahead, waited } => vec![rewished(scene, person, *ahead, *waited)],
        Outcome::CrewAsked { request, person, holder, until } => {
            let told = say!("I asked {holder}, who has until {until} to answer.{}", place(scene, person));
            let asks = say!("{person} would like to ride along with you in {}.", scene.channel);
            vec![question(scene, *request, holder, *until, &asks), Letter::new(person, told)]
        }
        Outcome::CrewAskRenewed { request, person, holder, until } => {
            let asks = say!("I was offline, so you have more time: {person} would like to ride along with you in {}.", scene.channel);
            vec![question(scene, *request, holder, *until, &asks)]
        }
        Outcome::CrewDeclined { person, holder } => vec![
            Letter::new(person, say!("{holder} would rather ride alone in {}.{}", scene.channel, place(scene, person))),
            Letter::new(holder, say!("I told {person}.")),
        ],
        Outcome::CrewAskLapsed { person, holder } => {
            vec![Letter::new(
                person,
                say!("{holder} did not answer whether you can ride along in {}.{}", scene.channel, place(scene, person)),
            )]
        }
        Outcome::CrewAskWithdrawn { person, holder } => {
            let letters = std::iter::once(withdrawn(scene, person, holder));
            letters.chain(kicked(scene, person, holder)).collect()
        }
        _ => Vec::new(),
    }
}

/// Who asks to ride along, or is refused, still waits as before.
fn place(scene: &Scene<'_>, person: &User) -> Option<&'static str> {
    scene.resource.ahead_of(person).map(|_| " You keep your place in the queue.")
}

fn victim(scene: &Scene<'_>, ended: &Ended) -> Option<Letter> {
    let (End::Evicted { by, reason } | End::Kicked { by, reason }) = &ended.end else { return None };
    let (held, because) = (length(ended.held_for()), because(reason.as_deref()));
    let queue = Button::new("Queue for it").presses(About::new(scene.channel, ended.hold).pressed("queue"));
    let message = say!("{by} took the hat of {} off you after {held}{because}.", scene.channel);
    Some(Letter::new(&ended.person, message.button(queue)))
}

fn warning(scene: &Scene<'_>, hold: Id, person: &User, deadline: Instant, missed: Option<Instant>) -> Letter {
    let left = length(deadline.since(scene.now));
    let sentence = match missed {
        None => say!("You wear the hat of {} until {deadline}: {left} left.", scene.channel),
        Some(missed) => {
            say!(
                "Your turn with the hat of {} ended {missed}, I was offline. Nobody waits, so you have it until {deadline}: {left} left.",
                scene.channel
            )
        }
    };
    let about = About::new(scene.channel, hold);
    let extend = |label: &str, minutes| Button::new(label).presses(about.clone().minutes(minutes).pressed("extend")).until(deadline);
    let message = say!("{sentence}{}", demand(scene, person))
        .button(extend("30 min more", 30))
        .button(extend("1 h more", 60))
        .button(extend("2 h more", 120))
        .button(Button::new("Take it off").presses(about.pressed("off")));
    Letter::new(person, message)
}

fn nagging(scene: &Scene<'_>, hold: Id, person: &User, since: Instant) -> Letter {
    let worn = length(scene.now.since(since));
    let off = Button::new("Take it off").presses(About::new(scene.channel, hold).pressed("off"));
    Letter::new(
        person,
        say!("You have worn the hat of {} for {worn}. Do you still need it?{}", scene.channel, demand(scene, person)).button(off),
    )
}

/// Who would like to have it.
fn demand(scene: &Scene<'_>, holder: &User) -> Option<Message> {
    let others = || scene.resource.others_waiting(holder);
    (others().count() > 0).then(|| say!(" Waiting: {}.", waiting(others())))
}

fn question(scene: &Scene<'_>, request: Id, holder: &User, until: Instant, asks: &Message) -> Letter {
    let about = About::new(scene.channel, request);
    let button = |label: &str, handler| Button::new(label).presses(about.pressed(handler)).only(holder).until(until);
    let message = say!("{asks} You have until {until} to answer.");
    Letter::new(holder, message.button(button("Welcome", "accept").primary()).button(button("Not now", "refuse")))
}

fn withdrawn(scene: &Scene<'_>, person: &User, holder: &User) -> Letter {
    if scene.is_actor(person) {
        return Letter::new(person, say!("You no longer ask {holder} to ride along."));
    }
    let hold = scene.resource.holds.first();
    let now = match hold.map(|hold| &hold.person) {
        Some(wearer) if wearer == holder => say!("somebody took that back for you"),
        Some(wearer) if wearer == person => say!("you wear the hat of {} yourself", scene.channel),
        Some(wearer) => say!("{wearer} wears the hat of {} now", scene.channel),
        None => say!("{holder} no longer wears the hat of {}", scene.channel),
    };
    Letter::new(person, say!("You asked {holder} to ride along, but {now}.{}", place(scene, person)))
}

/// Who took somebody off a list on which nobody else was is told, too: for everybody else nothing has changed.
fn kicked(scene: &Scene<'_>, person: &User, holder: &User) -> Option<Letter> {
    let actor = scene.actor.filter(|actor| *actor != person)?;
    let wears_it_still = scene.resource.holds.first().is_some_and(|hold| hold.person == *holder);
    wears_it_still.then(|| Letter::new(actor, say!("{person} no longer asks {holder} to ride along.")))
}

fn rewished(scene: &Scene<'_>, person: &User, ahead: usize, waited: Duration) -> Letter {
    let wish = scene.resource.entry(person).map(|entry| entry.wish.clone()).unwrap_or_default();
    Letter::new(
        person,
        say!(
            "Noted: you wait for the hat{}. You keep your place: {}, waiting for {} so far.",
            wanted(&wish),
            in_front(ahead),
            length(waited)
        ),
    )
}
