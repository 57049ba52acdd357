//! Why words cannot be read as an argument, and what to say about it.

use super::text::{listed, quote};
use std::fmt;

/// Words that are not what their place needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable {
    /// The words, as they were typed.
    pub typed: String,
    pub why: Why,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// Quotes with nothing between, or nothing at all.
    Empty,
    NotInteger,
    /// A whole number that does not fit 64 bits.
    TooLarge,
    NotBoolean,
    NotPerson,
    NotChannel,
    /// It is none of these words.
    NotChoice(Vec<String>),
    NotLength,
    /// A number without a unit.
    BareNumber,
    /// No time at all, or less.
    NotPositive,
    /// Months and years differ in length.
    NoFixedLength,
    TooLong,
    NotMoment,
    /// `today`, which says nothing.
    NoTimeOfDay,
    Past,
    TooFar,
}

impl Why {
    /// Was this meant as what its place needs, though it cannot be it? `0 minutes` is no length of time, but nobody means a name by it.
    pub(super) fn is_meant(&self) -> bool {
        matches!(self, Why::NotPositive | Why::NoFixedLength | Why::TooLong | Why::NoTimeOfDay | Why::Past | Why::TooFar)
    }
}

impl Unreadable {
    /// What to say to the person, in Markdown: what is wrong, and what would be right.
    pub fn sentence(&self) -> String {
        self.to_string()
    }
}

impl std::error::Error for Unreadable {}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let typed = quote(&self.typed);
        match &self.why {
            Why::Empty => write!(f, "There is nothing to read: write at least one word."),
            Why::NotInteger => write!(f, "{typed} is not a whole number: write it in digits, such as `3`."),
            Why::TooLarge => write!(f, "{typed} is too large a number for me: try a smaller one."),
            Why::NotBoolean => write!(f, "{typed} is neither yes nor no: write `yes`, `on`, `true`, `no`, `off` or `false`."),
            Why::NotPerson => not_mentioned(f, &self.typed, "@jane", "somebody"),
            Why::NotChannel => not_mentioned(f, &self.typed, "#dev", "a channel"),
            Why::NotChoice(words) => write!(f, "{typed} is not one of the choices: write {}.", listed(words)),
            Why::NotLength => write!(f, "{typed} is not a length of time: try `2h`, `45 minutes` or `1h30m`."),
            Why::BareNumber => bare_number(f, &self.typed),
            Why::NotPositive => write!(f, "{typed} is no time at all: try `2h`, `45 minutes` or `1h30m`."),
            Why::NoFixedLength => {
                write!(f, "{typed} has no fixed length, because months and years differ: say it in weeks or days, such as `8 weeks`.")
            }
            Why::TooLong => write!(f, "{typed} is too long: ten years is the most."),
            Why::NotMoment => write!(f, "{typed} is not a moment: try `17:30`, `tomorrow 9am` or `2026-03-01 12:00`."),
            Why::NoTimeOfDay => write!(f, "{typed} needs a time of day: try `today 17:30`."),
            Why::Past => write!(f, "{typed} is in the past: name a moment that is still to come."),
            Why::TooFar => write!(f, "{typed} is too far away: ten years from now is the most."),
        }
    }
}

fn bare_number(f: &mut fmt::Formatter<'_>, typed: &str) -> fmt::Result {
    let in_unit = |unit: &str| quote(&format!("{typed} {unit}"));
    write!(f, "{} what? Say {} or {}.", quote(typed), in_unit("minutes"), in_unit("hours"))
}

/// Somebody wrote a name that the chat did not turn into a mention, or mentioned something else.
fn not_mentioned(f: &mut fmt::Formatter<'_>, typed: &str, right: &str, what: &str) -> fmt::Result {
    let shown = quote(typed);
    let sign = &right[..1];
    match typed.chars().next() {
        Some('@' | '#') if typed.starts_with(sign) => {
            write!(f, "{shown} is not {what} I know: choose from the list that opens when you type `{sign}`.")
        }
        Some('@' | '#') => write!(f, "{shown} is not {what}: write something like `{right}`."),
        _ => write!(f, "{shown} is not a mention: write {}.", quote(&format!("{sign}{typed}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_says_what_would_be_right() {
        for (typed, why, sentence) in [
            ("banana", Why::NotLength, "`banana` is not a length of time: try `2h`, `45 minutes` or `1h30m`."),
            ("30", Why::BareNumber, "`30` what? Say `30 minutes` or `30 hours`."),
            ("jane", Why::NotPerson, "`jane` is not a mention: write `@jane`."),
            ("@jane", Why::NotPerson, "`@jane` is not somebody I know: choose from the list that opens when you type `@`."),
            ("#dev", Why::NotPerson, "`#dev` is not somebody: write something like `@jane`."),
            ("dev", Why::NotChannel, "`dev` is not a mention: write `#dev`."),
            ("x", Why::NotChoice(vec!["today".into(), "week".into()]), "`x` is not one of the choices: write `today` or `week`."),
            ("1`2", Why::NotInteger, "`12` is not a whole number: write it in digits, such as `3`."),
        ] {
            assert_eq!(Unreadable { typed: typed.to_owned(), why }.sentence(), sentence);
        }
    }
}
