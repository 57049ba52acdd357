//! Builds of one plugin that differ in a number: they say it of themselves, so that what runs can be told from what was hashed.

use hatstand::plugins::{Digest, Generation};

/// What stands in the plugin for the number.
const PLACE: &[u8] = b"build 00000";

/// Every build there is, from one.
#[derive(Debug)]
pub struct Builds {
    component: Vec<u8>,
    at: Vec<usize>,
}

impl Builds {
    pub fn of(component: Vec<u8>) -> Self {
        let at: Vec<usize> = (0..component.len() - PLACE.len()).filter(|at| component[*at..].starts_with(PLACE)).collect();
        assert!(!at.is_empty(), "the plugin says a number");
        Self { component, at }
    }

    /// The build of this number.
    pub fn number(&self, number: usize) -> Vec<u8> {
        let (mut bytes, word) = (self.component.clone(), format!("build {number:05}"));
        for at in &self.at {
            bytes[*at..*at + PLACE.len()].copy_from_slice(word.as_bytes());
        }
        bytes
    }

    /// The number of what was compiled, which must be what was hashed.
    #[track_caller]
    pub fn number_of(&self, generation: &Generation) -> usize {
        let summary = &generation.description.summary;
        let number = summary.split("build ").nth(1).and_then(|word| word.get(..5)?.parse().ok());
        let number = number.unwrap_or_else(|| panic!("there is no number in {summary:?}"));
        assert_eq!(generation.digest, Digest::of(&self.number(number)), "build {number} goes by the digest of another");
        number
    }
}
