//! What is said to whoever acts by the way of programs.

use hatstand_plugin::prelude::*;
use manners::words::in_front;

pub fn queued(ahead: usize) -> Message {
    say!("You wait for the hat: {}.", in_front(ahead))
}

pub fn released_already() -> Message {
    "That was given back already. Nothing was changed.".into()
}

pub fn foreign_key() -> Message {
    "That is no release key of yours. Nothing was changed.".into()
}
