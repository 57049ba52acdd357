//! What is asked before something is done that cannot be taken back.

use super::Scene;
use hatstand_plugin::prelude::*;
use manners::words::{count, names};
use turns::Hold;

/// Before it is taken from somebody.
pub fn steal(scene: &Scene<'_>, hold: &Hold, until: Instant) -> Message {
    let asker = scene.actor.expect("somebody asks");
    let others: Vec<&User> = scene.resource().others_waiting(asker).map(|entry| &entry.person).collect();
    let waiting = match others.len() {
        0 => None,
        waiting if scene.is_secret() => Some(say!(" {}.", count(waiting, "person waits", "people wait"))),
        _ => Some(say!(" Waiting: {}.", names(others))),
    };
    let confirm = Button::new("Take it").presses(scene.about(hold.id).pressed("steal")).danger().only(asker).until(until);
    say!("{}: {}.{waiting} Really take it from them? You have a minute.", scene.thing(), scene.having(hold)).button(confirm)
}

/// Before everything is taken away.
pub fn nuke(channel: &Channel, things: usize, in_use: usize, asker: &User, until: Instant) -> Message {
    let confirm = Button::new("Remove everything").presses(format!("nuke:{channel}")).danger().only(asker).until(until);
    let used = (in_use > 0).then(|| say!(", {in_use} of them in use"));
    say!("There are {} here{used}. Really remove everything? You have a minute.", count(things, "thing", "things")).button(confirm)
}

/// Which of several things is meant.
pub fn which(scenes: &[Scene<'_>]) -> Message {
    let button = |message: Message, scene: &Scene<'_>| {
        let hold = scene.actor.and_then(|actor| scene.resource().held_by(actor));
        match hold {
            Some(hold) => message.button(Button::new(&scene.kept.name).presses(scene.about(hold.id).pressed("off"))),
            None => message,
        }
    };
    scenes.iter().fold("You have several things here. Which do you give back?".into(), button)
}

/// The hold is over, and a place for another turn is left.
pub fn another_turn(scene: &Scene<'_>, asker: &User) -> Message {
    let drop = Button::new("Give the place up").presses(scene.about(turns::Id(0)).pressed("leave")).only(asker);
    say!("You still wait for another turn with {}.", scene.thing()).button(drop)
}
