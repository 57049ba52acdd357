//! The token itself, which prints as stars, and what is kept instead of it.

use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use std::fmt;

const PREFIX: &str = "hst_";
const DIGITS: usize = 64;

/// What a program sends with each request.
#[derive(Clone)]
pub struct Secret(SecretString);

impl Secret {
    /// 256 bits of chance.
    pub fn random() -> Self {
        let bytes: [u8; 32] = rand::random();
        let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        Self(format!("{PREFIX}{digits}").into())
    }

    /// What looks like a token; whether it is one, only the ledger knows.
    pub fn read(text: &str) -> Option<Self> {
        let digits = text.strip_prefix(PREFIX)?;
        let sound = digits.len() == DIGITS && digits.bytes().all(|digit| digit.is_ascii_digit() || (b'a'..=b'f').contains(&digit));
        sound.then(|| Self(text.into()))
    }

    pub fn hash(&self) -> TokenHash {
        TokenHash(Sha256::digest(self.expose_secret().as_bytes()).into())
    }

    /// For whoever made it, once, and for nothing else.
    pub fn expose_secret(&self) -> &str {
        self.0.expose_secret()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{PREFIX}***")
    }
}

/// SHA-256 of a token. A slow hash would protect what people choose and others can guess; nobody guesses 256 bits of chance, and each
/// request would pay for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TokenHash(pub [u8; 32]);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_new_every_time_and_nobody_can_print_it() {
        let (one, other) = (Secret::random(), Secret::random());
        assert_ne!(one.hash(), other.hash());
        assert_eq!(format!("{one:?}"), "hst_***");
        assert_eq!(Secret::read(one.expose_secret()).map(|read| read.hash()), Some(one.hash()));
    }

    #[test]
    fn what_is_no_token_is_told_from_one() {
        let digits = "0".repeat(DIGITS);
        assert!(Secret::read(&format!("hst_{digits}")).is_some());
        for wrong in [digits.clone(), format!("hst_{digits}0"), format!("hst_{}", &digits[1..]), format!("hst_{}F", &digits[1..])] {
            assert!(Secret::read(&wrong).is_none(), "{wrong}");
        }
    }
}
