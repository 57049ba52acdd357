//! A part of a campaign: whoever has not so much time at once runs one after another.

use std::env;
use std::ops::Range;

/// The third of four parts, say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shard {
    number: u64,
    of: u64,
}

impl Shard {
    /// As the variable `CAMPAIGN_SHARD` says; without it, the whole.
    pub fn asked_for() -> Self {
        match env::var("CAMPAIGN_SHARD") {
            Ok(text) => Self::parse(&text)
                .unwrap_or_else(|| panic!("CAMPAIGN_SHARD is `{text}`: it can be `1/4`, the first of four parts, or left out")),
            Err(_) => Self { number: 1, of: 1 },
        }
    }

    fn parse(text: &str) -> Option<Self> {
        let (number, of) = text.split_once('/')?;
        let shard = Self { number: number.parse().ok()?, of: of.parse().ok()? };
        (1..=shard.of).contains(&shard.number).then_some(shard)
    }

    /// The numbers that belong to it, of so many.
    pub fn of(self, count: u64) -> Range<u64> {
        count * (self.number - 1) / self.of..count * self.number / self.of
    }
}
