//! Dice as players write them: `2d6`, `d20+3`.

use hatstand_plugin::Error;
use serde::Serialize;
use std::fmt;
use std::str::FromStr;

const MOST_DICE: u64 = 50;
const MOST_SIDES: u64 = 1_000;
const MOST_ADDED: i64 = 1_000_000;

/// `count` dice with `sides` sides, and something added to their sum.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Dice {
    count: u64,
    sides: u64,
    added: i64,
}

/// What the dice show.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Thrown {
    dice: Vec<i64>,
    added: i64,
    pub(crate) sum: i64,
}

impl Dice {
    /// Throws them; `below` gives a number of chance from 0 to what it is given, less one.
    pub(crate) fn throw(self, below: impl Fn(u64) -> u64) -> Thrown {
        let dice: Vec<i64> = (0..self.count).map(|_| below(self.sides) as i64 + 1).collect();
        let sum = dice.iter().sum::<i64>() + self.added;
        Thrown { dice, added: self.added, sum }
    }
}

impl Thrown {
    /// What is added up, if there is more than one thing: `3 + 4 - 1`.
    pub(crate) fn shown(&self) -> Option<String> {
        if self.dice.len() == 1 && self.added == 0 {
            return None;
        }
        let dice: Vec<String> = self.dice.iter().map(ToString::to_string).collect();
        Some(format!("{}{}", dice.join(" + "), Added(self.added, " ")))
    }
}

impl FromStr for Dice {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let dice = read(&text.to_lowercase());
        dice.ok_or_else(|| Error::usage("I roll dice such as `2d6`, `d20` or `3d8+2`."))?.checked()
    }
}

fn read(text: &str) -> Option<Dice> {
    let (count, rest) = text.split_once('d')?;
    let end = rest.find(['+', '-']).unwrap_or(rest.len());
    let (sides, added) = rest.split_at(end);
    Some(Dice {
        count: if count.is_empty() { 1 } else { count.parse().ok()? },
        sides: sides.parse().ok()?,
        added: if added.is_empty() { 0 } else { added.parse().ok()? },
    })
}

impl Dice {
    fn checked(self) -> Result<Self, Error> {
        let Dice { count, sides, added } = self;
        if !(1..=MOST_DICE).contains(&count) {
            return Err(Error::usage(format!("My hand holds 1 to {MOST_DICE} dice.")));
        }
        if !(2..=MOST_SIDES).contains(&sides) {
            return Err(Error::usage(format!("My dice have 2 to {MOST_SIDES} sides.")));
        }
        if added.unsigned_abs() > MOST_ADDED.unsigned_abs() {
            return Err(Error::usage(format!("I add up to {MOST_ADDED}.")));
        }
        Ok(self)
    }
}

impl fmt::Display for Dice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}d{}{}", self.count, self.sides, Added(self.added, ""))
    }
}

/// Something added, with its sign, and a gap around it; nothing if it is 0.
struct Added(i64, &'static str);

impl fmt::Display for Added {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Added(added, gap) = self;
        match added {
            0 => Ok(()),
            ..0 => write!(f, "{gap}-{gap}{}", added.unsigned_abs()),
            _ => write!(f, "{gap}+{gap}{added}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dice_are_read_as_players_write_them() {
        for (text, read) in [("2d6", "2d6"), ("d20", "1d20"), ("3D8+2", "3d8+2"), ("d4-1", "1d4-1"), ("2d6+0", "2d6")] {
            assert_eq!(text.parse::<Dice>().expect(text).to_string(), read);
        }
    }

    #[test]
    fn what_are_no_dice_is_refused() {
        for text in ["", "six", "2d", "d", "2d6+", "2d6x", "-1d6", "0d6", "51d6", "1d1", "1d1001", "1d6+1000001", "99999999999999999999d6"]
        {
            assert!(matches!(text.parse::<Dice>(), Err(Error::Usage(_))), "{text}");
        }
    }

    #[test]
    fn a_throw_adds_up() {
        let thrown = Dice { count: 2, sides: 6, added: -1 }.throw(|sides| sides - 1);
        assert_eq!(thrown, Thrown { dice: vec![6, 6], added: -1, sum: 11 });
        assert_eq!(thrown.shown().as_deref(), Some("6 + 6 - 1"));
    }

    #[test]
    fn one_die_needs_no_sum() {
        let thrown = Dice { count: 1, sides: 6, added: 0 }.throw(|_| 0);
        assert_eq!((thrown.sum, thrown.shown()), (1, None));
    }
}
