//! What people say to one plugin, and what is to come of it: everything else is the same for all that take turns.

mod hat;

pub use hat::{CLASSIC, HAT, NAIVE};

use crate::bot::Policies;
use proptest::strategy::BoxedStrategy;
use std::collections::BTreeMap;
use turns::{PersonId, Policy, Request, Resource};

/// Everything with which turns are taken, by the name under which it is kept.
pub type Things = BTreeMap<String, Resource>;

/// A plugin that takes turns, as the tests know it.
#[derive(Clone, Copy, Debug)]
pub struct Vocabulary {
    pub plugin: &'static str,
    /// The component.
    pub bytes: fn() -> Vec<u8>,
    /// How it is set.
    pub policies: fn() -> Policies,
    /// What that means for the engine.
    pub policy: fn() -> Policy,
    /// Something that somebody can say.
    pub words: fn() -> BoxedStrategy<String>,
    /// What somebody means who says this in a channel.
    pub meant: fn(&Things, Asked<'_>) -> Meant,
    /// What somebody means who presses something that carries this.
    pub pressed: fn(&str) -> Option<Meant>,
    /// Which thing a timer with this key is about.
    pub timer: fn(&str) -> Option<String>,
    /// The thing in an entry of the plugin's state, if there is one in it.
    pub kept: fn(&str, &[u8]) -> Option<(String, Resource)>,
}

/// Something that somebody says.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    pub channel: &'a str,
    pub who: &'a PersonId,
    pub text: &'a str,
}

/// The one of a plugin that comes with the bot.
pub fn of(plugin: &str) -> Vocabulary {
    [HAT].into_iter().find(|vocabulary| vocabulary.plugin == plugin).unwrap_or_else(|| panic!("nobody knows what is said to {plugin}"))
}

/// What somebody means: a thing, and what they ask of it, if they do not just look at it.
#[derive(Clone, Debug)]
pub struct Meant {
    pub thing: String,
    pub request: Option<Request>,
}
