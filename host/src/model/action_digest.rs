//! Action digests: short names for what a button does, which tell whether a message still offers what somebody pressed.

use hatstand_common::message::Action;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt;

/// Half of a SHA-256: two different actions never have the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ActionDigest(String);

impl ActionDigest {
    pub fn of(action: &Action) -> Self {
        let (kind, value) = match action {
            Action::Say(line) => ("say", line),
            Action::Press(value) => ("press", value),
        };
        let digest = Sha256::new().chain_update(kind).chain_update([0]).chain_update(value).finalize();
        Self(digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect())
    }

    /// As it came back from a chat service; none if it cannot be one.
    pub fn read(text: &str) -> Option<Self> {
        let fits = text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        fits.then(|| Self(text.to_owned()))
    }
}

impl fmt::Display for ActionDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_actions_apart_and_is_read_back() {
        let digests = [Action::Press("cancel:1".to_owned()), Action::Press("rollback:1".to_owned()), Action::Say("cancel:1".to_owned())]
            .map(|action| ActionDigest::of(&action));
        assert!(digests[0] != digests[1] && digests[0] != digests[2]);
        assert_eq!(ActionDigest::read(&digests[0].to_string()), Some(digests[0].clone()));
        assert_eq!(ActionDigest::read("3"), None);
    }
}
