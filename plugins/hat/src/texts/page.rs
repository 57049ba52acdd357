//! What somebody's own page of the bot shows of the hats that they have a part in.

use super::{Scene, view};
use crate::button::About;
use hatstand_plugin::prelude::*;
use manners::said::about;

/// The part that somebody has in a hat, with what they can do about it; none if they have none.
pub fn part(scene: &Scene<'_>, person: &User) -> Option<Message> {
    let standing = view::standing(scene, person)?;
    let part = about(scene.channel, say!("you are {standing}."));
    let worn = scene.resource.held_by(person).map(|hold| hold.id);
    let offered = scene.resource.entry(person).and_then(|entry| entry.offer.as_ref());
    let part = match worn {
        Some(hold) => part.button(Button::new("Take it off").presses(About::new(scene.channel, hold).pressed("off"))),
        None => part,
    };
    Some(match offered {
        Some(offer) => {
            let decline = Button::new("Not now").presses(About::new(scene.channel, offer.id).pressed("decline")).until(offer.until);
            part.field("Your turn", say!("say `hat on` in {} until {}", scene.channel, offer.until)).button(decline)
        }
        None => part,
    })
}

/// There is more than is shown.
pub fn more() -> Message {
    "There are more: say `hat who` in their channels.".into()
}

/// Nothing to show.
pub fn empty() -> Message {
    "You wear no hat, and you wait for none.".into()
}
