//! What is said to whoever acts by the way of programs.

use super::{Scene, announcement::place};
use hatstand_plugin::prelude::*;
use manners::programs::ReleaseKey;

pub fn held(scene: &Scene<'_>, key: Option<&ReleaseKey>) -> Message {
    match key {
        Some(key) => say!("You have {}. `dibs release {}` gives it back.", scene.thing(), key.to_string()),
        None => say!("You have {}.", scene.thing()),
    }
}

pub fn queued(scene: &Scene<'_>, ahead: usize) -> Message {
    say!("You wait for {}: {}.", scene.thing(), place(scene, ahead))
}

pub fn released_already() -> Message {
    "That was given back already. Nothing was changed.".into()
}
