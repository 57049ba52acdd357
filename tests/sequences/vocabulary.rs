//! What people say to one plugin, and what is to come of it: everything else is the same for all that take turns. There is one thing in
//! each channel, with which turns are taken.

mod dibs;
mod hat;

pub use dibs::DIBS;
pub use hat::{CLASSIC, HAT, NAIVE};

use crate::bot::Policies;
use hatstand::model::PluginName;
use hatstand::plugins;
use proptest::strategy::BoxedStrategy;
use turns::{PersonId, Policy, Request, Resource};

/// A plugin that takes turns, as the tests know it.
#[derive(Clone, Copy, Debug)]
pub struct Vocabulary {
    pub plugin: &'static str,
    /// The component.
    pub bytes: fn() -> Vec<u8>,
    /// How it is set.
    pub settings: &'static [(&'static str, &'static str)],
    /// What that means for the engine.
    pub policy: fn() -> Policy,
    /// Something that somebody can say.
    pub words: fn() -> BoxedStrategy<String>,
    /// What somebody asks for who says this while things stand like that; none if they only look, or are asked something first.
    pub asked: fn(&Resource, &PersonId, &str) -> Option<Request>,
    /// What somebody asks for who presses something that carries this.
    pub pressed: fn(&str) -> Option<Pressed>,
    /// The channel whose timer has this key.
    pub timer: fn(&str) -> Option<String>,
    /// The channel and the thing in an entry of the plugin's state, if it is that.
    pub kept: fn(&str, &[u8]) -> Option<Kept>,
    /// Is a thing kept that nobody has and nobody waits for?
    pub keeps_idle: bool,
}

/// What a button asks for, and of what.
#[derive(Debug)]
pub struct Pressed {
    pub channel: String,
    /// Which of those that the channel had, one after another: the later, the larger.
    pub thing: u64,
    pub request: Request,
}

/// A channel and the thing that is kept for it.
pub type Kept = (String, Resource);

/// The one of a plugin that comes with the bot.
pub fn of(plugin: &str) -> Vocabulary {
    [HAT, DIBS]
        .into_iter()
        .find(|vocabulary| vocabulary.plugin == plugin)
        .unwrap_or_else(|| panic!("nobody knows what is said to {plugin}"))
}

impl Vocabulary {
    pub fn policies(&self) -> Policies {
        let settings = self.settings.iter().map(|(setting, value)| ((*setting).to_owned(), (*value).to_owned())).collect();
        [(PluginName::from(self.plugin), plugins::Policy { settings, ..plugins::Policy::default() })].into()
    }
}

/// `alarm:dev expire-3`, `alarm:dev 1`
fn channel_of_timer(key: &str) -> Option<String> {
    let (_, about) = key.split_once(':')?;
    Some(about.split(' ').next()?.to_owned())
}
