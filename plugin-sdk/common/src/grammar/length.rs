//! Reading a length of time: `45 minutes`, `1h30m`, `an hour`, `2d`.

use super::unreadable::Why;
use jiff::fmt::friendly::SpanParser;
use jiff::{Span, SpanRelativeTo};
use std::borrow::Cow;
use std::time::Duration;

/// Ten years: nobody means more.
pub(super) const LONGEST: Duration = Duration::from_secs(3650 * 24 * 60 * 60);

/// What is shorter counts as nothing.
const SHORTEST: Duration = Duration::from_secs(1);

/// `1 week and 2 days and 3 hours and 4 minutes and 5 seconds` has this many words.
const MOST_WORDS: usize = 14;

const LONGEST_WORD: usize = 30;

const UNITS: &[&str] = &[
    "s", "sec", "secs", "second", "seconds", "m", "min", "mins", "minute", "minutes", "h", "hr", "hrs", "hour", "hours", "d", "day",
    "days", "w", "wk", "wks", "week", "weeks", "mo", "mos", "month", "months", "y", "yr", "yrs", "year", "years",
];

/// Reads a length that begins the lower-cased words: how many of them, and what they say; the longest first.
///
/// If nothing can be read: how many words were looked at, and why.
pub(super) fn read(words: &[&str]) -> Result<Vec<(usize, Duration)>, (usize, Why)> {
    let run = &words[..run_length(words)];
    let readings = readings(run);
    if !readings.is_empty() {
        return Ok(readings);
    }
    match words {
        [number, following @ ..] if is_number(number) && !begins_with_unit(following) => Err((1, Why::BareNumber)),
        _ => Err((run.len().max(1), exactly(run).err().unwrap_or(Why::NotLength))),
    }
}

/// How many words could belong to one length; a number needs its unit.
fn run_length(words: &[&str]) -> usize {
    let belongs = |index: usize| match words[index] {
        "and" => index > 0,
        word if is_count(word) => begins_with_unit(&words[index + 1..]),
        word => is_part(word),
    };
    (0..words.len().min(MOST_WORDS)).take_while(|index| belongs(*index)).count()
}

fn readings(run: &[&str]) -> Vec<(usize, Duration)> {
    let mut readings = Vec::new();
    for count in (1..=run.len()).filter(|count| !is_unfinished(run[count - 1])) {
        match exactly(&run[..count]) {
            Ok(length) => readings.push((count, length)),
            // What begins wrong does not become right.
            Err(Why::NotLength) => break,
            Err(_) => {}
        }
    }
    readings.reverse();
    readings
}

fn is_part(word: &str) -> bool {
    word.len() <= LONGEST_WORD && (word.starts_with(|c: char| c.is_ascii_digit() || "+-.".contains(c)) || UNITS.contains(&word))
}

/// Does a unit have to follow?
fn is_count(word: &str) -> bool {
    matches!(word, "a" | "an") || is_number(word.trim_start_matches(['+', '-']))
}

fn is_unfinished(word: &str) -> bool {
    word == "and" || is_count(word)
}

fn begins_with_unit(words: &[&str]) -> bool {
    words.first().is_some_and(|word| UNITS.contains(word))
}

/// Reads a length that these words are, no more and no less.
fn exactly(words: &[&str]) -> Result<Duration, Why> {
    let text = normalised(words);
    // The parser reads `17:30` as hours and minutes, but people mean a time of day.
    if text.contains([':', ',']) {
        return Err(Why::NotLength);
    }
    let span = SpanParser::new().parse_span(&text).map_err(|_| Why::NotLength)?;
    measure(span)
}

fn measure(span: Span) -> Result<Duration, Why> {
    if span.get_months() != 0 || span.get_years() != 0 {
        return Err(Why::NoFixedLength);
    }
    if span.is_negative() {
        return Err(Why::NotPositive);
    }
    let length = span.to_duration(SpanRelativeTo::days_are_24_hours()).map_err(|_| Why::TooLong)?;
    match Duration::try_from(length) {
        Ok(length) if length < SHORTEST => Err(Why::NotPositive),
        Ok(length) if length <= LONGEST => Ok(length),
        _ => Err(Why::TooLong),
    }
}

