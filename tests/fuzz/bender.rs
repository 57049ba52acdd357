//! Inputs that nobody has written: seeds, bent.

use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};
use std::ops::Range;

/// What they are drawn from: always the same inputs in the same order.
const SEED: u64 = 2026;

/// No input is longer.
const LONGEST: usize = 20_000;

/// What is hard to come by: signs that mean something somewhere, and those that are seen by nobody.
const PIECES: [&str; 24] = [
    "\"",
    "'",
    "“",
    "‘t",
    "\\",
    "\u{0}",
    "\u{200b}",
    "\u{202e}",
    "\u{feff}",
    "\n",
    "\t",
    " ",
    "`",
    "{",
    "}",
    "[",
    "]",
    "<",
    ">",
    "...",
    "|",
    "null",
    "-1",
    "99999999999999999999",
];

#[derive(Debug)]
pub struct Bender<'a> {
    seeds: &'a [Vec<u8>],
    chance: StdRng,
}

impl<'a> Bender<'a> {
    pub fn new(seeds: &'a [Vec<u8>]) -> Self {
        Self { seeds, chance: StdRng::seed_from_u64(SEED) }
    }

    pub fn next(&mut self) -> Vec<u8> {
        let mut input = self.seed().clone();
        for _ in 0..self.chance.random_range(1..=5) {
            self.bend(&mut input);
        }
        input.truncate(LONGEST);
        input
    }

    fn seed(&mut self) -> &'a Vec<u8> {
        self.seeds.choose(&mut self.chance).expect("there are some")
    }

    fn bend(&mut self, input: &mut Vec<u8>) {
        let place = self.piece(input.len());
        match self.chance.random_range(0..7) {
            0 => drop(input.drain(place)),
            1 => input.truncate(place.start),
            2 => {
                let repeated = input[place.clone()].repeat(self.chance.random_range(1..=8));
                input.splice(place, repeated);
            }
            3 => {
                let other = self.seed();
                let piece = other[self.piece(other.len())].to_vec();
                input.splice(place, piece);
            }
            4 => {
                let piece = PIECES.choose(&mut self.chance).expect("there are some");
                input.splice(place.start..place.start, piece.bytes());
            }
            5 => drop(input.splice(place.start..place.start, [self.chance.random()])),
            _ => {
                if let Some(byte) = input.get_mut(place.start) {
                    *byte ^= 1 << self.chance.random_range(0..8);
                }
            }
        }
    }

    /// Mostly a short one.
    fn piece(&mut self, length: usize) -> Range<usize> {
        let start = self.chance.random_range(0..=length);
        let longest = if self.chance.random_ratio(1, 8) { length - start } else { (length - start).min(8) };
        start..start + self.chance.random_range(0..=longest)
    }
}
