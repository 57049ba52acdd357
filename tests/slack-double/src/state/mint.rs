//! Identifiers that look like Slack's, and are the same in every run.

use rand::{Rng, RngExt};

use crate::Ts;

#[derive(Debug, Default)]
pub(crate) struct Mint {
    ids: u64,
    seq: u64,
    ts: u64,
}

impl Mint {
    pub(crate) fn seq(&mut self) -> u64 {
        self.seq += 1;
        self.seq
    }

    /// A new identifier: the prefix and ten letters and digits.
    pub(crate) fn id(&mut self, prefix: &str) -> String {
        self.ids += 1;
        // An odd factor visits every residue once, so that no two are alike and no two in a row look alike.
        let scrambled = self.ids.wrapping_mul(0x9E37_79B9_7F4A_7C15) % BASE36_TO_THE_8TH;
        format!("{prefix}0{}", base36(scrambled))
    }

    /// A message's time: now, or a microsecond after the last one.
    pub(crate) fn ts(&mut self, now: u64) -> Ts {
        self.ts = now.max(self.ts + 1);
        Ts::from_micros(self.ts)
    }
}

const BASE36_TO_THE_8TH: u64 = 36_u64.pow(8);

/// Eight digits of base 36, in capitals.
fn base36(mut number: u64) -> String {
    let mut digits = [b'0'; 8];
    for digit in digits.iter_mut().rev() {
        *digit = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"[(number % 36) as usize];
        number /= 36;
    }
    digits.iter().map(|&digit| char::from(digit)).collect()
}

/// A random UUID, as envelopes carry.
pub(crate) fn uuid(random: &mut impl Rng) -> String {
    let number: u128 = random.random();
    let hex = format!("{number:032x}");
    format!("{}-{}-4{}-a{}-{}", &hex[..8], &hex[8..12], &hex[13..16], &hex[17..20], &hex[20..])
}

/// Random hexadecimal digits, up to 32.
pub(crate) fn secret(random: &mut impl Rng, digits: usize) -> String {
    let number: u128 = random.random();
    let mut hex = format!("{number:032x}");
    hex.truncate(digits);
    hex
}