/// What people write, in the words of the parser.
fn normalised(words: &[&str]) -> String {
    let spoken = words.iter().filter(|word| **word != "and").map(|word| match *word {
        "a" | "an" => Cow::Borrowed("1"),
        word if is_hours_and_minutes(word) => Cow::Owned(format!("{word}m")),
        word => Cow::Borrowed(word),
    });
    spoken.collect::<Vec<_>>().join(" ")
}

/// `1h30`, which lacks only its last letter.
fn is_hours_and_minutes(word: &str) -> bool {
    word.split_once('h').is_some_and(|(hours, minutes)| is_number(hours) && is_number(minutes))
}

fn is_number(word: &str) -> bool {
    let digit = |c: char| c.is_ascii_digit();
    word.starts_with(digit) && word.ends_with(digit) && word.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: u64 = 60;
    const HOUR: u64 = 60 * MINUTE;
    const DAY: u64 = 24 * HOUR;

    fn whole(text: &str) -> Result<u64, Why> {
        let words: Vec<&str> = text.split(' ').collect();
        let (count, length) = read(&words).map_err(|(_, why)| why)?[0];
        assert_eq!(count, words.len(), "{text}");
        Ok(length.as_secs())
    }

    #[test]
    fn people_write_lengths_in_many_ways() {
        for (text, seconds) in [
            ("45 minutes", 45 * MINUTE),
            ("6 hours", 6 * HOUR),
            ("2d", 2 * DAY),
            ("90m", 90 * MINUTE),
            ("1h30m", 90 * MINUTE),
            ("1.5 hours", 90 * MINUTE),
            ("a day", DAY),
            ("an hour", HOUR),
            ("1 hour 30 minutes", 90 * MINUTE),
            ("1 hour and 30 minutes", 90 * MINUTE),
            ("1 week and a day", 8 * DAY),
            ("1h30", 90 * MINUTE),
            ("2w", 14 * DAY),
            ("30s", 30),
            ("5 min", 5 * MINUTE),
            ("3 hr", 3 * HOUR),
            ("520 weeks", 520 * 7 * DAY),
        ] {
            assert_eq!(whole(text), Ok(seconds), "{text}");
        }
    }

    #[test]
    fn what_is_no_length_is_refused_with_its_reason() {
        for (text, why) in [
            ("30", Why::BareNumber),
            ("30 bananas", Why::BareNumber),
            ("1.5", Why::BareNumber),
            ("-5", Why::NotLength),
            ("banana", Why::NotLength),
            ("hours", Why::NotLength),
            ("17:30", Why::NotLength),
            ("17:30:00", Why::NotLength),
            ("0m", Why::NotPositive),
            ("0 minutes", Why::NotPositive),
            ("-2 hours", Why::NotPositive),
            ("1ms", Why::NotPositive),
            ("2 months", Why::NoFixedLength),
            ("1y", Why::NoFixedLength),
            ("11 year", Why::NoFixedLength),
            ("600 weeks", Why::TooLong),
            ("99999999999999999999h", Why::NotLength),
            ("and", Why::NotLength),
        ] {
            assert_eq!(whole(text), Err(why), "{text}");
        }
        assert_eq!(read(&[]), Err((1, Why::NotLength)));
    }

    #[test]
    fn the_longest_reading_comes_first() {
        let minutes = |minutes: u64| Duration::from_secs(minutes * MINUTE);
        assert_eq!(read(&["0h", "5m"]), Ok(vec![(2, minutes(5))]));
        assert_eq!(read(&["2h", "30m", "then", "lunch"]), Ok(vec![(2, minutes(150)), (1, minutes(120))]));
        assert_eq!(read(&["1", "hour", "and", "lunch"]), Ok(vec![(2, minutes(60))]));
        assert_eq!(read(&["1", "hour", "and", "a", "half"]), Ok(vec![(2, minutes(60))]));
    }
}
