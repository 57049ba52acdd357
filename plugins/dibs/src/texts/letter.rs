//! What one person alone is told. It is read elsewhere, so it says what it is about.

use super::Scene;
use super::announcement::place;
use hatstand_plugin::prelude::*;
use manners::said::Letter;
use manners::words::{because, length, waiting, wanted};
use turns::{End, Ended, Id, Outcome};

/// The letters that follow from something that happened.
pub fn letters(scene: &Scene<'_>, outcome: &Outcome) -> Option<Letter> {
    match outcome {
        Outcome::Ended(ended) => victim(scene, ended),
        Outcome::Warned { hold, person, deadline, missed } => Some(warning(scene, *hold, person, *deadline, *missed)),
        Outcome::Nagged { hold, person, since } => Some(nagging(scene, *hold, person, *since)),
        Outcome::Rewished { person, ahead, waited } => Some(rewished(scene, person, *ahead, *waited)),
        _ => None,
    }
}

/// For somebody who watches.
pub fn free(scene: &Scene<'_>) -> Message {
    say!("{} is free now.", at(scene)).button(scene.again("Dibs").primary())
}

/// For somebody who waited and may not have it any more.
pub fn barred(scene: &Scene<'_>) -> Message {
    say!("You may not take {} any more, so you lost your place in its queue.", at(scene))
}

/// The thing, and where it is.
fn at(scene: &Scene<'_>) -> Message {
    say!("{} in {}", scene.thing(), scene.channel)
}

fn victim(scene: &Scene<'_>, ended: &Ended) -> Option<Letter> {
    let (End::Evicted { by, reason } | End::Kicked { by, reason } | End::Stolen { by, reason }) = &ended.end else { return None };
    let (held, because) = (length(ended.held_for()), because(reason.as_deref()));
    let message = say!("{by} took {} from you after {held}{because}.", at(scene));
    Some(Letter::new(&ended.person, message.button(scene.again("Queue again"))))
}

fn warning(scene: &Scene<'_>, hold: Id, person: &User, deadline: Instant, missed: Option<Instant>) -> Letter {
    let left = length(deadline.since(scene.now));
    let sentence = match missed {
        None => say!("You have {} until {deadline}: {left} left.", at(scene)),
        Some(missed) => {
            say!("Your turn with {} ended {missed}, I was offline. Nobody waits, so you have it until {deadline}: {left} left.", at(scene))
        }
    };
    let about = scene.about(hold);
    let extend = |label: &str, minutes: u64| {
        let about = about.clone().period(Duration::from_secs(60 * minutes));
        Button::new(label).presses(about.pressed("extend"))
    };
    let message = say!("{sentence}{}", demand(scene, person))
        .button(extend("30 min more", 30))
        .button(extend("1 h more", 60))
        .button(extend("2 h more", 120))
        .button(Button::new("Give it back").presses(about.pressed("off")));
    Letter::new(person, message)
}

fn nagging(scene: &Scene<'_>, hold: Id, person: &User, since: Instant) -> Letter {
    let held = length(scene.now.since(since));
    let off = Button::new("Give it back").presses(scene.about(hold).pressed("off"));
    let message = say!("You have had {} for {held}. Do you still need it?{}", at(scene), demand(scene, person));
    Letter::new(person, message.button(off))
}

/// Who would like to have it.
fn demand(scene: &Scene<'_>, holder: &User) -> Option<Message> {
    let others = || scene.resource().others_waiting(holder);
    match others().count() {
        0 => None,
        1 if scene.is_secret() => Some(" Somebody waits.".into()),
        count if scene.is_secret() => Some(say!(" {count} people wait.")),
        _ => Some(say!(" Waiting: {}.", waiting(others()))),
    }
}

fn rewished(scene: &Scene<'_>, person: &User, ahead: usize, waited: Duration) -> Letter {
    let wish = scene.resource().entry(person).map(|entry| entry.wish.clone()).unwrap_or_default();
    let (wanted, place, waited) = (wanted(&wish), place(scene, ahead), length(waited));
    let message = say!("Noted: you wait for {}{wanted}. You keep your place: {place}, waiting for {waited} so far.", scene.thing());
    Letter::new(person, message)
}
