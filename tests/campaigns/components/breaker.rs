//! Components as they should not be: each is a real one in which something was broken.

use crate::sections::{leb128, nested, shuffled};
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};
use std::ops::Range;

/// What the mutations are drawn from. Each has a chance of its own, so that the one of any number can be made again by itself.
const SEED: u64 = 2026;

/// Lengths and counts that nothing has.
const HUGE: [u64; 6] = [0x7f, 0xffff, 0x7fff_ffff, 0xffff_ffff, u64::MAX / 2, u64::MAX];

/// How deep a component may be wrapped: deeper than what the engine takes.
const DEEPEST: usize = 2_000;

/// As much as is moved at once.
const PIECE: usize = 4_096;

/// A broken build of this one among `samples`; always the same for the same number.
pub fn broken(samples: &[Vec<u8>], one: usize, number: u64) -> Vec<u8> {
    let mut breaker = Breaker { samples, chance: StdRng::seed_from_u64(SEED ^ (number << 16)) };
    let mut bytes = samples[one].clone();
    // Most that is broken twice is seen at once; what is broken once goes further.
    let times = if breaker.chance.random_ratio(1, 2) { breaker.chance.random_range(2..=4) } else { 1 };
    for _ in 0..times {
        breaker.break_something(&mut bytes);
    }
    bytes
}

struct Breaker<'a> {
    samples: &'a [Vec<u8>],
    chance: StdRng,
}

impl Breaker<'_> {
    fn break_something(&mut self, bytes: &mut Vec<u8>) {
        match self.chance.random_range(0..20) {
            0..3 => self.flip_bits(bytes),
            3..5 => bytes.truncate(self.chance.random_range(0..=bytes.len())),
            5..7 => drop(bytes.drain(self.piece(bytes.len()))),
            7..10 => self.splice(bytes),
            10..14 => self.write_length(bytes),
            14..17 => *bytes = shuffled(bytes, &mut self.chance),
            17..18 => *bytes = nested(bytes, self.depth()),
            18..19 => self.repeat(bytes),
            _ => self.append(bytes),
        }
    }

    fn flip_bits(&mut self, bytes: &mut [u8]) {
        for _ in 0..self.chance.random_range(1..=8) {
            if let Some(byte) = self.place(bytes.len()).and_then(|at| bytes.get_mut(at)) {
                *byte ^= 1 << self.chance.random_range(0..8);
            }
        }
    }

    /// A piece of another plugin, or of this one, in place of a piece.
    fn splice(&mut self, bytes: &mut Vec<u8>) {
        let other = self.samples.choose(&mut self.chance).expect("there are some");
        let piece = other[self.piece(other.len())].to_vec();
        let place = self.piece(bytes.len());
        bytes.splice(place, piece);
    }

    /// A huge number where one may be expected: in place of as many bytes, or pushed in between.
    fn write_length(&mut self, bytes: &mut Vec<u8>) {
        let Some(at) = self.place(bytes.len()) else { return };
        let length = leb128(*HUGE.choose(&mut self.chance).expect("there are some"));
        let over = if self.chance.random() { length.len().min(bytes.len() - at) } else { 0 };
        bytes.splice(at..at + over, length);
    }

    fn repeat(&mut self, bytes: &mut Vec<u8>) {
        let piece = self.piece(bytes.len());
        let (at, repeated) = (piece.end, bytes[piece].repeat(self.chance.random_range(1..=64)));
        bytes.splice(at..at, repeated);
    }

    fn append(&mut self, bytes: &mut Vec<u8>) {
        for _ in 0..self.chance.random_range(1..=64) {
            bytes.push(self.chance.random());
        }
    }

    fn depth(&mut self) -> usize {
        if self.chance.random_ratio(1, 20) { self.chance.random_range(0..DEEPEST) } else { self.chance.random_range(1..8) }
    }

    /// Every second one near the beginning, where what is around the code is declared.
    fn place(&mut self, length: usize) -> Option<usize> {
        let end = if self.chance.random() { length } else { length.min(PIECE) };
        (end > 0).then(|| self.chance.random_range(0..end))
    }

    fn piece(&mut self, length: usize) -> Range<usize> {
        let start = self.place(length).unwrap_or(0);
        start..start + self.chance.random_range(0..=PIECE.min(length - start))
    }
}
