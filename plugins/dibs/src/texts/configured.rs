//! What was set, approved, renamed and taken away, for everybody.

use super::refusal::things;
use super::{Scene, bold};
use hatstand_plugin::prelude::*;
use manners::words::{count, mentions};

pub fn approved(by: &User, names: &[String]) -> Message {
    say!("{by} approved {}.", things(names))
}

pub fn unapproved(by: &User, names: &[String]) -> Message {
    say!("{by} approves {} no longer.", things(names))
}

pub fn alias(by: &User, alias: &str, scene: &Scene<'_>) -> Message {
    say!("{by} calls {} also {}.", scene.thing(), bold(alias))
}

pub fn renamed(by: &User, old: &str, scene: &Scene<'_>) -> Message {
    say!("{by} renamed {} to {}.", bold(old), scene.thing())
}

pub fn grouped(by: &User, scene: &Scene<'_>, members: &[String]) -> Message {
    say!("{by} made {} a group of {}: `dibs on any {}` takes whichever is free.", scene.thing(), things(members), scene.typed())
}

/// Something was set for a thing: `capacity`, and to what.
pub fn set(by: &User, scene: &Scene<'_>, what: &str, to: impl Into<Message>) -> Message {
    say!("{by} set {what} of {} to {}.", scene.thing(), to.into())
}

pub fn unset(by: &User, scene: &Scene<'_>, what: &str) -> Message {
    say!("{by} no longer sets {what} of {}.", scene.thing())
}

/// `people` are those who had it or waited for it, and may be named.
pub fn cleared(by: &User, scene: &Scene<'_>, people: &[User]) -> Message {
    say!("{by} cleared {}.{}", scene.thing(), losses(by, people))
}

pub fn removed(by: &User, scene: &Scene<'_>, people: &[User]) -> Message {
    say!("{by} removed {}.{}", scene.thing(), losses(by, people))
}

pub fn nuked(by: &User, number: usize, left: usize, people: &[User]) -> Message {
    let (number, losses) = (count(number, "thing", "things"), losses(by, people));
    match left {
        0 => say!("{by} removed everything: {number}.{losses}"),
        left => say!("{by} removed {number}, as many as go at once: {left} are left, and `dibs nuke` removes more.{losses}"),
    }
}

/// For somebody who had something secret, or waited for it.
pub fn loss(by: &User, scene: &Scene<'_>) -> Message {
    say!("{by} cleared {} in {}: your turn or place is gone.", scene.thing(), scene.channel)
}

pub fn thawed() -> Message {
    "The channel is back, and so is everything in it.".into()
}

pub fn watching(scene: &Scene<'_>) -> Message {
    say!("I tell you when {} is free. `dibs unwatch {}` ends that.", scene.thing(), scene.typed())
}

pub fn free_already(scene: &Scene<'_>) -> Message {
    say!("{} is free right now.", scene.thing()).button(Button::new("Dibs").says(format!("dibs on {}", scene.typed())))
}

pub fn unwatched(scene: &Scene<'_>) -> Message {
    say!("I no longer tell you when {} is free.", scene.thing())
}

/// Those who lost something are told, but for whoever did it.
fn losses(by: &User, people: &[User]) -> Option<Message> {
    let others: Vec<&User> = people.iter().filter(|person| *person != by).collect();
    (!others.is_empty()).then(|| say!(" {}: your turns and places are gone.", mentions(others)))
}
