//! What somebody's own page of the bot shows of what they have and wait for.

use super::{Scene, view};
use hatstand_plugin::prelude::*;
use manners::said::about;

/// The part that somebody has in a thing, with what they can do about it; none if they have none.
pub fn part(scene: &Scene<'_>, person: &User) -> Option<Message> {
    let part = about(scene.channel, view::standing(scene, person)?);
    let held = scene.resource().held_by(person).map(|hold| Button::new("Give it back").presses(scene.about(hold.id).pressed("off")));
    let waits = scene.resource().entry(person).map(|entry| {
        let offer = entry.offer.as_ref();
        let button = |label: &str, handler| {
            Button::new(label).presses(scene.about(offer.map(|offer| offer.id).unwrap_or_default()).pressed(handler))
        };
        if offer.is_some() { button("Not now", "decline") } else { button("Give the place up", "leave") }
    });
    Some(held.into_iter().chain(waits).fold(part, Message::button))
}

/// Nothing to show.
pub fn empty() -> Message {
    "You have dibs on nothing, and you wait for nothing.".into()
}

/// There is more than is shown.
pub fn more() -> Message {
    "There is more: say `dibs mine` in its channel.".into()
}
