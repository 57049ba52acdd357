//! Chance that can be repeated.

use std::cell::Cell;

/// Chance, the same again for the same event: the host gives each event a seed, which nobody else can foresee. Good for dice, and for keys
/// that nobody is to guess. A key takes two numbers below [`u64::MAX`]; the numbers of one event follow from each other, so keys for
/// different people belong to different events.
///
/// ```
/// # use hatstand_plugin::prelude::*;
/// # fn example(cx: &Context) -> Option<&'static str> {
/// let die = cx.random().below(6) + 1;
/// let coin = cx.random().pick(&["heads", "tails"])?;
/// # Some(coin) }
/// ```
#[derive(Debug)]
pub struct Random(Cell<u64>);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(Cell::new(seed))
    }

    /// A number from 0 to `end - 1`, each as likely as the others; 0 if `end` is 0.
    pub fn below(&self, end: u64) -> u64 {
        // The upper half of the product is below `end`; the bias is at most `end` in 2^64.
        ((u128::from(self.next()) * u128::from(end)) >> 64) as u64
    }

    /// One of several, each as likely as the others; none if there are none.
    pub fn pick<'a, T>(&self, from: &'a [T]) -> Option<&'a T> {
        from.get(self.below(from.len() as u64) as usize)
    }

    /// Puts a slice into an order of chance.
    pub fn shuffle<T>(&self, slice: &mut [T]) {
        for last in (1..slice.len()).rev() {
            slice.swap(last, self.below(last as u64 + 1) as usize);
        }
    }

    /// SplitMix64: one step, and the step well mixed.
    fn next(&self) -> u64 {
        let state = self.0.get().wrapping_add(0x9e37_79b9_7f4a_7c15);
        self.0.set(state);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

#[cfg(test)]
mod tests {
    use super::Random;

    #[test]
    fn the_same_seed_gives_the_same_chance() {
        let rolls = |seed| {
            let random = Random::new(seed);
            (0..20).map(|_| random.below(6)).collect::<Vec<_>>()
        };
        assert_eq!(rolls(7), rolls(7));
        assert_ne!(rolls(7), rolls(8));
    }

    #[test]
    fn every_face_of_a_die_comes_up() {
        let random = Random::new(1);
        let mut faces = [0; 6];
        for _ in 0..6_000 {
            faces[random.below(6) as usize] += 1;
        }
        assert!(faces.iter().all(|&count| (900..1_100).contains(&count)), "{faces:?}");
    }

    #[test]
    fn nothing_to_pick_from_is_none() {
        assert_eq!(Random::new(1).pick::<u8>(&[]), None);
    }

    #[test]
    fn shuffling_keeps_everything() {
        let mut cards = [1, 2, 3, 4, 5, 6, 7, 8];
        Random::new(3).shuffle(&mut cards);
        assert_ne!(cards, [1, 2, 3, 4, 5, 6, 7, 8]);
        cards.sort_unstable();
        assert_eq!(cards, [1, 2, 3, 4, 5, 6, 7, 8]);
    }
}
