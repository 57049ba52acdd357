//! What can happen to people and to the bot.

use crate::vocabulary::Vocabulary;
use proptest::prelude::*;
use proptest::sample::Index;
use std::time::Duration;

pub const PEOPLE: [&str; 5] = ["ann", "bob", "cid", "dan", "eva"];

const CHANNELS: [&str; 2] = ["dev", "ops"];

#[derive(Clone, Debug)]
pub enum Step {
    /// These say something, all at once.
    Say(Vec<Words>),
    /// Somebody presses something that they see; among what came last rather than first.
    Press { who: &'static str, which: Index },
    /// Something that has happened is delivered again, so many times.
    Repeat { what: Index, times: usize },
    /// The clock jumps, whatever is under way.
    Pass(Duration),
    /// Another build of the plugin comes, whatever is under way.
    Swap,
    /// Nobody does anything until the bot is done.
    Rest,
    /// The bot ends when it has acknowledged so much of what is under way, and starts again later.
    Restart { killed: bool, acknowledged: usize, after: Duration },
}

#[derive(Clone, Debug)]
pub struct Words {
    pub who: &'static str,
    pub channel: &'static str,
    pub text: String,
}

/// A sequence of at most so many steps.
pub fn steps(vocabulary: Vocabulary, most: usize) -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        8 => doings(vocabulary),
        2 => Just(Step::Rest),
        1 => (any::<bool>(), 0..4usize, pauses()).prop_map(|(killed, acknowledged, after)| Step::Restart { killed, acknowledged, after }),
    ];
    prop::collection::vec(step, most / 2..=most)
}

/// What happens while the bot is there.
pub fn doings(vocabulary: Vocabulary) -> impl Strategy<Value = Step> {
    let press = (people(), any::<Index>()).prop_map(|(who, which)| Step::Press { who, which });
    let repeat = (any::<Index>(), 1..3usize).prop_map(|(what, times)| Step::Repeat { what, times });
    prop_oneof![
        8 => prop::collection::vec(words(vocabulary), 1..6).prop_map(Step::Say),
        3 => press,
        2 => repeat,
        3 => pauses().prop_map(Step::Pass),
        1 => Just(Step::Swap),
    ]
}

fn words(vocabulary: Vocabulary) -> impl Strategy<Value = Words> {
    let channel = prop::sample::select(&CHANNELS[..]);
    (people(), channel, (vocabulary.words)()).prop_map(|(who, channel, text)| Words { who, channel, text })
}

fn people() -> impl Strategy<Value = &'static str> {
    prop::sample::select(&PEOPLE[..])
}

/// A moment, some minutes, or a long time.
fn pauses() -> impl Strategy<Value = Duration> {
    prop_oneof![Just(0u64), 1..20u64, 1..20u64, 20..600u64].prop_map(|minutes| Duration::from_secs(60 * minutes))
}
